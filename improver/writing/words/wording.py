"""Docstrings of tests, which name a mutant that they kill, and words for names and rows (pure)."""

import ast
import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from improver.experiments import Case
from improver.judging.powers import FIELD
from improver.writing.pieces import expression

LABEL = 48  # characters of a row's id
FEW = 3  # texts of a list that an id has room for
MARKS = {"": "empty", "\\": "backslash", '"': "quote", "'": "apostrophe", " ": "space", "\n": "line break", "\t": "tab"}
USUAL = re.compile(r"^a (?:missing|negated) |changed to `(?:return )?None`")  # which say less of what a line is for
VAGUE, CHANGED = "a small fault", "a changed"  # where no code, or only that which changes, can be shown
SIGN = re.compile(r"`(?:\W+|and|or|not|in|is|is not|not in)` changed to")
CUT = re.compile(r"(?<!\()\.\.\.|\.\.\.(?!\))")  # what is left out of a text, unless it is all that a call is given
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
    """Return the lines of a docstring, quotes included, that names the mutant of `kills` that says the most.

    One line, as an order, with a full stop: linters ask for that. No line's number, which the next change makes wrong.
    """
    kills = [*kills]
    if found := next(filter(None, map(MENDED.match, kills)), None):
        return _reproduces(found["message"], width - 4)
    room = width - 4 - len('r"""Catch ."""')
    text = min((told_of(name, room) for name in by_place(kills)), key=_says_little)
    return [f'{"r" if chr(92) in text else ""}"""Catch {text}."""']


def is_untold(kills: Iterable[str], width: int) -> bool:
    """Tell whether a docstring shows no code of any mutant of `kills`: nobody could say what its test is for."""
    found = [one for one in kills if MUTANT.match(one)]
    return bool(found) and docstring(found, width)[0].startswith(f'"""Catch {VAGUE}')


def _says_little(text: str) -> tuple[bool, bool, bool]:
    """Return what makes one text of a mutant worse than another: no code is shown, not what became of it, or little."""
    return text.startswith(VAGUE), text.startswith(CHANGED), bool(USUAL.search(text))


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
    """Return a mutant as docstrings name it, `>` changed to `>=` in pricing.py, in at most `width` characters."""
    found = MUTANT.match(name)
    if found is None:
        return VAGUE
    *_, folder, file = ("", *PurePosixPath(found["path"]).parts)
    place = f" in {folder}/{file}" if folder and file == "__init__.py" else f" in {file}"
    old, new = found["old"].replace("…", "..."), found["new"].replace("…", "...")
    brief = _brief(old), _brief(new)
    pairs = [pair for pair in ((old, new), brief, _apart(old, new), _apart(*brief)) if len({*pair}) > 1]
    texts = [_change(*pair) for pair in pairs if all(map(_is_quotable, pair))]
    texts += [f"{CHANGED} `{text}`" for text in (old, brief[0]) if _is_quotable(text)]
    signs = [text for text in texts if SIGN.match(text) and text != _change(old, new)]  # which stand anywhere
    texts = [*(text for text in texts if text not in signs), *signs]
    whole = [text + where for text in texts for where in (place, "") if not CUT.search(text)]
    return next((text for text in whole if len(text) <= width), VAGUE + place)


def _is_quotable(text: str) -> bool:
    """Tell whether code may stand in a docstring: it neither ends it nor is what a gate refuses."""
    return '"""' not in text and text.isascii() and not text.endswith("\\") and FIELD.search(text) is None


def _change(old: str, new: str) -> str:
    """Return one text in place of another in words."""
    kind, given = old.removeprefix("raise "), old.partition("(")[2]
    if kind != old and new in ("raise Exception", f"raise Exception({given}"):
        return f"another error than `{kind.partition(' from ')[0]}`"
    if new == f"(not ({old}))":
        return f"a negated `{old}`"
    return f"a missing `{old}`" if new == "pass" else f"`{old}` changed to `{new}`"


def _brief(text: str) -> str:
    """Return a call without what it is given, of which long texts show only a part anyway.

    >>> [_brief(one) for one in ("raise Dry('no sea in ...", "return depth(sea, 2)", "sea + depth(1)")]
    ['raise Dry(...)', 'return depth(...)', 'sea + depth(1)']
    """
    found = re.match(r"((?:(?:raise|return|await) )*[\w.]+\()(?!\))", text)
    if found is None:
        return text
    is_cut = text.endswith("...") and text.startswith("raise ")
    return f"{found[1]}...)" if is_cut or _is_call(text.removeprefix("raise ").removeprefix("return ")) else text


def _is_call(text: str) -> bool:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node.value if isinstance(node, ast.Await) else node, ast.Call)


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


def by_place(names: Iterable[str]) -> list[str]:
    """Return mutants in the order of their lines."""
    return sorted(names, key=_place)


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
