"""Api escalates what callers could notice, and nothing else."""

import pytest

from improver.gate import Example
from improver.gates.api import api
from improver.ports import Layout
from improver.records import Ruling
from improver.verify.interface import breaks
from tests.improver.benches import FakeBench, ruled

Files = dict[str, bytes]

INTACT = [
    pytest.param("def f(a): ...\n", "def f(a, b=2): ...\n", id="a new optional parameter"),
    pytest.param("def _f(a): return 1\n", "", id="a private function"),
    pytest.param("class A:\n    def _f(self): ...\n", "class A: ...\n", id="a private method"),
    pytest.param("import os\nx = 1\n", "x = 1\n", id="an import"),
    pytest.param("__all__ = ['f']\ndef f(): ...\ndef g(): ...\n", "__all__ = ['f']\ndef f(): ...\n", id="not exported"),
    pytest.param("def f(a): return 1\n", "def f(a) -> int: return 1\n", id="an annotation"),
    pytest.param("x = 1\n", "x = 1\ny = 2\n", id="a new name"),
]


@pytest.mark.parametrize(("before", "after"), INTACT)
def test_an_intact_interface_passes(before: str, after: str) -> None:
    result = ruled(api, Example({"pier/__init__.py": "", "pier/a.py": before}, {"pier/a.py": after}), FakeBench())
    assert (result.ruling, result.reasons, dict(result.receipt.counts)) == (
        Ruling.PASS,
        (),
        {"outlines": 1, "packages": 1, "breaks": 0},
    )


INSIDES = [
    pytest.param("def f(a): return 1\n", "def f(a): return 2\n", id="a body"),
    pytest.param("def f(a):\n    def g(): ...\n", "def f(a): ...\n", id="an inner function"),
    pytest.param("class A:\n    def f(self): self.a = 1\n", "class A:\n    def f(self): self.a = 2\n", id="a value"),
]


@pytest.mark.parametrize(("before", "after"), INSIDES)
def test_the_insides_of_functions_are_no_interface(before: str, after: str) -> None:
    result = ruled(api, Example({"pier/__init__.py": "", "pier/a.py": before}, {"pier/a.py": after}), FakeBench())
    assert (result.ruling, dict(result.receipt.counts)) == (Ruling.PASS, {"outlines": 0, "packages": 0, "breaks": 0})


BROKEN = [
    pytest.param("def f(): ...\n", "", "pier.a.f: public object was removed", id="a function"),
    pytest.param("def f(): ...\n", "def _f(): ...\n", "pier.a.f: public object was removed", id="made private"),
    pytest.param(
        "class A:\n    def __init__(self): self.a = 1\n",
        "class A:\n    def __init__(self): self._a = 1\n",
        "pier.a.A.a: public object was removed",
        id="an attribute of instances",
    ),
    pytest.param("X = 1\n", "", "pier.a.X: public object was removed", id="a constant"),
    pytest.param("def f(a, b): ...\n", "def f(a): ...\n", "pier.a.f(b): parameter was removed", id="a parameter"),
    pytest.param(
        "def f(a): ...\n", "def f(b=1): ...\n", "pier.a.f(a): parameter was removed", id="a renamed parameter"
    ),
    pytest.param(
        "def f(a): ...\n", "def f(a, b): ...\n", "pier.a.f(b): parameter was added as required", id="required"
    ),
    pytest.param(
        "def f(a=1): ...\n", "def f(a=2): ...\n", "pier.a.f(a): parameter default was changed", id="a default"
    ),
    pytest.param("def f(): ...\n", "async def f(): ...\n", "pier.a.f: was plain and is async", id="a coroutine"),
    pytest.param(
        "class A:\n    @staticmethod\n    def f(a): ...\n",
        "class A:\n    def f(a): ...\n",
        "pier.a.A.f: was staticmethod and is plain",
        id="a static method",
    ),
    pytest.param(
        "__all__ = ['_f']\ndef _f(): ...\n", "__all__ = []\n", "pier.a._f: public object was removed", id="an export"
    ),
]


@pytest.mark.parametrize(("before", "after", "reason"), BROKEN)
def test_a_break_is_escalated_by_name(before: str, after: str, reason: str) -> None:
    result = ruled(api, Example({"pier/__init__.py": "", "pier/a.py": before}, {"pier/a.py": after}), FakeBench())
    assert (result.ruling, result.reasons[:1]) == (Ruling.ESCALATE, (reason,))


REEXPORTED: Files = {
    "pier/__init__.py": b"from pier._a import f\nfrom pier._a import g as _g\nimport os\n",
    "pier/_a.py": b"def f(a): ...\ndef g(a): ...\n",
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"pier/__init__.py": b"from pier._a import f\n"}, [], id="private and foreign names"),
        pytest.param({"pier/__init__.py": b""}, ["pier.f: public object was removed"], id="a name"),
        pytest.param({"pier/_a.py": b"def f(): ...\n"}, ["pier._a.f(a): parameter was removed"], id="its signature"),
    ],
)
def test_what_a_package_reexports_is_its_interface(change: Files, found: list[str]) -> None:
    assert breaks("pier", REEXPORTED, REEXPORTED | change) == found


def test_nothing_is_run() -> None:
    files = {"pier/__init__.py": b"raise SystemExit('it ran')\ndef f(): ...\n"}
    assert breaks("pier", files, files) == []


def test_a_package_that_is_new_or_cannot_be_found_says_so() -> None:
    files: Files = {"pier/__init__.py": b"def f(): ...\n"}
    assert breaks("pier", {}, files) == []
    assert breaks("pier", files, {}) == ["pier: the package can no longer be read"]
    assert breaks("quay", files, files) is None


def test_paths_may_not_lead_out_of_the_directory() -> None:
    with pytest.raises(ValueError, match="not a path inside a tree"):
        breaks("pier", {"../pier.py": b""}, {})


def test_a_src_layout_and_a_single_module_are_read_too() -> None:
    layout = Layout(("src", ""), ("pier", "quay"), ("tests",), "python")
    example = Example(
        {"src/pier/__init__.py": "def f(): ...\n", "quay.py": "def g(): ...\n", "pier/x.py": "def h(): ...\n"},
        {"src/pier/__init__.py": "", "quay.py": ""},
    )
    assert ruled(api, example, FakeBench(layout=layout)).reasons == (
        "quay.g: public object was removed",
        "pier.f: public object was removed",
    )


def test_a_removed_script_is_escalated_and_a_removed_test_is_not() -> None:
    example = Example({"run.py": "x = 1\n", "tests/test_a.py": "x = 1\n"}, {"run.py": None, "tests/test_a.py": None})
    result = ruled(api, example, FakeBench())
    assert (result.ruling, result.reasons) == (
        Ruling.ESCALATE,
        ("run.py: a module outside of any package is removed",),
    )
