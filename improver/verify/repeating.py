"""Repeat tests in fresh sandboxed processes under other circumstances, and find out what the base is not to blame for.

The outcomes of each round are compared with those of one straight run of the same tests. What differs is looked for
on the base under the same circumstances, and then under each circumstance alone.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from improver.experiments import Repetition
from improver.ports import SuiteRun
from improver.records import Receipt, Tree
from improver.verify.circumstances import ALONE, Round, environment, named, rounds, wishes
from improver.verify.job import Job, Limits
from improver.verify.suite import Rig, Stage, staged, verdict, write_judge

PART = 10  # the tests of all rounds may be expected to take this part of a trial's seconds; starting and blaming more
MOST = 200  # tests named one by one
LONERS = 5  # new tests that also run alone
PATIENCE_SECONDS, PATIENCE_FACTOR = 20, 10  # a round's time: this much, and this many times the straight run's
WHOLE_RUN = "[the whole run]"
AGAIN = "nothing else: the same run again"
LIMITS_OF_IT = "no circumstance shifts monotonic clocks, file times, child processes or generators of one's own"
Names = frozenset[str]


@dataclass
class Session:
    """Runs of the same tests on one exported tree; `spent` and `patience` (of one run) are wall clock in seconds."""

    rig: Rig
    stage: Stage
    tree: Tree
    tests: tuple[str, ...]
    spent: float = 0.0
    patience: float = math.inf
    ran: list[Round] = field(default_factory=list)

    def run(self, together: Round, tests: tuple[str, ...] = ()) -> SuiteRun:
        """Run the tests under these circumstances in a process of their own."""
        rig, stage = self.rig, self.stage
        places = [f"{stage.tree}/{test}" for test in tests or self.tests]  # the working directory may be another
        spec = {"modules": (), "cover": False, "tests": places, "circumstance": wishes(together)}
        write_judge(rig, stage, spec, self.tree)
        guest = stage.folder / "repeater.py"
        guest.write_bytes(Path(__file__).with_name(guest.name).read_bytes())
        guest.chmod(0o644)
        limits = Limits.of(rig.policy.gates.suite)
        left = min(rig.policy.gates.trials.seconds - self.spent, self.patience, limits.seconds)
        job = Job(
            (*seen_python(rig), f"{stage.judge}/repeater.py", f"{stage.judge}/spec.json"),
            stage.mounts,
            replace(limits, seconds=max(1, round(left))),
            environment(together),
            report=True,
        )
        ended = rig.sandbox.run(job)
        self.spent += ended.seconds
        self.ran.append(together)
        return verdict(rig, job, ended, stage.tree)


def seen_python(rig: Rig) -> tuple[str, ...]:
    """Return the interpreter as one that obeys the environment, all of which is ours: -I would ignore hash seeds."""
    safe_path = ("-P",) if rig.interpreter.version >= (3, 11, 0) else ()
    return (rig.interpreter.python, "-s", *safe_path, "-B")


@contextmanager
def session(rig: Rig, tree: Tree, tests: tuple[str, ...]) -> Iterator[Session]:
    """Export `tree` once for many runs of `tests`."""
    with staged(rig, tree) as stage:
        yield Session(rig, stage, tree, tests)


@dataclass(frozen=True)
class Repeater:
    """Repeats tests of candidates of one base; `known` keeps which outcomes differ at base, by tests and round."""

    rig: Rig
    base: Tree
    baseline: SuiteRun
    known: dict[tuple[tuple[str, ...], str], Names] = field(default_factory=dict)

    def repeated(self, tree: Tree, tests: Sequence[str], seconds: Mapping[str, float]) -> Repetition:
        """Run `tests`, node ids or whole files, of `tree`, as many of them as there is time for."""
        trials = self.rig.policy.gates.trials
        chosen = affordable(tests, seconds, trials.seconds / PART / trials.repetitions)
        with session(self.rig, tree, chosen) as at:
            straight = at.run(())
            if straight.trouble:
                return Repetition(0, (), {}, receipt(at, straight, ()), straight.trouble)
            found = _Found(self, at, straight)
            found.look_at_rounds()
            found.look_at_loners()
        names = tuple(dict.fromkeys(one.name for together in at.ran for one in together))
        count = sum(not test.startswith("[") for test in straight.manifest)
        cut = len(chosen) < len(set(tests))  # how many depends on how fast the recorded run was: a note, not a count
        notes = (f"{count} tests: {len(chosen)} of the {len(set(tests))} asked for", LIMITS_OF_IT, *found.notes)
        said = receipt(at, straight, notes)
        counts = {**said.counts, **({"cut": 1} if cut else {"tests": count})}
        return Repetition(count, names, found.unsteady, replace(said, counts=counts), found.doubt)

    def at_base(self, tests: tuple[str, ...], together: Round) -> Names:
        """Return the tests of the base whose outcome differs in that round too; `together` empty: in the same run."""
        args = tuple(test for test in tests if self._has(test))
        if not args:
            return frozenset()
        key = args, named(together)
        if key not in self.known:
            with session(self.rig, self.base, args) as at:
                straight = at.run(())
                if straight.trouble:
                    return frozenset()  # nothing is known of the base, which excuses nobody
                times = 1 if together else self.rig.policy.gates.trials.repetitions
                runs = [at.run(together) for _ in range(times)]
            self.known[key] = frozenset().union(*(differing(straight, run) for run in runs))
        return self.known[key]

    def _has(self, test: str) -> bool:
        return test in self.baseline.manifest if "::" in test else test in self.base


class _Found:
    """What the rounds of one candidate showed so far."""

    def __init__(self, repeater: Repeater, at: Session, straight: SuiteRun) -> None:
        self.repeater, self.at, self.straight = repeater, at, straight
        self.unsteady: dict[str, tuple[str, ...]] = {}
        self.notes: list[str] = []
        self.doubt = ""

    def look_at_rounds(self) -> None:
        """Run the rounds until one shows what the candidate is to blame for, or time is up."""
        trials = self.repeater.rig.policy.gates.trials
        self.at.patience = PATIENCE_SECONDS + PATIENCE_FACTOR * self.straight.receipt.seconds
        seed = int.from_bytes(hashlib.sha256("\n".join(self.at.tests).encode()).digest()[:4], "big")
        for together in islice(rounds(seed), trials.repetitions - 1):
            if self.unsteady:
                return
            if trials.seconds - self.at.spent < self.at.patience:
                self.doubt = self.doubt or f"time was up before {named(together)}"
                return
            self._blame(together, differing(self.straight, self.at.run(together)))

    def look_at_loners(self) -> None:
        """Run new tests alone."""
        new = [test for test in self.straight.manifest if self._is_new(test)]
        for test in new[:LONERS] if len(self.straight.manifest) > 1 and not self.unsteady else []:
            if differing(self.straight, self.at.run((ALONE,), (test,))) & {test, WHOLE_RUN}:
                self.unsteady[test] = (ALONE.name,)

    def _blame(self, together: Round, suspects: Names) -> None:
        """Note what of `suspects` is the candidate's, and under which of the circumstances."""
        if any(not self._is_new(test) for test in suspects):
            suspects -= (steady := self.repeater.at_base(self.at.tests, together))
            self.notes += [f"{test}: as unsteady at base, {named(together)}" for test in sorted(steady)]
        if not suspects:
            return
        wavering = differing(self.straight, self.at.run(())) & suspects
        for one in together:
            for test in differing(self.straight, self.at.run((one,))) & (suspects - wavering):
                self.unsteady[test] = (*self.unsteady.get(test, ()), one.name)
        rest = suspects - self.unsteady.keys() - wavering
        both = differing(self.straight, self.at.run(together)) & rest if rest else frozenset()
        self.unsteady.update({test: (named(together),) for test in both})
        self._judge_wavering(wavering | (rest - both), wavering)

    def _judge_wavering(self, tests: Names, seen: Names) -> None:
        """Blame the candidate for what differs without a circumstance, if it does so more than once or is new."""
        at_base = self.repeater.at_base(self.at.tests, ()) if tests else frozenset()
        for test in tests - at_base:
            if test in seen or self._is_new(test):
                self.unsteady[test] = (AGAIN,)
            else:
                self.doubt = f"{test} ended otherwise once, and not again"

    def _is_new(self, test: str) -> bool:
        return not test.startswith("[") and test not in self.repeater.baseline.manifest


