"""New tests as text: what calls are known, which of them become tests, and how a test reads where it goes."""

from dataclasses import replace

import pytest

from improver.experiments import Case, Exploration, MutationRun, Raised, Recording, Repetition
from improver.judging.mutants import mutants_of
from improver.records import File
from improver.writing.choice.selecting import chosen, fit
from improver.writing.choice.suspicion import at_odds, contradiction, possible_bugs
from improver.writing.drafting import draft_tests, writable
from improver.writing.layout.assembling import assembled
from improver.writing.layout.folding import folded
from improver.writing.layout.grouping import Row, Written, grouped
from improver.writing.layout.rendering import block, requoted
from improver.writing.placing import Place, place_for
from improver.writing.targets import Ground, Weak
from improver.writing.words.naming import name_for
from improver.writing.words.wording import told_of
from improver.writing.writer import Outcome, write_tests
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import PIER, RECEIPT, SEA, case, node, plain, source
from tests.improver.judging import PACKAGED


def test_a_method_at_odds_with_its_parent_is_a_note_and_no_test() -> None:
    known = source(f"{SEA}\n\nclass Chest(Box):\n    def total(self):\n        return 1\n")
    cases = [case("Box([2]).total()", "2", name="Box.total"), case("Chest([2]).total()", "1", name="Chest.total")]
    assert at_odds(known, cases).keys() == {f"{PIER}Chest.total"}
    assert [one.message for one in possible_bugs(known, (), cases)] == [
        "`Chest([2]).total()` gives 1 where Box gives 2"
    ]
    run = MutationRun({}, (), {}, RECEIPT)
    tests, dropped = writable(Weak(known, (), run), cases, place_of(BEFORE))
    assert ([one.function for one in tests], dropped["contradicts its parent"]) == ([f"{PIER}Box.total"], 1)


def test_a_method_that_its_parent_only_names_is_at_odds_with_nothing() -> None:
    text = SEA.replace("    def total(self):", "    @abstractmethod\n    def total(self):")
    known = source(f"{text}\n\nclass Chest(Box):\n    def total(self):\n        return 1\n")
    cases = [case("Box([2]).total()", "2", name="Box.total"), case("Chest([2]).total()", "1", name="Chest.total")]
    assert at_odds(known, cases) == {}


# --- which become tests -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(case("depth(1)", checks=()), id="demands nothing"),
        pytest.param(case("depth(1)", checks=(("raises", "KeyError", "sea"),)), id="an error that may be a mistake"),
        pytest.param(case("depth(1)", checks=(("raises", "ImportError", "sea"),)), id="of what is not installed here"),
        pytest.param(case("depth(1)", checks=(("raises", "ValueError", ""),)), id="an error without stable words"),
        pytest.param(
            replace(case("depth([])", checks=(("eq", "result", "1"),)), origin="strange"),
            id="a value of what nobody said may be given",
        ),
        pytest.param(case("box._depth"), id="a private name"),
        pytest.param(case("depth(1)", checks=(("eq", "result.len", "-1"),)), id="less than nothing"),
        pytest.param(case("depth(1)", "'Missing None 1.'"), id="a None among words"),
        pytest.param(case("depth(1)", "'<a at 0x7f12>'"), id="an address"),
        pytest.param(case("depth('/home/x')"), id="a place on a machine"),
        pytest.param(case("depth(1)", "1", setup=("sea = 1",) * 6), id="a long setup"),
        pytest.param(case(f"depth({'1' * 120})"), id="a long call"),
    ],
)
def test_an_unfit_call_is_no_test(bad: Case) -> None:
    assert not fit(bad, plain(""))


def test_a_none_of_which_the_call_speaks_may_stand_among_words() -> None:
    assert fit(case("depth(None)", "'Missing None.'"), plain(""))
    assert fit(case("depth(1)", "'Sea(low=None)'"), plain(""))


def test_an_error_that_the_function_itself_announces_is_no_slip() -> None:
    refused = replace(case("depth([])", checks=(("raises", "TypeError", "no depth"),)), origin="strange")
    announcing = node("def depth(sea, more=1):\n    raise TypeError('no depth')")
    assert (fit(refused, announcing), fit(refused, plain(""))) == (True, False)


