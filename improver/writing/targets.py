"""Where tests see too little: a file's mutants that live, its functions, and what is known of calls of them (pure)."""

import ast
import functools
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Case, Experiments, Exploration, Mutant, MutationRun, Recording, Wanted
from improver.judging.functions import definitions
from improver.judging.inputs import Version, generated
from improver.judging.mutants import mutants_of
from improver.judging.noticing import UNREACHED
from improver.policy import Policy
from improver.ports import Layout
from improver.records import File, Receipt, Tree
from improver.source import Function, Source
from improver.writing.choice.doctests import Doctests
from improver.writing.choice.promises import Promises, announced
from improver.writing.choice.refusals import refusals_of
from improver.writing.choice.selecting import is_short
from improver.writing.choice.usage import NO_USAGE, Usage
from improver.writing.elsewhere import lines_elsewhere
from improver.writing.inputs.answered import GETATTR, looked_up
from improver.writing.inputs.entering import Entrances
from improver.writing.inputs.filing import filed
from improver.writing.inputs.following import closing, followed
from improver.writing.inputs.giving import is_given
from improver.writing.inputs.guessing import attributes, decorating, guessed, otherwise, returned
from improver.writing.inputs.harvest import Index, by_name, calls_of
from improver.writing.inputs.heard import heard_in
from improver.writing.inputs.held import given_itself
from improver.writing.inputs.illustrating import known_calls
from improver.writing.inputs.inward import parts_of
from improver.writing.inputs.misfits import Signatures
from improver.writing.inputs.operating import combined
from improver.writing.inputs.pathlike import Paths
from improver.writing.inputs.piecing import pieced
from improver.writing.inputs.reaching import from_outside, is_private, leading_to, public_home
from improver.writing.inputs.stepping import stepped
from improver.writing.inputs.storing import lying
from improver.writing.pieces import giving, required

CALLS, GENERATED = 20, 24  # of one function
EXAMPLES = "test_examples_of_docstrings.py"  # is never proposed
FEW = 4  # calls of a function known, below which more are guessed


@dataclass(frozen=True, slots=True)
class Known:
    """The calls that stand in tests."""

    index: Index
    entrances: Entrances


@dataclass(frozen=True)
class Ground:
    """What tests are written on: one base commit, and what can be found out about it."""

    tree: Tree
    layout: Layout
    policy: Policy
    experiments: Experiments
    sources: Mapping[str, Source]  # the product's files that may be tested
    tests: Sequence[Source]
    doubtful: frozenset[str] = frozenset()  # functions whose behaviour may be a mistake: no test holds on to it
    late: Callable[[], bool] = lambda: False  # asked before each trial
    formats: Callable[[str, bytes, bytes], bytes] = lambda _path, _like, data: data  # by the formatter that `like` kept

    @property
    def recording(self) -> Recording:
        """Return what the suite calls."""
        return self.experiments.recording()

    @property
    def index(self) -> Index:
        """Return the calls that stand in tests."""
        return self.known.index

    @functools.cached_property
    def known(self) -> Known:
        """Return the calls that stand in tests, by what is called and by what they lead to."""
        calls = calls_of(self.tests)
        return Known(by_name(calls), Entrances.of(self.sources.values(), self.recording, calls))

    @functools.cached_property
    def usage(self) -> Usage:
        """Return what tests and the product itself give the product's functions."""
        product = [*self.sources.values()]
        usage = Usage.of(Signatures.of(product), self.index, product)
        called = {name for name, tests in self.recording.impact.items() if tests}
        return replace(
            usage,
            refusals=refusals_of(self.tests),
            heard=heard_in(self.recording.kinds, product),
            ran=None if self.recording.trouble else self.recording.outside | called,
            announced=announced(product),
        )

    @functools.cached_property
    def doctests(self) -> Doctests:
        """Return the examples in docstrings that the project's own test run makes."""
        return Doctests.of([*self.sources.values()], self.tree, self.layout)

    @functools.cached_property
    def promises(self) -> Promises:
        """Return what others may rely on."""
        return Promises.of([*self.sources.values()], self.tests, self.tree, self.layout)

    @functools.cached_property
    def parts(self) -> frozenset[str]:
        """Return the functions that tests know only by what calls them, and so do new ones."""
        known = self.promises.used | self.usage.announced
        return parts_of(self.sources.values(), known, self.recording.impact)

    def worthy(self, cases: Sequence[Case]) -> list[Case]:
        """Return the calls that no docstring makes, of what others may rely on, with checks of what they may see."""
        return self.promises.kept(self.doctests.without(cases))

    def tests_of(self, path: str) -> tuple[str, ...]:
        """Return the tests that run a function of the file, shortest first."""
        known = {
            test for name, tests in self.recording.impact.items() if name.startswith(f"{path}::") for test in tests
        }
        return tuple(sorted(known, key=lambda test: (self.recording.seconds.get(test, 0.0), test)))


