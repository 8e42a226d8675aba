"""The types of a function's names are those that the file itself tells."""

import ast

import pytest

from improver.rewriting.deduced import deduced, is_hashable
from improver.source import FUNCTIONS, Source

HEAD = "import typing as t\nfrom collections import OrderedDict\nfrom collections.abc import Mapping, Sequence\n\n\n"


def type_in(function: str) -> str | None:
    """Return the type of `x` where the function returns it."""
    source = Source.read("pier/a.py", f"{HEAD}{function}".encode())
    assert isinstance(source, Source)
    found = source.tree.body[-1]
    assert isinstance(found, FUNCTIONS)
    return deduced(found, source).of(ast.Name("x", ast.Load()))


KNOWN = [
    pytest.param("def f(x: str):\n return x\n", "str", id="a parameter"),
    pytest.param("def f(*, x: int = 0):\n return x\n", "int", id="a parameter with a default"),
    pytest.param("def f(a: list[int]):\n for x in a:\n  return x\n", "int", id="an item of a list"),
    pytest.param("def f(a: t.Sequence[int]):\n for x in a:\n  return x\n", "int", id="of typing's"),
    pytest.param("def f(a: Sequence[tuple[str, ...]]):\n for x in a:\n  return x\n", "list[str]", id="a long tuple"),
    pytest.param("def f(a: Sequence[tuple[str, int]]):\n for y, x in a:\n  return x\n", "int", id="part of a pair"),
    pytest.param("def f(a: Mapping[str, int]):\n for x in a:\n  return x\n", "str", id="a key"),
    pytest.param("def f(a: OrderedDict[str, int]):\n for y, x in a.items():\n  return x\n", "int", id="a value"),
    pytest.param("def f(a):\n for x in a.keys():\n  return x\n", "Hashable", id="a key of anything"),
    pytest.param("def f(a):\n for x, y in a.items():\n  return x\n", "Hashable", id="a key in a pair"),
    pytest.param("def f(a: str):\n for x in a:\n  return x\n", "str", id="a character"),
    pytest.param("def f(a: str):\n for x in sorted(a.split()):\n  return x\n", "str", id="a word"),
    pytest.param("def f(a: str):\n for y, x in enumerate(a):\n  return x\n", "str", id="numbered"),
    pytest.param("def f(a):\n for x in range(a):\n  return x\n", "int", id="a number"),
    pytest.param("def f(a: str):\n b = a.strip()\n x = f'{b}!'\n return x\n", "str", id="by way of another name"),
    pytest.param("def f(a: list[str]):\n return [g(x) for x in a]\n", "str", id="in a comprehension"),
    pytest.param("def f():\n x: int = g()\n return x\n", "int", id="a declaration"),
]


@pytest.mark.parametrize(("function", "kind"), KNOWN)
def test_a_type_is_known(function: str, kind: str) -> None:
    assert type_in(function) == kind


UNKNOWN = [
    pytest.param("def f(x):\n return x\n", id="nothing says it"),
    pytest.param("def f(x: Other):\n return x\n", id="a class"),
    pytest.param("def f(x: str = None):\n return x\n", id="its default says otherwise"),
    pytest.param("def f(x: str):\n x = g(x)\n return x\n", id="bound twice"),
    pytest.param("def f(x: str):\n def g(x):\n  return x\n return x\n", id="bound in an inner function too"),
    pytest.param("def f():\n global x\n x = 1\n return x\n", id="everybody's"),
    pytest.param("def f(*x: str):\n return x\n", id="all that are left"),
    pytest.param("def f(a: list[Other]):\n for x in a:\n  return x\n", id="an item of a class"),
    pytest.param("def f(a):\n for y, x in a.items():\n  return x\n", id="a value of anything"),
    pytest.param("def f(a: Mapping[str, list]):\n for y, x in a.items():\n  return x\n", id="a list of anything"),
    pytest.param("def f(a: tuple[str, int]):\n for x in a:\n  return x\n", id="a pair's items"),
    pytest.param("def f(a: g.Sequence[str]):\n for x in a:\n  return x\n", id="somebody's own sequence"),
    pytest.param("def f(a, range):\n for x in range(a):\n  return x\n", id="a range of their own"),
    pytest.param("def f(a: str):\n with a as x:\n  return x\n", id="what a with gives"),
]


@pytest.mark.parametrize("function", UNKNOWN)
def test_a_type_is_not_known(function: str) -> None:
    assert type_in(function) is None


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("str", True),
        ("tuple[str, Hashable]", True),
        ("None", True),
        ("list[str]", False),
        ("tuple[str, ?]", False),
        ("bytes", False),
        (None, False),
    ],
)
def test_what_can_be_hashed(kind: str | None, *, answer: bool) -> None:
    assert is_hashable(kind) is answer