def test_the_fewest_and_shortest_calls_notice_all_that_can_be_noticed() -> None:
    cases = [case("depth(1)", kills="a"), case("depth(2)", kills="a b"), case("depth(1234567)", kills="a b"),
             case("depth(3)", kills="c"), case("depth(4)", kills="")]  # fmt: skip
    assert [one.call for one in chosen(cases, plain)] == ["depth(2)", "depth(3)"]


def test_a_variable_that_nothing_uses_is_left_out() -> None:
    known = case("depth(sea)", setup=("sea = 1", "limit = sea", "box = [sea]"))
    assert chosen([known], plain)[0].setup == ("sea = 1",)


def test_of_what_a_call_shows_only_that_is_demanded_which_notices_something() -> None:
    checks = (("eq", "result.a", "sea"), ("eq", "result.b", "low"), ("eq", "result.c", "3"))
    imports = (("pier.a", "low"), ("pier.a", "depth"))
    shows = (frozenset[str](), frozenset("xy"), frozenset("y"))
    known = replace(case("depth(1)", checks=checks, kills="x y"), shows=shows, imports=imports)
    assert [(one.checks, one.imports) for one in chosen([known], plain)] == [(checks[1:2], imports)]
    other = replace(known, shows=(frozenset(), frozenset(), frozenset("y")))
    assert [(one.checks, one.imports) for one in chosen([other], plain)] == [(checks[2:], imports[1:])]


def test_a_call_of_which_less_need_be_demanded_is_easier_than_an_odd_one() -> None:
    both = replace(
        case("depth(1)", checks=(("eq", "result.a", "1"), ("eq", "result.b", "2")), kills="x y"),
        shows=(frozenset("x"), frozenset("y")),
    )
    odd = replace(case("depth([])", checks=(("eq", "result.a", "1"),), kills="x"), shows=(frozenset("x"),))
    more = replace(case("depth(2)", kills="y z v w"), shows=(frozenset("yzvw"),))
    assert [(one.call, one.checks[0][1]) for one in chosen([odd, both, more], plain)] == [
        ("depth(2)", "result"),
        ("depth(1)", "result.a"),
    ]


def test_an_error_is_demanded_before_what_it_holds() -> None:
    checks = (("raises", "Sunk", "too deep"), ("eq", "error.sea", "1"))
    known = replace(case("depth(1)", checks=checks, kills="x"), shows=(frozenset[str](), frozenset("x")))
    assert chosen([known], plain)[0].checks == checks


def test_input_that_a_function_does_not_speak_of_is_not_varied_into_a_test() -> None:
    known = node('def merge(items):\n    """Merge sorted items."""')
    unsorted = Case(f"{PIER}merge", "merge([2, 1])", origin="varied", checks=(("eq", "result", "[2, 1]"),))
    assert not fit(unsorted, known)
    assert fit(Case(f"{PIER}merge", "merge([1, 2])", origin="varied", checks=(("eq", "result", "[]"),)), known)


@pytest.mark.parametrize(
    ("text", "gives", "why"),
    [
        pytest.param("def f(a) -> int: ...", "str", "gives a str where int is annotated", id="another type"),
        pytest.param("def f(a) -> int | None: ...", "NoneType", "", id="one of a union"),
        pytest.param("def f(a) -> Thing: ...", "str", "", id="a type that is not known here"),
        pytest.param("def is_f(a): ...", "int", "gives a int where its name promises yes or no", id="a predicate"),
        pytest.param("def is_f(a): ...", "bool", "", id="an honest predicate"),
    ],
)
def test_what_contradicts_annotation_or_name_is_suspicious(text: str, gives: str, why: str) -> None:
    known = node(text)
    assert contradiction(case(f"{known.name}(1)", gives=gives), known) == why


@pytest.mark.parametrize(
    ("error", "call", "deliberate", "told"),
    [
        pytest.param("IndexError", "first([])", False, True, id="breaks on nothing"),
        pytest.param("IndexError", "first(7)", False, False, id="breaks on what nobody should give it"),
        pytest.param("RecursionError", "first(7)", False, True, id="never ends"),
        pytest.param("IndexError", "first([])", True, False, id="refuses it in words"),
        pytest.param("TypeError", "first([])", False, False, id="a type that it does not take"),
    ],
)
def test_a_possible_bug_is_a_note(error: str, call: str, *, deliberate: bool, told: bool) -> None:
    text = source("def first(items):\n    return items[0] + items[7]\n").text.replace("first", "summed")
    call = call.replace("first", "summed")
    raised = Raised(Case(f"{PIER}summed", call, origin="varied"), error, "out of range", deliberate)
    notes = possible_bugs(source(text), [raised], [])
    messages = [f"`{call}` raises {error}: out of range, which nothing about it announces"] if told else []
    assert [note.message for note in notes] == messages


