"""A run survives user turns, crashes and approvals with one owner; tools act exactly once; a purse stays a purse."""

import asyncio
import itertools
from typing import Any

import pytest

from nova.adapters.scripted_model import Line, ScriptedModel
from nova.agent import Context
from nova.contracts import Answer, Budget, Cost, Failure, Handoff, Question
from nova.desk import Limits
from nova.errors import HandoffError, JournalError, ModelRefused
from nova.orchestrator import BUDGET, Ended
from nova.triggers import Trigger
from tests.nova.crew import (
    CONSULT,
    TRANSFER,
    Body,
    Deep,
    Lead,
    Other,
    Work,
    hands,
    says,
    sending,
    stamping,
    told,
)
from tests.nova.shop import Bench, go, message
from tests.nova.test_orchestrator import bench

WORKED = says("worked")


async def stamps(task: Work, ctx: Context) -> Answer:
    """Use a tool, ask another agent, use the tool again."""
    first = await ctx.use("stamp", {"what": "one"})
    return Answer(text=f"{first}, {await ctx.use('stamp', {'what': 'two'})}")


async def chains(task: Other, ctx: Context) -> Answer | Handoff[Deep]:
    if not ctx.results:
        await ctx.use("stamp", {"what": "before"})
        return Handoff[Deep](task=Deep(), relation=CONSULT, reason="to know")
    return Answer(text=f"{await ctx.use('stamp', {'what': 'after'})}, {told(ctx)}")


def eventful(effects: list[str], **more: Any) -> Bench:
    """Return a bench whose owner fans out, then asks once more, with effects on both sides of the join."""

    def boss(task: Lead, ctx: Context) -> Any:
        if not ctx.results:
            return (sending(Work()), sending(Other()))
        return sending(Deep(text="last")) if len(ctx.results) == 2 else Answer(text=told(ctx))

    return bench(boss, stamps, other=chains, stamp=stamping(effects), **more)


RIGHT = Answer(text="work: stamped one, stamped two | helper: stamped after, digger: dug | digger: dug")
EFFECTS = ["after", "before", "one", "two"]


def _whole() -> int:
    ready = eventful([])
    assert ready.ask(Lead()).outcome == RIGHT
    return ready.journal.writes


@pytest.mark.parametrize("writes", range(1, _whole()), ids=lambda writes: f"after write {writes}")
def test_a_crash_anywhere_is_taken_up_to_the_same_answer_with_each_effect_once(writes: int) -> None:
    effects: list[str] = []
    ready = eventful(effects)
    ready.journal.dies_after = writes
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    before = {entry.index: entry for entry in ready.entries() if entry.outcome}
    assert ready.resume().outcome == RIGHT
    assert sorted(effect.split("=")[1] for effect in effects) == EFFECTS
    assert {entry.index: entry for entry in ready.entries() if entry.index in before} == before
    assert all(entry.outcome for entry in ready.entries())
    assert len(ready.entries()) == 5


def test_after_a_write_that_failed_nothing_acts_and_nothing_is_told_although_the_journal_works_again() -> None:
    effects: list[str] = []

    async def boss(task: Lead, ctx: Context) -> Answer:
        try:
            await ctx.use("stamp", {"what": "one"})
        except JournalError:
            ready.journal.dies_after = None
        return Answer(text=await ctx.use("stamp", {"what": "two"}))

    ready = bench(boss, stamp=stamping(effects))
    ready.journal.dies_after = 1
    with pytest.raises(JournalError, match="the journal died"):
        ready.ask(Lead())
    assert effects == []
    assert ready.journal.records["r0"].state == "open"


def test_what_was_sent_ahead_and_failed_is_told_before_anything_acts() -> None:
    effects: list[str] = []

    async def boss(task: Lead, ctx: Context) -> Answer:
        ready.journal.dies_after = None
        return Answer(text=await ctx.use("stamp", {"what": "one"}))

    ready = bench(boss, stamp=stamping(effects))
    ready.journal.dies_after = 0
    with pytest.raises(JournalError, match="the journal died"):
        ready.ask(Lead())
    assert (effects, ready.journal.records) == ([], {})


