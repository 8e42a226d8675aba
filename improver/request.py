"""What a run is asked for, who carries it, and what it tells on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from improver.codemod import Codemod
from improver.deciding import Decides, Rules
from improver.gate import Gate


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: at most `maximum` proposals, only these rules (globs); nothing is kept on a dry run.

    `waiting` is how many proposals a human has not decided about yet; findings with a key in `apart` share none.
    """

    maximum: int
    only: tuple[str, ...] = ()
    dry_run: bool = False
    waiting: int = 0
    apart: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of progress: a mark (ok, no, skip, note, loud; busy: only while it lasts), a stage, what happened."""

    mark: str
    stage: str
    text: str


@dataclass(frozen=True, slots=True)
class Crew:
    """What changes and what judges, who is told, and who decides what is tried."""

    codemods: Sequence[Codemod]
    gates: Sequence[Gate]
    tell: Callable[[Event], None]
    decides: Decides = field(default_factory=Rules)
