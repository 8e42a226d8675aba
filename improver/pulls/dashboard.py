"""What a human should know in the morning, problems first; a quiet night is one line (pure)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from improver.funnel import STAGES
from improver.policy import Budget

BROKEN = "the gate itself broke"  # how the reason of a gate that errored begins
FLAKE = "flake"
TROUBLED = ("error", "interrupted")  # outcomes of a run that did not come to its end


@dataclass(frozen=True, slots=True)
class Night:
    """The last run: how it ended and why, its funnel as counts, and when (ISO 8601 UTC, "" where it is not known)."""

    outcome: str
    reason: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    drops: Mapping[str, int] = field(default_factory=dict)
    started: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A candidate that a gate refused in the last run."""

    rule: str
    path: str
    gate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A proposal that nobody decided about; `pull` is 0 and `page` "" where it is on this machine only."""

    number: int
    title: str
    safety: str
    pull: int = 0
    page: str = ""
    kept_back: str = ""  # the exact reason why it is on this machine only


@dataclass(frozen=True, slots=True)
class Rejected:
    """A human's no that stands."""

    number: int
    title: str
    scope: str  # finding, here or rule
    by: str
    reason: str
    pull: int = 0
    page: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is told from; `problems` are those of the judge itself, `opened` how many pull requests in a day."""

    at: str
    budget: Budget
    night: Night | None = None
    refused: tuple[Refused, ...] = ()
    standing: tuple[Standing, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    problems: tuple[str, ...] = ()
    canaries: str = ""  # what came of the known-bad changes, "" where they never ran
    opened: int = 0
    withheld: tuple[str, ...] = ()  # what was made elsewhere and is not published, with the exact reason


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence; `page` is where it leads, `pull` its pull request, `box` None, or whether it is ticked."""

    text: str
    page: str = ""
    pull: int = 0
    box: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a title; `hint` says what can be done."""

    name: str
    title: str
    rows: tuple[Row, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The page, before it has a form. Sections without rows are left out."""

    at: str
    verdict: str
    quiet: bool  # nothing is to be decided, mended or read
    sections: tuple[Section, ...]


def dashboard(facts: Facts, ticked: Collection[int] = ()) -> Dashboard:
    """Return the page; `ticked` are the pull requests that somebody wants revived and nobody has revived yet."""
    problems = tuple(_problems(facts))
    pulls = tuple(one for one in facts.standing if one.pull)
    waiting = tuple(one for one in facts.standing if not one.pull)
    tick = "comment `/nova undo-no` there, or tick it on the dashboard issue, to have it revived"
    sections = (
        Section("problems", "Problems", tuple(map(Row, problems))),
        Section("open", "Open pull requests", tuple(map(_pull, pulls)), "merge one, or close it with a reason"),
        Section("waiting", "Waiting, and why", (*map(_waiting, waiting), *map(Row, facts.withheld)), "improve list"),
        Section("rejected", "Rejected by you", tuple(_rejected(one, ticked) for one in facts.rejected), tick),
        Section("refused", "Refused by a gate in the last run", tuple(_refused(facts.refused))),
        Section("budget", "Budget", tuple(_budget(facts, len(pulls), len(facts.standing)))),
        Section("night", "Last night", tuple(_night(facts.night))),
        Section("canaries", "Known-bad changes", (Row(facts.canaries),) if facts.canaries else ()),
    )
    quiet = (
        not problems
        and not facts.standing
        and not facts.withheld
        and not facts.refused
        and not _count(facts.night, "opened")
    )
    told = tuple(section for section in sections if section.rows)
    return Dashboard(facts.at, _verdict(facts, problems, len(pulls), len(waiting) + len(facts.withheld)), quiet, told)


