"""Lint: ruff under the base's configuration finds nothing new, suppressions ignored, and nothing is reformatted.

What is merely laid out differently is refused to a program; a person, who may have meant it, is asked.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from improver.gate import Candidate, Example, gate
from improver.judging.churn import churned
from improver.ports import RuffFinding
from improver.records import GateResult, Receipt, Safety, Tree
from improver.verify.ruff import configuration

MOVES = re.compile(r"\bline \d+")  # a message may name another line, which moves
MEASURE = re.compile(r"\((\d+) > (\d+)\)")  # "too complex (12 > 8)": more is new, less is not
SHOWN = 10
UNKEPT = 3  # times that a test file breaks a rule of style that is not asked of its new tests either
# For a project that configures no ruff: what points to a fault, whoever wrote it. ruff's own default is a choice of
# style as well (import order, returns, annotations), which its maintainers never made.
FAULTS = "B,E722,E9,F,PLE,S102,S110,S307,S602,S605"

Key = tuple[str, str, str]  # path, code, message

_BASE = {
    "pier/a.py": "import os\n\nPORT = os.name\n",
    "tests/test_a.py": "from pier.a import PORT\n\n\ndef test_port():\n    assert PORT\n",
}


@gate(
    cost=20,
    passes=Example(_BASE, {"pier/a.py": "import os\n\nPORT = os.sep\n"}),
    fails=Example(_BASE, {"pier/a.py": "import os\nimport re  # noqa: F401\n\nPORT = os.name\n"}),
)
def lint(candidate: Candidate) -> GateResult:
    """Is it clean?"""
    config = configuration(candidate.base) or None
    edits = [edit for edit in candidate.change.edits if edit.path.endswith(".py")]
    old = {edit.path: edit.before.data for edit in edits if edit.before is not None}
    new = {edit.path: edit.after.data for edit in edits if edit.after is not None}
    select = "" if config is not None and configures_ruff(config) else FAULTS
    before, _ = _findings(candidate, candidate.base, old, select)
    after, receipt = _findings(candidate, candidate.tree, new, select)
    passed_over = sorted(_unkept(candidate, before, after)) if candidate.change.safety is Safety.NEW_TEST else []
    reasons = new_findings(before, [one for one in after if (one.path, one.code) not in passed_over])[:SHOWN]
    notes = [f"{path} breaks {code} as it is, so that new tests may too" for path, code in passed_over]
    receipt = replace(receipt, notes=(*receipt.notes, *notes))
    if config is not None and configures_ruff(config):
        reasons += _unformatted(candidate, old, new, config)
    reformatted = [reason for path in candidate.changed for reason in _churn(candidate, path)]
    claim = "ruff finds nothing new and nothing is merely reformatted"
    if candidate.change.author == "human" and reformatted and not reasons:
        return candidate.escalates(claim, receipt, *reformatted)
    return candidate.holds(claim, receipt, reasons + reformatted)


def _unkept(
    candidate: Candidate, before: Iterable[RuffFinding], after: Iterable[RuffFinding]
) -> Iterator[tuple[str, str]]:
    """Yield the rules of style, each (path, code), that a test file breaks again and again, and now once more."""
    old, new = (Counter((one.path, one.code) for one in found) for found in (before, after))
    for (path, code), count in old.items():
        is_style = not code.startswith(tuple(FAULTS.split(",")))
        if count >= UNKEPT and new[path, code] > count and is_style and candidate.policy.is_test(path):
            yield path, code


def _findings(
    candidate: Candidate, tree: Tree, shown: Mapping[str, bytes], select: str
) -> tuple[list[RuffFinding], Receipt]:
    """Return what ruff finds in the files `shown` of `tree` where they stand, and the receipt of just that."""
    config = configuration(candidate.base) or None
    beside = dict.fromkeys(_beside(tree, shown, candidate.bench.layout.roots), b"")
    found, receipt = candidate.bench.ruff.findings({**beside, **shown}, select=select, config=config)
    own = [finding for finding in found if finding.path in shown]
    looked = receipt.counts["files"] - len(beside.keys() - shown.keys())
    return own, replace(receipt, counts={"files": looked, "findings": len(own)})


def _beside(tree: Tree, shown: Iterable[str], roots: Iterable[str]) -> set[str]:
    """Return paths that need only be there: one for each name that can be imported, and the packages around.

    Without them ruff takes the project's own packages for strangers and asks for another order of imports.
    """
    tops: dict[tuple[str, str], str] = {}
    for path in sorted(path for path in tree if path.endswith(".py")):
        for prefix in {"", *(f"{root}/" for root in roots if root)}:
            if path.startswith(prefix):
                tops.setdefault((prefix, path.removeprefix(prefix).split("/")[0]), path)
    around = {f"{parent}/__init__.py" for path in shown for parent in PurePosixPath(path).parents}
    return {*tops.values(), *around & tree.keys()}


def configures_ruff(config: Mapping[str, bytes]) -> bool:
    """Tell whether any of these files speaks of ruff; one that cannot be read does."""
    return any(_speaks_of_ruff(path, data) for path, data in config.items())


def _speaks_of_ruff(path: str, data: bytes) -> bool:
    if PurePosixPath(path).name != "pyproject.toml":
        return True
    try:
        return "ruff" in tomllib.loads(data.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return True


def new_findings(before: Iterable[RuffFinding], after: Iterable[RuffFinding]) -> list[str]:
    """Return a sentence for each finding of `after` that `before` does not have as often or as badly."""
    known, now = _counted(before), _counted(after)
    reasons = []
    for key, found in sorted(now.items()):
        old = sorted((measure for measure, _ in known.get(key, [])), reverse=True)
        new = sorted(found, key=lambda item: item[0], reverse=True)
        for rank, (measure, finding) in enumerate(new):
            if rank >= len(old) or measure > old[rank]:
                reasons.append(f"{finding.path}:{finding.line}: {finding.code} {finding.message}")
                break
    return reasons


def _counted(findings: Iterable[RuffFinding]) -> dict[Key, list[tuple[int, RuffFinding]]]:
    counted: dict[Key, list[tuple[int, RuffFinding]]] = defaultdict(list)
    for finding in findings:
        measure = MEASURE.search(finding.message)
        message = MEASURE.sub("(measured)", MOVES.sub("line", finding.message))
        counted[finding.path, finding.code, message].append((int(measure[1]) if measure else 0, finding))
    return counted


def _churn(candidate: Candidate, path: str) -> Iterator[str]:
    before, after = candidate.before(path), candidate.after(path)
    if before is None or after is None:
        return
    for hunk in churned(before, after):
        yield f"{path}:{hunk.new_start + 1}: the same code is only laid out differently"


def _unformatted(
    candidate: Candidate, old: Mapping[str, bytes], new: Mapping[str, bytes], config: Mapping[str, bytes]
) -> list[str]:
    ruff = candidate.bench.ruff
    return [
        f"{path}: was formatted as the project's ruff configuration says and no longer is"
        for path, data in sorted(new.items())
        if path in old and not ruff.formatted(path, data, config) and ruff.formatted(path, old[path], config)
    ]
