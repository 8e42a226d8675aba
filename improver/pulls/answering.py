"""Decide what becomes of a command in a comment, and word the answer (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from improver.host import Comment
from improver.proposing import account_of
from improver.pulls.marking import marked
from improver.pulls.spoken import USAGE, Command, Unclear, heard
from improver.pulls.stories import Story, is_human
from improver.pulls.syncing import verdict
from improver.rationale import as_code, counted, plain
from improver.records import Ruling
from improver.verify.evidence import Evidence
from improver.verifying import Verification

RUNS = ("verify", "retry")  # the commands that are more than words
OPEN_ONLY = (*RUNS, "split")
LEFT_ALONE = ("why", "no", "undo-no")  # what is still answered where somebody else pushed to the branch
MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")
SHOWN = 12  # of a commit's characters
LINES = 40  # of what an answer lists


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a comment: ignored, said (words alone), or run (an act, and words after it).

    `closes` says that the pull request is closed before the words are said.
    """

    outcome: str
    reason: str
    text: str = ""
    command: Command | None = None
    closes: bool = False


def plan(story: Story | None, comment: Comment, pinned: str) -> Plan:
    """Return what becomes of a comment as it is now; `pinned` is the head it was written for, "" when not known."""
    if story is None:
        return Plan("ignored", "this is no pull request of ours")
    asked = heard(comment.text)
    if asked is None or (reason := _unheard(story, comment)):
        return Plan("ignored", "it is no command" if asked is None else reason)
    if comment.author.login not in story.deciders:
        return _stranger(comment)
    if isinstance(asked, Unclear):
        return Plan("said", asked.why, unclear(asked))
    if pinned and pinned != story.pull.head:
        return Plan("said", "the branch moved", moved(pinned, story.pull.head))
    before = replace(story, comments=tuple(one for one in story.comments if one.id != comment.id))
    if reason := _hindered(before, asked):
        return Plan("said", reason, f"Nothing was done: {plain(reason)}.")
    if asked.word in RUNS:
        return Plan("run", asked.word, command=asked)
    closes = asked.word in ("no", "split") and story.pull.open and not story.pushed_to
    return Plan("said", asked.word, _words(story, asked), asked, closes)


def unanswered(story: Story) -> tuple[int, ...]:
    """Return the comments that wait for an answer."""
    return tuple(one.id for one in story.comments if plan(story, one, "").outcome != "ignored")


