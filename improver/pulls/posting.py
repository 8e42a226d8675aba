"""Say at the host what a review found: one comment, edited in place, a few suggestions, a check; else silence."""

import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from improver.host import Annotation, Check, Comment, Host, Note, Pull
from improver.judging.touched import hunks
from improver.pulls.bounding import fence
from improver.pulls.marking import marked, marks
from improver.pulls.remarking import Better, Told, markdown
from improver.rationale import as_code, plain
from improver.records import File, Tree

CHECK = "nova review"
REVIEW, SUGGESTION = "review", "suggestion"  # the kinds of marks
ANNOTATED = 50  # what one request may carry; the summary holds the rest
MOST_LINES = 10_000  # of a file that is compared line by line


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an account comes from: what each outcome may conclude, and what a reader must know about it."""

    conclusions: Mapping[str, str]
    warning: str = ""


CONCLUSIONS = {"refused": "failure", "found": "neutral", "asked": "neutral", "nothing_new": "success"}
HERE = Origin(CONCLUSIONS)
ARTIFACT = Origin(  # made where the change itself could have written it: it may speak against the change, never for it
    {**CONCLUSIONS, "nothing_new": "neutral"},
    "It was made by a workflow that the change could have altered: it vouches for nothing.",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the host's own git says of the change, and which codemods are safe enough to suggest."""

    base: Tree
    head: Tree
    safe: Collection[str]


@dataclass(frozen=True, slots=True)
class Posted:
    """What was said: `comment` is written, rewritten, unchanged or none."""

    comment: str
    suggestions: int
    check: str


def post(host: Host, pull: Pull, told: Told, ground: Ground, origin: Origin = HERE) -> Posted:
    """Say what is new about the head of `pull`; only our own comment is ever edited, nothing is said twice."""
    comment = _comment(host, pull.number, told, origin)
    check = check_of(told, origin)
    host.check(check)
    me = host.viewer()
    before = [note for note in host.notes(pull.number) if note.author is not None and note.author.login == me]
    notes = list(fresh(told.suggestions, before, ground, origin))
    if notes:
        host.remark(pull.number, told.head, notes)
    return Posted(comment, len(notes), check.conclusion)


def _comment(host: Host, number: int, told: Told, origin: Origin) -> str:
    """Write, rewrite or leave our one comment."""
    ours = our_comment(host.comments(number), host.viewer())
    if ours is None and told.outcome == "nothing_new":
        return "none"
    text = comment_text(told, origin)
    if ours is None:
        host.say(number, text)
        return "written"
    if _same(ours.text, text):
        return "unchanged"
    host.rewrite_comment(ours.id, text)
    return "rewritten"


def our_comment(comments: Sequence[Comment], me: str) -> Comment | None:
    """Return the oldest comment that we wrote about a review; a mark in somebody else's makes it none of ours."""
    return next((one for one in comments if one.author.login == me and marks(one.text, REVIEW)), None)


def comment_text(told: Told, origin: Origin) -> str:
    """Return the comment, with what it is about as its last line."""
    first = "**Nothing is open any more.**\n\n" if told.outcome == "nothing_new" else ""
    about = f"Of {as_code(told.head[:12])} against {as_code(told.base[:12])}; this comment is edited in place."
    said = " ".join(part for part in (about, origin.warning) if part)
    return f"{first}{markdown(told).rstrip()}\n\n{said}\n\n{marked(REVIEW, {'head': told.head})}\n"


def check_of(told: Told, origin: Origin) -> Check:
    """Return the check run of a review; its key tells equal ones."""
    summary = markdown(told)
    annotations = tuple(
        Annotation(one.path, one.line, "notice", one.rule, one.message) for one in told.findings[:ANNOTATED]
    )
    said = json.dumps([told.as_json(), origin.conclusions[told.outcome]])
    key = hashlib.sha256(said.encode()).hexdigest()[:16]
    title = plain(told.reason)
    return Check(CHECK, told.head, origin.conclusions[told.outcome], title, summary, key, annotations)


def fresh(
    suggestions: Sequence[Better], before: Sequence[Note], ground: Ground, origin: Origin = HERE
) -> Iterator[Note]:
    """Yield the suggestions that were not made before, of safe codemods, and on lines that the change brought."""
    known = {str(body.get("key")) for note in before for body in marks(note.text, SUGGESTION)}
    places = {(note.path, note.first, note.last, _text(note.text)) for note in before}
    for one in suggestions:
        note = Note(one.path, one.first, one.last, suggestion_text(one, origin))
        said_before = key_of(one) in known or (note.path, note.first, note.last, _text(note.text)) in places
        if not said_before and one.codemod in ground.safe and _fits(one, ground):
            yield note


def key_of(one: Better) -> str:
    """Return what tells equal suggestions, also after their lines have moved."""
    return hashlib.sha256(json.dumps([one.path, one.key, one.text]).encode()).hexdigest()[:24]


def suggestion_text(one: Better, origin: Origin = HERE) -> str:
    """Return a remark that the host can apply; nothing in the code can end its block.

    A human may apply it without a look: where anybody may have made it, it does not say that it is safe.
    """
    mark = fence(one.text, least=3)
    code = one.text if one.text.endswith("\n") or not one.text else f"{one.text}\n"
    said = f"{as_code(one.codemod)}, {one.safety}: {plain(one.why)}"
    if origin.warning:
        said = f"{as_code(one.codemod)}: {plain(one.why)}\n\n{origin.warning}"
    return f"{said}\n\n{mark}suggestion\n{code}{mark}\n\n{marked(SUGGESTION, {'key': key_of(one)})}\n"


def _fits(one: Better, ground: Ground) -> bool:
    """Tell whether a suggestion stands in lines that the change brought, and would change them."""
    before, after = _lines(ground.base.get(one.path)), _lines(ground.head.get(one.path))
    if not one.first <= one.last <= len(after) or max(len(before), len(after)) > MOST_LINES:
        return False
    brought = {line for hunk in hunks(before, after) for line in hunk.new}
    return {*range(one.first, one.last + 1)} <= brought and "".join(after[one.first - 1 : one.last]) != one.text


def _lines(file: File | None) -> list[str]:
    """Return a file's lines, split at newlines only; it is not parsed, since anybody may have written it."""
    return list(io.StringIO(file.data.decode("utf-8", "replace"), newline="")) if file is not None else []


def _same(left: str, right: str) -> bool:
    return _text(left) == _text(right)


def _text(text: str) -> str:
    """Return a text as it is compared: a host may change the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
