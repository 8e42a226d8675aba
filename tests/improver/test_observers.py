"""Observers find what is planted, nothing beside it, under keys that outlive moves and reformatting."""

import ast
import dataclasses
import itertools
import subprocess
import sys

import pytest

from improver.codemod import Codemod, apply, findings
from improver.codemods.unused_private import UnusedPrivate
from improver.discover import discover, discover_classes
from improver.observer import Observer, Project
from improver.observers.duplicates import duplicates
from improver.observers.lint import lint
from improver.observers.unused_private import unused_private
from improver.records import File, Finding
from improver.source import Source
from improver.verify.ruff import RuffTool

OBSERVERS = tuple(discover("improver.observers", Observer))
CODEMODS = tuple(codemod() for codemod in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract] # the base names the kind
LISTED = ("B009", "PIE790", "UP034")


def project(files: dict[str, str | bytes], rules: tuple[str, ...] = LISTED) -> Project:
    """Make a project; Python files below tests/ are its context."""
    tree = {path: File(text.encode() if isinstance(text, str) else text) for path, text in files.items()}
    sources: dict[str, Source] = {}
    context: dict[str, Source] = {}
    for path, file in tree.items():
        if path.endswith(".py"):
            source = Source.read(path, file.data)
            assert isinstance(source, Source), source
            (context if path.startswith("tests/") else sources)[path] = source
    return Project(sources, tree, RuffTool(), context, rules)


def places(found: list[Finding]) -> list[tuple[str, str, int, int]]:
    return [(finding.path, finding.rule, finding.line, finding.column) for finding in found]


@pytest.mark.parametrize("observer", OBSERVERS, ids=lambda observer: f"{observer.name} finds nothing in nothing")
def test_an_empty_project_has_no_findings(observer: Observer) -> None:
    assert observer(project({})) == []
    assert observer(project({"a.py": "", "b.txt": "x"})) == []
    assert all(rule and sentence for rule, sentence in observer.rules.items())


# --- ruff ---------------------------------------------------------------------------------------------------------


def test_each_finding_of_ruff_points_at_the_innermost_statement_and_has_its_own_key() -> None:
    text = "class A:\n    def f(self):\n        return g((1)), g((1)), é((2)); y = g((1))\n"
    found = lint(project({"a.py": text}))
    assert sorted(places(found)) == [("a.py", "ruff:UP034", 3, 8)] * 3 + [("a.py", "ruff:UP034", 3, 40)]
    assert {finding.symbol for finding in found} == {"A.f"}
    assert len({finding.key for finding in found}) == 4


def test_only_listed_rules_with_a_safe_fix_are_found() -> None:
    text = "import os\n\nx = [i for i in y]\nz = getattr(y, 'a')\n"
    assert places(lint(project({"a.py": text}))) == [("a.py", "ruff:B009", 4, 0)]
    assert lint(project({"a.py": text}, ())) == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.py": "x = g((1))  # noqa\n"}, id="in a suppression"),
        pytest.param({"a.py": "# ruff: noqa: UP034\nx = g((1))\n"}, id="for the file"),
        pytest.param({"a.py": "x = g((1))\n", "ruff.toml": "[lint]\nignore = ['UP']\n"}, id="for all files"),
        pytest.param(
            {"a.py": "x = g((1))\n", "pyproject.toml": "[tool.ruff.lint]\nignore = ['UP034']\n"}, id="in pyproject"
        ),
        pytest.param({"a.py": "x = g((1))\n", "ruff.toml": "[lint]\nunfixable = ['ALL']\n"}, id="to the fix"),
        pytest.param(
            {"p/a.py": "x = g((1))\n", "p/ruff.toml": "[lint]\nextend-ignore = ['UP034']\n"}, id="for a folder"
        ),
        pytest.param(
            {"a.py": "x = g((1))\n", "ruff.toml": "[lint]\nper-file-ignores = {'a.py' = ['UP034']}\n"},
            id="for some files",
        ),
        pytest.param({"a.py": "x = g((1))\n", "ruff.toml": "exclude = ['a.py']\n"}, id="to the whole file"),
        pytest.param(
            {"a.py": "x = g((1))\n", "ruff.toml": "[lint]\nextend-safe-fixes = ['UP034']\n"},
            id="by calling it safe itself",
        ),
    ],
)
def test_what_the_project_said_no_to_is_not_found(files: dict[str, str | bytes]) -> None:
    assert lint(project(files)) == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("é = 1\nx = 'é', g((1))\n".encode("utf-8-sig"), id="a byte order mark"),
        pytest.param("# coding: latin-1\nx = 'é', g((1))\n".encode("latin-1"), id="another encoding"),
        pytest.param("é = 1\r\nx = 'é', g((1))\r\n".encode(), id="Windows newlines"),
        pytest.param("é = 1\rx = 'é', g((1))\r".encode(), id="old newlines"),
        pytest.param("é = 1\nx = 'é\x0c', g((1))\n".encode(), id="a form feed inside a line"),
    ],
)
def test_places_hold_in_every_kind_of_file_and_the_fix_keeps_its_bytes(data: bytes) -> None:
    (codemod,) = [item for item in CODEMODS if item.name == "ruff_fix"]
    base = project({"a.py": data})
    (finding,) = lint(base)
    assert (finding.line, finding.column) == (2, 0)
    assert apply(codemod, finding, base.sources["a.py"], base) == {"a.py": data.replace(b"(1)", b"1")}


