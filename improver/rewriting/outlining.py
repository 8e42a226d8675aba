"""Write statements that were cut out of functions as one function of their own, and the calls of it (pure)."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.codemod import Abstain, Rewrite, fitted, replaced
from improver.names import bound
from improver.rewriting.evident import Known, type_of
from improver.rewriting.extraction import Cut, Flow
from improver.rewriting.private import span
from improver.source import FUNCTIONS, Source, below

FIXED_BASES = frozenset({"Protocol", "NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
OPTIONAL = re.compile(r"\b(None|Optional)\b")


@dataclass(frozen=True)
class Outline:
    """A new function `name` with the statements of the first of the cuts, which are equal up to names."""

    name: str
    cuts: Sequence[Cut]
    flows: Sequence[Flow]

    @property
    def source(self) -> Source:
        """Return the file."""
        return self.cuts[0].source


def outlined(outline: Outline) -> Rewrite | Abstain:
    """Return the file with the function above the first cut's and a call of it at each."""
    source, first = outline.source, outline.cuts[0]
    me = _me(outline)
    if isinstance(me, Abstain):
        return me
    lead = _lead(first) if me else ""
    body = _body(first, lead + source.indent)
    header = _header(outline, me, lead)
    if isinstance(body, Abstain) or isinstance(header, Abstain):
        return body if isinstance(body, Abstain) else header  # type: ignore[return-value] # one of the two abstains
    outputs = outline.flows[0].outputs
    back = [f"{lead}{source.indent}return {', '.join(outputs)}"] if outputs else []
    blank = [""] * (1 if me else 2)
    place = _above(first, me)
    gap = _missing(source.lines[:place], len(blank))
    new = [line + source.newline for line in (*gap, *header, *body, *back, *blank)]
    edits = [(place, 0, new)]
    for cut, flow in zip(outline.cuts, outline.flows, strict=True):
        edits.append((cut.first - 1, len(cut.lines), _call(outline, cut, flow, me)))
    lines = list(source.lines)
    for start, length, text in sorted(edits, key=lambda edit: edit[0], reverse=True):
        lines[start : start + length] = text
    return fitted(source, replaced(source, 1, len(source.lines), "".join(lines)))


def _me(outline: Outline) -> str | Abstain:
    """Return the name of the instance that goes in, so that the function must be a method; "" when none does."""
    first = outline.cuts[0]
    mine = [_instance(cut) in flow.inputs for cut, flow in zip(outline.cuts, outline.flows, strict=True)]
    if not any(mine):
        if any("cls" in flow.inputs for flow in outline.flows):
            return Abstain("a class goes in, which would want a class method")
        return ""
    homes = {cut.source.parents[cut.function] for cut in outline.cuts}
    (home, *others) = homes
    if others or not all(mine) or not isinstance(home, ast.ClassDef):
        return Abstain("instances of several classes go in")
    if FIXED_BASES & {getattr(base, "id", getattr(base, "attr", "")) for base in home.bases}:
        return Abstain("the class is of a kind that does not take another method")
    if any(_decorators(cut) - {"property", "override"} for cut in outline.cuts):
        return Abstain("a decorator may change what the first parameter is")
    name = _instance(first)
    return name if {_instance(cut) for cut in outline.cuts} == {name} else Abstain("instances go by several names")


def _instance(cut: Cut) -> str:
    """Return the name of the first parameter of a method, or ""."""
    arguments = [*cut.function.args.posonlyargs, *cut.function.args.args]
    is_method = isinstance(cut.source.parents[cut.function], ast.ClassDef)
    return arguments[0].arg if is_method and arguments and arguments[0].arg != "cls" else ""


def _decorators(cut: Cut) -> set[str]:
    return {str(getattr(item, "id", getattr(item, "attr", ""))) for item in cut.function.decorator_list}


def _lead(cut: Cut) -> str:
    """Return the whitespace before the function around the cut."""
    line = cut.source.lines[cut.function.lineno - 1]
    return line[: len(line) - len(line.lstrip())]


def _above(cut: Cut, me: str) -> int:
    """Return the index of the line above which the new function goes: before definitions of one name, and comments."""
    source = cut.source
    node: ast.stmt = cut.function
    home = source.parents[node]
    if isinstance(home, ast.ClassDef) and not me:
        node, home = home, source.tree
    block = [item for item in getattr(home, "body", []) if isinstance(item, ast.stmt)]
    at = block.index(node)
    while (
        at > 0
        and isinstance(block[at - 1], FUNCTIONS)
        and getattr(block[at - 1], "name", "") == getattr(node, "name", "")
    ):
        at -= 1
    top = block[at]
    line = (span(top)[0] if isinstance(top, (*FUNCTIONS, ast.ClassDef)) else top.lineno) - 1
    while line > 0 and source.lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _missing(above: Sequence[str], wanted: int) -> list[str]:
    """Return the blank lines that a definition needs between it and the lines above it."""
    kept = [line for line in above[-wanted:] if line.strip()]
    begins = not kept or (wanted == 1 and kept[-1].split("#")[0].rstrip().endswith(":"))
    return [] if begins or not above else [""] * (wanted if above[-1].strip() else 1)


