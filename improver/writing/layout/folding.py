"""Lay a long statement out over several lines, the way a formatter does: the last bracket opens first (pure)."""

import re
from collections.abc import Iterator

INDENT = "    "
OPENS, CLOSES = "([{", ")]}"


def folded(line: str, width: int) -> list[str]:
    """Return `line` in as few lines as keep to `width`; too long a line where no bracket helps."""
    if len(line) <= width:
        return [line]
    pair = _last_pair(line)
    if pair is None:
        return [line]
    start, end = pair
    head, inner, tail = line[: start + 1], line[start + 1 : end], line[end:]
    if not inner or len(head) > width:
        return [line]
    parts = list(_split(inner))
    is_signature = head.startswith(("def ", "async def "))
    room = width - len(INDENT) - is_signature
    whole = [f"{INDENT}{inner}{',' * is_signature}"] if len(inner) <= room and len(parts) == 1 else []
    if not whole:
        comma = "," if len(parts) > 1 or _may_have_comma(head, inner) else ""
        whole = [f"{INDENT}{one}" for part in parts for one in folded(f"{part}{comma}", width - len(INDENT))]
    return [head, *whole, tail]


def _may_have_comma(head: str, inner: str) -> bool:
    """Tell whether the one thing in brackets means the same with a comma after it: an argument, a list's only thing."""
    is_after = re.search(r"[\w)\]}'\"][(\[{]$", head) is not None
    is_held = head.endswith("(") != is_after and not head.endswith("{")  # what is looked up, or only held together
    return inner.endswith(",") or not (is_held or " for " in inner)


def _last_pair(line: str) -> tuple[int, int] | None:
    """Return where the last outermost brackets open and close, None where a line has none."""
    pairs = [(start, at) for start, at, depth in _brackets(line) if depth == 0]
    return pairs[-1] if pairs else None


def _brackets(line: str) -> Iterator[tuple[int, int, int]]:
    """Yield each pair of brackets outside of strings: where it opens and closes, and in how many others it stands."""
    opened: list[int] = []
    for at, one in _code(line):
        if one in OPENS:
            opened.append(at)
        elif one in CLOSES and opened:
            yield opened.pop(), at, len(opened)


def _code(line: str) -> Iterator[tuple[int, str]]:
    """Yield the characters outside of strings, with their places."""
    quote, skip = "", False
    for at, one in enumerate(line):
        if skip:
            skip = False
        elif quote:
            skip = one == "\\"
            quote = "" if one == quote else quote
        elif one in "'\"":
            quote = one
        else:
            yield at, one


def _split(inner: str) -> Iterator[str]:
    """Yield the parts of a text between its outermost commas."""
    depth, start = 0, 0
    for at, one in _code(inner):
        depth += (one in OPENS) - (one in CLOSES)
        if one == "," and depth == 0:
            yield inner[start:at].strip()
            start = at + 1
    if inner[start:].strip():
        yield inner[start:].strip()
