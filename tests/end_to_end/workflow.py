"""A workflow's jobs run here as a runner does it: each in a clone of its own, with the token it is granted, or none."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from improver.adapters.canary_record import CanaryRecord, keep
from improver.adapters.opening import data_folder
from improver.verify.evidence import gate_code_digest, running_code
from tests.end_to_end.projects import git
from tests.stand_in import Hub

ROOT = Path(__file__).parents[2]
TIMEOUT = 900  # seconds: a bound for what hangs
STANDS = ("set up Python", "let bubblewrap make user namespaces", "install the improver")  # what this machine has
TOKENS = ("${{ github.token }}", "${{ steps.app.outputs.token || github.token }}")
CANARIES = "ask the canaries"
TEMP = "${{ runner.temp }}"
WHENEVER = "!cancelled()"
APP = "vars.NOVA_APP_ID != ''"  # there is none
NEEDED = re.compile(r"\$\{\{ needs\.\w+\.outputs\.(?P<name>\w+) \}\}")
OUTPUT = re.compile(r"(?:needs|steps)\.\w+\.outputs\.(?P<name>\w+) == 'yes'")


@dataclass(frozen=True)
class Step:
    """How one step ended: its exit code, what it printed, its summary, and how often the host was asked meanwhile."""

    code: int
    out: str
    summary: str
    asked: int


@dataclass
class Job:
    """How one job ended, by the names of its steps; those that were skipped are left out."""

    result: str
    steps: dict[str, Step] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        return "".join(step.summary for step in self.steps.values())


@dataclass
class Workflow:
    """One run of a workflow against a host.

    `given` holds what the event says, by expression ("true" for a condition); `ref` is checked out beside the default
    branch, and `between` may change the artifacts after a job. `through` is what the canaries come to, which
    `test_canaries` asks: it takes minutes. `cache` keeps files from one run to the next.
    """

    folder: Path
    hub: Hub
    name: str = "nightly.yml"
    given: Mapping[str, str] = field(default_factory=dict)
    ref: str = ""
    between: Callable[[str, Path], None] | None = None
    through: tuple[str, ...] = ()
    cache: Path | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)

    def run(self) -> "Workflow":
        """Run the jobs in their order."""
        found = yaml.safe_load((ROOT / ".github/workflows" / self.name).read_text("utf-8"))
        for name, job in found["jobs"].items():
            needed = job.get("needs", [])
            well = all(self.jobs[one].result == "success" for one in ([needed] if isinstance(needed, str) else needed))
            self.jobs[name] = self._job(name, job) if self._holds(job.get("if", ""), well) else Job("skipped")
            if self.between is not None:
                self.between(name, self.artifacts)
        return self

    @property
    def artifacts(self) -> Path:
        """Return where jobs hand over what they hand over."""
        return self.folder / "artifacts"

    def _job(self, name: str, job: dict[str, Any]) -> Job:
        clone, ended = self._clone(name), Job("success")
        may = {right.replace("-", "_"): level for right, level in job["permissions"].items()} | {"metadata": "read"}
        token = self.hub.installation_token(may)
        for step in job["steps"]:
            if step["name"] in STANDS or not self._holds(step.get("if", ""), ended.result == "success"):
                continue
            done = self._step(step, clone, token)
            if done is not None:
                ended.steps[step["name"]] = done
                assert token not in done.out + done.summary
            if done is not None and done.code and not step.get("continue-on-error"):
                ended.result = "failure"
        return ended

    def _holds(self, condition: str, well: bool) -> bool:
        """Tell whether a job or a step runs; what cannot be told from what is known is an error."""
        parts = condition.removeprefix("${{").removesuffix("}}").strip().split(" && ") if condition else []
        if condition in self.given:
            return well and self.given[condition] == "true"
        holds = well or WHENEVER in parts
        for part in parts:
            if part != WHENEVER:
                found = OUTPUT.fullmatch(part)
                assert found or part == APP, part
                holds = holds and found is not None and self.outputs.get(found["name"]) == "yes"
        return holds

    def _value(self, expression: str, token: str) -> str:
        """Return what an expression in a step's environment stands for."""
        if expression in TOKENS:
            return token
        found = NEEDED.fullmatch(expression)
        return self.outputs[found["name"]] if found else self.given[expression]

    def _clone(self, name: str) -> Path:
        """Check out as actions/checkout does that leaves no credentials, with the improver where it is installed."""
        clone = self.folder / name / "work"
        clone.parent.mkdir(parents=True)
        git(clone.parent, "clone", "--quiet", str(self.hub.bare.path), str(clone))
        for taken in (clone.parent / "temp", clone / "handed", clone / "canaries"):  # a project may have such folders
            taken.mkdir()
        git(clone, "config", "remote.origin.url", self.hub.git_url)
        if self.ref:
            git(clone, "fetch", "--quiet", str(self.hub.bare.path), self.ref)
            git(clone, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        program = clone / ".venv/bin/improve"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m improver "$@"\n', "utf-8")
        program.chmod(0o755)
        return clone

    def _step(self, step: dict[str, Any], clone: Path, token: str) -> Step | None:
        if step["name"] == CANARIES:
            return self._canaries(clone)
        if "run" not in step:
            return self._action(step["uses"].partition("@")[0], step["with"], clone)
        summary, output = clone.parent / "summary.md", clone.parent / "output"
        for file in (summary, output):
            file.write_text("", "utf-8")
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(clone.parent),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.hub.api,
            "GITHUB_REPOSITORY": self.hub.name,
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_OUTPUT": str(output),
            "RUNNER_TEMP": str(clone.parent / "temp"),
            **{name: self._value(value, token) for name, value in step.get("env", {}).items()},
        }
        script, before = clone.parent / "step.sh", len(self.hub.calls)
        script.write_text(step["run"], "utf-8")
        argv = ["bash", "-e", str(script)]
        done = subprocess.run(
            argv, cwd=clone, env=surroundings, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
        self.outputs |= dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())
        told = summary.read_text("utf-8")
        return Step(done.returncode, done.stdout + done.stderr, told, len(self.hub.calls) - before)

    def _canaries(self, clone: Path) -> Step:
        """Leave behind what the step would: a record, and the word that nothing got through."""
        data = data_folder(clone)
        gates = gate_code_digest(running_code())
        counts = {"refused": 1, "escalated": 0, "passed": 1}
        record = CanaryRecord(gates, "2026-01-01T00:00:00+00:00", **counts, through=self.through, blocked=(), broken=())
        keep(data, record)
        self.outputs |= {} if self.through else {"held": "yes"}
        return Step(1 if self.through else 0, "", "", 0)

    def _action(self, action: str, given: dict[str, Any], clone: Path) -> Step | None:
        """Carry an artifact, or what a cache keeps; everything else that is an action was done before."""
        if action.startswith("actions/cache/"):
            return self._cached(action, clone / given["path"])
        if action not in ("actions/upload-artifact", "actions/download-artifact"):
            return None
        kept, here = self.artifacts / given["name"], clone / given["path"].replace(TEMP, str(clone.parent / "temp"))
        source, target = (here, kept) if action == "actions/upload-artifact" else (kept, here)
        if not source.exists():
            return Step(1, f"there is no {source.name}", "", 0)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / source.name)
        return Step(0, "", "", 0)

    def _cached(self, action: str, here: Path) -> Step:
        """Carry one file from run to run; where there is none yet, nothing is wrong."""
        kept = (self.cache or self.folder / "cache") / here.name
        source, target = (here, kept) if action == "actions/cache/save" else (kept, here)
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        return Step(0, "", "", 0)