@dataclass(frozen=True, slots=True)
class Weak:
    """One file, its mutants, and what base's tests make of them; `around` and `usage` are of the whole product.

    `elsewhere` are the mutants that no test could notice here: another Python, or another system, runs those lines.
    `shown` are those that examples in docstrings notice, which the project's own test run makes.
    """

    source: Source
    mutants: tuple[Mutant, ...]
    run: MutationRun
    around: Mapping[str, Source] = field(default_factory=dict)
    usage: Usage = NO_USAGE
    elsewhere: tuple[Mutant, ...] = ()
    shown: frozenset[str] = frozenset()

    @property
    def living(self) -> tuple[Mutant, ...]:
        """Return the mutants that live, those on covered lines first."""
        covered = frozenset(self.run.survived) - self.shown
        unreached = {name for name, why in self.run.undecided.items() if why == UNREACHED} - self.shown
        return (
            *(one for one in self.mutants if one.name in covered),
            *(one for one in self.mutants if one.name in unreached),
        )

    def node_of(self, function: str) -> Function:
        """Return the definition of `function` ("path::qualname"), in the file or in one around it."""
        path, _, name = function.partition("::")
        return giving(definitions(self.around.get(path, self.source))[name])


def weak_spots(ground: Ground, path: str, limit: int) -> Weak:
    """Try at most `limit` mutants of the file's functions on the tests that run them."""
    source = ground.sources[path]
    names = [name for name in definitions(source) if f"{path}::{name}" not in ground.doubtful]
    made = mutants_of(source, names, limit)
    lines = lines_elsewhere(source, ground.layout.version, sys.platform)
    mutants, others = (tuple(one for one in made if (one.line in lines) is is_other) for is_other in (False, True))
    weak = Weak(source, mutants, _tried(ground, path, mutants), ground.sources, ground.usage, others)
    if renamed := ground.recording.renamed:
        weak = replace(weak, run=_tried_by_others(ground, weak, weak.living, renamed))
    on_import = [one for one in weak.living if one.function in ground.recording.outside]
    weak = replace(weak, run=_tried_by_others(ground, weak, on_import, ()))
    return replace(weak, shown=_shown(ground, weak.living))


def _tried(ground: Ground, path: str, mutants: tuple[Mutant, ...]) -> MutationRun:
    tests = ground.tests_of(path)
    if tests and mutants:
        return ground.experiments.mutate(ground.tree, mutants, tests)
    why = dict.fromkeys((one.name for one in mutants), UNREACHED)
    return MutationRun({}, (), why, ground.recording.receipt)


