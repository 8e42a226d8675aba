"""Take what was decided on the host into the ledger, and proposals with it that this ledger never knew."""

import functools
from collections.abc import Sequence, Set
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
        name, stories = host.repository().name, list[Story]()
        here = improver.ledger.last_sync(name)
        syncing = Syncing(improver.ledger, improver.repository, host, remote, name, speaks)
        for story in read(host, here.until):
            syncing.take(syncing.revived(story))
            stories.append(story)
            until = max(here.until, story.pull.updated)
            here = syncing.noted(here, Sync(name, until, here.apart | apart((story,))))
        for number in sorted(syncing.others() - {story.pull.number for story in stories}):
            if other := read_one(host, number):
                syncing.take(syncing.revived(other))
        syncing.bring_back()
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

    @functools.cached_property
    def ticks(self) -> frozenset[int]:
        """Return the pull requests that were ticked on the dashboard, none where nothing could be said of it."""
        return ticked(self.host.issues(DASHBOARD), self.host.viewer()) if self.speaks else frozenset()

    def others(self) -> Set[int]:
        """Return the pull requests that are read though they did not change: what was ticked, or decided here.

        The host is to know.
        """
        return self.ticks | self.decided_here() if self.speaks else set()

    def revived(self, story: Story) -> Story:
        """Return a story, with a comment of ours that says so where it was ticked on the dashboard."""
        last = words(story)[-1:]
        if story.pull.number not in self.ticks or not last or last[0].verdict.decision != "rejected":
            return story
        said = self.host.say(story.pull.number, f"{REVIVED}\n\n{marked('revived', {'by': BY_TICK})}\n")
        self._changed("revived", story, 0, "ticked on the dashboard")
        return _with(story, said)

    def noted(self, before: Sync, after: Sync) -> Sync:
        """Keep how far the host was read: who is cut off later goes on from there."""
        if after != before:
            self.ledger.synced(after)
        return after

    def bring_back(self) -> None:
        """Fetch the branches of open proposals that are not here, as where a ledger was carried to a fresh clone."""
        here = self.repository.branches()
        lacking = {one.number: one.draft for one in self.ledger.proposals(State.OPEN) if one.draft.branch not in here}
        for one in self.ledger.publications():
            draft = lacking.get(one.number) if one.repository == self.name else None
            if draft is not None and self._has_fetched((one.branch, one.commit), draft.commit, draft.base):
                self.repository.create_branch(draft.branch, draft.commit)

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
        for one in map(self.ledger.proposal, (other for other in older if other != number)):
            if one.state is State.OPEN:
                self.ledger.stale(one.number)
                self._changed("stale", story, one.number, f"made anew as proposal {number}")

    def _fetched(self, story: Story) -> str | None:
        """Return the difference that an open proposal makes, once it is here; None when it is not."""
        mark, pull = story.mark, story.pull
        if not (pull.open and self._has_fetched((pull.branch, pull.head), mark.commit, mark.base)):
            return None
        return self.repository.diff(mark.base, mark.commit)

    def _has_fetched(self, seen: tuple[str, str], commit: str, base: str) -> bool:
        """Fetch a branch of the host, `seen` at a commit; tell whether a proposal's commit, and its base, are here."""
        branch, tip = seen
        try:
            head = self.remote.fetch(f"refs/heads/{branch}", tip)
        except ForgeError:
            return False  # it was deleted
        return self.repository.contains(head, commit) and self.repository.contains(commit, base)

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