# --- how they read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mutant", "told"),
    [
        pytest.param("pier/a.py:60: `>` → `>=`", "`>` changed to `>=` in a.py", id="short"),
        pytest.param("pier/__init__.py:6: `>` → `>=`", "`>` changed to `>=` in pier/__init__.py", id="a package"),
        pytest.param("a.py:6: `a > b` → `a < b` at column 4", "`a > b` changed to `a < b` in a.py", id="with a column"),
        pytest.param("a.py:6: `500 if weight_of_it > 5 else 300` → `499 if weight_of_it > 5 else 300`",
                     "`500` changed to `499` in a.py", id="long, where it differs"),
        pytest.param("a.py:6: `count_of(first_one) != LIMIT_OF` → `count_of(first_one) == LIMIT_OF`",
                     "a changed `count_of(first_one) != LIMIT_OF` in a.py", id="long, where a sign says little"),
        pytest.param(f"a.py:6: `{'deep or ' * 7}c and d` → `{'deep or ' * 7}c or d`",
                     "`and` changed to `or` in a.py", id="too long, an operator"),
        pytest.param("a.py:6: `(f'{count_of_fathoms:<06s}'[:6])` → `(f'{count_of_fathoms:<07s}'[:6])`",
                     "a changed `(f'{count_of_fathoms:<06s}'[:6])` in a.py", id="long, no part of it whole"),
        pytest.param("a.py:6: `is_deep(sea)` → `(not (is_deep(sea)))`", "a negated `is_deep(sea)` in a.py", id="not"),
        pytest.param("a.py:6: `raise Dry(sea)` → `pass`", "a missing `raise Dry(sea)` in a.py", id="nothing"),
        pytest.param(f"a.py:6: `return depth('{'sea ' * 9}')` → `return None`",
                     "`return depth(...)` changed to `return None` in a.py", id="a long call"),
        pytest.param(f"a.py:6: `raise Dry('{'sea ' * 9}…` → `raise Wet('{'sea ' * 9}…`",
                     "`raise Dry(...)` changed to `raise Wet(...)` in a.py", id="a raise that is cut"),
        pytest.param(f"harbours.py:6: `raise DryHarbourError('{'sea ' * 9}…` → `raise Exception('{'sea ' * 9}…`",
                     "another error than `DryHarbourError(...)` in harbours.py", id="a long raise that is cut"),
        pytest.param("the_depths_of_all_seas.py:6: `depth_of(3, 4)[1:]` → `depth_of(3, 4)[2:]`",
                     "`depth_of(3, 4)[1:]` changed to `depth_of(3, 4)[2:]`", id="no room for the place"),
        pytest.param(f"a.py:6: `{'sea ' * 9}and…` → `{'sea ' * 9}and all`", "a small fault in a.py", id="cut"),
        pytest.param('a.py:6: `"é"` → `""`', "a small fault in a.py", id="letters that a docstring may not hold"),
        pytest.param("a.py:6: `'{0.__dict__}'` → `''`", "a small fault in a.py", id="what a gate refuses"),
        pytest.param("a.py:6: `return f('{0.__dict__}')` → `return None`",
                     "`return f(...)` changed to `return None` in a.py", id="what a gate refuses is left out"),
    ],
)  # fmt: skip
def test_a_mutant_is_named_where_a_reader_can_find_it(mutant: str, told: str) -> None:
    assert told_of(mutant, 60) == told


