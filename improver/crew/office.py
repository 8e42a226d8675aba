"""Where the crew works: the run's decisions go through Nova's orchestrator, one handoff each, and on record."""

import asyncio
import importlib.resources
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from improver.crew.improve_code import ImproveCode, Step, improve_code
from improver.crew.interruption import Interruption
from improver.crew.refactor_code import RefactorCode, refactor_code
from improver.crew.review_code import Pile, ReviewCode, review_code
from improver.crew.workbench import Findings, Untested, Workbench
from improver.crew.write_tests import WriteTests, write_tests
from improver.errors import ImproverError, LedgerError
from improver.observer import Project
from improver.records import Finding, Tree
from improver.scan import Drafted, Group
from improver.writing.targets import Ground
from improver.writing.writer import Outcome
from nova.adapters.journal import SqliteJournal
from nova.adapters.retention import retain, retention_policy
from nova.adapters.scripted_model import NoModel
from nova.agent import Context, Registry, Result
from nova.contracts import Answer, Budget, Claim, Failure, Handoff, Message, Refusal, Relation, RunRecord, Scope
from nova.desk import Limits, Workshop
from nova.errors import JournalError
from nova.orchestrator import Ended, House, Orchestrator
from nova.packet import context_policy
from nova.settings import Settings, read_settings

OWNER = "improve_code"
SESSION = "improve"
LARGEST = 8_000_000  # characters of a task: what is found in some million lines is ranked in one go
ROUNDS = 3  # handoffs about one finding, at most, on average: its group, a part of that, and it alone
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Assignment:
    """One improvement run: its name in the ledger and here, what was asked, and what it may take."""

    run: str
    base: str
    proposals: int
    seconds: float
    places: int  # findings and files that there may be handoffs about


