"""A test that a program writes must run where it is judged: one that is skipped is not red, and shows nothing."""

import pytest

from improver.gate import Candidate, Example
from improver.gates.tests import tests as gate_under_test
from improver.records import Safety
from tests.improver.conftest import BenchFor
from tests.improver.gates.test_tests import BASE
from tests.improver.judging import PACKAGED

IDLE = {
    "skipped": '\n\n@pytest.mark.skip(reason="later")\ndef test_deeper():\n    assert depth(7) == 6\n',
    "skipped in its midst": '\n\ndef test_deeper():\n    pytest.skip("later")\n    assert depth(7) == 6\n',
    "expected to fail": "\n\n@pytest.mark.xfail\ndef test_deeper():\n    assert depth(7) == 7\n",
    "not collected": "\n\nclass Deeper:\n    def test_deeper(self):\n        assert depth(7) == 6\n",
}
RUNNING = {
    "with parameters": '\n\n@pytest.mark.parametrize("sea", [7])\ndef test_deeper(sea):\n    assert depth(sea) == 6\n',
    "in a class": "\n\nclass TestDeep:\n    def test_deeper(self):\n        assert depth(7) == 6\n",
    "inherited": "\n\nclass Deep:\n    def test_deeper(self):\n        assert depth(7) == 6\n\n\n"
    "class TestDeep(Deep):\n    pass\n",
}


@pytest.mark.host
@pytest.mark.parametrize("safety", [Safety.NEW_TEST, Safety.CHANGED_TEST], ids=lambda one: one.value)
def test_what_a_program_writes_must_run(safety: Safety, bench_for: BenchFor) -> None:
    """A skipped test is not red, and what it no longer notices nobody would miss."""
    told = []
    for text in (*IDLE.values(), *RUNNING.values()):
        example = Example(BASE, {"tests/test_a.py": BASE["tests/test_a.py"] + text}, safety)
        bench = bench_for(Example(BASE, {}).tree())
        result = gate_under_test(Candidate(example.tree(), example.change(), PACKAGED, bench))
        told.append([reason.partition(", so that")[2] for reason in result.reasons])
    assert told == [[" nothing shows that it holds"]] * len(IDLE) + [[]] * len(RUNNING)
