"""A run as a tree of entries: who, why, what was passed on, what came of it, and the seam that broke first; pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nova.adapters.journal_rows import Opinion
from nova.cli.told import clock, money, short
from nova.contracts import Answer, Entry, Failure, Packet, Piece, Question, Refusal, Reroute, RunRecord, ToolUse
from nova.recovery import USER, heard, spent_by

WIDTH = 100  # characters of a text within a line


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything on record about a run."""

    record: RunRecord
    entries: Sequence[Entry]
    uses: Sequence[ToolUse]
    opinions: Sequence[Opinion]


def broken(seen: Seen) -> str:
    """Return the seam that broke first, in one line; "" when none did."""
    ended = sorted((entry for entry in seen.entries if entry.outcome), key=lambda one: (one.closed or 0, one.index))
    for kinds in ((Failure,), (Refusal, Reroute)):
        for entry in ended:
            if isinstance(heard(entry.outcome or ""), kinds):
                return f"entry {entry.index} {seam(entry)}: {ending(entry, WIDTH)}"
    for entry in ended:
        if isinstance(answer := heard(entry.outcome or ""), Answer) and answer.unverified:
            return f"entry {entry.index} {seam(entry)}: it claims what nothing on record shows"
    stopped = [entry for entry in seen.entries if not entry.outcome]
    if seen.record.state == "open" and stopped:
        return f"entry {stopped[-1].index} {seam(stopped[-1])}: still open; it is being carried, or it stopped here"
    return ""


def seam(entry: Entry) -> str:
    """Return who handed to whom."""
    return f"{entry.sender} → {entry.agent}"


def ending(entry: Entry, width: int) -> str:
    """Say what an entry came to, on one line."""
    if entry.outcome is None:
        return "waits for you" if entry.agent == USER else "open"
    match heard(entry.outcome):
        case Answer(text=text):
            return f"answered: {short(text, width)}"
        case Refusal(reason=reason, better_owner=owner):
            return f"refused: {short(reason, width)}" + (f" (better: {owner})" if owner else "")
        case Reroute(text=text):
            return f"gave it back: {short(text, width)}"
        case Failure(kind=kind, reason=reason):
            return f"failed, {kind}: {short(reason, width)}"
    return "handed the run over"


def mark_of(entry: Entry) -> str:
    """Return the mark that stands for what an entry came to."""
    if entry.outcome is None:
        return "wait" if entry.agent == USER else "open"
    outcome = heard(entry.outcome)
    if isinstance(outcome, Answer):
        return "loud" if outcome.unverified else "ok"
    return "note" if outcome is None else "no"


def drawn(seen: Seen, glyphs: Mapping[str, str], *, width: int = WIDTH) -> list[str]:
    """Return the tree, a line or more for each entry; `glyphs` by the marks of `mark_of`, texts cut to `width`."""
    below: dict[int | None, list[Entry]] = {}
    for entry in seen.entries:
        below.setdefault(entry.parent, []).append(entry)

    def walk(entry: Entry, first: str, rest: str) -> Iterator[str]:
        children = below.get(entry.index, [])
        yield f"{first}{_headline(entry, glyphs[mark_of(entry)], width)}"
        for line in _details(entry, seen.uses, width):
            yield f"{rest}{'│ ' if children else '  '}  {line}"
        for place, child in enumerate(children, 1):
            last = place == len(children)
            yield from walk(child, f"{rest}{'└─' if last else '├─'} ", f"{rest}{'   ' if last else '│  '}")

    return [line for root in below.get(None, []) for line in walk(root, "", "")]


def headline(seen: Seen) -> str:
    """Return the whole run in one line."""
    spent = spent_by(seen.entries)
    record = seen.record
    parts = [f"{len(seen.entries)} entries", f"{spent.hops} hops", f"{spent.tokens} tokens", money(spent.micros)]
    return f"{record.run}  {record.state} · owner {record.owner} · {clock(record.opened)} · {' · '.join(parts)}"


def as_fields(seen: Seen) -> dict[str, object]:
    """Return a run as data."""
    return {
        "run": json.loads(seen.record.model_dump_json()),
        "broke_first": broken(seen),
        "cost": json.loads(spent_by(seen.entries).model_dump_json()),
        "entries": [_entry_fields(entry) for entry in seen.entries],
        "uses": [json.loads(use.model_dump_json()) for use in seen.uses],
        "feedback": [{"good": one.good, "because": one.because, "at": one.at} for one in seen.opinions],
    }


def _entry_fields(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(entry.model_dump_json())
    for name in ("task", "packet", "outcome"):
        fields[name] = json.loads(fields[name]) if fields[name] else None
    return fields


def _headline(entry: Entry, glyph: str, width: int) -> str:
    said = ending(entry, width)
    contract = f" {entry.contract}" if entry.contract else ""
    return f"{entry.index} {glyph} {seam(entry)} · {entry.relation.value}{contract} · {said}"


def _details(entry: Entry, uses: Iterable[ToolUse], width: int) -> Iterator[str]:
    cost = entry.cost
    spent = f" · {cost.tokens} tokens, {money(cost.micros)}" if cost.tokens or cost.micros else ""
    yield f"why: {entry.reason or 'no reason given'} · owner {entry.owner} · {cost.seconds:.3f} s{spent}"
    if entry.agent != USER and entry.task:
        yield f"task: {short(entry.task, width)}"
    if entry.agent == USER and entry.task:
        yield f"asked: {short(Question.model_validate_json(entry.task).text, width)}"
    if entry.packet:
        yield from _packet(Packet.model_validate_json(entry.packet))
    for use in uses:
        if use.key.startswith(f"{entry.run}:{entry.index}:"):
            yield f"used: {use.tool} {_use(use, width)}"
    yield from _claims(entry, width)


def _packet(packet: Packet) -> Iterator[str]:
    for word, pieces in (("passed", packet.passed), ("summarised", packet.summarised), ("dropped", packet.dropped)):
        if pieces:
            yield f"{word}: {', '.join(map(_piece, pieces))}"
    if packet.done:
        yield f"told what was done: {len(packet.done)} lines"


def _piece(piece: Piece) -> str:
    size = f"{piece.before}" if piece.after in (0, piece.before) else f"{piece.before} → {piece.after}"
    return f"{piece.name} {size}{f' ({piece.reason})' if piece.reason else ''}"


def _use(use: ToolUse, width: int) -> str:
    if use.result is None:
        return "and nothing is known of the result"
    return f"{'failed: ' if use.failed else ''}{short(use.result, width)}"


def _claims(entry: Entry, width: int) -> Iterator[str]:
    outcome = heard(entry.outcome) if entry.outcome else None
    if isinstance(outcome, Answer):
        for claim in outcome.claims:
            yield f"claims: {claim.says} [{claim.evidence}]"
        for claim in outcome.unverified:
            yield f"unverified: {claim.says} [{claim.evidence or 'no evidence named'}]"
        if outcome.sources:
            yield f"sources: {short('; '.join(outcome.sources), width)}"