@pytest.mark.parametrize(
    ("one", "name"),
    [
        pytest.param(case("depth([])", "[]"), "test_depth_of_empty_sea_is_empty", id="nothing"),
        pytest.param(case("depth(-1)", "-3"), "test_depth_of_negative_sea_is_minus_3", id="a negative number"),
        pytest.param(case("depth(7, more=False)", "'ab'"), "test_depth_with_more_false", id="no switch"),
        pytest.param(case("depth(7, more=None)", "'ab'"), "test_depth_with_more_none", id="none of it"),
        pytest.param(case("Box(1)", name="Box.__init__"), "test_box", id="a class"),
        pytest.param(case("depth(2)", "(1, 2)"), "test_depth", id="a pair"),
        pytest.param(case("box.empty()", name="Box.empty", setup=("box = Box()",), checks=(("eq", "dict(box)", "{}"),)),
                     "test_box_is_empty_after_empty", id="what is left is nothing"),
        pytest.param(case("depth('x')", checks=(("raises", "ValueError", "dry land"),)),
                     "test_depth_raises_value_error_dry_land", id="an error"),
        pytest.param(case("tides()", checks=(("eq", "list(itertools.islice(result, 2))", "['ebb', 'flow']"),)),
                     "test_depth_begins_with_ebb", id="the beginning of what never ends"),
        pytest.param(case("parted([2])", checks=(("eq", "list(result[1])", "[2]"),)), "test_depth", id="a part"),
        pytest.param(case("depth(shallowest_of_all=[1, 2], deepest_of_all=[3, 4, 5])", "[3, 4]"),
                     "test_depth_with_shallowest_of_all_and_deepest_of_all", id="given by name"),
        pytest.param(case("parted([2])", checks=(("eq", "[list(item) for item in result]", "[[2], []]"),)),
                     "test_depth", id="several iterators"),
    ],
)  # fmt: skip
def test_a_name_says_subject_condition_and_behaviour(one: Case, name: str) -> None:
    assert name_for(one, plain("")) == name


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        pytest.param("assert f(1) == 2", ["assert f(1) == 2"], id="short"),
        pytest.param("result = f(aaaaaaaaaaaa)", ["result = f(", "    aaaaaaaaaaaa", ")"], id="one argument"),
        pytest.param(
            "x = f('a, (b', [1, 2, 3, 4])", ["x = f(", "    'a, (b',", "    [1, 2, 3, 4],", ")"], id="a string"
        ),
        pytest.param("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"], id="nothing to open"),
    ],
)
def test_a_long_statement_is_folded_at_its_last_bracket(line: str, lines: list[str]) -> None:
    assert folded(line, 20) == lines


def test_calls_of_one_shape_share_a_table() -> None:
    cases = [case("depth(1, 2)", "3", kills="a"), case("depth(4, 2)", "6", kills="b"), case("depth('x')", kills="c")]
    table, alone = grouped(cases, plain, ())
    assert (table.columns, table.call) == (("sea",), "depth(sea, 2)")
    assert table.rows == (Row(("1",), "3", "1"), Row(("4",), "6", "4"))
    assert (alone.name, alone.rows) == ("test_depth_of_str_is_1", ())


def test_a_table_of_calls_with_many_arguments_shows_each_that_differs() -> None:
    head = ", ".join("0" * 11)
    cases = [case(f"depth({head}, {at}, low={at + 1})", kills=str(at)) for at in (2, 4)]
    (table,) = grouped(cases, lambda _: node("def depth(*waves, low=0): ..."), ())
    assert (table.columns, table.call) == (("wave_12", "low"), f"depth({head}, wave_12, low=low)")
    assert [row.values for row in table.rows] == [("2", "3"), ("4", "5")]


def test_calls_share_a_table_however_they_reach_their_function() -> None:
    cases = [
        replace(case("depth(4)", kills="a"), imports=(("pier.a", "depth"),)),
        replace(case("pier.a.depth(7)", "2", kills="b"), imports=(("pier.a", ""),)),
        replace(case("box.depth(8)", "3", kills="c"), imports=(("pier.a", "box"),)),
    ]
    made = [(one.call or one.cases[0].call, [row.values for row in one.rows]) for one in grouped(cases, plain, ())]
    assert made == [("depth(sea)", [("4",), ("7",)]), ("box.depth(8)", [])]


def test_what_is_tested_itself_is_no_value_for_a_table() -> None:
    cases = [case("list(Sea(1))", kills="a"), case("list(Sea(2))", "2", kills="b")]
    assert [one.rows for one in grouped(cases, lambda _: node("def __iter__(self): ..."), ())] == [(), ()]


def test_no_name_is_taken_twice() -> None:
    cases = [case("depth('x')", kills="a"), case("depth('y', more=3)", "2", kills="b")]
    assert [one.name for one in grouped(cases, plain, ["test_depth"])] == [
        "test_depth_of_str_is_1",
        "test_depth_with_more_3_is_2",
    ]


MUTANT = "pier/a.py:6: `>` → `>=`"
SEVERAL = case("f(2)", checks=(("is", "result.a", "None"), ("eq", "result.b", "2")), kills=MUTANT.replace(" ", "_"))


