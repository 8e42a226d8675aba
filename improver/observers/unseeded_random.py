"""Report tests that draw other numbers on every run; whether a seed is wanted there is a human's to decide.

No codemod answers: most such tests search on purpose, and there a fixed seed would end the search.
"""

import ast
import re
from collections.abc import Iterator

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.rewriting.origins import called
from improver.rewriting.raising import test_around
from improver.source import Function, Source

DRAWS = frozenset(
    {"random", "uniform", "triangular", "randint", "randrange", "choice", "choices", "sample", "shuffle", "getrandbits"}
    | {"randbytes", "gauss", "normalvariate", "lognormvariate", "expovariate", "betavariate", "gammavariate"}
    | {"paretovariate", "vonmisesvariate", "weibullvariate", "binomialvariate"}
)
STEERED = re.compile(r"seed|setstate|getstate|hypothesis|freeze", re.IGNORECASE)  # somebody takes care already


@observer(rules={"unseeded_random": "a test draws other numbers on every run"})
def unseeded_random(project: Project) -> Iterator[Finding]:
    """Yield each test that draws from the module random itself, in a file that says nothing of a seed."""
    for source in project.tests.values():
        if "random" not in source.text or STEERED.search(source.text):
            continue
        for node in source.functions:
            drawn = _draws(node, source) if test_around(node.body[0], source) is node else []
            if drawn:
                message = f"`{'` and `'.join(drawn)}` draw other numbers on every run: a failure cannot be repeated"
                yield finding_at(node, source, "unseeded_random", message)


def _draws(node: Function, source: Source) -> list[str]:
    """Return the functions of the module random that the body calls."""
    calls = (item for step in node.body for item in ast.walk(step) if isinstance(item, ast.Call))
    names = {called(call, source) or "" for call in calls}
    return sorted(name for name in names if name.startswith("random.") and name.removeprefix("random.") in DRAWS)