def _verdict(facts: Facts, problems: Sequence[str], pulls: int, waiting: int) -> str:
    """Return the first line: what is worst, else what waits, else that nothing does."""
    if problems:
        return f"{_amount(len(problems), 'problem')}: {problems[0]}"
    if pulls:
        fresh = _count(facts.night, "opened")
        return f"{_amount(pulls, 'pull request')} {'waits' if pulls == 1 else 'wait'} for you" + (
            f"; {fresh} proposed last night" if fresh else ""
        )
    if waiting:
        return f"{_amount(waiting, 'proposal')} {'waits' if waiting == 1 else 'wait'} unpublished"
    if facts.night is None:
        return "Nothing waits for you; there was no run yet"
    because = facts.night.reason or facts.night.outcome.replace("_", " ")
    return f"Nothing waits for you: {_amount(_count(facts.night, 'seen'), 'finding')} seen last night; {because}"


def _problems(facts: Facts) -> Iterator[str]:
    night = facts.night
    if night is not None and night.outcome in TROUBLED:
        yield f"the last run did not come to its end ({night.outcome})" + (f": {night.reason}" if night.reason else "")
    yield from facts.problems
    broken = Counter(one.gate for one in facts.refused if one.reason.startswith(BROKEN))
    for gate, times in broken.items():
        first = next(one.reason for one in facts.refused if one.gate == gate and one.reason.startswith(BROKEN))
        yield f"the gate {gate} broke {_amount(times, 'time')}: {first.removeprefix(BROKEN).lstrip(': ')}"
    for one in facts.refused:
        if one.gate == FLAKE and not one.reason.startswith(BROKEN):
            yield f"not the same twice: {one.path}: {one.reason}"


def _pull(one: Standing) -> Row:
    return Row(f"{one.title} ({one.safety})", one.page, one.pull)


def _waiting(one: Standing) -> Row:
    return Row(f"proposal {one.number}: {one.title} ({one.safety}): {one.kept_back}")


def _rejected(one: Rejected, ticked: Collection[int]) -> Row:
    scope = {"here": " for this rule in this file", "rule": " for the whole rule"}.get(one.scope, "")
    because = f" because {one.reason}" if one.reason else ""
    way = "" if one.pull else f" · improve undo {one.number}"
    box = one.pull in ticked if one.pull else None
    return Row(f"{one.title}: no{scope} by {one.by}{because}{way}", one.page, one.pull, box)


def _refused(refused: Sequence[Refused]) -> Iterator[Row]:
    for one in refused:
        if not one.reason.startswith(BROKEN):
            yield Row(f"{one.gate}: {one.rule} in {one.path}: {one.reason}")


def _budget(facts: Facts, pulls: int, standing: int) -> Iterator[Row]:
    """Yield what was used of what is allowed, as far as it is known."""
    budget, night = facts.budget, facts.night
    yield Row(f"{pulls} of {budget.open_pulls} pull requests open")
    yield Row(f"{facts.opened} of {budget.nightly_pulls} pull requests opened within a day")
    yield Row(f"{standing} of {budget.open_proposals} proposals waiting")
    if night is None:
        return
    yield Row(f"{_count(night, 'attempts')} of {budget.attempts} attempts in the last run")
    if night.started and night.ended:
        took = datetime.fromisoformat(night.ended) - datetime.fromisoformat(night.started)
        yield Row(f"{max(0, round(took.total_seconds()))} of {budget.seconds} seconds in the last run")


def _night(night: Night | None) -> Iterator[Row]:
    if night is None:
        return
    when = f"{night.started}: " if night.started else ""
    yield Row(f"{when}{night.outcome.replace('_', ' ')}" + (f": {night.reason}" if night.reason else ""))
    if night.counts:
        yield Row(" → ".join(f"{_count(night, stage)} {stage}" for stage in STAGES))
    for reason, count in night.drops.items():
        yield Row(f"{count} dropped: {reason}")


def _count(night: Night | None, name: str) -> int:
    return night.counts.get(name, 0) if night is not None else 0


def _amount(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