def test_a_crash_while_resuming_is_a_crash_like_any_other() -> None:
    effects: list[str] = []
    ready = eventful(effects)
    ready.journal.dies_after = 1
    with pytest.raises(JournalError):
        ready.ask(Lead())
    for writes in itertools.count(2):
        ready.journal.dies_after = writes
        try:
            ended = ready.resume()
            break
        except JournalError:
            continue
    assert ended.outcome == RIGHT
    assert sorted(effect.split("=")[1] for effect in effects) == EFFECTS


def test_what_a_model_said_is_neither_asked_nor_paid_for_again() -> None:
    async def boss(task: Lead, ctx: Context) -> Answer:
        heard = await ctx.ask("be brief", "a number?")
        await ctx.use("stamp", {"what": heard})
        return Answer(text=heard)

    model = ScriptedModel.of([Line("seven", cost=Cost(tokens=30, micros=5)), "eight"])
    ready = bench(boss, model=model)
    ready.journal.dies_after = 3
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    assert ready.resume().outcome == Answer(text="seven")
    assert len(model.asked) == 1
    assert ready.entries()[0].cost.tokens == 30


# -- owners ----------------------------------------------------------------------------------------------------------


def test_ownership_moves_on_record_and_the_new_owner_answers() -> None:
    ready = bench(hands(Work(), relation=TRANSFER))
    ended = ready.ask(Lead())
    assert (ended.owner, ended.outcome) == ("work", Answer(text="worked"))
    assert ready.tree() == ["0 user>boss Transferred", "1 boss>work Answer"]
    assert ready.journal.owners == [("r0", "work", "open"), ("r0", "work", "done")]
    assert [entry.owner for entry in ready.entries()] == ["boss", "work"]


@pytest.mark.parametrize("writes", [1, 2], ids=["before the move", "after the move"])
def test_a_crash_around_a_transfer_leaves_one_owner(writes: int) -> None:
    ready = bench(hands(Work(), relation=TRANSFER))
    ready.journal.dies_after = writes
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    ended = ready.resume()
    assert (ended.owner, ended.outcome) == ("work", Answer(text="worked"))
    assert len(ready.entries()) == 2


def test_a_transfer_that_was_refused_moves_nothing_also_after_a_crash() -> None:
    ready = bench(hands(Work(), relation=TRANSFER), budget=BUDGET.model_copy(update={"hops": 0}))
    ready.journal.dies_after = 2
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    ended = ready.resume()
    assert (ended.owner, ended.outcome) == ("boss", Answer(text="work: hops"))


def asking(question: Question) -> Body:
    """Return a body that asks the user and answers with what came back."""
    return lambda _, ctx: Answer(text=told(ctx)) if ctx.results else question


NAME = Question(text="which name?")
SURE = Question(text="delete it?", approval=True)


def test_the_next_message_of_the_session_goes_to_the_pending_owner() -> None:
    ready = bench(asking(NAME))
    asked = ready.ask(Lead())
    assert (asked.state, asked.owner, asked.outcome) == ("waiting", "boss", NAME)
    elsewhere = ready.ask(Lead(text="another"), session="s2")
    assert elsewhere.run == "r1"
    ended = go(ready.orchestrator.receive(message("Nova"), Lead(text="not begun")))
    assert (ended.run, ended.owner, ended.outcome) == ("r0", "boss", Answer(text="user: Nova"))


def test_a_waiting_run_outlives_the_process_and_its_owner_is_the_one_it_was_transferred_to() -> None:
    ready = bench(hands(Work(), relation=TRANSFER), asking(NAME))
    assert ready.ask(Lead()).owner == "work"
    again = Bench(ready.agents, tools=ready.tools, journal=ready.journal)
    assert again.resume().state == "waiting"
    ended = again.reply("Nova")
    assert (ended.owner, ended.outcome) == ("work", Answer(text="user: Nova"))


