"""A change of behaviour comes with a test that fails without it, wherever a call shows the difference."""

from dataclasses import replace

import pytest

from improver.app import codemods
from improver.gate import Candidate, Example
from improver.gates.tests import REPRODUCED
from improver.gates.tests import tests as gate_under_test
from improver.judging.touched import hunks
from improver.records import Change, Ruling, Safety
from improver.scan import draft, groups, read_project, scan
from improver.verify.ruff import RuffTool
from improver.writing.reproducing import reproduced
from improver.writing.turns import ground_of
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.calls import ground_for
from tests.improver.conftest import BenchFor
from tests.improver.judging import PACKAGED

CHECK = '''\
"""Checks."""


def rate(value: int) -> int:
    """Return a rate."""
    assert (value > 0, "value must be positive")
    return 100 // value if value else 0
'''
COLLECT = '''\
"""Collecting."""


def collect(name, found=[]):
    """Return what was found, with one more name."""
    found.append(name)
    return found
'''
SILENT = '''\
"""Numbers."""


def number(text):
    """Read a number."""
    try:
        return int(text)
    except:
        return 0
'''
RATE = "from pier.a import rate\n\n\ndef test_rate():\n    assert rate(4) == 25\n"
COLLECTS = 'from pier.a import collect\n\n\ndef test_collect():\n    assert collect("a", []) == ["a"]\n'
NUMBER = 'from pier.a import number\n\n\ndef test_number():\n    assert number("3") == 3\n'


def mended(product: str, test: str, bench_for: BenchFor) -> tuple[Candidate, Change | None]:
    """Return what the one codemod that finds something makes of the product, and that with a test, if there is one."""
    tree = Example({"pier/__init__.py": "", "pier/a.py": product, "tests/test_a.py": test}, {}).tree()
    bench, known = bench_for(tree), codemods()
    project, _ = read_project(tree, PACKAGED, RuffTool(), ())
    changing = [one for one in known if one.SAFETY is Safety.BEHAVIOUR_CHANGE]
    (group,) = groups(list(scan(project, (), changing, ()).findings), changing, lambda _: 1.0)
    drafted = draft(group, project, tree)
    assert drafted.change is not None
    candidate = Candidate(tree, drafted.change, PACKAGED, bench)
    ground = ground_of(tree, PACKAGED, bench, project)
    return candidate, reproduced(ground, candidate, group.findings[0].message)


@pytest.mark.host
@pytest.mark.parametrize(
    ("product", "test", "shown"),
    [
        pytest.param(
            CHECK,
            RATE,
            '    `assert (value > 0, ...)` asserts a tuple, which is always true.\n    """\n'
            '    with pytest.raises(AssertionError, match="value must be positive"):\n        rate(0)\n',
            id="an error that did not come",
        ),
        pytest.param(
            COLLECT,
            COLLECTS,
            '    collect("first")\n    assert collect("first") == ["first"]\n',
            id="what a second call shows",
        ),
    ],
)
def test_a_mended_fault_is_reproduced(product: str, test: str, shown: str, bench_for: BenchFor) -> None:
    candidate, change = mended(product, test, bench_for)
    assert change is not None
    assert [edit.path for edit in change.edits] == ["pier/a.py", "tests/test_a.py"]
    whole = Candidate(candidate.base, change, PACKAGED, candidate.bench)
    before, after = whole.before("tests/test_a.py"), whole.after("tests/test_a.py")
    assert before is not None
    assert after is not None
    assert not [hunk for hunk in hunks(before.lines, after.lines) if hunk.old]
    assert "Reproduces a fault that was mended." in after.text
    assert after.text.endswith(shown)
    result = gate_under_test(whole)
    assert (result.ruling, result.claim, result.receipt.counts["reproducing"]) == (Ruling.PASS, REPRODUCED, 1)


@pytest.mark.host
def test_what_no_call_shows_is_left_as_it_is(bench_for: BenchFor) -> None:
    _, change = mended(SILENT, NUMBER, bench_for)
    assert change is None


def test_nothing_is_tried_when_it_is_late() -> None:
    example = Example({"pier/a.py": COLLECT}, {"pier/a.py": COLLECT.replace("[]", "None")}, Safety.BEHAVIOUR_CHANGE)
    experiments = FakeExperiments()
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments))
    ground = replace(ground_for(COLLECT), experiments=experiments)
    assert reproduced(replace(ground, late=lambda: True), candidate, "it is shared") is None
    assert experiments.asked == []
    assert reproduced(ground, candidate, "it is shared") is None
    assert len(experiments.asked) == 1
