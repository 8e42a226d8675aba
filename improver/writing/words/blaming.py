"""Which arguments an error speaks of, in words: a name says of two that may be at fault which one it is (pure)."""

import ast
import re
from collections.abc import Sequence

from improver.experiments import Case
from improver.source import Function
from improver.writing.pieces import expression, slug
from improver.writing.words.filling import Argument, arguments
from improver.writing.words.spelling import together, valued

WRONG = frozenset({"unknown", "invalid", "unsupported", "illegal", "unexpected"})  # what errors say of an argument
MOST = 2  # arguments of one name
EMPTY: tuple[object, ...] = ("", b"", [], {}, ())
WORD = re.compile(r"[a-z]+")


def blamed(case: Case, node: Function, decisive: Sequence[str] = ()) -> list[str]:
    """Return the words for the one or two arguments that an error names, or for the one that gave its text.

    There are none where what is `decisive` speaks of them: it says more. What a function is given first is what it is
    about, with or without an error, unless it is empty and the error says so.
    """
    kind, _, pattern = case.checks[0]
    if kind != "raises" or not pattern:
        return []
    given = [one for one in arguments(case, node).values() if one.given and not one.extra]
    said = {*WORD.findall(pattern.lower())}
    named = [one for one in given if said.issuperset(slug(one.name).split("_"))]
    own = [one for one in given if isinstance(one.value, str) and one.value == pattern]
    empty = [one for one in given if one.value in EMPTY] if "empty" in said else []
    if len(empty) == 1:
        return [valued(empty[0])]
    if not own and (names := _named_by(case.call, pattern)):
        return [f"with_{slug(names[0])}"]
    found = own or (named if len(named) <= MOST else [])
    is_told = bool(decisive) and all(f"_{slug(one.name)}" in decisive[0] for one in found)
    return [] if is_told else _together(found, in_full=not own)


def in_its_words(condition: str, case: Case, node: Function) -> str:
    """Return a condition that only names an argument with what the error says is wrong with it: unknown, invalid."""
    kind, _, pattern = case.checks[0]
    words = WORD.findall(pattern.lower()) if kind == "raises" else []
    wrong = next((one for one in words if one in WRONG), "")
    given = [one for one in arguments(case, node).values() if one.given and not one.flag] if wrong else []
    is_bare = any(condition == f"with_{slug(one.name)}" for one in given)
    return condition.replace("with_", f"with_{wrong}_", 1) if is_bare else condition


def _named_by(call: str, text: str) -> list[str]:
    """Return the names by which a text is given anywhere in a call, be it to what makes the object that is called."""
    words = [one for one in ast.walk(expression(call)) if isinstance(one, ast.keyword) and one.arg]
    return [one.arg or "" for one in words if isinstance(one.value, ast.Constant) and one.value.value == text]


def _together(found: Sequence[Argument], *, in_full: bool) -> list[str]:
    """Return the words for arguments as one condition, none for what alone comes first."""
    if not found or (len(found) == 1 and found[0].place == 0):
        return []
    return [together([_spoken(one, in_full=in_full and len(found) == 1) for one in found])]


def _spoken(one: Argument, *, in_full: bool) -> str:
    """Return the words for an argument, with its value or without: not with one that says the same as its name."""
    name = slug(one.name)
    words = valued(one) if in_full else ""
    stands = isinstance(one.value, str) and slug(one.value) == name  # for one that nobody knows
    return f"with_unknown_{name}" if stands and in_full else words or f"with_{name}"
