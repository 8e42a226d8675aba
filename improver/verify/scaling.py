"""Count what functions cost on two trees as recorded inputs grow; each tree is run in processes of its own.

The base chooses which recorded calls can be made larger, and how far; the candidate follows. What it gives must be
the same at every size, else the input is left out: whether behaviour differs is for others to say.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from improver.experiments import Growth, Recording, Scaling
from improver.records import Receipt, Tree
from improver.verify.job import Job, Limits
from improver.verify.repeating import seen_python
from improver.verify.suite import Rig, staged, write_judge

GUESTS = ("scaler.py", "observing.py", "portrait.py", "enlarging.py")
NONCE = 35  # bytes: the bracket that opens every line, then 32 quoted hexadecimal digits
CALLS = 3  # recorded calls of one function, those with the largest pickles
STEPS, MORE_STEPS = 500_000, 2_000_000  # of one call on the base, and on the candidate
PATIENCE, MORE_PATIENCE = 2, 10  # seconds of the same
STEEPER = 0.5  # by which the exponent of processor time must be larger, every time
CONFIRMED = 3
LONG = 0.001  # seconds below which a time says nothing
MICRO = 1_000_000


class _Cost(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cost: int
    gives: str = ""  # a digest; "" when the call was ended because it cost too much


class _Way(BaseModel):
    """How one recorded call grows on the base."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call: int
    place: int | str
    style: str
    start: int
    timed: int
    costs: tuple[_Cost, ...]
    seconds: tuple[float, ...]


class _Followed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    way: int
    costs: tuple[_Cost, ...]
    seconds: tuple[float, ...]


