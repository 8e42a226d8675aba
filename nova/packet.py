"""Build what a receiver may see: passed, summarised, dropped, each with sizes and the reason."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nova.condensing import extract
from nova.contracts import Packet, Piece, Relation, Scope
from nova.errors import PolicyError

Positive = Annotated[int, Field(gt=0)]
WORD = re.compile(r"\w{4,}")
LISTED = 20  # pieces that are named of those dropped for one reason


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Part(_Section):
    """How one kind of part travels: its largest size, whether it may be shortened, and to whom it may go."""

    most: Positive
    summarise: bool
    relations: tuple[Annotated[Relation, Field(strict=False)], ...]


class ContextPolicy(_Section):
    """policies/context.yaml: sizes in characters."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    task: Positive
    packet: Mapping[Annotated[Relation, Field(strict=False)], Positive]
    parts: Mapping[str, Part]
    least: Positive
    history: Annotated[int, Field(ge=0)]
    done: Annotated[int, Field(ge=0)]


def context_policy(text: str, *, where: str = "policies/context.yaml") -> ContextPolicy:
    """Parse a context policy; raise PolicyError naming the first key that is wrong."""
    try:
        read = ContextPolicy.model_validate(_lists_as_tuples(yaml.safe_load(text)))
    except yaml.YAMLError as error:
        raise PolicyError("the context policy is not YAML", where=where, why=str(error), fix="correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(step) for step in first["loc"])
        raise PolicyError(f"{path or 'the file'}: {first['msg']}", where=where, fix=f"correct {path}") from error
    if missing := [relation.value for relation in Relation if relation not in read.packet]:
        raise PolicyError(f"packet names no size for {', '.join(missing)}", where=where, fix="add it")
    return read


def _lists_as_tuples(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists_as_tuples(inner) for key, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Source:
    """Something a receiver might see: what kind of part it is, whose it is, and whether something newer replaced it."""

    part: str  # of agent.NEEDS
    name: str
    text: str
    scope: Scope
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who will see the packet: its declared needs (most useful first), relation, scope, and its task as text."""

    needs: Sequence[str]
    relation: Relation
    scope: Scope
    task: str


def build(receiver: Receiver, sources: Iterable[Source], done: Sequence[str], policy: ContextPolicy) -> Packet:
    """Return the receiver's packet. Sources of another scope are left out without a trace, not even a size."""
    dropped: list[Piece] = []
    wanted: list[Source] = []
    for source in sources:
        if source.scope is not receiver.scope and source.scope != receiver.scope:
            continue
        if reason := _unwanted(source, receiver, policy):
            dropped.append(_drop(source, reason))
        else:
            wanted.append(source)
    passed: list[Piece] = []
    summarised: list[Piece] = []
    room = policy.packet[receiver.relation]
    for source in _ordered(wanted, receiver, room):
        piece = _fit(source, min(room, policy.parts[source.part].most), policy)
        room -= piece.after
        (passed if not piece.reason else summarised if piece.after else dropped).append(piece)
    lines = tuple(done[-policy.done :]) if "done" in receiver.needs and policy.done else ()
    return Packet(passed=tuple(passed), summarised=tuple(summarised), dropped=tuple(_told(dropped)), done=lines)


def _unwanted(source: Source, receiver: Receiver, policy: ContextPolicy) -> str:
    if source.part not in receiver.needs:
        return "irrelevant"
    part = policy.parts.get(source.part)
    if part is None or receiver.relation not in part.relations:
        return "not permitted"
    return "superseded" if source.superseded else ""


def _drop(source: Source, reason: str) -> Piece:
    return Piece(name=source.name, text="", before=len(source.text), after=0, reason=reason)


def _told(dropped: Sequence[Piece]) -> Iterator[Piece]:
    """Yield what was dropped, the rest of each reason as one: else packets grow with the square of a run's length."""
    by_reason: dict[str, list[Piece]] = {}
    for piece in dropped:
        by_reason.setdefault(piece.reason, []).append(piece)
    for reason, pieces in by_reason.items():
        yield from pieces[:LISTED]
        if rest := pieces[LISTED:]:
            yield Piece(
                name=f"{len(rest)} more", text="", before=sum(one.before for one in rest), after=0, reason=reason
            )


def _ordered(wanted: list[Source], receiver: Receiver, room: int) -> list[Source]:
    """Order by what the receiver asked for first; where not all fits, by usefulness for each character."""
    rank = {need: place for place, need in enumerate(receiver.needs)}
    if sum(len(source.text) for source in wanted) <= room:
        return sorted(wanted, key=lambda source: rank[source.part])
    words = {*WORD.findall(receiver.task.casefold())}

    def useless(source: Source) -> tuple[float, str]:
        shared = words & {*WORD.findall(source.text.casefold())}
        return -(1 + len(shared)) / (1 + rank[source.part]) / (len(source.text) or 1), source.name

    return sorted(wanted, key=useless)


def _fit(source: Source, room: int, policy: ContextPolicy) -> Piece:
    """Return the source as a piece of at most `room` characters; a piece passed verbatim gives no reason."""
    size = len(source.text)
    if size <= room:
        return Piece(name=source.name, text=source.text, before=size, after=size, reason="")
    if not policy.parts[source.part].summarise or room < policy.least:
        return _drop(source, "over budget")
    short = extract(source.text, characters=room)
    return Piece(name=source.name, text=short.text, before=size, after=short.after, reason=short.says)
