"""The bench that gates run on: the tools, the layout and the measured baseline of one base commit."""

import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from improver.errors import BaselineError, EnvironmentUnfit
from improver.experiments import Experiments
from improver.ports import Layout, Ruff, SuiteRun
from improver.records import Receipt, Tree
from improver.verify.experimenting import SandboxExperiments
from improver.verify.interpreter import Interpreter, ours
from improver.verify.job import SCRATCH_MIB, Job, Limits, Mount
from improver.verify.report import REACHED
from improver.verify.suite import GUESTS, Rig, is_red, python_argv, run_key, run_suite, staged

COMPILING = ("compiled.py", "compiler.py", "compiling.py")
JUDGE = (*GUESTS, *COMPILING, "report.py", "entries.py", "suite.py", "configuration.py")  # what makes a manifest
PATIENCE_SECONDS, PATIENCE_FACTOR = 20, 10  # a candidate's time: this much, and this many times the baseline's
NAMED = 10  # tests named in an error
WHY_CHARACTERS = 200  # of each reason in it
HOST = "list them in policies/scope.yaml (host)"
ADVICE = {  # what failed tests say of things that a sandbox has not -> what to do
    "Address family not supported": f"they need sockets: set suite.loopback in policies/gates.yaml, or {HOST}",
    "name resolution|Network is unreachable|Name or service not known|resolv.conf": f"they need a network: {HOST}",
    "Read-only file system": f"they write into the source tree: let them write to tmp_path, or {HOST}",
    "No space left on device": f"all together may write {SCRATCH_MIB} MiB: let pytest remove what passed "
    f"tests wrote (tmp_path_retention_policy = 'failed'), or {HOST}",
    "unsupported locale": f"they need a locale that is not C or C.UTF-8: {HOST}",
    "/dev/tty|Inappropriate ioctl": f"they need a terminal: {HOST}",
    "async def functions are not natively supported": "install the plugin that runs async tests in the environment",
    r"fixture '\w+' not found": "install the pytest plugins that have the fixtures in the project's environment",
    "No module named": "install what the tests import in the project's environment; what the build makes and git does "
    "not keep must be there, and named in policies/gates.yaml (suite.generated)",
}
LISTED = "list the tests as they stand here in policies/scope.yaml (host), or pass --tolerate-red"
RENAMED = "their cases have other names in each run, as what comes from a set, a clock or a draw has"
UNKNOWN = "unrecognized arguments|Unknown config option|Failed to import filter module"  # of a plugin that is not there
LAUNCH = (  # -m would put the working directory before everything else
    "import os, runpy, sys; os.chdir(sys.argv[1]); sys.argv = sys.argv[2:]; "
    "os.environ.update(MYPY_CACHE_DIR=os.environ['NOVA_SCRATCH'] + '/mypy', MYPY_NUM_WORKERS='0'); "  # no cache, alone
    "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
)
_RUN = TypeAdapter(SuiteRun)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The suite on the base tree: the first run, with covered lines, and the tests that cannot be relied on."""

    run: SuiteRun
    red: tuple[str, ...]
    flaky: tuple[str, ...]


@dataclass(frozen=True)
class SandboxBench:
    """A bench whose every run of foreign code is sandboxed."""

    ruff: Ruff
    rig: Rig
    baseline: SuiteRun
    base: Tree
    cache: Path | None = None  # where recordings are kept; None keeps none

    @property
    def layout(self) -> Layout:
        """Return the project's layout."""
        return self.rig.layout

    @functools.cached_property
    def experiments(self) -> Experiments:
        """Return what else can be found out by running code."""
        return SandboxExperiments(self.rig, self.base, self.baseline, self.cache)

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:
        """Run the whole suite on `tree` in a clean sandbox; report where `modules` were imported from.

        A candidate gets far more time than the baseline took, but no more than that: most that hang do so for ever.
        """
        suite = self.rig.policy.gates.suite
        seconds = min(suite.seconds, PATIENCE_SECONDS + round(PATIENCE_FACTOR * self.baseline.receipt.seconds))
        gates = self.rig.policy.gates.model_copy(update={"suite": suite.model_copy(update={"seconds": seconds})})
        rig = dataclasses.replace(self.rig, policy=self.rig.policy.model_copy(update={"gates": gates}))
        return run_suite(rig, tree, modules=modules, cover=cover)

    def command(self, tree: Tree, *argv: str) -> tuple[Receipt, str]:
        """Run the module argv[0] with the other arguments at the top of an export of `tree`, sandboxed.

        The project's own tool is taken if its environment has it, else ours, looking at the project's environment.
        The receipt's notes say which, and what went wrong when its exit is None.
        """
        tool, own = self._tool(argv[0])
        words = list(argv)
        if own is not self.rig.interpreter and argv[0] == "mypy":
            words += ["--python-executable", self.rig.interpreter.python]
        with staged(self.rig, tree) as stage:
            mounts = (*stage.mounts, *(Mount(Path(folder), folder) for folder in own.folders))
            line = python_argv(own, "-c", LAUNCH, stage.tree, *words)
            job = Job(line, tuple(dict.fromkeys(mounts)), Limits.of(self.rig.policy.gates.suite))
            ended = self.rig.sandbox.run(job)
        output = ended.output.decode("utf-8", "replace")
        notes = (tool, *((ended.trouble,) if ended.trouble else ()))
        digest = hashlib.sha256(ended.output).hexdigest()
        return Receipt(("python", "-m", *words), ended.exit, ended.seconds, {}, digest, notes), output

    def _tool(self, module: str) -> tuple[str, Interpreter]:
        for own in (self.rig.interpreter, ours()):
            if own.has(module):
                return f"{module} {own.release(module)}".strip(), own
        raise EnvironmentUnfit(
            f"there is no {module}",
            where=self.rig.interpreter.python,
            fix=f"{self.rig.interpreter.python} -m pip install {module}",
        )


