"""Gather what the dashboard tells from the ledger, the policies and a run's own report, and keep its one issue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from improver.adapters.canary_record import CanaryRecord, last
from improver.adapters.ledger_records import LIVE, Proposal, Publication
from improver.app import Improver, now
from improver.errors import UsageError
from improver.host import Host, Issue
from improver.policy import Budget, Policy
from improver.pulls.dashboard import Dashboard, Facts, Night, Refused, Rejected, Standing, dashboard
from improver.pulls.marking import marked, marks
from improver.pulls.pages import markdown
from improver.pulls.stories import TICKED

LABEL = "nova:dashboard"
TITLE = "Nova: what waits for you"
ISSUE_BYTES = 60_000  # GitHub's bound is 65,536 characters
MOST_READ = 1 << 20
DAY = timedelta(days=1)
HELD = ("skipped", "refused")  # the acts of publishing after which a proposal waits
Shape = TypeVar("Shape", bound=BaseModel)
Words = Annotated[str, StringConstraints(max_length=4000)]
Count = Annotated[int, Field(ge=0, le=10**9)]


class _Funnel(BaseModel):
    """A funnel as a run reports it; what else it holds is not read."""

    model_config = ConfigDict(frozen=True, strict=True)
    seen: Count = 0
    eligible: Count = 0
    tried: Count = 0
    passed: Count = 0
    opened: Count = 0
    attempts: Count = 0
    drops: Annotated[dict[Words, Count], Field(max_length=1000)] = Field(default_factory=dict)


class _Ended(BaseModel):
    """How a run ended as it printed it, `improve --json`; what else it printed is not read."""

    model_config = ConfigDict(frozen=True, strict=True)
    outcome: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    reason: Words = ""
    why: Words = ""
    funnel: _Funnel = _Funnel()


class _Act(BaseModel):
    """One thing that was done, or was not."""

    model_config = ConfigDict(frozen=True, strict=True)
    act: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    text: Words
    proposal: Annotated[str, StringConstraints(max_length=100)] = ""


class _Published(BaseModel):
    """What `improve publish --json` printed; what else it printed is not read."""

    model_config = ConfigDict(frozen=True, strict=True)
    pulls: Annotated[tuple[_Act, ...], Field(max_length=1000)] = ()
    outcome: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,32}$")]
    reason: Words = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """What commands printed elsewhere: the last run, and what published it; None where it happened here."""

    run: bytes | None = None
    published: bytes | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The issue that shows the dashboard, and others that look like it and were left alone."""

    issue: Issue
    others: tuple[int, ...]


def facts_of(improver: Improver, printed: Printed = Printed()) -> Facts:
    """Return what is known here, and of what was printed elsewhere."""
    at, ledger = now(), improver.ledger
    policy = improver.policy(improver.repository.head)
    published = {one.number: one for one in ledger.publications()}
    recent = {one.pull for one in published.values() if at - datetime.fromisoformat(one.at) < DAY}
    night, run = _last_run(improver)
    withheld, broke = _unpublished(printed.published)
    record = last(improver.repository.data)
    open_now = tuple(_standing(ledger.proposals(*LIVE), published, policy))
    return Facts(
        at=at.isoformat(timespec="seconds"),
        budget=policy.budget,
        night=night if printed.run is None else _ended(printed.run),
        refused=tuple(Refused(one.rule, one.path, one.gate, one.reason) for one in ledger.attempts(run)),
        standing=open_now,
        rejected=tuple(_rejected(improver, published)),
        problems=(*_canary_problems(record), *broke),
        canaries=_canaries(record),
        opened=len(recent),
        withheld=withheld,
    )


def _last_run(improver: Improver) -> tuple[Night | None, str]:
    runs = improver.ledger.runs()
    if not runs:
        return None, ""
    run = runs[-1]
    try:
        funnel = _Funnel.model_validate(dict(run.funnel))
    except ValidationError:
        funnel = _Funnel()
    outcome = run.outcome or "interrupted"
    return replace(_night(outcome, "", funnel), started=run.started, ended=run.ended), run.id


