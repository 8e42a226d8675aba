"""Keep a page within its bounds: code ends where it should, and no more bytes are written than fit (pure)."""

import re
from collections.abc import Sequence


def fence(code: str, least: int = 4) -> str:
    """Return what begins and ends a block of code that nothing in `code` can end."""
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", code)), default=0))


def bounded(lines: Sequence[str], most: int) -> str:
    """Return the first lines that fit in `most` bytes, and say how many do not."""
    kept, size = list[str](), 0
    room = most - len(f"\n{len(lines)} lines more did not fit here.\n")
    for number, line in enumerate(lines):
        size += len(line.encode("utf-8", "replace")) + 1
        if size > (most if number == len(lines) - 1 else room):
            return "\n".join([*kept, "", f"{len(lines) - number} lines more did not fit here."]) + "\n"
        kept.append(line)
    return "\n".join(kept) + "\n"
