"""What a test may demand: what a reader can check, and what the next version of Python says as well (pure)."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from improver.experiments import Case

BYTES, SHARE, VARIED = 6, 4, 4  # bytes that cannot be read: so many, one of so many, and so many of them differ
DENSE, PIECES = 14, 3  # characters of a word, which has a piece of one kind for so many of them
PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
WORD = re.compile(r"[A-Za-z0-9+/=_-]+")
INNER = re.compile(r"(?<!\w)__\w+__(?!\w)")  # a name of Python's own, or of something that nobody should see
CONSTANT = re.compile(r"\.[A-Z][A-Z0-9_]+$")  # of a class or a module
ADDRESS = re.compile(r"(?<![\d.])\d{14,15}(?![\d.])")  # where in memory something is, or a number that nobody reads
ONE_LINE = re.compile(r"\.splitlines\(\)\[-?\d+\]$")
IN = re.compile(r"(['\"].*['\"]) in (?!.*['\"])")  # a part of a text is looked for
MARKUP = re.compile(r"</?\w+[^<>]*>|[\W_]")  # what a line has beside words and numbers
SAID = re.compile(  # by Python itself, in other words in another version
    r"object (?:is not|has no attribute|does not support)|positional arguments? but|unexpected keyword argument"
    r"|unsupported operand|not supported between|invalid literal for|must be (?:str|int|a string), not|unhashable type"
    r"|\((?:line|char) \d+\)|codec can't|not enough values to unpack|too many values to unpack"
)


def legible(case: Case) -> Case:
    """Return a case without the checks that nobody can read, and those of what is the same whatever one calls.

    What a function gives that is no class may hold what it was given by the same name: that says nothing either.
    """
    told, kept = " ".join((*case.prelude, *case.setup, case.call)), {*_kept(case)}
    fine = [kind in ("raises", "warns") or _is_fine(one, wanted, told, kept) for kind, one, wanted in case.checks]
    if all(fine):
        return case
    if len(case.shows) != len(case.checks):
        return replace(case, checks=(), shows=(), kills=frozenset())
    checks = tuple(one for one, is_fine in zip(case.checks, fine, strict=True) if is_fine)
    shows = tuple(one for one, is_fine in zip(case.shows, fine, strict=True) if is_fine)
    return replace(case, checks=checks, shows=shows, kills=frozenset().union(*shows))


def _is_fine(subject: str, wanted: str, told: str, kept: Collection[tuple[str, str]]) -> bool:
    """Tell whether a reader can check what is demanded, and it is not only what was given."""
    if (subject, wanted) in kept or CONSTANT.search(subject):
        return False
    part = IN.match(subject)  # which is what is demanded
    return not is_riddle(part[1] if part else wanted, told) and not is_bare(subject, wanted)


def _kept(case: Case) -> Iterator[tuple[str, str]]:
    """Yield attributes of what comes back that a call gives by name, each with what it gives."""
    call = ast.parse(case.call, mode="eval").body
    if isinstance(call, ast.Call) and not case.function.endswith((".__init__", ".__new__")):
        yield from ((f"result.{word.arg}", ast.unparse(word.value)) for word in call.keywords)


def is_bare(subject: str, wanted: str) -> bool:
    """Tell whether one line of a text is demanded that holds no word: only marks, as many other lines do."""
    return bool(ONE_LINE.search(subject)) and not any(MARKUP.sub("", str(one)) for one in _texts(wanted))


def is_riddle(wanted: str, told: str) -> bool:
    """Tell whether what is demanded cannot be read, is a name from within, or is in words that Python chose.

    What the call itself speaks of is none.
    """
    quoted = "'" in wanted or '"' in wanted
    return quoted and any(_is_riddle(value, told) for value in _texts(wanted))


def _texts(wanted: str) -> Iterator[str | bytes]:
    for node in ast.walk(ast.parse(wanted)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node.value


def _is_riddle(value: str | bytes, told: str) -> bool:
    if isinstance(value, bytes):
        hidden = [one for one in value if not 32 <= one < 127 and one not in b"\r\n\t"]
        dense = len(hidden) >= BYTES and len(hidden) * SHARE >= len(value) and len({*hidden}) >= VARIED
        return dense or _is_riddle(value.decode("latin-1"), told)
    if any(one not in told for one in INNER.findall(value)) or SAID.search(value):
        return True
    return any(one not in told for one in (*ADDRESS.findall(value), *filter(is_dense, WORD.findall(value))))


def is_dense(word: str) -> bool:
    """Tell whether a word is a digest or the like.

    >>> [is_dense(one) for one in ("zTtHCHxvAvT5rXP-SwnQMczQ3uk", "TestTimedelta_2020_01", "d41d8cd98f00b204e980")]
    [True, False, True]
    """
    pieces = PIECE.findall(word)
    mixed = sum(one.isalpha() for one in pieces) >= PIECES
    return mixed and len(word) >= DENSE and len(pieces) * PIECES > len(word)