def test_a_delegate_may_ask_and_its_siblings_are_not_run_again() -> None:
    effects: list[str] = []
    ready = bench(hands(Work(), Other()), stamps, other=asking(NAME), stamp=stamping(effects))
    assert ready.ask(Lead()).state == "waiting"
    assert ready.reply("Nova").outcome == Answer(text="work: stamped one, stamped two | helper: user: Nova")
    assert len(effects) == 2
    assert len(ready.uses()) == 2


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Yes.", Answer(text="user: approved")),
        ("no", Answer(text="user: no, user said no: no")),
        ("go  ahead", Answer(text="user: approved")),
    ],
    ids=["yes approves", "no refuses", "go ahead approves"],
)
def test_an_approval_is_a_clear_yes_or_no(said: str, outcome: Answer) -> None:
    ready = bench(asking(SURE))
    assert ready.ask(Lead()).state == "waiting"
    assert ready.reply("hm, what would that change?").state == "waiting"
    assert ready.reply(said).outcome == outcome


def test_a_changed_subject_ends_the_pending_run_on_record() -> None:
    ready = bench(asking(NAME))
    ready.ask(Lead())
    other_run = go(ready.orchestrator.receive(message("weather?"), Lead(text="x"), changed="about the weather"))
    assert other_run.run == "r1"
    assert ready.journal.records["r0"].state == "failed"
    assert ready.tree("r0") == ["0 user>boss Failure:cancelled", "1 boss>user Failure:cancelled"]
    assert "the subject changed: about the weather" in str(ready.entries("r0")[0].outcome)


def test_a_reply_from_another_session_is_refused() -> None:
    ready = bench(asking(NAME))
    ready.ask(Lead())
    with pytest.raises(HandoffError, match="another session"):
        go(ready.orchestrator.reply(ready.journal.records["r0"], message("Nova", session="s2")))


# -- cancellation --------------------------------------------------------------------------------------------------


async def _stuck(task: Work, ctx: Context) -> Answer:
    await asyncio.Event().wait()
    return Answer(text="never")


async def _begun(ready: Bench, entries: int) -> "asyncio.Task[Ended]":
    task = asyncio.create_task(ready.orchestrator.start(message("go"), Lead()))
    while len(ready.journal.rows.get("r0", ())) < entries:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


def test_a_client_that_goes_away_leaves_a_run_that_can_be_resumed() -> None:
    patient = [_stuck]

    async def work(task: Work, ctx: Context) -> Answer:
        return await patient.pop()(task, ctx) if patient else Answer(text="worked")

    ready = bench(hands(Work(), Other()), work)

    async def leaves() -> None:
        task = await _begun(ready, 3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    go(leaves())
    assert ready.journal.records["r0"].state == "open"
    assert ready.resume().outcome == Answer(text="work: worked | helper: helped")


def test_a_cancelled_run_closes_its_open_entries_and_says_why() -> None:
    ready = bench(hands(Work(), Other()), _stuck)

    async def cancels() -> Ended:
        task = await _begun(ready, 3)
        await ready.orchestrator.cancel(ready.journal.records["r0"], "the user pressed stop")
        return await task

    ended = go(cancels())
    assert ended.outcome == Failure(kind="cancelled", reason="the user pressed stop")
    assert ready.tree() == [
        "0 user>boss Failure:cancelled",
        "1 boss>work Failure:cancelled",
        "2 boss>helper Answer",
    ]
    assert ready.journal.records["r0"].state == "failed"


def test_a_run_that_waits_for_the_user_can_be_cancelled() -> None:
    ready = bench(asking(NAME))
    ready.ask(Lead())
    go(ready.orchestrator.cancel(ready.journal.records["r0"], "no longer wanted"))
    assert ready.tree() == ["0 user>boss Failure:cancelled", "1 boss>user Failure:cancelled"]
    assert ready.journal.records["r0"].state == "failed"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [({"contract": "Lead@0"}, "malformed"), ({"agent": "retired"}, "unknown_receiver"), ({"task": "{"}, "malformed")],
    ids=["another version of the contract", "an agent that is gone", "a task that cannot be read"],
)
def test_an_open_entry_that_no_longer_fits_fails_its_run_honestly(changed: dict[str, str], kind: str) -> None:
    ready = bench(says("x"))
    ready.journal.dies_after = 1
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    ready.journal.rows["r0"][0] = ready.entries()[0].model_copy(update=changed)
    ended = ready.resume()
    assert isinstance(ended.outcome, Failure)
    assert (ended.state, ended.outcome.kind) == ("failed", kind)


