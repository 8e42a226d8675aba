"""What calls in a project give to parameters: words that say what they stand for, and values of which types (pure)."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Case
from improver.source import Function, Source
from improver.verify.keeper import QUOTES, beginning
from improver.writing.choice.plainer import replaced
from improver.writing.choice.refusals import Refusals
from improver.writing.choice.spoken import LONG, NO_NUMBER, WORD, calls_in, is_word, number_of, text_of
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.heard import ITEMS, Heard
from improver.writing.inputs.kinds import last_name, members
from improver.writing.inputs.meant import TEXTS, meant
from improver.writing.inputs.misfits import NO_SIGNATURES, Signatures, given_to, kind_of
from improver.writing.pieces import called_as, defaults_of, is_bound, is_literal, is_naught

FILLER = re.compile(r"[A-Za-z]{1,3}(?: [A-Za-z]{1,3})*")  # no word among them
PLAIN_SPEECH = frozenset({"__eq__", "__ne__", "__hash__", "__str__"})
EXAMPLE = ">>>"  # before a call in a docstring
USUAL = 2  # words, or numbers, of tests that are tried in one place
FIGURES = range(100, 10_000)  # as years, ports and widths are: what they stand for a smaller one does not say
MANY = frozenset({"args", "chars", "data", "elem", "elements", "iterable", "items", "keys", "other", "values"})
WHOLE: Mapping[str, str] = {"msg": "message", "desc": "description", "attr": "attribute"}  # what names are short for
ALIKE: Mapping[str, str] = {**dict.fromkeys(("tuple", "set", "iterator", "range"), "list"), "float": "int"}
PLAIN: Mapping[str, ast.expr] = {  # of a type that a parameter is meant for
    "class": ast.Name("dict", ast.Load()),
    "dict": ast.Dict([ast.Constant("a")], [ast.Constant(1)]),
    "function": ast.Name("len", ast.Load()),
    "int": ast.Constant(2),
    "list": ast.List([ast.Constant("a"), ast.Constant("b")], ast.Load()),
    "str": ast.Constant("abc"),
}
NAUGHT: Mapping[str, ast.expr] = {"dict": ast.Dict([], []), "list": ast.List([], ast.Load()), "str": ast.Constant("")}
BEGUN: Mapping[str, str] = {"blank": " ", "digit": "12"}  # texts for a parameter whose texts begin so
Given = tuple[str, Function, ast.arg, ast.expr]  # the name of what is called, its parameter, and what that is given


@dataclass(frozen=True)
class Usage:
    """What functions and classes call that which they are given, and what a project's own calls and tests give them.

    `calls` are those that stand in tests and in the product, by the last name of what is called; `refusals` are what
    tests expect to end in an error, `heard` the types that runs give parameters, `ran` the functions that they call,
    None where nobody knows, `announced` those that their files list as what they give out, and `figures` numbers of
    several digits that they are given.
    """

    signatures: Signatures
    calls: Mapping[str, Sequence[ast.Call]]
    words: Mapping[str, tuple[str, ...]]
    refusals: Refusals = frozenset()
    heard: Heard = field(default_factory=dict)
    ran: frozenset[str] | None = None
    announced: frozenset[str] = frozenset()
    figures: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    _known: dict[tuple[str, Function], dict[str, dict[str, list[ast.expr]]]] = field(default_factory=dict)

    @staticmethod
    def of(signatures: Signatures, index: Index, sources: Iterable[Source] = ()) -> "Usage":
        """Read the calls in tests, what comes most often first, and those in the product's files."""
        tried = {name: [ast.parse(case.call, mode="eval").body for case in cases] for name, cases in index.items()}
        calls = {name: [one for one in found if isinstance(one, ast.Call)] for name, found in tried.items()}
        words: dict[str, Counter[str]] = defaultdict(Counter)
        figures: dict[str, Counter[int]] = defaultdict(Counter)
        for name, node in signatures.functions.items():
            for place, _, value in (one for call in calls.get(name, ()) for one in given_to(call, node)):
                if is_word(text := text_of(value)):
                    words[_known_as(name, place)][text] += 1
                elif (number := number_of(value)) in FIGURES:
                    figures[_known_as(name, place)][number] += 1
        for call in (one for source in sources for one in source.of_kind(ast.Call)):
            calls.setdefault(last_name(call.func), []).append(call)
        usual = {name: tuple(one for one, _ in said.most_common(USUAL)) for name, said in words.items()}
        known = {name: tuple(one for one, _ in said.most_common()) for name, said in figures.items()}
        return Usage(signatures, calls, usual, figures=known)

    def is_unused(self, case: Case, node: Function) -> bool:
        """Tell whether nothing calls the function of a case: no run, no test, no example, not the product itself.

        What a file lists for others is called elsewhere, and what means the same of any object needs no caller.
        """
        shown = EXAMPLE in (ast.get_docstring(node) or "") or bool(self.calls.get(called_as(case.function)))
        shown = shown or case.function in self.announced or node.name in PLAIN_SPEECH
        return self.ran is not None and case.function not in self.ran and not shown

    def usual(self, case: Case, node: Function) -> Iterator[Case]:
        """Yield the case with something that is usual in the place of what is not, one at a time.

        Letters that stand for any text become a word that tests give there, or the parameter's own name, and what is of
        a type that nobody gives there becomes what somebody does, as a number becomes a year where tests give years.
        """
        lines = (*case.setup, case.call)
        for at, line in enumerate(lines):
            for name, called, place, value in self.given(line, case, node):
                for other in self._others(name, called, place, value):
                    texts = (*lines[:at], replaced(line, value, other), *lines[at + 1 :])
                    yield replace(case.untold(), setup=texts[:-1], call=texts[-1])

    def _others(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> list[ast.expr]:
        """Return what may stand in the place of a value."""
        is_one = place.arg not in MANY and place is not node.args.vararg
        said = WHOLE.get(place.arg, place.arg)
        own = [said] if is_one and is_word(said) and _is_text(place, node) else []
        words = [*self.words.get(_known_as(name, place), ()), *own] if FILLER.fullmatch(text_of(value)) else []
        spoken: list[ast.expr] = [ast.Constant(one if kind_of(value) == "str" else one.encode()) for one in words]
        spoken += self._shaped(name, node, place, value) + self._figured(name, place, value)
        spoken += self._counted(name, node, place, value)[:USUAL]
        if self._is_unheard(name, node, place, value):
            given = self._literals(name, node).get(place.arg, {})
            known = [one for found in given.values() for one in found[:1]]
            plain = {**PLAIN, "str": ast.Constant(said)} if own else PLAIN
            known += [NAUGHT[kind] for kind in given if kind in NAUGHT] if is_naught(value) else []
            known += [ast.Constant(BEGUN[one]) for one in sorted(self._begun(node, place) & BEGUN.keys())]
            return [*(known or [plain[kind] for kind in sorted(self.meant(node, place.arg)) if kind in plain]), *spoken]
        return spoken

    def _shaped(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> list[ast.expr]:
        """Return the shortest texts with a form, as addresses have one, that somebody gives where a text is made up."""
        text = text_of(value)
        if not text or is_word(text) or self._is_given(name, node, place, value):
            return []
        known = self._literals(name, node).get(place.arg, {}).get(kind_of(value), ())
        formed = {said: one for one in known if 1 < len(said := text_of(one)) <= LONG and not is_word(said)}
        return [*formed.values()][:USUAL]

    def _figured(self, name: str, place: ast.arg, value: ast.expr) -> list[ast.expr]:
        """Return the numbers of several digits that tests give most in the place of one that none gives."""
        known = self.figures.get(_known_as(name, place), ())
        return [] if number_of(value) in (NO_NUMBER, *known) else [*map(ast.Constant, known[:USUAL])]

    def unheard(self, case: Case, node: Function) -> int:
        """Return how many literals of a made up call are of a type that nobody gives there, or look like none of those.

        Of what is refused for its type, or for what alone is given, one is wrong on purpose, and so is one text for the
        function itself. An object of a class that is only there for others to come from counts too.
        """
        if case.origin == "recorded":
            return 0
        given = [one for line in (*case.setup, case.call) for one in self.given(line, case, node)]
        is_refused = bool(case.checks) and case.checks[0][0] == "raises"
        is_alone = len(given) == 1 and not is_naught(given[0][-1])  # what is empty is refused for that
        allowed = is_refused and (is_alone or case.checks[0][1] == "TypeError")
        odd = [called for _, called, place, value in given if self._begins_otherwise(called, place, value)]
        types = sum(self._is_of_no_type(*one) for one in given)
        return max(0, types - allowed) + len(odd) - (is_refused and node in odd) + self._sketches(case)

    def familiar(self, case: Case, node: Function) -> int:
        """Return how many characters of a case are texts that somebody gives in their place: no shorter one says more.

        Nor does a smaller number, wherever it comes back. Words that say what they stand for are no matter here.
        """
        given = [one for line in (*case.setup, case.call) for one in self.given(line, case, node)]
        texts = [text_of(value) for name, called, place, value in given if self._is_given(name, called, place, value)]
        known = [(number_of(value), self.figures.get(_known_as(name, place), ())) for name, _, place, value in given]
        figures = [str(number) for number, figures in known if number in figures]
        wanted = " ".join(value for _, _, value in case.checks)
        return sum(map(len, (*texts, *figures))) + sum(wanted.count(one) * len(one) for one in {*figures})

    def noughts(self, case: Case, node: Function) -> int:
        """Return how many objects a call makes with a nought where somebody gives numbers, and nobody that one."""
        given = [one for line in (*case.setup, case.call) for one in self.given(line, case, node)]
        made = [one for one in given if one[1] is not node]
        return sum(bool(self._counted(*one)) for one in made)

    def _counted(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> Sequence[ast.expr]:
        """Return the numbers that somebody makes an object with where a nought stands that nobody gives."""
        is_nought = node.name == "__init__" and number_of(value) == 0
        known = self._literals(name, node).get(place.arg, {}).get("int", ()) if is_nought else ()
        return () if 0 in map(number_of, known) else known

    def _is_given(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> bool:
        """Tell whether somebody gives a parameter this text, which is longer than a letter and no word."""
        text = text_of(value)
        known = self._literals(name, node).get(place.arg, {}).get(kind_of(value), ()) if len(text) > 1 else ()
        return not is_word(text) and any(text_of(one) == text for one in known)

    def _sketches(self, case: Case) -> int:
        """Return how many objects a case makes of classes that are only there for others to come from."""
        made = (last_name(call.func) for line in (*case.setup, case.call) for call in calls_in(line))
        return sum(name in self.signatures.abstract for name in made)

    def _is_unheard(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> bool:
        return self._is_of_no_type(name, node, place, value) or self._begins_otherwise(node, place, value)

    def _is_of_no_type(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> bool:
        known = self.known(name, node, place) | self.meant(node, place.arg)
        told = self.heard.get(node, {}).get(place.arg)
        if known and alike(value) not in {*known, "", "" if told else "NoneType"}:
            return True
        items = {*self.meant(node, f"{place.arg}{ITEMS}")}
        given = value.elts if isinstance(value, ast.List | ast.Tuple) else []
        return bool(items) and any(alike(one) not in {*items, "", "NoneType"} for one in given)

    def _begun(self, node: Function, place: ast.arg) -> frozenset[str]:
        """Return what the texts begin with that runs give a parameter."""
        return self.heard.get(node, {}).get(f"{place.arg}{QUOTES}", frozenset())

    def _begins_otherwise(self, node: Function, place: ast.arg, value: ast.expr) -> bool:
        """Tell whether a letter stands where runs give no word, as for a number, or anything where all are blanks."""
        known, text = self._begun(node, place), text_of(value)
        first = beginning(text) if text and kind_of(value) == "str" else ""
        return bool(known and first) and first not in known and (first == "letter" or known == {"blank"})

    def meant(self, node: Function, name: str) -> frozenset[str]:
        """Return the types, as literals have them, that a parameter is meant for or that a run gives it."""
        aim = frozenset(ALIKE.get(one, one) for one in meant(node, name))
        return aim | self.heard.get(node, {}).get(name, frozenset())

    def known(self, name: str, node: Function, place: ast.arg) -> frozenset[str]:
        """Return the types that somebody is known to give a parameter: a test, the product itself, or a run."""
        heard = self.heard.get(node, {}).get(place.arg, frozenset())
        return heard.union(self._literals(name, node).get(place.arg, {}))

    def _literals(self, name: str, node: Function) -> Mapping[str, Mapping[str, Sequence[ast.expr]]]:
        """Return what somebody gives by parameter and type, the shortest first: what has no name of its place in it."""
        if (name, node) not in self._known:
            known = self._known[name, node] = defaultdict(dict)
            given = (one for call in self.calls.get(name, ()) for one in given_to(call, node))
            for place, _, value in sorted(given, key=lambda one: len(ast.unparse(one[2]))):
                if kind := alike(value):
                    plain = [value] if is_literal(ast.unparse(value)) else []
                    known[place.arg].setdefault(kind, []).extend(plain)
        return self._known[name, node]

    def given(self, line: str, case: Case, node: Function) -> Iterator[Given]:
        """Yield what a line of a case gives to what the product defines."""
        last = called_as(case.function)
        for call in calls_in(line):
            name = last_name(call.func) if not isinstance(call.func, ast.Call) else "__call__"
            called = node if name == last else self.signatures.functions.get(name)
            if called is not None:
                yield from ((name, called, place, value) for place, _, value in given_to(call, called))
                yield from ((name, called, *one) for one in _more(call, called))


def _more(call: ast.Call, node: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    """Yield what is given by place beyond the parameters that have one, with the parameter that takes it all."""
    if node.args.vararg is not None and not any(isinstance(one, ast.Starred) for one in call.args):
        places = len(node.args.posonlyargs) + len(node.args.args) - is_bound(node)
        yield from ((node.args.vararg, value) for value in call.args[places:])


def _is_text(place: ast.arg, node: Function) -> bool:
    """Tell whether a parameter may stand for a text: its own name says next to nothing as a switch, or as several."""
    if kinds := meant(node, place.arg):
        return not kinds.isdisjoint(TEXTS)
    if isinstance(getattr(defaults_of(node).get(place.arg), "value", None), bool):
        return False
    return place.annotation is None or is_said_text(place)


def is_said_text(place: ast.arg) -> bool:
    """Tell whether an annotation says that a parameter is a text, alone or among others."""
    kinds = members(place.annotation) or [place.annotation] if place.annotation is not None else []
    return any(last_name(one) in TEXTS for one in kinds)


def _known_as(name: str, place: ast.arg) -> str:
    """Return what a parameter of this function or class is known as: by its own name only where that says something."""
    return place.arg if WORD.search(place.arg) else f"{name}.{place.arg}"


def alike(node: ast.expr) -> str:
    """Return the name of a literal's type, or of one whose literals do as well; "" where it is no literal."""
    kind = kind_of(node)
    return ALIKE.get(kind, kind)


NO_USAGE = Usage(NO_SIGNATURES, {}, {})
