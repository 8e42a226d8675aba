"""New names in the import lines that a file has."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.source import Source
from improver.writing.habits import imports_apart
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.layout.importing import import_lines
from improver.writing.layout.joining import with_names
from improver.writing.placing import place_for
from tests.improver.calls import RECEIPT, case, source

LOW, EBB = ("pier.a", "low"), ("pier.a", "ebb")
RECORDED = Recording({}, {}, {}, {}, RECEIPT)


def made(text: str, *needed: tuple[str, ...]) -> tuple[str, list[tuple[str, ...]]]:
    found, left = with_names(source(text), needed or (LOW,))
    return found.text, left


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("from pier.a import ebb, sea\n", "from pier.a import ebb, low, sea\n", id="among others"),
        pytest.param("from pier.a import tide, sea\n", "from pier.a import tide, sea, low\n", id="last without order"),
        pytest.param(
            "from pier.a import Box, sea\n", "from pier.a import Box, low, sea\n", id="functions after classes"
        ),
        pytest.param(
            "from pier.a import In, Inlet, InReef, ebb, tide\n",
            "from pier.a import In, Inlet, InReef, ebb, low, tide\n",
            id="classes whatever their case",
        ),
        pytest.param(
            f"from pier.a import {'sea_' * 25}\nfrom pier.a import tide\n",
            f"from pier.a import {'sea_' * 25}\nfrom pier.a import low, tide\n",
            id="the line with room for it",
        ),
        pytest.param("from pier.a import other\n", "from pier.a import low, other\n", id="one alone"),
        pytest.param("from pier.a import ebb  # wet\n", "from pier.a import ebb, low  # wet\n", id="before a comment"),
        pytest.param("from pier.a import (ebb, sea)\n", "from pier.a import (ebb, low, sea)\n", id="in brackets"),
        pytest.param(
            "from pier.a import (\n    ebb,\n    sea,  # wet\n)\n",
            "from pier.a import (\n    ebb,\n    low,\n    sea,  # wet\n)\n",
            id="a name a line",
        ),
        pytest.param(
            "from pier.a import (\n    ebb,  # dry\n)\n",
            "from pier.a import (\n    ebb,  # dry\n    low,\n)\n",
            id="at the end",
        ),
        pytest.param(
            "from pier.a import (ebb,\n                    sea)\n",
            "from pier.a import (ebb,\n                    low,\n                    sea)\n",
            id="aligned",
        ),
        pytest.param(
            "from pier.a import (low_tide,\n                    ebb)\n",
            "from pier.a import (low_tide,\n                    ebb,\n                    low)\n",
            id="aligned, at the end without a comma",
        ),
        pytest.param(
            "from pier.a import (ebb, deep,\n                    sea)\n",
            "from pier.a import (ebb, deep,\n                    sea, low)\n",
            id="several names a line",
        ),
        pytest.param(
            "from pier.a import ebb, \\\n    sea\n", "from pier.a import ebb, \\\n    low, sea\n", id="backslash"
        ),
        pytest.param(
            f"from pier.a import ebb, {'k' * 51}\n",
            f"from pier.a import (\n    ebb,\n    {'k' * 51},\n    low,\n)\n",
            id="too long for its line",
        ),
    ],
)
def test_a_name_joins_the_line_of_its_module(before: str, after: str) -> None:
    assert made(f"import os\n{before}rest = 1\n") == (f"import os\n{after}rest = 1\n", [])


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("from pier.b import low_tide\n", id="another module"),
        pytest.param("from .a import ebb\n", id="a relative one"),
        pytest.param("from pier.a import *\n", id="everything"),
        pytest.param("import pier.a\n", id="the module"),
        pytest.param("if 1:\n    from pier.a import ebb\n", id="not always"),
        pytest.param("from pier.a import ebb; rest = 1\n", id="more on the line"),
        pytest.param(f"from pier.a import ebb, {'k' * 45}  # wet\n", id="too long with its comment"),
    ],
)
def test_elsewhere_it_needs_a_line_of_its_own(before: str) -> None:
    assert made(before) == (before, [LOW])


def test_several_names_join_one_by_one() -> None:
    assert made("from pier.a import sea\n", LOW, EBB, ("os", "")) == (
        "from pier.a import ebb, low, sea\n",
        [("os", "")],
    )
    assert made("from pier.a import sea\n", ("pier.a", "low", "deep")) == ("from pier.a import low as deep, sea\n", [])


def test_names_stand_apart_where_the_file_has_one_a_line() -> None:
    apart = source("from os import sep\nfrom pier.a import ebb\nfrom pier.a import sea\n")
    one, several = source("from pier.a import ebb\n"), source("from pier.a import ebb, low\n")
    assert (imports_apart([apart]), imports_apart([one])) == (True, False)
    assert (imports_apart([one, apart]), imports_apart([several, apart])) == (True, False)  # as other files have it
    place = place_for("pier/a.py", [source("import pytest\n", "tests/test_a.py"), apart], RECORDED)
    assert place is not None
    test = Written("test_f", (replace(case("ebb(low(1))", kills="m"), imports=(EBB, LOW)),))
    assert b"from pier.a import ebb\nfrom pier.a import low\n" in (assembled([test], place, "a", frozenset()) or b"")
    assert import_lines([EBB, LOW], 88, is_apart=True) == ["from pier.a import ebb", "from pier.a import low"]


def test_letters_of_another_encoding_stay() -> None:
    found = Source.read("t.py", "# coding: latin-1\n# é\nfrom pier.a import ebb\n".encode("latin-1"))
    assert isinstance(found, Source)
    assert with_names(found, [LOW])[0].data == found.data.replace(b"ebb", b"ebb, low")


def test_other_newlines_stay() -> None:
    before = "from pier.a import (\r\n    ebb,\r\n)\r\n"
    assert made(before) == (before.replace("ebb,\r\n", "ebb,\r\n    low,\r\n"), [])


def test_no_line_of_several_for_one_module_is_broken_for_a_name() -> None:
    text = f"from pier.a import {'sea_' * 24}, x\nfrom pier.a import {'ebb_' * 24}, y\n"
    assert made(text) == (text, [LOW])
    one = text.splitlines(keepends=True)[0]
    assert made(one) == (f"from pier.a import (\n    low,\n    {'sea_' * 24},\n    x,\n)\n", [])
