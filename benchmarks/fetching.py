"""Fetch the real packages that the benchmarks work on: sdists by name, and an environment for each one's tests."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OURS = Path(sys.executable)
WORK = Path(__file__).resolve().parent / "work"


@dataclass(frozen=True, slots=True)
class Package:
    """A package as its sdist has it: where its product code stands and what its tests need beside its dependencies.

    `gates` are the lines of the packaged policies/gates.yaml that its tests need changed, as (old, new); `host` are
    tests that no sandbox can run.
    """

    name: str
    version: str
    folder: str
    tests_need: tuple[str, ...]
    gates: tuple[tuple[str, str], ...] = ()
    host: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """Return the name of the sdist's only folder."""
        return f"{self.name.replace('-', '_')}-{self.version}"


LOOPBACK = ("loopback: false", "loopback: true")  # the tests talk to themselves over a socket
THREADS = ("processes: 64", "processes: 256")  # one test starts a hundred threads
# Its parameters are moments, so that the test has another name in each run.
DATES = "tests/test_deserialization.py::TestFieldDeserialization::test_invalid_datetime_deserialization"
PACKAGES = (
    Package("boltons", "26.2.0", "boltons", ("pytest",), (LOOPBACK,)),
    Package("more-itertools", "11.2.1", "more_itertools", ("pytest",), (THREADS,)),
    Package(
        "sqlite-utils",
        "4.2.1",
        "sqlite_utils",
        ("pytest", "hypothesis", "cogapp", "tabulate>=0.10.0", "typing-extensions"),
    ),
    Package("click", "8.5.1", "src/click", ("pytest", "click==8.5.1")),  # its tests ask for its version
    Package("toolz", "1.2.0", "toolz", ("pytest",)),
    Package("cachetools", "8.0.1", "src/cachetools", ("pytest",)),
    Package("marshmallow", "4.4.0", "src/marshmallow", ("pytest", "simplejson"), host=(f"{DATES}[",)),
    Package("tomlkit", "0.15.2", "tomlkit", ("pytest", "pyyaml"), host=("tests/test_toml_file.py::test_toml_file",)),
    Package("aiofiles", "25.1.0", "src/aiofiles", ("pytest", "pytest-asyncio")),  # its tests write beside themselves
    Package("aiostream", "0.8.1", "aiostream", ("pytest", "pytest-asyncio", "pytest-cov")),
    Package("itsdangerous", "2.2.0", "src/itsdangerous", ("pytest", "freezegun")),
)

