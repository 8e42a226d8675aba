"""Tests that are alike but for what they call share a table."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from improver.experiments import Case, Exploration, Mutant, MutationRun, Recording, Repetition
from improver.records import File
from improver.writing.drafting import Drafted
from improver.writing.layout.families import joined
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.rendering import block, kinds
from improver.writing.placing import Place, place_for
from improver.writing.targets import Ground, Weak
from improver.writing.writer import proved
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import PIER, RECEIPT, plain, source
from tests.improver.judging import PACKAGED

EQ = "eq"


def alone(name: str, call: str, subject: str = "result", wanted: str = "1", kind: str = EQ) -> Written:
    case = Case(f"{PIER}{name}", call, (("pier.a", name),), checks=((kind, subject, wanted),), kills=frozenset({name}))
    return Written(f"test_{name.lower()}", (case,))


def tables(tests: Sequence[Written]) -> list[Written]:
    return [one for one in joined(tests, plain, (), lambda _: True) if one.rows]


ERRORS = [
    alone(f"{name}Error", f"{name}Error(1, int('0'))", "str(result)", f"'{name}'") for name in ("Ebb", "Tide", "Low")
]
CACHES = [alone(f"{name}_cache", f"{name}_cache()(len).limits()", wanted="{'a': 1}") for name in ("lru", "lfu", "rr")]
REFUSED = [alone(name, f"{name}(-1)", "ValueError", "too low", "raises") for name in ("ebb", "tide", "low")]


def test_errors_that_say_different_things_share_a_table() -> None:
    (table,) = tables(ERRORS)
    assert (table.name, table.columns, table.call) == ("test_str_of_errors", ("error",), "error(1, int('0'))")
    assert table.rows[0] == Row(("EbbError",), "'Ebb'", "EbbError")
    assert table.kills == {"EbbError", "TideError", "LowError"}
    text = block([table], Place("t.py", None, in_classes=False, bound={}, annotated=True), 88, "A")
    assert text.splitlines()[:8] == [
        "@pytest.mark.parametrize(",
        "    ('error', 'expected'),",
        "    [",
        "        pytest.param(EbbError, 'Ebb', id='EbbError'),",
        "        pytest.param(LowError, 'Low', id='LowError'),",
        "        pytest.param(TideError, 'Tide', id='TideError'),",
        "    ],",
        ")",
    ]
    assert "def test_str_of_errors(error: type, expected: str) -> None:" in text
    assert text.endswith("    assert str(error(1, int('0'))) == expected\n")


def test_what_comes_of_all_is_no_column() -> None:
    (table,) = tables(CACHES)
    assert (table.name, table.heads) == ("test_limits_of_caches", ("cache",))
    text = block([table], Place("t.py", None, in_classes=False, bound={}), 88, "A")
    assert text.splitlines()[0] == "@pytest.mark.parametrize('cache', [lfu_cache, lru_cache, rr_cache])"
    assert text.endswith("    assert cache()(len).limits() == {'a': 1}\n")
    methods = block([table], Place("t.py", None, in_classes=True, bound={}), 88, "A").splitlines()
    assert methods[-7:] == [
        "        for cache in (",
        "            lfu_cache,",
        "            lru_cache,",
        "            rr_cache,",
        "        ):",
        "            with self.subTest(cache=cache):",
        "                self.assertEqual(cache()(len).limits(), {'a': 1})",
    ]
    assert kinds(table) == ["Callable[..., Any]"]


def test_an_error_that_all_raise_is_demanded_of_each() -> None:
    (table,) = tables(REFUSED)
    assert (table.name, table.columns) == ("test_functions_raise_value_error", ("function",))
    text = block([table], Place("t.py", None, in_classes=False, bound={}), 88, "A")
    assert text.endswith("    with pytest.raises(ValueError, match='too low'):\n        function(-1)\n")


def test_plain_arguments_that_differ_are_columns() -> None:
    tests = [
        alone(f"{name}_tide", f"{name}_tide({at})", wanted=str(at)) for at, name in enumerate(("ebb", "low", "in"))
    ]
    (table,) = tables(tests)
    assert (table.name, table.columns, table.call) == ("test_tides", ("tide", "sea"), "tide(sea)")
    assert table.rows[0] == Row(("ebb_tide", "0"), "0", "ebb_tide")


SAME = [alone(name, f"{name}(1.5)", wanted=wanted) for name, wanted in (("ceil", "2"), ("floor", "1"), ("cut", "1"))]


def test_functions_of_any_name_that_are_given_the_same_share_a_table() -> None:
    (table,) = tables(SAME)
    assert (table.name, table.columns) == ("test_ceil_and_cut_and_floor", ("function",))


@pytest.mark.parametrize(
    "tests",
    [
        pytest.param(ERRORS[:2], id="two"),
        pytest.param([*SAME[:2], alone("cut", "cut(2.5)")], id="functions of any name, given different things"),
        pytest.param([*SAME[:2], alone("cut", "cut(1.5)", wanted="'1'")], id="that give different kinds of things"),
        pytest.param([*CACHES[:2], alone("rr_cache", "rr_cache(typed=1)(len).limits()")], id="another keyword"),
        pytest.param([*ERRORS[:2], alone("LowError", "LowError(1)", "str(result)")], id="one argument less"),
        pytest.param(
            [*ERRORS[:2], alone("LowError", "LowError(1, int('0'))", "repr(result)")], id="looked at otherwise"
        ),
        pytest.param([*REFUSED[:2], alone("low", "low(-1)", "KeyError", "too low", "raises")], id="another error"),
        pytest.param([*ERRORS[:2], alone("LowError", "LowError(1, int('1'))", "str(result)")], id="another inner call"),
        pytest.param(
            [replace(one, cases=(replace(one.cases[0], setup=("a = 1",)),)) for one in ERRORS], id="what comes before"
        ),
        pytest.param([alone("f", f"f({at}).a()", wanted=str(at)) for at in range(3)], id="one function"),
        pytest.param([alone(name, f"{name}({name})") for name in ("f", "g", "h")], id="what is called is given too"),
    ],
)
def test_others_stand_alone(tests: list[Written]) -> None:
    assert tables(tests) == []


def test_a_table_that_does_not_fit_is_none() -> None:
    assert joined(ERRORS, plain, (), lambda _: False) == sorted(ERRORS, key=lambda one: one.name)


def test_many_make_several_tables_of_one_size() -> None:
    tests = [alone(f"A{letter}Error", f"A{letter}Error(1)") for letter in "BCDEFGHIJKLMN"]
    assert [(one.name, len(one.rows)) for one in tables(tests)] == [("test_errors", 7), ("test_errors_2", 6)]


def test_a_column_has_no_name_that_a_row_uses() -> None:
    tests = [alone(name, f"{name}(1)") for name in ("cache", "low_cache", "ebb_cache")]
    assert [(one.name, one.columns) for one in tables(tests)] == [("test_caches", ("function",))]


def test_a_table_of_which_one_row_is_of_use_is_no_table() -> None:
    (table,) = tables(CACHES)
    names = [f"pier/a.py:{at}: `1` → `2`" for at in range(3)]
    cases = tuple(replace(one, kills=frozenset({name})) for one, name in zip(table.cases, names, strict=True))
    test = replace(table, cases=cases)
    product = source("def f(a):\n    return 1\n")
    mutants = tuple(Mutant(name, "pier/a.py", 1, f"{PIER}f", b"") for name in names)
    fake = FakeExperiments(
        repeated=Repetition(1, (), {}, RECEIPT),
        mutated=MutationRun({names[1]: f"tests/test_a.py::{test.name}[lru_cache]"}, (names[0], names[2]), {}, RECEIPT),
    )
    ground = Ground({"pier/a.py": File(product.data)}, LAYOUT, PACKAGED, fake, {"pier/a.py": product}, [])
    place = place_for("pier/a.py", [source("import pytest\n", "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    weak = Weak(product, mutants, MutationRun({}, tuple(names), {}, RECEIPT))
    (kept,) = proved(ground, Drafted(weak, Exploration((), (), {}, RECEIPT), place, (test,)), [test])
    assert (kept.rows, [one.call for one in kept.cases]) == ((), ["lru_cache()(len).limits()"])
