"""Where imports of new tests stand in a file, and what stands around them."""

import sys

import pytest

from improver.experiments import Case, Recording
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.placing import place_for
from tests.improver.calls import PIER, RECEIPT, source

IMPORTS, CHECKS = (("io", ""), ("pier.a", "depth")), (("raises", "ValueError", ""),)
CASE = Case(f"{PIER}depth", "depth(io.SEEK_SET)", IMPORTS, checks=CHECKS, kills=frozenset({"m"}))
ADDED = "import io\n\nimport pytest\n\nfrom pier.a import depth\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", f"{ADDED}\n\n", id="nothing"),
        pytest.param("\n\n", f"{ADDED}\n\n", id="empty lines"),
        pytest.param('"""Of depths."""\n\n\n', f'"""Of depths."""\n\n{ADDED}\n\n', id="a docstring"),
        pytest.param('"""Of depths."""\n', f'"""Of depths."""\n\n{ADDED}\n\n', id="a docstring, and at once a test"),
        pytest.param("#!python\n# coding: utf-8\n", f"#!python\n# coding: utf-8\n\n{ADDED}\n\n", id="notes"),
        pytest.param("import os\n\n\n", ADDED.replace("\n", "\nimport os\n", 1) + "\n\n", id="one of a group"),
        pytest.param("import py\n\n\n", ADDED.replace("from", "import py\nfrom") + "\n\n", id="one of its own group"),
        pytest.param("from pier import b\n\n\n", ADDED.replace("from", "from pier import b\nfrom") + "\n\n", id="kin"),
        pytest.param(
            "from __future__ import annotations\n\n\n",
            f"from __future__ import annotations\n\n{ADDED}\n\n",
            id="future",
        ),
    ],
)
def test_each_group_of_imports_stands_apart(before: str, after: str) -> None:
    text = source(f"{before}def test_sea():\n    assert True\n", "tests/test_a.py")
    place = place_for("pier/a.py", [text], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    data = assembled([Written("test_depth", (CASE,))], place, "a", frozenset(sys.stdlib_module_names))
    assert data is not None
    assert data.decode().partition("def test_sea")[0] == after


@pytest.mark.parametrize(
    ("before", "imports", "after"),
    [
        pytest.param("", (), "", id="none is needed"),
        pytest.param("# Of depths.\n", (), "# Of depths.\n", id="none is needed after notes"),
        pytest.param("", (("pier.a", "depth"),), "from pier.a import depth\n\n\n", id="the first of a file"),
        pytest.param(
            "import os\n\n\n",
            (("pier.a", "depth"),),
            "import os\n\nfrom pier.a import depth\n\n\n",
            id="beside others",
        ),
    ],
)
def test_no_more_lines_are_added_than_imports_need(
    before: str, imports: tuple[tuple[str, ...], ...], after: str
) -> None:
    text = source(f"{before}def test_sea():\n    assert True\n", "tests/test_a.py")
    place = place_for("pier/a.py", [text], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    one = Case(f"{PIER}depth", "depth(1)", imports, checks=(("eq", "result", "1"),), kills=frozenset({"m"}))
    data = assembled([Written("test_depth", (one,))], place, "a", frozenset(sys.stdlib_module_names))
    assert data is not None
    assert data.decode().partition("def test_sea")[0] == after
