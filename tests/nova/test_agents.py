"""Every agent does what its examples say, and the registry takes them all together."""

import pytest

from nova.adapters.scripted_model import Line, ScriptedModel
from nova.agent import Agent, Example
from nova.agents.language.format_text import FormatText
from nova.agents.language.summarize import LONG, Summarize
from nova.agents.pipeline.arbitrate import Arbitrate, Candidate
from nova.agents.pipeline.condense import Condense
from nova.agents.pipeline.coordinate import Coordinate
from nova.contracts import Answer, Contract, Question, Refusal, Reroute
from nova.discover import discover
from tests.nova.shop import Bench

FAMILIES = ("nova.agents.language", "nova.agents.pipeline")
AGENTS = {one.name: one for family in FAMILIES for one in discover(family, Agent)}
CASES = [(one, case) for one in AGENTS.values() for case in one.card.examples]


@pytest.mark.parametrize(("one", "case"), CASES, ids=[f"{one.name} does its example" for one, _ in CASES])
def test_an_agent_does_what_its_examples_say(one: Agent, case: Example) -> None:
    bench = Bench(list(AGENTS.values()))
    ended = bench.ask(case.task)
    assert ended.owner == one.name
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == case.answers


def test_a_long_text_is_condensed_before_it_is_summarised_and_both_say_so() -> None:
    bench = Bench(list(AGENTS.values()))
    text = "The river rose again. " * 300
    assert len(text) > LONG
    ended = bench.ask(Summarize(text=text, sentences=1))
    assert bench.tree() == ["0 user>summarize Answer", "1 summarize>condense Answer"]
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == "The river rose again."
    assert [source.split(":")[0] for source in ended.outcome.sources] == ["extract", "extract"]


@pytest.mark.parametrize(
    "task",
    [
        Summarize(text=" "),
        FormatText(text=""),
        Condense(text=""),
        Coordinate(request="sum it up", text=""),
        Arbitrate(about="x", candidates=()),
    ],
    ids=lambda task: f"{type(task).__name__} of nothing is refused",
)
def test_a_task_about_nothing_is_refused(task: Contract) -> None:
    bench = Bench(list(AGENTS.values()))
    assert isinstance(bench.ask(task).outcome, Refusal)


def test_parts_are_done_in_parallel_and_what_nobody_does_is_said() -> None:
    bench = Bench(list(AGENTS.values()))
    request = "summarize in one sentence, list as bullets and sing it"
    ended = bench.ask(Coordinate(request=request, text="Wash well. Rinse."))
    assert bench.tree() == [
        "0 user>coordinate Answer",
        "1 coordinate>summarize Answer",
        "2 coordinate>format_text Answer",
    ]
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == (
        "summarize in one sentence:\nWash well.\n\n"
        "list as bullets:\n- Wash well.\n- Rinse.\n\n"
        "not done: sing it (nobody here does that)"
    )
    assert [claim.evidence for claim in ended.outcome.claims] == ["1", "2"]
    assert ended.outcome.unverified == ()


def test_a_request_nobody_does_goes_back_to_the_router() -> None:
    bench = Bench(list(AGENTS.values()))
    assert bench.ask(Coordinate(request="sing it", text="La.")).outcome == Reroute(text="sing it")


def test_two_results_that_disagree_are_arbitrated_and_the_owner_of_the_decision_beats_the_adviser() -> None:
    bench = Bench(list(AGENTS.values()))
    text = "The river rose fast. The river took the bridge. Nobody was hurt at all."
    ended = bench.ask(Coordinate(request="shorten to two sentences", text=text, second_opinion=True))
    assert bench.tree() == [
        "0 user>coordinate Answer",
        "1 coordinate>summarize Answer",
        "2 coordinate>condense Answer",
        "3 coordinate>arbitrate Answer",
    ]
    decided = bench.entries()[3].outcome
    assert decided is not None
    for kept in ('"entry 1"', '"rule: owner"', '"lost: entry 2 by owner"'):
        assert kept in decided
    assert isinstance(ended.outcome, Answer)
    assert [claim.evidence for claim in ended.outcome.claims] == ["3"]


UNDECIDED = Arbitrate(
    about="the colour",
    candidates=(Candidate(entry=1, agent="a", text="red"), Candidate(entry=2, agent="b", text="blue")),
)


def test_undecided_without_a_model_asks_the_user_and_asks_again_after_a_reply_that_says_nothing() -> None:
    bench = Bench(list(AGENTS.values()))
    asked = bench.ask(UNDECIDED)
    assert asked.state == "waiting"
    assert asked.outcome == Question(text="undecided about the colour: which one?\n1: red\n2: blue")
    assert bench.reply("the nice one").state == "waiting"
    ended = bench.reply("2")
    assert ended.outcome == Answer(text="blue", sources=("entry 2", "rule: asked", "lost: entry 1 by asked"))


def test_undecided_with_a_model_is_decided_by_it_last_of_all() -> None:
    bench = Bench(list(AGENTS.values()), model=ScriptedModel.of([Line("1", when="the colour")]))
    ended = bench.ask(UNDECIDED)
    assert ended.outcome == Answer(text="red", sources=("entry 1", "rule: asked", "lost: entry 2 by asked"))