def test_checks_of_an_object_stand_below_its_making() -> None:
    text = block([Written("test_f", (SEVERAL,))], Place("t.py", None, in_classes=False, bound={}), 88, "A")
    assert text.splitlines()[-3:] == ["    result = f(2)", "    assert result.a is None", "    assert result.b == 2"]


SUNK = case("f(2)", checks=(("raises", "Sunk", "too deep"), ("eq", "error.sea", "1")), kills=MUTANT.replace(" ", "_"))


@pytest.mark.parametrize(
    ("in_classes", "lines"),
    [
        pytest.param(
            False,
            [
                "    with pytest.raises(Sunk, match='too deep') as caught:",
                "        f(2)",
                "    assert caught.value.sea == 1",
            ],
            id="functions",
        ),
        pytest.param(
            True,
            [
                "        with self.assertRaisesRegex(Sunk, 'too deep') as caught:",
                "            f(2)",
                "        self.assertEqual(caught.exception.sea, 1)",
            ],
            id="classes",
        ),
    ],
)
def test_what_an_error_holds_is_demanded_below_it(in_classes: bool, lines: list[str]) -> None:
    text = block([Written("test_f", (SUNK,))], Place("t.py", None, in_classes=in_classes, bound={}), 88, "A")
    assert text.splitlines()[-3:] == lines


def test_a_class_gets_methods_with_subtests() -> None:
    cases = [case("depth(1, 2)", "3", kills="a"), case("depth(4, 2)", "6", kills="b")]
    text = block(grouped(cases, plain, ()), Place("t.py", None, in_classes=True, bound={"AEdgesTest": None}), 88, "A")
    assert text.splitlines()[0] == "class AEdges2Test(unittest.TestCase):"
    assert text.splitlines()[-6:] == [
        "        for sea, expected in (",
        "            (1, 3),",
        "            (4, 6),",
        "        ):",
        "            with self.subTest(sea=sea):",
        "                self.assertEqual(depth(sea, 2), expected)",
    ]


def test_a_class_demands_by_the_assertions_of_unittest() -> None:
    checks = (("is", "result.a", "None"), ("is", "result.b", "True"), ("approx", "result.c", "0.5"))
    one = case("f(2)", checks=checks, kills=MUTANT.replace(" ", "_"))
    text = block([Written("test_f", (one,))], Place("t.py", None, in_classes=True, bound={}), 88, "A")
    assert text.splitlines()[-4:] == [
        "        result = f(2)",
        "        self.assertIsNone(result.a)",
        "        self.assertIs(result.b, True)",
        "        self.assertAlmostEqual(result.c, 0.5)",
    ]


def test_a_project_that_annotates_its_tests_gets_annotated_ones() -> None:
    rows = (Row(("1", "['a']"), "None", "a"), Row(("2", "[]"), "(1, 2)", "b"))
    cases = (case("f(1, ['a'])", kills="a"), case("f(2, [])", kills="b"))
    test = Written("test_f", cases, ("sea", "more"), rows, "f(sea, more)")
    text = block([test], Place("t.py", None, in_classes=False, bound={}, annotated=True), 120, "A")
    line = "def test_f(sea: int, more: list[str], expected: tuple[int, ...] | None) -> None:"
    assert line in text.splitlines()


def test_strings_get_the_quotes_of_the_file() -> None:
    assert requoted("a = ['b', 'c\"d', \"e'f\", b'g']\n", '"') == 'a = ["b", \'c"d\', "e\'f", b"g"]\n'
    assert requoted("a = [r'\\(b', '\\n']\n", '"') == 'a = [r"\\(b", "\\n"]\n'
    assert requoted("a = '\\'b\\' \"c\"'\n", '"') == 'a = "\'b\' \\"c\\""\n'  # as many backslashes


def test_a_pattern_with_brackets_is_a_raw_string() -> None:
    refused = case("f(2)", checks=(("raises", "ValueError", r"is no \(deep\) sea"),), kills=MUTANT.replace(" ", "_"))
    text = block([Written("test_f", (refused,))], Place("t.py", None, in_classes=False, bound={}), 88, "A")
    assert text.splitlines()[-2:] == [
        r"    with pytest.raises(ValueError, match=r'is no \(deep\) sea'):",
        "        f(2)",
    ]


