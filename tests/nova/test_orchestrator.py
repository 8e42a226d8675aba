"""A run has one owner, one purse and a journal it can be taken up from; whatever an agent does, it ends in a value."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from nova.adapters.scripted_model import Line, ScriptedModel
from nova.agent import Agent, Context, Needs
from nova.contracts import Acceptance, Answer, Claim, Contract, Failure, Handoff, Letter, Question, Refusal, Relation
from nova.desk import Limits
from nova.errors import ContractError, HandoffError, RoutingError, ToolError
from nova.tool import tool
from tests.nova.crew import (
    CONSULT,
    DELEGATE,
    TRANSFER,
    Body,
    Deep,
    Lead,
    Other,
    Unheard,
    Work,
    claiming,
    deep,
    hands,
    lead,
    look,
    other,
    says,
    sending,
    stamping,
    told,
    worker,
)
from tests.nova.shop import ACME, Bench, go, message

WORKED = says("worked")


def bench(boss: Body, work: Body = WORKED, **others: Any) -> Bench:
    """Return a bench with the whole crew and both tools."""
    crew: list[Agent] = [
        lead(boss),
        worker(work),
        other(others.pop("other", says("helped"))),
        deep(others.pop("deep", says("dug"))),
    ]
    return Bench(crew, tools=[others.pop("stamp", stamping([])), look], **others)


def test_an_owner_delegates_and_answers() -> None:
    ready = bench(hands(Work()))
    ended = ready.ask(Lead())
    assert (ended.owner, ended.state, ended.outcome) == ("boss", "done", Answer(text="work: worked"))
    assert ready.tree() == ["0 user>boss Answer", "1 boss>work Answer"]
    assert ready.journal.records["r0"].state == "done"


def test_an_entry_carries_the_whole_handoff() -> None:
    accept = Acceptance(at_most=10)

    def boss(task: Lead, ctx: Context) -> Any:
        return (
            Answer(text=told(ctx))
            if ctx.results
            else Handoff[Work](task=Work(), relation=DELEGATE, reason="because", acceptance=accept)
        )

    ready = bench(boss)
    ready.ask(Lead())
    sent = ready.entries()[1]
    assert (sent.parent, sent.sender, sent.agent, sent.owner, sent.hop) == (0, "boss", "work", "boss", 1)
    assert (sent.contract, sent.task, sent.reason) == ("Work@1", '{"text":"work","count":1}', "because")
    assert (sent.acceptance, sent.relation, sent.scope) == (accept, DELEGATE, ACME)
    assert sent.budget is not None
    assert sent.budget.hops == 23


# -- what goes wrong at a seam -------------------------------------------------------------------------------------


def letter(receiver: str = "work", task: str = '{"text":"x"}', relation: Relation = DELEGATE) -> Letter:
    return Letter(receiver=receiver, task=task, relation=relation, reason="a model wrote it")


MALFORMED: list[tuple[str, object, str, str]] = [
    ("nothing at all", None, "nothing", "returned nothing"),
    ("a value that is no outcome", 42, "malformed", "it returned int"),
    ("a failure of its own making", Failure(kind="x", reason="y"), "malformed", "it returned Failure"),
    ("an empty fan-out", (), "malformed", "an empty tuple hands nothing on"),
    ("a fan-out with something else in it", (42,), "malformed", "this one holds int"),
    ("text that is not JSON", letter(task="work, please"), "malformed", "Invalid JSON"),
    ("a missing field", letter("helper", task='{"to":"x"}'), "malformed", "Extra"),
    ("a wrong type", letter(task='{"text":"x","count":"many"}'), "malformed", "count: Input should be a valid integer"),
    ("an extra field", letter(task='{"text":"x","colour":"red"}'), "malformed", "colour: Extra inputs"),
    ("a wrong version", letter("Work@2"), "malformed", "speaks version 2 of Work, and work accepts version 1"),
    ("an unknown receiver", letter("nobody"), "unknown_receiver", "nobody called 'nobody'"),
    ("an empty handoff", letter(task="  "), "malformed", "is empty"),
    ("an oversized task", sending(Work(text="x" * 30_000)), "malformed", "at most 20000 may be handed on"),
    ("a handoff to oneself", letter("boss"), "malformed", "handed the task to itself"),
    ("a contract nobody accepts", sending(Unheard()), "unknown_receiver", "nobody called 'Unheard@1'"),
    (
        "a transfer inside a fan-out",
        (sending(Work(), TRANSFER), sending(Other())),
        "malformed",
        "a transfer goes alone",
    ),
    (
        "a task that went round its validation",
        Handoff[Work].model_construct(task=Work.model_construct(text=7), relation=DELEGATE, reason="x"),
        "malformed",
        "text: Input should be a valid string",
    ),
    (
        "a handoff without a relation",
        Handoff[Work].model_construct(task=Work(), reason="x"),
        "malformed",
        "the handoff's relation is none of",
    ),
    (
        "a handoff without a reason",
        Handoff[Work].model_construct(task=Work(), relation=DELEGATE),
        "malformed",
        "no reason",
    ),
    ("an answer that went round its validation", Answer.model_construct(text=7), "malformed", "text: Input should be"),
]
EACH_MALFORMED = pytest.mark.parametrize(
    ("returned", "kind", "text"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED]
)


@EACH_MALFORMED
def test_the_sender_is_told_precisely_what_is_wrong_once_and_can_repair_it(
    returned: object, kind: str, text: str
) -> None:
    problems: list[str] = []

    def boss(task: Lead, ctx: Context) -> object:
        problems.append(ctx.problem)
        return Answer(text="repaired") if ctx.problem else returned

    ready = bench(boss)
    assert ready.ask(Lead()).outcome == Answer(text="repaired")
    assert len(problems) == 2
    assert text in problems[1]
    assert ready.tree() == ["0 user>boss Answer"]


@EACH_MALFORMED
def test_what_the_sender_cannot_repair_comes_to_the_owner_as_a_value_on_record(
    returned: object, kind: str, text: str
) -> None:
    def boss(task: Lead, ctx: Context) -> object:
        return Answer(text=told(ctx)) if ctx.results else returned

    ready = bench(boss)
    ended = ready.ask(Lead())
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text.split(": ")[1] == kind
    assert ready.tree()[0] == "0 user>boss Answer"
    assert ready.tree()[1].endswith(f"Failure:{kind}")


@EACH_MALFORMED
def test_an_owner_that_insists_fails_its_run_and_nothing_hangs(returned: object, kind: str, text: str) -> None:
    ready = bench(lambda _, __: returned)
    ended = ready.ask(Lead())
    assert (ended.state, ended.outcome.__class__) == ("failed", Failure)
    assert isinstance(ended.outcome, Failure)
    assert ended.outcome.kind == kind
    assert text in ended.outcome.reason
    assert all(entry.outcome for entry in ready.entries())


async def _raises(task: Work, ctx: Context) -> Answer:
    raise ValueError("boom")


async def _hangs(task: Work, ctx: Context) -> Answer:
    await asyncio.Event().wait()
    return Answer(text="never")


async def _own_timeout(task: Work, ctx: Context) -> Answer:
    await asyncio.sleep(0)
    raise TimeoutError("of its own")


FAILING: dict[str, tuple[Body, str]] = {
    "a delegate that raises": (_raises, "raised"),
    "a delegate that hangs": (_hangs, "hung"),
    "a delegate whose own call times out": (_own_timeout, "raised"),
    "a delegate that returns nothing twice": (lambda _, __: None, "nothing"),
    "a delegate that returns rubbish twice": (lambda _, __: "text", "malformed"),
    "a delegate that wants to transfer what it does not own": (hands(Other(), relation=TRANSFER), "malformed"),
}


@pytest.mark.parametrize(("work", "kind"), FAILING.values(), ids=FAILING)
def test_a_delegate_that_fails_is_a_value_for_its_sender(work: Body, kind: str) -> None:
    ready = bench(hands(Work()), work, limits=Limits(seconds=0.05))
    assert ready.ask(Lead()).outcome == Answer(text=f"work: {kind}")


def test_a_handoff_that_is_not_declared_is_told_and_then_fails() -> None:
    problems: list[str] = []

    def dig(task: Deep, ctx: Context) -> object:
        problems.append(ctx.problem)
        return sending(Other())

    assert bench(hands(Deep()), deep=dig).ask(Lead()).outcome == Answer(text="digger: malformed")
    assert problems == ["", "it handed on Other@1, which digger does not declare"]


def test_one_failing_child_of_a_fan_out_leaves_the_others_their_results_in_order() -> None:
    ready = bench(hands(Work(), Other(), Deep()), other=_raises)
    assert ready.ask(Lead()).outcome == Answer(text="work: worked | helper: raised | digger: dug")
    assert [(entry.index, entry.agent) for entry in ready.entries()] == [
        (0, "boss"),
        (1, "work"),
        (2, "helper"),
        (3, "digger"),
    ]


def test_parallel_delegates_really_run_at_the_same_time() -> None:
    started: list[str] = []
    both = asyncio.Event()

    async def meets(task: Contract, ctx: Context) -> Answer:
        started.append(type(task).__name__)
        if len(started) == 2:
            both.set()
        await both.wait()
        return Answer(text="met")

    ready = bench(hands(Work(), Other()), meets, other=meets)
    assert ready.ask(Lead()).outcome == Answer(text="work: met | helper: met")


def test_the_same_task_to_the_same_agent_twice_is_a_loop_and_refused_at_once() -> None:
    calls: list[str] = []

    def boss(task: Lead, ctx: Context) -> Any:
        return Answer(text=told(ctx)) if len(ctx.results) == 2 else sending(Work())

    def work(task: Work, ctx: Context) -> Answer:
        calls.append(task.text)
        return Answer(text="worked")

    ready = bench(boss, work)
    assert ready.ask(Lead()).outcome == Answer(text="work: worked | work: loop")
    assert calls == ["work"]


def test_ping_pong_by_letters_is_a_loop() -> None:
    ready = bench(
        lambda _, ctx: Answer(text=told(ctx)) if ctx.results else letter("work", '{"text":"ping"}'),
        lambda _, ctx: Answer(text=told(ctx)) if ctx.results else letter("helper", '{"text":"pong"}'),
        other=lambda _, ctx: Answer(text=told(ctx)) if ctx.results else letter("work", '{"text":"ping"}'),
    )
    assert ready.ask(Lead()).outcome == Answer(text="work: helper: work: loop")


def test_hops_run_out_as_a_value() -> None:
    def endless(task: Work, ctx: Context) -> Any:
        return Answer(text=told(ctx)) if ctx.results else letter("helper", f'{{"text":"{task.text}x"}}')

    def back(task: Other, ctx: Context) -> Any:
        return Answer(text=told(ctx)) if ctx.results else letter("work", f'{{"text":"{task.text}x"}}')

    ready = bench(hands(Work()), endless, other=back, limits=Limits(depth=4))
    ended = ready.ask(Lead())
    assert ended.outcome == Answer(text="work: helper: work: helper: work: hops")


# -- borders, advisers, acceptance, claims ------------------------------------------------------------------------


def test_scope_is_checked_before_the_body_and_any_model_is_called() -> None:
    ready = bench(says("never called"))
    ended = ready.ask(Lead(), "Please translate this: hello")
    assert ended.outcome == Refusal(reason="boss does not do this: translates")
    assert (ended.state, ready.tree()) == ("done", ["0 user>boss Refusal"])


def test_a_sender_that_asks_for_what_the_receiver_leaves_alone_gets_a_refusal() -> None:
    def boss(task: Lead, ctx: Context) -> Any:
        if ctx.results:
            return Answer(text=told(ctx))
        return Handoff[Work](task=Work(), relation=DELEGATE, reason="translate it")

    assert bench(boss).ask(Lead()).outcome == Answer(text="work: no, work does not do this: translates")


@pytest.mark.parametrize(("tool", "text"), [("stamp", "raised"), ("look", "saw x")], ids=["effects", "no effects"])
def test_an_adviser_may_look_but_not_touch(tool: str, text: str) -> None:
    async def work(task: Work, ctx: Context) -> Answer:
        return Answer(text=await ctx.use(tool, {"what": "x"}))

    effects: list[str] = []
    ready = bench(hands(Work(), relation=CONSULT), work, stamp=stamping(effects))
    assert ready.ask(Lead()).outcome == Answer(text=f"work: {text}")
    assert effects == []


SILENCED: dict[str, Body] = {
    "asks the user": lambda _, __: Question(text="may I?"),
    "delegates": hands(Other()),
}


@pytest.mark.parametrize("work", SILENCED.values(), ids=[f"an adviser that {what} is refused" for what in SILENCED])
def test_an_adviser_has_no_voice_and_no_hands(work: Body) -> None:
    ready = bench(hands(Work(), relation=CONSULT), work)
    assert ready.ask(Lead()).outcome == Answer(text="work: malformed")
    assert ready.tree() == ["0 user>boss Answer", "1 boss>work Failure:malformed"]


def test_an_answer_that_misses_its_acceptance_goes_back_once() -> None:
    def boss(task: Lead, ctx: Context) -> Any:
        if ctx.results:
            return Answer(text=told(ctx))
        accept = Acceptance(at_most=6, mentions=("SHORT",))
        return Handoff[Work](task=Work(), relation=DELEGATE, reason="briefly", acceptance=accept)

    def work(task: Work, ctx: Context) -> Answer:
        return Answer(text="short" if "at most 6" in ctx.problem else "far too long")

    assert bench(boss, work).ask(Lead()).outcome == Answer(text="work: short")
    assert bench(boss, says("far too long")).ask(Lead()).outcome == Answer(text="work: malformed")


def _claims_children(evidence: Callable[[Context], str]) -> Body:
    def boss(task: Lead, ctx: Context) -> Any:
        if not ctx.results:
            return sending(Work())
        return Answer(text="done", claims=(Claim(says="I did it", evidence=evidence(ctx)),))

    return boss


def test_a_claim_that_names_an_answered_entry_is_believed() -> None:
    ended = bench(_claims_children(lambda ctx: str(ctx.results[0].index))).ask(Lead())
    assert isinstance(ended.outcome, Answer)
    assert (ended.outcome.text, ended.outcome.unverified) == ("done", ())


def test_a_claim_that_names_a_receipt_is_believed() -> None:
    async def boss(task: Lead, ctx: Context) -> Answer:
        await ctx.use("stamp", {"what": "x"})
        return Answer(text="done", claims=(Claim(says="stamped", evidence=ctx.receipts[0]),))

    ended = bench(boss).ask(Lead())
    assert isinstance(ended.outcome, Answer)
    assert (ended.outcome.claims[0].evidence, ended.outcome.unverified) == ("r0:0:0", ())


async def _thought(task: Lead, ctx: Context) -> Answer:
    await ctx.ask("think", "hard")
    return Answer(text="done", claims=(Claim(says="I did it", evidence="r0:0:0"),))


async def _broke(task: Lead, ctx: Context) -> Answer:
    with contextlib.suppress(ToolError):
        await ctx.use("broken", {})
    return Answer(text="done", claims=(Claim(says="I did it", evidence="r0:0:0"),))


@tool(does="breaks", effects=True)
async def broken(key: str) -> str:
    raise ToolError(f"broken under {key}")


@pytest.mark.parametrize("boss", [_thought, _broke], ids=["what a model said", "a tool that failed"])
def test_thinking_and_failing_are_no_evidence(boss: Body) -> None:
    crew = [lead(boss, Needs(tools=("broken",))), worker(WORKED), other(WORKED), deep(WORKED)]
    model = ScriptedModel.of([Line("thought", when="hard")])
    ended = Bench(crew, tools=[broken, look, stamping([])], model=model).ask(Lead())
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == "done\n\nunverified: I did it"


UNBACKED: dict[str, tuple[Body, Body]] = {
    "nothing": (claiming(""), says("")),
    "an entry that does not exist": (claiming("9"), says("")),
    "its own open entry": (claiming("0"), says("")),
    "a tool it did not use": (claiming("r0:0:0"), says("")),
    "an entry that failed": (_claims_children(lambda ctx: str(ctx.results[0].index)), _raises),
    "another run's entry": (claiming("r1:1:0"), says("")),
}


@pytest.mark.parametrize(("boss", "work"), UNBACKED.values(), ids=[f"evidence: {what}" for what in UNBACKED])
def test_an_unbacked_claim_goes_back_once_and_is_then_shown_as_unverified(boss: Body, work: Body) -> None:
    problems: list[str] = []

    def noting(task: Lead, ctx: Context) -> object:
        problems.append(ctx.problem)
        found: object = boss(task, ctx)
        return found

    ended = bench(noting, work).ask(Lead())
    assert isinstance(ended.outcome, Answer)
    assert ended.outcome.text == "done\n\nunverified: I did it"
    assert ended.outcome.claims == ()
    assert [claim.says for claim in ended.outcome.unverified] == ["I did it"]
    assert len([problem for problem in problems if "nothing on record shows" in problem]) == 1


# -- what never begins ----------------------------------------------------------------------------------------------


def test_a_task_for_nobody_begins_no_run() -> None:
    ready = bench(says("x"))
    with pytest.raises(RoutingError, match="nobody accepts Unheard@1"):
        ready.ask(Unheard())
    assert ready.journal.records == {}


def test_an_oversized_first_task_begins_no_run() -> None:
    ready = bench(says("x"))
    with pytest.raises(ContractError, match="at most 20000"):
        ready.ask(Lead(text="x" * 30_000))
    assert ready.journal.records == {}


@pytest.mark.parametrize(
    ("address", "text", "says_what"),
    [
        ("Work@1", "no json", "Invalid JSON"),
        ("work", '{"count":"x"}', "count: Input should be a valid integer"),
        ("Work@1", '{"colour":1}', "colour: Extra inputs"),
        ("Work@7", "{}", "nobody accepts 'Work@7'"),
    ],
    ids=["not JSON", "a wrong type", "an extra field", "a wrong version"],
)
def test_a_task_from_outside_is_read_strictly(address: str, text: str, says_what: str) -> None:
    with pytest.raises((ContractError, RoutingError), match=says_what):
        bench(says("x")).orchestrator.read(address, text)


def test_a_message_without_a_task_or_a_question_is_an_error() -> None:
    with pytest.raises(RoutingError, match="no run of its session waits"):
        bench(says("x")).reply("hello")


def test_one_run_is_carried_once_at_a_time() -> None:
    ready = bench(_hangs)

    async def twice() -> None:
        first = asyncio.create_task(ready.orchestrator.start(message("go"), Lead()))
        while "r0" not in ready.journal.records:
            await asyncio.sleep(0)
        try:
            with pytest.raises(HandoffError, match="being carried already"):
                await ready.orchestrator.resume(ready.journal.records["r0"])
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    go(twice())
