"""From opening a file to its last use, and no further."""

import ast

import pytest

from improver.rewriting.lending import crossed, opened, stretch_of
from improver.source import Source


def first_open(text: str) -> tuple[Source, ast.Assign, str]:
    source = Source.read("package/module.py", text.encode())
    assert isinstance(source, Source), source
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign) and (name := opened(node)) is not None:
            return source, node, name
    raise AssertionError("the example opens no file")


def lines_of(text: str) -> tuple[int, int, bool] | None:
    """Return first line, last line and whether the stretch ends in a close(), or None where there is none."""
    source, node, name = first_open(text)
    stretch = stretch_of(node, name, source)
    if stretch is None:
        return None
    return stretch.statements[0].lineno, stretch.statements[-1].lineno, stretch.closes


@pytest.mark.parametrize(
    ("uses", "lines"),
    [
        pytest.param("a = 1\n    b = g.read()\n    return b", (3, 5, False), id="it ends with the last use"),
        pytest.param(
            "b = g.read()\n    a = 1\n    g.close()", (3, 6, True), id="it ends with a closing that comes last"
        ),
        pytest.param("for r in csv.reader(g):\n        h(r)", (3, 4, False), id="a loop drains a lazy reader"),
        pytest.param("return sum([len(line) for line in g])", (3, 4, False), id="a list is done with the file"),
        pytest.param("return sum(len(line) for line in g)", None, id="a generator keeps the file"),
        pytest.param("for line in h(g):\n        k(line)", None, id="an unknown function may keep the file"),
        pytest.param("csv = h\n    for r in csv.reader(g):\n        h(r)", None, id="a rebound module is no module"),
        pytest.param("if g.read():\n        g.close()", None, id="a closing on one path only is left to a human"),
        pytest.param("g.close()", None, id="a file that is never used is left to a human"),
    ],
)
def test_a_stretch_ends_with_the_last_use(uses: str, lines: tuple[int, int, bool] | None) -> None:
    assert lines_of(f"import csv\ndef f():\n    g = open('x')\n    {uses}\n") == lines


@pytest.mark.parametrize(
    ("closing", "expected"),
    [
        pytest.param("b.close()\n    a.close()", False, id="nested files are not crossed"),
        pytest.param("a.close()\n    b.close()", True, id="a file that outlives its opener's stretch is crossed"),
    ],
)
def test_files_open_across_each_other_are_seen(closing: str, *, expected: bool) -> None:
    text = f"def f():\n    a = open('x')\n    b = open('y')\n    a.write(b.read())\n    {closing}\n"
    source, node, name = first_open(text)
    stretch = stretch_of(node, name, source)
    assert stretch is not None
    assert crossed(stretch) is expected