# -- the purse -----------------------------------------------------------------------------------------------------


async def thinks(task: Work, ctx: Context) -> Answer:
    return Answer(text=await ctx.ask("think", task.text))


def test_a_budget_gone_in_the_middle_of_a_chain_is_a_value_and_nothing_was_asked() -> None:
    model = ScriptedModel.of([Line("deep thought", when=".", cost=Cost(tokens=1500))])
    purse = BUDGET.model_copy(update={"tokens": 2000})
    ready = bench(hands(Work(), Deep()), thinks, deep=thinks, model=model, budget=purse)
    ended = ready.ask(Lead())
    assert ended.outcome == Answer(text="work: deep thought | digger: budget")
    assert len(model.asked) == 1


def test_parallel_calls_cannot_overdraw_one_purse() -> None:
    asked: list[str] = []

    class Slow(ScriptedModel):
        async def ask(self, system: str, prompt: str, *, schema: Any = None) -> Any:
            asked.append(prompt)
            await asyncio.sleep(0)
            return await super().ask(system, prompt, schema=schema)

    model = Slow.of([Line("x", when=".", cost=Cost(tokens=10))])
    purse = BUDGET.model_copy(update={"tokens": 1500})  # one reservation of some 1,030, not two
    ready = bench(hands(Work(), Deep()), thinks, deep=thinks, model=model, budget=purse)
    assert ready.ask(Lead()).outcome == Answer(text="work: x | digger: budget")
    assert asked == ["work"]


def test_the_whole_chain_pays_from_one_purse_and_the_record_shows_what_is_left() -> None:
    def boss(task: Lead, ctx: Context) -> Any:
        left = [Work(), Deep()][len(ctx.results) :]
        return sending(left[0]) if left else Answer(text=told(ctx))

    model = ScriptedModel.of([Line("x", when=".", cost=Cost(tokens=700, micros=9))])
    ready = bench(boss, thinks, deep=thinks, model=model)
    ready.ask(Lead())
    last = ready.entries()[2].budget
    assert last is not None
    assert (last.tokens, last.micros, last.hops) == (BUDGET.tokens - 700, BUDGET.micros - 9, BUDGET.hops - 2)


def test_seconds_run_out_as_a_value() -> None:
    ready = bench(hands(Work()), _stuck, budget=Budget(tokens=1, micros=1, seconds=0.05, hops=5))
    assert ready.ask(Lead()).outcome == Answer(text="work: hung")
    spent = bench(hands(Work()), budget=Budget(tokens=1, micros=1, seconds=0.0, hops=5))
    assert spent.ask(Lead()).outcome == Failure(kind="budget", reason="the run's budget has no seconds left")


def test_parallel_bodies_cannot_overdraw_the_seconds_and_what_they_did_not_take_comes_back() -> None:
    purse = Budget(tokens=1, micros=1, seconds=100.0, hops=9)  # two reservations of 60 and 40, and none
    waits = asyncio.Event()

    async def works(task: Work, ctx: Context) -> Answer:
        await waits.wait()
        return Answer(text="worked")

    def last(task: Deep, ctx: Context) -> Answer:
        waits.set()
        return Answer(text="dug")

    def boss(task: Lead, ctx: Context) -> Any:
        if not ctx.results:
            return (sending(Work()), sending(Other()), sending(Deep()))
        return sending(Deep(text="again")) if len(ctx.results) == 3 else Answer(text=told(ctx))

    async def lets_go(task: Other, ctx: Context) -> Answer:
        for _ in range(3):
            await asyncio.sleep(0)
        waits.set()
        return Answer(text="helped")

    ready = bench(boss, works, other=lets_go, deep=last, budget=purse, limits=Limits(seconds=60.0))
    assert ready.ask(Lead()).outcome == Answer(text="work: worked | helper: helped | digger: budget | digger: dug")
    assert (left := ready.entries()[-1].budget) is not None
    assert left.seconds == 100.0, "the clock of this test stands still"


