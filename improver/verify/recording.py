"""Record which functions each test of the base runs, and calls of them, in one sandboxed run of the suite."""

import base64
import binascii
import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from improver.experiments import Recording
from improver.ports import SuiteRun
from improver.records import Receipt, Tree
from improver.verify import sealed
from improver.verify.entries import placed
from improver.verify.job import MIB, Job, Limits
from improver.verify.report import ADDRESS, Report, read_report
from improver.verify.suite import GUESTS, Rig, Stage, python_argv, run_key, staged, verdict, write_judge

RECORDERS = ("recorder.py", "keeper.py", "reloading.py")  # guests
JUDGE = (*GUESTS, *RECORDERS, "recording.py", "report.py", "entries.py", "suite.py", "configuration.py")
BUDGET_MIB = 16  # of all pickles together: a report holds 64 MiB, and base64 takes a third more
PATIENCE_SECONDS, PATIENCE_FACTOR = 20, 10  # a recording's time: this much, and this many times the baseline's
TRYING = 8  # a pickle is tried again within this part of the time
NAMED = 3  # tests named that came out otherwise


@dataclass(frozen=True, slots=True)
class Facts:
    """What the recorder told, believed, as it is also kept: a test is the number of its node id, pickles are base64."""

    tests: list[str]
    seconds: list[float]
    left_out: dict[str, int]
    # name, ran outside of tests, its tests as bits, calls, types of arguments by parameter
    functions: list[tuple[str, bool, str, list[str], dict[str, list[str]]]]
    receipt: Receipt


_FACTS = TypeAdapter(Facts)


def recorded(rig: Rig, base: Tree, baseline: SuiteRun, cache: Path | None) -> Recording:
    """Return the recording of `base`, from `cache` where it holds one; its suite must fare as in `baseline`."""
    place = cache / f"{run_key(digest_of(base), rig, JUDGE)}.json" if cache is not None else None
    kept = _remembered(place) if place is not None else None
    facts = kept or _told(rig, base, baseline)
    if isinstance(facts, Recording):
        return facts
    if place is not None and kept is None:
        sealed.keep(place, _FACTS.dump_json(facts))
    return _recording(facts)


