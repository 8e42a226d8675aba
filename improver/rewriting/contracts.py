"""Which imports the contracts of a project's import-linter configuration allow (pure)."""

import configparser
import fnmatch
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from improver.records import Tree

FILES = (".importlinter", "setup.cfg", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Contract:
    """One contract: its name, its type and its other options, lists as tuples of lines."""

    name: str
    type: str
    options: Mapping[str, tuple[str, ...]]

    def breaks(self, importer: str, imported: str) -> bool:
        """Tell whether `importer` must not import `imported`, both dotted names of modules."""
        if any(_ignores(line, importer, imported) for line in self.options.get("ignore_imports", ())):
            return False
        if self.type == "layers":
            return any(self._upward(importer, imported, holder) for holder in self.options.get("containers", ("",)))
        if self.type == "forbidden":
            sources, forbidden = self.options.get("source_modules", ()), self.options.get("forbidden_modules", ())
            return _among(importer, sources) != "" and _among(imported, forbidden) != ""
        if self.type == "independence":
            one, other = (_among(name, self.options.get("modules", ())) for name in (importer, imported))
            return bool(one and other) and one != other
        return False

    def _upward(self, importer: str, imported: str, holder: str) -> bool:
        """Tell whether the import goes to a higher layer, or to an independent one beside it."""
        places: list[tuple[int, str, bool]] = []
        for name in (importer, imported):
            for at, (beside, apart) in enumerate(_levels(self.options.get("layers", ()), holder)):
                if found := _among(name, beside):
                    places.append((at, found, apart))
                    break
        if len(places) < 2:
            return False
        (low, mine, apart), (high, theirs, _) = places
        return low > high or (low == high and apart and mine != theirs)


@functools.lru_cache(maxsize=64)  # every import asks
def _levels(layers: tuple[str, ...], holder: str) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """Return the modules of each layer, highest first, and whether those of it are independent."""
    prefix = f"{holder}." if holder else ""
    split = [(re.split(r"[|:]", line), "|" in line) for line in layers]
    return tuple((tuple(f"{prefix}{part.strip(' ()')}" for part in parts), apart) for parts, apart in split)


def contracts(tree: Tree) -> list[Contract]:
    """Return the contracts that the files at the root of the project hold; an unreadable file holds none."""
    return [contract for path in FILES if path in tree for contract in _read(path, tree[path].data)]


def _read(path: str, data: bytes) -> Iterator[Contract]:
    try:
        tables = _toml(data.decode()) if path.endswith(".toml") else _ini(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, configparser.Error):
        return
    for table in tables:
        options = {key: value for key, value in table.items() if key not in ("name", "type")}
        yield Contract(" ".join(table.get("name", ())), " ".join(table.get("type", ())), options)


def _ini(text: str) -> list[dict[str, tuple[str, ...]]]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    named = [name for name in parser.sections() if name.startswith("importlinter:contract:")]
    return [{key: tuple(_lines(value)) for key, value in parser[name].items()} for name in named]


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip() and not line.strip().startswith("#")]


def _toml(text: str) -> list[dict[str, tuple[str, ...]]]:
    table = tomllib.loads(text).get("tool", {}).get("importlinter", {})
    found = table.get("contracts", []) if isinstance(table, dict) else []
    return [
        {key: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for key, value in item.items()}
        for item in found
        if isinstance(item, dict)
    ]


def _among(name: str, modules: tuple[str, ...]) -> str:
    """Return the one of `modules` that is `name` or holds it, or ""."""
    return next((module for module in modules if name == module or name.startswith(f"{module}.")), "")


def _ignores(line: str, importer: str, imported: str) -> bool:
    one, _, other = (part.strip() for part in line.partition("->"))
    return fnmatch.fnmatchcase(importer, one) and fnmatch.fnmatchcase(imported, other)
