"""Names as the test file itself reaches them."""

from dataclasses import replace

import pytest

from improver.experiments import Case, Recording
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.qualifying import qualified, qualified_case
from improver.writing.placing import Place, place_for
from tests.improver.calls import PIER, RECEIPT, source

DEPTH = ("pier.a", "depth")


def place_of(head: str, body: str = "assert True") -> Place:
    text = f"{head}\n\n\ndef test_x():\n    {body}\n"
    found = place_for("pier/a.py", [source(text, "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    assert found is not None
    return found


def call_of(text: str, *imports: tuple[str, ...], setup: tuple[str, ...] = ()) -> Case:
    return Case(f"{PIER}depth", text, imports or (DEPTH,), setup=setup, checks=(("eq", "result", "1"),))


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        pytest.param("from pier import a", "assert a.other()", "a.depth(1)", id="a module of a package"),
        pytest.param("import pier.a", "assert pier.a.other()", "pier.a.depth(1)", id="a module by its whole name"),
        pytest.param("import pier.a as sea", "assert sea.other()", "sea.depth(1)", id="a module by another name"),
        pytest.param("from pier.a import depth as low", "assert True", "low(1)", id="it by another name"),
        pytest.param("from pier.b import depth as low", "assert True", "depth(1)", id="another thing of its name"),
        pytest.param(
            "from pier.a import depth as low\n\nlow = low(1)", "assert True", "depth(1)", id="that name is bound again"
        ),
        pytest.param("import pier", "assert pier.depth(2)", "pier.depth(1)", id="a package that shows it"),
        pytest.param("import pier\nimport pier.b", "assert pier.b.other()", "depth(1)", id="only another module"),
        pytest.param("import pier", "assert pier.other()", "depth(1)", id="a package that may not show it"),
        pytest.param("from pier import b", "assert b.depth()", "depth(1)", id="the same name of another module"),
        pytest.param("from pier import a", "assert a", "depth(1)", id="a module that nothing is reached through"),
        pytest.param("from pier import a", "assert a(1).other()", "depth(1)", id="what is called is no module"),
        pytest.param(
            "import pier.a\nfrom pier.a import depth", "assert pier.a.other()", "depth(1)", id="it has the name"
        ),
        pytest.param("from pier import a\n\na = a.other()", "assert a.sea", "depth(1)", id="the name is bound again"),
        pytest.param("from . import a", "assert a.other()", "depth(1)", id="a module of the tests"),
        pytest.param("import pier", "assert pier.a.other()", "pier.a.depth(1)", id="a module through its package"),
        pytest.param("from src import pier", "assert pier.a.other()", "pier.a.depth(1)", id="which is below a folder"),
        pytest.param("from src.pier import a", "assert a.other()", "a.depth(1)", id="a module below a folder"),
        pytest.param(
            "from src import pier as sea", "assert sea.depth(2)", "sea.depth(1)", id="a package below a folder"
        ),
    ],
)
def test_a_name_is_reached_as_the_file_reaches_others(head: str, body: str, wanted: str) -> None:
    assert qualified_case(call_of("depth(1)"), place_of(head, body)).call == wanted


BESIDE = place_of("from pier import a", "assert a.other()")


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        pytest.param("from pier import a", "assert a.depth(2)", "a.depth(1)", id="the module that holds it"),
        pytest.param("from pier import a", "assert a.other()", "depth(1)", id="a module that may not hold it"),
        pytest.param("from sea import a", "assert a.depth(2)", "depth(1)", id="a module of another package"),
        pytest.param("import pier.a", "assert pier.a.depth(2)", "pier.a.depth(1)", id="by its whole name"),
    ],
)
def test_what_a_package_shows_is_reached_where_the_file_reaches_it(head: str, body: str, wanted: str) -> None:
    assert qualified_case(call_of("depth(1)", ("pier", "depth")), place_of(head, body)).call == wanted


@pytest.mark.parametrize(
    ("case", "call"),
    [
        pytest.param(call_of("depth(a)", setup=("a = 1",)), "depth(a)", id="a variable of the module's name"),
        pytest.param(call_of("depth(lambda a: 1)"), "depth(lambda a: 1)", id="an argument of the module's name"),
        pytest.param(call_of("depth([depth for depth in (1, 2)])"), "depth([depth for depth in (1, 2)])", id="its own"),
        pytest.param(call_of("low.tide()", ("pier.a", "low")), "low.tide()", id="what may be a module"),
        pytest.param(call_of("Low.tide()", ("pier.a", "Low")), "a.Low.tide()", id="a class"),
        pytest.param(call_of("sea.f(1)", ("pier.a", "")), "sea.f(1)", id="a module"),
        pytest.param(replace(call_of("depth(a)"), asks=("a",)), "depth(a)", id="a fixture of the module's name"),
    ],
)
def test_a_name_stays_where_a_test_hides_the_module(case: Case, call: str) -> None:
    assert qualified_case(case, BESIDE).call == call


