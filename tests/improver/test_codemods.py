"""Every codemod does what its CHANGES say, leaves its KEEPS alone, and has nothing to say the second time."""

import pytest

from improver.codemod import Codemod
from tests.improver import rewrites
from tests.improver.rewrites import CODEMODS, OBSERVERS


def rewritten(codemod: Codemod, text: str) -> tuple[str, int]:
    """Apply the first applicable finding again and again; return the last text and the number of rewrites."""
    data, count = rewrites.rewritten(codemod, text.encode())
    return data.decode(), count


def changes() -> list[object]:
    return [
        pytest.param(codemod, before, after, id=f"{codemod.name} rewrites example {index}")
        for codemod in CODEMODS
        for index, (before, after) in enumerate(codemod.CHANGES, 1)
    ]


def keeps() -> list[object]:
    return [
        pytest.param(codemod, text, id=f"{codemod.name} leaves trap {index} alone")
        for codemod in CODEMODS
        for index, text in enumerate(codemod.KEEPS, 1)
    ]


@pytest.mark.parametrize(("codemod", "before", "after"), changes())
def test_what_should_change_changes_to_exactly_this(codemod: Codemod, before: str, after: str) -> None:
    result, count = rewritten(codemod, before)
    assert result == after
    assert count > 0


@pytest.mark.parametrize(("codemod", "before", "after"), changes())
def test_a_second_run_changes_nothing(codemod: Codemod, before: str, after: str) -> None:
    assert rewritten(codemod, after) == (after, 0)


@pytest.mark.parametrize(("codemod", "text"), keeps())
def test_what_must_stay_stays(codemod: Codemod, text: str) -> None:
    assert rewritten(codemod, text) == (text, 0)


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} documents itself")
def test_a_codemod_documents_itself(codemod: Codemod) -> None:
    for text in (type(codemod).__doc__, codemod.TITLE, codemod.WHY, codemod.SAFE_WHEN):
        assert text and text.strip()  # noqa: PT018 - None and blank are the same fault
    assert len(codemod.TITLE) <= 60
    assert len(codemod.CHANGES) >= 4
    assert len(set(codemod.KEEPS)) >= 6
    assert len(set(codemod.KEEPS)) == len(codemod.KEEPS)
    assert codemod.NODES


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} is reachable")
def test_something_leads_to_every_codemod(codemod: Codemod) -> None:
    known = {rule for observer in OBSERVERS for rule in observer.rules}
    for pattern in codemod.ANSWERS:
        assert pattern in known


@pytest.mark.parametrize("codemod", CODEMODS, ids=lambda codemod: f"{codemod.name} keeps out of generated files")
def test_a_generated_file_is_never_touched(codemod: Codemod) -> None:
    text = "# @generated\n" + codemod.CHANGES[0][0]
    assert rewritten(codemod, text) == (text, 0)