class Office:
    """Decides for the loop, as `improver.deciding.Decides`, by asking the crew.

    The event loop runs only while a step is asked for, in the thread that asks. An interruption ends the step's own
    work at once, as it would without a crew; the handoffs around it come to their end first.
    """

    def __init__(self, journal: SqliteJournal, job: Assignment, whose: Scope, interruption: Interruption) -> None:
        self.job = job
        self._events = asyncio.new_event_loop()
        self._interruption = interruption
        self._whose = whose
        self._bench = Workbench(self._interruption)
        self._steps: asyncio.Queue[Step] = asyncio.Queue()
        self._came: asyncio.Queue[Result | str] = asyncio.Queue()
        self._answer: Answer | None = None
        self._mended: dict[str, int] = {}  # finding -> the entry of its change
        crew = [improve_code(self._following), review_code, refactor_code(self._bench.apply), write_tests]
        registry = Registry(crew, self._bench.tools())
        text = (importlib.resources.files("nova") / "defaults" / "context.yaml").read_text(encoding="utf-8")
        policy = context_policy(text).model_copy(update={"task": LARGEST})
        shop = Workshop(registry, self._bench.tools(), NoModel(), policy, Limits(seconds=job.seconds))
        budget = Budget(tokens=0, micros=0, seconds=job.seconds, hops=1 + ROUNDS * job.places)
        self._orchestrator = Orchestrator(shop, House(journal, time.time, lambda: job.run, budget=budget))
        self._journal = journal
        self._run: asyncio.Task[Ended] | None = None

    def begin(self, principal: str) -> None:
        """Begin the run; end on record what a killed process left open before."""
        self._until(self._tidied)
        text = f"improve {self.job.base[:12]}: proposals at most {self.job.proposals}"
        message = Message(session=SESSION, project="", text=text, principal=principal, scope=self._whose)
        task = ImproveCode(base=self.job.base, proposals=self.job.proposals)
        self._run = self._events.create_task(self._orchestrator.start(message, task))

    def ranked(self, groups: Sequence[Group], worth: Callable[[Group], float]) -> list[Group]:
        """Have the groups ranked by review_code."""
        if not groups:
            return []
        piles = tuple(Pile(rule=one.rule, path=one.path, places=len(one.findings), worth=worth(one)) for one in groups)
        task = Handoff[ReviewCode](task=ReviewCode(piles=piles), relation=Relation.DELEGATE, reason="what comes first")
        outcome = self._delegated(task).outcome
        order = json.loads(outcome.text) if isinstance(outcome, Answer) else None
        if not isinstance(order, list) or sorted(order) != list(range(len(groups))):
            raise ImproverError("review_code ranked something else than it was given", fix="report it")
        return [groups[number] for number in order]

    def draft(self, group: Group, project: Project, base: Tree) -> Drafted:
        """Have one group mended by refactor_code."""
        self._bench.lay(Findings(group, project, base))
        keys = tuple(finding.key for finding in group.findings)
        task = RefactorCode(rule=group.rule, path=group.path, codemod=group.codemod.name, findings=keys)
        result = self._delegated(
            Handoff[RefactorCode](task=task, relation=Relation.DELEGATE, reason="its turn in the ranking")
        )
        if isinstance(result.outcome, Refusal):
            reason = result.outcome.reason
            return self._bench.drafted.get("") or Drafted(None, (), tuple((one, reason) for one in group.findings))
        drafted = _named(self._bench.drafted, result)
        self._mended |= {finding.key: result.index for finding in drafted.answered}
        return drafted

    def tests(self, ground: Ground, path: str, limit: int) -> Outcome | None:
        """Have tests of one file written by write_tests."""
        self._bench.lay(Untested(ground, path))
        task = WriteTests(path=path, limit=limit)
        result = self._delegated(
            Handoff[WriteTests](task=task, relation=Relation.DELEGATE, reason="what its tests miss")
        )
        if isinstance(result.outcome, Refusal):
            return self._bench.written.get("")
        outcome = _named(self._bench.written, result)
        found = outcome.proposal.findings if outcome.proposal else ()
        self._mended |= {finding.key: result.index for finding in found}
        return outcome

    def end(self, told: str, proposed: Sequence[tuple[str, Sequence[Finding]]]) -> None:
        """Answer for the run: what came of it, and each proposal with the entry that made its change."""
        claims = tuple(
            Claim(says=says, evidence=str(self._mended.get(findings[0].key, ""))) for says, findings in proposed
        )
        self._answer = answer = Answer(text=told, claims=claims)
        self._until(lambda: self._ended(answer))

    def leave(self) -> None:
        """End the run on record if it did not end by itself, and let go of the journal."""
        with closing(self._events), self._interruption.held():
            with suppress(JournalError):
                if self._run is not None and not (self._run.done() and self._run.exception() is None):
                    self._events.run_until_complete(self._abandoned(self._run))
            self._events.run_until_complete(self._closed())

    # --- steps --------------------------------------------------------------------------------------------------

    async def _following(self, ctx: Context) -> Step:
        """Give back what came of the last step, wait for the next one and return it."""
        await asyncio.sleep(0)  # what came of it is sent to the journal before anything can come of it here
        if ctx.problem and self._answer is not None:
            return self._answer  # a claim that nothing on record shows is told as unverified
        if ctx.problem or ctx.results:
            self._came.put_nowait(ctx.problem or ctx.results[-1])
        return await self._steps.get()

    def _delegated(self, step: Step) -> Result:
        """Hand one step on and return what came of it; raise what broke it."""
        result = self._until(lambda: self._came_of(step))
        if self._bench.trouble is not None:
            raise self._bench.trouble
        if isinstance(result, Result) and isinstance(result.outcome, Answer | Refusal):
            return result
        raise ImproverError("the crew could not do a step", why=_why(result), fix="report it")

    async def _ended(self, answer: Answer) -> None:
        assert self._run is not None, "a run that ends has begun"
        self._steps.put_nowait(answer)
        await self._run

    async def _came_of(self, step: Step) -> Result | str:
        assert self._run is not None, "a step belongs to a run"
        self._steps.put_nowait(step)
        came = asyncio.ensure_future(self._came.get())
        await asyncio.wait({came, self._run}, return_when=asyncio.FIRST_COMPLETED)
        if came.done():
            return came.result()
        came.cancel()
        return f"the run ended before: {self._run.result().outcome}"

    def _until(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do work to its end, made where no Ctrl-C breaks it off: who waits for half of it would never wake."""
        try:
            with self._interruption.held():
                return self._events.run_until_complete(work())
        except JournalError as error:
            raise LedgerError(error.what, where=error.where, why=error.why, fix=error.fix) from error

    async def _tidied(self) -> None:
        """End what a killed process left open, and forget what is old."""
        for record in await self._journal.unfinished():
            if record.owner == OWNER:
                await self._orchestrator.cancel(record, "the process ended before the run did")
        text = (importlib.resources.files("nova") / "defaults" / "retention.yaml").read_text(encoding="utf-8")
        await retain(self._journal, retention_policy(text), now=time.time())

    async def _abandoned(self, run: asyncio.Task[Ended]) -> None:
        """End the run whoever carries it, or end it from the journal where nobody does any more."""
        job = self.job
        record = RunRecord(
            run=job.run, session=SESSION, project="", scope=self._whose, owner=OWNER, state="open", opened=0
        )
        await self._orchestrator.cancel(record, "the run was cut short")
        await asyncio.wait({run})

    async def _closed(self) -> None:
        """Close the journal; nothing is left waiting."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._journal.aclose()
        await self._events.shutdown_default_executor()


@contextmanager
def staffed(data: Path, job: Assignment) -> Iterator[Office]:
    """Open the office of one run; its journal is in `data`, where `nova runs list --data` finds it."""
    settings = read_settings(str(data))
    logging.getLogger("nova").addHandler(logging.NullHandler())  # what fails here is raised, in words of our own
    interruption = Interruption()
    with interruption.handled():
        office = Office(SqliteJournal(settings.journal), job, _scope(settings), interruption)
        try:
            office.begin(settings.whose.principal)
            with interruption.let():
                yield office
        finally:
            office.leave()


def _scope(settings: Settings) -> Scope:
    whose = settings.whose
    return Scope(tenant=whose.tenant, client=whose.client, branch=whose.branch)


def _named(made: Mapping[str, T], result: Result) -> T:
    """Return the draft that an answer names: one that was made in this very step."""
    assert isinstance(result.outcome, Answer), "a refusal names no draft"
    if (found := made.get(result.outcome.text)) is None:
        raise ImproverError(f"{result.agent} named a draft that nobody made", fix="report it")
    return found


def _why(result: Result | str) -> str:
    """Say what a step came to that is neither an answer nor a refusal."""
    if isinstance(result, str):
        return result
    outcome = result.outcome
    return f"{result.agent}: {outcome.reason if isinstance(outcome, Failure) else 'it gave the task back'}"