def affordable(tests: Iterable[str], seconds: Mapping[str, float], budget: float) -> tuple[str, ...]:
    """Return all files, then the shortest tests that together take `budget` seconds, one test at least."""
    wanted = list(dict.fromkeys(tests))
    files = [test for test in wanted if "::" not in test]
    chosen: list[str] = []
    for test in sorted((test for test in wanted if "::" in test), key=lambda test: (seconds.get(test, 0.0), test)):
        budget -= seconds.get(test, 0.0)
        if (budget < 0 and (chosen or files)) or len(chosen) == MOST:
            break
        chosen.append(test)
    return (*files, *chosen)


def differing(straight: SuiteRun, run: SuiteRun) -> Names:
    """Return the tests that ended otherwise in `run`; of a run without a verdict, the run as a whole."""
    if run.trouble:
        return frozenset({WHOLE_RUN})
    names = straight.manifest.keys() | run.manifest.keys()
    return frozenset(name for name in names if _kind(straight, name) != _kind(run, name))


def _kind(run: SuiteRun, name: str) -> str:
    """Return an outcome without the reason of a skip or an expected failure, which may well name the circumstance."""
    entry = run.manifest.get(name, "not there")
    return entry.split(": ", 1)[0] if entry.startswith(("skipped: ", "xfailed: ")) else entry


def receipt(at: Session, straight: SuiteRun, notes: Iterable[str]) -> Receipt:
    """Return the receipt of all runs of a session: the straight run's, with what was counted over all."""
    told = "\n".join(f"{named(together)}" for together in at.ran) + f"\n{straight.receipt.digest}"
    digest = hashlib.sha256(told.encode()).hexdigest()
    return replace(
        straight.receipt,
        seconds=at.spent,
        counts={"runs": len(at.ran)},
        digest=digest,
        notes=(*straight.receipt.notes, *notes),
    )