FRESH = (  # nobody had looked at them before they were first measured: on some the writer was mended since
    Package("webcolors", "25.10.0", "src/webcolors", ("pytest",)),
    Package("humanize", "4.17.0", "src/humanize", ("pytest", "freezegun")),
    Package("pathspec", "1.1.1", "pathspec", ("pytest",)),
    Package("isodate", "0.7.2", "src/isodate", ("pytest",)),
    Package("voluptuous", "0.15.2", "voluptuous", ("pytest",)),
    Package("schema", "0.7.7", ".", ("pytest", "mock")),
    Package("parse", "1.20.2", ".", ("pytest",)),
    Package("semantic-version", "2.10.0", "semantic_version", ("pytest",)),
    Package("natsort", "8.4.0", "natsort", ("pytest", "hypothesis", "pytest-mock")),
    Package("prettytable", "3.18.0", "src/prettytable", ("pytest", "wcwidth", "pytest-lazy-fixtures")),
    Package("tabulate", "0.10.0", "tabulate", ("pytest", "wcwidth")),
    Package("python-slugify", "9.2.0", "slugify", ("pytest", "text-unidecode")),
    Package("inflection", "0.5.1", "inflection", ("pytest",)),
    Package("xmltodict", "0.14.2", ".", ("pytest",)),
    Package("deepmerge", "2.0", "deepmerge", ("pytest",)),
    Package("jmespath", "1.0.1", "jmespath", ("pytest", "hypothesis")),
    Package("addict", "2.4.0", "addict", ("pytest",)),
    Package("cssselect", "1.3.0", "cssselect", ("pytest", "lxml")),
    Package("geojson", "3.2.0", "geojson", ("pytest",)),
    Package("unidiff", "0.7.5", "unidiff", ("pytest",)),
    Package("python-dotenv", "1.1.1", "src/dotenv", ("pytest", "click", "sh", "ipython")),
    Package("tinydb", "4.8.2", "tinydb", ("pytest", "pyyaml", "pycodestyle")),
    Package("pyphen", "0.17.2", "pyphen", ("pytest",)),
    Package("hyperlink", "21.0.0", "src/hyperlink", ("pytest", "idna")),
    Package("rfc3986", "2.0.0", "src/rfc3986", ("pytest", "idna")),
    Package("anytree", "2.13.0", "src/anytree", ("pytest",)),
    Package("sqlparse", "0.6.1", "sqlparse", ("pytest",)),
    Package("uritemplate", "4.2.0", "uritemplate", ("pytest",)),
    Package("simpleeval", "1.0.8", ".", ("pytest",)),
    Package("semver", "3.0.4", "src/semver", ("pytest",)),
    Package("idna", "3.10", "idna", ("pytest",)),
    Package("funcy", "2.0", "funcy", ("pytest", "whatever")),
    Package("wsproto", "1.2.0", "src/wsproto", ("pytest", "h11")),
    Package("bleach", "6.2.0", "bleach", ("pytest", "webencodings")),
    Package("hyperframe", "6.1.0", "src/hyperframe", ("pytest",)),
    Package("munch", "4.0.0", "munch", ("pytest",)),
    Package("docstring-parser", "0.18.0", "docstring_parser", ("pytest",)),
    Package("iso8601", "2.1.0", "iso8601", ("pytest", "hypothesis", "pytz")),
    Package("toml", "0.10.2", "toml", ("pytest", "numpy")),
    Package("configobj", "5.0.9", "src/configobj", ("pytest",)),
    Package("hjson", "3.1.0", "hjson", ("pytest",)),
    Package("parsimonious", "0.10.0", "parsimonious", ("pytest", "regex")),
    Package("priority", "2.0.0", "src/priority", ("pytest", "hypothesis")),
    Package("tenacity", "9.0.0", "tenacity", ("pytest", "tornado", "typeguard")),
    Package("h11", "0.16.0", "h11", ("pytest",)),
    Package("multipart", "1.2.1", ".", ("pytest",)),
    Package("jsonlines", "4.0.0", "jsonlines", ("pytest", "attrs")),
    Package("IPy", "1.01", ".", ("pytest",)),
    Package("python-multipart", "0.0.20", "python_multipart", ("pytest", "pyyaml", "pytest-timeout")),
    Package("orderedmultidict", "1.0.1", "orderedmultidict", ("pytest", "six")),
    Package("whatthepatch", "1.0.7", "src/whatthepatch", ("pytest",)),
    Package("colorlog", "6.9.0", "colorlog", ("pytest",)),
    Package("wcwidth", "0.2.13", "wcwidth", ("pytest",)),
    Package("croniter", "6.0.0", "src/croniter", ("pytest", "pytz", "tzlocal", "mock", "python-dateutil")),
    Package("pydash", "8.0.5", "src/pydash", ("pytest", "typing-extensions", "mock")),
    Package("email-validator", "2.2.0", "email_validator", ("pytest", "dnspython", "idna")),
    Package("tinycss2", "1.4.0", "tinycss2", ("pytest", "webencodings")),
    Package("dominate", "2.9.1", "dominate", ("pytest",)),
    Package("soupsieve", "2.6", "soupsieve", ("pytest", "beautifulsoup4", "html5lib", "lxml")),
    Package("inflect", "7.4.0", "inflect", ("pytest", "more-itertools", "typeguard")),
)


def unpacked(package: Package) -> Path:
    """Return the folder of the package's sdist, fetched and unpacked the first time."""
    root = WORK / "sdists" / package.stem
    if not root.is_dir():
        fetched = WORK / "fetched"
        pinned = f"{package.name}=={package.version}"
        pip(Path(sys.executable), "download", "--no-deps", "--no-binary", ":all:", "--dest", str(fetched), pinned)
        with tarfile.open(fetched / f"{package.stem}.tar.gz") as archive:
            archive.extractall(root.parent, filter="data")  # owners and anything outside are left behind
    return root


def environment(package: Package, python: Path = OURS) -> Path:
    """Return the interpreter of an environment with what the package and its tests need, not the package itself."""
    place = unpacked(package) / "pyproject.toml"
    project = tomllib.loads(place.read_text("utf-8")).get("project", {}) if place.is_file() else {}
    name = f"tests-{package.stem}" if python == OURS else f"tests-{package.stem}-{digest(python)}"
    return made(name, (*project.get("dependencies", ()), *package.tests_need), python)


def digest(python: Path) -> str:
    """Return what tells one interpreter from another in a folder's name."""
    return hashlib.sha256(str(python.resolve()).encode()).hexdigest()[:8]


def made(name: str, requirements: Sequence[str], base: Path = OURS) -> Path:
    """Return the interpreter of the environment `name`, made from `base` with `requirements` the first time."""
    place = WORK / "environments" / name
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([str(base), "-m", "venv", str(place)], check=True)
        pip(python, "install", *requirements)
        (place / "complete").touch()
    return python


def pip(python: Path, *arguments: str) -> None:
    """Run pip quietly; what it has to complain about goes to stderr."""
    argv = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
