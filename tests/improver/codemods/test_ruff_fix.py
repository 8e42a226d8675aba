"""Every rule that policy lists says in its own words what is done and what is gained."""

import pytest

from improver.codemods.ruff_fix import TITLES, WHYS, RuffFix
from improver.judging.wording import claimed, live, strangers, unbacked
from tests.improver.judging import PACKAGED

RUFF = RuffFix()


def test_each_listed_rule_has_a_title_and_a_reason_and_no_other_has() -> None:
    assert set(TITLES) == set(WHYS) == set(PACKAGED.review.ruff_rules)
    assert RUFF.why("ruff:X000") == RuffFix.WHY


@pytest.mark.parametrize("rule", PACKAGED.review.ruff_rules)
def test_the_words_of_a_rule_claim_nothing_that_each_change_would_have_to_bear_out(rule: str) -> None:
    title, why = RUFF.title(f"ruff:{rule}"), RUFF.why(f"ruff:{rule}")
    assert (title, why) == (TITLES[rule], WHYS[rule])
    assert [*claimed(title, why), *live(why), *unbacked(why, ()), *strangers(why, (), "")] == []
