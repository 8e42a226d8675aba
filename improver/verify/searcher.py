"""Let CrossHair look for arguments on which the old and the new function differ: runs inside the sandbox.

Started as ``python -s -P -B searcher.py SPEC`` beside ``oracle.py`` and ``runner.py``, in an environment that has
CrossHair. What it tells are suggestions: arguments as source text, which somebody else tries.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import inspect
import json
import os
import sys
import types
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

TEXT = 2000  # characters of one argument; a longer one is left
PLAIN = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def beside(name: str) -> Any:
    """Load a file beside this one."""
    place = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def renewed(module: Any, data: bytes) -> Any:
    """Return the module as the candidate has it, under the same name and known to nobody."""
    other = types.ModuleType(module.__name__)
    other.__dict__.update(
        {name: vars(module).get(name) for name in ("__file__", "__package__", "__spec__", "__path__")}
    )
    exec(compile(data, module.__file__, "exec", dont_inherit=True), other.__dict__)  # noqa: S102 - what the sandbox is for
    return other


def calls(old: Any, new: Any, seconds: float) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the arguments of calls on which CrossHair sees the two differ."""
    parameters = list(inspect.signature(old).parameters.values())
    if not parameters or any(one.kind not in PLAIN for one in parameters):
        return
    importlib.import_module("crosshair.core_and_libs")
    names = ("crosshair.diff_behavior", "crosshair.fnutil", "crosshair.options")
    differ, fnutil, options = map(importlib.import_module, names)
    bounds = options.DEFAULT_OPTIONS.overlay(options.AnalysisOptionSet(per_condition_timeout=seconds))
    found = differ.diff_behavior(fnutil.FunctionInfo.from_fn(old), fnutil.FunctionInfo.from_fn(new), bounds)
    for one in found if isinstance(found, list) else ():
        if all(len(text) <= TEXT for text in one.args.values()):
            plain = [one.args[each.name] for each in parameters if each.kind is not PLAIN[2]]
            yield plain, {each.name: one.args[each.name] for each in parameters if each.kind is PLAIN[2]}


def suggestions(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield calls of each function; one that cannot be searched is passed over."""
    for function in spec["functions"]:
        path, _, name = function.partition("::")
        try:
            module = importlib.import_module(spec["modules"][path])
            other = renewed(module, base64.b64decode(spec["sources"][path]))
            for plain, named in calls(getattr(module, name), getattr(other, name), spec["seconds"]):
                yield {"function": function, "plain": plain, "named": named}
        except Exception:  # noqa: BLE001, S112 - foreign code, and a search that fails has found nothing
            continue


def main() -> None:
    """Search every function that the spec names."""
    leave = os._exit
    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).parent)]
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    oracle, home = beside("oracle"), str(Path(__file__).parent)
    runner = oracle.loaded("runner")
    say = runner.reporter(int(os.environ.pop("NOVA_REPORT_FD")), lambda frame, _: oracle.strangers(frame, home))
    del sys.argv[1:]
    runner.prepare(spec)
    say("hello")
    for number, told in enumerate(suggestions(spec)):
        say("told", str(number), told)
    say("end")
    leave(0)


if __name__ == "__main__":
    main()
