"""Show who catches what: every entry of a corpus against every gate, and every class of attacks (pure)."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from improver.canaries import Record, counts

BEGIN, END = "<!-- canaries:", "<!-- /canaries -->"


@dataclass(frozen=True, slots=True)
class Class:
    """One class of attacks: how many were judged, how many each gate catches, and what one gate alone catches."""

    name: str
    judged: int
    caught: Counter[str]
    alone: Counter[str]
    pending: int


def classes(records: Sequence[Record]) -> list[Class]:
    """Return the classes of the attacks among `records`, in their order; scenes that nobody judged only count."""
    found = []
    attacks = [record for record in records if record.entry.expected != "pass"]
    for name in dict.fromkeys(record.entry.category for record in attacks):
        here = [record for record in attacks if record.entry.category == name]
        patches = [record for record in here if record.results]
        caught = Counter(gate for record in patches for gate in record.catching)
        alone = Counter(record.catching[0] for record in patches if len(record.catching) == 1)
        pending = sum(record.status == "pending" for record in here)
        found.append(Class(name or "attacks", len(patches), caught, alone, pending))
    return found


def rows(records: Sequence[Record]) -> list[dict[str, object]]:
    """Return the records as plain values, for JSON; `verdict` is reject, escalate or pass, `gate` who gave it."""
    return [
        {
            "id": record.entry.id,
            "title": record.entry.title,
            "category": record.entry.category,
            "expected": record.entry.expected,
            "verdict": record.outcome if record.results else None,
            "gate": next(iter(record.catching), ""),
            "status": record.status,
            "first": record.first,
            "caught_by": list(record.catching),
            "rulings": {result.gate: result.ruling.value for result in record.results},
            "reasons": {result.gate: list(result.reasons) for result in record.results if result.reasons},
            "missed": list(record.missed),
            "pending": record.entry.pending,
            "broken": list(record.broken),
        }
        for record in records
    ]


def summary(records: Sequence[Record]) -> list[dict[str, object]]:
    """Return the classes as plain values, for JSON."""
    return [
        {
            "class": one.name,
            "judged": one.judged,
            "caught_by": dict(one.caught),
            "by_one_alone": dict(one.alone),
            "pending": one.pending,
        }
        for one in classes(records)
    ]


def told(records: Sequence[Record]) -> str:
    """Return how many records have each status, in a line."""
    return " · ".join(f"{count} {status}" for status, count in counts(records).items() if count) or "no entries"


def asked(records: Sequence[Record]) -> list[str]:
    """Return every gate that was asked about something, in their order."""
    return list(dict.fromkeys(result.gate for record in records for result in record.results))


def render(records: Sequence[Record]) -> str:
    """Return classes against gates, then entries against gates, as Markdown; what went wrong comes first."""
    lines = [told(records), ""]
    for status in ("accepted", "blocked", "pending"):
        lines += _listed(status, [record for record in records if record.status == status])
    lines += _listed("escalated, not refused", [record for record in records if record.is_only_asked])
    lines += [f"- broken: {record.entry.id} · {reason}" for record in records for reason in record.broken]
    return "\n".join([*lines, "", *by_class(records), "", *by_entry(records)]) + "\n"


def by_class(records: Sequence[Record]) -> list[str]:
    """Return a table of the classes: how many entries each gate catches, and how many have one gate alone."""
    found = classes(records)
    gates = [gate for gate in asked(records) if any(one.caught[gate] for one in found)]
    lines = _head("class", "judged", *gates, "by one gate alone")
    for one in found:
        alone = ", ".join(f"{gate} {count}" for gate, count in sorted(one.alone.items())) or "none"
        lines.append(_row(one.name, str(one.judged), *(str(one.caught[gate] or "") for gate in gates), alone))
    return lines


def by_entry(records: Sequence[Record]) -> list[str]:
    """Return a table of the entries: who catches each first, who does when that one is off, and every ruling."""
    gates = asked(records)
    lines = _head("entry", "status", "first", "then", *gates)
    for record in records:
        ruled = {result.gate: result.ruling.value for result in record.results}
        first, then, *_ = (*record.catching, "–", "–")
        lines.append(_row(record.entry.id, record.status, first, then, *(ruled.get(gate, "–") for gate in gates)))
    return lines


def _head(*names: str) -> list[str]:
    return [_row(*names), f"|{'---|' * len(names)}"]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _listed(status: str, records: Sequence[Record]) -> list[str]:
    return [
        f"- {status}: {record.entry.id} · {record.entry.title}"
        + (f" · waits for {record.entry.pending or record.entry.gate}" if status == "pending" else "")
        for record in records
    ]


def stamp(corpus: str, gates: Sequence[str]) -> str:
    """Return what tells whether a page was made from this corpus and these gates: the start of a SHA-256."""
    return hashlib.sha256("\0".join([corpus, *gates]).encode()).hexdigest()[:16]


def placed(page: str, records: Sequence[Record], made_from: str) -> str | None:
    """Return `page` with the classes' table between its markers made anew; None when it has no markers."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        return None
    table = "\n".join(by_class(records))
    return f"{head}{BEGIN} {made_from} -->\n{told(records)}\n\n{table}\n{END}{tail}"
