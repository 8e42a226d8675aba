"""New code in live functions: where it is put, and where only a fresh import will do."""

import importlib.util
import itertools
from pathlib import Path
from types import ModuleType

import pytest

from improver.verify.grafting import Stock, swap

NUMBERS = itertools.count()


def imported(folder: Path, text: str) -> tuple[ModuleType, Stock, str]:
    """Import `text` as a module of its own; return it, what the process holds of it, and where it stands."""
    path = folder / f"grafted{next(NUMBERS)}.py"
    path.write_text(text)
    stock = Stock(str(folder))
    place = importlib.util.spec_from_file_location(path.stem, path)
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    stock.take()
    stock.compile(str(path), text.encode())
    return module, stock, str(path)


def test_a_closure_that_lives_since_import_runs_the_new_code(tmp_path: Path) -> None:
    text = (
        "def adder(n):\n    def add(m):\n        return n + m\n    return add\n\n\ndef late():\n    return adder(1)\n"
    )
    module, stock, path = imported(tmp_path, text)
    held = module.late()
    stock.take()
    assert swap(text.replace("n + m", "n - m").encode(), path, stock) == ""
    assert (held(3), module.late()(3)) == (-2, -2)


def test_functions_below_a_longer_one_keep_their_code_and_get_their_lines(tmp_path: Path) -> None:
    text = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"
    module, stock, path = imported(tmp_path, text)
    assert swap(text.replace("return 1", "one = 1\n    return one").encode(), path, stock) == ""
    assert (module.first(), module.second(), module.second.__code__.co_firstlineno) == (1, 2, 6)


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        pytest.param("A = 1\n", "1", "2", "what runs on import differs", id="a constant"),
        pytest.param("def f(a=1):\n    return a\n", "a=1", "a=2", "what runs on import differs", id="a default"),
        pytest.param("class A:\n    b = 1\n", "1", "2", "what runs on import differs", id="a class body"),
        pytest.param('def f():\n    "one"\n', "one", "two", "the docstring of f differs", id="a docstring"),
        pytest.param("A = [n + 1 for n in (1, 2)]\n", "n + 1", "n + 2", None, id="a comprehension on import"),
        pytest.param("def f():\n    return 1\n\n\ndel f\n", "1", "2", "f is not live as it was compiled", id="gone"),
        pytest.param(
            "def o(n):\n    def i():\n        return 0\n    return i\n\n\nH = o(1)\n",
            "return 0",
            "return n",
            "o closes over other variables",
            id="a live closure closes over more",
        ),
        pytest.param("def f():\n    return 1\n", "return 1", "return 1 +", "it does not compile", id="no Python"),
    ],
)
def test_what_needs_a_fresh_import(tmp_path: Path, text: str, old: str, new: str, reason: str | None) -> None:
    _, stock, path = imported(tmp_path, text)
    said = swap(text.replace(old, new).encode(), path, stock)
    assert said.startswith(reason) if reason is not None else said
