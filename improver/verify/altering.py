"""Variations of one call and of what comes before it, by turns of all ways to make them: inside the sandbox (3.9)."""

from __future__ import annotations

import ast
import contextlib
import functools
import itertools
from typing import Any, Iterable, Iterator  # noqa: UP035 - older interpreters run this file

TOOLS = ("types", "operator", "functools")  # modules of which a variation may make use
MADE = ("varied", "strange", "after")  # not what a test or a recording has: its data may be of another form already
LASTING = ("strange", "after")  # what is so stays so however it is varied
RICH = "def sample(first, second=2, *, third=3):\n    return first + second + third"
NOTED = "sample.note = 'a'"
GIVEN = ("sample", "functools.partial(sample, third=5)")
WORDS = 8  # names of what a case defines that are tried in place of its texts


class Altering:
    """The ways to vary calls of one module's functions."""

    def __init__(self, guests: dict[str, Any], module: Any) -> None:
        self.module = module
        self.varying, self.hinting, self.phrasing = guests["varying"], guests["hinting"], guests["phrasing"]
        self.matching, self.texting, self.refitting = guests["matching"], guests["texting"], guests["refitting"]
        self.provoking, self.deepening = guests["provoking"], guests["deepening"]
        self.noting, self.calling, self.coupling = guests["noting"], guests["calling"], guests["coupling"]

    def pool(self, target: Any, constants: list[str]) -> Any:
        """Return what is worth a try in place of a literal."""
        forms: list[Any] = []
        with contextlib.suppress(Exception):  # a name of the module may stand for anything
            forms = self.texting.forms(target.raw, self.module.__name__.partition(".")[0], self.matching.texts_of)
        return self.varying.Pool(map(ast.literal_eval, constants), forms, self.texting.restructured)

    def varied(self, case: dict[str, Any], target: Any, pool: Any) -> Iterator[dict[str, Any]]:
        """Yield variations of one case that may show something."""
        for one in self._varied(case, target, pool):
            if not self.noting.is_idle(one["setup"], one["call"]):
                yield one

    def _varied(self, case: dict[str, Any], target: Any, pool: Any) -> Iterator[dict[str, Any]]:
        origin = case["origin"] if case["origin"] in LASTING else "varied"
        calls = itertools.chain(self.rare(case, target), spoken(case), self.ways(case["call"], target, pool))
        if case["origin"] not in MADE:
            yield from ({**case, "origin": origin, **one} for one in self.reformed(case, target))
        others = itertools.chain(self.noted(case, target), self.enriched(case), self.refitted(case, pool))
        odd = self.hinting.met(case["call"], target.text, self.provoking.provoked, self.module)
        if self.varying.announces(target.text):
            names = [one.name for one in target.parameters if one.default is not one.empty]
            odd = itertools.chain(odd, self.varying.strange(case["call"], names))
        for call, setup, other in itertools.zip_longest(calls, others, odd):
            if call is not None:
                yield {**case, "call": call, "imports": _imports(case, call), "origin": origin}
            if setup is not None:
                yield {**case, "origin": origin, **setup}
            if other is not None:
                yield {**case, "call": other, "origin": "strange"}

    def reformed(self, case: dict[str, Any], target: Any) -> Iterator[dict[str, Any]]:
        """Yield what differs with options that count together, with data in data, or one item more, and with tuples."""
        whole, give = [*case["setup"], case["call"]], self.hinting.give
        deeper = self.deepening.deepened(whole, self.module, give)
        forms = itertools.chain(self.coupling.coupled(whole, target, give), deeper, self.deepening.widened(whole))
        yield from ({"setup": lines[:-1], "call": lines[-1]} for lines in forms)
        for lines, call in self.deepening.reshaped(case["call"], self.module):
            imports = [*case["imports"], *([("collections", "")] if lines else [])]
            yield {"setup": [*case["setup"], *lines], "call": call, "imports": imports}

    def enriched(self, case: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield what differs where a function with defaults and an attribute is given, or a part of it."""
        own = [*filter(None, map(_defined, case["setup"]))]
        if "sample" in own:
            return
        names = [*self._functions(case), *own]
        for text, more in itertools.product(GIVEN, ([], [NOTED])):
            for call in self.varying.odd(case["call"], names, (text,)):
                kept = [line for line in case["setup"] if not _defined(line) or _is_used(_defined(line), case, call)]
                yield {"setup": [*kept, RICH, *more], "call": call, "imports": _imports(case, call)}

    def noted(self, case: dict[str, Any], target: Any) -> Iterator[dict[str, Any]]:
        """Yield what differs where a callback notes what it is handed, also once what the call gives is used."""
        defaults = {one.name: one.default for one in target.parameters}
        met = functools.partial(self.hinting.met, text=target.text, module=self.module)
        own = _bound(case["setup"])
        taken = own.union(*case["imports"])
        name = next((one for one in (self.calling.variable(target.name), "made") if one not in taken), "it")
        notings = self.noting.notings(target.text, defaults) if self.noting.START not in case["setup"] else ()
        for number, one in enumerate(notings):
            for call in met(case["call"], asks=lambda *_, one=one: [one.given]):
                if not one.is_later:
                    yield {"setup": [*case["setup"], *one.setup], "call": call}
                    continue
                more = met(call, asks=self.provoking.compared) if not number else ()
                for lines, look in (way for each in (call, *more) for way in self.noting.used(each, name)):
                    imports = [*case["imports"], *([("types", "")] if "types." in lines[0] else [])]
                    before = case["setup"] if _speaks_of(lines[0], own) else []  # else it made what is replaced
                    setup = [*before, *one.setup, *lines]
                    yield {"setup": setup, "call": look, "imports": imports, "origin": "after"}

    def refitted(self, case: dict[str, Any], pool: Any) -> Iterator[dict[str, Any]]:
        """Yield what differs in variations of what comes before the call, by turns with those of calls within it."""
        space: dict[str, Any] = {}
        with contextlib.suppress(Exception):  # an import runs foreign code
            space = self.phrasing.space_of(case["imports"])
        vary = functools.partial(self.varying.variations, pool=pool)
        setups = ({"setup": one} for one in self.refitting.refitted(case["setup"], space, vary))
        inner = ({"call": one} for one in self.refitting.within(case["call"], space, vary))
        for pair in itertools.zip_longest(setups, inner):
            yield from (one for one in pair if one is not None)

    def rare(self, case: dict[str, Any], target: Any) -> Iterator[str]:
        """Yield calls that are given a function of a rare sort, a stand-in, or more items than a default counts."""
        yield from self.varying.odd(case["call"], self._functions(case))
        if not target.is_method:
            yield from self.hinting.stand_ins(case["call"], target.text)
            yield from self.hinting.beyond(case["call"], target.defaults, self.module)

    def ways(self, call: str, target: Any, pool: Any) -> Iterator[str]:
        """Yield variations of one call, those that its function and annotations suggest by turns with its literals'."""
        asked = self.hinting.met(call, target.text, self.provoking.compared, self.module)
        typed = itertools.chain(self.hinting.told_apart(call, target.text), self.hinting.typed(call, self.module))
        for turn in itertools.zip_longest(asked, typed, self.varying.variations(call, target.free(call), pool)):
            yield from (one for one in turn if one is not None and one != call)

    def _functions(self, case: dict[str, Any]) -> list[str]:
        """Return the names by which a case imports functions."""
        with contextlib.suppress(Exception):  # an import runs foreign code
            space = self.phrasing.space_of(case["imports"])
            return [name for name, value in space.items() if callable(value) and not isinstance(value, type)]
        return []


def spoken(case: dict[str, Any]) -> Iterator[str]:
    """Yield calls with the names of what a case defines, parameters and attributes, in place of a text of theirs."""
    nodes = [node for line in case["setup"] for node in ast.walk(ast.parse(line))]
    names = [node.arg for node in nodes if isinstance(node, ast.arg) and node.arg != "self"]
    names += [node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    words = [*dict.fromkeys(names)][:WORDS] if any(isinstance(node, ast.FunctionDef) for node in nodes) else []
    places = [at for at, node in enumerate(ast.walk(ast.parse(case["call"], mode="eval"))) if _is_word(node)]
    for word, at in itertools.product(words, places):
        tree = ast.parse(case["call"], mode="eval")
        node: Any = [*ast.walk(tree)][at]
        if node.value != word:
            node.value = word
            yield ast.unparse(tree)


def _is_word(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _imports(case: dict[str, Any], call: str) -> list[Any]:
    """Return what a case imports when it makes another call."""
    return [*case["imports"], *((word, "") for word in TOOLS if f"{word}." in call and f"{word}." not in case["call"])]


def _is_used(name: str, case: dict[str, Any], call: str) -> bool:
    """Tell whether a call, or what comes before it, uses a function that a case defines."""
    others = [line for line in case["setup"] if _defined(line) != name]
    return any(_speaks_of(text, {name}) for text in (*others, call))


def _bound(lines: Iterable[str]) -> set[str]:
    """Return the names that statements bind."""
    nodes = [node for line in lines for node in ast.walk(ast.parse(line))]
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def _speaks_of(line: str, names: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(ast.parse(line)))


def _defined(line: str) -> str:
    """Return the name that a statement gives to a function, "" where it does not."""
    node = ast.parse(line).body[0]
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        return getattr(node.targets[0], "id", "")
    return node.name if isinstance(node, ast.FunctionDef) else ""
