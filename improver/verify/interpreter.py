"""What an interpreter is and has: its version, its prefixes, and the distributions of its environment."""

import functools
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet

from improver.errors import EnvironmentUnfit

SECONDS = 30
PROBE = (
    "import json, site, sys; print(json.dumps({'version': sys.version_info[:3], 'prefix': sys.prefix, "
    "'base_prefix': sys.base_prefix, 'paths': sys.path}))"
)
LENDABLE = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments")  # our pytest, pure Python
LENDS_FROM = ">=3.11"  # below it pytest needs backports that we do not have


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One interpreter; `paths` are its own sys.path entries (standard library, then site-packages)."""

    python: str
    version: tuple[int, int, int]
    prefix: str
    base_prefix: str
    paths: tuple[str, ...]

    @property
    def folders(self) -> tuple[str, ...]:
        """Return the directories outside /usr that it needs to start, each under the name it is known by."""
        homes = {self.prefix, self.base_prefix, os.path.realpath(self.base_prefix)}
        homes |= {str(Path(os.path.realpath(self.python)).parent.parent)}
        apart = sorted(home for home in homes if not home.startswith("/usr/") and home not in {"/usr", "/"})
        return tuple(home for home in apart if not any(home.startswith(f"{other}/") for other in apart))

    @property
    def links(self) -> dict[str, str]:
        """Return the symlinks outside `folders` and /usr that lead to it, with their targets.

        They are to be made anew where it runs: what else lies beside them (a home directory) is none of its business.
        """
        kept = (*self.folders, "/usr")
        steps = [step for step in _steps(Path(self.python)) if step.is_symlink()]
        return {str(step): str(step.readlink()) for step in steps if not any(map(step.is_relative_to, kept))}

    @property
    def text(self) -> str:
        """Return the version as text."""
        return ".".join(map(str, self.version))

    def has(self, module: str) -> bool:
        """Tell whether the top-level `module` can be imported from its paths; nothing is imported."""
        return self.home_of(module) is not None

    def home_of(self, module: str) -> Path | None:
        """Return the directory on its paths that holds the top-level `module`."""
        for path in map(Path, self.paths):
            if (path / module / "__init__.py").is_file() or (path / f"{module}.py").is_file():
                return path
        return None

    def distributions(self) -> Iterator[importlib.metadata.Distribution]:
        """Yield the installed distributions; nothing of them is imported."""
        yield from importlib.metadata.distributions(path=list(self.paths))

    def release(self, name: str) -> str:
        """Return the installed version of the distribution `name`, "" when there is none."""
        wanted = name.replace("_", "-").lower()
        found = (item for item in self.distributions() if item.metadata["Name"].replace("_", "-").lower() == wanted)
        return next((item.version for item in found), "")

    def plugins(self) -> tuple[str, ...]:
        """Return the names of the installed pytest plugins, sorted."""
        groups = (item.entry_points for item in self.distributions())
        return tuple(sorted({entry.name for group in groups for entry in group if entry.group == "pytest11"}))


def _steps(link: Path) -> Iterator[Path]:
    """Yield `link` and every path that it leads to."""
    for _ in range(40):
        yield link
        if not link.is_symlink():
            return
        link = Path(os.path.normpath(link.parent / link.readlink()))


def ours() -> Interpreter:
    """Return the interpreter that runs this process."""
    return probe(sys.executable)


@functools.lru_cache(maxsize=16)
def probe(python: str) -> Interpreter:
    """Start `python` once, isolated, and note what it is; raise EnvironmentUnfit when it does not start."""
    # which() asks whether the real user may execute, and forgets the one capability that a lower tier keeps
    found = python if os.sep in python and Path(python).is_file() else shutil.which(python)
    fix = "pass a Python that runs: improve --python INTERPRETER"
    if found is None:
        raise EnvironmentUnfit("there is no such interpreter", where=python, fix=fix)
    try:
        argv = [os.path.abspath(found), "-I", "-c", PROBE]  # noqa: PTH100 - resolve() would leave the venv
        done = subprocess.run(argv, env={}, cwd="/", capture_output=True, check=True, timeout=SECONDS)
        facts = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        why = str(error).split("\n")[0]
        raise EnvironmentUnfit("the interpreter does not start", where=python, why=why, fix=fix) from error
    major, minor, micro = facts["version"]
    return Interpreter(argv[0], (major, minor, micro), facts["prefix"], facts["base_prefix"], tuple(facts["paths"]))


def lent(interpreter: Interpreter, *extra: str) -> dict[str, Path]:
    """Return the modules that ours must lend so that `interpreter` can run pytest and `extra`: files or folders.

    Empty when it has pytest of its own. Raises EnvironmentUnfit when our pytest does not run on its version.
    """
    owner = ours()
    wanted = [name for name in extra if not interpreter.has(name)]
    if not interpreter.has("pytest"):
        needs = f"{LENDS_FROM},{importlib.metadata.metadata('pytest')['Requires-Python']}"
        if interpreter.text not in SpecifierSet(needs):
            why = f"it has no pytest, and ours needs Python {needs}; this is {interpreter.text}"
            fix = f"{interpreter.python} -m pip install pytest"
            raise EnvironmentUnfit("the interpreter cannot run the tests", where=interpreter.python, why=why, fix=fix)
        wanted += [name for name in LENDABLE if not interpreter.has(name)]
    homes = {name: home for name in wanted if (home := owner.home_of(name)) is not None}
    return {name: home / name if (home / name).is_dir() else home / f"{name}.py" for name, home in homes.items()}
