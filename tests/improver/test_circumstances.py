"""Where a finding stands is counted, and what cannot be told exactly is not told."""

from collections.abc import Mapping

import pytest

from improver.circumstances import Circumstances, measured, simplified, told
from improver.ports import History
from improver.records import Edit, File, Finding
from improver.source import Source
from tests.improver.renewing import tree_of

CODE = '''\
class Boat:
    def __init__(self, name):
        """Take a name."""
        self.name = name
        if not name:
            raise ValueError(name)

    def moor(self):
        return self.name

    def get(self):
        return self.name


def sail(boat):
    boat.moor()
    boat.get()
    return boat.moor()


def drift(boat):
    return sail(boat)
'''
OTHER = "from a import Boat, sail\n\nsail(Boat('x')), sail(Boat('y')), sail\n\n\ndef drift():\n    pass\n"
NOTHING = Circumstances({}, History(), {})


def product(**texts: str) -> dict[str, Source]:
    """Return the sources of texts by name."""
    read = [Source.read(f"{name}.py", text.encode()) for name, text in texts.items()]
    return {source.path: source for source in read if isinstance(source, Source)}


def evidence(symbol: str, line: int, known: Circumstances = NOTHING) -> Mapping[str, int]:
    """Return what is measured of a finding in CODE."""
    finding = Finding("k", "renew", "a.py", symbol, line, 0, "it is old", {"own": 1})
    (one,) = measured([finding], product(a=CODE, b=OTHER), known)
    assert one.evidence["own"] == 1
    return {name: number for name, number in one.evidence.items() if name != "own"}


@pytest.mark.parametrize(
    ("symbol", "line", "expected"),
    [
        pytest.param("sail", 16, {"callers": 3}, id="calls in every file, a mere mention aside"),
        pytest.param("Boat.moor", 9, {"callers": 2}, id="a method that only one class has"),
        pytest.param("Boat.__init__", 4, {"callers": 2}, id="an initialiser is called by its class's name"),
        pytest.param("Boat.get", 12, {}, id="dictionaries have such a method too"),
        pytest.param("drift", 21, {}, id="two functions have the name"),
        pytest.param("", 1, {}, id="what stands in no function"),
    ],
)
def test_calls_are_counted_where_a_name_tells_what_is_called(
    symbol: str, line: int, expected: Mapping[str, int]
) -> None:
    assert evidence(symbol, line) == expected


@pytest.mark.parametrize(
    ("line", "ran", "expected"),
    [
        pytest.param(4, {2, 4, 5}, {"statements_held": 3, "statements_run": 2}, id="part of a function"),
        pytest.param(9, {2, 4}, {"statements_held": 1, "statements_run": 0}, id="a function that no test runs"),
        pytest.param(1, {1}, {}, id="what stands in no function"),
    ],
)
def test_statements_that_tests_run_are_counted(line: int, ran: set[int], expected: Mapping[str, int]) -> None:
    assert evidence("", line, Circumstances({"a.py": frozenset(ran)}, History(), {})) == expected


def test_nothing_is_known_of_coverage_without_a_run() -> None:
    assert evidence("", 4, Circumstances({}, History(), {})) == {}


def test_history_and_verdicts_are_those_of_the_file_and_the_rule() -> None:
    history = History(340, 365, {"a.py": 12, "b.py": 1})
    assert evidence("", 1, Circumstances({}, history, {"renew": (3, 1), "other": (0, 9)})) == {
        "changes": 12,
        "commits": 340,
        "days": 365,
        "approved": 3,
        "decided": 4,
    }


NEITHER = {"complexity_before": 0, "complexity_after": 0}
NESTED = (
    "def f(a, b):\n    if a:\n        if b:\n            return 1\n    return 0\n\n\ndef g(a):\n    return a or 1\n"
)
FLAT = NESTED.replace("    if a:\n        if b:\n            return 1\n", "    if a and b:\n        return 1\n", 1)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(NESTED, FLAT, {"complexity_before": 3, "complexity_after": 2}, id="it falls"),
        pytest.param(NESTED, f"# word\n{NESTED}", NEITHER, id="no function is touched"),
        pytest.param(
            "A = 1\n",
            "def f(a):\n    return 1 if a else 2\n",
            {"complexity_before": 0, "complexity_after": 1},
            id="a new one",
        ),
    ],
)
def test_complexity_is_that_of_the_functions_which_differ(before: str, after: str, expected: Mapping[str, int]) -> None:
    tree = tree_of({"a.py": before, "b.py": after})
    assert simplified((Edit("a.py", tree["a.py"], tree["b.py"]),)) == expected
    assert simplified((Edit("a.py", None, File(b"")),)) == NEITHER


def at(symbol: str, **evidence: int) -> Finding:
    """Return a finding in `symbol` with this evidence."""
    return Finding("k", "renew", "a.py", symbol, 1, 0, "it is old", evidence)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        pytest.param((), (), id="nothing was found"),
        pytest.param((at("f"),), (), id="nothing is known"),
        pytest.param(
            (at("f", callers=1, statements_held=3, statements_run=2),),
            ("`f` is called by name in 1 place and has 2 of its 3 statements run by the tests",),
            id="a function that is called and tested",
        ),
        pytest.param(
            (at("f", callers=0, statements_held=3, statements_run=0),), ("`f` is run by no test",), id="neither"
        ),
        pytest.param(
            (at("f", statements_held=3, statements_run=3),), ("`f` is run wholly by the tests",), id="tested wholly"
        ),
        pytest.param(
            (at("f", callers=2), at("g", callers=5), at("f", callers=2)),
            ("`g` is called by name in 5 places", "`f` is called by name in 2 places"),
            id="the one that is called most comes first, and each once",
        ),
        pytest.param(
            (
                at(
                    "f",
                    callers=2,
                    changes=12,
                    commits=340,
                    days=365,
                    complexity_before=9,
                    complexity_after=4,
                    approved=3,
                    decided=4,
                ),
                at("g", callers=1),
            ),
            (
                "`f` is called by name in 2 places",
                "the highest cognitive complexity of what it touches falls from 9 to 4",
                "the file was changed by 12 of 340 commits in 365 days",
                "humans approved 3 of 4 proposals under this rule",
                "`g` is called by name in 1 place",
            ),
            id="all that can be known",
        ),
        pytest.param(
            (at("", changes=1, commits=2, days=0),), ("the file was changed by 1 of 2 commits",), id="one day"
        ),
    ],
)
def test_every_number_is_told_in_words(findings: tuple[Finding, ...], expected: tuple[str, ...]) -> None:
    assert told(findings) == expected
