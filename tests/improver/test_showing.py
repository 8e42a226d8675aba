"""Which way new tests import what a package shows of its modules."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.source import Source
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.placing import place_for
from improver.writing.showing import with_shown
from tests.improver.benches import LAYOUT
from tests.improver.calls import RECEIPT, SEA, case, source

REEF = "class Reef: ...\n"


def head_of(init: str, head: str, **modules: str) -> str:
    """Return what a test file begins with once a test of `depth` stands in it."""
    texts = {"pier/__init__.py": init, "pier/a.py": SEA, "pier/reef.py": REEF}
    texts |= {f"pier/{name}.py": text for name, text in modules.items()}
    sources: dict[str, Source] = {path: source(text, path) for path, text in texts.items()}
    test = source(f"{head}\n\ndef test_x():\n    assert Reef\n", "tests/test_a.py")
    place = place_for("pier/a.py", [test], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    one = replace(case("depth(2)", "3"), imports=(("pier.a", "depth"),))
    text = assembled([Written("test_depth", (one,))], with_shown(place, sources, LAYOUT), "x", frozenset())
    assert text is not None
    return text.decode().partition("\n\n")[0]


@pytest.mark.parametrize(
    "init",
    [
        pytest.param("from pier.a import depth\nfrom pier.reef import Reef\n", id="by name"),
        pytest.param("from .reef import *\nfrom .a import *\n", id="by stars"),
    ],
)
def test_a_test_takes_from_the_package_what_the_file_would(init: str) -> None:
    assert head_of(init, "from pier import Reef\n") == "from pier import Reef, depth"


@pytest.mark.parametrize(
    ("init", "head"),
    [
        pytest.param("from .reef import Reef\n", "from pier import Reef", id="not shown"),
        pytest.param("from .reef import *\n", "from pier import Reef", id="another star"),
        pytest.param("from .a import depth as deep\n", "from pier import Reef", id="by another name"),
        pytest.param("from .a import depth\ndepth = 3\n", "from pier import Reef", id="bound anew"),
        pytest.param("from .a import depth\n", "from pier.reef import Reef", id="the file goes to modules"),
        pytest.param("from .a import depth\n", "from pier import Reef\nfrom pier.a import Box", id="and to this one"),
    ],
)
def test_any_other_name_comes_from_its_module(init: str, head: str) -> None:
    assert "from pier.a import " in head_of(init, f"{head}\n")
    assert "from pier import depth" not in head_of(init, f"{head}\n")


def test_a_star_brings_what_the_module_lists() -> None:
    listed = '__all__ = ["Box"]\n' + SEA
    assert "from pier.a import depth" in head_of("from .a import *\n", "from pier import Reef\n", a=listed)


def test_a_star_brings_what_the_module_has_from_others() -> None:
    through = "from pier.a import depth\n"
    head = head_of("from .tide import *\n", "from pier import Reef\n", tide=through)
    assert head == "from pier import Reef, depth"
