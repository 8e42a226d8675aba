"""Take the files of a project in turn, those of whose functions most calls are known first (pure)."""

from collections import Counter
from collections.abc import Callable, Iterator

from improver.observer import Project
from improver.policy import Policy
from improver.ports import Bench
from improver.records import Tree
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
    return Ground(tree, layout, policy, bench.experiments, sources, tests)


def paths(ground: Ground, tell: Callable[[str], None]) -> Iterator[str]:
    """Yield each file of which calls are known; nothing where the suite cannot be recorded."""
    if RULE in ground.policy.review.codemods_off or not ground.tests or not ground.sources:
        return
    recording = ground.recording
    if recording.trouble:
        tell(f"no tests are written: {recording.trouble}")
        return
    counts = Counter(name.partition("::")[0] for name in recording.calls)
    known = sorted((path for path in ground.sources if counts[path]), key=lambda path: (-counts[path], path))
    for number, path in enumerate(known):
        tell(f"{len(known) - number - 1} to go · {RULE} {path}")
        yield path