# --- private names ------------------------------------------------------------------------------------------------

UNUSED = "def _unused():\n    return 1\n\n\nx = 1\n"


def test_an_unused_private_definition_is_found_with_its_size() -> None:
    (finding,) = unused_private(project({"a.py": UNUSED}))
    assert (finding.line, finding.column, finding.symbol, dict(finding.evidence)) == (1, 0, "_unused", {"lines": 2})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/test_a.py", "from a import _unused\n"),
        ("tests/test_b.py", "monkeypatch.setattr('a._unused', 1)\n"),
        ("b.py", "import a\n\na._unused()\n"),
        ("b.py", "run = getattr(a, f'_un{x}')\n"),
        ("b.py", "run = getattr(a, '_un' + x)\n"),
        ("b.py", "run = getattr(a, x + '_unused')\n"),
        ("b.py", "names = [n for n in all_names if n.startswith('_un')]\n"),
        ("b.py", "names = [n for n in all_names if n.endswith(('x', '_unused'))]\n"),
        ("b.py", "text = 'first\\n_unused'\n"),
        ("pyproject.toml", "[project.scripts]\nrun = 'a:_unused'\n"),
        ("templates/page.html", "{{ a._unused }}"),
        ("README.md", "Call `_unused` to see.\n"),
        ("stubs/a.pyi", "def _unused() -> int: ...\n"),
        ("setup", "a._unused()\n"),
    ],
    ids=lambda value: f"in {value!r}",
)
def test_a_name_that_stands_anywhere_is_used(path: str, text: str) -> None:
    assert unused_private(project({"a.py": UNUSED, path: text})) == []


def test_another_name_that_only_contains_it_does_not_count() -> None:
    files: dict[str, str | bytes] = {"a.py": UNUSED, "b.py": "my_unused = 1\n_unused_too = f(_unused_too)\n"}
    assert places(unused_private(project(files))) == [("a.py", "unused_private", 1, 0)]


def test_binary_files_do_not_name_anything() -> None:
    assert len(unused_private(project({"a.py": UNUSED, "a.bin": b"\0_unused"}))) == 1


def test_an_import_that_another_file_takes_from_here_stays() -> None:
    text = "import re\n\n\ndef _unused():\n    return re\n\n\nx = 1\n"
    base = project({"a.py": text, "tests/test_a.py": "from a import re\n"})
    (finding,) = unused_private(base)
    assert apply(UnusedPrivate(), finding, base.sources["a.py"], base) == {"a.py": b"import re\n\n\nx = 1\n"}
    alone = project({"a.py": text})
    assert apply(UnusedPrivate(), finding, alone.sources["a.py"], alone) == {"a.py": b"x = 1\n"}


# --- duplicated blocks --------------------------------------------------------------------------------------------

BODY = (
    "    a = read({p})\n    b = a.strip()\n    if b:\n        log(b)\n    c = b.split()\n"
    "    d = sorted(c)\n    use(d, {p})\n"
)
TWICE = "def f(path):\n" + BODY.format(p="path") + "\n\ndef g(place):\n" + BODY.format(p="place")


def test_a_block_that_stands_twice_is_found_once_with_its_size_whatever_its_locals_are_called() -> None:
    renamed = TWICE.replace("    d = sorted(c)\n    use(d, place)", "    e = sorted(c)\n    use(e, place)")
    (finding,) = duplicates(project({"a.py": renamed}))
    assert (finding.line, finding.column, finding.symbol) == (2, 4, "f")
    assert dict(finding.evidence) == {"statements": 7, "sites": 2}
    assert finding.message == "these 7 statements stand also at a.py:12"


def test_sites_in_several_files_are_one_group() -> None:
    found = duplicates(project({"a.py": TWICE, "b.py": "async def h(x):\n" + BODY.format(p="x")}))
    assert [dict(finding.evidence) for finding in found] == [{"statements": 7, "sites": 3}]


