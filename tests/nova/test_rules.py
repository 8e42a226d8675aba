"""The pure rules of the seams: condensing, arbitration, borders, the purse, replies, time limits, scripts."""

import asyncio
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nova.adapters.scripted_model import Line, NoModel, ScriptedModel
from nova.arbitration import Contender, decide, disagree
from nova.checking import forbidden
from nova.condensing import extract, sentences_of
from nova.contracts import Budget, Cost
from nova.errors import BudgetExceeded, ModelError, ModelRefused, ModelUnavailable, PolicyError
from nova.purse import Purse
from nova.recovery import decision
from nova.timing import OverTimeError, within
from nova.triggers import Trigger, triggers_from
from tests.nova.shop import go


@given(text=st.text(), characters=st.integers(1, 500), sentences=st.integers(1, 5))
def test_an_extract_fits_and_says_nothing_new(text: str, characters: int, sentences: int) -> None:
    short = extract(text, characters=characters, sentences=sentences)
    assert len(short.text) == short.after <= characters
    assert short.kept <= sentences
    if short.kept:
        assert [part for part in sentences_of(text) if part in short.text]
    rest = short.text
    for part in sentences_of(text):
        rest = rest.replace(part, "", 1)
    assert not rest.strip() or short.kept == 0 or rest.strip() in text


def test_an_extract_keeps_the_most_telling_sentences_in_their_order() -> None:
    text = "Floods came. Nobody cared at all. Floods took bridges."
    assert extract(text, characters=100, sentences=2).text == "Floods came. Floods took bridges."


def test_a_sentence_that_does_not_fit_is_cut_and_shows_it() -> None:
    assert extract("Incomprehensibilities abound.", characters=8).text == "Incompr…"


def contender(entry: int, text: str, **known: bool | int) -> Contender:
    facts: dict[str, bool | int] = {"acceptable": True, "backed": 0, "unbacked": 0, "adviser": False, **known}
    return Contender(
        entry,
        f"agent{entry}",
        text,
        bool(facts["acceptable"]),
        int(facts["backed"]),
        int(facts["unbacked"]),
        bool(facts["adviser"]),
    )


ARBITRATED: list[tuple[str, list[Contender], int | None, str]] = [
    (
        "acceptable beats all else",
        [contender(1, "a", acceptable=False, backed=3), contender(2, "b", unbacked=1, adviser=True)],
        2,
        "contract",
    ),
    ("backed beats unbacked", [contender(1, "a", unbacked=1), contender(2, "b", backed=1, adviser=True)], 2, "backed"),
    ("backed beats claimless", [contender(1, "a"), contender(2, "b", backed=1)], 2, "backed"),
    (
        "the owner beats advisers that agree",
        [contender(1, "a"), *(contender(n, "b", adviser=True) for n in (2, 3))],
        1,
        "owner",
    ),
    ("two that agree beat one", [contender(1, "a"), contender(2, "b"), contender(3, " B ")], 2, "agreement"),
    ("one against one is undecided", [contender(1, "a"), contender(2, "b")], None, "undecided"),
    ("nothing acceptable has no winner", [contender(1, "a", acceptable=False)], None, "contract"),
    ("nobody at all has no winner", [], None, "contract"),
]


@pytest.mark.parametrize(
    ("given_", "winner", "rule"), [case[1:] for case in ARBITRATED], ids=[c[0] for c in ARBITRATED]
)
def test_results_that_disagree_are_decided_in_the_order_of_the_rules(
    given_: list[Contender], winner: int | None, rule: str
) -> None:
    decided = decide(given_)
    assert (decided.winner.entry if decided.winner else None, decided.rule) == (winner, rule)
    standing = {one.entry for one in given_} - {one.entry for one, _ in decided.lost}
    assert winner in standing if winner else True


def test_the_same_voice_twice_is_one_vote() -> None:
    twice = [contender(1, "a"), contender(2, "b"), Contender(3, "agent2", "b", True, 0, 0, False)]  # noqa: FBT003
    assert decide(twice).winner is None


def test_blanks_and_capitals_are_no_disagreement() -> None:
    assert not disagree(["A  b", "a B"])
    assert disagree(["a", "b"])


