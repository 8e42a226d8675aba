"""Mutants of a file's functions: the same file with one small fault each, spread, told in words, none twice."""

import ast
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from improver.experiments import Mutant
from improver.judging.arid import fertile
from improver.judging.faults import Fault, faults
from improver.judging.functions import definitions
from improver.judging.normal import code_form
from improver.judging.spans import Cutting, Spans, cutting
from improver.source import Function, Source

SHOWN = 60  # characters of each side of a mutant's name
BARE = (ast.Constant, ast.Name, ast.Slice, ast.UnaryOp)  # says little without what stands around it
APART = " at column "  # ends the name of one whose line has its like


@dataclass(frozen=True, slots=True)
class _Sketch:
    """A fault that may become a mutant: where, and what it says without its place."""

    function: str
    node: Function
    fault: Fault
    place: tuple[int, int]  # line and column
    says: str
    nth: int  # among those of the function that say the same

    @property
    def seed(self) -> str:
        """Return what orders sketches: the same fault in the same function sorts alike wherever the function moves."""
        return hashlib.sha256(f"{self.function}\0{self.says}\0{self.fault.kind}\0{self.nth}".encode()).hexdigest()


def mutants_of(
    source: Source, functions: Collection[str], limit: int, lines: Collection[int] | None = None
) -> tuple[Mutant, ...]:
    """Return at most `limit` mutants of `functions` (qualified names), by line; `lines` are those that may have one.

    They are spread over functions, lines and kinds of fault, in an order that only the functions' own text decides.
    A mutant that compiles to what the function or another mutant compiles to is none.
    """
    spans = Spans(source)
    made: dict[str, Mutant] = {}
    forms: dict[Function, set[str]] = {}
    able = _sketches(spans, functions)
    for sketch in _spread(able if lines is None else [one for one in able if one.place[0] in lines]):
        if len(made) == limit:
            break
        mutant = _made(sketch, spans, forms)
        if mutant is not None and mutant.name in made:
            mutant = replace(mutant, name=f"{mutant.name}{APART}{sketch.place[1]}")
        if mutant is not None:
            made[mutant.name] = mutant
    return tuple(sorted(made.values(), key=lambda mutant: (mutant.line, mutant.name)))


def faults_in(source: Source, functions: Collection[str]) -> int:
    """Return how many faults `functions` could have, those that change nothing included."""
    return len(_sketches(Spans(source), functions))


def twins(mutants: Collection[Mutant]) -> Mapping[str, tuple[str, ...]]:
    """Group the names of mutants by what they do to which function, wherever its lines stand."""
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for mutant in mutants:
        says = mutant.name.partition(": ")[2].rpartition(APART)
        found[f"{mutant.function} {says[0] or says[2]}"] += (mutant.name,)
    return found


def cutting_of(source: Source, mutant: Mutant) -> Cutting | None:
    """Return how the function that `mutant` is in is cut out of `source`, the file without the fault."""
    name = mutant.function.partition("::")[2]
    cuttings = [cutting(name, node) for node in definitions(source).get(name, ())]
    return next((found for found in cuttings if found.first <= mutant.line <= found.last), None)


def _sketches(spans: Spans, functions: Collection[str]) -> list[_Sketch]:
    known = definitions(spans.source)
    return [sketch for name in functions for node in known.get(name, ()) for sketch in _of(name, node, spans)]


def _of(name: str, node: Function, spans: Spans) -> Iterator[_Sketch]:
    seen: Counter[str] = Counter()
    for part in fertile(node):
        for fault in faults(part, spans):
            says = _says(fault, spans)
            yield _Sketch(f"{spans.source.path}::{name}", node, fault, spans.place_of(fault.start), says, seen[says])
            seen[says] += 1


