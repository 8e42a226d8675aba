"""How a test file names the modules of its project, which further imports do too: by dots, or below a folder (pure)."""

import ast
import itertools
from collections.abc import Iterator, Sequence

from improver.source import Source
from improver.writing.names import BELOW, absolute, module_of

Import = tuple[str, ...]


def addressed(needed: Sequence[Import], before: Source | None) -> list[Import]:
    """Return imports of names with their modules as the file calls others of the same package."""
    if before is None:
        return [*needed]
    return [(_called(one[0], before), *one[1:]) if one[1] else one for one in needed]


def dotted(node: ast.ImportFrom) -> str:
    """Return the module that a statement imports from as it stands there."""
    return "." * node.level + (node.module or "")


def _called(module: str, before: Source) -> str:
    """Return what the file would call a module: by its full name where it does so, or of its package knows nothing."""
    top, here = module.partition(".")[0], module_of(before.path)
    nodes = [node for node in before.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    named = [f"{name}." for node in nodes for name in _named(node)]
    if any(name.startswith(f"{top}.") for name in named):
        return module
    if any(name.startswith(f"{BELOW}{top}.") for name in named):
        return f"{BELOW}{module}"
    near = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
    known = {absolute(node, here, is_package=False).partition(".")[0] for node in near}
    return _relative(module, here) if top in known else module


def _named(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """Yield the full names of what a statement imports, modules or not, where it says them."""
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif not node.level:
        yield from (f"{node.module}.{one.name}" for one in node.names)


def _relative(module: str, here: str) -> str:
    """Return the name of a module as a module of the same project calls it.

    >>> [_relative(one, "pier.tests.test_a") for one in ("pier", "pier.a", "pier.tests.calls", "pier.tests")]
    ['..', '..a', '.calls', '.']
    """
    package, parts = here.split(".")[:-1], module.split(".")
    same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(package, parts, strict=False)))
    return "." * (len(package) - same + 1) + ".".join(parts[same:])
