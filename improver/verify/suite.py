"""Run a project's whole test suite on one tree in a clean sandbox, under the base's configuration."""

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from improver.policy import Policy
from improver.ports import Layout, SuiteRun
from improver.records import Receipt, Tier, Tree
from improver.verify.compiled import Compiled
from improver.verify.configuration import UNWANTED_PLUGINS, Configuration, trusted_ini
from improver.verify.export import export
from improver.verify.folders import temporary
from improver.verify.interpreter import Interpreter, lent, probe
from improver.verify.job import Ended, Job, Limits, Mount
from improver.verify.report import REACHED, SESSION, Report, Unbelievable, read_report

GUESTS = ("runner.py", "watch.py", "sentry.py", "integrity.py")  # the runner's parts
CANARY_EXIT = 1  # pytest's status when a test failed: the canary always does
NOTES = 10  # messages of failed tests kept
TAIL, TAIL_CHARACTERS = 3, 500  # of the output, where there is no verdict
WORDS = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")


class Confines(Protocol):
    """What runs a job confined: every tier of the sandbox."""

    @property
    def tier(self) -> Tier:
        """Return how strong it is."""

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`."""

    def run(self, job: Job) -> Ended:
        """Run `job` to its end or its limits."""


@dataclass(frozen=True, slots=True)
class Rig:
    """All that a run takes but the tree; `configuration` is the base's, and so is what is compiled already.

    `generated` is laid beside whatever tree is run: files that the build makes and git does not keep.
    """

    sandbox: Confines
    layout: Layout
    policy: Policy
    configuration: Configuration
    compiled: Compiled = field(default_factory=Compiled)
    generated: Tree = field(default_factory=dict)

    @property
    def interpreter(self) -> Interpreter:
        """Return what the layout's interpreter is."""
        return probe(self.layout.python)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything stands for one run: mounts, and the paths as the child sees them."""

    mounts: tuple[Mount, ...]
    tree: str
    judge: str
    folder: Path  # the judge's folder on the host
    lent: Mapping[str, str]


def run_suite(rig: Rig, tree: Tree, *, modules: tuple[str, ...] = (), cover: bool = False) -> SuiteRun:
    """Run the suite on `tree`, tests and all, and report what became of each test.

    `modules` are looked up, and imported if need be, after the tests. `cover` records executed lines. Where there
    is no verdict `trouble` says why. The caller lays the base's tests and configuration over a candidate first.
    """
    with staged(rig, tree, *(("coverage",) if cover else ())) as stage:
        write_judge(rig, stage, {"modules": modules, "cover": cover}, tree)
        words = (f"{stage.judge}/runner.py", f"{stage.judge}/spec.json")
        job = Job(python_argv(rig.interpreter, *words), stage.mounts, Limits.of(rig.policy.gates.suite), report=True)
        ended = rig.sandbox.run(job)
    return verdict(rig, job, ended, stage.tree)


def verdict(rig: Rig, job: Job, ended: Ended, tree: str) -> SuiteRun:
    """Return what a job that ran the runner proved; it saw its tree at the absolute path `tree`."""
    report = read_report(ended.report, tree)
    if isinstance(report, Unbelievable):
        return _without_verdict(job, ended, ended.trouble or _broke_off(report, ended))
    return _run(rig, job, ended, report)


def run_key(tree: str, rig: Rig, judge: Sequence[str]) -> str:
    """Return a name for what a run on the tree with the digest `tree` finds out; `judge` are the files that find it.

    It tells apart trees, environments, policies, layouts and tiers of the sandbox.
    """
    interpreter = rig.interpreter
    installed = sorted(f"{item.metadata['Name']} {item.version}" for item in interpreter.distributions())
    code = [Path(__file__).with_name(name).read_text("utf-8") for name in judge]
    made = (f"{path} {file.digest}" for path, file in sorted(rig.generated.items()))
    setting = (rig.policy.digest, str(rig.layout), rig.sandbox.tier)
    ground = (interpreter.python, interpreter.text, *installed, *setting, *made)
    return hashlib.sha256("\0".join((tree, *ground, *code)).encode()).hexdigest()[:32]


def python_argv(interpreter: Interpreter, *words: str) -> tuple[str, ...]:
    """Return a command line of `interpreter`, isolated from its environment and its working directory."""
    safe_path = ("-P",) if interpreter.version >= (3, 11, 0) else ()  # -I implies it where it is unknown
    return (interpreter.python, "-I", *safe_path, "-B", *words)


def notes_on(rig: Rig) -> tuple[str, ...]:
    """Say what the tests were run with that is not the project's own."""
    borrowed = "pytest" in lent(rig.interpreter)
    made = tuple(f"{path} is not in git: as the build made it" for path in sorted(rig.generated))
    return (*made, "pytest is the improver's own: the project's environment has none") if borrowed else made


@contextmanager
def staged(rig: Rig, tree: Tree, *extra: str) -> Iterator[Stage]:
    """Export `tree` and name all mounts of a run; `extra` are modules that ours lends where the environment lacks them.

    The judge's folder is new, readable by everybody and gone afterwards.
    """
    with export({**rig.generated, **tree}) as top, temporary("judge") as folder:
        folder.chmod(0o755)
        source, judge = Mount(top, "/src"), Mount(folder, "/runner")
        loans = lent(rig.interpreter, *extra)
        homes = {module: Mount(place, f"/lent/{place.name}") for module, place in loans.items()}
        own = [Mount(Path(prefix), prefix) for prefix in rig.interpreter.folders]
        seen = rig.sandbox.seen
        if seen(source) == rig.compiled.tree:
            rig.compiled.lay(tree, top)
        yield Stage(
            mounts=(*own, source, judge, *homes.values()),
            tree=seen(source),
            judge=seen(judge),
            folder=folder,
            lent={module: seen(mount) for module, mount in homes.items()},
        )


def write_judge(rig: Rig, stage: Stage, wishes: Mapping[str, object], tree: Tree) -> None:
    """Write the runner, its spec and the trusted configuration into the judge's folder."""
    roots = [f"{stage.tree}/{root}".rstrip("/") for root in (*rig.layout.roots, "")]  # tests import from the top too
    spec = {
        "tree": stage.tree,
        "roots": list(dict.fromkeys(roots)),
        "names": sorted({*rig.layout.packages, *_test_packages(rig.layout, tree)}),
        "tests": rig.layout.tests,
        "ini": f"{stage.judge}/trusted.ini",
        "plugins": [name for name in rig.interpreter.plugins() if name not in UNWANTED_PLUGINS],
        "host": rig.policy.scope.host,
        "lent": stage.lent,
        **wishes,
    }
    texts = {"spec.json": json.dumps(spec), "trusted.ini": trusted_ini(rig.configuration, stage.tree)}
    for name in GUESTS:
        texts[name] = Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name, text in texts.items():
        (stage.folder / name).write_text(text, encoding="utf-8")
        (stage.folder / name).chmod(0o644)


def _test_packages(layout: Layout, tree: Tree) -> set[str]:
    """Return the top-level packages that hold tests, which an installed package of that name may not hide."""
    tops = {path.split("/")[0] for path in layout.tests}
    return {top for top in tops if f"{top}/__init__.py" in tree and top not in sys.stdlib_module_names}


# --- the verdict on the run ---------------------------------------------------------------------------------------


def _run(rig: Rig, job: Job, ended: Ended, report: Report) -> SuiteRun:
    trouble = ended.trouble or _trouble(report, ended)
    manifest, notes = dict(report.manifest), notes_on(rig)
    if reached := [what for what in report.reached if not rig.policy.is_test(what.split(": ")[0])]:
        manifest[REACHED] = ", ".join(reached)  # the tests are the base's own and may reach where they like
    facts = json.dumps([manifest, dict(report.modules), report.canary], sort_keys=True).encode()
    receipt = Receipt(
        argv=job.argv,
        exit=ended.exit,
        seconds=ended.seconds,
        counts=counts(manifest, report.host),
        digest=hashlib.sha256(facts).hexdigest(),
        notes=(*_versions(report), *notes, *report.whys[:NOTES], *((_tail(ended),) if trouble else ())),
    )
    return SuiteRun(
        manifest=manifest,
        canary=report.canary,
        canaries=report.canaries,
        receipt=receipt,
        modules=report.modules,
        lines=report.lines,
        code=report.code,
        host=report.host,
        trouble=trouble,
    )


def _without_verdict(job: Job, ended: Ended, trouble: str) -> SuiteRun:
    digest = hashlib.sha256(ended.output).hexdigest()
    receipt = Receipt(job.argv, ended.exit, ended.seconds, {}, digest, (_tail(ended),))
    return SuiteRun({}, "did not run", 0, receipt, trouble=trouble)


def _trouble(report: Report, ended: Ended) -> str:
    """Return why this report is no verdict, "" when it is one."""
    if report.internal:
        return f"pytest broke: {report.internal}"
    if report.status not in (0, CANARY_EXIT):
        return f"pytest ended with status {report.status}: {_tail(ended)}"
    if not any(node != SESSION for node in report.manifest):
        return f"all {report.host} tests are left to the host" if report.host else "there are no tests"
    if report.repeated:
        return f"{report.repeated[0]} ran twice"
    if report.canaries != 1:
        return f"{report.canaries} canaries ran where one was planted"
    if report.canary != "failed":
        return f"the canary must fail, but: {report.canary}"
    if (report.status, ended.exit) != (CANARY_EXIT, CANARY_EXIT):
        return f"the run ended with status {ended.exit}, reported {report.status}; the failing canary demands 1"
    return ""


def _broke_off(report: Unbelievable, ended: Ended) -> str:
    return f"{report.reason} (exit status {ended.exit})"


def _tail(ended: Ended) -> str:
    lines = [line for line in ended.output.decode("utf-8", "replace").split("\n") if line.strip()]
    return " | ".join(line.strip() for line in lines[-TAIL:])[-TAIL_CHARACTERS:]


def _versions(report: Report) -> tuple[str, ...]:
    return tuple(f"{tool} {version}" for tool, version in zip(("python", "pytest"), report.versions, strict=False))


def counts(manifest: Mapping[str, str], host: int) -> dict[str, int]:
    """Return how many tests had which outcome, in the order of telling; those left to the host apart."""
    found = Counter(_word(entry) for node, entry in manifest.items() if not node.startswith("["))
    words = {word: found[word] for word in WORDS if found[word] or word == "passed"}
    return words | ({"host": host} if host else {})


def _word(entry: str) -> str:
    if entry.startswith("error: "):
        return "errors"
    if is_red(entry):
        return "failed"
    return next((word for word in ("skipped", "xfailed", "xpassed") if f"{word}: " in entry), "passed")


def is_red(entry: str) -> bool:
    """Tell whether a manifest entry says that the test failed."""
    return entry.startswith("error: ") or any(part.startswith("failed") for part in re.split("[/(]|, ", entry))