def _says(fault: Fault, spans: Spans) -> str:
    whole = fault.whole
    around = spans.source.parents.get(whole)
    if isinstance(whole, BARE) and around is not None and _is_placed(around):
        whole = around
    start, end = spans.of(whole) if _is_placed(whole) else (fault.start, fault.end)
    lead = _given_to(fault.whole, around)
    before = f"{lead}{spans.text[start:end]}"
    after = f"{lead}{spans.text[start : fault.start]}{fault.text}{spans.text[fault.end : end]}"
    at, upto = fault.start - start + len(lead), fault.end - start + len(lead)
    return f"`{_shown(before, at, upto)}` → `{_shown(after, at, at + len(fault.text))}`"


def _given_to(value: ast.AST, around: ast.AST | None) -> str:
    """Return `name=` of the parameter that a value is given to, or is the default of; "" where it is neither."""
    match around:
        case ast.keyword(arg=str(name)):
            return f"{name}="
        case ast.arguments():
            places = reversed([*around.posonlyargs, *around.args])
            pairs = [*zip(places, reversed(around.defaults), strict=False)]
            named = zip(around.kwonlyargs, around.kw_defaults, strict=True)
            found = (f"{one.arg}=" for one, default in (*pairs, *named) if default is value)
            return next(found, "")
    return ""


def _is_placed(node: ast.AST) -> bool:
    """Tell whether a reader can be shown the whole: it has a place and is no block."""
    return isinstance(node, ast.expr | ast.stmt) and not isinstance(getattr(node, "body", None), list)


def _shown(text: str, start: int, end: int) -> str:
    """Return `text` on one line, around [start, end) where it is long."""
    if len(text) > SHOWN:
        first = max(0, min(start, end) - SHOWN // 3)
        text = ("…" if first else "") + text[first : first + SHOWN] + ("…" if first + SHOWN < len(text) else "")
    return re.sub(r"\s+", " ", text).strip()


def _spread(sketches: list[_Sketch]) -> list[_Sketch]:
    """Return the sketches so that any head of the list is spread: by turns over functions, then lines, then kinds."""
    groups: dict[str, list[_Sketch]] = defaultdict(list)
    for sketch in sorted(sketches, key=lambda sketch: sketch.seed):
        groups[sketch.function].append(sketch)
    ordered = [(turn, sketch) for group in groups.values() for turn, sketch in enumerate(_by_turns(group))]
    return [sketch for _, sketch in sorted(ordered, key=lambda item: (item[0], item[1].seed))]


def _by_turns(group: list[_Sketch]) -> list[_Sketch]:
    on_line: Counter[int] = Counter()
    of_kind: Counter[str] = Counter()
    ranked: list[tuple[int, int, _Sketch]] = []
    for sketch in group:
        ranked.append((on_line[sketch.place[0]], of_kind[sketch.fault.kind], sketch))
        on_line[sketch.place[0]] += 1
        of_kind[sketch.fault.kind] += 1
    return [sketch for _, _, sketch in sorted(ranked, key=lambda item: item[:2])]


def _made(sketch: _Sketch, spans: Spans, forms: dict[Function, set[str]]) -> Mutant | None:
    """Return the mutant, None when the compiler refuses it or has seen its like; `forms` remembers what it saw."""
    source, fault = spans.source, sketch.fault
    text = f"{spans.text[: fault.start]}{fault.text}{spans.text[fault.end :]}"
    data = text.encode("utf-8-sig" if source.bom else source.encoding)
    cut = cutting(sketch.function.partition("::")[2], sketch.node)
    known = forms.setdefault(sketch.node, {_form(cut, source)})
    mutated = Source(source.path, data, source.encoding, source.bom)
    form = _form(cut.grown(len(mutated.lines) - len(source.lines)), mutated)
    if form in known or form.startswith("bytes("):  # the last: it does not compile
        return None
    known.add(form)
    return Mutant(
        f"{source.path}:{sketch.place[0]}: {sketch.says}", source.path, sketch.place[0], sketch.function, data
    )


def _form(cut: Cutting, source: Source) -> str:
    text = cut.text(source.lines).lstrip("\n")
    return code_form(Source("cutting.py", text.encode(), "utf-8", bom=False))
