"""What a pull request or a comment carries about itself, unseen: written by us, read back as untrusted text (pure)."""

import itertools
import json
import re
from dataclasses import asdict, dataclass
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

MARK = re.compile(r"<!-- nova:(?P<kind>[a-z-]{1,32}) (?P<body>\{[^\r\n]{0,60000}?\}) -->")
HYPHENS = "-\\u002d"  # two as JSON: as they are they would end an HTML comment
KEYS_KEPT = 200  # finding keys in one pull request; a proposal of ours has far fewer
Identity = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
ObjectId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, StringConstraints(max_length=1000)]


@dataclass(frozen=True, slots=True)
class ProposalMark:
    """What a pull request proposes. `commit` is what we pushed: a head that is another one was pushed by a human."""

    proposal: Identity
    rule: Words
    path: Words
    safety: Words
    findings: tuple[Words, ...]  # keys
    base: ObjectId
    commit: ObjectId
    tree: ObjectId
    claims: Digest  # of the evidence's claims
    evidence: Digest  # of the evidence's bytes


_PROPOSAL: TypeAdapter[ProposalMark] = TypeAdapter(ProposalMark)


def marked(kind: str, body: dict[str, object]) -> str:
    """Return a line that a page does not show; nothing in `body` can end it."""
    text = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return f"<!-- nova:{kind} {text.replace('--', HYPHENS)} -->"


def unmarked(text: str) -> str:
    """Return `text`, which may quote anybody, so that nothing in it is a mark."""
    return text.replace("<!--", "<! --")


def marks(text: str, kind: str) -> list[dict[str, object]]:
    """Return what the lines of this kind in `text` carry; what is not ours or not whole is left out."""
    found = []
    for match in MARK.finditer(text):
        if match["kind"] != kind:
            continue
        try:
            body = json.loads(match["body"])
        except ValueError:
            continue
        if isinstance(body, dict):
            found.append(body)
    return found


def signed(text: str, kind: str) -> list[dict[str, object]]:
    """Return what the lines of this kind at the very end of `text` carry; what stands above may be quoted."""
    end = itertools.takewhile(
        lambda line: not line.strip() or MARK.fullmatch(line.strip()), reversed(text.splitlines())
    )
    return marks("\n".join(reversed([*end])), kind)


def mark_of(body: str) -> ProposalMark | None:
    """Return what a pull request's body says it proposes, None when it says nothing that could be ours."""
    for found in reversed(marks(body, "proposal")):  # ours is the last line; what stands above may be quoted
        try:
            mark = _PROPOSAL.validate_python(found)
        except ValidationError:
            continue
        return mark if len(mark.findings) <= KEYS_KEPT else None
    return None


def with_mark(body: str, mark: ProposalMark) -> str:
    """Return `body` with the mark as its last line."""
    return f"{body.rstrip()}\n\n{marked('proposal', asdict(mark))}\n"
