"""Read what the runner told over its private pipe, believing nothing that it did not write itself."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from improver.verify.entries import entry, normal, placed

REPLACED, SESSION = "[replaced in pytest]", "[session teardown]"  # manifest entries that are no tests
COLLECT = "collect"  # a file that holds tests and doctests is collected twice, and may fail or be skipped each time
REACHED = "[reached into the interpreter]"
ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{4,}\b")  # as Python shows what has no name; else it is a number
NONCE = 35  # bytes: the bracket that opens every line, then 32 quoted hexadecimal digits


@dataclass(frozen=True, slots=True)
class Report:
    """One run as the runner told it; paths are relative to the tree where they lie in it."""

    manifest: Mapping[str, str]
    canary: str
    canaries: int
    status: int
    modules: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    host: int = 0
    versions: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()  # node ids that ran twice
    internal: str = ""  # what broke in pytest itself
    whys: tuple[str, ...] = ()  # "id: message" of what failed
    reached: tuple[str, ...] = ()  # "file: what it did", sorted
    code: str = ""  # digest of the tests' own code as it ran
    record: tuple[Any, ...] = ()  # what a recorder told of all, and of each function
    functions: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Unbelievable:
    """A report that the runner alone cannot have written, or not to its end."""

    reason: str


Facts = tuple[object, ...]
KINDS: Mapping[str, Any] = {  # what the runner tells, and the types of its facts
    "hello": tuple[str],  # the canary's name
    "versions": tuple[str, str],  # of Python and pytest
    "host": tuple[int],
    "phase": tuple[str, str, str],  # node id, phase, outcome
    "subtest": tuple[str, str, str],
    "why": tuple[str, str],
    "replaced": tuple[list[str]],
    "reached": tuple[str],  # a foreign file, and what it did
    "tests": tuple[str],  # a digest of their code
    "record": tuple[list[str], list[float], dict[str, int]],  # node ids, their seconds, calls left out by reason
    # name, ran outside of tests, its tests as bits, calls in base64, types of its arguments by parameter
    "function": tuple[str, bool, str, list[str], dict[str, list[str]]],
    "internal": tuple[str],
    "modules": tuple[dict[str, str]],
    "lines": tuple[dict[str, list[int]]],
    "end": tuple[int],
}
SHAPES: Mapping[str, TypeAdapter[Facts]] = {
    kind: TypeAdapter(shape, config=ConfigDict(strict=True)) for kind, shape in KINDS.items()
}
MANY = frozenset({"phase", "subtest", "why", "replaced", "reached", "function"})
NEEDED = ("hello", "host", "modules", "lines", "end")


def read_report(data: bytes, tree: str) -> Report | Unbelievable:
    """Return the report in `data` of a run that saw its tree at the absolute path `tree`."""
    if not data.endswith(b"\n"):
        return Unbelievable("the report breaks off" if data else "there is no report")
    told: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in SHAPES}
    nonce = data[:NONCE]
    for number, line in enumerate(data.splitlines()):
        kind, facts = _line(line, nonce)
        if not kind:
            return Unbelievable("the report holds a line that is not the runner's")
        if (kind == "hello") != (number == 0) or told["end"] or (told[kind] and kind not in MANY):
            return Unbelievable("the report does not begin and end once")
        told[kind].append(facts)
    if told["end"] and told["end"] != [(1,)] and not told["host"]:  # pytest refused before it collected
        told["host"] = [(0,)]
    missing = [kind for kind in NEEDED if not told[kind]]
    return Unbelievable(f"the report breaks off before {missing[0]!r}") if missing else _report(told, tree)


def _line(line: bytes, nonce: bytes) -> tuple[str, Facts]:
    """Return kind and facts of one line, ("", ()) when the runner did not write it."""
    if len(nonce) < NONCE or not line.startswith(nonce):
        return "", ()
    try:
        _, kind, *facts = json.loads(line)
        return str(kind), SHAPES[kind].validate_python(tuple(facts))
    except (ValueError, KeyError, TypeError):
        return "", ()


def _report(told: Mapping[str, list[tuple[Any, ...]]], tree: str) -> Report:
    ((name,),) = told["hello"]
    phases, repeated = _phases(told, tree)
    canaries = [node for node in phases if node.rsplit("::", 1)[-1] == name]
    manifest = {node: entry(outcomes) for node, outcomes in sorted(phases.items()) if node not in canaries}
    last = phases[canaries[0]] if canaries else {}
    if last.get("teardown", "passed") != "passed":  # the canary is the last test: the session ends with it
        manifest[SESSION] = last["teardown"]
    if replaced := {function for (names,) in told["replaced"] for function in names}:
        manifest[REPLACED] = ", ".join(sorted(placed(function, tree) for function in replaced))
    return Report(
        manifest=manifest,
        canary=last.get("call", "did not run") if last.get("setup") == "passed" else "did not run",
        canaries=len(canaries),
        status=told["end"][0][0],
        modules={module: placed(file, tree) for module, file in told["modules"][0][0].items()},
        lines={path: frozenset(lines) for path, lines in told["lines"][0][0].items()},
        host=told["host"][0][0],
        versions=tuple(word for facts in told["versions"] for word in facts),
        repeated=repeated,
        internal=" ".join(reason for (reason,) in told["internal"]),
        reached=tuple(sorted({what for (what,) in told["reached"]})),
        code=told["tests"][0][0] if told["tests"] else "",
        record=told["record"][0] if told["record"] else (),
        functions=tuple(told["function"]),
        whys=tuple(_whys(told, tree, name)),
    )


def _whys(told: Mapping[str, list[tuple[Any, ...]]], tree: str, canary: str) -> Iterator[str]:
    """Yield what each failure said; what the canary said beside its name is said of the session's end."""
    for node, why in told["why"]:
        if canary not in why:
            yield f"{SESSION if canary in node else placed(node, tree)}: {normal(why, tree)}"


def _phases(told: Mapping[str, list[tuple[Any, ...]]], tree: str) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """Return each node's outcomes by phase, and the nodes that had a phase twice."""
    phases: dict[str, dict[str, str]] = defaultdict(dict)
    repeated = []
    names = _names((node for node, *_ in told["phase"]), tree)
    for node, when, outcome in told["phase"]:
        known, found = phases[names[node]], normal(outcome, tree)
        if when == COLLECT and found != known.get(when, found):
            found = f"{known[when]}; {found}"
        elif when != COLLECT and when in known:
            repeated.append(names[node])
        known[when] = found
    for node, _, outcome in told["subtest"]:
        earlier = phases[names.get(node, placed(node, tree))]
        earlier["subtests"] = ", ".join(filter(None, (earlier.get("subtests"), normal(outcome, tree))))
    return phases, tuple(repeated)


def _names(nodes: Iterable[str], tree: str) -> dict[str, str]:
    """Map each node id to one that is the same in every run: without addresses, and numbered where two would be one."""
    names: dict[str, str] = {}
    for node in dict.fromkeys(nodes):
        plain = ADDRESS.sub("0x…", placed(node, tree))
        twins = sum(1 for name in names.values() if name.split(" #")[0] == plain) if plain != placed(node, tree) else 0
        names[node] = f"{plain} #{twins + 1}" if twins else plain
    return names
