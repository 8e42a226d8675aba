"""Two files with one normal form are the same program."""

import pytest

from improver.judging.normal import compared
from improver.source import Source


def read(text: str | bytes) -> Source:
    source = Source.read("pier/a.py", text.encode() if isinstance(text, str) else text)
    assert isinstance(source, Source), source
    return source


SAME = [
    pytest.param("x = (1)\n", "x = 1  # one\n", "syntax tree", id="parentheses and comments"),
    pytest.param("x = 'a' 'b'\n", 'x = "ab"\n', "syntax tree", id="quotes and joined strings"),
    pytest.param("x = u'a'\n", "x = 'a'\n", "syntax tree", id="a string prefix that means nothing"),
    pytest.param("def f():\n    'doc'\n    pass\n", "def f():\n    'doc'\n", "syntax tree", id="an idle pass"),
    pytest.param("x = 0x10\r\n", "x = 16\n", "syntax tree", id="spelling of a number and newlines"),
    pytest.param(
        "def f(a):\n    b = a + 1\n    return b\n",
        "def f(a):\n    c = a + 1\n    return c\n",
        "compiled code",
        id="a renamed local",
    ),
    pytest.param("x = 1 + 2\n", "x = 3\n", "compiled code", id="a folded constant"),
    pytest.param(
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        "x = 'é'\n",
        "syntax tree",
        id="an encoding",
    ),
]


@pytest.mark.parametrize(("before", "after", "how"), SAME)
def test_the_same_program_is_equal(before: str | bytes, after: str | bytes, how: str) -> None:
    forms = compared(read(before), read(after))
    assert (forms.equal, forms.how) == (True, how)


OTHER = [
    pytest.param("x = 1\n", "x = 1.0\n", id="an integer is no float"),
    pytest.param("x = True\n", "x = 1\n", id="a truth value is no integer"),
    pytest.param("x = 0.0\n", "x = -0.0\n", id="zero has a sign"),
    pytest.param("x = 'a'\n", "x = b'a'\n", id="text is no bytes"),
    pytest.param("def f(a):\n    return a\n", "def f(b):\n    return b\n", id="a parameter can be named by callers"),
    pytest.param("def f(*a):\n    return a\n", "def f(*b):\n    return b\n", id="a variadic parameter"),
    pytest.param("def f(): pass\n", "def f():\n    'doc'\n", id="a docstring can be read"),
    pytest.param("def f():\n    pass\n    'a'\n", "def f():\n    'a'\n", id="a pass that keeps a string undocumented"),
    pytest.param(
        "assert x\ny = 1\n", "if not x:\n    raise AssertionError\ny = 1\n", id="an assert goes away under -O"
    ),
    pytest.param("if __debug__:\n    x = 1\n", "x = 1\n", id="equal only while debugging"),
    pytest.param("def f(x: int): ...\n", "def f(x): ...\n", id="an annotation can be read"),
    pytest.param("x = {1, 2}\n", "x = {2, 1}\n", id="order of evaluation"),
    pytest.param("class A: pass\n", "class B: pass\n", id="a class's name"),
    pytest.param("def f(): return lambda: 1\n", "def f(): return lambda: 2\n", id="inner code"),
    pytest.param("try:\n    f()\nfinally:\n    g()\n", "f()\ng()\n", id="a handler"),
    pytest.param("from __future__ import annotations\nx = 1\n", "x = 1\n", id="a future"),
    pytest.param(
        "def f():\n    a = 1\n    return locals()\n", "def f():\n    b = 1\n    return locals()\n", id="locals are read"
    ),
    pytest.param(
        "def f():\n    a = 1\n    return lambda: a\n", "def f():\n    b = 1\n    return lambda: b\n", id="a closure"
    ),
    pytest.param(
        "def f():\n    a = 1\n    b = 2\n    return a\n", "def f():\n    a = 1\n    b = 2\n    return b\n", id="b"
    ),
    pytest.param("return_ = 1\nreturn\n", "return_ = 2\nreturn\n", id="code that does not compile"),
]


@pytest.mark.parametrize(("before", "after"), OTHER)
def test_another_program_is_not_equal(before: str, after: str) -> None:
    forms = compared(read(before), read(after))
    assert not forms.equal
    assert compared(read(before), read(before)).equal


def test_the_digest_covers_both_sides() -> None:
    one, two = read("x = 1\n"), read("x = 2\n")
    assert len({compared(a, b).digest for a in (one, two) for b in (one, two)}) == 4


def test_huge_numbers_and_deep_nesting_are_compared_too() -> None:
    huge = read(f"x = 0x{'f' * 9000}\n")
    assert compared(huge, huge).equal
    deep = read("x = " + "-" * 900 + "1\n")
    assert compared(deep, deep).equal
    assert not compared(deep, read("x = " + "-" * 901 + "1\n")).equal
