"""Mutants are small faults worth a test's notice: told in words, new in what they compile to, spread."""

import ast

import pytest

from improver.judging.mutants import cutting_of, faults_in, mutants_of, twins
from improver.source import Source


def read(text: str | bytes) -> Source:
    source = Source.read("pier/a.py", text.encode() if isinstance(text, str) else text)
    assert isinstance(source, Source), source
    return source


def names(text: str, function: str = "f", limit: int = 99) -> list[str]:
    return [mutant.name.removeprefix("pier/a.py:") for mutant in mutants_of(read(text), [function], limit)]


MADE = [
    pytest.param("return a < b", ["`a < b` → `a <= b`", "`a < b` → `a >= b`"], id="a boundary"),
    pytest.param("return a not in b", ["`a not in b` → `a in b`"], id="membership"),
    pytest.param("return a * b", ["`a * b` → `a / b`"], id="arithmetic"),
    pytest.param("return a and b", ["`a and b` → `a or b`"], id="a junction"),
    pytest.param("return not a", ["`return not a` → `return (a)`"], id="a negation"),
    pytest.param("return -a", ["`return -a` → `return (a)`"], id="a sign"),
    pytest.param(
        "b[a] = 7", ["`b[a] = 7` → `b[a] = 8`", "`b[a] = 7` → `b[a] = 6`", "`b[a] = 7` → `pass`"], id="a number"
    ),
    pytest.param("return 'ab'", ["`return 'ab'` → `return \"\"`", "`return 'ab'` → `return None`"], id="a text"),
    pytest.param(
        "return True", ["`return True` → `return False`", "`return True` → `return None`"], id="a truth value"
    ),
    pytest.param("return None", ["`return None` → `return 1`"], id="nothing"),
    pytest.param("a.go()", ["`a.go()` → `pass`"], id="a call"),
    pytest.param("a.n += b", ["`a.n += b` → `a.n -= b`", "`a.n += b` → `pass`"], id="an addition in place"),
    pytest.param("while a: break", ["`a` → `(not (a))`", "`break` → `continue`"], id="a jump"),
    pytest.param("return a[1:b]", ["`a[1:b]` → `a[:b]`", "`a[1:b]` → `a[1:]`"], id="bounds of a slice"),
    pytest.param(
        "raise KeyError(b)",
        ["`raise KeyError(b)` → `pass`", "`raise KeyError(b)` → `raise Exception(b)`"],
        id="an error",
    ),
    pytest.param("a(b, a)", ["`a(b, a)` → `a(a, b)`", "`a(b, a)` → `pass`"], id="arguments"),
    pytest.param("return [x for x in a if x]", ["`x` → `(not (x))`"], id="a filter"),
]


@pytest.mark.parametrize(("body", "expected"), MADE)
def test_a_fault_is_told_in_words(body: str, expected: list[str]) -> None:
    made = names(f"def f(a, b):\n    {body}\n")
    assert set(expected) <= {name.removeprefix("2: ") for name in made}


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        pytest.param("a, b=True", "`b=True` → `b=False`", id="the last"),
        pytest.param("a: int = 7, b: str = 'x'", "`a=7` → `a=8`", id="its type is not said"),
        pytest.param("a, /, b=0, *, c: int = 7", "`c=7` → `c=6`", id="by name only"),
        pytest.param("a, b=-3", "`b=-3` → `b=(3)`", id="with a sign"),
    ],
)
def test_a_default_is_told_with_what_it_is_the_default_of(signature: str, expected: str) -> None:
    assert f"1: {expected}" in names(f"def f({signature}):\n    return a, b\n")


def test_what_is_given_by_name_is_told_with_the_name() -> None:
    assert {"2: `b=False` → `b=True`", "2: `c=7` → `c=8`"} <= {*names("def f(a):\n    return a(b=False, c=7)\n")}


ARID = [
    pytest.param("def f(a):\n    logger.info('a', 1)\n", id="a log"),
    pytest.param("def f(a):\n    print('a', 1)\n", id="a print"),
    pytest.param("def __repr__(a):\n    return 'a' + 1\n", id="a representation"),
    pytest.param("def f(a, timeout=3):\n    a\n", id="a patience"),
    pytest.param("def f(a):\n    'a docstring'\n", id="a docstring"),
    pytest.param("def f(a: 'x' = a) -> 'y':\n    a: 'z'\n", id="annotations"),
    pytest.param("def f(a):\n    if TYPE_CHECKING:\n        a.go(1)\n", id="what only type checkers read"),
    pytest.param("def f(a):\n    a = f'{a + 1} is 1'\n", id="a formatted text"),
]


