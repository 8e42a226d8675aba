"""Write a test that fails on the code before a change of behaviour and holds after it: it reproduces what is mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case, Exploration, Mutant, MutationRun, Wanted
from improver.gate import Candidate
from improver.judging.functions import definitions, touched
from improver.records import Change, Edit
from improver.verify.checking import spoken
from improver.verify.suite import is_red
from improver.writing.choice.selecting import bare
from improver.writing.drafting import Drafted, placed, writable
from improver.writing.inputs.reaching import leading_to
from improver.writing.targets import Ground, Weak, wanted_of
from improver.writing.words.wording import mended
from improver.writing.writer import file_of, node_id

TWICE = 20  # calls of one file that are made a second time


@dataclass(frozen=True, slots=True)
class _Test:
    """A test in its file, and its pytest node id."""

    edit: Edit
    name: str


def reproduced(ground: Ground, candidate: Candidate, message: str) -> Change | None:
    """Return the candidate's change with a test that fails on the base, None where no call shows it in time.

    `ground` is that of the base; `message` says what is wrong there.
    """
    change = candidate.change
    before, after = candidate.before(change.paths[0]), candidate.after(change.paths[0])
    names = {name.partition("::")[2] for name in touched(candidate).changed}
    if len(change.paths) > 1 or before is None or after is None or not names:
        return None
    there = replace(ground, tree=candidate.tree, sources={**ground.sources, after.path: after})
    line = definitions(after)[min(names)][-1].lineno
    fault = Mutant(mended(after.path, message), after.path, line, f"{after.path}::{min(names)}", before.data)
    weak = Weak(after, (fault,), MutationRun({}, (fault.name,), {}, ground.recording.receipt))
    for exploration in _explored(there, weak, names):
        for test in _tests(there, weak, exploration):
            if not there.late() and _shows(candidate, there, test):
                return replace(change, edits=(*change.edits, test.edit))
    return None


def _explored(ground: Ground, weak: Weak, names: set[str]) -> Iterator[Exploration]:
    """Yield what calls tell, each made once; then, since something may be left behind, each made twice."""
    wanted = [one for one in wanted_of(ground, weak.source, leading_to(names, weak.source)) if one.texts or one.calls]
    if not wanted or ground.late():
        return
    once = ground.experiments.explore(ground.tree, wanted, weak.mutants)
    yield once
    twice = list(_twice(once.cases))
    if twice and not ground.late():
        yield ground.experiments.explore(ground.tree, twice, weak.mutants)


def _twice(cases: Sequence[Case]) -> Iterator[Wanted]:
    """Yield the calls once more, each after itself."""
    for function in dict.fromkeys(case.function for case in cases):
        own = [bare(case) for case in cases if case.function == function][:TWICE]
        again = [replace(case, setup=(*case.setup, spoken(case.call, case.way)), origin="text", way="") for case in own]
        yield Wanted(function, tuple(again))


def _tests(ground: Ground, weak: Weak, exploration: Exploration) -> Iterator[_Test]:
    """Yield the simplest test for each test file that the calls belong to."""
    for place, cases in placed(ground, exploration.cases):
        tests, _ = writable(weak, cases, place)
        drafted = Drafted(weak, exploration, place, tuple(tests))
        data = file_of(ground, drafted, tests[:1]) if tests else None
        if data is not None:
            yield _Test(Edit.written(place.path, ground.tree, data), node_id(tests[0], drafted))


def _shows(candidate: Candidate, ground: Ground, test: _Test) -> bool:
    """Tell whether pytest, too, finds the test green after the change, again and again, and red before it."""
    new = {test.edit.path: test.edit.after} if test.edit.after else {}
    repeated = ground.experiments.repeat({**ground.tree, **new}, (test.name,))
    if repeated.trouble or repeated.unsteady:
        return False
    run = candidate.bench.suite({**candidate.base, **new}, ())
    return not run.trouble and any(is_red(ended) and name == test.name for name, ended in run.manifest.items())