# --- text ---------------------------------------------------------------------------------------------------------


def _header(outline: Outline, me: str, lead: str) -> list[str] | Abstain:
    """Return the lines of the signature; it has types where one of the functions has."""
    inputs = [name for name in outline.flows[0].inputs if name != me]
    types = _types(outline, me)
    if isinstance(types, Abstain):
        return types
    *takes, gives = types or ("",)
    parameters = [f"{name}: {kind}" for name, kind in zip(inputs, takes, strict=True)] if types else inputs
    text = ", ".join([me, *parameters] if me else parameters)
    end = f" -> {gives}:" if gives else ":"
    return _broken(f"{lead}def {outline.name}", text, end, outline.source)


def _call(outline: Outline, cut: Cut, flow: Flow, me: str) -> list[str]:
    """Return the lines that stand where `cut` stood."""
    arguments = ", ".join(name for name in flow.inputs if name != me)
    result = "return " if cut.leaves else f"{', '.join(flow.outputs)} = " if flow.outputs else ""
    called = f"{me}.{outline.name}" if me else outline.name
    lines = _broken(f"{cut.lead}{result}{called}", arguments, "", cut.source)
    end = cut.source.newline if cut.lines[-1].endswith(("\n", "\r")) else ""
    return [*(line + cut.source.newline for line in lines[:-1]), lines[-1] + end]


def _broken(start: str, inside: str, end: str, source: Source) -> list[str]:
    """Return `start(inside)end` on one line, or on three as formatters do where that is too long."""
    line = f"{start}({inside}){end}"
    if len(line) <= source.width or not inside:
        return [line]
    lead = start[: len(start) - len(start.lstrip())]
    return [f"{start}(", f"{lead}{source.indent}{inside}", f"{lead}){end}"]


def _body(cut: Cut, lead: str) -> list[str] | Abstain:
    """Return the lines of the cut indented by `lead`, without their ends."""
    lines = [line.rstrip("\r\n") for line in cut.lines]
    if lead == cut.lead:
        return lines
    strings = (node for statement in cut.statements for node in below(statement))
    if any(isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno != node.lineno for node in strings):
        return Abstain("a string over several lines would be indented anew")
    if any(line.strip() and not line.startswith(cut.lead) for line in lines):
        return Abstain("a line stands farther out than the first")
    return [lead + line.removeprefix(cut.lead) if line.strip() else line for line in lines]


# --- types --------------------------------------------------------------------------------------------------------


def _types(outline: Outline, me: str) -> tuple[str, ...] | Abstain:
    """Return the types of what goes in, and last of what comes out; nothing where no signature around says any."""
    if not any(_is_typed(cut) for cut in outline.cuts):
        return ()
    found = set()
    for cut, flow in zip(outline.cuts, outline.flows, strict=True):
        takes = [_taken(cut, name) for name in flow.inputs if name != me]
        gives = _given(cut, flow)
        if gives is None or None in takes or getattr(cut.function, "type_params", []):
            return Abstain("the signatures around are typed, and nothing says the types of what goes in or comes out")
        found.add((*(str(kind) for kind in takes), gives))
    return found.pop() if len(found) == 1 else Abstain("the types of what goes in or comes out differ")


def _is_typed(cut: Cut) -> bool:
    arguments = (node for node in below(cut.function.args) if isinstance(node, ast.arg))
    return cut.function.returns is not None or any(item.annotation for item in arguments)


def _taken(cut: Cut, name: str) -> str | None:
    """Return the annotation of `name` where it is a parameter that is never bound again, and never None."""
    starred = {item.arg for item in (cut.function.args.vararg, cut.function.args.kwarg) if item is not None}
    if name in bound(*cut.function.body) | starred:
        return _said(cut.function.body, name, cut)
    found = (node for node in below(cut.function.args) if isinstance(node, ast.arg) and node.arg == name)
    text = next((ast.unparse(node.annotation) for node in found if node.annotation is not None), None)
    return text if text and not OPTIONAL.search(text) else None


def _given(cut: Cut, flow: Flow) -> str | None:
    if cut.leaves:
        return ast.unparse(cut.function.returns) if cut.function.returns is not None else None
    types = [_said(cut.statements, name, cut) for name in flow.outputs]
    if None in types:
        return None
    return "None" if not types else str(types[0]) if len(types) == 1 else f"tuple[{', '.join(map(str, types))}]"


def _said(body: Sequence[ast.stmt], name: str, cut: Cut) -> str | None:
    """Return the type that `body` annotates `name` with, or that all its values there evidently have."""
    nodes = [node for statement in body for node in below(statement)]
    for node in nodes:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
            return ast.unparse(node.annotation)
    times = sum(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in nodes)
    known = Known({}, {}, frozenset(bound(cut.source.tree)))
    plain = [node for node in nodes if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name]
    kinds = {type_of(node.value, known) for node in plain if len(node.targets) == 1}
    return kinds.pop() if len(kinds) == 1 and len(plain) == times else None