# --- where they go ------------------------------------------------------------------------------------------------

BEFORE = '"""Tests."""\n\nfrom pier.a import other\n\n\ndef test_other():\n    assert other() == 1\n'
ERROR = Case(f"{PIER}depth", "depth('x')", (("pier.a", "depth"),), checks=(("raises", "ValueError", "dry land"),),
             kills=frozenset({MUTANT}))  # fmt: skip
FRESH = '''

def test_dry():
    """Catch `>` changed to `>=` in a.py."""
    with pytest.raises(ValueError, match="dry land"):
        depth("x")
'''
STDLIB = frozenset({"os"})


def place_of(text: str, path: str = "tests/test_a.py") -> Place:
    found = place_for("pier/a.py", [source(text, path)], Recording({}, {}, {}, {}, RECEIPT))
    assert found is not None
    return found


def test_a_file_keeps_all_that_it_had() -> None:
    made = assembled([Written("test_dry", (ERROR,))], place_of(BEFORE + "# x" * 29 + "\n"), "A", STDLIB)
    assert made is not None
    head = BEFORE.replace("from pier.a import other\n", "import pytest\n\nfrom pier.a import depth, other\n")
    assert made.decode() == head + "# x" * 29 + "\n" + FRESH


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import sys\n\nfrom pier.a import other\n", "import os\nimport sys\n\nfrom pier.a import other\n"),
        (
            "from os import sep\n\nimport pytest\n\nfrom pier.a import other\n",
            "import os\nfrom os import sep\n\nimport pytest\n\nfrom pier.a import other\n",
        ),
        ("import sys\nimport re\n\nimport pier.a\n", "import sys\nimport re\nimport os\n\nimport pier.a\n"),
        (
            "from __future__ import annotations\n\nimport pytest\nimport pier.a\n",
            "from __future__ import annotations\n\nimport os\n\nimport pytest\nimport pier.a\n",
        ),
    ],
    ids=["before a later one", "a module before its names", "last where there is no order", "a group of its own"],
)
def test_an_import_of_the_standard_library_stands_among_its_like(before: str, after: str) -> None:
    rest = "\n\ndef test_other():\n    assert True\n"
    one = replace(case("vars(os)", kills=MUTANT.replace(" ", "_")), imports=(("os", ""),))
    stdlib = frozenset({"os", "sys", "re"})
    text = (assembled([Written("test_f", (one,))], place_of(before + rest), "A", stdlib) or b"").decode()
    assert text.partition("\n\n\n")[0] + "\n" == after


def test_an_import_stands_in_the_order_of_its_package() -> None:
    place = place_of("from pier.a import depth\nfrom pier.c import low\n\n\ndef test_dry():\n    assert depth(low)\n")
    one = replace(case("Sunk(1)", kills=MUTANT.replace(" ", "_")), imports=(("pier.b", "Sunk"),))
    text = (assembled([Written("test_f", (one,))], place, "A", frozenset()) or b"").decode()
    assert text.splitlines()[:3] == ["from pier.a import depth", "from pier.b import Sunk", "from pier.c import low"]
    beside = place_of("import pier.a\n\nfrom . import sea\n\n\ndef test_dry():\n    assert sea\n")
    text = (assembled([Written("test_f", (one,))], beside, "A", frozenset()) or b"").decode()
    assert text.splitlines()[:4] == ["import pier.a", "from pier.b import Sunk", "", "from . import sea"]
    apart = place_of("from pier.b import Low\nfrom pier.b import Tide\n\n\ndef test_dry():\n    assert Low(Tide)\n")
    text = (assembled([Written("test_f", (one,))], apart, "A", frozenset()) or b"").decode()
    assert [line.split()[-1] for line in text.splitlines()[:3]] == ["Low", "Sunk", "Tide"]


def test_an_import_comes_after_one_in_brackets_of_its_package() -> None:
    before = "from pier import (\n    low,\n)\nfrom sea import tide\n\n\ndef test_dry():\n    assert low(tide)\n"
    one = replace(case("Sunk(1)", kills=MUTANT.replace(" ", "_")), imports=(("pier.b", "Sunk"),))
    made = (assembled([Written("test_f", (one,))], place_of(before), "A", frozenset()) or b"").decode()
    assert made.startswith(before.replace("from sea", "from pier.b import Sunk\nfrom sea"))