def _unpublished(data: bytes | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what publishing elsewhere left undone, with the reason, and why it broke if it did."""
    if data is None:
        return (), ()
    found = _read(_Published, data, "how publishing ended", "improve publish --json > FILE")
    held = (one for one in found.pulls if one.act in HELD)
    broke = (f"publishing broke: {found.reason}",) if found.outcome == "error" else ()
    return tuple(f"{one.proposal or 'a proposal'}: {one.text}" for one in held), broke


def _read(shape: type[Shape], data: bytes, what: str, fix: str) -> Shape:
    """Read what a command printed; it may come from a job that ran other people's tests."""
    if len(data) > MOST_READ:
        raise UsageError(f"this is not {what}", why=f"it has more than {MOST_READ} bytes", fix=fix)
    try:
        return shape.model_validate_json(data)
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False)[0]["msg"][:200]
        raise UsageError(f"this is not {what}", why=why, fix=fix) from None


def _ended(data: bytes) -> Night:
    ended = _read(_Ended, data, "how a run ended", "improve --json > FILE")
    return _night(ended.outcome, ": ".join(part for part in (ended.reason, ended.why) if part), ended.funnel)


def _night(outcome: str, reason: str, funnel: _Funnel) -> Night:
    counts = {name: number for name, number in funnel.model_dump(exclude={"drops"}).items() if number}
    return Night(outcome, reason, counts, funnel.drops)


def _standing(
    proposals: tuple[Proposal, ...], published: Mapping[int, Publication], policy: Policy
) -> Iterator[Standing]:
    pulls = len({published[one.number].pull for one in proposals if one.number in published})
    for one in proposals:
        if one.merge:
            continue
        made, there = one.draft, published.get(one.number)
        if there is not None:
            yield Standing(one.number, made.title, made.safety.value, there.pull, there.page)
        else:
            yield Standing(one.number, made.title, made.safety.value, kept_back=_kept_back(one, pulls, policy))


def _kept_back(one: Proposal, pulls: int, policy: Policy) -> str:
    """Return why a proposal is on this machine only."""
    safety, budget = one.draft.safety.value, policy.budget
    if not policy.gates.risk[safety].publish:
        return f"policies/gates.yaml lets no {safety} leave this machine"
    if not one.draft.publishable:
        return "its evidence does not carry it beyond this machine"
    return _full(pulls, budget) or "nobody published it: improve publish"


def _full(pulls: int, budget: Budget) -> str:
    full = pulls >= budget.open_pulls
    return f"{pulls} pull requests are open, and policy allows {budget.open_pulls}: decide first" if full else ""


def _rejected(improver: Improver, published: Mapping[int, Publication]) -> Iterator[Rejected]:
    for one in improver.ledger.decisions():
        said, there = one.verdict, published.get(one.number)
        if one.effective and said.decision == "rejected":
            where = (there.pull, there.page) if there else (0, "")
            yield Rejected(one.number, one.title, said.scope, said.reviewer, said.reason, *where)


def _canary_problems(record: CanaryRecord | None) -> Iterator[str]:
    if record is None:
        return
    for words, named in (
        ("known-bad changes got through the gates", record.through),
        ("harmless changes were not let through", record.blocked),
        ("a gate broke at known changes", record.broken),
    ):
        if named:
            yield f"{words}: {', '.join(named)}"


def _canaries(record: CanaryRecord | None) -> str:
    if record is None:
        return ""
    through = len(record.through)
    return f"{record.at}: {record.refused} refused, {record.escalated} escalated, {through} got through"


def keep_issue(host: Host, facts: Facts) -> tuple[Dashboard, Kept]:
    """Write the dashboard into its one issue, in place; what was ticked there and not yet heeded stays ticked."""
    me = host.viewer()
    found = sorted((one for one in host.issues(LABEL) if one.author.login == me), key=lambda one: one.number)
    board = dashboard(facts, _ticked(found[0].body) if found else ())
    body = f"{markdown(board, ISSUE_BYTES)}\n{marked('dashboard', {'at': board.at})}\n"
    if not found:
        return board, Kept(host.open_issue(TITLE, body, LABEL), ())
    host.rewrite_issue(found[0].number, TITLE, body)
    return board, Kept(found[0], tuple(one.number for one in found[1:]))


def _ticked(body: str) -> set[int]:
    """Return the pull requests whose box somebody ticked."""
    lines = (line for line in body.splitlines() if line.startswith(TICKED))
    named = (said.get("pull") for line in lines for said in marks(line, "revive"))
    return {number for number in named if isinstance(number, int)}