def digest_of(tree: Tree) -> str:
    """Return a digest of all paths, modes and bytes of `tree`."""
    listed = "\0".join(f"{file.mode} {file.digest} {path}" for path, file in sorted(tree.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def _recording(facts: Facts) -> Recording:
    shortest = sorted(range(len(facts.tests)), key=lambda number: facts.seconds[number])
    return Recording(
        impact={name: _tests(int(mask, 16), shortest, facts.tests) for name, _, mask, _, _ in facts.functions},
        seconds=dict(zip(facts.tests, facts.seconds, strict=True)),
        calls={name: tuple(map(base64.b64decode, calls)) for name, _, _, calls, _ in facts.functions if calls},
        left_out=facts.left_out,
        receipt=facts.receipt,
        outside=frozenset(name for name, outside, *_ in facts.functions if outside),
        kinds={name: kinds for name, *_, kinds in facts.functions},
    )


def _tests(mask: int, shortest: list[int], tests: list[str]) -> tuple[str, ...]:
    return tuple(tests[number] for number in shortest if mask >> number & 1)


# --- the run ------------------------------------------------------------------------------------------------------


def _told(rig: Rig, base: Tree, baseline: SuiteRun) -> Facts | Recording:
    """Run the suite with a recorder and return what it told, or a recording that says why it is none."""
    trials = rig.policy.gates.trials
    limits = Limits.of(rig.policy.gates.suite)
    patience = PATIENCE_SECONDS + round(PATIENCE_FACTOR * baseline.receipt.seconds)
    seconds = min(trials.seconds, limits.seconds, patience)
    files = frozenset(path for path in base if rig.layout.module_of(path) and not rig.policy.is_test(path))
    wish = {
        "files": sorted(files),
        "calls": trials.calls,
        "call_bytes": trials.call_bytes,
        "budget": BUDGET_MIB * MIB,
        "seconds": seconds / TRYING,
    }
    with staged(rig, base) as stage:
        write_judge(rig, stage, {"modules": (), "cover": False, "record": wish}, base)
        _write_recorders(stage)
        words = (f"{stage.judge}/runner.py", f"{stage.judge}/spec.json")
        limits = dataclasses.replace(limits, seconds=seconds)
        job = Job(python_argv(rig.interpreter, *words), stage.mounts, limits, report=True)
        ended = rig.sandbox.run(job)
    run = verdict(rig, job, ended, stage.tree)
    trouble = run.trouble or _otherwise(run.manifest, baseline.manifest)
    report = read_report(ended.report, stage.tree) if not trouble else None
    if not isinstance(report, Report):
        return Recording({}, {}, {}, {}, run.receipt, trouble)
    facts = _facts(report, stage.tree, run.receipt)
    trouble = next(_unbelievable(facts, run.manifest, wish), "")
    return Recording({}, {}, {}, {}, run.receipt, trouble) if trouble else facts


def _write_recorders(stage: Stage) -> None:
    for name in RECORDERS:
        guest = stage.folder / name
        guest.write_bytes(Path(__file__).with_name(name).read_bytes())
        guest.chmod(0o644)


def _otherwise(manifest: Mapping[str, str], baseline: Mapping[str, str]) -> str:
    """Return which tests do not fare as in the baseline, "" when all do."""
    names = sorted(manifest.keys() | baseline.keys())
    differ = [name for name in names if manifest.get(name) != baseline.get(name)]
    if not differ:
        return ""
    first = [f"{name}: {baseline.get(name, 'absent')} → {manifest.get(name, 'absent')}" for name in differ[:NAMED]]
    more = [f"and {len(differ) - NAMED} more"] if len(differ) > NAMED else []
    return f"under recording the suite fares otherwise: {'; '.join([*first, *more])}"


# --- what is believed ---------------------------------------------------------------------------------------------


def _facts(report: Report, tree: str, receipt: Receipt) -> Facts:
    """Return what the recorder told, with the counts that a receipt shows; nothing is believed yet."""
    tests, seconds, left_out = report.record or ([], [], {})
    counts = {
        "tests": len(tests),
        "functions": len(report.functions),
        "functions with calls": sum(1 for one in report.functions if one[3]),
        "calls": sum(len(one[3]) for one in report.functions),
    }
    counts |= {f"left out: {why}": number for why, number in sorted(left_out.items())}
    receipt = dataclasses.replace(receipt, counts={**receipt.counts, **counts})
    return Facts([placed(node, tree) for node in tests], seconds, left_out, list(report.functions), receipt)


def _unbelievable(facts: Facts, manifest: Mapping[str, str], wish: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the recorder cannot have told of this run."""
    if not facts.tests:
        fared = [f"{name}: {how}" for name, how in sorted(manifest.items())[:NAMED]]
        yield f"no test ran: {'; '.join(fared) or 'none was found'}"
    if len(facts.tests) != len(facts.seconds) or len(set(facts.tests)) != len(facts.tests):
        yield "the recorder did not tell each test once"
    if moving := [plain for name in facts.tests if (plain := ADDRESS.sub("0x…", name)) != name]:
        yield f"a test is called by an address, which is another one in each run (give its cases ids): {min(moving)}"
    if strange := set(facts.tests) - manifest.keys():
        yield f"the recorder tells of a test that did not run: {min(strange)}"
    if not all(0 <= took <= wish["seconds"] * TRYING for took in facts.seconds):
        yield "the recorder tells of a test that took no time, or too much"
    names = [name for name, *_ in facts.functions]
    if len(set(names)) != len(names):
        yield "the recorder tells of a function twice"
    yield from _unbelievable_functions(facts, wish)


def _unbelievable_functions(facts: Facts, wish: Mapping[str, Any]) -> Iterator[str]:
    files = frozenset(wish["files"])
    for name, _, mask, calls, _ in facts.functions:
        path, _, qualname = name.partition("::")
        if path not in files or not qualname:
            yield f"the recorder tells of a function that is not the product's: {name}"
        if not _is_mask(mask, len(facts.tests)):
            yield f"the recorder tells of tests of {name} that there are not"
        if len(calls) > wish["calls"] or not all(_is_call(call, wish["call_bytes"]) for call in calls):
            yield f"the recorder tells of more or larger calls of {name} than it may keep"


def _is_mask(text: str, tests: int) -> bool:
    try:
        return 0 <= int(text, 16) < 1 << tests
    except ValueError:
        return False


def _is_call(text: str, most: int) -> bool:
    try:
        return 0 < len(base64.b64decode(text, validate=True)) <= most
    except (binascii.Error, ValueError):
        return False


# --- what is kept -------------------------------------------------------------------------------------------------


def _remembered(place: Path) -> Facts | None:
    """Return the kept facts, None when there are none, or others, or they cannot be read."""
    body = sealed.read(place)
    try:
        return _FACTS.validate_json(body) if body is not None else None
    except ValidationError:
        return None
