"""Names and docstrings of tests: what a call is like, what it comes to, and which mutants notice it (pure)."""

import ast
import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from improver.experiments import Case
from improver.source import Function

CREED = "Characterises current behaviour, not a spec."
NAME = 60  # characters of a test's name
SHOWN = 3  # mutants named in one docstring
ROOM, CUT = 8, 28  # characters of a line beside a mutant's name, and of each side of one that is cut
MUTANT = re.compile(r"(?P<path>.*?):(?P<line>\d+): `(?P<old>.*)` → `(?P<new>.*?)`(?: at column \d+)?\Z", re.DOTALL)
SNAKE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
MENDED = re.compile(r"(?P<path>.*?): before this was mended: (?P<message>.*)\Z", re.DOTALL)
TAKEN = ("self", "expected", "request", "result", "item", "scenario")  # in tests, by what they are made of
WHOLE = ("result", "list(result)", "[item async for item in result]", "[list(item) for item in result]")
BEGUN, PART = "list(itertools.islice(result, ", re.compile(r"(?:list|len)\(result(?:\[-?\w+\])?\)|result\[-?\w+\]")
LEADS = frozenset({"gives", "is", "has", "with", "without", "of", "by", "keeps", "leaves", "raises", "and"})
COPIED = frozenset({"__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"})
EMPTY = ("[]", "{}", "()", "''", "b''", "set()", "frozenset()", "iter([])")


