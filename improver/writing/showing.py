"""What packages show under their own name of what their modules define, and which way a test file goes (pure)."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from improver.names import EVERYTHING, bound
from improver.ports import Layout
from improver.source import Source
from improver.writing.choice.promises import listed
from improver.writing.names import Names, absolute, plain
from improver.writing.placing import Place

INIT = "__init__.py"


def with_shown(place: Place, sources: Mapping[str, Source], layout: Layout) -> Place:
    """Return the place with the packages that its file imports names from, for what these show of their modules.

    A module that the file imports names from by itself is none of those.
    """
    used = Counter(plain(what[0]) for what in place.bound.values() if what is not None and what[1])
    modules = {name: one for path, one in sources.items() if (name := layout.module_of(path))}
    packages = [name for name in used if name in modules and modules[name].path.endswith(INIT)]
    packages.sort(key=lambda name: (used[name], name))  # the usual one comes last, and stays
    shown = {
        (module, name): package
        for package in packages
        for name, module in _shown_by(package, modules).items()
        if module not in used
    }
    return replace(place, shown=shown)


def _shown_by(package: str, modules: Mapping[str, Source]) -> Mapping[str, str]:
    """Map what a package has from its own modules, under the name that it has there, to the module of each."""
    found: dict[str, str] = {}
    for node in modules[package].tree.body:
        if isinstance(node, ast.ImportFrom):
            found |= dict(_brought(node, absolute(node, package, is_package=True), modules))
        elif found:
            found = {name: home for name, home in found.items() if name not in bound(node)}
    return {name: home for name, home in found.items() if home.startswith(f"{package}.") and home in modules}


def _brought(node: ast.ImportFrom, home: str, modules: Mapping[str, Source]) -> Iterator[tuple[str, str]]:
    """Yield the names that an import of a package binds, each with the module that it comes from, "" for a new name."""
    for one in node.names:
        if one.name != EVERYTHING:
            yield one.asname or one.name, home if one.asname in (None, one.name) else ""
        elif home in modules:
            names = Names.of(modules[home])
            origins = dict.fromkeys(names.defined, home) | {
                name: what[0] if what[1] == name else "" for name, what in names.imports.items()
            }
            given = listed(modules[home].tree)
            yield from ((name, origins.get(name, "")) for name in given or origins if given or name[0] != "_")
