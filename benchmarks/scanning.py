"""One whole scan of the folder named on the command line, as `improve` makes it; prints its CPU seconds by part."""

import importlib.resources
import json
import resource
import sys
from pathlib import Path


def cpu() -> float:
    """Return the CPU seconds of this process and of the children it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def scanned(root: Path) -> dict[str, float]:
    """Scan the Python files below `root` under the packaged policies; return seconds by part, and counts."""
    started = cpu()
    import libcst.metadata  # noqa: F401, PLC0415 - its import is measured apart

    imported = cpu()
    from improver.codemod import Codemod  # noqa: PLC0415 - so is all the rest
    from improver.discover import discover, discover_classes  # noqa: PLC0415
    from improver.observer import Observer  # noqa: PLC0415
    from improver.policy import NAMES, parse  # noqa: PLC0415
    from improver.records import File  # noqa: PLC0415
    from improver.scan import read_project, scan  # noqa: PLC0415
    from improver.verify.ruff import RuffTool  # noqa: PLC0415

    codemods = [kind() for kind in discover_classes("improver.codemods", Codemod)]  # type: ignore[type-abstract]
    observers = discover("improver.observers", Observer)
    defaults = importlib.resources.files("improver") / "defaults"
    policy = parse({name: (defaults / f"{name}.yaml").read_bytes() for name in NAMES})
    ready = cpu()
    tree = {path.relative_to(root.parent).as_posix(): File(path.read_bytes(), "100644") for path in root.rglob("*.py")}
    project, unreadable = read_project(tree, policy, RuffTool(), ())
    found = scan(project, observers, codemods, unreadable)
    done = cpu()
    return {
        "libcst": imported - started,
        "start-up": started + ready - imported,
        "scan": done - ready,
        "files": found.files,
        "unreadable": len(found.unreadable),
        "findings": len(found.findings),
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(scanned(Path(sys.argv[1]).resolve())))