# --- the baseline -------------------------------------------------------------------------------------------------


def measure(rig: Rig, base: Tree, cache: Path, *, key: str) -> Baseline:
    """Run the suite of `base` as often as policy says and compare; or read what an earlier run with `key` found.

    The first run records covered lines, the others none. Raises BaselineError when a run gives no verdict.
    """
    place = cache / f"{key}.json"
    runs = _remembered(place)
    if not runs:
        times = rig.policy.gates.suite.flake_runs
        runs = tuple(_verdict(rig, run_suite(rig, base, cover=number == 0)) for number in range(times))
        cache.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_text("\n".join(map(to_json, runs)) + "\n", encoding="utf-8")
        fresh.replace(place)
    red, flaky = baseline_problems(runs)
    return Baseline(_reaching(runs), red, flaky)


def _reaching(runs: Sequence[SuiteRun]) -> SuiteRun:
    """Return the first run, with what was reached in any: what depends on a race is not always seen."""
    reached = {what for run in runs if REACHED in run.manifest for what in run.manifest[REACHED].split(", ")}
    if not reached:
        return runs[0]
    return dataclasses.replace(runs[0], manifest={**runs[0].manifest, REACHED: ", ".join(sorted(reached))})


def baseline_key(tree: str, rig: Rig) -> str:
    """Return the name under which a baseline is kept: tree digest, environment, policy, sandbox and judge."""
    return run_key(tree, rig, JUDGE)


def _remembered(place: Path) -> tuple[SuiteRun, ...]:
    """Return the kept runs, none when there are none or they cannot be read."""
    try:
        return tuple(from_json(line) for line in place.read_text(encoding="utf-8").splitlines())
    except (FileNotFoundError, ValidationError, UnicodeDecodeError):
        return ()


def _verdict(rig: Rig, run: SuiteRun) -> SuiteRun:
    if not run.trouble:
        return run
    raise BaselineError(
        "the project's tests give no verdict before any change",
        where=", ".join(rig.layout.tests),
        why="; ".join((run.trouble, *run.receipt.notes[-1:])),
        fix=(
            f"install the pytest plugins that the configuration speaks of: {rig.layout.python} -m pip install NAME"
            if re.search(UNKNOWN, "\n".join((run.trouble, *run.receipt.notes)))
            else "see that `pytest` runs by itself there; limits are in policies/gates.yaml (suite)"
        ),
    )


def baseline_problems(runs: Sequence[SuiteRun]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tests that fail in every run, and those whose outcome differs between runs, each sorted."""
    names = sorted({name for run in runs for name in run.manifest} - {REACHED})
    outcomes = {name: {run.manifest.get(name, "") for run in runs} for name in names}
    flaky = [name for name in names if len(outcomes[name]) > 1]
    red = tuple(name for name in names if name not in flaky and is_red(*outcomes[name]))
    return red, tuple(dict.fromkeys(_lasting(name, outcomes[name]) for name in flaky))


def _lasting(name: str, outcomes: set[str]) -> str:
    """Return what a flaky test is known by in every run: without parameters, if some run had it under another id."""
    return f"{name.split('[', 1)[0]}[" if "" in outcomes and "[" in name[1:] else name


def demand_green(baseline: Baseline, *, tolerant: bool = False) -> None:
    """Raise BaselineError that names the red and flaky tests, if there are any, or if all are where that is tolerated.

    Where nothing passes nothing can show what a change does.
    """
    has_green = any(outcome.startswith("passed/passed") for outcome in baseline.run.manifest.values())
    if not (baseline.red or baseline.flaky) or (tolerant and has_green):
        return
    said = [f"{len(names)} {word}" for word, names in (("red", baseline.red), ("flaky", baseline.flaky)) if names]
    names = (*baseline.red, *baseline.flaky)
    more = (f"and {len(names) - NAMED} more",) if len(names) > NAMED else ()
    what = "the project's tests do not hold before any change" if has_green or not tolerant else "no test passes"
    raise BaselineError(
        f"{what}: {', '.join(said)}",
        where=", ".join((*names[:NAMED], *more)),
        why="; ".join(note[:WHY_CHARACTERS] for note in baseline.run.receipt.notes[2:5]) or _waver(baseline),
        fix=_advice(baseline).replace(", or pass --tolerate-red", "") if tolerant else _advice(baseline),
    )


def _waver(baseline: Baseline) -> str:
    """Return why tests that are never red cannot be held to an outcome, as far as their names tell."""
    is_told = not baseline.red and all(name.endswith("[") for name in baseline.flaky)
    return RENAMED if is_told else ""


def _advice(baseline: Baseline) -> str:
    """Return the one thing to do, by what failed tests said."""
    said = "\n".join(baseline.run.receipt.notes)
    for sign, advice in ADVICE.items():
        if re.search(sign, said):
            return advice
    if _waver(baseline):
        return f"give the cases ids that stay, {LISTED}"
    return "mend them, list those that cannot run in a sandbox in policies/scope.yaml (host), or pass --tolerate-red"


def to_json(run: SuiteRun) -> str:
    """Return `run` as one line of JSON."""
    return json.dumps(run, default=_plain, sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is no part of a run")


def from_json(text: str) -> SuiteRun:
    """Return the run that `to_json` wrote; raises pydantic's ValidationError for anything else."""
    return _RUN.validate_json(text)
