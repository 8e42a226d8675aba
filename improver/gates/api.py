"""Api: the public interface of every touched package is intact; a break is a human's decision, never silent."""

from improver.gate import Candidate, Example, gate
from improver.judging.normal import outline
from improver.records import GateResult, Tree
from improver.verify.interface import breaks

CLAIM = "no public name is lost and no public signature is narrowed"
SHOWN = 20

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea, tide=0):\n    return sea - tide - _silt()\n\n\ndef _silt():\n    return 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@gate(
    cost=40,
    passes=Example(_BASE, {"pier/a.py": "def depth(sea, tide=0):\n    return sea - tide - 1\n"}),
    fails=Example(_BASE, {"pier/a.py": "def depth(sea):\n    return sea - _silt()\n\n\ndef _silt():\n    return 1\n"}),
)
def api(candidate: Candidate) -> GateResult:
    """Is the public interface intact?"""
    paths = [path for path in candidate.change.paths if _may_differ(candidate, path)]
    touched = sorted({place for path in paths if (place := _package_of(candidate, path))})
    found: list[str] = []
    for root, name in touched:
        broken = breaks(
            name, _below(candidate, candidate.base, root, name), _below(candidate, candidate.tree, root, name)
        )
        if broken is None:
            return candidate.abstains(CLAIM, candidate.inspected({}), f"the package {name} cannot be read as it was")
        found += broken
    found += [
        f"{edit.path}: a module outside of any package is removed"
        for edit in candidate.change.edits
        if edit.after is None and _is_product(candidate, edit.path) and not _package_of(candidate, edit.path)
    ]
    receipt = candidate.inspected({"outlines": len(paths), "packages": len(touched), "breaks": len(found)})
    if found:
        return candidate.escalates(CLAIM, receipt, *found[:SHOWN])
    return candidate.passes(CLAIM, receipt)


def _may_differ(candidate: Candidate, path: str) -> bool:
    """Tell whether anything but the insides of functions differs: only then is the whole package compared."""
    before, after = candidate.before(path), candidate.after(path)
    return before is None or after is None or outline(before) != outline(after)


def _is_product(candidate: Candidate, path: str) -> bool:
    return path.endswith((".py", ".pyi")) and not candidate.policy.is_test(path)


def _package_of(candidate: Candidate, path: str) -> tuple[str, str] | None:
    """Return the import root and the top-level package that hold `path`, None for a test or a loose file."""
    layout = candidate.bench.layout
    module = layout.module_of(f"{path.removesuffix('i')}") if _is_product(candidate, path) else None
    if module is None:
        return None
    name = module.split(".", 1)[0]
    roots = sorted(layout.roots, key=len, reverse=True)
    return next((root, name) for root in roots if path.startswith(_places(root, name)))


def _places(root: str, name: str) -> tuple[str, str, str]:
    place = f"{root}/{name}" if root else name
    return f"{place}/", f"{place}.py", f"{place}.pyi"


def _below(candidate: Candidate, tree: Tree, root: str, name: str) -> dict[str, bytes]:
    """Return the product files of one top-level package by path relative to its import root."""
    places = _places(root, name)
    return {
        path.removeprefix(f"{root}/" if root else ""): file.data
        for path, file in tree.items()
        if path.startswith(places) and _is_product(candidate, path)
    }