@pytest.mark.parametrize(("least", "found"), [(5, 1), (7, 1), (8, 0)], ids=["fewer", "as many", "more"])
def test_how_many_statements_are_too_many_is_the_projects(least: int, found: int) -> None:
    assert len(duplicates(dataclasses.replace(project({"a.py": TWICE}), duplicate_statements=least))) == found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TWICE.replace("use(d, place)", "use(place, d)").replace("log(b)", "pass", 1), id="other order"),
        pytest.param(TWICE.replace("a.strip", "a.lstrip", 1), id="another method"),
        pytest.param(
            TWICE.replace("read(place)", "load(place)").replace("use(d, place)", "used(d)"), id="other globals"
        ),
        pytest.param(
            "def f(x):\n    global a, b\n"
            + BODY.format(p="x")
            + TWICE.split("\n\n\n")[1].join(["\n\n", ""]).replace("a", "z"),
            id="globals are no locals",
        ),
        pytest.param("def f():\n" + "    a()\n" * 11, id="a run of equals is not two blocks"),
        pytest.param(
            "def f(x):\n    a(x)\n    b(x)\n    c(x)\n\n\ndef g(x):\n    a(x)\n    b(x)\n    c(x)\n", id="too short"
        ),
        pytest.param("import a\nimport b\n" * 9, id="imports at the top"),
    ],
)
def test_blocks_that_differ_or_are_short_are_no_duplicates(text: str) -> None:
    ast.parse(text)
    assert duplicates(project({"a.py": text})) == []


def test_a_long_run_of_equals_counts_without_overlap() -> None:
    found = duplicates(project({"a.py": "def f():\n" + "    a()\n" * 12}))
    assert [dict(finding.evidence) for finding in found] == [{"statements": 6, "sites": 2}]


# --- keys ---------------------------------------------------------------------------------------------------------

RICH = '''\
"""A module."""

import os


def _unused( a ):
    u"""  Say it.

       At length.
    """
    return (a)


class Store( Base ):
    \'\'\'Keep rows.\'\'\'
    def load(self, path):
        """Load."""
        pass
        try:
            rows = getattr(self, 'rows')
        except ValueError:
            raise KeyError( (path) )
        a = read(path)
        b = a.strip()
        if b:
            log(b, u'x')
        c = b.split()
        use(sorted(c), path)
        return rows
    def save(self, place):
        assert (place, 'a place')
        f = read(place)
        b = f.strip()
        if b:
            log(b, 'x')
        c = b.split()
        use(sorted(c), place)
'''


def keys(text: str) -> dict[str, str]:
    """Return rule by key of everything that is found."""
    base = project({"a.py": text})
    found = [*findings(CODEMODS, base.sources["a.py"]), *itertools.chain.from_iterable(o(base) for o in OBSERVERS)]
    assert len({finding.key for finding in found}) == len(found)
    return {finding.key: finding.rule for finding in found}


def reformatted(text: str) -> str:
    """Format as ruff does: other quotes, lines, parentheses, prefixes and docstrings."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "40", "-"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


def test_the_rich_example_is_rich() -> None:
    assert {
        "ruff:B009",
        "ruff:PIE790",
        "ruff:UP034",
        "unused_private",
        "duplicates",
        "explicit_cause",
        "tuple_assert",
    } <= {*keys(RICH).values()}


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(RICH.replace("import os\n", "import os\nimport sys\n\nLIMIT = 3\n"), id="lines above"),
        pytest.param(RICH + "\n\nclass Other:\n    def load(self):\n        return 1\n", id="lines below"),
        pytest.param(RICH.replace("    ", "\t"), id="tabs"),
        pytest.param(RICH.replace("\n", "\r\n"), id="Windows newlines"),
        pytest.param(
            RICH.replace("        return rows\n", "        # why\n\n        return rows  # it\n"), id="comments"
        ),
        pytest.param(RICH.replace("Say it.", "Tell it."), id="another docstring"),
        pytest.param(
            RICH.split("class Store", maxsplit=1)[0].replace(
                "def _unused", "X = 1\n\n\nclass Store" + RICH.split("class Store")[1] + "\n\ndef _unused"
            ),
            id="definitions in another order",
        ),
    ],
)
def test_a_key_survives_what_does_not_change_the_code(moved: str) -> None:
    assert keys(moved) == keys(RICH)


def test_a_key_survives_reformatting() -> None:
    text = RICH.replace("(a)\n", "a\n").replace("( (path) )", "( path )")  # parentheses are what UP034 is about
    formatted = reformatted(text)
    assert formatted != text
    assert keys(formatted) == keys(text)


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("unused_private", "return (a)", "return a + 1"),
        ("ruff:B009", "getattr(self, 'rows')", "getattr(self, 'columns')"),
        ("ruff:UP034", "( (path) )", "( (place) )"),
        ("duplicates", "b.split()", "b.rsplit()"),
        ("explicit_cause", "KeyError", "IndexError"),
        ("tuple_assert", "'a place'", "'another place'"),
        ("ruff:PIE790", "def load", "def fetch"),
    ],
)
def test_a_key_changes_when_the_code_truly_changes(rule: str, old: str, new: str) -> None:
    before, after = (
        {key for key, named in keys(text).items() if named == rule} for text in (RICH, RICH.replace(old, new))
    )
    assert (len(before - after), len(after - before)) == (1, 1)
