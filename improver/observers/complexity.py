"""Report functions that are hard to follow by their cognitive complexity."""

import math
import re
from collections.abc import Iterator

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.rewriting.cognitive import cognitive
from improver.source import Function, Source

BREAKS = re.compile(r"\b(?:if|elif|else|for|while|except|match|and|or|lambda|def)\b")


@observer(rules={"complexity": "a function's cognitive complexity is above what policies/review.yaml allows"})
def complexity(project: Project) -> Iterator[Finding]:
    """Yield a finding for every outermost function above the threshold; nested ones count as its parts."""
    for source in project.sources.values():
        yield from _observed(source, project.complexity)


def _observed(source: Source, most: int) -> Iterator[Finding]:
    few = _harmless(most)
    for node in source.functions:
        if not _may_exceed(source, node, few) or source.function_of(node) is not None:
            continue
        if (value := cognitive(node, source.lines)) > most:
            message = f"{node.name} has a cognitive complexity of {value}, above {most}"
            yield finding_at(node, source, "complexity", message, {"complexity": value})


def _harmless(most: int) -> int:
    """Return how many breaks, `def` included, cannot cost more than `most`: 1 + 2 + 3 …, and 1 for recursion."""
    return (1 + math.isqrt(8 * max(most - 1, 0) + 1)) // 2


def _may_exceed(source: Source, function: Function, few: int) -> bool:
    """Count keywords in the text, which is many times cheaper than the tree and never counts too few."""
    found = 0
    for line in source.lines[function.lineno - 1 : function.end_lineno]:
        found += len(BREAKS.findall(line))
        if found > few:
            return True
    return False
