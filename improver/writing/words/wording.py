"""Docstrings of tests, which name the mutants that notice a call, and words for names and rows (pure)."""

import ast
import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from improver.experiments import Case
from improver.judging.powers import FIELD
from improver.writing.pieces import expression

HEAD = "Kill small faults that went unnoticed."  # one line, as an order, with a full stop: linters ask for that
CREED = "Characterises current behaviour, not a spec."
LABEL = 48  # characters of a row's id
FEW = 3  # texts of a list that an id has room for
MARKS = {"": "empty", "\\": "backslash", '"': "quote", "'": "apostrophe", " ": "space", "\n": "line break", "\t": "tab"}
SHOWN = 3  # mutants named in one docstring
ROOM, CUT = 8, 28  # characters of a line beside a mutant's name, and of each side of one that is cut
MUTANT = re.compile(r"(?P<path>.*?):(?P<line>\d+): `(?P<old>.*)` → `(?P<new>.*?)`(?: at column \d+)?\Z", re.DOTALL)
MENDED = re.compile(r"(?P<path>.*?): before this was mended: (?P<message>.*)\Z", re.DOTALL)
TAKEN = ("self", "expected", "request", "result", "item", "scenario")  # in tests, by what they are made of
EMPTY = ("[]", "{}", "()", "''", "b''", "set()", "frozenset()", "iter([])")


# --- docstrings ---------------------------------------------------------------------------------------------------


def mended(path: str, message: str) -> str:
    """Return the name of the mutant that is a file as it was, and what was wrong with it."""
    return f"{path}: before this was mended: {message}"


def reproduces(case: Case) -> bool:
    """Tell whether a call notices a file as it was before it was mended."""
    return any(map(MENDED.match, case.kills))


def docstring(kills: Iterable[str], width: int) -> list[str]:
    """Return the lines of a docstring, quotes included, that names the first few mutants of `kills`."""
    kills = [*kills]
    if found := next(filter(None, map(MENDED.match, kills)), None):
        return _reproduces(found["message"], width - 4)
    texts = [told_of(name, width - ROOM) for name in sorted(kills, key=_place)]
    told = list(dict.fromkeys(texts))[:SHOWN]
    left = sum(text not in told for text in texts)
    quotes = 'r"""' if any("\\" in text for text in told) else '"""'
    more = [f"and {left} more"] if left else []
    one = f'{quotes}Kill {told[0]}. {CREED}"""'
    if len(told) == 1 and len(one) <= width - 4:
        return [one]
    lines = [f"{text}," for text in (*told, *more)]
    lines[-1] = f"{lines[-1][:-1]}."
    return [f"{quotes}{HEAD}", "", *(f"- {line}" for line in lines), "", CREED, '"""']


def _reproduces(message: str, width: int) -> list[str]:
    """Return the lines of a docstring that says what a test reproduces, wrapped."""
    plain = message.isascii() and "\\" not in message and '"' not in message
    whole = (
        f'"""Reproduces a fault that was mended: {message}."""'
        if plain
        else '"""Reproduces a fault that was mended."""'
    )
    if len(whole) <= width:
        return [whole]
    return [
        '"""Reproduces a fault that was mended.',
        "",
        *textwrap.wrap(f"{message[:1].upper()}{message[1:]}.", width),
        '"""',
    ]


def told_of(name: str, width: int) -> str:
    """Return a mutant as docstrings name it, `>` -> `>=` at pricing.py:60, in `width` characters if that can be."""
    found = MUTANT.match(name)
    if found is None:
        return "a small fault"
    place = f"{PurePosixPath(found['path']).name}:{found['line']}"
    old, new = found["old"].replace("…", "..."), found["new"].replace("…", "...")
    if any('"""' in text or not text.isascii() or text.endswith("\\") or FIELD.search(text) for text in (old, new)):
        return f"the fault at {place}"  # as it stands it would end the docstring, or be taken for what a gate refuses
    room = (width - len(f"`` -> `` at {place}")) // 2
    for one, other in ((old, new), _apart(old, new), _parts(old, new, min(room, CUT))):
        told = f"`{one}` -> `{other}` at {place}"
        if one != other and len(told) <= width:
            return told
    return f"the fault at {place}"


def _apart(old: str, new: str) -> tuple[str, str]:
    """Return what differs between two texts, in whole words."""
    one, other = (re.findall(r"\w+|[<>=!]=?|\W", text) for text in (old, new))
    while one and other and one[0] == other[0]:
        one, other = one[1:], other[1:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    whole = "".join(one).strip(), "".join(other).strip()
    return whole if all(map(_is_whole, whole)) else (old, new)


def _is_whole(text: str) -> bool:
    """Tell whether a part of a line can be read for itself: an operand, or an operator."""
    if re.fullmatch(r"[<>=!+*/%&|^~-]{1,3}|and|or|not|in|is|is not|not in", text):
        return True
    if "..." in text:  # cut before
        return False
    try:
        return bool(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return False


def _parts(old: str, new: str, room: int) -> tuple[str, str]:
    """Return what of two texts has room: how they begin, or what stands around the first difference."""
    if old[: room - 3] != new[: room - 3]:
        return _cut(old, room), _cut(new, room)
    begin = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), room)
    begin -= room // 3
    return f"...{_cut(old[begin:], room - 3)}", f"...{_cut(new[begin:], room - 3)}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3].rstrip()}..."


def _place(name: str) -> tuple[int, str]:
    found = MUTANT.match(name)
    return (int(found["line"]) if found else 0, name)


# --- names ------------------------------------------------------------------------------------------------------


def called(case: Case) -> str:
    """Return the public name of what a call is about: a class for its making, an attribute where one is read."""
    *owners, last = case.function.partition("::")[2].split(".")
    call = expression(case.call)
    if last.startswith("_") and not last.endswith("__") and isinstance(call, ast.Attribute):
        last = call.attr
    return ".".join([*owners, *([] if owners and last.startswith("__") else [last])])


def usable(name: str) -> str:
    """Return a parameter's name as it may stand in a test's signature."""
    return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name


def label(values: Sequence[str], names: Sequence[str]) -> str:
    """Return what tells one row of a table from others, in words."""
    said, width = [], LABEL if len(names) == 1 else LABEL // 2
    for name, text in zip(names, values, strict=True):
        plain = _spoken(text)
        is_exact = plain.isascii() and plain.isprintable() and not {*plain} & {'"', "\\"}
        is_short = plain.strip() and len(plain) <= width and is_exact
        said.append((plain if len(names) == 1 else f"{name}={plain}") if is_short else name)
    return " ".join(said)[:LABEL]


def _spoken(text: str) -> str:
    """Return a value, written as code, as one would say it; as it is written where one would not.

    >>> [_spoken(one) for one in ("'sea'", "b'sea'", "['', 'a']", "[]", "Box()")]
    ['sea', 'bytes sea', 'empty and a', 'empty', 'Box()']
    """
    try:
        value = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError):
        return "empty" if text in EMPTY else text
    parts = [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []
    if parts and len(parts) == len(value) <= FEW:
        return " and ".join(MARKS.get(one, one) for one in parts)
    if isinstance(value, bytes) and value:
        return f"bytes {value.decode('latin-1')}"
    return MARKS.get(value, value) if isinstance(value, str) else "empty" if text in EMPTY else text
