"""A first look is shown the product alone: the base's tests are what looks at it."""

from improver.gate import Candidate, Example
from improver.looking import Ready, first_look
from improver.records import Safety
from improver.scan import Group
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.judging import PACKAGED
from tests.improver.renewing import RENEW


def test_a_test_that_comes_with_a_change_is_not_looked_at() -> None:
    example = Example(
        {"pier/a.py": "x = 1\n"}, {"pier/a.py": "x = 2\n", "tests/test_a.py": "new\n"}, Safety.BEHAVIOUR_CHANGE
    )
    experiments = FakeExperiments()
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments))
    first_look([Ready(Group(RENEW, ()), candidate, ())], experiments)
    assert experiments.asked == [([{"pier/a.py": b"x = 2\n"}],)]