def slug(text: str) -> str:
    """Return `text` as words of an identifier."""
    return re.sub(r"[^a-z0-9]+", "_", SNAKE.sub("_", text).lower()).strip("_")


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
    one = f'{quotes}Kills: {told[0]}. {CREED}"""'
    if len(told) == 1 and len(one) <= width - 4:
        return [one]
    lines = [f"{text}," for text in (*told, *more)]
    lines[-1] = f"{lines[-1][:-1]}."
    return [f"{quotes}Kills:", *(f"- {line}" for line in lines), "", CREED, '"""']


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
    if any('"""' in text or not text.isascii() or text.endswith("\\") for text in (old, new)):
        return f"the fault at {place}"
    for one, other in ((old, new), _apart(old, new), (_cut(old), _cut(new))):
        told = f"`{one}` -> `{other}` at {place}"
        if len(told) <= width:
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
    if re.fullmatch(r"[<>=!+*/%&|^~-]{1,3}", text):
        return True
    try:
        return bool(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return False


def _cut(text: str) -> str:
    return text if len(text) <= CUT else f"{text[: CUT - 3].rstrip()}..."


def _place(name: str) -> tuple[int, str]:
    found = MUTANT.match(name)
    return (int(found["line"]) if found else 0, name)


# --- names --------------------------------------------------------------------------------------------------------


def _subject(case: Case) -> str:
    """Return the words for what a test is about."""
    last = case.function.rpartition(".")[2]
    if case.origin == "after":
        owners, method = case.function.partition("::")[2].split(".")[:-1], _method(case.call)
        return "_".join(
            [*map(slug, owners), *([method, "again"] if method == slug(last) else [method, "after", slug(last)])]
        )
    words = [slug(one) for one in called(case).split(".")]
    if last in COPIED:
        return "_".join([*words, "copy"])
    special = last.startswith("__") and last not in ("__init__", "__new__") and last != called(case)
    return "_".join([*words, *([slug(last)] if special else [])])


def _method(call: str) -> str:
    """Return the name of the method that a call is of."""
    made = ast.parse(call, mode="eval").body
    function = getattr(made, "func", made)
    return slug(str(getattr(function, "attr", getattr(function, "id", ""))))


def name_for(case: Case, node: Function) -> str:
    """Return a test's name: subject, condition, behaviour."""
    parts = [_subject(case), condition(case, node), behaviour(case)]
    return _short(["test", *filter(None, parts)])


def called(case: Case) -> str:
    """Return the public name of what a call is about: a class for its making, an attribute where one is read."""
    *owners, last = case.function.partition("::")[2].split(".")
    call = ast.parse(case.call, mode="eval").body
    if last.startswith("_") and not last.endswith("__") and isinstance(call, ast.Attribute):
        last = call.attr
    return ".".join([*owners, *([] if owners and last.startswith("__") else [last])])


def table_name(cases: Sequence[Case], names: Sequence[str]) -> str:
    """Return the name of a table of calls that differ in these arguments."""
    varied = "_and_".join(slug(name) for name in names if slug(name))
    return _short(["test", _subject(cases[0]), f"by_{varied}" if varied else "table"])


def _short(parts: Sequence[str]) -> str:
    name = "_".join(parts)
    while len(name) > NAME or (name != "_".join(parts) and name.rpartition("_")[2] in LEADS):
        name = name.rpartition("_")[0]
    return name


def behaviour(case: Case) -> str:
    """Return the words for what a call comes to."""
    kind, subject, wanted = case.checks[0]
    read = ast.parse(case.call, mode="eval").body
    if kind == "raises":
        return f"raises_{slug(subject)}"
    if isinstance(read, ast.Attribute) and case.function.rpartition(".")[2] in COPIED:
        return f"keeps_{slug(read.attr)}"
    if subject not in WHOLE:
        return _of_part(case, subject, wanted)
    if kind == "is":
        return f"is_{wanted.lower()}"
    if wanted in EMPTY:
        return "is_empty"
    said = _value(wanted)
    return f"{'gives' if '_item' in said else 'is'}_{said}" if said else ""


def _of_part(case: Case, subject: str, wanted: str) -> str:
    """Return the words for a test that looks at part of what a call comes to, or at what the call was given."""
    if subject.startswith(BEGUN):
        first = _value(repr(ast.literal_eval(wanted)[0])) if _value(wanted) else ""
        return f"begins_with_{first}" if first else "goes_on"
    if PART.fullmatch(subject):
        return ""
    owner = subject.partition(".")[0]
    about = slug(owner.partition("(")[2] or owner)
    return _parts(case) if about == "result" else f"{'empties' if wanted in EMPTY else 'leaves'}_{about}"


def _parts(case: Case) -> str:
    """Return the words for the parts of an object that its test looks at."""
    found = [slug(subject.removeprefix("result.")) for _, subject, _ in case.checks if subject.startswith("result.")]
    return f"has_{'_and_'.join(found[:2])}" if found else ""


def _value(text: str) -> str:
    """Return a value in words: a short one as it is, of a larger one its size; "" where there are none."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ""
    if isinstance(value, int | float):
        return slug(f"minus {-value}" if value < 0 else str(value))
    if isinstance(value, str | bytes):
        words = slug(value if isinstance(value, str) else value.decode("latin-1"))
        return words if words and len(words) <= 16 and len(words) == len(value) else ""
    return f"{len(value)}_item{'s' * (len(value) != 1)}" if isinstance(value, list) else ""


def condition(case: Case, node: Function) -> str:
    """Return the words for what is special about a call's arguments."""
    call = ast.parse(case.call, mode="eval").body
    piped = isinstance(call, ast.BinOp) and isinstance(call.right, ast.Call)  # what comes before the link is its first
    call = call.right if isinstance(call, ast.BinOp) else call
    if not isinstance(call, ast.Call):
        return ""
    named = [word for word in call.keywords if word.arg]
    if named:
        return "_".join(_given(word.arg or "", word.value) for word in named[:2])
    for name, value in zip(parameters(node)[piped:], call.args, strict=False):
        text = ast.unparse(value)
        if isinstance(value, ast.Lambda) and (
            given := [one.arg for one in ast.walk(value.args) if isinstance(one, ast.arg)]
        ):
            return f"of_function_of_{slug(given[0])}"
        if text in EMPTY:
            return f"of_empty_{slug(name)}"
        if re.fullmatch(r"-\d+(\.\d+)?|0|1", text):
            return f"with_{slug(name)}_{_value(text)}"
    return ""


def _given(name: str, value: ast.expr) -> str:
    if isinstance(value, ast.Constant) and (value.value is False or value.value is None):
        return f"without_{slug(name)}"
    if isinstance(value, ast.Constant) and value.value is True:
        return f"with_{slug(name)}"
    short = _value(ast.unparse(value))
    return f"with_{slug(name)}" + (f"_{short}" if short and len(short) < 9 else "")


def parameters(node: Function) -> list[str]:
    """Return the names of the positional parameters, self and cls aside."""
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def usable(name: str) -> str:
    """Return a parameter's name as it may stand in a test's signature."""
    return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name


def label(values: Sequence[str], names: Sequence[str]) -> str:
    """Return what tells one row of a table from others, in words."""
    said = []
    for name, text in zip(names, values, strict=True):
        plain = text if re.fullmatch(r"-?[\w.]+", text) else "empty" if text in EMPTY else text.strip("'\"")
        said.append(f"{name}={plain}" if len(plain) <= 24 and plain.isascii() and plain.isprintable() else name)
    return " ".join(said)[:50].replace('"', "'").replace("\\", "/")
