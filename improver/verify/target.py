"""Find out how a project is laid out: its interpreter, its import roots and packages, and its tests."""

import fnmatch
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import iniconfig
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from improver.errors import BaselineError, EnvironmentUnfit
from improver.policy import Policy, matches
from improver.ports import Layout
from improver.records import Tree
from improver.verify.configuration import Configuration, read
from improver.verify.interpreter import Interpreter, lent, ours, probe

NOT_PRODUCT = frozenset(
    {"tests", "test", "testing", "docs", "doc", "examples", "example", "benchmarks", "benchmark", "build", "dist"}
)
NOT_MODULES = frozenset({"setup", "conftest", "noxfile", "tasks", "fabfile", "versioneer", "manage"})
TEST_FOLDERS = ("tests", "test")
TEST_FILES = ("test_*.py", "*_test.py")
BY_NAME = ("tests.py", *(f"{folder}/test*.py" for folder in TEST_FOLDERS))  # what unittest finds, and pytest if told


def find_layout(tree: Tree, root: Path, python: str | None, policy: Policy) -> Layout:
    """Return the layout of `tree`, checked out at `root`; `python` is the interpreter a human named, if any.

    Raises BaselineError when there are no tests, EnvironmentUnfit when no interpreter could run them.
    """
    project = _project(tree)
    tests = find_tests(tree, read(tree))
    homes = dict(sorted(_products(tree, project, policy)))
    interpreter = find_interpreter(tree, root, python, project)
    lent(interpreter)  # raises when it could not run pytest at all
    return Layout(tuple(sorted(set(homes.values()))), tuple(homes), tests, interpreter.python, interpreter.version)


# --- the interpreter ----------------------------------------------------------------------------------------------


def find_interpreter(tree: Tree, root: Path, python: str | None, project: dict[str, object]) -> Interpreter:
    """Return the named interpreter, else the project's own environment, else ours if the project allows its version."""
    if python is not None:
        return probe(python)
    for place in _environments(tree, root):
        if (place / "bin" / "python").is_file():
            return probe(str(place / "bin" / "python"))
    mine = ours()
    needs = str(_table(project, "project").get("requires-python", ""))
    if not _allows(needs, mine.text):
        raise EnvironmentUnfit(
            "the project has no environment of its own, and this Python is not one it runs on",
            where=str(root),
            why=f"it requires Python {needs}, this is {mine.text}",
            fix="make a .venv with its dependencies there, or name one: improve --python INTERPRETER",
        )
    return mine


def _environments(tree: Tree, root: Path) -> Iterator[Path]:
    """Yield where the project's environment may be; one that is committed is the author's code, not the user's."""
    for name in (".venv", "venv"):
        if not any(path.startswith(f"{name}/") for path in tree):
            yield root / name
    for folder in root.resolve().parents:  # a uv workspace keeps one environment at its top
        if (folder / "uv.lock").is_file():
            yield folder / ".venv"


def _allows(needs: str, version: str) -> bool:
    try:
        return version in SpecifierSet(needs)
    except InvalidSpecifier:
        return True


# --- products -----------------------------------------------------------------------------------------------------


def _project(tree: Tree) -> dict[str, object]:
    file = tree.get("pyproject.toml")
    if file is None:
        return {}
    try:
        return tomllib.loads(file.data.decode("utf-8-sig"))
    except ValueError as error:
        why = str(error).split("\n")[0]
        raise EnvironmentUnfit("a file cannot be read", where="pyproject.toml", why=why, fix="mend it") from error


