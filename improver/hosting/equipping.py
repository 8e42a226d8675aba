"""Give a project the workflows, policies and owners that the improver works with; what somebody changed is kept."""

import difflib
import importlib.resources
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from improver.adapters.opening import find
from improver.errors import RepositoryError, UsageError
from improver.hosting.workflows import OURS, WORKFLOWS, Program, elsewhere, owner_of, owners, unowned, workflow
from improver.policy import NAMES

CODEOWNERS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # where GitHub looks, first wins
OWN = ("improver/cli/main.py", "scripts/setup")  # what shows that a repository holds the program itself
POLICIES = "policies"
PACKAGES = {"packages", "py-modules", "package-dir"}  # how a project names its packages to setuptools
OWNER = "who answers for policies and workflows? fix: improve init --owner @LOGIN"


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: `act` is written, added_to, same, kept or left; `text` is what it gets, `differs` how it does."""

    path: str
    act: str
    text: str = ""
    differs: tuple[str, ...] = ()
    why: str = ""


def root_of(repo: Path) -> Path:
    """Return the root of the project; raise RepositoryError outside a repository."""
    return find(repo).root


def program_for(root: Path, source: str, setup: str) -> Program:
    """Return how this project's workflows come by the program."""
    if source:
        return elsewhere(source, setup)
    if all((root / name).is_file() for name in OWN):
        return OURS
    fix = "--from https://HOST/OWNER/NAME@COMMIT, the repository of nova and 40 hex digits"
    raise UsageError("where do the workflows get the improver from?", fix=fix)


def wanted(program: Program) -> Iterator[tuple[str, str]]:
    """Yield path and text of every file that is written whole."""
    shared = shared_steps()
    for name in WORKFLOWS:
        yield f".github/workflows/{name}", workflow(_packaged("templates", name), shared, program)
    for name in NAMES:
        yield f"policies/{name}.yaml", _packaged("defaults", f"{name}.yaml")


def shared_steps() -> Mapping[str, str]:
    """Return the steps that templates share, by name."""
    found = yaml.safe_load(_packaged("templates", "steps.yml"))
    return {str(name): str(steps) for name, steps in found.items()}


def by_hand() -> str:
    """Return what only a human can set."""
    return _packaged("templates", "by-hand.md")


def pieces(root: Path, program: Program, owner: str) -> tuple[Piece, ...]:
    """Return what would become of every file; nothing is written."""
    stands = packaging_in_the_way(root)
    made = (_piece(root, path, text) for path, text in wanted(program))
    held = (replace(one, act="left", text="", why=stands) if stands and _is_new_policy(one) else one for one in made)
    return (*held, _owners(root, owner))


def _is_new_policy(piece: Piece) -> bool:
    return piece.act == "written" and piece.path.startswith(f"{POLICIES}/")


def packaging_in_the_way(root: Path) -> str:
    """Return why a folder of policies would keep the project from being built, "" when it would not.

    setuptools looks for packages by itself where nobody names them, and stops at a second one beside the first.
    """
    if (root / POLICIES).is_dir() or not (root / "pyproject.toml").is_file():
        return ""
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("pyproject.toml cannot be read", why=str(error), fix="mend it") from error
    setuptools = "setuptools" in project.get("build-system", {}).get("build-backend", "setuptools")
    own = project.get("tool", {}).get("setuptools", {})
    named = any((root / name).exists() for name in ("src", "setup.py", "setup.cfg")) or own.keys() & PACKAGES
    if not ("project" in project and setuptools) or named:
        return ""
    first = next((file.parent.name for file in sorted(root.glob("*/__init__.py")) if file.parent.name != "tests"), "")
    fix = f'fix: [tool.setuptools] packages = ["{first or "NAME"}"] in pyproject.toml, then improve init again'
    return f"setuptools would take {POLICIES}/ for a second package and build nothing; {fix}"


def _piece(root: Path, path: str, text: str) -> Piece:
    there = _there(root, path)
    if there is None:
        return Piece(path, "written", text)
    if there == text:
        return Piece(path, "same")
    lines = difflib.unified_diff(there.splitlines(), text.splitlines(), path, "improve init", lineterm="", n=1)
    return Piece(path, "kept", differs=tuple(lines), why="yours differs, and is never overwritten")


def _owners(root: Path, owner: str) -> Piece:
    path = next((name for name in CODEOWNERS if _there(root, name) is not None), CODEOWNERS[0])
    there = _there(root, path)
    if there is not None and not unowned(there):
        return Piece(path, "same")
    who = owner or owner_of(there or "")
    if not who:
        return Piece(path, "left", why=OWNER)
    text = owners(there or "", who)
    return Piece(path, "written" if there is None else "added_to", text)


def _there(root: Path, path: str) -> str | None:
    """Return what a file holds, None when it is not there; raise RepositoryError for what is no plain file here."""
    place = root / path
    inside = place.parent.resolve().is_relative_to(root.resolve())
    if not inside or place.is_symlink() or (place.exists() and not place.is_file()):
        raise RepositoryError(f"{path} is no plain file of this repository", where=str(place), fix="move it away")
    return place.read_text("utf-8", errors="surrogateescape") if place.exists() else None


def carry_out(root: Path, planned: Sequence[Piece]) -> None:
    """Write what is to be written, each file in one step."""
    for piece in planned:
        if piece.act not in ("written", "added_to"):
            continue
        place = root / piece.path
        place.parent.mkdir(parents=True, exist_ok=True)
        staged = place.with_name(f".{place.name}.{os.getpid()}.new")
        staged.write_text(piece.text, "utf-8", errors="surrogateescape")
        staged.replace(place)


def _packaged(folder: str, name: str) -> str:
    return (importlib.resources.files("improver") / folder / name).read_text("utf-8")