def _unheard(story: Story, comment: Comment) -> str:
    """Return why nobody answers a command, "" when somebody does."""
    reasons = (
        (comment.number != story.pull.number, "it belongs to another pull request"),
        (not is_human(comment.author), "a program wrote it"),
        (comment.edited, "it was edited, so nobody knows what was asked"),
        (comment.id in story.answered, "it is answered"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _stranger(comment: Comment) -> Plan:
    """Say so once to somebody who belongs here, and nothing to anybody else."""
    reason = f"{comment.author.login} may not decide here"
    if comment.author.association not in MEMBERS:
        return Plan("ignored", reason)
    text = "Only people who may write to this repository can say that; nothing was done."
    return Plan("said", reason, text)


def _hindered(story: Story, asked: Command) -> str:
    pull, begun = story.pull, asked.word == "split" and bool(story.carried("split"))  # and then it was cut off
    reasons = (
        (story.pushed_to and asked.word not in LEFT_ALONE, "somebody else pushed to this branch; it is left to people"),
        (not pull.open and asked.word in OPEN_ONLY and not begun, "this pull request is closed"),
        (
            asked.word == "split" and len(story.mark.findings) < 2,
            "it is about one finding, so there is nothing to split",
        ),
        (asked.word == "undo-no" and not _refused(story), "nobody had said no here"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _refused(story: Story) -> bool:
    given = verdict(story)
    return given is not None and given.decision == "rejected"


# --- words --------------------------------------------------------------------------------------------------------


def answer(text: str, comment: int, *more: str, closed: bool = False) -> str:
    """Return an answer with the mark that tells which comment it answers, and whether all is closed by then."""
    return "\n\n".join([text.rstrip(), *more, marked("answer", {"comment": comment, "closed": closed})]) + "\n"


def unclear(asked: Unclear) -> str:
    """Return what is answered to words that are no command."""
    said = f"{as_code(f'/nova {asked.said}'.strip())} is no command: {plain(asked.why)}."
    meant = f" Did you mean {as_code(f'/nova {asked.meant}')}?" if asked.meant else ""
    return f"{said}{meant}\n\n{as_code(USAGE)}"


def moved(pinned: str, head: str) -> str:
    """Return what is answered when the branch is not where it was."""
    return (
        f"Nothing was done: this was asked of `{pinned[:SHOWN]}`, and the branch is at `{head[:SHOWN]}` now. "
        "Look at it, and ask again."
    )


def _words(story: Story, asked: Command) -> str:
    if asked.word == "undo-no":
        return "Taken back: what was found here may be proposed again."
    if asked.word == "split":
        return f"Closed, to be proposed again one finding at a time: {len(story.mark.findings)} at the next runs."
    if asked.word != "no":
        return ""
    rule, path = as_code(story.mark.rule), as_code(story.mark.path)
    what = {"here": f"{rule} in {path}", "rule": f"{rule}, anywhere,"}.get(asked.scope, "what was found here")
    because = f", because {plain(asked.text)}" if asked.text else ""
    left = " It is left open, since somebody else pushed to its branch." if story.pull.open and story.pushed_to else ""
    return f"Noted: {what} is not proposed again{because}.{left} `/nova undo-no` takes it back."


def explained(story: Story, evidence: Evidence | None) -> str:
    """Return why a pull request is there: what was found, why here, what proved it, what nobody checked."""
    if evidence is None:
        return (
            f"This proposes {as_code(story.mark.rule)} in {as_code(story.mark.path)}. Its evidence is not there, or "
            "not that which its mark means: nothing can be said of what was proved."
        )
    account = account_of(evidence, "")
    found = [f"{as_code(f'{one.path}:{one.line}')} {plain(one.message)}" for one in evidence.findings]
    proved = [f"{one.gate}: {plain(one.claim)} ({counted(one.receipt)})" for one in evidence.gates if _is(one.ruling)]
    left = [
        f"{one.gate}: {plain('; '.join(one.reasons) or one.claim)}" for one in evidence.gates if not _is(one.ruling)
    ]
    parts = (
        ("What was found", found),
        ("Why", [plain(evidence.why), *map(plain, account.here)]),
        ("What proved it", proved),
        ("What nobody checked, or a human must", left or ["nothing: every gate gave a verdict"]),
        ("What else was tried", [plain(one) for one in evidence.refused]),
    )
    return "\n\n".join(f"**{name}**\n\n{listed(lines)}" for name, lines in parts if lines)


def _is(ruling: Ruling) -> bool:
    return ruling is Ruling.PASS


def retried(story: Story, hint: str, main: str) -> str:
    """Return what trying again can come to: nothing here writes by hints, and equal code gives an equal change."""
    kept = f"No model is at work here, so the hint is kept and changes nothing: {plain(hint)}"
    if story.mark.base == main:
        return (
            f"The change is what its codemod makes of `{main[:SHOWN]}`, which main still is: made anew, it would be "
            f"the same. {kept}"
        )
    return (
        f"Main moved from `{story.mark.base[:SHOWN]}` to `{main[:SHOWN]}`: the change is made anew there, now or by "
        f"the next run. {kept}"
    )


def verified(story: Story, verification: Verification) -> str:
    """Return what running the gates again came to."""
    stated, base = story.mark.claims, story.mark.base
    if not verification.differs:
        return (
            f"Every gate ran again on a fresh baseline of `{base[:SHOWN]}`, and the claims digest is the same: "
            f"`{stated}`."
        )
    return f"The gates ran again, and not everything holds:\n\n{listed(map(plain, verification.differs))}"


def listed(lines: Iterable[str]) -> str:
    """Return at most LINES lines as a list, and how many are left out."""
    every: Sequence[str] = tuple(lines)
    left = len(every) - LINES
    return "\n".join([*(f"- {line}" for line in every[:LINES]), *([f"- {left} more are left out"] if left > 0 else [])])
