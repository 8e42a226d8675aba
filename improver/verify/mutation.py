"""Try mutants on a tree in one sandboxed job, and read what its tests noticed."""

import ast
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from improver.experiments import Mutant, MutationRun
from improver.judging.functions import definitions
from improver.judging.mutants import cutting_of
from improver.judging.spans import Cutting
from improver.records import Receipt, Tree
from improver.source import Source
from improver.verify.job import Ended, Job, Limits
from improver.verify.suite import Rig, python_argv, staged, write_judge

GUESTS = ("mutator.py", "trial.py", "swapping.py", "oversight.py")
MARGIN = 5  # seconds that the sandbox waits longer than the guest works
DATA_SHARE = 3  # a mutant may use this part of the suite's memory
IMPORT_SECONDS = 2.0  # usual for importing and collecting once more; limits allow many times as much
UNWOUND = frozenset(  # decorators that keep no results and hold on to the function itself
    {"staticmethod", "classmethod", "property", "setter", "getter", "deleter", "abstractmethod", "overload", "override"}
    | {"final", "wraps", "contextmanager", "asynccontextmanager"}
)
KINDS = frozenset({"killed", "survived", "undecided"})
UNREADABLE = "its function cannot be found in the tree"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mutant with the function that it changes."""

    mutant: Mutant
    cut: Cutting
    sure: bool  # nothing around the function keeps results of it


def mutated(rig: Rig, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
    """Run those of `tests` that reach a mutant on it; files and classes name all tests in them, () names every test.

    One that is left to the host never runs. One that has other ids in each run does: they need only last for one.

    A mutant is killed when a test fails that passes on `tree`, run in the same way; what ran out of time or ended
    the process did so twice, the second time alone.
    """
    placed, lost = _places(tree, mutants)
    if not placed:
        undecided = {mutant.name: UNREADABLE for mutant in lost}
        return MutationRun({}, (), undecided, Receipt(("mutate",), counts={"undecided": len(lost)}))
    seconds = rig.policy.gates.trials.seconds
    with staged(rig, tree) as stage:
        write_judge(rig, stage, _wishes(rig, tree, stage.tree, placed, tests), tree)
        for name in GUESTS:
            guest = stage.folder / name
            guest.write_bytes(Path(__file__).with_name(name).read_bytes())
            guest.chmod(0o644)
        limits = Limits.of(rig.policy.gates.suite.model_copy(update={"seconds": seconds + MARGIN}))
        argv = python_argv(rig.interpreter, f"{stage.judge}/mutator.py", f"{stage.judge}/spec.json")
        job = Job(argv, stage.mounts, limits, report=True)
        ended = rig.sandbox.run(job)
    return _read(job, ended, placed, lost)


def _places(tree: Tree, mutants: Sequence[Mutant]) -> tuple[list[_Placed], list[Mutant]]:
    placed: list[_Placed] = []
    lost: list[Mutant] = []
    for mutant in mutants:
        source = Source.read(mutant.path, tree[mutant.path].data) if mutant.path in tree else None
        cut = cutting_of(source, mutant) if isinstance(source, Source) else None
        if cut is None or not isinstance(source, Source):
            lost.append(mutant)
        else:
            placed.append(_Placed(mutant, cut, _is_plain(source, mutant, cut)))
    return placed, lost


def _is_plain(source: Source, mutant: Mutant, cut: Cutting) -> bool:
    nodes = definitions(source)[mutant.function.partition("::")[2]]
    decorators = [item for node in nodes if cut.first <= node.lineno <= cut.last for item in node.decorator_list]
    return {_name(item) for item in decorators} <= UNWOUND


def _name(decorator: ast.expr) -> str:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _wishes(rig: Rig, tree: Tree, top: str, placed: Sequence[_Placed], tests: Sequence[str]) -> Mapping[str, object]:
    """Return what the guest needs: functions by themselves with marks for their lines, mutants as edits, bounds."""
    functions: dict[tuple[str, int], dict[str, Any]] = {}
    told: list[dict[str, object]] = []
    marks = Counter[str]()
    for one in placed:
        mutant = one.mutant
        source = Source.read(mutant.path, tree[mutant.path].data)
        assert isinstance(source, Source)
        key = (mutant.path, one.cut.first)
        if key not in functions:
            name = mutant.function.partition("::")[2].split(".")[-1]
            text = one.cut.text(source.lines)
            functions[key] = {"key": [f"{top}/{mutant.path}", one.cut.first, name], "text": text, "marks": {}}
        lines = functions[key]["marks"]
        for line in (0, mutant.line):
            marks["all"] += line not in lines
            lines.setdefault(line, marks["all"])
        changed = Source(source.path, mutant.source, source.encoding, source.bom)
        grown = one.cut.grown(len(changed.lines) - len(source.lines))
        told.append(
            {
                "function": [*functions].index(key),
                "mark": lines[mutant.line],
                "text": grown.text(changed.lines),
                "edit": edit_between(source.data, mutant.source),
                "sure": one.sure,
            }
        )
    return {
        "functions": list(functions.values()),
        "mutants": told,
        "wanted": list(tests),
        "host": [test for test in rig.policy.scope.host if not test.endswith("[")],
        "seconds": rig.policy.gates.trials.seconds,
        "data_mib": rig.policy.gates.suite.memory_mib // DATA_SHARE,
        "import_seconds": IMPORT_SECONDS,
    }


def edit_between(before: bytes, after: bytes) -> tuple[int, int, str]:
    """Return [start, end) of `before` and the text, a character a byte, that makes `after` of it."""
    start = _shared(before, after)
    start = 0 if start == min(len(before), len(after)) else start
    tail = _shared(before[start:][::-1], after[start:][::-1])
    return start, len(before) - tail, after[start : len(after) - tail].decode("latin-1")


def _shared(before: bytes, after: bytes) -> int:
    """Return how many bytes both begin with alike."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


