"""Where a finding stands: who calls it, how often its file changes, what tests run, what humans said (pure)."""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from improver.judging.functions import definitions
from improver.judging.touched import is_executable, is_run
from improver.ports import History
from improver.records import Edit, Finding
from improver.rewriting.cognitive import cognitive
from improver.source import Function, Source, below, shape_of

SHOWN = 3  # functions of one proposal that are told of
BUILT_IN = frozenset(name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind))


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beyond the code: the lines that tests run, how files changed, (approved, rejected) by rule."""

    lines: Mapping[str, frozenset[int]]
    history: History
    verdicts: Mapping[str, tuple[int, int]]


def measured(findings: Iterable[Finding], product: Mapping[str, Source], known: Circumstances) -> list[Finding]:
    """Return `findings` with what is known of their circumstances as evidence; `product` are all files but tests.

    Only what can be told exactly is told: a number that is missing is not known.
    """
    found = list(findings)
    calls = _calls(product.values(), {name for finding in found if (name := _called_as(finding))})
    return [replace(one, evidence={**one.evidence, **_measured(one, product, known, calls)}) for one in found]


def _measured(
    finding: Finding, product: Mapping[str, Source], known: Circumstances, calls: Mapping[str, int]
) -> dict[str, int]:
    evidence: dict[str, int] = {}
    if (name := _called_as(finding)) in calls and finding.path in product:
        evidence["callers"] = calls[name]
    if changes := known.history.changes.get(finding.path, 0):
        evidence |= {"changes": changes, "commits": known.history.commits, "days": known.history.days}
    if known.lines and finding.path in product:
        evidence |= _run(product[finding.path], finding.line, known.lines.get(finding.path, frozenset()))
    approved, rejected = known.verdicts.get(finding.rule, (0, 0))
    return evidence | ({"approved": approved, "decided": approved + rejected} if approved + rejected else {})


def _called_as(finding: Finding) -> str:
    """Return the name by which the scope of `finding` is called, "" where that cannot be told."""
    *outer, name = finding.symbol.split(".")
    if name == "__init__" and outer:
        return outer[-1]
    return "" if name in BUILT_IN or name.startswith("__") else name


def _calls(product: Iterable[Source], names: Collection[str]) -> dict[str, int]:
    """Count the calls of each of `names` that only one function or class of the product has."""
    if not names:
        return {}
    defined, called = Counter[str](), Counter[str]()
    for source in product:
        defined.update(node.name for node in (*source.functions, *source.of_kind(ast.ClassDef)) if node.name in names)
        targets = (node.func for node in source.of_kind(ast.Call))
        called.update(name for node in targets if (name := getattr(node, "id", getattr(node, "attr", ""))) in names)
    return {name: called[name] for name, count in defined.items() if count == 1}


def _run(source: Source, line: int, lines: frozenset[int]) -> dict[str, int]:
    """Count the statements of the innermost function around `line`, and those that a test ran."""
    around = [node for node in source.functions if node.lineno <= line <= (node.end_lineno or node.lineno)]
    if not around:
        return {}
    function = max(around, key=lambda node: node.lineno)
    held = [node for node in below(function) if node is not function and is_executable(node)]
    return {"statements_held": len(held), "statements_run": sum(is_run(node, lines) for node in held)}


def simplified(edits: Sequence[Edit]) -> dict[str, int]:
    """Return the highest cognitive complexity among the functions that `edits` touch, before and after."""
    highest = [0, 0]
    for edit in edits:
        old, new = (_functions(edit.path, file.data if file else b"") for file in (edit.before, edit.after))
        for place, mine, other in ((0, old, new), (1, new, old)):
            touched = (node for name, node in mine.items() if shape_of(node) != shape_of(other.get(name)))
            highest[place] = max([highest[place], *map(cognitive, touched)])
    return {"complexity_before": highest[0], "complexity_after": highest[1]}


def _functions(path: str, data: bytes) -> dict[str, Function]:
    source = Source.read(path, data)
    return {name: nodes[-1] for name, nodes in definitions(source).items()} if isinstance(source, Source) else {}


def told(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Say why these findings matter here, the most important first; every number is one of their evidence."""
    by_symbol = {one.symbol: one for one in findings}
    ordered = sorted(by_symbol.values(), key=lambda one: -one.evidence.get("callers", 0))
    functions = [text for one in ordered[:SHOWN] if (text := _of_function(one))]
    return tuple(filter(None, [*functions[:1], *_of_change(findings[0].evidence), *functions[1:]])) if findings else ()


def _of_function(finding: Finding) -> str:
    evidence, parts = finding.evidence, []
    if (callers := evidence.get("callers", 0)) > 0:
        parts.append(f"is called by name in {callers} {'place' if callers == 1 else 'places'}")
    if held := evidence.get("statements_held", 0):
        run = evidence.get("statements_run", 0)
        part = "is run wholly by the tests" if run == held else f"has {run} of its {held} statements run by the tests"
        parts.append(part if run else "is run by no test")
    return f"`{finding.symbol}` {' and '.join(parts)}" if parts else ""


def _of_change(evidence: Mapping[str, int]) -> list[str]:
    """Say what holds for the whole proposal: how its file, its complexity and its rule stand."""
    parts = []
    before, after = evidence.get("complexity_before", 0), evidence.get("complexity_after", 0)
    if before != after:
        way = "falls" if after < before else "rises"
        parts.append(f"the highest cognitive complexity of what it touches {way} from {before} to {after}")
    if changes := evidence.get("changes", 0):
        commits, days = evidence["commits"], evidence["days"]
        parts.append(f"the file was changed by {changes} of {commits} commits" + (f" in {days} days" if days else ""))
    if decided := evidence.get("decided", 0):
        parts.append(f"humans approved {evidence['approved']} of {decided} proposals under this rule")
    return parts
