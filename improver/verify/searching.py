"""Compare old and new code, and where nothing differs let CrossHair search for what would, if the project has it.

What it suggests is replayed like any other input, so it can only refuse: it proves nothing, and is not believed.
"""

import ast
import base64
import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from improver.experiments import Comparison, Recording
from improver.judging.questions import MODULE, Question
from improver.records import Tree
from improver.verify.comparing import compare, python_of, read_answers, replayed
from improver.verify.job import Job, Limits
from improver.verify.suite import Rig, staged, write_judge

GUESTS = ("searcher.py", "oracle.py")
SPARE = 30  # seconds for starting and importing, besides the search
MOST = 20  # suggestions that are tried


class _Suggestion(BaseModel):
    """A call: the source of its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    function: str
    plain: list[str]
    named: dict[str, str]


_SUGGESTION = TypeAdapter(_Suggestion)


def compared(rig: Rig, trees: tuple[Tree, Tree], functions: Sequence[str], recording: Recording) -> Comparison:
    """Compare base and candidate on all inputs that are known, then on those that a search suggests."""
    found = compare(rig, *trees, functions, recording)
    if found.differences or found.trouble:
        return found
    asked = tuple(searched(rig, trees, functions))
    if not asked:
        return found
    again = replayed(rig, trees, asked)
    counts = {**found.receipt.counts, "searched": len(asked)}
    receipt = replace(found.receipt, counts=counts)
    undecided = Counter(found.undecided) + Counter(again.undecided)
    undecided += Counter({again.trouble: len(asked)} if again.trouble else {})
    return replace(found, differences=again.differences, undecided=undecided, receipt=receipt)


def searched(rig: Rig, trees: tuple[Tree, Tree], functions: Sequence[str]) -> Iterator[Question]:
    """Yield calls that CrossHair suggests; none where it is not installed or policy gives it no time."""
    base, tree = trees
    wanted = [name for name in functions if _is_plain(name) and {name.partition("::")[0]} <= base.keys() & tree.keys()]
    wanted = [name for name in wanted if rig.layout.module_of(name.partition("::")[0])]
    seconds = rig.policy.gates.trials.symbolic
    if not seconds or not wanted or not rig.interpreter.has("crosshair"):
        return
    paths = sorted({name.partition("::")[0] for name in wanted})
    wishes = {
        "functions": wanted,
        "modules": {path: rig.layout.module_of(path) for path in paths},
        "sources": {path: base64.b64encode(tree[path].data).decode() for path in paths},
        "seconds": seconds / len(wanted),
    }
    with staged(rig, base) as stage:
        write_judge(rig, stage, wishes, base)
        for name in GUESTS:
            guest = stage.folder / name
            guest.write_bytes(Path(__file__).with_name(name).read_bytes())
            guest.chmod(0o644)
        argv = python_of(rig, f"{stage.judge}/searcher.py", f"{stage.judge}/spec.json")
        limits = replace(Limits.of(rig.policy.gates.suite), seconds=seconds + SPARE)
        ended = rig.sandbox.run(Job(argv, stage.mounts, limits, report=True))
    told = list(read_answers(ended.report, ended.trouble).told.values())
    for one in told[:MOST]:
        yield from _question(one, wanted)


def _is_plain(function: str) -> bool:
    name = function.partition("::")[2]
    return name != MODULE and "." not in name


def _question(told: object, wanted: Sequence[str]) -> Iterator[Question]:
    """Yield the call with its arguments as values; what is more than literals is left."""
    try:
        one = _SUGGESTION.validate_python(told)
        plain = tuple(map(ast.literal_eval, one.plain))
        named = {name: ast.literal_eval(text) for name, text in one.named.items()}
    except (ValidationError, ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return
    if one.function in wanted:
        yield Question(one.function, one.function, pickle.dumps((plain, named)), "searched")
