"""Every codemod has a page made of its own examples, and says itself why it leaves a place alone."""

import re
from typing import ClassVar

import pytest

from improver.app import codemods, observers
from improver.cli.explaining import explain
from improver.codemod import Codemod
from tests.improver.judging import PACKAGED
from tests.improver.renewing import RENEW, Renew


def test_a_codemod_is_explained_by_its_own_examples() -> None:
    text = explain(RENEW, PACKAGED, ())
    assert text.startswith("# renewing\n\nRenew old words.\n\n**Why it matters.** New words are understood.\n")
    assert 'Before:\n\n```python\nA = "old"\n```\n\nAfter:\n\n```python\nA = "new"\n```' in text
    assert "**Is it safe?** It is a refactoring" in text
    assert "**When it is proposed.** Nobody compares them.\n" in text
    assert 'For example here:\n\n```python\nA = "other"\n```\n\nNor is it' in text


def test_a_codemod_says_itself_why_it_leaves_a_place_alone() -> None:
    class Shy(Renew):
        KEEPS: ClassVar[tuple[str, ...]] = ('A = "old"  # STAY\n', 'A = "other"\n', 'B = "old"  # STAY\n')

    text = explain(Shy(), PACKAGED, ())
    assert text.count("It abstains: it stays.") == 1
    assert '```\n\nIt abstains: it stays.\n\nAnd here it sees nothing to do:\n\n```python\nA = "other"' in text


def test_the_page_of_what_is_only_reported_says_so_and_what_a_person_minds() -> None:
    class Reserved(Renew):
        REPORTED = "a word could be new, but no program chooses it well"

    text = explain(Reserved(), PACKAGED, ())
    assert (
        "**When it is proposed.** Never: it is only reported. A word could be new, but no program chooses it well."
        " Who does it by hand minds this: Nobody compares them.\n" in text
    )
    assert "**Is it safe?** It is a refactoring" in text


@pytest.mark.parametrize("is_whole", [True, False])
def test_the_page_of_a_rule_of_style_says_that_it_comes_for_a_whole_file(*, is_whole: bool) -> None:
    class Styled(Renew):
        WHOLE = is_whole

    text = explain(Styled(), PACKAGED, ())
    assert ("**When it is proposed.** Nobody compares them. It comes for all of a file" in text) is is_whole


@pytest.mark.parametrize("name", ["extract_duplicate", "split_complex"])
def test_what_needs_a_name_is_only_reported(name: str) -> None:
    [codemod] = [one for one in codemods() if one.name == name]
    assert "**When it is proposed.** Never: it is only reported." in explain(codemod, PACKAGED, observers())


@pytest.mark.parametrize("codemod", codemods(), ids=lambda codemod: codemod.name)
def test_every_codemod_has_a_page(codemod: Codemod) -> None:
    text = explain(codemod, PACKAGED, observers())
    parts = re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE)
    assert parts == ["Why it matters.", "Example.", "Is it safe?", "When it is proposed.", "When it is not proposed."]
    assert text.count("```python\n") > 3
    words = re.sub("```.*?```", "", text, flags=re.DOTALL)
    assert re.findall(r"\{observable\}|\{comments\}|\.\.$| \.", words, re.MULTILINE) == []