BORDERS: Mapping[str, str | None] = {"translates": "translate", "adds an opinion": None}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Translate this: hello", ("translates", "translate")),
        ("please translate it", ("translates", "translate")),
        ("shorten it, then translate it", ("translates", "translate")),
        ("add an opinion", ("adds an opinion", None)),
        ("add a title", None),
        ("shorten this without adding an opinion", None),
        ("shorten: translate this", None),
        ("shorten this\ntranslate", None),
        ("what does the translator say?", None),
        ("", None),
    ],
)
def test_a_border_is_a_verb_somebody_asks_for_not_a_word_in_the_material(
    asked: str, found: tuple[str, str | None] | None
) -> None:
    assert forbidden(asked, BORDERS) == found


def test_a_purse_reserves_before_and_settles_after() -> None:
    purse = Purse.of(Budget(tokens=100, micros=10, seconds=1.0, hops=1))
    reserved = Cost(tokens=80, micros=4)
    purse.reserve(reserved)
    with pytest.raises(BudgetExceeded, match="20 tokens left, and this call may need 80"):
        purse.reserve(reserved)
    purse.settle(reserved, Cost(tokens=30, micros=1))
    assert purse.left() == Budget(tokens=70, micros=9, seconds=1.0, hops=1)
    assert [purse.hop(), purse.hop()] == [True, False]


@pytest.mark.parametrize(("text", "decided"), [("YES!", True), (" no.", False), ("yes but no", None), ("", None)])
def test_an_approval_is_never_guessed(text: str, decided: bool | None) -> None:
    assert decision(text) is decided


async def _plain() -> str:
    return "at once"


async def _waits() -> str:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return "later"


async def _stuck() -> str:
    await asyncio.Event().wait()
    return "never"


async def _stubborn() -> str:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        raise
    return "never"


async def _broken() -> str:
    await asyncio.sleep(0)
    raise TimeoutError("its own")


def _unheard() -> None:
    """Be told of a wait, and do nothing."""


def test_a_time_limit_lets_through_what_is_in_time() -> None:
    assert go(within(1, _plain(), _unheard)) == "at once"
    assert go(within(1, _waits(), _unheard)) == "later"
    with pytest.raises(TimeoutError, match="its own"):
        go(within(1, _broken(), _unheard))


@pytest.mark.parametrize("late", [_stuck, _stubborn], ids=["hangs", "hangs, and waits once more when cut off"])
def test_a_time_limit_cuts_off_what_is_late(late: object) -> None:
    assert callable(late)
    with pytest.raises(OverTimeError):
        go(within(0.01, late(), _unheard))


def test_each_wait_is_told_and_what_never_waits_tells_nothing() -> None:
    told: list[str] = []
    go(within(1, _plain(), lambda: told.append("plain")))
    go(within(1, _waits(), lambda: told.append("waits")))
    assert told == ["waits"] * 2


def test_a_body_that_is_late_and_cancelled_too_is_cancelled() -> None:
    async def cancels() -> None:
        task = asyncio.create_task(within(0.01, _stubborn(), _unheard))
        while not task.cancelling():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    go(cancels())


def test_a_cancelled_body_is_cancelled_and_not_late() -> None:
    async def cancels() -> None:
        task = asyncio.create_task(within(5, _stuck(), _unheard))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    go(cancels())


def test_a_script_answers_by_pattern_or_in_order_and_then_says_it_is_over() -> None:
    model = ScriptedModel.of(["one", Line("sky", when="colour"), Line("no", refuses=True)])

    async def talk() -> list[str]:
        heard = [(await model.ask("", prompt)).text for prompt in ("what colour?", "first", "colour?")]
        with pytest.raises(ModelRefused, match="no"):
            await model.ask("", "second")
        with pytest.raises(ModelError, match="no line for question 5"):
            await model.ask("", "third")
        return heard

    assert go(talk()) == ["sky", "one", "sky"]


def test_no_model_says_how_to_get_one() -> None:
    with pytest.raises(ModelUnavailable, match="set NOVA_SCRIPT=FILE"):
        go(NoModel().ask("", ""))


def test_triggers_are_read_from_their_policy() -> None:
    text = 'triggers:\n- {after: A@1, start: B@1, fields: {x: answer, y: "=z"}}\n'
    assert triggers_from(text) == (Trigger(after="A@1", start="B@1", fields={"x": "answer", "y": "=z"}),)
    assert triggers_from("version: 1\ntriggers: []\n") == ()


@pytest.mark.parametrize("text", ["triggers: [", "triggers: 3", "triggers: [{after: A@1}]", "x: 1"])
def test_broken_triggers_are_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        triggers_from(text)