def test_what_runs_the_file_as_a_script_stays_last() -> None:
    script = '\n\nif __name__ == "__main__":\n    test_other()\n'
    made = assembled([Written("test_dry", (ERROR,))], place_of(f"{BEFORE}{'# x' * 29}\n{script}"), "A", STDLIB)
    assert made is not None
    assert made.decode().endswith(FRESH + script)


def test_other_newlines_stay() -> None:
    made = assembled(
        [Written("test_dry", (ERROR,))], place_of(f"{BEFORE}{'# x' * 29}\n".replace("\n", "\r\n")), "A", STDLIB
    )
    assert made is not None
    assert made.count(b"\n") == made.count(b"\r\n")


def test_many_imports_of_one_module_stand_in_brackets() -> None:
    names = [f"depth_of_the_sea_{number}" for number in range(5)]
    tests = [
        Written(
            f"test_{name}",
            (
                Case(
                    f"{PIER}{name}",
                    f"{name}(1)",
                    (("pier.a", name),),
                    checks=(("eq", "result", "1"),),
                    kills=frozenset({MUTANT}),
                ),
            ),
        )
        for name in names
    ]
    made = assembled(tests, place_of(BEFORE + "# x" * 29 + "\n"), "A", STDLIB)
    assert made is not None
    listed = "".join(f"    {name},\n" for name in names)
    assert f"from pier.a import (\n{listed}    other,\n)\n\n\ndef test_other" in made.decode()