@pytest.mark.parametrize("text", ARID)
def test_what_only_talks_is_left_alone(text: str) -> None:
    assert names(text, text.split("(", 1)[0].removeprefix("def ")) == []


def test_an_overload_that_only_types_is_left_alone_and_one_that_works_is_not() -> None:
    stub = "@typing.overload\ndef f(a: int, b: int = 1) -> int:\n    'Add.'\n    ...\n"
    assert names(stub) == []
    assert names(stub.replace("...", "return a + b"))
    assert names(stub.replace("@typing.overload\n", ""))


@pytest.mark.parametrize(
    ("name", "others"),
    [
        pytest.param("__contains__", [], id="in asks only whether it is true"),
        pytest.param("__exit__", [], id="so does with"),
        pytest.param("__eq__", ["2: `return False` → `return None`"], id="who compares gets what is returned"),
    ],
)
def test_no_for_nothing_is_a_fault_only_where_somebody_can_tell(name: str, others: list[str]) -> None:
    made = names(f"def {name}(a, *b):\n    return False\n", name)
    assert sorted(made) == sorted(["2: `return False` → `return True`", *others])


def test_a_message_is_left_alone_and_its_error_is_not() -> None:
    assert names("def f(a):\n    assert a, 'no'\n    raise KeyError('no')\n") == [
        "2: `assert a, 'no'` → `assert (not (a)), 'no'`",
        "3: `raise KeyError('no')` → `pass`",
        "3: `raise KeyError('no')` → `raise Exception('no')`",
    ]


def test_a_mutant_compiles_to_something_new() -> None:
    text = "def f(a):\n    return not a == 1\n"
    forms = [ast.dump(ast.parse(mutant.source)) for mutant in mutants_of(read(text), ["f"], 99)]
    assert len(set(forms)) == len(forms) > 2


def test_only_the_span_of_the_fault_changes() -> None:
    head = b"# -*- coding: latin-1 -*-\r\nx = '\xe9'\r\n\r\n\r\n"
    data = head + b"def f(a):\r\n\tb = '\xe9'; return a + (  # \xe9 +\r\n\t\t1)\r\n"
    made = {mutant.name: mutant.source for mutant in mutants_of(read(data), ["f"], 99)}
    name = next(name for name in made if "- (" in name)
    assert made[name] == data.replace(b"a + (", b"a - (")
    assert all(source.startswith(data[:40]) and source.endswith(b"\r\n") for source in made.values())


def test_a_head_of_the_list_is_spread_over_functions_and_lines() -> None:
    body = "".join(f"    a.go({number})\n" for number in range(10, 20))
    text = f"def f(a):\n{body}\n\ndef g(a):\n{body}"
    made = mutants_of(read(text), ["f", "g"], 10)
    assert len({mutant.line for mutant in made}) == 10
    assert sorted(mutant.function for mutant in made) == ["pier/a.py::f"] * 5 + ["pier/a.py::g"] * 5
    assert faults_in(read(text), ["f", "g"]) == 60


def test_the_choice_does_not_depend_on_where_the_function_stands() -> None:
    text = "def f(a):\n" + "".join(f"    a.go({number})\n" for number in range(10, 20))
    here, there = mutants_of(read(text), ["f"], 5), mutants_of(read(f"x = 1\n\n\n{text}"), ["f"], 5)
    assert twins(here).keys() == twins(there).keys()
    assert [mutant.line + 3 for mutant in here] == [mutant.line for mutant in there]


def test_likes_on_one_line_are_named_apart() -> None:
    made = names("def f(a):\n    return g(a + 1), g(a + 1)\n")
    first, second = [name for name in made if "`a + 1` → `a - 1`" in name]
    assert second.startswith(f"{first} at column ")


CUT = [
    pytest.param(
        "class A:\n    class B:\n        @c\n        def f(self):\n            return self.__x\n",
        "A.B.f",
        id="a method",
    ),
    pytest.param(
        "if a:\n    try:\n        def f():\n            return 1\n    finally:\n        pass\n", "f", id="below an if"
    ),
]


@pytest.mark.parametrize(("text", "name"), CUT)
def test_a_function_is_cut_out_so_that_it_compiles_alike(text: str, name: str) -> None:
    source = read(text)
    mutant = mutants_of(source, [name], 1)[0]
    cut = cutting_of(source, mutant)
    assert cut is not None
    node = next(node for node in ast.walk(ast.parse(cut.text(source.lines))) if isinstance(node, ast.FunctionDef))
    own = next(node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef))
    assert (ast.dump(node, include_attributes=True)) == ast.dump(own, include_attributes=True)
