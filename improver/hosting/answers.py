"""Answer a command where it was given; what runs code can be done elsewhere, by a job that holds no token."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from improver.adapters.run_lock import run_lock
from improver.app import Improver, now
from improver.errors import EnvironmentUnfit, ImproverError, UsageError
from improver.host import Check, Comment
from improver.hosting.adopting import LOCK_SECONDS, Syncing
from improver.hosting.offering import Hosting, improve_hosted
from improver.hosting.rechecking import recheck
from improver.preparing import Tell, Wish
from improver.pulls.answering import Plan, answer, explained, plan, retried, verified
from improver.pulls.marking import marked
from improver.pulls.rebuilding import evidence_of
from improver.pulls.stories import Story, read_one
from improver.request import Event, Request
from improver.verifying import Verification

EVIDENCE = "evidence.json"
MOST_READ = 1_000_000  # bytes of a result
MOST_DIFFERENCES = 200
Digest = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
Line = Annotated[str, StringConstraints(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which comment of which pull request is answered, and the head it was written for, "" when not known."""

    number: int
    comment: int
    head: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What `improve verify --json` printed, in whichever job that was."""

    outcome: Line
    stated: Digest = ""
    found: Digest = ""
    differs: tuple[Line, ...] = ()
    reason: Line = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a comment: ignored, said, or run; then `argv` is what is to be run, and `head` on which commit."""

    outcome: str
    reason: str
    head: str = ""
    text: str = ""
    argv: tuple[str, ...] = ()


