"""A bound closure sees its own iteration, where the one before saw the last."""

import pytest

from improver.codemod import Abstain, apply, findings
from improver.codemods.late_binding import LateBinding
from improver.observer import Project
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool

STORED = """
found = []
for i in range(3):
    found.append(lambda: i)
values = [call() for call in found]
"""

DEFINED = """
def build():
    found = {}
    for i in range(3):
        square = i * i
        def read(*more):
            return square + len(more)
        found[i] = read
    return [found[i]("x") for i in range(3)]
values = build()
"""

COMPREHENDED = """
calls = [lambda a, b=2: a + b + i for i in range(3)]
values = [call(1) for call in calls]
"""

NESTED = """
def build():
    found = []
    for i in range(2):
        for k in range(2):
            found.append((lambda: (lambda: (i, k))(), k))
    return [call() for call, _ in found]
values = build()
"""


def values(text: str) -> object:
    names: dict[str, object] = {}
    exec(compile(text, "a.py", "exec"), names)  # noqa: S102 - our own text
    return names["values"]


def bound(text: str) -> str:
    source = Source.read("a.py", text.encode())
    assert isinstance(source, Source)
    codemod = LateBinding()
    (finding,) = findings([codemod], source)
    rewrite = apply(codemod, finding, source, Project({"a.py": source}, {"a.py": File(source.data)}, RuffTool()))
    assert not isinstance(rewrite, Abstain)
    return rewrite["a.py"].decode()


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(STORED, [2, 2, 2], [0, 1, 2], id="a lambda that is stored"),
        pytest.param(DEFINED, [5, 5, 5], [1, 2, 5], id="a function that takes any arguments"),
        pytest.param(COMPREHENDED, [5, 5, 5], [3, 4, 5], id="a lambda in a comprehension"),
        pytest.param(NESTED, [(1, 1)] * 4, [(0, 0), (0, 1), (1, 0), (1, 1)], id="two loops at once"),
    ],
)
def test_each_closure_sees_its_own_iteration(text: str, before: object, after: object) -> None:
    assert values(text) == before
    assert values(bound(text)) == after


def test_no_caller_can_fill_the_bound_value_by_position() -> None:
    text = bound("def f(out):\n    for i in out.values():\n        out.connect(lambda: i)\n")
    assert text == "def f(out):\n    for i in out.values():\n        out.connect(lambda *, i=i: i)\n"