def test_a_purse_stays_as_empty_as_it_was_after_a_crash() -> None:
    def boss(task: Lead, ctx: Context) -> Any:
        left = [Work(), Deep()][len(ctx.results) :]
        return sending(left[0]) if left else Answer(text=told(ctx))

    ready = bench(boss, budget=BUDGET.model_copy(update={"hops": 1}))
    ready.journal.dies_after = 2
    with pytest.raises(JournalError):
        ready.ask(Lead())
    ready.journal.dies_after = None
    assert ready.resume().outcome == Answer(text="work: worked | digger: hops")


def test_without_a_model_the_failure_says_the_one_line_that_fixes_it() -> None:
    ended = bench(thinks).ask(Lead())
    assert isinstance(ended.outcome, Failure)
    assert ended.outcome.reason == (
        "ModelUnavailable: there is no model to ask\n"
        "  fix: set NOVA_SCRIPT=FILE for scripted replies (no provider is built in yet), "
        "or use agents that need no model"
    )


@pytest.mark.parametrize("again", [False, True], ids=["the first time", "and again from the journal"])
def test_a_model_that_refuses_refuses_the_same_again(*, again: bool) -> None:
    async def boss(task: Lead, ctx: Context) -> Answer | Question:
        try:
            return Answer(text=await ctx.ask("s", "p"))
        except ModelRefused as error:
            return Answer(text=f"{error.what}, {told(ctx)}") if ctx.results else NAME

    model = ScriptedModel.of([Line("I will not", refuses=True), "now I would"])
    ready = bench(boss, model=model)
    ready.ask(Lead())
    if again:
        ready.journal.dies_after = ready.journal.writes
        with pytest.raises(JournalError):
            ready.reply("Nova")
        ready.journal.dies_after = None
    assert isinstance(ready.reply("Nova").outcome, Answer)


# -- triggers ------------------------------------------------------------------------------------------------------


def test_a_finished_entry_starts_another_task_in_the_same_run() -> None:
    trigger = Trigger(after="Work@1", start="Deep@1", fields={"text": "answer"})
    ready = bench(hands(Work()), triggers=[trigger])
    assert ready.ask(Lead()).outcome == Answer(text="work: worked")
    assert ready.tree() == ["0 user>boss Answer", "1 boss>work Answer", "2 trigger>digger Answer"]
    assert (ready.entries()[2].task, ready.entries()[2].parent) == ('{"text":"worked"}', 1)


def test_triggers_that_chase_each_other_end_as_a_loop() -> None:
    both = [
        Trigger(after="Work@1", start="Other@1", fields={"text": "task.text"}),
        Trigger(after="Other@1", start="Work@1", fields={"text": "task.text"}),
    ]
    ready = bench(hands(Work()), triggers=both)
    assert ready.ask(Lead()).outcome == Answer(text="work: worked")
    assert ready.tree()[2:] == ["2 trigger>helper Answer", "3 trigger>work Failure:loop"]


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [
        (Trigger(after="Work@1", start="Gone@1", fields={}), "unknown_receiver"),
        (Trigger(after="Work@1", start="Deep@1", fields={"colour": "=red"}), "malformed"),
    ],
    ids=["nobody there", "fields that do not fit"],
)
def test_a_trigger_that_cannot_work_fails_on_record_and_spoils_nothing(trigger: Trigger, kind: str) -> None:
    ready = bench(hands(Work()), triggers=[trigger])
    assert ready.ask(Lead()).outcome == Answer(text="work: worked")
    assert ready.tree()[2].endswith(f"Failure:{kind}")


@pytest.mark.parametrize("writes", range(1, 5), ids=lambda writes: f"after write {writes}")
def test_a_triggered_task_survives_a_crash_once(writes: int) -> None:
    trigger = Trigger(after="Work@1", start="Deep@1", fields={"text": "answer"})
    ready = bench(hands(Work()), triggers=[trigger])
    ready.journal.dies_after = writes
    try:
        ready.ask(Lead())
    except JournalError:
        ready.journal.dies_after = None
        ready.resume()
    assert [line.split()[1] for line in ready.tree()] == ["user>boss", "boss>work", "trigger>digger"]
