"""Cognitive complexity: values from the definition, and what the observer reports."""

import ast
from collections.abc import Mapping

import pytest

from improver.observer import Project
from improver.observers.complexity import complexity
from improver.ports import RuffFinding
from improver.records import Receipt
from improver.rewriting.cognitive import cognitive
from improver.source import Source


def value(text: str) -> int:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    return cognitive(function)


SUM_OF_PRIMES = """
def sum_of_primes(top):
    total = 0
    for i in range(1, top):
        for j in range(2, i):
            if i % j == 0:
                break
        else:
            total += i
    return total
"""

GET_WORDS = """
def get_words(number):
    match number:
        case 1:
            return "one"
        case 2:
            return "a couple"
        case _:
            return "lots"
"""

TRIES = """
def my_method(self):
    try:
        if condition1:
            for i in range(10):
                while condition2:
                    pass
    except (ExcepType1, ExcepType2) as e:
        if condition2:
            pass
"""

MIXED = """
def mixed():
    if a and b and c or d or e and f:
        pass
"""

NEGATED = """
def negated():
    if a and not (b and c):
        pass
"""

CHAIN = """
def chain(x):
    if x == 1:
        return 1
    elif x == 2:
        return 2
    else:
        return 3
"""

ELSE_IF = """
def else_if(x):
    if x == 1:
        return 1
    else:
        if x == 2:
            return 2
"""

DECORATOR = """
def decorator(a):
    "A docstring does not count."
    def inner(func):
        if condition:
            print(b)
        func()
    return inner
"""

NOT_A_DECORATOR = """
def not_a_decorator(a, b):
    my_var = a * b
    def inner(func):
        if condition:
            print(b)
        func()
    return inner
"""

LAMBDA = """
def with_lambda():
    return lambda x: 1 if x else 2
"""

RECURSION = """
def factorial(n):
    if n < 2:
        return 1
    return n * factorial(n - 1)
"""

METHOD = """
def walk(self, node):
    for child in node:
        self.walk(child)
"""

NAMESAKE = """
def close(self):
    close(self.handle)
"""

TERNARY = """
def ternary(a, b):
    return 1 if a else 2 if b else 3
"""

WITH = """
async def with_and_finally():
    try:
        async with lock:
            async for row in rows:
                await use(row)
    finally:
        done()
"""

INNER_CLASS = """
def makes_a_class():
    class Inner:
        def method(self):
            if a:
                return b
    return Inner()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            SUM_OF_PRIMES, 1 + 2 + 3 + 1, id="nested loops pay for their depth and an else of a loop costs one"
        ),
        pytest.param(GET_WORDS, 1, id="a match costs one however many cases it has"),
        pytest.param(TRIES, 1 + 2 + 3 + 1 + 2, id="try neither costs nor nests and except does both"),
        pytest.param(MIXED, 1 + 3, id="each run of like operators costs one"),
        pytest.param(NEGATED, 1 + 2, id="a negation starts a new run"),
        pytest.param("def f(a, b, c, d):\n    return a or b and c or d\n", 3, id="runs count in reading order"),
        pytest.param("def f(a, b, c):\n    return a and (b and c)\n", 1, id="parentheses alone start no run"),
        pytest.param(CHAIN, 3, id="elif and else cost one each"),
        pytest.param(ELSE_IF, 1 + 1 + 2, id="an if inside else is nested and no elif"),
        pytest.param(DECORATOR, 1, id="the wrapper of a decorator does not nest"),
        pytest.param(NOT_A_DECORATOR, 2, id="any other inner function nests"),
        pytest.param(LAMBDA, 2, id="a lambda nests"),
        pytest.param(RECURSION, 2, id="recursion costs one"),
        pytest.param(METHOD, 2, id="a method that calls itself recurs"),
        pytest.param(NAMESAKE, 0, id="a method that calls a function of its name does not"),
        pytest.param(TERNARY, 1 + 2, id="a conditional expression inside another is nested"),
        pytest.param(WITH, 1, id="with and finally are free and asynchronous loops are loops"),
        pytest.param(INNER_CLASS, 2, id="a method of an inner class is nested once"),
        pytest.param("def f():\n    return 1\n", 0, id="straight code is free"),
    ],
)
def test_cognitive_complexity(text: str, expected: int) -> None:
    assert value(text) == expected


def ladder(rungs: int) -> str:
    lines = ["def climb(x):", *("    " * (rung + 1) + f"if x > {rung}:" for rung in range(rungs))]
    return "\n".join([*lines, "    " * (rungs + 1) + "return x", ""])


class NoRuff:
    """A ruff that nobody may need here."""

    def findings(
        self, files: Mapping[str, bytes], *, select: str, config: Mapping[str, bytes] | None
    ) -> tuple[list[RuffFinding], Receipt]:
        raise NotImplementedError

    def formatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bool:
        raise NotImplementedError

    def reformatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bytes:
        raise NotImplementedError


def observed(text: str) -> list[tuple[str, int, int]]:
    source = Source.read("a.py", text.encode())
    assert isinstance(source, Source)
    found = complexity(Project({"a.py": source}, {}, NoRuff()))
    return [(finding.symbol, finding.line, finding.evidence["complexity"]) for finding in found]


def test_a_function_at_the_threshold_is_not_reported() -> None:
    assert value(ladder(5)) == 15
    assert observed(ladder(5)) == []


def test_recursion_alone_can_pass_the_threshold() -> None:
    assert observed(ladder(5).replace("return x", "return climb(x)")) == [("climb", 1, 16)]


@pytest.mark.parametrize(("most", "rungs"), [(1, 1), (3, 2), (6, 3), (10, 4), (15, 5), (21, 6)])
def test_the_threshold_is_the_projects(most: int, rungs: int) -> None:
    assert (value(ladder(rungs)), value(ladder(rungs + 1)) > most) == (most, True)
    for text, found in ((ladder(rungs), 0), (ladder(rungs + 1), 1)):
        source = Source.read("a.py", text.encode())
        assert isinstance(source, Source)
        assert len(complexity(Project({"a.py": source}, {}, NoRuff(), complexity=most))) == found


def test_a_method_above_the_threshold_is_reported_once_with_its_number() -> None:
    method = "".join(f"    {line}\n" for line in ladder(6).splitlines())
    assert observed("import os\n\n\nclass Tree:\n" + method) == [("Tree.climb", 5, 21)]


def test_what_nested_functions_cost_is_reported_where_they_stand() -> None:
    inner = "".join(f"    {line}\n" for line in ladder(5).splitlines())
    assert observed("def outer():\n    x = 1\n" + inner) == [("outer", 1, 20)]


def test_the_key_survives_reformatting_and_line_moves() -> None:
    keys = []
    for text in (ladder(6), "\n\n# moved\n" + ladder(6).replace("x > 3", "(x  >  3)")):
        source = Source.read("a.py", text.encode())
        assert isinstance(source, Source)
        keys += [finding.key for finding in complexity(Project({"a.py": source}, {}, NoRuff()))]
    assert len(keys) == 2
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    "text",
    [SUM_OF_PRIMES, GET_WORDS, TRIES, MIXED, NEGATED, CHAIN, ELSE_IF, NOT_A_DECORATOR, LAMBDA, RECURSION, TERNARY],
)
def test_the_text_changes_the_speed_and_not_the_value(text: str) -> None:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert cognitive(function, text.splitlines()) == cognitive(function)
