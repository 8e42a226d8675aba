"""What humans decided about our pull requests, folded from what stands there in order of time (pure)."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from improver.host import Comment, GivenReview, Person
from improver.pulls.marking import signed
from improver.pulls.spoken import SCOPES, Command, heard
from improver.pulls.stories import Story, is_human
from improver.rationale import one_line
from improver.records import Verdict

LABELS = {"nova:no-rule": "rule", "nova:no-here": "here"}  # what a closing with such a label says no to; first wins
LONGEST = 1_000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Word:
    """A verdict, and the comment that gave it; 0 when something else did."""

    verdict: Verdict
    comment: int = 0


def words(story: Story) -> tuple[Word, ...]:
    """Return every verdict on a pull request, oldest first; the last one counts.

    Only people count who may decide right now, and only what they wrote and did not rewrite. What we close ourselves,
    and what a program closes or merges, is no verdict.
    """
    fold = _Fold(story)
    for _, _, take in sorted(_happenings(story, fold), key=lambda one: one[:2]):
        take()
    return tuple(fold.words)


def verdict(story: Story) -> Verdict | None:
    """Return what counts of a pull request now: an approval, a rejection, or None."""
    last = words(story)[-1:]
    if not last or last[0].verdict.decision == "undone" or reopened(story, last[0]):
        return None
    return last[0].verdict


def reopened(story: Story, last: Word) -> bool:
    """Tell whether a pull request is open although its last word is a no for which it had been closed."""
    return story.pull.open and last.verdict.decision == "rejected" and last.comment in story.closed_for


def _happenings(story: Story, fold: "_Fold") -> Iterator[tuple[datetime, int, Callable[[], None]]]:
    """Yield what happened: when, which of two in the same second came first, and what it does."""
    for review in (one for one in story.reviews if one.submitted):  # what is not handed in has no time, and counts not
        yield moment(review.submitted), 0, functools.partial(fold.review, review)
    for comment in story.comments:
        yield moment(comment.created), 1, functools.partial(fold.comment, comment)
    if not story.pull.open:
        yield moment(story.pull.closed), 2, fold.ended


@dataclass(slots=True)
class _Fold:
    """What was decided so far, and what was said that could be the reason of what comes next."""

    story: Story
    words: list[Word] = field(default_factory=list)
    reviewed: dict[str, GivenReview] = field(default_factory=dict)  # by login, what they want last, the latest last
    said: dict[str, str] = field(default_factory=dict)  # by login, the last comment
    unexplained: str = ""  # who closed without a reason

    def review(self, review: GivenReview) -> None:
        """Remember who approves, and what is asked for; a later word of the same person takes the earlier one back."""
        if self._counts(review.author) and review.state in ("APPROVED", "CHANGES_REQUESTED"):
            self.reviewed.pop(review.author.login, None)
            self.reviewed[review.author.login] = review

    def comment(self, comment: Comment) -> None:
        """Take a command, or remember what was said."""
        ours = self.story.is_ours(comment)
        if ours:
            self._carried(comment)
        if not self._counts(comment.author) or comment.edited:
            return
        asked = heard(comment.text)
        if isinstance(asked, Command):
            self._command(asked, comment)
        elif asked is None and not (ours and "<!-- nova:" in comment.text):
            self._plain(comment)

    def _carried(self, comment: Comment) -> None:
        """Take what was decided elsewhere, and told here by us."""
        for body in signed(comment.text, "revived")[-1:]:
            self._undo(_reason(str(body.get("by", ""))), comment)
        for body in signed(comment.text, "refused")[-1:]:
            by, why, scope = (_reason(str(body.get(name, ""))) for name in ("by", "reason", "scope"))
            given = self._verdict("rejected", by, why, at=comment.created)
            self._say(Word(replace(given, scope=scope if scope in SCOPES else "finding"), comment.id))

    def ended(self) -> None:
        """Take a merge or a closing; where somebody said no before, their words stand."""
        pull = self.story.pull
        if pull.merged:
            person = pull.ended_by
            approving = [login for login, one in self.reviewed.items() if one.state == "APPROVED"]
            who = person.login if person and is_human(person) else (approving or [""])[-1]
            if who:
                self._say(Word(self._verdict("approved", who, "", at=pull.closed)))
        elif not self._rejected and self._closed_by_human(pull.ended_by):
            self._closed(pull.ended_by.login if pull.ended_by else "")

    def _command(self, asked: Command, comment: Comment) -> None:
        who = comment.author.login
        if asked.word == "no":
            given = self._verdict("rejected", who, asked.text, at=comment.created)
            self._say(Word(replace(given, scope=asked.scope), comment.id))
        if asked.word == "undo-no":
            self._undo(who, comment)

    def _plain(self, comment: Comment) -> None:
        who, text = comment.author.login, _reason(comment.text)
        self.said[who] = text
        if who == self.unexplained and text:
            self._say(Word(replace(self.words[-1].verdict, reason=text, decided=stamp(comment.created))))

    def _closed(self, who: str) -> None:
        wanted = [_reason(one.text) for one in self.reviewed.values() if one.state == "CHANGES_REQUESTED"]
        reason = (wanted or [""])[-1] or self.said.get(who, "")
        scope = next((scope for label, scope in LABELS.items() if label in self.story.pull.labels), "finding")
        given = self._verdict("rejected", who, reason, at=self.story.pull.closed)
        self._say(Word(replace(given, scope=scope)))
        self.unexplained = "" if reason else who

    def _undo(self, who: str, comment: Comment) -> None:
        if self._rejected:
            self._say(Word(self._verdict("undone", who, "", at=comment.created), comment.id))

    def _say(self, word: Word) -> None:
        self.words.append(word)
        self.unexplained = ""

    def _verdict(self, decision: str, who: str, reason: str, *, at: str) -> Verdict:
        reviewer = named(who, self.story.pull.number)
        return Verdict(self.story.mark.proposal, decision, reviewer, reason, "finding", stamp(at))

    def _counts(self, person: Person) -> bool:
        return is_human(person) and person.login in self.story.deciders

    def _closed_by_human(self, person: Person | None) -> bool:
        """Tell whether somebody closed it whose word counts, and not we with the same login."""
        if person is None or not self._counts(person):
            return False
        return not any(one.author.login == person.login and signed(one.text, "closed") for one in self.story.comments)

    @property
    def _rejected(self) -> bool:
        return bool(self.words) and self.words[-1].verdict.decision == "rejected"


def named(login: str, number: int) -> str:
    """Return who decided, as the ledger shows it; so a verdict tells that it was given on a pull request."""
    return f"{one_line(login)} (pull request {number})"


def moment(text: str) -> datetime:
    """Return a time of the host's."""
    return datetime.fromisoformat(text)


def stamp(text: str) -> str:
    """Return a time of the host's as the ledger writes it."""
    return moment(text).astimezone(UTC).isoformat(timespec="seconds")


def _reason(text: str) -> str:
    return one_line(text)[:LONGEST]