@pytest.mark.parametrize(
    ("path", "tests", "expected"),
    [
        pytest.param("pier/a.py", ["tests/test_a.py", "tests/test_b.py"], "tests/test_a.py", id="by its name"),
        pytest.param("pier/_a.py", ["tests/test_a.py"], "tests/test_a.py", id="a private module by its name"),
        pytest.param("pier/__init__.py", ["tests/test_pier.py"], "tests/test_pier.py", id="a package by its name"),
        pytest.param("pier/c.py", ["tests/test_b.py"], "tests/test_c.py", id="a new one beside the others"),
    ],
)
def test_new_tests_go_where_the_project_would_put_them(path: str, tests: list[str], expected: str) -> None:
    place = place_for(path, [source("def test_x(): ...\n", one) for one in tests], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == expected


@pytest.mark.parametrize(
    ("prelude", "imports", "fits"),
    [
        pytest.param(("LIMIT = 3",), (), True, id="the file defines what the call's own file does"),
        pytest.param(("LIMIT = 4",), (), False, id="it defines something else under that name"),
        pytest.param((), (("pier", "other"),), True, id="it imports the name from the same package"),
        pytest.param((), (("test_a", "LIMIT"),), True, id="the name is its own"),
        pytest.param((), (("sea", "other"),), False, id="it imports the name from elsewhere"),
        pytest.param((), (("pier.a", "LIMIT"),), False, id="it defines what would be imported"),
    ],
)
def test_a_call_goes_only_where_its_names_mean_the_same(
    prelude: tuple[str, ...], imports: tuple[tuple[str, ...], ...], *, fits: bool
) -> None:
    place = place_of(BEFORE.replace("\n\n\ndef", "\n\nLIMIT = 3\n\n\ndef") + "# x" * 29 + "\n")
    used = "".join(f", {one[1]}" for one in imports)
    one = replace(case(f"depth(1{used})", kills=MUTANT), prelude=prelude, imports=imports)
    found = Exploration((one,), (), {}, RECEIPT)
    weak = Weak(source(SEA), (), MutationRun({}, (), {}, RECEIPT))
    tests, dropped = writable(weak, found.cases, place)
    assert (len(tests), dropped["needs another test file"]) == ((1, 0) if fits else (0, 1))


PARTS = {
    "tests/test_tide.py": "from pier import Tide\n\n\ndef test_x(): ...\n",
    "tests/test_shared.py": "from pier import Ebb, Tide\n\n\ndef test_x(): ...\n",
}


@pytest.mark.parametrize(
    ("owner", "expected", "about"),
    [
        pytest.param("Tide", "tests/test_tide.py", "Tide", id="named after the class"),
        pytest.param("Ebb", "tests/test_shared.py", "Ebb", id="the one that runs it"),
        pytest.param("Flood", "tests/test_pier.py", "", id="nobody speaks of it"),
        pytest.param("", "tests/test_pier.py", "", id="no class"),
    ],
)
def test_a_class_may_have_a_test_file_of_its_own(owner: str, expected: str, about: str) -> None:
    tests = [source(text, path) for path, text in PARTS.items()]
    ids = tuple(f"{path}::test_x" for path in PARTS)
    impact = {f"pier/__init__.py::{name}.f": ids for name in ("Tide", "Flood")}
    impact["pier/__init__.py::Ebb.f"] = ("tests/test_shared.py::test_x",)
    place = place_for("pier/__init__.py", tests, Recording(impact, {}, {}, {}, RECEIPT), owner)
    assert place is not None
    assert (place.path, place.about) == (expected, about)


def test_tests_of_two_files_do_not_notice_the_same_mutant() -> None:
    text = "class Tide:\n    def f(self):\n        return 1\n\n\nclass Ebb(Tide):\n    def g(self):\n        return 2\n"
    product = source(text, "pier.py")
    tests = [source(text.replace("x()", f"{at}()"), path) for at, (path, text) in enumerate(PARTS.items())]
    first, second = (mutants_of(product, [name], 9)[0].name for name in ("Tide.f", "Ebb.g"))
    wanted = {"Tide.f": frozenset({first}), "Ebb.g": frozenset({first, second})}
    ids = dict(zip(("pier.py::Tide.f", "pier.py::Ebb.g"), ((f"{path}::test_x",) for path in PARTS), strict=True))
    cases = tuple(
        replace(case(f"{name.replace('.', '().')}()"), function=f"pier.py::{name}", kills=kills, shows=(kills,),
                imports=(("pier", name.partition(".")[0]),))
        for name, kills in wanted.items()
    )  # fmt: skip
    fake = FakeExperiments(
        recorded=Recording(ids, {}, dict.fromkeys(ids, (b"",)), {}, RECEIPT),
        explored=Exploration(cases, (), {}, RECEIPT),
        mutated=MutationRun({}, (first, second), {}, RECEIPT),
    )
    ground = Ground({"pier.py": File(product.data)}, LAYOUT, PACKAGED, fake, {"pier.py": product}, tests)
    drafts = draft_tests(ground, "pier.py", 9)
    assert [(one.place and one.place.path, [test.kills for test in one.tests]) for one in drafts] == [
        ("tests/test_shared.py", [frozenset({first, second})]),
        ("tests/test_tide.py", []),
    ]


def gauged(call: str) -> Outcome:
    """Return what comes of a file whose one function is tried by way of another file's."""
    hidden = source("def scaled(sea):\n    return sea * 3\n", "pier/_gauge.py")
    weigh = source("from pier._gauge import scaled\n\n\ndef weigh(sea):\n    return scaled(sea)\n", "pier/b.py")
    name = mutants_of(hidden, ["scaled"], 9)[0].name
    one = Case("pier/b.py::weigh", call, (("pier.b", "weigh"),), checks=(("eq", "result", "6"),),
               kills=frozenset({name}), shows=(frozenset({name}),))  # fmt: skip
    fake = FakeExperiments(
        explored=Exploration((one,), (Raised(one, "RecursionError", "deep", deliberate=False),), {}, RECEIPT),
        repeated=Repetition(1, (), {}, RECEIPT),
        mutated=MutationRun({name: "tests/test_b.py::test_weigh"}, (), {}, RECEIPT),
    )
    sources = {one.path: one for one in (hidden, weigh)}
    fake.recorded = Recording({"pier/b.py::weigh": ("tests/test_b.py::test_x",)}, {}, {}, {}, RECEIPT)
    tests = [source("def test_x():\n    assert True\n", f"tests/test_{stem}.py") for stem in ("b", "gauge")]
    return write_tests(Ground({}, LAYOUT, PACKAGED, fake, sources, tests), "pier/_gauge.py", 9)


def test_a_test_of_another_file_stands_where_that_file_has_its_tests() -> None:
    outcome = gauged("weigh(2)")
    assert outcome.proposal is not None
    assert [(one.path, one.symbol) for one in outcome.proposal.findings] == [("pier/b.py", "weigh")]
    assert outcome.proposal.change.paths == ("tests/test_b.py",)
    assert outcome.notes == ()  # they are told where that file is looked at
    assert outcome.withheld == 0


def test_a_test_that_is_hard_to_read_is_counted_and_not_proposed() -> None:
    outcome = gauged(f"weigh('{'é ' * 20}')")
    assert (outcome.proposal, outcome.withheld) == (None, 1)
