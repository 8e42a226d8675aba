"""What gates may find out by running code, beyond the suite: recorded calls, replays, mutants, repetitions, slopes.

A function is named "path::qualname" (``pkg/calc.py::Box.area``) and a test by its pytest node id, everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from improver.records import Receipt, Tree


@dataclass(frozen=True, slots=True)
class Recording:
    """What one run of the base's suite called.

    `impact` maps a function to the tests that ran it, shortest first, `seconds` a test to its duration. `calls` maps
    a function to pickles of (args, kwargs), which only a sandbox may load: those of the innermost function, self and
    cls and filled-in defaults included. `left_out` counts calls that were not kept, by reason (unpicklable, huge,
    secret-looking, differs). `outside` are functions that also, or only, ran while no test did, or on import: any
    test may depend on them. A function that contains another one counts as run where that one is. `renamed` are tests
    that have other ids in each run: nothing else here knows of them. `kinds` maps a function to the names of the types
    that some of its calls gave each parameter ("name[]" is what is in its lists, "name''" what its texts begin with):
    a hint, nothing is judged by it.
    """

    impact: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]
    calls: Mapping[str, tuple[bytes, ...]]
    left_out: Mapping[str, int]
    receipt: Receipt
    trouble: str = ""  # why there is no recording; "" when there is one
    outside: frozenset[str] = frozenset()
    renamed: tuple[str, ...] = ()
    kinds: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Old against new on the same inputs, each side in a process of its own without pytest.

    `equal` counts, by function, inputs with the same outcome on both sides. `differences` are sentences that name a
    counterexample. `undecided` counts inputs that decide nothing, by reason (such as: differs on every run).
    """

    equal: Mapping[str, int]
    differences: tuple[str, ...]
    undecided: Mapping[str, int]
    receipt: Receipt
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """The warm first look at one change: it may refuse, never accept.

    `refused` names the first test with another outcome and what it said. `cold` says why this change cannot be judged
    warm. Both empty: nothing was noticed.
    """

    refused: str = ""
    cold: str = ""
    tests: int = 0  # impacted tests that ran
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault in one function; `name` ("path:line: `>` → `>=`") tells a human all of it."""

    name: str
    path: str
    line: int
    function: str
    source: bytes  # the whole mutated file


@dataclass(frozen=True, slots=True)
class MutationRun:
    """What the tests noticed: `killed` maps a mutant's name to the test that failed, or to "timeout"."""

    killed: Mapping[str, str]
    survived: tuple[str, ...]
    undecided: Mapping[str, str]  # name -> why: no test runs it, it broke the collection, ...
    receipt: Receipt
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Repetition:
    """The same tests in fresh processes, each under another circumstance (hash seed, order, directory, zone, clock).

    `unsteady` maps a test to the circumstances under which its outcome differed.
    """

    tests: int
    circumstances: tuple[str, ...]
    unsteady: Mapping[str, tuple[str, ...]]
    receipt: Receipt
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Growth:
    """What one function costs on both sides as its recorded input is made 1, 2 and 4 times as large.

    Costs are counts of executed instructions and of comparisons, which do not depend on the machine's load, or
    microseconds of processor time: a noisy measure of which only a confirmed difference in slope is told.
    """

    function: str
    base: tuple[int, ...]
    candidate: tuple[int, ...]
    unit: str = "steps"  # or "microseconds"


@dataclass(frozen=True, slots=True)
class Scaling:
    """Growth of every touched function that has a recorded call whose input can be made larger."""

    grown: tuple[Growth, ...]
    receipt: Receipt
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One call of `function`, written as source, and what a test can demand of it.

    `imports` are (module, name) and, where it is bound to another name, that; the name "" imports the module.
    `prelude` are definitions of a test file that the call uses, `setup` statements before it. Each of `checks` is
    (kind, subject, expected): kinds are is, eq, approx, raises with a type and a pattern, which comes first, and warns,
    which does so too, with the code of its pattern, or of None; the call's value is `result`, what it raises `error`,
    and `capsys` has what it prints. `way` is how that value is come by in an event loop, "" where none
    is needed: loop (it stands there with the call), coroutine, awaitable, iterable (its items), context (what entering
    it gives, as long as it is open), and context.METHOD (that of what this method of it gives).
    """

    function: str
    call: str
    imports: tuple[tuple[str, ...], ...] = ()
    prelude: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    # text, recorded, generated, varied, strange (an argument of a type that nobody gives), after (another method of the
    # object, once the function has been called in the setup)
    origin: str = "text"
    checks: tuple[tuple[str, str, str], ...] = ()
    gives: str = ""  # name of the type of its value
    kills: frozenset[str] = frozenset()  # names of mutants that fail its checks
    shows: tuple[frozenset[str], ...] = ()  # which of them each check notices
    hangs: frozenset[str] = frozenset()  # names of mutants that take too long
    way: str = ""
    unlike: tuple[tuple[str, str], ...] = ()  # methods that differ from those of the container they look like, and how
    asks: tuple[str, ...] = ()  # fixtures that a test asks for, in place of statements that do the same

    def untold(self) -> "Case":
        """Return the case as one of which nothing has been found out yet: neither what it comes to nor who notices."""
        return replace(self, checks=(), gives="", kills=frozenset(), shows=(), hangs=frozenset(), unlike=())


@dataclass(frozen=True, slots=True)
class Raised:
    """A call that ended in an exception: its type's name, what it says, and whether a `raise` of the product did it."""

    case: Case
    error: str
    says: str
    deliberate: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of calls of one function: texts, and pickles of (args, kwargs) with where they come from."""

    function: str
    texts: tuple[Case, ...] = ()
    calls: tuple[tuple[str, bytes], ...] = ()
    constants: tuple[object, ...] = ()  # plain values that are likely to make a difference
    about: str = ""  # the function that its calls lead to, where that is another one
    vary: bool = True  # whether variations of the calls are asked for too


@dataclass(frozen=True, slots=True)
class Exploration:
    """Calls of one file's functions that hold twice, and which of its mutants each of them notices."""

    cases: tuple[Case, ...]
    raised: tuple[Raised, ...]
    left_out: Mapping[str, str]  # function -> why no call of it can be written
    receipt: Receipt
    trouble: str = ""


class Experiments(Protocol):
    """Sandboxed runs of foreign code about one base commit; each gives a value, with `trouble` where there is none."""

    def recording(self) -> Recording:
        """Return what the base's suite calls; recorded once a base and kept by content hash."""

    def compare(self, tree: Tree, functions: Sequence[str]) -> Comparison:
        """Replay the recorded and generated inputs of `functions` on the base and on `tree`."""

    def look(self, changes: Sequence[Mapping[str, bytes | None]]) -> tuple[Look, ...]:
        """Take a warm first look at each change (new bytes by path, None deletes) with the base's tests."""

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        """Run `tests`, those that an impact map names first, of `tree` on each mutant."""

    def repeat(self, tree: Tree, tests: Sequence[str]) -> Repetition:
        """Run `tests` of `tree` again and again, each time in a fresh process under another circumstance."""

    def scale(self, tree: Tree, functions: Sequence[str]) -> Scaling:
        """Count what `functions` cost on the base and on `tree` as recorded inputs grow."""

    def explore(self, tree: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
        """Write, vary and run calls of functions of `tree`, and try on them the mutants of one file they lead to."""
