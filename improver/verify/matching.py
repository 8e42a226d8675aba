"""Make the shortest texts that a pattern matches, one for each of its choices: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import re
import sys
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

FORMS, LENGTH = 40, 40  # texts of one pattern, characters of a text
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "123456789"
REST = " 0ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.,:;/=+'\"\\\t\né"
FEW, MANY = 4, 7  # characters of a set that are tried each, and repeats where there is no bound
TOO_MANY = 12  # repeats
YEAR, OPENED = 4, 3  # digits; choices within one that are tried too


class Unmade(Exception):
    """A pattern of which no short text can be made."""


def texts_of(pattern: re.Pattern[Any]) -> list[Any]:
    """Return the texts that a pattern matches: with all that it may leave out, with nothing, and one choice apart."""
    found: dict[Any, None] = {}
    with contextlib.suppress(Unmade, RecursionError):
        firsts = [Making(pattern, {}, usual) for usual in (1, 0)]
        found.update((text, None) for made in firsts for text in made.text())
        turns = [_others(pattern, made) for made in firsts]
        for text in (one for turn in itertools.zip_longest(*turns) for one in turn if one is not None):
            found[text] = None
    kind = type(pattern.pattern)
    texts = [one if kind is str else one.encode("latin-1", "replace") for one in found if 0 < len(one) <= LENGTH]
    return [one for one in texts if pattern.search(one)][:FORMS]


def _others(pattern: re.Pattern[Any], made: Making) -> Iterator[str]:
    """Yield texts that differ from what was made in one choice, or in one more that this one opens."""
    for at, ways in enumerate(made.asked):
        for way in range(ways):
            other = Making(pattern, {**made.given, at: way}, made.usual)
            with contextlib.suppress(Unmade):
                yield from other.text()
                for inner in range(at + 1, at + 1 + min(len(other.asked) - len(made.asked), OPENED)):
                    for one in range(other.asked[inner]):
                        yield from Making(pattern, {at: way, inner: one}, made.usual).text()


class Making:
    """One text in the making: a choice is taken as `given` by its number, else as is usual.

    What may be left out is there where `usual` is 1, and of some ways the first is taken.
    """

    def __init__(self, pattern: re.Pattern[Any], given: dict[int, int], usual: int) -> None:
        self.pattern, self.given, self.usual = pattern, given, usual
        self.asked: list[int] = []  # the ways of each choice
        self.turns = [(itertools.cycle(known), len(known)) for known in (LETTERS, DIGITS)]
        self.groups: dict[int, str] = {}

    def text(self) -> list[str]:
        """Return the text; of a pattern that need not stand alone, also with something around it."""
        whole = self.of(parser().parse(self.pattern.pattern, self.pattern.flags & ~re.DEBUG))
        return [whole, f"a{whole}b", f"{whole} {whole}"] if not self.given and whole else [whole]

    def of(self, parsed: Any) -> str:
        """Return a text of a part of the pattern."""
        return "".join(self._item(one, parsed) for one in parsed)

    def _chosen(self, ways: list[Any], usual: int = 0) -> Any:
        if len(ways) == 1:
            return ways[0]
        at = self.given.get(len(self.asked), usual)
        self.asked.append(len(ways))
        return ways[min(at, len(ways) - 1)]

    def _item(self, item: tuple[Any, Any], parsed: Any) -> str:
        kind, told = str(item[0]), item[1]
        if kind == "SUBPATTERN":
            text = self.of(told[-1])
            self.groups[told[0]] = text
            return text
        if kind.endswith("_REPEAT"):
            return self._repeated(*told)
        if kind in ("BRANCH", "ATOMIC_GROUP"):
            return self.of(self._chosen(told[1]) if kind == "BRANCH" else told)
        if kind in ("AT", "ASSERT", "ASSERT_NOT"):  # whether it holds shows in the end
            return ""
        if kind in ("GROUPREF", "LITERAL"):
            return self.groups.get(told, "") if kind == "GROUPREF" else chr(told)
        if kind == "IN" and 1 < len(told) <= FEW and all(str(one) == "LITERAL" for one, _ in told):
            return chr(self._chosen([char for _, char in told]))
        return self._letter(item, parsed)

    def _repeated(self, least: int, most: int, part: Any) -> str:
        ways = [*dict.fromkeys(one for one in (least, least + 1, min(int(most), MANY)) if least <= one <= most)]
        count = self._chosen(ways, self.usual if least == 0 else 0)
        first = self.of(part) if count else ""
        count = min(count, 2) if first.isspace() else count
        if count > TOO_MANY:
            raise Unmade("it is long")
        if count > 1 and least == most and re.fullmatch(r"\d", first):  # a number of so many places
            return first.zfill(count) if count < YEAR else f"20{first.zfill(count - 2)}"
        return first + "".join(self.of(part) for _ in range(count - 1))

    def _letter(self, item: tuple[Any, Any], parsed: Any) -> str:
        """Return a character that the part of one matches, another one each time."""
        if str(item[0]) not in ("IN", "ANY", "NOT_LITERAL"):
            raise Unmade(str(item[0]))
        matches = compiler().compile(parser().SubPattern(parsed.state, [item])).fullmatch
        for turn, count in self.turns:
            for char in itertools.islice(turn, count):
                if matches(char):
                    return char
        for char in REST:
            if matches(char):
                return char
        raise Unmade("a rare character")


def parser() -> Any:
    """Return the module that reads patterns."""
    return importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")


def compiler() -> Any:
    """Return the module that compiles what was read."""
    return importlib.import_module("re._compiler" if sys.version_info >= (3, 11) else "sre_compile")
