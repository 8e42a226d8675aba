"""Have the base's test files compiled once, as pytest would, for all runs on what was made of that base.

What pytest spends on rewriting assertions is a third of what many suites cost. The code is made of the base's files
alone, in a run of the judge's own that executes none of them, and lies read-only beside the same files wherever they
run again.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from improver.records import Tree
from improver.verify import sealed
from improver.verify.compiled import TAIL, Code, Compiled
from improver.verify.job import Job, Limits, Mount
from improver.verify.suite import Rig, python_argv, run_key, staged, write_judge

JUDGE = ("compiled.py", "compiler.py", "compiling.py")
INSIDE = "/src"  # where a run sees the tree in a sandbox that has a file system of its own
HOOK = "enable_assertion_pass_hook"  # under it pytest writes other code
_LINE = TypeAdapter(tuple[str, str, str])
_LINES = TypeAdapter(tuple[tuple[str, str, str], ...])


def with_compiled(rig: Rig, base: Tree, cache: Path) -> Rig:
    """Return the rig with the test files of `base` compiled, from `cache` where it holds them.

    It is the same rig where runs see the tree elsewhere each time, or where pytest compiles in another way.
    """
    files = {path: base[path].digest for path in sorted(base) if path.endswith(".py") and rig.policy.is_test(path)}
    if not files or rig.sandbox.seen(Mount(cache, INSIDE)) != INSIDE or HOOK in repr(rig.configuration):
        return rig
    key = run_key("\0".join(f"{digest} {path}" for path, digest in files.items()), rig, JUDGE)
    place = cache / f"{key}.code"
    lines = _remembered(place)
    if lines is None:
        lines = tuple(_told(rig, base, tuple(files)))
        sealed.keep(place, _LINES.dump_json(lines))
    codes = {path: Code(files[path], tail, base64.b64decode(code)) for path, tail, code in lines if path in files}
    return replace(rig, compiled=Compiled(INSIDE, codes))


def _remembered(place: Path) -> tuple[tuple[str, str, str], ...] | None:
    body = sealed.read(place)
    try:
        return _LINES.validate_json(body) if body is not None else None
    except ValidationError:
        return None


def _told(rig: Rig, base: Tree, files: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Compile `files` in the sandbox and yield what was told of each; a line that is none, or cut off, is nothing."""
    with staged(rig, base) as stage:
        write_judge(rig, stage, {"tests": files}, base)
        guest = stage.folder / "compiler.py"
        guest.write_bytes(Path(__file__).with_name(guest.name).read_bytes())
        guest.chmod(0o644)
        argv = python_argv(rig.interpreter, f"{stage.judge}/compiler.py", f"{stage.judge}/spec.json")
        ended = rig.sandbox.run(Job(argv, stage.mounts, Limits.of(rig.policy.gates.suite), report=True))
    for line in ended.report.split(b"\n")[:-1]:
        try:
            path, tail, code = _LINE.validate_json(line)
            base64.b64decode(code, validate=True)
        except ValueError:
            continue
        if path in files and TAIL.fullmatch(tail):
            yield path, tail, code
