"""Mutants a CPU second: one module and its tests, by our engine, mutmut and cosmic-ray, start-up included."""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fetching import PACKAGES, WORK, Package, made, unpacked
from benchmarks.gating import Site, cpu, site_of
from benchmarks.pairing import say, spread, table
from improver.judging.functions import definitions
from improver.judging.mutants import mutants_of
from improver.source import Source

PEERS = ("mutmut==3.8.1", "cosmic-ray==8.7.0")
NO_TESTS = 33  # mutmut's word for a mutant that no test runs; ours are left out too
MODULES = {"boltons": ("boltons/strutils.py", "tests/test_strutils.py")}
HEAD = ("engine", "mutants", "killed", "CPU s", "mutants a CPU s", "ours is")
MUTMUT = """
[tool.mutmut]
source_paths = ["{folder}"]
only_mutate = ["{module}"]
pytest_add_cli_args_test_selection = ["{tests}"]
"""
COSMIC_RAY = """
[cosmic-ray]
module-path = "{module}"
timeout = 30.0
excluded-modules = []
test-command = "{python} -B -m pytest -q -x -p no:cacheprovider -c pyproject.toml {tests}"

[cosmic-ray.distributor]
name = "local"
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many mutants an engine decided, how many of them its tests killed, and what that took."""

    mutants: int
    killed: int
    cpu: float

    @property
    def pace(self) -> float:
        """Return mutants a CPU second."""
        return self.mutants / self.cpu


@dataclass(frozen=True, slots=True)
class Task:
    """One module of a package and the file of its tests; peers that are slow are stopped after `seconds`."""

    package: Package
    module: str
    tests: str
    seconds: float

    def place(self, name: str) -> Path:
        """Return a fresh copy of the package for one engine."""
        root = WORK / "worktrees" / f"mutants-{name}"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(unpacked(self.package), root, ignore=shutil.ignore_patterns("__pycache__"))
        return root

    def configured(self, text: str) -> str:
        """Return a peer's configuration for this task."""
        python = _python(self.package)
        return text.format(folder=self.package.folder, module=self.module, tests=self.tests, python=python)


def ours(task: Task, site: Site) -> Count:
    """Try every mutant that our engine makes of the module."""
    source = Source.read(task.module, site.tree[task.module].data)
    assert isinstance(source, Source)
    began = cpu()
    mutants = mutants_of(source, list(definitions(source)), sys.maxsize)
    tests = [test for test in site.bench.baseline.manifest if test.partition("::")[0] == task.tests]
    run = site.bench.experiments.mutate(site.tree, mutants, tests)
    spent = cpu() - began
    say(f"ours: {run.trouble or 'done'}, {len(run.undecided)} of {len(mutants)} undecided")
    return Count(len(run.killed) + len(run.survived), len(run.killed), spent)


def mutmut(task: Task) -> Count:
    """Let mutmut do all it does on the module; what it found is in its own files."""
    root = task.place("mutmut")
    with (root / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(task.configured(MUTMUT))
    began = cpu()
    _bounded([str(_python(task.package).with_name("mutmut")), "run", "--max-children", "1"], root, task.seconds)
    spent = cpu() - began
    kept = json.loads((root / "mutants" / f"{task.module}.meta").read_text("utf-8"))["exit_code_by_key"].values()
    decided = [code for code in kept if code not in (None, NO_TESTS)]
    return Count(len(decided), sum(code != 0 for code in decided), spent)


def cosmic_ray(task: Task) -> Count:
    """Let cosmic-ray work through its session until its time is up."""
    root = task.place("cosmic-ray")
    (root / "session.toml").write_text(task.configured(COSMIC_RAY), "utf-8")
    tool = str(_python(task.package).with_name("cosmic-ray"))
    began = cpu()
    _bounded([tool, "init", "session.toml", "session.sqlite"], root, task.seconds)
    _bounded([tool, "exec", "session.toml", "session.sqlite"], root, task.seconds)
    spent = cpu() - began
    with closing(sqlite3.connect(root / "session.sqlite")) as session:
        outcomes = [outcome for (outcome,) in session.execute("select test_outcome from work_results")]
    return Count(len(outcomes), sum(outcome == "KILLED" for outcome in outcomes), spent)


ENGINES: dict[str, Callable[[Task], Count]] = {"mutmut": mutmut, "cosmic-ray": cosmic_ray}


def _python(package: Package) -> Path:
    """Return the interpreter of an environment with the peers and what the package's tests need."""
    return made(f"mutants-{package.stem}", (*package.tests_need, *PEERS))


def _bounded(argv: Sequence[str], root: Path, seconds: float) -> None:
    """Run a peer; end it and its children when its time is up."""
    tools = {**os.environ, "PATH": f"{Path(argv[0]).parent}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            argv, cwd=root, env=tools, stdin=subprocess.DEVNULL, stdout=output, stderr=output, process_group=0
        )
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 15)
            child.wait()
        output.seek(0)
        say(output.read().decode(errors="replace")[-300:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Count in turns, `--rounds` times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=120.0, help="the most a peer gets a round")
    asked = parser.parse_args(arguments)
    package = next(package for package in PACKAGES if package.name in MODULES)
    task = Task(package, *MODULES[package.name], asked.seconds)
    _python(package)
    site = site_of(package)
    found: dict[str, list[Count]] = {"ours": [], **{name: [] for name in ENGINES}}
    for number in range(asked.rounds):
        say(f"round {number + 1} of {asked.rounds}")
        found["ours"].append(ours(task, site))
        for name, engine in ENGINES.items():
            found[name].append(engine(task))
    print(table(HEAD, [_row(name, counts, found["ours"]) for name, counts in found.items()]))
    return 0


def _row(name: str, counts: Sequence[Count], own: Sequence[Count]) -> tuple[object, ...]:
    paces = [count.pace for count in counts]
    times = [mine.pace / count.pace for mine, count in zip(own, counts, strict=True)]
    last = counts[-1]
    cpus = spread([count.cpu for count in counts], 1)
    return (name, last.mutants, last.killed, cpus, spread(paces, 1), "–" if name == "ours" else f"{spread(times, 1)} ×")


if __name__ == "__main__":
    sys.exit(main())
