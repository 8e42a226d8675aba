"""Tests that demand nothing are told apart from those that leave the demand to others."""

import pytest

from improver.observer import Project
from improver.observers.idle_tests import idle_tests
from improver.source import Source
from improver.verify.ruff import RuffTool

PATH = "tests/test_a.py"


def found(text: str, others: dict[str, str] | None = None) -> list[tuple[str, int]]:
    sources = {path: Source.read(path, code.encode()) for path, code in {PATH: text, **(others or {})}.items()}
    context = {path: source for path, source in sources.items() if isinstance(source, Source)}
    assert len(context) == len(sources)
    project = Project({}, {}, RuffTool(), context, tests={PATH: context[PATH]})
    return [(finding.symbol, finding.line) for finding in idle_tests(project)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def test_f():\n    go(1)\n", [("test_f", 1)], id="a call alone"),
        pytest.param(
            "class TestA:\n    async def test_f(self):\n        x = await go(1)\n        print(x)\n",
            [("TestA.test_f", 2)],
            id="a method that only prints",
        ),
        pytest.param("def test_f():\n    assert go(1)\n", [], id="an assertion"),
        pytest.param("def test_f():\n    with pytest.raises(KeyError):\n        go(1)\n", [], id="an expectation"),
        pytest.param("def test_f():\n    go(1).assert_called_once()\n", [], id="a mock that asserts"),
        pytest.param("def test_f():\n    if go(1):\n        raise OSError\n", [], id="a raise"),
        pytest.param("def test_f(benchmark):\n    benchmark(go)\n", [], id="a fixture that looks for itself"),
        pytest.param("def test_smoke():\n    go(1)\n", [], id="a name that says nothing more is meant"),
        pytest.param("def test_f():\n    'It does not crash.'\n    go(1)\n", [], id="a docstring that says so"),
        pytest.param("def test_f():\n    pass\n", [], id="nothing at all"),
        pytest.param("@pytest.mark.skip\ndef test_f():\n    go(1)\n", [], id="a test that is skipped"),
        pytest.param("def make():\n    go(1)\n", [], id="no test"),
    ],
)
def test_a_test_without_a_demand_is_told(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_a_demand_of_what_the_test_calls_counts_however_far_away() -> None:
    near = "def same(x):\n    also(x)\n\n\ndef test_f():\n    same(go(1))\n\n\ndef test_g():\n    other(go(1))\n"
    far = "def also(x):\n    assert x\n\n\ndef other(x):\n    print(x)\n"
    assert found(near, {"tests/shared.py": far}) == [("test_g", 9)]
