"""What a tree declares that it needs, and what its code imports from outside itself (pure)."""

import ast
import configparser
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping

from improver.records import File, Tree
from improver.source import Source

BUILDERS = ("poetry", "pdm", "hatch", "setuptools", "setuptools_scm", "flit", "uv", "rye", "maturin", "scikit-build")
TABLES = ("project", "build-system", "dependency-groups", *(f"tool.{name}" for name in BUILDERS))
SECTIONS = re.compile(r"metadata|options(\..*)?")  # of setup.cfg
OPTIONS = ("deps", "requires", "install_command", "extras")  # of tox.ini
NEEDS = re.compile(r"dependenc|requires$")  # the keys below which a pyproject.toml names distributions
LOADERS = frozenset(("import_module", "__import__"))
NAMESPACES = frozenset(("azure", "backports", "google", "jaraco", "opentelemetry", "ruamel", "sphinxcontrib", "zope"))
DISTRIBUTIONS: Mapping[str, str] = {  # where a module is not called like what is installed for it
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "git": "gitpython",
    "github": "pygithub",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "multipart": "python-multipart",
    "nacl": "pynacl",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "pkg_resources": "setuptools",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}


def imports(source: Source) -> dict[str, int]:
    """Map each outermost module that `source` imports, guarded or not, to the first line that does."""
    found: dict[str, int] = {}
    for name, line in sorted(_imported(source), key=lambda pair: pair[1]):
        found.setdefault(name.partition(".")[0], line)
    return found


def _imported(source: Source) -> Iterator[tuple[str, int]]:
    for plain in source.of_kind(ast.Import):
        yield from ((alias.name, plain.lineno) for alias in plain.names)
    for selective in source.of_kind(ast.ImportFrom):
        if selective.level == 0 and selective.module:
            yield selective.module, selective.lineno
    for call in source.of_kind(ast.Call):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in LOADERS and call.args and isinstance(call.args[0], ast.Constant):
            value = call.args[0].value
            if isinstance(value, str) and value and not value.startswith("."):
                yield value, call.lineno


def own_modules(tree: Tree) -> frozenset[str]:
    """Return the names under which the files of `tree` can be imported: outermost packages, loose modules, folders."""
    found = set[str]()
    for path in tree:
        if not path.endswith(".py"):
            continue
        parts = path.removesuffix(".py").split("/")
        found.add(parts[0])
        while len(parts) > 1 and f"{'/'.join(parts[:-1])}/__init__.py" in tree:
            parts.pop()
        found.add(parts[-1])
    return frozenset(found)


def provided(name: str, declared: frozenset[str]) -> bool:
    """Tell whether the standard library or one of the `declared` distributions surely provides the module `name`."""
    if name in sys.stdlib_module_names or name == "__main__":
        return True
    if name in NAMESPACES and any(one.startswith(f"{name}-") for one in declared):
        return True
    return not declared.isdisjoint((_canonical(name), DISTRIBUTIONS.get(name, "")))


def imported_before(name: str, tree: Tree, paths: list[str]) -> bool:
    """Tell whether one of the `paths` of `tree` imports the module `name` already."""
    pattern = re.compile(
        rb"^[ \t]*(?:from|import)[ \t]+(?:[\w., ]+,[ \t]*)?%s\b" % re.escape(name.encode()), re.MULTILINE
    )
    return any(pattern.search(tree[path].data) for path in paths)


# --- what is declared ---------------------------------------------------------------------------------------------


def declared(tree: Tree) -> frozenset[str]:
    """Return the canonical names of all distributions that the files of `tree` ask for, extras and groups included."""
    found = set[str]()
    for path, file in tree.items():
        name = path.rsplit("/", 1)[-1].casefold()
        if name == "pyproject.toml":
            found.update(_named(_needed(_tables(file))))
        elif name in {"setup.cfg", "tox.ini"}:
            found.update(_named(line for text in _options(name, file).values() for line in text.splitlines()))
        elif name == "setup.py" and isinstance(source := Source.read(path, file.data), Source):
            found.update(_named(str(node.value) for node in source.of_kind(ast.Constant)))
        elif name.endswith(".txt") and ("requirements" in path.casefold() or "constraints" in path.casefold()):
            found.update(_named(_text(file).splitlines()))
    return frozenset(found)


def _named(requirements: Iterator[str] | list[str]) -> Iterator[str]:
    for line in requirements:
        if match := re.match(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\]\s*)?(?:$|[<>=!~;@(#])", line):
            yield _canonical(match.group(1))


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def _needed(value: object, within: bool = False) -> Iterator[str]:  # noqa: FBT001, FBT002 - passed on only here
    """Yield every requirement: texts below a key that speaks of dependencies, and keys that have a version."""
    if isinstance(value, str) and within:
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if within and not isinstance(inner, list):
                yield str(key)
            yield from _needed(inner, within or bool(NEEDS.search(str(key))))
    elif isinstance(value, list):
        for inner in value:
            yield from _needed(inner, within)


def _text(file: File | None) -> str:
    return file.data.decode("utf-8", "replace") if file else ""


def _tables(file: File | None) -> dict[str, object]:
    """Return the tables of a pyproject.toml that say what is needed or how it is built; none when it is broken."""
    try:
        whole = tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError:
        return {"broken": _text(file)}
    found: dict[str, object] = {}
    for place in TABLES:
        value: object = whole
        for key in place.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            found[place] = value
    return found


def _options(name: str, file: File | None) -> dict[str, str]:
    """Return the options of a setup.cfg or tox.ini that say what is needed or how it is built."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(_text(file))
    except configparser.Error:
        return {"broken": _text(file)}
    return {
        f"{section}.{option}": text
        for section in parser.sections()
        for option, text in parser.items(section)
        if (SECTIONS.fullmatch(section) if name == "setup.cfg" else option in OPTIONS)
    }


# --- what changes -------------------------------------------------------------------------------------------------


def altered(path: str, before: File | None, after: File | None) -> str:
    """Say what of the packaging changes in a file that declares it; "" when the change is about something else."""
    name = path.rsplit("/", 1)[-1].casefold()
    if name == "pyproject.toml":
        places = _differing(_tables(before), _tables(after))
    elif name in {"setup.cfg", "tox.ini"}:
        places = _differing(_options(name, before), _options(name, after))
    else:
        return f"{path}: it says what is needed, or how it is built"
    return f"{path}: {', '.join(places)} changes" if places else ""


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    keys = sorted({*old, *new})
    return [key for key in keys if json.dumps(old.get(key), default=str) != json.dumps(new.get(key), default=str)]
