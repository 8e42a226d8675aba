"""What is told of tests that were written: what ended the search for calls, and how many nobody is shown."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from improver.adding import Adding
from improver.circumstances import Circumstances
from improver.experiments import Exploration, MutationRun, Recording
from improver.funnel import Funnel
from improver.observer import Project
from improver.ports import History
from improver.records import Receipt
from improver.worth import Worth
from improver.writing.drafting import Drafted
from improver.writing.targets import Weak
from improver.writing.writer import Outcome
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.calls import RECEIPT, SEA, source
from tests.improver.judging import PACKAGED

NOBODY = cast("Any", None)
ENDED = "pier/a.py: the search for calls ended"
WITHHELD = "pier/a.py: 2 more are hard to read or of little use"


@pytest.mark.parametrize(
    ("notes", "withheld", "expected"),
    [
        pytest.param((), 0, [], id="nothing"),
        pytest.param((ENDED,), 0, [ENDED], id="what ended the search"),
        pytest.param((), 2, [WITHHELD], id="tests that are hard to read"),
        pytest.param((ENDED,), 2, [ENDED, WITHHELD], id="both"),
    ],
)
def test_what_nobody_is_shown_is_told(notes: tuple[str, ...], withheld: int, expected: list[str]) -> None:
    told: list[tuple[str, str, str]] = []
    adding = Adding(NOBODY, (), Funnel(), lambda *one: told.append(one), NOBODY, bool, bool)
    weak = Weak(source(SEA), (), MutationRun({}, (), {}, RECEIPT))
    drafted = Drafted(weak, Exploration((), (), {}, Receipt(("explore",), notes=notes)))
    adding._note(Outcome(drafted, None, (), withheld))
    assert told == [("note", "tests", text) for text in expected]


def test_why_no_tests_are_written_is_told_where_nothing_could_be_recorded() -> None:
    told: list[tuple[str, str, str]] = []
    bench = FakeBench(experiments=FakeExperiments(recorded=Recording({}, {}, {}, {}, RECEIPT, "it breaks off")))
    known = Circumstances({}, History(), {})
    publisher = SimpleNamespace(ground=SimpleNamespace(tree={}, policy=PACKAGED, bench=bench))
    adding = Adding(cast("Any", publisher), (), Funnel(), lambda *one: told.append(one), NOBODY, bool, bool)
    test = source("def test_depth(): ...\n", "tests/test_a.py")
    project = Project({"pier/a.py": source(SEA)}, {}, NOBODY, {test.path: test})
    assert [*adding.judged(project, Worth(PACKAGED, known))] == []
    assert told == [("note", "tests", "none are written: it breaks off")]
