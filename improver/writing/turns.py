"""Take the files of a project in turn, those of which most is known first (pure)."""

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from improver.observer import Project
from improver.policy import Policy
from improver.ports import Bench, Ruff
from improver.records import Tree
from improver.verify.ruff import configuration
from improver.writing.targets import Ground
from improver.writing.writer import RULE

MUTANTS = 4  # times as many as the gates try of one change: what lives is looked for in a whole file


def ground_of(tree: Tree, policy: Policy, bench: Bench, project: Project) -> Ground:
    """Return what tests are written on."""
    layout = bench.layout
    sources = {
        path: source
        for path, source in project.sources.items()
        if layout.module_of(path) and not policy.is_configuration(path) and not source.generated
    }
    everywhere = tuple(top if top.endswith(".py") else f"{top.rstrip('/')}/" for top in layout.tests if top != ".")
    tests = [
        source
        for path, source in project.context.items()
        if policy.is_test(path) and (path.startswith(everywhere) or not everywhere)
    ]
    formats = functools.partial(_formatted, bench.ruff, configuration(tree) or None)
    return Ground(tree, layout, policy, bench.experiments, sources, tests, formats=formats)


def _formatted(ruff: Ruff, config: Mapping[str, bytes] | None, path: str, like: bytes, data: bytes) -> bytes:
    """Return `data` as ruff's formatter leaves it, where that leaves `like` as it is."""
    return ruff.reformatted(path, data, config) if ruff.formatted(path, like, config) else data


def is_wanted(ground: Ground) -> bool:
    """Tell whether policy lets tests be written, and there is what they are written for and where they belong."""
    return RULE not in ground.policy.review.codemods_off and bool(ground.tests) and bool(ground.sources)


def paths(ground: Ground, tell: Callable[[str], None]) -> Iterator[tuple[int, str]]:
    """Yield each file that tests run, after how many are left, those first of which most functions' calls are kept.

    Of some nothing can be kept: what is asynchronous, say, is called with what no pickle holds. None comes where
    nothing could be recorded.
    """
    if not is_wanted(ground) or ground.recording.trouble:
        return
    recording = ground.recording
    kept, run = (Counter(name.partition("::")[0] for name in known) for known in (recording.calls, recording.impact))
    known = [path for path in ground.sources if kept[path] or run[path]]
    known.sort(key=lambda path: (-kept[path], -run[path], path))
    for number, path in enumerate(known):
        left = len(known) - number - 1
        tell(f"{left} to go · {RULE} {path}")
        yield left, path