def _tried_by_others(ground: Ground, weak: Weak, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
    """Return what came of the mutants once these were tried on tests of which nobody knows whether they run them.

    Those have other ids in each run; or they are all, by (), which may see what came of a function on import.
    """
    if not mutants:
        return weak.run
    more = ground.experiments.mutate(ground.tree, mutants, tests)
    unknown = {name: why for name, why in more.undecided.items() if why != UNREACHED}
    unknown |= {one.name: more.trouble for one in mutants if more.trouble}
    killed = {**weak.run.killed, **more.killed}
    survived = tuple(name for name in weak.run.survived if name not in killed and name not in unknown)
    undecided = {name: why for name, why in {**weak.run.undecided, **unknown}.items() if name not in killed}
    return replace(weak.run, killed=killed, survived=survived, undecided=undecided)


def _shown(ground: Ground, living: Sequence[Mutant]) -> frozenset[str]:
    """Return the mutants that examples in docstrings notice."""
    text = ground.doctests.test_file
    if not text or not living or not ground.tests:
        return frozenset()
    folder = ground.tests[0].path.rpartition("/")[0]
    path = f"{folder}/{EXAMPLES}" if folder else EXAMPLES
    run = ground.experiments.mutate({**ground.tree, path: File(text.encode())}, living, (path,))
    return frozenset(run.killed)


def explore(ground: Ground, weak: Weak) -> Exploration:
    """Find calls that notice what lives."""
    wanted = [one for one in _leading(ground, weak) if one.texts or one.calls]
    if not wanted:
        return Exploration((), (), {}, Receipt(("explore",)), "nothing is known of any call" if weak.living else "")
    return ground.experiments.explore(ground.tree, wanted, weak.living)


def _leading(ground: Ground, weak: Weak) -> Iterator[Wanted]:
    """Yield what is known of calls that lead to what lives, of the file's own functions and of others'."""
    module = ground.layout.module_of(weak.source.path) or ""
    living = {mutant.function.partition("::")[2] for mutant in weak.living}
    inner = living if is_private(module) else {one.partition("::")[2] for one in ground.parts}
    names = leading_to(living, weak.source, inner)
    yield from wanted_of(ground, weak.source, names | closing(weak.source, names))
    yield from _entering(ground, weak)
    others = [source for path, source in ground.sources.items() if path != weak.source.path]
    for path, callers in from_outside(names, module, others).items():
        yield from wanted_of(ground, ground.sources[path], callers)


def _entering(ground: Ground, weak: Weak) -> Iterator[Wanted]:
    """Yield calls of other functions in tests that run what lives, for those first of which most faults live."""
    counts, entrances = Counter(mutant.function for mutant in weak.living), ground.known.entrances
    for function, _ in counts.most_common():
        constants = _constants([weak.node_of(function)])
        for owner, cases in entrances.indirect(function).items():
            yield Wanted(owner, cases, (), constants, function)


def wanted_of(ground: Ground, source: Source, names: Collection[str]) -> Iterator[Wanted]:
    """Yield what is known of calls of those functions of the file that a test may call."""
    module = ground.layout.module_of(source.path)
    if module is None:
        return
    home = public_home(module)
    reads, paths = attributes(source, home, ground.index), Paths.of(source)
    for name, nodes in definitions(source).items():
        function = f"{source.path}::{name}"
        if name not in names:
            continue
        if (is_private(name) or function in ground.parts) and not is_given(source, home, name, ground.index):
            yield Wanted(function, tuple(reads.get(function, ())))
            continue
        bare = _barest(function, home, nodes[-1])
        known = known_calls(ground.index, source, home, function)
        known += (*given_itself(source, home, function)[:FEW],)
        texts = (*bare, *known, *ground.known.entrances.direct(function))
        calls = [("recorded", data) for data in ground.recording.calls.get(function, ())[:CALLS]]
        if len(calls) < CALLS and _stands_alone(name, nodes[-1]) and nodes[-1].args.args:
            made = generated(Version(nodes[-1], nodes[-1], nodes[-1]), GENERATED)
            calls += [("generated", one.data) for one in made if not one.loose]
        if len(texts) < FEW and ("." in name or len(texts) + len(calls) < FEW):  # objects may not be written
            texts += tuple(guessed(source, home, function, ground.index))
        texts += (*otherwise(source, home, function, ground.index), *decorating(source, home, function))
        texts += tuple(returned(source, home, function, ground.index))
        texts += tuple(followed(source, function, known, ground.index))
        texts += (*combined(source, home, function, ground.index), *stepped(source, home, function, ground.index))
        texts += (*pieced(texts), *filed(texts))
        texts = (*lying(source, paths, home, function, ground.index), *texts)
        short = tuple(one for one in texts if is_short(one))
        yield Wanted(function, short or texts, tuple(calls), _constants(nodes))


def _stands_alone(name: str, node: Function) -> bool:
    return "." not in name or any(getattr(one, "id", "") == "staticmethod" for one in node.decorator_list)


def _barest(function: str, home: str, node: Function) -> tuple[Case, ...]:
    """Return the call without arguments of a plain function that can be called so, and was not made for that alone.

    A module's own `__getattr__` is asked for names.
    """
    name = function.partition("::")[2]
    if name == GETATTR:
        return looked_up(function, home, node)
    fits = "." not in name and bool(node.args.defaults) and not required(node) and None not in node.args.kw_defaults
    return (Case(function, f"{name}()", ((home, name),)),) if fits else ()


def _constants(nodes: Sequence[Function]) -> tuple[object, ...]:
    """Return the constants that stand in the function's code, whole numbers with their neighbours."""
    found: dict[str, object] = {}
    roots = [one for node in nodes for one in (*node.body, *node.args.defaults, *node.args.kw_defaults) if one]
    for node in (inner for root in roots for inner in ast.walk(root)):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, str, bytes):
            near = (node.value, node.value + 1, node.value - 1) if type(node.value) is int else (node.value,)
            found |= {repr(value): value for value in near}
    return tuple(found.values())[:30]
