"""Take the warm first look at many changes in one sandbox job; it may refuse, and never accepts."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from improver.experiments import Look, Recording
from improver.judging.functions import differences
from improver.ports import SuiteRun
from improver.records import EXECUTABLE, REGULAR, Tree
from improver.source import Source
from improver.verify.configuration import trusted_ini
from improver.verify.job import Job, Limits
from improver.verify.suite import Rig, python_argv, staged, write_judge

GUESTS = ("warmer.py", "sampling.py", "forking.py", "grafting.py", "copying.py", "entries.py")
MARKER = "@tree@"  # stands in the configuration for where the guest's copy of the tree will be
SHARE = 0.5  # of the suite's time: tests that would take longer are left to the cold run
STARTS = 3  # of one batch: a change that ends its job is cold, and what comes after it gets another
Change = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every look of one base stands on."""

    base: Tree
    baseline: SuiteRun
    recording: Recording


@dataclass(frozen=True, slots=True)
class Patch:
    """One change as the guest gets it, with the tests to run: `near` where only function bodies differ, else `far`."""

    files: Change
    near: tuple[str, ...]
    far: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        """Return it as plain data."""
        files = {path: None if data is None else base64.b64encode(data).decode() for path, data in self.files.items()}
        return {"files": files, "near": self.near, "far": self.far}


def looked(rig: Rig, ground: Ground, changes: Sequence[Change]) -> tuple[Look, ...]:
    """Look at each change, those that can be judged in as few jobs as possible."""
    planned = [planned_for(rig, ground, change) for change in changes]
    looks = {number: one for number, one in enumerate(planned) if isinstance(one, Look)}
    for _ in range(STARTS):
        left = [number for number in range(len(planned)) if number not in looks]
        if not left:
            break
        seen = _run(rig, ground, [one for number in left if isinstance(one := planned[number], Patch)])
        looks |= {left[place]: look for place, look in seen.items()}
    return tuple(looks.get(number, Look(cold="the job broke off too often")) for number in range(len(planned)))


# --- what to run --------------------------------------------------------------------------------------------------


def planned_for(rig: Rig, ground: Ground, change: Change) -> Patch | Look:
    """Return what to run for `change`, or the look that needs no run."""
    policy, impact = rig.policy, ground.recording.impact
    if ground.recording.trouble:
        return Look(cold=f"no impact map: {ground.recording.trouble}")
    for path in change:
        file = ground.base.get(path)
        if policy.is_test(path) or policy.is_configuration(path):
            return Look(cold=f"{path} is a test or configures tests")
        if file is not None and file.mode not in (REGULAR, EXECUTABLE):
            return Look(cold=f"{path} is no regular file")
    touched = [*_touched(ground.base, change)]
    if touched == []:
        return Look()
    far = _ordered(
        ground, change, {test for name, tests in impact.items() if name.split("::")[0] in change for test in tests}
    )
    names = {name for _, name in touched}
    bodies = all(kind == "changed" for kind, _ in touched)  # as far as the text tells
    on_import = not names.isdisjoint(ground.recording.outside)  # what they made then would not be made again
    near = _ordered(ground, change, {test for name in names for test in impact.get(name, ())}) if bodies else ()
    if not far or (bodies and not near and not on_import):
        return Look(cold="the suite runs nothing of what it touches")
    return Patch(change, () if on_import else near, far)


def _touched(base: Tree, change: Change) -> Iterator[tuple[str, str]]:
    """Yield each difference in code as (kind, "path::qualname"); a file that cannot be read differs as a whole."""
    for path, data in sorted(change.items()):
        before = Source.read(path, base[path].data) if path in base and path.endswith(".py") else None
        after = Source.read(path, data) if data is not None and path.endswith(".py") else None
        if not isinstance(before, Source) or not isinstance(after, Source):
            yield "whole", path
            continue
        for kind, name in differences(path, before, after):
            yield kind, f"{path}::{name}"


def _ordered(ground: Ground, change: Change, tests: set[str]) -> tuple[str, ...]:
    """Return tests that the base's suite knows, shortest first, as many as a look may take; none in a changed file."""
    seconds, manifest = ground.recording.seconds, ground.baseline.manifest
    known = [test for test in tests if test in manifest and test.split("::")[0] not in change]
    room = SHARE * ground.baseline.receipt.seconds
    kept = []
    for test in sorted(known, key=lambda test: (seconds.get(test, 0.0), test)):
        room -= seconds.get(test, 0.0)
        if room < 0:
            break
        kept.append(test)
    return tuple(kept)


# --- one job ------------------------------------------------------------------------------------------------------


def _run(rig: Rig, ground: Ground, patches: Sequence[Patch]) -> dict[int, Look]:
    """Run one job; return looks by place in `patches`. What it was at when it broke off is cold."""
    tests = {test for patch in patches for test in (*patch.near, *patch.far)}
    seconds = ground.recording.seconds
    expected = {test: (ground.baseline.manifest[test], seconds.get(test, 0.0)) for test in tests}
    with staged(rig, ground.base) as stage:
        wishes = {"modules": (), "cover": False, "patches": [patch.plain() for patch in patches], "expected": expected}
        write_judge(rig, stage, {**wishes, "marker": MARKER, "movable": f"{stage.judge}/movable.ini"}, ground.base)
        texts = {name: Path(__file__).with_name(name).read_text(encoding="utf-8") for name in GUESTS}
        for name, text in {**texts, "movable.ini": trusted_ini(rig.configuration, MARKER)}.items():
            (stage.folder / name).write_text(text, encoding="utf-8")
            (stage.folder / name).chmod(0o644)
        argv = python_argv(rig.interpreter, f"{stage.judge}/warmer.py", f"{stage.judge}/spec.json")
        limits = replace(Limits.of(rig.policy.gates.suite), seconds=_patience(rig, len(patches)))
        ended = rig.sandbox.run(Job(argv, stage.mounts, limits, report=True))
    taken, looks = _read(ended.report, len(patches))
    if taken is not None and taken not in looks:
        looks[taken] = Look(cold=f"it ended the job: {ended.trouble or f'exit status {ended.exit}'}")
    if not looks:
        said = ended.output.decode("utf-8", "replace").strip().splitlines()
        why = ended.trouble or (said[-1] if said else f"exit status {ended.exit}")
        looks = {place: Look(cold=f"the tests cannot be held warm: {why}") for place in range(len(patches))}
    return looks


def _patience(rig: Rig, count: int) -> int:
    """Return the seconds that a job may take: one trial's for each change, at most as long as a hundred."""
    return rig.policy.gates.trials.seconds * min(max(count, 2), 100) // 2


def _read(data: bytes, count: int) -> tuple[int | None, dict[int, Look]]:
    """Return which patch was taken last and the looks that were told; a line under another nonce is nothing."""
    lines = [_facts(line) for line in data.split(b"\n")[:-1]]
    nonce = lines[0][0] if lines else ""
    taken, looks = None, dict[int, Look]()
    for facts in lines:
        match facts:
            case [str(said), "taking", int(number)] if said == nonce and number < count:
                taken = number
            case [str(said), "look", int(number), str(refused), str(cold), int(tests), float(cpu)] if (
                said == nonce and number < count
            ):
                looks[number] = Look(refused, cold, tests, cpu)
            case _:
                continue
    return taken, looks


def _facts(line: bytes) -> list[Any]:
    try:
        facts = json.loads(line)
    except ValueError:
        return [""]
    return facts if isinstance(facts, list) and facts else [""]