_RESULT: TypeAdapter[Result] = TypeAdapter(Result)


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is given with."""

    improver: Improver
    hosting: Hosting
    tell: Tell

    def answer(self, asked: Asked) -> Answered:
        """Do what a comment asks, here and now."""
        story, comment, planned = self._looked(asked)
        if story is None or planned.outcome == "ignored":
            return Answered("ignored", planned.reason)
        if planned.reason == "verify":
            return self._verify(replace(asked, head=story.pull.head), story, comment)
        answered = self._say(story, comment, planned)
        if answered.argv:
            self._renew(story)
        return answered

    def plan(self, asked: Asked, folder: Path) -> Answered:
        """Answer what takes words alone; of the rest, say what is to be run, with the evidence put into `folder`."""
        story, comment, planned = self._looked(asked)
        if story is None or planned.outcome == "ignored":
            return Answered("ignored", planned.reason)
        if planned.reason != "verify":
            return self._say(story, comment, planned)
        evidence = evidence_of(self.hosting.remote, story)
        if evidence is None:
            return self._say(story, comment, Plan("said", "no evidence", explained(story, None)))
        file = folder / EVIDENCE
        file.write_bytes(evidence.to_bytes())
        argv = ("verify", "--evidence", str(file), "--commit", story.mark.commit, "--json")
        return Answered("run", "verify", story.pull.head, argv=argv)

    def post(self, asked: Asked, data: bytes) -> Answered:
        """Say what running elsewhere came to; `data` is what it printed."""
        result = result_of(data)
        story, _, planned = self._looked(asked)
        hindered = planned.outcome == "said" and planned.command is None  # since it was asked; that is the answer then
        if story is None or not (hindered or planned.reason == "verify"):
            return Answered("ignored", planned.reason)
        return self._verified(asked, _verification(result, story))

    # --- inside ---------------------------------------------------------------------------------------------------

    def _looked(self, asked: Asked) -> tuple[Story | None, Comment, Plan]:
        comment = self.hosting.host.comment(asked.comment)
        story = read_one(self.hosting.host, asked.number, comment)
        return story, comment, plan(story, comment, asked.head)

    def _say(self, story: Story, comment: Comment, planned: Plan) -> Answered:
        """Close first where words do: what is closed and not answered yet is answered when it is asked again."""
        host, number, command = self.hosting.host, story.pull.number, planned.command
        word = command.word if command else ""
        if word == "split":
            return self._split(story, comment, planned)
        text, argv = planned.text, tuple[str, ...]()
        if word == "why":
            text = explained(story, evidence_of(self.hosting.remote, story))
        if command and word == "retry":
            main = self._main()
            text = retried(story, command.text, main)
            again = ("run", "--open-pr", "--max", "1", "--only", story.mark.rule, "--paths", story.mark.path)
            argv = again if story.mark.base != main else ()
        if planned.closes:
            host.close_pull(number)
        host.say(number, answer(text, comment.id, closed=planned.closes or not story.pull.open))
        if word in ("no", "undo-no"):
            self._learn(number)
        return Answered("said", planned.reason, story.pull.head, text, argv)

    def _renew(self, story: Story) -> None:
        """Make the change anew on main, which has moved; where that cannot be done here, the next run does."""
        request = Request(1, (story.mark.rule,))
        try:
            improve_hosted(self.improver, request, Wish(), (story.mark.path,), self.tell)
        except ImproverError as error:
            why = f" ({error.hint.why})" if error.hint.why else ""
            self.tell(Event("note", "retry", f"the next run makes it anew: {error.what}{why}"))

    def _split(self, story: Story, comment: Comment, planned: Plan) -> Answered:
        """Say that the closing is ours before it is made; it counts as answered once it is."""
        host, number = self.hosting.host, story.pull.number
        marks = (marked("closed", {"head": story.pull.head}), marked("split", {}))
        begun = [one for one in story.comments if story.is_ours(one) and all(mark in one.text for mark in marks)]
        said = begun[-1] if begun else host.say(number, "\n\n".join([planned.text, *marks]))
        host.close_pull(number)
        host.rewrite_comment(said.id, answer(planned.text, comment.id, *marks, closed=True))
        return Answered("said", planned.reason, story.pull.head, planned.text)

    def _verify(self, asked: Asked, story: Story, comment: Comment) -> Answered:
        remote = self.hosting.remote
        evidence = evidence_of(remote, story)
        if evidence is None:
            return self._say(story, comment, Plan("said", "no evidence", explained(story, None)))
        remote.fetch(f"refs/heads/{story.pull.branch}")
        return self._verified(asked, recheck(self.improver, evidence.to_bytes(), story.mark.commit, self.tell))

    def _verified(self, asked: Asked, verification: Verification) -> Answered:
        """Say what the gates came to, unless the branch moved meanwhile or somebody said so before."""
        story, comment, planned = self._looked(asked)
        if story is None or planned.outcome != "run":
            if story is not None and planned.outcome == "said":
                return self._say(story, comment, planned)
            return Answered("ignored", planned.reason)
        text = verified(story, verification)
        self.hosting.host.check(_check(story, verification, text))
        self.hosting.host.say(story.pull.number, answer(text, comment.id))
        return Answered("said", "differs" if verification.differs else "verified", story.pull.head, text)

    def _main(self) -> str:
        return self.hosting.remote.heads().get(self.hosting.host.repository().default_branch, "")

    def _learn(self, number: int) -> None:
        """Let the ledger here know at once; where a run holds it, the next sync does."""
        host, improver = self.hosting.host, self.improver
        try:
            with run_lock(improver.repository.data, now().isoformat(timespec="seconds"), LOCK_SECONDS):
                story = read_one(host, number)
                if story is not None:
                    name = host.repository().name
                    Syncing(improver.ledger, improver.repository, host, self.hosting.remote, name).take(story)
        except EnvironmentUnfit as error:
            self.tell(Event("note", "sync", f"the ledger learns it later: {error.hint.why or error.what}"))


def result_of(data: bytes) -> Result:
    """Read what `improve verify --json` printed; raise UsageError when it is nothing like it."""
    try:
        found = _RESULT.validate_json(data[: MOST_READ + 1])
    except ValidationError as error:
        why = str(error).split("\n")[0]
        raise UsageError("this is no result of `improve verify --json`", why=why, fix="run it again") from error
    if len(data) > MOST_READ or len(found.differs) > MOST_DIFFERENCES:
        raise UsageError("this is no result of `improve verify --json`", why="it is too long", fix="run it again")
    return found


def _verification(result: Result, story: Story) -> Verification:
    """Return what a result says of this proposal; whatever is no plain sameness differs."""
    if result.outcome not in ("verified", "differs"):
        return Verification(result.stated, result.found, (f"the gates could not be run: {result.reason}",))
    differs = list(result.differs)
    if result.stated != story.mark.claims:
        differs.insert(0, "what was run is not this proposal's evidence")
    if not differs and result.found != result.stated:
        differs.append(f"the claims digest is {result.found or 'missing'}")
    return Verification(result.stated, result.found, tuple(differs))


def _check(story: Story, verification: Verification, text: str) -> Check:
    """Return the check run that says how the gates ruled the last time they ran."""
    failed = bool(verification.differs)
    title = f"{len(verification.differs)} things differ" if failed else "the same claims digest"
    conclusion = "failure" if failed else "success"
    key = hashlib.sha256(text.encode()).hexdigest()
    return Check("nova verify", story.pull.head, conclusion, f"Ran again: {title}", text, key)
