"""Report blocks that stand in several places, equal up to the names of their locals."""

import hashlib
from collections.abc import Iterator

from improver.observer import Project, observer
from improver.records import Finding
from improver.rewriting.repeats import Window, form_of, repeated, size_of


@observer(rules={"duplicates": "as many statements as policies/review.yaml names stand in several places"})
def duplicates(project: Project) -> Iterator[Finding]:
    """Yield one finding, at the first place, for each group of equal blocks."""
    for sites in repeated(project.sources.values(), project.duplicate_statements):
        yield _finding(sites)


def _finding(sites: list[Window]) -> Finding:
    first, *others = sites
    source, node = first.source, first.statements[0]
    count = size_of(first)
    symbol = source.symbol_of(node)
    places = ", ".join(f"{other.source.path}:{other.statements[0].lineno}" for other in others)
    text = "\0".join(("duplicates", source.path, symbol, form_of(first)))
    return Finding(
        key=hashlib.sha256(text.encode()).hexdigest()[:16],
        rule="duplicates",
        path=source.path,
        symbol=symbol,
        line=node.lineno,
        column=node.col_offset,
        message=f"these {count} statements stand also at {places}",
        evidence={"statements": count, "sites": len(sites)},
    )
