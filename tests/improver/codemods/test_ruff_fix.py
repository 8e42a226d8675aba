"""Every rule that policy lists says in its own words what is done and what is gained."""

import pytest

from improver.codemod import Abstain, apply
from improver.codemods.ruff_fix import TITLES, WHYS, RuffFix
from improver.judging.wording import claimed, live, strangers, unbacked
from improver.observer import Project
from improver.records import File
from tests.improver.calls import source
from tests.improver.judging import PACKAGED
from tests.improver.rewrites import PATH, found, project_of

RUFF = RuffFix()


def test_each_listed_rule_has_a_title_and_a_reason_and_no_other_has() -> None:
    assert set(TITLES) == set(WHYS) == set(PACKAGED.review.ruff_rules)
    assert RUFF.why("ruff:X000") == RuffFix.WHY


@pytest.mark.parametrize("rule", PACKAGED.review.ruff_rules)
def test_the_words_of_a_rule_claim_nothing_that_each_change_would_have_to_bear_out(rule: str) -> None:
    title, why = RUFF.title(f"ruff:{rule}"), RUFF.why(f"ruff:{rule}")
    assert (title, why) == (TITLES[rule], WHYS[rule])
    assert [*claimed(title, why), *live(why), *unbacked(why, ()), *strangers(why, (), "")] == []


@pytest.mark.parametrize(
    ("other", "is_product", "is_left"),
    [
        pytest.param('y = "b {}".format(a)\n', True, True, id="another file of the product"),
        pytest.param('y = "b {}".format(a)\n', False, False, id="a test"),
        pytest.param('y = b.format(a)\nz = f"{a}"\n', True, False, id="no text that is written out"),
    ],
)
def test_f_strings_are_for_all_of_the_product_or_for_none(other: str, *, is_product: bool, is_left: bool) -> None:
    alone = project_of(b'x = "a {}".format(a)\n')
    beside = source(other, "package/other.py")
    files = {path: File(one.data) for path, one in alone.sources.items()} | {beside.path: File(beside.data)}
    more = {beside.path: beside}
    whole = Project({**alone.sources, **(more if is_product else {})}, files, alone.ruff, {} if is_product else more)
    (finding,) = found(RUFF, alone)
    assert isinstance(apply(RUFF, finding, alone.sources[PATH], whole), Abstain) is is_left
