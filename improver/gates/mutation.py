"""Mutation: the tests notice no fewer small faults in what a change touches than before, and a new test notices more.

A mutant is *unnoticed* when every test lets it live, by running it or by not running it. A change of the product fails

- when a mutant lives whose likes at base (the same fault in the same function) were all killed;
- when there are more lines than at base of which the tests notice nothing, each with faults that none lived before;
- when more mutants are unnoticed than at base and they are also a larger share: removed code alone only raises the
  share, and new code that is tested as well as the old only raises the number.

Of a behaviour change the last two only ask a human, and a person's change is never refused for a single mutant: that
it lives may also mean that the code has become more robust. Where only tests change, a mutant that base's tests kill
and the changed ones let live is a failure, and a new test must kill one that base's tests let live, or at least run
one that they do not.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from improver.experiments import Mutant, Recording
from improver.gate import Candidate, Example, gate
from improver.judging.functions import touched
from improver.judging.mutants import mutants_of
from improver.judging.noticing import Side, blind_lines, fewer_noticed, lost, one_a_line, told
from improver.judging.overlay import under_base_configuration
from improver.judging.reach import about
from improver.records import GateResult, Receipt, Safety, Tree
from improver.source import Source

Places = Mapping[str, Collection[int]]
QUOTED, FILE = re.compile(r"`([^`]+?)(?:\.\.\.\)?)?`"), re.compile(r"[\w./-]+\.py\b")  # code may be cut at its end
CLAIM = "the tests notice as many small faults in what is touched as before"
TEST_CLAIM = "the tests notice every small fault that they noticed before"
NEW_CLAIM = f"{TEST_CLAIM}, and one more"
NO_LONGER = "no test notices it any more"
UNNOTICED = "no test notices it"

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea):\n    return sea - 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@gate(
    cost=120,
    passes=Example(_BASE, {"pier/a.py": "def depth(sea):\n    return -1 + sea\n"}),
    fails=Example(
        _BASE, {"pier/a.py": "def depth(sea):\n    if sea > 900:\n        return sea - 2\n    return sea - 1\n"}
    ),
)
def mutation(candidate: Candidate) -> GateResult:
    """Would the tests notice?"""
    safety, policy = candidate.change.safety, candidate.policy
    if safety in {Safety.PROVED, Safety.CONFINED}:
        return candidate.abstains(CLAIM, candidate.inspected({}), f"a {safety.value} change is judged by its proof")
    edits = candidate.change.edits
    if edits and all(policy.is_test(edit.path) for edit in edits):
        return _of_tests(candidate)
    return _of_product(candidate)


# --- a change of the product --------------------------------------------------------------------------------------


def _of_product(candidate: Candidate) -> GateResult:
    found = touched(candidate)
    limit = candidate.policy.gates.trials.mutants
    before = _mutants(candidate.base, (*found.changed, *found.removed), limit)
    after = _mutants(candidate.tree, found.present, limit)
    if not before and not after:
        return candidate.abstains(CLAIM, candidate.inspected({"mutants": 0}), "there is nothing in it to mutate")
    recording = candidate.bench.experiments.recording()
    tests = _tests(candidate, recording, {*found.changed, *found.removed, *found.added})
    old = _side(candidate, candidate.base, before, tests)
    new = _side(candidate, under_base_configuration(candidate), after, tests)
    receipt = _receipt(candidate, old, new)
    if trouble := old.run.trouble or new.run.trouble:
        return candidate.abstains(CLAIM, receipt, trouble)
    if before and not old.run.killed and not new.run.killed:
        return candidate.abstains(CLAIM, receipt, "no test notices anything of what is touched, before or after")
    if gone := lost(old, new):
        asks = candidate.change.author == "human"
        return (candidate.escalates if asks else candidate.fails)(CLAIM, receipt, *told(gone, NO_LONGER))
    if reasons := told(blind_lines(old, new) or fewer_noticed(old, new), UNNOTICED):
        asks = candidate.change.safety is Safety.BEHAVIOUR_CHANGE
        return (candidate.escalates if asks else candidate.fails)(CLAIM, receipt, *reasons)
    return candidate.passes(CLAIM, receipt, *told(one_a_line(new.unnoticed), UNNOTICED))


def _tests(candidate: Candidate, recording: Recording, functions: Iterable[str]) -> tuple[str, ...]:
    """Return the tests that ran one of `functions` at base and the test files that change; () for every test.

    Of those that have other ids in each run nobody knows what they ran.
    """
    known = {test for name in functions for test in recording.impact.get(name, ())}
    if recording.trouble or not known:
        return ()
    return (
        *sorted(known),
        *recording.renamed,
        *(path for path in candidate.change.paths if candidate.policy.is_test(path)),
    )


def _mutants(tree: Tree, functions: Iterable[str], limit: int, places: Places | None = None) -> tuple[Mutant, ...]:
    """Return at most `limit` mutants of `functions` ("path::qualname") in `tree`, each file with its part.

    Where `places` are given, lines by the path of each file, only those may have any.
    """
    names: dict[str, list[str]] = {}
    for function in functions:
        path, _, name = function.partition("::")
        names.setdefault(path, []).append(name)
    made: list[Mutant] = []
    for rank, path in enumerate(sorted(names)):
        source = Source.read(path, tree[path].data) if path in tree else None
        lines = None if places is None else places.get(path, ())
        if isinstance(source, Source):
            made += mutants_of(source, names[path], (limit - len(made)) // (len(names) - rank), lines)
    return tuple(made)


def _side(candidate: Candidate, tree: Tree, mutants: tuple[Mutant, ...], tests: tuple[str, ...]) -> Side:
    return Side(mutants, candidate.bench.experiments.mutate(tree, mutants, tests))


def _receipt(candidate: Candidate, old: Side, new: Side) -> Receipt:
    counts = {
        "mutants": len(new.mutants),
        "killed": len(new.run.killed),
        "unnoticed": len(new.unnoticed),
        "mutants_at_base": len(old.mutants),
        "killed_at_base": len(old.run.killed),
        "unnoticed_at_base": len(old.unnoticed),
    }
    seconds = old.run.receipt.seconds + new.run.receipt.seconds
    read = candidate.inspected(counts)
    return replace(new.run.receipt, counts=counts, seconds=seconds, digest=read.digest)


# --- a change of tests alone --------------------------------------------------------------------------------------


def _of_tests(candidate: Candidate) -> GateResult:
    claim = NEW_CLAIM if candidate.change.safety is Safety.NEW_TEST else TEST_CLAIM
    recording = candidate.bench.experiments.recording()
    circles = about(candidate, recording.impact)
    limit = candidate.policy.gates.trials.mutants
    mutants = _asked(candidate, circles, limit)
    if not mutants:
        return candidate.abstains(claim, candidate.inspected({"mutants": 0}), "the tests name nothing to mutate")
    tests = _tests(candidate, recording, set().union(*circles))
    old = _side(candidate, candidate.base, mutants, tests)
    new = _side(candidate, under_base_configuration(candidate), mutants, tests)
    receipt = _receipt(candidate, old, new)
    if trouble := old.run.trouble or new.run.trouble:
        return candidate.abstains(claim, receipt, trouble)
    gone = one_a_line(old.run.killed.keys() & new.unnoticed)
    if gone:
        return candidate.fails(claim, receipt, *told(gone, NO_LONGER))
    if claim == TEST_CLAIM:
        return candidate.passes(claim, receipt)
    return _news(candidate, receipt, (old, new), len(mutants) >= limit)


def _asked(candidate: Candidate, circles: Sequence[Iterable[str]], limit: int) -> tuple[Mutant, ...]:
    """Return at most `limit` mutants of what tests are about, of the nearest functions first.

    Half of them may be of lines that hold code which a new test quotes: a few faults of many would seldom be those that
    it is about. What it says decides nothing else; whether anything notices them is found out.
    """
    is_new, near = candidate.change.safety is Safety.NEW_TEST, sorted(frozenset[str]().union(*circles))
    places = _spoken_of(candidate, near) if is_new else {}
    made = [*_mutants(candidate.base, [name for name in near if name.partition("::")[0] in places], limit // 2, places)]
    for circle in circles if len(made) < limit else ():
        known = {one.name for one in made} | {one.source for one in made}
        fresh = [one for one in _mutants(candidate.base, circle, limit) if known.isdisjoint((one.name, one.source))]
        made += fresh[: limit - len(made)]
    return tuple(made)


def _spoken_of(candidate: Candidate, functions: Iterable[str]) -> Places:
    """Return the lines that hold what a new line of a test quotes first, of the files that it names or of all."""
    found: dict[str, set[int]] = {}
    paths = sorted({function.partition("::")[0] for function in functions})
    sources = [source for path in paths if (source := _product(candidate, path)) is not None]
    for line in _new_lines(candidate):
        quoted, files = QUOTED.search(line), tuple(f"/{name}" for name in FILE.findall(line))
        for source in sources if quoted else ():
            if not files or f"/{source.path}".endswith(files):
                lines = {at for at, text in enumerate(source.lines, 1) if quoted and quoted[1] in text}
                found[source.path] = found.get(source.path, set()) | lines
    return {path: lines for path, lines in found.items() if lines}


def _product(candidate: Candidate, path: str) -> Source | None:
    source = Source.read(path, candidate.base[path].data) if path in candidate.base else None
    return source if isinstance(source, Source) else None


def _new_lines(candidate: Candidate) -> Iterator[str]:
    """Yield the lines of the changed tests that they did not have before."""
    for edit in candidate.change.edits:
        before, after = candidate.before(edit.path), candidate.after(edit.path)
        known = {*before.text.splitlines()} if before else set()
        yield from (line for line in (after.text.splitlines() if after else ()) if line not in known)


def _new_to_all(candidate: Candidate, old: Side, names: frozenset[str]) -> frozenset[str]:
    """Return which of these mutants no test of base notices: what a function did on import any of them may see."""
    doubted = tuple(one for one in old.mutants if one.name in names & _on_import(candidate, old))
    known = _side(candidate, candidate.base, doubted, ()).unnoticed if doubted else frozenset[str]()
    return names - {one.name for one in doubted if one.name not in known}


def _on_import(candidate: Candidate, side: Side) -> frozenset[str]:
    """Return the mutants of functions that ran on import, or between tests."""
    outside = candidate.bench.experiments.recording().outside
    return frozenset(one.name for one in side.mutants if one.function in outside)


def _news(candidate: Candidate, receipt: Receipt, sides: tuple[Side, Side], is_part: bool) -> GateResult:  # noqa: FBT001
    """Rule on a new test by what it shows that base's tests do not."""
    old, new = sides
    killed = one_a_line(_new_to_all(candidate, old, old.unnoticed & new.run.killed.keys()))
    if killed:
        return candidate.passes(NEW_CLAIM, receipt, *told(killed, "noticed now, and not before"))
    run = one_a_line((old.unreached & set(new.run.survived)) - _on_import(candidate, old))
    if run:
        note = "no mutant that lived before is killed; the new tests only run lines that no test ran"
        return candidate.passes(NEW_CLAIM, receipt, note, *told(run, "run now, and not before"))
    if is_part:
        reason = f"kills nothing new among the {len(new.mutants)} mutants that were tried; there are more"
        return candidate.abstains(NEW_CLAIM, receipt, reason)
    return candidate.fails(NEW_CLAIM, receipt, f"kills nothing new: {len(new.mutants)} mutants were tried")
