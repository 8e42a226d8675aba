"""A package's whole test suite under plain pytest, without the improver: every test id with its outcome."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.fetching import Package

LIMIT = 1800.0  # seconds
MEMORY = 8 << 30  # bytes of address space: a fault that never stops growing takes no more of the machine
ENDED = (124, 137)  # what `timeout` exits with when it ended the run, politely or not


def outcomes(python: Path, tree: Path, seconds: float = LIMIT) -> dict[str, str]:
    """Run the suite in `tree`; return outcome and reason by test id, and how pytest itself ended under "".

    Raises TimeoutError when it does not end within `seconds`; all its processes are ended then.
    """
    with tempfile.TemporaryDirectory(prefix="suite-") as folder:
        report = Path(folder) / "report.xml"
        plain = ("-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml")  # not a file above it
        bounded = ("timeout", "--kill-after=1", f"{seconds:.0f}", "prlimit", f"--as={MEMORY}")
        argv = [*bounded, str(python), *plain, f"--junit-xml={report}"]
        found_at = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tree / "src"), str(tree)))}  # it is not installed
        ended = subprocess.run(argv, cwd=tree, env=found_at, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if ended.returncode in ENDED:
            raise TimeoutError(f"pytest did not end within {seconds:.0f} s")
        found = {"": f"exit {ended.returncode}"}
        if report.exists():
            for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
                found[f"{case.get('classname')}::{case.get('name')}"] = _outcome(case)
    return found


def _outcome(case: ElementTree.Element) -> str:
    marks = [f"{mark.tag}: {mark.get('message', '')}" for mark in case if mark.tag in {"failure", "error", "skipped"}]
    return " · ".join(marks) or "passed"


def steady(package: Package, found: Mapping[str, str]) -> dict[str, str]:
    """Leave out tests that have another name in each run, as the package says: what has no name cannot be compared."""
    moving = tuple(f"::{test.rpartition('::')[2]}" for test in package.host if test.endswith("["))
    return {test: outcome for test, outcome in found.items() if not any(name in test for name in moving)}


def broken(base: Mapping[str, str], here: Mapping[str, str]) -> Iterator[str]:
    """Yield every test that came out otherwise than at base, is missing or is new."""
    for test in sorted({*base, *here}):
        if base.get(test) != here.get(test):
            yield f"{test}: {base.get(test, 'absent')} → {here.get(test, 'absent')}"