# --- what the guest told ------------------------------------------------------------------------------------------


def _read(job: Job, ended: Ended, placed: Sequence[_Placed], lost: Sequence[Mutant]) -> MutationRun:
    told = _lines(ended.report)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    found["undecided"] = {mutant.name: UNREADABLE for mutant in lost}
    trouble = ended.trouble or ("" if told else "there is no report")
    tests, ends = 0, list[str]()
    for kind, *facts in told:
        if kind == "verdict" and facts[1] in KINDS:
            found[facts[1]][placed[facts[0]].mutant.name] = str(facts[2])
        elif kind == "collected":
            tests = int(facts[0])
        elif kind == "end":
            ends.append(str(facts[0]))
    trouble = trouble or next(iter(ends), "the report breaks off")
    killed, survived, undecided = found["killed"], tuple(sorted(found["survived"])), found["undecided"]
    verdicts = json.dumps([sorted(killed), survived, undecided], sort_keys=True).encode()
    counts = {
        "mutants": len(placed) + len(lost),
        "killed": len(killed),
        "survived": len(survived),
        "undecided": len(undecided),
        "tests": tests,
    }
    tail = ended.output.decode("utf-8", "replace").strip().splitlines()[-3:] if trouble else []
    receipt = Receipt(job.argv, ended.exit, ended.seconds, counts, hashlib.sha256(verdicts).hexdigest(), tuple(tail))
    return MutationRun(killed, survived, undecided, receipt, trouble)


def _lines(report: bytes) -> list[list[Any]]:
    """Return the guest's messages, none unless all of them carry the nonce of the first."""
    try:
        told = [json.loads(line) for line in report.splitlines()]
    except ValueError:
        return []
    if any(not isinstance(line, list) or len(line) < 2 or line[0] != told[0][0] for line in told):
        return []
    return [line[1:] for line in told]
