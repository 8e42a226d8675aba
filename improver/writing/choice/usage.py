"""What tests give to parameters: words that say what they stand for, and values of which types (pure)."""

import ast
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.plainer import replaced
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.kinds import last_name
from improver.writing.inputs.misfits import NO_SIGNATURES, Signatures, given_to, kind_of

FILLER = re.compile(r"[A-Za-z]{1,3}(?: [A-Za-z]{1,3})*")  # no word among them
SPOKEN = re.compile(r"[A-Za-z][\w-]*[A-Za-z0-9]")
WORD = re.compile(r"[A-Za-z]{4,}")
LONG = 16  # characters of a word
USUAL = 2  # words of tests that are tried in one place
MANY = frozenset({"args", "chars", "data", "elem", "elements", "iterable", "items", "keys", "other", "values"})
ALIKE: Mapping[str, str] = {**dict.fromkeys(("tuple", "set"), "list"), "float": "int"}
Given = tuple[str, Function, ast.arg, ast.expr]  # the name of what is called, its parameter, and what that is given


@dataclass(frozen=True)
class Usage:
    """What functions and classes call that which they are given, and what the calls that stand in tests give them."""

    signatures: Signatures
    index: Index
    words: Mapping[str, tuple[str, ...]]
    _kinds: dict[tuple[str, Function], dict[str, set[str]]] = field(default_factory=dict)

    @staticmethod
    def of(signatures: Signatures, index: Index) -> "Usage":
        """Read the calls that stand in tests, the words that come most often first."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for name, node in signatures.functions.items():
            for place, value in _given_in_tests(index, name, node):
                if is_word(text := _text(value)):
                    found[_known_as(name, place)][text] += 1
        words = {name: tuple(one for one, _ in said.most_common(USUAL)) for name, said in found.items()}
        return Usage(signatures, index, words)

    def spoken(self, case: Case, node: Function) -> Iterator[Case]:
        """Yield the case with a word in the place of letters that stand for any text, one at a time.

        It is one that tests give, or the parameter's own name.
        """
        lines = (*case.setup, case.call)
        for at, line in enumerate(lines):
            for name, _, place, value in self._given(line, case, node):
                for word in self._words(name, place) if FILLER.fullmatch(_text(value)) else ():
                    other = ast.Constant(word if kind_of(value) == "str" else word.encode())
                    texts = (*lines[:at], replaced(line, value, other), *lines[at + 1 :])
                    fresh = replace(case, setup=texts[:-1], call=texts[-1], checks=(), shows=(), gives="")
                    yield replace(fresh, kills=frozenset(), hangs=frozenset())

    def unheard(self, case: Case, node: Function) -> int:
        """Return how many literals of a made up call are of a type that no test gives there, though others are given.

        What is refused may be wrong on purpose.
        """
        if case.origin == "recorded" or (case.checks and case.checks[0][0] == "raises"):
            return 0
        given = (one for line in (*case.setup, case.call) for one in self._given(line, case, node))
        return sum(self._is_unheard(*one) for one in given)

    def _is_unheard(self, name: str, node: Function, place: ast.arg, value: ast.expr) -> bool:
        if (name, node) not in self._kinds:
            known = self._kinds[name, node] = defaultdict(set)
            for other, given in _given_in_tests(self.index, name, node):
                known[other.arg] |= {_kind(given)} - {""}
        usual = self._kinds[name, node].get(place.arg, set())
        return bool(usual) and _kind(value) not in {*usual, "", "NoneType"}

    def _given(self, line: str, case: Case, node: Function) -> Iterator[Given]:
        """Yield what a line of a case gives to what the product defines."""
        last = case.function.rpartition("::")[2].rpartition(".")[2]
        for call in _calls_in(line):
            name = last_name(call.func)
            called = node if name == last else self.signatures.functions.get(name)
            if called is not None:
                yield from ((name, called, place, value) for place, _, value in given_to(call, called))

    def _words(self, name: str, place: ast.arg) -> list[str]:
        own = [place.arg] if place.arg not in MANY and is_word(place.arg) else []
        return [*self.words.get(_known_as(name, place), ()), *own]


def _given_in_tests(index: Index, name: str, node: Function) -> Iterator[tuple[ast.arg, ast.expr]]:
    """Yield what the calls in tests of what has this name give it, by parameter."""
    for case in index.get(name, ()):
        call = ast.parse(case.call, mode="eval").body
        for place, _, value in given_to(call, node) if isinstance(call, ast.Call) else ():
            yield place, value


def _known_as(name: str, place: ast.arg) -> str:
    """Return what a parameter of this function or class is known as: by its own name only where that says something."""
    return place.arg if WORD.search(place.arg) else f"{name}.{place.arg}"


def _kind(node: ast.expr) -> str:
    kind = kind_of(node)
    return ALIKE.get(kind, kind)


NO_USAGE = Usage(NO_SIGNATURES, {}, {})


def spared(case: Case) -> int:
    """Return how many characters of a case are words that say what they stand for: there is nothing to puzzle out."""
    wanted = " ".join(value for _, _, value in case.checks)
    words = [one for line in (*case.setup, case.call) for one in _spoken_in(line)]
    return sum(map(len, words)) + sum(wanted.count(one) * len(one) for one in {*words})


@functools.lru_cache(maxsize=1 << 13)  # the same setup stands before many calls
def _spoken_in(line: str) -> tuple[str, ...]:
    """Return the words that a line of code gives to what it calls, as code."""
    given = (one for call in _calls_in(line) for one in (*call.args, *(word.value for word in call.keywords)))
    return tuple(ast.unparse(one) for one in given if is_word(_text(one)))


@functools.lru_cache(maxsize=1 << 13)
def _calls_in(line: str) -> tuple[ast.Call, ...]:
    return tuple(one for one in ast.walk(ast.parse(line)) if isinstance(one, ast.Call))


def is_word(text: str) -> bool:
    """Tell whether a text is a short word that says what it stands for.

    >>> [one for one in ("secret-key", "signed_value", "a", "abc", "two words", "-dash", "") if is_word(one)]
    ['secret-key', 'signed_value']
    """
    return len(text) <= LONG and SPOKEN.fullmatch(text) is not None and WORD.search(text) is not None


def _text(node: ast.expr) -> str:
    """Return the text that an expression is, "" where it is none."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""