_WAY, _FOLLOWED = TypeAdapter(_Way), TypeAdapter(_Followed)
Told = Sequence[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Pair:
    """One way to grow a call of a function, as it stands on both sides."""

    function: str
    asked: Mapping[str, object]
    way: _Way
    followed: _Followed


@dataclass(frozen=True, slots=True)
class _Scale:
    """Puts functions on scales, with the calls recorded of them."""

    rig: Rig
    functions: tuple[str, ...]
    asked: tuple[Mapping[str, object], ...]

    def ask(self, tree: Tree, items: Sequence[Mapping[str, object]], *, following: bool) -> tuple[Told, str]:
        """Return what a fresh process tells of `tree`, and why it is not all, "" when it is."""
        paths = {str(item["function"]).split("::", 1)[0] for item in items}
        wishes = {
            "modules": {path: self.rig.layout.module_of(path) for path in paths},
            "functions": items,
            "most": MORE_STEPS if following else STEPS,
            "patience": MORE_PATIENCE if following else PATIENCE,
        }
        with staged(self.rig, tree) as stage:
            write_judge(self.rig, stage, wishes, tree)
            for name in GUESTS:
                guest = stage.folder / name
                guest.write_bytes(Path(__file__).with_name(name).read_bytes())
                guest.chmod(0o644)
            argv = (*seen_python(self.rig), f"{stage.judge}/scaler.py", f"{stage.judge}/spec.json")
            limits = replace(Limits.of(self.rig.policy.gates.suite), seconds=self.rig.policy.gates.trials.seconds)
            ended = self.rig.sandbox.run(Job(argv, stage.mounts, limits, report=True))
        return _read(ended.report, ended.trouble)


def scaled(rig: Rig, trees: tuple[Tree, Tree], functions: Sequence[str], recording: Recording) -> Scaling:
    """Return how the costs of `functions` grow on `trees`, the base and a candidate."""
    known = tuple(name for name in functions if recording.calls.get(name) and _is_module(rig, name))
    asked = tuple({"function": name, "calls": _largest(recording.calls[name])} for name in known)
    receipt = Receipt(("scale",), counts={"functions": 0, "inputs": 0})
    if not asked:
        return Scaling((), receipt)
    scale = _Scale(rig, known, asked)
    told, trouble = scale.ask(trees[0], asked, following=False)
    if trouble:
        return Scaling((), receipt, f"the base cannot be measured: {trouble}")
    ways = _ways(told)
    items = [_item(asked[number], found) for number, found in sorted(ways.items())]
    if not items:
        return Scaling((), receipt)
    answers, trouble = scale.ask(trees[1], items, following=True)
    pairs = list(_pairs(items, list(dict(sorted(ways.items())).values()), answers))
    if trouble and not pairs:
        return Scaling((), receipt, f"the candidate cannot be measured: {trouble}")
    grown = [*filter(None, map(_growth, pairs)), *_slower(scale, trees, pairs)]
    counts = {"functions": len({one.function for one in grown}), "inputs": len(grown)}
    digest = hashlib.sha256(repr(grown).encode()).hexdigest()
    return Scaling(tuple(grown), replace(receipt, counts=counts, digest=digest), trouble)


def _is_module(rig: Rig, function: str) -> bool:
    return rig.layout.module_of(function.split("::", 1)[0]) is not None


def _largest(calls: Sequence[bytes]) -> list[str]:
    found = sorted(calls, key=lambda data: (-len(data), data))
    return [base64.b64encode(data).decode() for data in found[:CALLS]]


def _item(asked: Mapping[str, object], ways: Sequence[_Way], *, only_time: bool = False) -> dict[str, object]:
    plain = [way.model_dump(exclude={"costs", "seconds"}) for way in ways]
    return {**asked, "ways": plain, "only_time": only_time}


# --- what was told ------------------------------------------------------------------------------------------------


def _read(report: bytes, trouble: str) -> tuple[Told, str]:
    """Return what the guest told, up to the first line that it cannot have written."""
    nonce, told = report[:NONCE], list[tuple[int, Mapping[str, Any]]]()
    for line in report.splitlines():
        if len(nonce) < NONCE or not line.startswith(nonce):
            return [], "its report holds a line that is not the scaler's"
        try:
            _, kind, *facts = json.loads(line)
        except ValueError:
            return told, trouble or "its report breaks off"
        if kind == "told" and len(facts) == 2 and isinstance(facts[0], int) and isinstance(facts[1], dict):
            told.append((facts[0], facts[1]))
        if kind == "end":
            return told, trouble
    return told, trouble or "it broke off"


def _ways(told: Told) -> dict[int, list[_Way]]:
    found: dict[int, list[_Way]] = {}
    for number, facts in told:
        found.setdefault(number, []).append(_WAY.validate_python(facts))
    return found


def _pairs(items: Sequence[Mapping[str, object]], ways: Sequence[Sequence[_Way]], told: Told) -> Iterator[_Pair]:
    """Yield each way with what the candidate told of it; what it cannot have told is left out."""
    for number, facts in told:
        try:
            followed = _FOLLOWED.validate_python(facts)
            way = ways[number][followed.way]
        except (ValidationError, IndexError):
            continue
        yield _Pair(str(items[number]["function"]), items[number], way, followed)


def _growth(pair: _Pair) -> Growth | None:
    """Return the growth in steps, None where the candidate raises or gives something else."""
    old, new = pair.way.costs, pair.followed.costs
    if len(new) < len(old) and (not new or new[-1].gives):
        return None  # it raised
    if any(one.gives != other.gives for one, other in zip(old, new, strict=False) if other.gives):
        return None
    costs = [one.cost for one in new]
    costs += costs[-1:] * (len(old) - len(costs))  # it was ended there: larger inputs cost no less
    return Growth(pair.function, tuple(one.cost for one in old), tuple(costs))


# --- processor time -----------------------------------------------------------------------------------------------


def _slower(scale: _Scale, trees: tuple[Tree, Tree], pairs: Sequence[_Pair]) -> Iterator[Growth]:
    """Yield the growth in processor time of what is steeper on the candidate each time that it is measured."""
    for pair in pairs:
        if _growth(pair) is None or not is_steeper(pair.way.seconds, pair.followed.seconds):
            continue
        item = _item({key: pair.asked[key] for key in ("function", "calls")}, [pair.way], only_time=True)
        again = [[_seconds(scale.ask(tree, [item], following=True)[0]) for tree in trees] for _ in range(CONFIRMED - 1)]
        if all(is_steeper(old, new) for old, new in again):
            yield Growth(pair.function, _micro(pair.way.seconds), _micro(pair.followed.seconds), "microseconds")


def _seconds(told: Told) -> tuple[float, ...]:
    return _FOLLOWED.validate_python(told[0][1]).seconds if told else ()


def _micro(seconds: Sequence[float]) -> tuple[int, ...]:
    return tuple(round(one * MICRO) for one in seconds)


def is_steeper(base: Sequence[float], candidate: Sequence[float]) -> bool:
    """Tell whether processor time grows clearly faster on the candidate, and is longer at the largest size."""
    if len(base) < 2 or len(base) != len(candidate) or min(*base, *candidate) <= 0:
        return False
    return exponent(candidate) - exponent(base) > STEEPER and candidate[-1] > max(base[-1], LONG)


def exponent(costs: Sequence[float]) -> float:
    """Return the slope of costs at sizes that double each time, on logarithmic scales."""
    return math.log2(max(costs[-1], 1e-9) / max(costs[0], 1e-9)) / (len(costs) - 1)
