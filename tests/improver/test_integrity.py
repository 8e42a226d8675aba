"""What of pytest a test replaced is seen, although what stands as it stood is not listed again."""

import sys
import types
from collections.abc import Callable, Iterator

import pytest

from improver.verify.integrity import Standing
from improver.verify.watch import differences

PLACE = "_place_of_standing"
TEXT = """
class Judge:
    def ask(self): return 1
    @property
    def name(self): return 2
    @classmethod
    def made(cls): return 3
def rule(): return 4
word = "plain"
"""


@pytest.fixture
def place() -> Iterator[types.ModuleType]:
    """Yield a loaded module with a class and a function."""
    module = types.ModuleType(PLACE)
    sys.modules[PLACE] = module
    exec(TEXT, vars(module))  # noqa: S102 - its own text
    yield module
    del sys.modules[PLACE]


def _other() -> int:
    return 5


def _as_another_module(_module: types.ModuleType) -> None:
    sys.modules[PLACE] = types.ModuleType(PLACE)


def _renamed(module: types.ModuleType) -> None:
    names = vars(module)
    names["law"] = names.pop("rule")
    names["word"] = names.pop("word")


CHANGES: dict[str, tuple[Callable[[types.ModuleType], None], list[str]]] = {
    "a function is another": (lambda module: setattr(module, "rule", _other), ["rule"]),
    "a function has another code": (lambda module: setattr(module.rule, "__code__", _other.__code__), ["rule"]),
    "a method is another": (lambda module: setattr(module.Judge, "ask", _other), ["Judge.ask"]),
    "a method has another code": (lambda module: setattr(module.Judge.ask, "__code__", _other.__code__), ["Judge.ask"]),
    "a property is made anew in place": (lambda module: vars(module.Judge)["name"].__init__(_other), ["Judge.name"]),
    "a class method is made anew in place": (
        lambda module: vars(module.Judge)["made"].__init__(_other),
        ["Judge.made"],
    ),
    "a name is gone": (lambda module: delattr(module, "rule"), ["rule"]),
    "a name is another": (_renamed, ["rule"]),
    "the module is another": (_as_another_module, ["Judge.ask", "Judge.made", "Judge.name", "rule"]),
    "a value that is no code is another": (lambda module: setattr(module, "word", "other"), []),
}


@pytest.mark.parametrize(("change", "seen"), CHANGES.values(), ids=CHANGES.keys())
def test_what_is_another_is_seen(
    place: types.ModuleType, change: Callable[[types.ModuleType], None], seen: list[str]
) -> None:
    standing = Standing((PLACE,))
    before = standing.now()
    assert standing.now() is before
    change(place)
    assert differences(before, standing.now()) == [f"{PLACE}.{name}" for name in seen]