def _products(tree: Tree, project: dict[str, object], policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield each importable top-level name with its root; what is there first, so that hints decide."""
    hinted = list(_hints(tree, project))
    for root in ("", "src"):
        yield from ((name, root) for name in _packages(tree, root))
    yield from ((name, "src") for name in _modules(tree, "src"))
    title = str(_table(project, "project").get("name", "")).replace("-", "_").replace(".", "_").lower()
    loose = [name for name in _modules(tree, "") if not policy.is_test(f"{name}.py")]
    found = bool(hinted) or any(_packages(tree, root) for root in ("", "src"))
    yield from ((name, "") for name in loose if not found or name.lower() == title)
    yield from hinted
    if not found:
        yield from ((name, "") for name in _namespaces(tree))


def _namespaces(tree: Tree) -> list[str]:
    """Return the directories at the top without an __init__.py of their own that hold packages."""
    parts = [path.split("/") for path in tree if path.endswith("/__init__.py")]
    names = {place[0] for place in parts if len(place) > 2}
    names -= {place[0] for place in parts if len(place) == 2}
    return sorted(name for name in names if name.isidentifier() and name.lower() not in NOT_PRODUCT)


def _packages(tree: Tree, root: str) -> list[str]:
    """Return the packages at `root`; below src/ a directory of modules needs no __init__.py."""
    prefix = f"{root}/" if root else ""
    inner = [path.removeprefix(prefix).split("/") for path in tree if path.startswith(prefix) and path.endswith(".py")]
    names = {parts[0] for parts in inner if len(parts) > 1 and (root or parts[1:] == ["__init__.py"])}
    return sorted(name for name in names if name.isidentifier() and name.lower() not in NOT_PRODUCT)


def _modules(tree: Tree, root: str) -> list[str]:
    places = [PurePosixPath(path) for path in tree if path.endswith(".py")]
    names = {place.stem for place in places if place.parent == PurePosixPath(root)}
    return sorted(name for name in names if name.isidentifier() and name not in NOT_MODULES)


def _hints(tree: Tree, project: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Yield (name, root) for every package or module that the build configuration names and the tree has."""
    tool = _table(project, "tool")
    hatch = _table(_table(_table(_table(tool, "hatch"), "build"), "targets"), "wheel")
    setuptools = _table(tool, "setuptools")
    root = str(_table(setuptools, "package-dir").get("", _setup_cfg(tree).get("package_dir", ""))).strip("= \n./")
    find = _table(_table(setuptools, "packages"), "find") or _setup_cfg(tree)
    paths = _strings(hatch.get("packages"))
    poetry = _table(tool, "poetry").get("packages")
    named = [item for item in poetry if isinstance(item, dict)] if isinstance(poetry, list) else []
    paths += [f"{item.get('from', '')}/{item.get('include', '')}" for item in named]
    paths += [f"{root}/{name}" for key in ("packages", "py-modules") for name in _strings(setuptools.get(key))]
    for where in [item.strip() for item in _strings(find.get("where"))] or ([root] if root else []):
        place = where.strip("./")
        paths += [f"{place}/{name}" for name in (*_packages(tree, place), *(_modules(tree, place) if place else ()))]
    for path in paths:
        home, _, name = path.strip("./").split(".")[0].rpartition("/")
        if f"{home}/{name}.py".lstrip("/") in tree or any(p.startswith(f"{home}/{name}/".lstrip("/")) for p in tree):
            yield name, home


def _setup_cfg(tree: Tree) -> dict[str, object]:
    file = tree.get("setup.cfg")
    try:
        ini = iniconfig.IniConfig("setup.cfg", data=file.data.decode("utf-8-sig") if file else "")
    except (ValueError, iniconfig.ParseError):
        return {}  # it only holds hints; pytest's own options in it are read strictly elsewhere
    sections = [dict(ini[name].items()) for name in ("options", "options.packages.find") if name in ini]
    return {key: value for section in sections for key, value in section.items()}


def _table(value: object, key: str) -> dict[str, object]:
    inner = value.get(key) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


# --- tests --------------------------------------------------------------------------------------------------------


def find_tests(tree: Tree, configuration: Configuration) -> tuple[str, ...]:
    """Return the test paths for pytest; raise BaselineError when there is nothing to run.

    Files by whose names it would not find them are named one by one, where there are no others.
    """
    named = [path for pattern in configuration.words("testpaths") for path in _expanded(tree, pattern)]
    if named:
        return tuple(dict.fromkeys(named))
    patterns = configuration.words("python_files") or TEST_FILES
    files = [PurePosixPath(path) for path in tree if path.endswith(".py") and _is_test(path, patterns)]
    for folder in TEST_FOLDERS:
        if any(file.parts[0] == folder for file in files):
            return (folder,)
    folders = {str(file.parent) for file in files}
    if "." in folders:
        return (".",)
    tops = sorted(name for name in folders if not any(name.startswith(f"{other}/") for other in folders))
    if not tops and patterns == TEST_FILES:
        tops = sorted(path for path in tree if any(PurePosixPath(path).match(pattern) for pattern in BY_NAME))
    if not tops:
        raise BaselineError(
            "there are no tests",
            where=configuration.origin or ", ".join(f"{folder}/" for folder in TEST_FOLDERS),
            why="a change is only proposed when tests can show that nothing else changed",
            fix="add tests that pytest finds, or name them in the pytest configuration (testpaths)",
        )
    return tuple(tops)


def _is_test(path: str, patterns: tuple[str, ...]) -> bool:
    name = path.rsplit("/", 1)[-1]
    return any(fnmatch.fnmatch(path if "/" in pattern else name, pattern) for pattern in patterns)


def _expanded(tree: Tree, pattern: str) -> list[str]:
    """Return the directories and files of `tree` that a testpath, which may be a glob, names."""
    wanted = pattern.removeprefix("./").strip("/")
    if wanted in {"", "."}:
        return ["."]
    paths = {str(place) for path in tree for place in (PurePosixPath(path), *PurePosixPath(path).parents)}
    return sorted(path for path in paths if matches(path, (wanted,)))
