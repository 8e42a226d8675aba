"""Take what was decided on the host into the ledger, and proposals with it that this ledger never knew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from improver.adapters.ledger import Ledger
from improver.adapters.ledger_records import LIVE, Publication, State, Sync
from improver.adapters.repository import Repository
from improver.adapters.run_lock import run_lock
from improver.app import Improver, now
from improver.errors import ForgeError
from improver.host import Comment, Host, Remote
from improver.pulls.answering import unanswered
from improver.pulls.marking import marked
from improver.pulls.rebuilding import adopted, evidence_of
from improver.pulls.stories import DASHBOARD, Story, apart, read, read_one, ticked
from improver.pulls.syncing import Word, named, reopened, stamp, words
from improver.rationale import one_line
from improver.records import Verdict

LOCK_SECONDS = 3.0  # how long it waits for a run before it says who is at work
BY_TICK = "the dashboard"
NO_HERE = "Refused with `improve reject`, or reverted; `/nova undo-no` takes it back."
REVIVED = "Revived on the dashboard: what this is about may be proposed again."
ASKING = (
    "Closed without a word why, which counts as a no to what was found here. If you like, say why; "
    "each of these is a comment to copy:",
    "```\n/nova no because …\n```",
    "The rule in this file:",
    "```\n/nova no here because …\n```",
    "The whole rule:",
    "```\n/nova no rule because …\n```",
    "And this takes it back:",
    "```\n/nova undo-no\n```",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a sync did: `what` is adopted, approved, rejected, undone, stale, revived, asked or told."""

    what: str
    pull: int
    proposal: int
    text: str


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync changed, and what it noted and left alone."""

    changes: tuple[Change, ...]
    hands_off: tuple[int, ...]  # pull requests to which somebody else pushed
    pulls: int  # of ours, that changed since the last one
    apart: frozenset[str]  # keys of findings that somebody wants to be proposed each by itself
    unanswered: tuple[tuple[int, int], ...] = ()  # commands that nobody answered: pull request, comment


def sync(improver: Improver, host: Host, remote: Remote, *, speaks: bool = True) -> Synced:
    """Read all pull requests of ours into the ledger, alone; a second time there is nothing to do.

    Who may not write there does not speak: nobody is asked for a reason, and no tick is answered.
    """
    with run_lock(improver.repository.data, now().isoformat(timespec="seconds"), LOCK_SECONDS):
        name = host.repository().name
        last = improver.ledger.last_sync(name)
        stories = read(host, last.until)
        syncing = Syncing(improver.ledger, improver.repository, host, remote, name, speaks)
        for story in syncing.revived(stories):
            syncing.take(story)
        until = max([last.until, *(one.pull.updated for one in stories)])
        here = Sync(name, until, last.apart | apart(stories))
        if here != last:
            improver.ledger.synced(here)
    away = tuple(story.pull.number for story in stories if story.pull.open and story.pushed_to)
    waiting = tuple((story.pull.number, one) for story in stories for one in unanswered(story))
    return Synced(tuple(syncing.changes), away, len(stories), here.apart, waiting)


@dataclass
class Syncing:
    """Brings one ledger up to what stands on one host."""

    ledger: Ledger
    repository: Repository
    host: Host
    remote: Remote
    name: str  # of the repository there
    speaks: bool = True
    changes: list[Change] = field(default_factory=list)
    known: dict[str, int] = field(init=False)  # the number of each proposal, by its id

    def __post_init__(self) -> None:
        there = (one for one in self.ledger.proposals() if one.state is not State.FAILED)
        self.known = {one.draft.id: one.number for one in there}

    def revived(self, stories: Sequence[Story]) -> Iterator[Story]:
        """Yield the stories, and those that were ticked on the dashboard with a comment of ours that says so.

        Those about which somebody decided here come along, since the host is to know.
        """
        ticks = ticked(self.host.issues(DASHBOARD), self.host.viewer()) if self.speaks else frozenset[int]()
        others = (ticks | (self.decided_here() if self.speaks else set())) - {one.pull.number for one in stories}
        for story in (*stories, *filter(None, (read_one(self.host, number) for number in sorted(others)))):
            last = words(story)[-1:]
            if story.pull.number in ticks and last and last[0].verdict.decision == "rejected":
                said = self.host.say(story.pull.number, f"{REVIVED}\n\n{marked('revived', {'by': BY_TICK})}\n")
                self._changed("revived", story, 0, "ticked on the dashboard")
                yield _with(story, said)
            else:
                yield story

    def take(self, story: Story) -> None:
        """Take one pull request into the ledger."""
        number = self.known.get(story.mark.proposal) or self._adopt(story)
        self._replace(story, number)
        said = words(story)
        for word in said:
            self._learn(story, number, word.verdict)
        if self.speaks and self._told(story, number, said):
            return
        self._settle(story, number, said)
        self._ask(story, number, said)

    def _adopt(self, story: Story) -> int:
        """Record a proposal that this ledger does not know, by its evidence or by its mark alone."""
        mark, pull = story.mark, story.pull
        evidence = evidence_of(self.remote, story)
        diff = self._fetched(story)
        draft = adopted(story, evidence, diff or "")
        number = self.known[draft.id] = self.ledger.begin_proposal(draft)
        if diff is not None and self.repository.branch_head(draft.branch) is None:
            self.repository.create_branch(draft.branch, mark.commit)
        self.ledger.opened(number)
        at = stamp(pull.created)
        self.ledger.published(Publication(number, self.name, pull.number, pull.branch, mark.commit, pull.page, at))
        self._changed("adopted", story, number, draft.title + ("" if evidence else " (its evidence is not there)"))
        return number

    def _replace(self, story: Story, number: int) -> None:
        """Let go of what this pull request proposed before its change was made anew."""
        place = (self.name, story.pull.number)
        older = [one.number for one in self.ledger.publications() if (one.repository, one.pull) == place]
        for one in self.ledger.proposals(State.OPEN):
            if one.number in older and one.number != number:
                self.ledger.stale(one.number)
                self._changed("stale", story, one.number, f"made anew as proposal {number}")

    def _fetched(self, story: Story) -> str | None:
        """Return the difference that an open proposal makes, once it is here; None when it is not."""
        mark, pull = story.mark, story.pull
        if not pull.open:
            return None
        try:
            head = self.remote.fetch(f"refs/heads/{pull.branch}")
        except ForgeError:
            return None  # its branch was deleted
        here = self.repository.contains(head, mark.commit) and self.repository.contains(mark.commit, mark.base)
        return self.repository.diff(mark.base, mark.commit) if here else None

    def _learn(self, story: Story, number: int, verdict: Verdict) -> None:
        given = self._given(number)
        last = given[-1].decision if given else "undone"
        if verdict in given or (verdict.decision == "undone" and last == "undone"):
            return
        approved = verdict.decision == "approved"
        if given and not approved and _moment(given[-1]) > _moment(verdict):
            return  # somebody decided otherwise since, here
        if approved and self.ledger.proposal(number).merge:
            return
        merge = (story.pull.merge, story.pull.base_branch) if approved else ("", "")
        self.ledger.learn(number, verdict, _state(story, verdict), merge)
        scope = {"here": " for this rule in this file", "rule": " for the whole rule"}.get(verdict.scope, "")
        why = f": {verdict.reason}" if verdict.reason else ""
        self._changed(verdict.decision, story, number, f"{verdict.decision}{scope} by {verdict.reviewer}{why}")

    def decided_here(self) -> set[int]:
        """Return the pull requests about which somebody decided here last, as far as the host could be told."""
        published = (one for one in self.ledger.publications() if one.repository == self.name)
        return {one.pull for one in published if self._here(one.number, one.pull)}

    def _here(self, number: int, pull: int) -> Verdict | None:
        """Return the no, or the no that was taken back, that counts for a proposal and was not said on its page."""
        last = self._given(number)[-1:]
        told = not last or last[0].decision == "approved" or last[0].reviewer.endswith(named("", pull))
        return None if told else last[0]

    def _told(self, story: Story, number: int, said: Sequence[Word]) -> bool:
        """Tell the host what was decided here since, so that every clone knows; return whether there was anything."""
        pull, here = story.pull, self._here(number, story.pull.number)
        refused = bool(said) and said[-1].verdict.decision == "rejected"
        if here is None or refused == (here.decision == "rejected"):
            return False
        body: dict[str, object] = {"by": here.reviewer, "scope": here.scope, "reason": here.reason}
        text, kind = ("Taken back with `improve undo`.", "revived") if refused else (NO_HERE, "refused")
        comment = self.host.say(pull.number, f"{text}\n\n{marked(kind, body)}\n")
        if not refused and pull.open and not story.pushed_to:
            self.host.close_pull(pull.number)
        word = words(_with(story, comment))[-1]
        self.ledger.learn(number, word.verdict, _state(story, word.verdict))
        self._changed("told", story, number, f"{here.decision} here by {here.reviewer}")
        return True

    def _settle(self, story: Story, number: int, said: Sequence[Word]) -> None:
        """Let the state follow what nobody said: a pull request was opened again, or closed without a verdict."""
        pull, given = story.pull, self._given(number)
        stands = bool(said) and said[-1].verdict.decision == "rejected" and not reopened(story, said[-1])
        no = bool(given) and given[-1].decision == "rejected" and given[-1].reviewer.endswith(named("", pull.number))
        if pull.open and no and not stands:
            again = Verdict(
                story.mark.proposal,
                "undone",
                named("somebody", pull.number),
                "opened again",
                "finding",
                stamp(pull.updated),
            )
            self.ledger.learn(number, again, State.OPEN)
            self._changed("undone", story, number, "opened again")
        found = self.ledger.proposal(number)
        if not pull.open and found.state in LIVE and not found.merge:
            self.ledger.stale(number)
            self._changed("stale", story, number, "closed, and nobody decided who may")

    def _ask(self, story: Story, number: int, said: Sequence[Word]) -> None:
        """Ask once for the reason of a closing that had none."""
        silent = said and said[-1].verdict.decision == "rejected" and not (said[-1].comment or said[-1].verdict.reason)
        if silent and self.speaks and not story.pull.open and not story.carried("asked"):
            self.host.say(story.pull.number, "\n\n".join([*ASKING, marked("asked", {})]) + "\n")
            self._changed("asked", story, number, "asked for the reason")

    def _given(self, number: int) -> list[Verdict]:
        return [one.verdict for one in self.ledger.decisions() if one.number == number]

    def _changed(self, what: str, story: Story, number: int, text: str) -> None:
        self.changes.append(Change(what, story.pull.number, number, one_line(text)))


def _with(story: Story, said: Comment) -> Story:
    """Return the story with what we said just now, under whatever name the host shows us by."""
    return replace(story, comments=(*story.comments, said), me=said.author.login)


def _moment(verdict: Verdict) -> datetime:
    return datetime.fromisoformat(verdict.decided)


def _state(story: Story, verdict: Verdict) -> State:
    """Return where a proposal stands after a verdict; what may come back is open only where its pull request is."""
    undone = State.OPEN if story.pull.open else State.STALE
    return {"approved": State.APPROVED, "rejected": State.REJECTED}.get(verdict.decision, undone)