def test_setup_checks_and_the_type_of_an_error_are_reached_so_too() -> None:
    imports = (DEPTH, ("pier.a", "Sunk"), ("pier.a", "low"), ("pier.b", "Tide"))
    checks = (("raises", "Sunk", "depth Sunk"), ("eq", "error.sea", "[low(1), 'low']"))
    one = Case(f"{PIER}depth", "depth(sea)", imports, setup=("sea = Tide(low(2))",), checks=checks)
    made = qualified_case(one, BESIDE)
    assert (made.setup, made.call) == (("sea = Tide(a.low(2))",), "a.depth(sea)")
    assert made.checks == (("raises", "a.Sunk", "depth Sunk"), ("eq", "error.sea", "[a.low(1), 'low']"))
    assert made.imports == (("pier.b", "Tide"), ("pier", "a"))


def test_rows_and_the_call_of_a_table_are_reached_so_too() -> None:
    cases = (call_of("depth(low(1))", DEPTH, ("pier.a", "low")), call_of("depth(2)"))
    table = Written("test_f", cases, ("sea",), (Row(("low(1)",), "low(3)", "a"), Row(("2",), "1", "b")), "depth(sea)")
    made = qualified(table, BESIDE)
    assert (made.call, made.rows[0].values, made.rows[0].expected) == ("a.depth(sea)", ("a.low(1)",), "a.low(3)")
    assert qualified(replace(table, columns=("a",)), BESIDE).call == "depth(sea)"


def test_what_a_definition_of_the_file_needs_is_still_imported() -> None:
    one = replace(call_of("f(depth(1))"), prelude=("def f(one): return depth(one)",))
    assert qualified_case(one, BESIDE).imports == (DEPTH, ("pier", "a"))


def test_no_import_is_added_for_what_is_reached_so() -> None:
    one = replace(call_of("depth(1)"), kills=frozenset("m"))
    made = assembled([Written("test_f", (one,))], BESIDE, "a", frozenset())
    assert made is not None
    assert BESIDE.before is not None
    assert made.decode().startswith(BESIDE.before.text)
    assert made.decode().endswith("    assert a.depth(1) == 1\n")


ITEM, ADD, MUL = ("operator", ""), "from operator import add", "f(operator.mul)"


@pytest.mark.parametrize(
    ("head", "case", "wanted"),
    [
        pytest.param(ADD, call_of(MUL, ITEM), "f(mul)", id="another name of it"),
        pytest.param("from operator import mul", call_of(MUL, ITEM), "f(mul)", id="just this name"),
        pytest.param("import operator\nfrom operator import mul", call_of(MUL, ITEM), MUL,
                     id="it has the module"),
        pytest.param("import os", call_of(MUL, ITEM), MUL, id="no name of it"),
        pytest.param(ADD, call_of("f(operator, operator.mul)", ITEM), "f(operator, operator.mul)",
                     id="the module itself is given"),
        pytest.param(f"{ADD}\nfrom sea import mul", call_of(MUL, ITEM), MUL,
                     id="another thing has the name"),
        pytest.param(ADD, call_of(MUL, ITEM, setup=("mul = 1",)), MUL,
                     id="a variable of the test has the name"),
        pytest.param(ADD, call_of("mul(operator.mul)", ITEM, ("sea", "mul")), "mul(operator.mul)",
                     id="the test needs another thing of the name"),
    ],
)  # fmt: skip
def test_a_module_is_not_imported_where_the_file_knows_its_things_by_name(head: str, case: Case, wanted: str) -> None:
    made = qualified_case(case, place_of(head))
    assert (made.call, ITEM in made.imports) == (wanted, "operator" in wanted)


def test_what_a_class_hides_is_reached_by_name() -> None:
    place = place_of("from datetime import datetime")
    made = qualified_case(call_of("f(datetime.timedelta(1))", ("datetime", "")), place)
    assert (made.call, made.imports) == ("f(timedelta(1))", (("datetime", "timedelta"),))


def test_another_name_of_the_file_is_no_import_and_gives_way_to_a_variable() -> None:
    place = place_of("from pier.a import depth as low")
    assert qualified_case(call_of("depth(2)"), place).imports == (("pier.a", "depth", "low"),)
    assert qualified_case(call_of("depth(low)", setup=("low = 2",)), place).call == "depth(low)"
    text = assembled(
        [Written("test_depth", (replace(call_of("depth(2)"), kills=frozenset({"pier/a.py:1: `1` → `2`"})),))],
        place,
        "a",
        frozenset(),
    )
    assert text is not None
    assert [line for line in text.decode().splitlines() if "import" in line] == ["from pier.a import depth as low"]
