"""Which type checker a tree configures, and what mypy printed, read strictly."""

import configparser
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from improver.records import Receipt, Tree

FLAGS = (
    "--no-incremental",
    "--cache-dir=/dev/null",
    "--no-color-output",
    "--no-pretty",
    "--hide-error-context",
    "--show-error-codes",
    "--error-summary",
)
ERROR = re.compile(
    r"^(?P<path>[^:\n]+\.pyi?):\d+(?::\d+)*: error: (?P<message>.*?)(?:  \[(?P<code>[a-z0-9-]+)\])?$", re.M
)
CLEAN = re.compile(r"^Success: no issues found in (?P<files>\d+) source files?$", re.M)
UNCLEAN = re.compile(r"^Found (?P<errors>\d+) errors? in \d+ files? \(checked (?P<files>\d+) source files?\)$", re.M)
MOVES = re.compile(r"\bline \d+")  # a message may name another line, which moves
PLACES = (
    ("mypy.ini", "mypy"),
    (".mypy.ini", "mypy"),
    ("pyproject.toml", "mypy"),
    ("setup.cfg", "mypy"),
)  # mypy's order
TARGETS = ("files", "packages", "modules", "package", "module")

Key = tuple[str, str, str]  # path, code, message


@dataclass(frozen=True, slots=True)
class Checked:
    """One finished run of mypy: how often each error stands, with a receipt that counts errors and files."""

    errors: Counter[Key]
    receipt: Receipt


def mypy_options(tree: Tree) -> Mapping[str, object] | None:
    """Return mypy's options from the first file at the root of `tree` that configures it, None when none does."""
    for path, section in PLACES:
        if path in tree and (options := _section(path, tree[path].data, section)) is not None:
            return options
    return None


def configures_pyright(tree: Tree) -> bool:
    """Tell whether the root of `tree` configures pyright."""
    pyproject = tree.get("pyproject.toml")
    return "pyrightconfig.json" in tree or (
        pyproject is not None and _section("pyproject.toml", pyproject.data, "pyright") is not None
    )


def parsed(receipt: Receipt, output: str) -> Checked | None:
    """Read what mypy printed; None when it did not come to its own end, or its sum does not fit its errors."""
    summary = (CLEAN if receipt.exit == 0 else UNCLEAN).search(output)
    errors = Counter(
        (match["path"], match["code"] or "", MOVES.sub("line", match["message"])) for match in ERROR.finditer(output)
    )
    stated = int(summary.groupdict().get("errors", 0)) if summary else -1
    if summary is None or receipt.exit not in {0, 1} or stated != errors.total():
        return None
    return Checked(errors, replace(receipt, counts={"errors": stated, "files": int(summary["files"])}))


def _section(path: str, data: bytes, name: str) -> Mapping[str, object] | None:
    """Return one tool's options, None when the file has none; an unreadable file is for the checker to refuse."""
    try:
        if path.endswith(".toml"):
            table = tomllib.loads(data.decode()).get("tool", {}).get(name)
            return table if isinstance(table, dict) else None
        ini = configparser.RawConfigParser()
        ini.read_string(data.decode())
        return dict(ini[name]) if name in ini else None
    except (ValueError, AttributeError, configparser.Error):
        return {} if name in path else None
