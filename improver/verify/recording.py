"""Record which functions each test of the base runs, and calls of them, in one sandboxed run of the suite."""

from pathlib import Path

from improver.experiments import Recording
from improver.records import Receipt, Tree
from improver.verify.suite import Rig


def recorded(rig: Rig, base: Tree, cache: Path | None) -> Recording:
    """Return the recording of `base`, from `cache` where it holds one."""
    del rig, base, cache
    return Recording({}, {}, {}, {}, Receipt(("record",)), "not there yet")
