"""Who leads to a function that nobody outside should use: those that call it, in its file and others (pure)."""

import ast
from collections.abc import Collection, Iterable, Mapping

from improver.judging.functions import definitions
from improver.source import Source

CALLERS_DEEP = 2
OUTSIDE = 8  # functions of other files that lead to those of one file


def is_private(name: str) -> bool:
    """Tell whether a qualified name says that nobody outside should use it."""
    return any(part.startswith("_") and not part.endswith("__") for part in name.split("."))


def public_home(module: str) -> str:
    """Return the module, or the package nearest to it that is not private: what is public there is said there."""
    parts = module.split(".")
    private = next((at for at, part in enumerate(parts) if part.startswith("_")), len(parts))
    return ".".join(parts[:private]) or module


def leading_to(names: Collection[str], source: Source, inner: Collection[str] = ()) -> set[str]:
    """Return `names`, and for those that are private or `inner` the functions of the file that use them.

    It looks a few calls deep.
    """
    used = _used(source)
    found, fresh = set(names), {name for name in names if name in inner or is_private(name)}
    for _ in range(CALLERS_DEEP):
        words = {name.rsplit(".", 1)[-1] for name in fresh}
        fresh = {name for name in used if not words.isdisjoint(used[name])} - found
        found |= fresh
    return found


def from_outside(names: Collection[str], module: str, sources: Iterable[Source]) -> Mapping[str, list[str]]:
    """Map files that import from a private `module` to their public functions that use `names` of it, a few in all."""
    if not is_private(module):
        return {}
    words = {name.partition(".")[0] for name in names}
    found: dict[str, list[str]] = {}
    for source in sources:
        if not _imports(source, module.rpartition(".")[2]):
            continue
        direct = {name for name, used in _used(source).items() if not words.isdisjoint(used)}
        public = sorted(name for name in leading_to(direct, source) if not is_private(name))
        found[source.path] = public[: OUTSIDE - sum(map(len, found.values()))]
    return {path: some for path, some in found.items() if some}


def _used(source: Source) -> dict[str, set[str]]:
    """Map each function to the names that stand in it."""
    return {
        name: {getattr(node, "id", getattr(node, "attr", "")) for one in nodes for node in ast.walk(one)}
        for name, nodes in definitions(source).items()
    }


def _imports(source: Source, last: str) -> bool:
    """Tell whether a file imports a module of that last name, or from one."""
    for node in source.tree.body:
        if isinstance(node, ast.Import) and any(one.name.rpartition(".")[2] == last for one in node.names):
            return True
        if isinstance(node, ast.ImportFrom):
            known = [(node.module or "").rpartition(".")[2], *(one.name for one in node.names)]
            if last in known:
                return True
    return False
