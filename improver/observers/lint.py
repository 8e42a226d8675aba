"""Report what ruff finds and can safely fix itself, for the rules that policy lists; one process for the project."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from improver.codemod import SUPPRESSION
from improver.observer import Project, observer
from improver.ports import RuffFinding
from improver.records import Finding
from improver.rewriting.placing import Placed, placed
from improver.source import Source
from improver.verify.ruff import configuration

FILE_SUPPRESSION = re.compile(r"#\s*(ruff|flake8):\s*(noqa|disable)", re.IGNORECASE)
# A no of the project; and a fix that only its configuration calls safe is not one that ruff calls safe.
IGNORES = ("ignore", "extend-ignore", "unfixable", "extend-unfixable", "extend-safe-fixes")


@observer(rules={"ruff:*": "ruff has a fix for it that it calls safe, under a rule of policies/review.yaml"})
def lint(project: Project) -> Iterator[Finding]:
    """Yield one finding for each safe fix under a listed rule that the project's own configuration does not ignore.

    In a file the last come first: a fix leaves the rank of what stands above it as it is.
    """
    if not project.ruff_rules or not project.sources:
        return
    config = configuration(project.tree)
    data = {path: source.data for path, source in project.sources.items()}
    found, _ = project.ruff.findings(data, select=",".join(project.ruff_rules), config=config or None)
    refused = _refused(config)
    by_path: dict[str, list[RuffFinding]] = defaultdict(list)
    for item in found:
        if item.code in project.ruff_rules and item.applicability == "safe" and not _is_refused(item, refused):
            by_path[item.path].append(item)
    for path, items in by_path.items():
        yield from _findings(project.sources[path], items)


def _findings(source: Source, found: Iterable[RuffFinding]) -> Iterator[Finding]:
    if FILE_SUPPRESSION.search(source.text):
        return
    for place in reversed(placed(source, found)):
        if not _is_suppressed(source, place):
            yield Finding(
                key=place.key,
                rule=f"ruff:{place.found.code}",
                path=source.path,
                symbol=source.symbol_of(place.statement),
                line=place.statement.lineno,
                column=place.statement.col_offset,
                message=place.found.message,
            )


def _is_suppressed(source: Source, place: Placed) -> bool:
    """Tell whether a human has already said no on a line that the fix would touch."""
    first = min([place.found.line, *(edit.start[0] for edit in place.found.edits)])
    last = max([place.found.line, *(edit.end[0] for edit in place.found.edits)])
    return any(SUPPRESSION.search(line) for line in source.lines[first - 1 : last])


def _is_refused(found: RuffFinding, refused: Mapping[PurePosixPath, tuple[str, ...]]) -> bool:
    selectors = (refused.get(folder, ()) for folder in PurePosixPath(found.path).parents)
    return any(selector == "ALL" or found.code.startswith(selector) for some in selectors for selector in some)


def _refused(config: Mapping[str, bytes]) -> dict[PurePosixPath, tuple[str, ...]]:
    """Return, by folder, the rules that its configuration ignores; ruff lets a rule asked for by name win."""
    refused: dict[PurePosixPath, tuple[str, ...]] = defaultdict(tuple)
    for path, data in config.items():
        place = PurePosixPath(path)
        refused[place.parent] += tuple(_ignored(_table(place.name, data)))
    return refused


def _table(name: str, data: bytes) -> dict[str, Any]:
    try:
        whole = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    table = whole.get("tool", {}).get("ruff", {}) if name == "pyproject.toml" else whole
    return table if isinstance(table, dict) else {}


def _ignored(table: dict[str, Any]) -> Iterator[str]:
    lint_table = table.get("lint", {})
    for part in (table, lint_table if isinstance(lint_table, dict) else {}):
        for key in IGNORES:
            selectors = part.get(key, [])
            yield from (str(selector) for selector in selectors if isinstance(selectors, list))
