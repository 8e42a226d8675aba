"""What the ledger remembers, as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from improver.records import Draft, Verdict


class State(StrEnum):
    """Where a proposal stands."""

    OPENING = "opening"  # recorded, its branch not yet known to exist
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    STALE = "stale"  # can no longer be merged; the change would be made anew
    FAILED = "failed"  # its branch was never made


LIVE = (State.OPENING, State.OPEN, State.APPROVED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One recorded proposal; `merge` is the commit that brought it into branch `into`, "" before that."""

    number: int
    state: State
    draft: Draft
    merge: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One improvement run; `ended` is "" while it goes on, `funnel` plain JSON data."""

    id: str
    started: str
    base: str
    ended: str
    outcome: str
    funnel: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A candidate that a gate refused."""

    run: str
    rule: str
    path: str
    key: str
    gate: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A human's verdict on proposal `number`; only the last one on a proposal is `effective`."""

    number: int
    rule: str
    path: str
    title: str
    verdict: Verdict
    effective: bool


@dataclass(frozen=True, slots=True)
class Publication:
    """Where proposal `number` was published: as pull request `pull` of `repository`, on `branch` there at `commit`.

    A change that was made anew is another proposal on the same pull request.
    """

    number: int
    repository: str  # owner/name
    pull: int
    branch: str
    commit: str
    page: str  # the pull request's address
    at: str


@dataclass(frozen=True, slots=True)
class Sync:
    """Up to which moment of its host (ISO 8601, "" for never) `repository` was read.

    `apart` are the keys of findings that somebody there wants to be proposed each by itself.
    """

    repository: str  # owner/name
    until: str = ""
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was settled after runs that were killed: proposal numbers, run ids, branch names nobody recorded."""

    opened: tuple[int, ...]
    failed: tuple[int, ...]
    interrupted: tuple[str, ...]
    unknown: tuple[str, ...]
