"""What a file can do, hushes up, gives away and says to a reviewer, counted: what a change adds must be asked for."""

import functools
from collections import Counter

from improver.judging.powers import powers
from improver.judging.remarks import instructions, prose, secrets, suppressions
from improver.source import Source

CHANCE = "draws at random"  # in tests all ways count as one: a seeded generator may stand for many draws
TESTS_MAY = ("looks at the test run", "reads files", "writes files", "reads the clock: time.monotonic", CHANCE)


@functools.lru_cache(maxsize=8)  # the base's side is the same for every candidate of a file
def tally(source: Source | None, text: str, *, is_test: bool) -> Counter[str]:
    """Count what there is in a file, whose text may be no Python; what any test may do is left out of one."""
    found = instructions(prose(source) if source else text) + secrets(text, source.tree if source else None)
    if source is not None:
        able = powers(source)
        found += Counter({key: n for key, n in able.items() if not (is_test and key.startswith(TESTS_MAY))})
        found[CHANCE] += is_test * sum(n for key, n in able.items() if key.startswith(CHANCE))
        found += suppressions(source)
    return found
