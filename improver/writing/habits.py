"""What the test files of a project have in common (pure)."""

import ast
import itertools
from collections import Counter
from collections.abc import Sequence

from improver.source import Source


def imports_apart(sources: Sequence[Source]) -> bool:
    """Tell whether files import one name a line throughout: several lines of one module say so."""
    found = [[node for node in source.tree.body if isinstance(node, ast.ImportFrom)] for source in sources]
    modules = [[(node.level, node.module) for node in nodes] for nodes in found]
    is_single = all(len(node.names) == 1 for nodes in found for node in nodes)
    return is_single and any(len({*named}) < len(named) for named in modules)


def head_of(sources: Sequence[Source]) -> str:
    """Return the comment, its lines ended, that most files begin with, as that of a licence; "" for none."""
    heads = Counter(_head(source) for source in sources)
    head, count = max(heads.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return head if count > 1 and count * 2 > len(sources) else ""


def _head(source: Source) -> str:
    lines = itertools.takewhile(lambda line: line.startswith("#") and not line.startswith("#!"), source.lines)
    known = [line for line in lines if "coding" not in line or "utf-8" in line.lower()]  # as a new file is written
    return "".join(f"{line.rstrip()}\n" for line in known)
