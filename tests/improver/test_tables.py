"""Rows for tables that a test file has, instead of tests beside them."""

import ast
from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.source import Function
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.tables import in_tables, tables_of, without
from tests.improver.calls import case, source
from tests.improver.test_writing import place_of

HEAD = "import pytest\n\nfrom pier.a import depth\n\n\n"
ROWS = '@pytest.mark.parametrize(\n    ("sea", "deep"),\n    [\n        (1, 2),\n        (2, 4),\n    ],\n)\n'
TEST = "def test_depth(sea, deep):\n    assert depth(sea) == deep\n"
TEXTS = '@pytest.mark.parametrize("sea", ["a", "b"])\n'
NODE = ast.parse("def depth(sea, more=1, *, loud=False): ...").body[0]


def node_of(_: str) -> Function:
    assert isinstance(NODE, ast.FunctionDef)
    return NODE


def joined(text: str, *cases: Case) -> str:
    """Return the file with what cases make rows of, "" where none does."""
    tests = in_tables([Written("test_new", (one,)) for one in cases], source(HEAD + text), node_of)
    made = assembled(tests, place_of(HEAD + text), "a", frozenset()) if tests else None
    return (made or b"").decode().removeprefix(HEAD)


def asked(demand: str, head: str = TEXTS) -> str:
    return f"{head}def test_depth(sea):\n    {demand}\n"


