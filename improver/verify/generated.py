"""Files that a project's build makes and git does not keep: found where the project is checked out."""

import glob
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from improver.records import File, Tree

# what writes a version into a file, and where pyproject.toml says which: the packagers' own documentation
VERSION_FILES = (
    ("tool", "hatch", "build", "hooks", "vcs", "version-file"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "pdm", "version", "write_to"),
    ("tool", "versioningit", "write", "file"),
)


def generated(tree: Tree, root: Path, patterns: tuple[str, ...]) -> dict[str, File]:
    """Return the files below `root` that `patterns` or the build's own configuration name and `tree` has not.

    Patterns are globs relative to `root`. Links and whatever leads out of `root` are left out, and so is what is not
    there: the tests will say what they miss.
    """
    top = root.resolve()
    found = {}
    for pattern in (*patterns, *declared(tree)):
        if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
            continue
        for place in sorted(top.glob(pattern)):
            path = place.relative_to(top).as_posix()
            if path not in tree and place.is_file() and place.resolve() == place:
                found[path] = File(place.read_bytes())
    return found


def declared(tree: Tree) -> tuple[str, ...]:
    """Return globs of where the version files may be that pyproject.toml says the build writes."""
    file = tree.get("pyproject.toml")
    try:
        document = tomllib.loads(file.data.decode("utf-8-sig")) if file else {}
    except ValueError:
        return ()  # whoever needs more of it says what is wrong there
    return tuple(_declared(document))


def _declared(document: Mapping[str, object]) -> Iterator[str]:
    for keys in VERSION_FILES:
        value: object = document
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        if isinstance(value, str) and value.strip("./ "):
            yield glob.escape(value)
            yield glob.escape(f"src/{value}")  # some are relative to where the package is