@pytest.mark.parametrize(
    ("text", "one", "line"),
    [
        pytest.param(ROWS + TEST, case("depth(3)", "6"), "        (3, 6),", id="a column says what comes of it"),
        pytest.param(ROWS.replace("2, 4),", "2, 4)") + TEST, case("depth(3)", "6"), "        (3, 6),", id="no comma"),
        pytest.param(ROWS.replace("4),", "4),  # so") + TEST, case("depth(3)", "6"), "        (3, 6),", id="a remark"),
        pytest.param(ROWS.replace('("sea", "deep")', '"sea, deep"') + TEST, case("depth(3)", "6"), "        (3, 6),",
                     id="names in one text"),
        pytest.param(ROWS + TEST.replace("assert depth(sea)", "found = depth(sea)\n    assert found"),
                     case("depth(3)", "6"), "        (3, 6),", id="what is called has a name"),
        pytest.param(ROWS + TEST.replace("sea) ==", "sea, 1) =="), case("depth(3)", "6"), "        (3, 6),",
                     id="what the test gives is the default"),
        pytest.param(ROWS + TEST.replace("depth(sea) == deep", "depth(sea, loud=deep)"),
                     case("depth(1, loud=4)", checks=(("is", "result", "True"),)), "        (1, 4),", id="by name"),
        pytest.param(asked("assert depth(sea)"), case("depth('c')", checks=(("is", "result", "True"),)),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c"])', id="in one line"),
        pytest.param(asked("assert not depth(sea)"), case("depth('c')", checks=(("eq", "bool(result)", "False"),)),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c"])', id="not"),
        pytest.param(asked("assert depth(sea) is None"), case("depth('c')", checks=(("is", "result", "None"),)),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c"])', id="the same of all"),
        pytest.param(asked("assert isinstance(depth(sea), errors.Dry)"),
                     case("depth('c')", checks=(("eq", "bool(result)", "False"),), gives="Dry"),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c"])', id="an object of a class"),
        pytest.param(asked("with pytest.raises(ValueError):\n        depth(sea)"),
                     case("depth('c')", checks=(("raises", "ValueError", "dry"),)),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c"])', id="an error"),
        pytest.param(asked("assert depth(sea)", TEXTS.replace('"b"]', '"b",\n]')),
                     case("depth('c')", checks=(("is", "result", "True"),)),
                     '@pytest.mark.parametrize("sea", ["a", "b", "c",', id="a comma and the end on another line"),
    ],
)  # fmt: skip
def test_a_call_that_a_table_makes_is_one_row_more(text: str, one: Case, line: str) -> None:
    lines = joined(text, one).splitlines()
    assert line in lines
    assert sum(left not in lines for left in text.splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "one"),
    [
        pytest.param(ROWS + TEST, case("depth(1)", "2"), id="a row that is there"),
        pytest.param(ROWS + TEST, case("depth('a')", "6"), id="a value of another kind"),
        pytest.param(ROWS + TEST, case("depth(sea)", "6"), id="no literal"),
        pytest.param(ROWS + TEST, case("depth(3, 4)", "6"), id="it is given more"),
        pytest.param(ROWS + TEST, case("depth(3, *[])", "6"), id="something is unpacked"),
        pytest.param(ROWS + TEST, case("sound(3)", "6"), id="something else is called"),
        pytest.param(ROWS + TEST, case("depth", "6"), id="nothing is called"),
        pytest.param(ROWS + TEST, case("depth(3)", "6", setup=("import os",)), id="something comes before"),
        pytest.param(ROWS + TEST, replace(case("depth(3)", "6"), way="loop"), id="in an event loop"),
        pytest.param(ROWS + TEST, case("depth(3)", checks=(("eq", "result.deep", "6"),)), id="a part of what comes"),
        pytest.param(ROWS + TEST, case("depth(3)", checks=(("eq", "result", "6"), ("eq", "sea", "1"))),
                     id="two demands"),
        pytest.param(ROWS + TEST, case("depth(3)", checks=(("raises", "ValueError", ""),)), id="an error"),
        pytest.param(ROWS + TEST.replace("sea)", "sea, 2)"), case("depth(3)", "6"), id="the test gives no default"),
        pytest.param(ROWS + TEST.replace("depth(sea) == deep", "depth(sea, loud=deep)"),
                     case("depth(3)", checks=(("is", "result", "True"),)), id="a default that no row has"),
        pytest.param(ROWS.replace("        (2", "        # deeper\n        (2") + TEST, case("depth(3)", "6"),
                     id="a comment between rows"),
        pytest.param(ROWS.replace("(2, 4)", "(2, four())") + TEST, case("depth(3)", "6"), id="a row is no literal"),
        pytest.param(ROWS.replace("(2, 4),", "") + TEST, case("depth(3)", "6"), id="one row is no table"),
        pytest.param(ROWS.replace("    ],", '    ],\n    ids=["a", "b"],') + TEST, case("depth(3)", "6"),
                     id="names for rows"),
        pytest.param("@pytest.mark.slow\n" + ROWS + TEST, case("depth(3)", "6"), id="another decorator"),
        pytest.param(ROWS + TEST.replace("deep):", "deep, tmp_path):"), case("depth(3)", "6"), id="a fixture"),
        pytest.param(ROWS + TEST + "    assert sea\n", case("depth(3)", "6"), id="more is asserted"),
        pytest.param(asked("assert depth(sea)"), case("depth('c')", checks=(("is", "result", "False"),)),
                     id="the opposite"),
        pytest.param(asked("assert depth(sea) is None"), case("depth('c')", "6"), id="another result"),
        pytest.param(asked("assert isinstance(depth(sea), Dry)"), case("depth('c')", gives="Wet"), id="another class"),
        pytest.param(asked("with pytest.raises(KeyError):\n        depth(sea)"),
                     case("depth('c')", checks=(("raises", "ValueError", "dry"),)), id="another error"),
    ],
)  # fmt: skip
def test_any_other_call_is_none(text: str, one: Case) -> None:
    assert joined(text, one) == ""


def test_of_several_tables_it_is_the_longest() -> None:
    more = ROWS.replace("        (2, 4),\n", "        (2, 4),\n        (5, 10),\n") + TEST.replace(
        "depth(sea, d", "more(sea, d"
    )
    made = joined(f"{ROWS}{TEST}\n\n{more}", case("depth(3)", "6"))
    assert made == f"{ROWS}{TEST}\n\n{more}".replace("        (5, 10),\n", "        (5, 10),\n        (3, 6),\n")


def test_rows_of_two_tables_go_each_to_its_own_in_classes_too() -> None:
    inner = "".join(
        f"    {line}\n" for line in asked("assert depth(sea)").replace("(sea):", "(self, sea):").splitlines()
    )
    text = f"{ROWS}{TEST}\n\nclass TestDepth:\n{inner}"
    true = case("depth('c')", checks=(("is", "result", "True"),))
    made = joined(text, case("depth(3)", "6"), case("depth(4)", "8"), true)
    wanted = text.replace("        (2, 4),\n", "        (2, 4),\n        (3, 6),\n        (4, 8),\n")
    assert made == wanted.replace('"b"]', '"b", "c"]')
    assert [table.key for table in tables_of(source(HEAD + text))] == ["test_depth", "TestDepth::test_depth"]


def test_a_line_that_gets_too_long_becomes_several() -> None:
    head = f'@pytest.mark.parametrize("sea", ["{"a" * 20}", "{"b" * 20}"])\n'
    made = joined(asked("assert depth(sea)", head), case(f"depth('{'c' * 20}')", checks=(("is", "result", "True"),)))
    rows = "".join(f'    "{letter * 20}",\n' for letter in "abc")
    assert made.startswith(f'@pytest.mark.parametrize("sea", [\n{rows}])\ndef test_depth(sea):\n')


def test_a_row_that_would_become_a_part_of_another_is_none() -> None:
    text = asked("assert depth(sea)", '@pytest.mark.parametrize("sea", ["a", ("b")])\n')
    assert joined(text, case("depth('c')", checks=(("is", "result", "True"),))) == ""


def test_a_test_is_left_without_the_calls_that_are_rows() -> None:
    cases = (case("depth(3)", "6"), case("depth(4)", "8"), case("depth(5)", "9"))
    rows = tuple(Row((str(at),), "6", str(at)) for at in (3, 4, 5))
    test = Written("test_depth", cases, ("sea",), rows, "depth(sea)")
    held = {(one.function, one.call) for one in cases}
    assert without(test, held) is None
    assert without(test, {(cases[0].function, "depth(3)")}) == replace(test, cases=cases[1:], rows=rows[1:])
    assert without(test, held - {(cases[2].function, "depth(5)")}) == replace(test, cases=cases[2:], rows=())
