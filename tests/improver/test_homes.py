"""The class of a test file that new tests join."""

import re
from dataclasses import replace

import pytest

from improver.experiments import Case, Exploration, MutationRun, Recording
from improver.writing.drafting import Drafted, writable
from improver.writing.layout.assembling import assembled, room_for
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.homes import base_of, home_of, without_lone
from improver.writing.placing import Place, place_for
from improver.writing.targets import Weak
from improver.writing.words.wording import mended
from improver.writing.writer import node_id
from tests.improver.calls import PIER, RECEIPT, SEA, source

HEAD = "import unittest\n\nfrom pier.a import Box, SeaMixin, depth\n\nLONG = 1  # " + "x " * 45 + "\n\n\n"
CASE = "class BoxTest(unittest.TestCase):\n    def test_x(self):\n        assert Box\n"
IMPORT, PYTEST = "import unittest\n\n", "import pytest\n\n"
OTHERWISE = "def f():\n    pass\n\n\n" + CASE.replace("    def test_x", "  def test_x")
PLAIN = "class TestBox:\n    def test_x(self):\n        assert Box\n"


def place_of(text: str, path: str = "tests/test_a.py") -> Place:
    found = place_for("pier/a.py", [source(text, path)], Recording({}, {}, {}, {}, RECEIPT))
    assert found is not None
    return found


def about(name: str, call: str = "Box([2]).total()", way: str = "", asks: tuple[str, ...] = ()) -> Written:
    call = "depth(2)" if name == "depth" else call
    checks, kills = (("eq", "result", "2"),), frozenset({"m"})
    imports = (("pier.a", call.partition("(")[0]),)
    return Written(
        "test_box_total", (Case(PIER + name, call, imports, checks=checks, kills=kills, way=way, asks=asks),)
    )


TOTAL = about("Box.total")
SETUP = "\n    def setUp(self):\n        "
DEEP = CASE.replace("BoxTest", "DeepDepthTest").replace("assert Box", "assert depth(1)")
SEVERAL = f"{DEEP.replace('DeepDepth', 'Sea')}\n    def test_y(self):\n        assert depth(1)\n\n\n{CASE}"


@pytest.mark.parametrize(
    ("text", "test", "home"),
    [
        pytest.param(CASE, TOTAL, "BoxTest", id="a class of unittest"),
        pytest.param(PLAIN, TOTAL, "TestBox", id="a plain class"),
        pytest.param(PLAIN.replace("TestBox", "TestDepth"), about("depth"), "TestDepth", id="a function"),
        pytest.param(CASE.replace(".TestCase", ".TestCase, SeaMixin"), TOTAL, "BoxTest", id="a mixin"),
        pytest.param(CASE, about("Box.total", "Chest([2]).total()"), "", id="a child of what it is about"),
        pytest.param(CASE.replace("BoxTest", "LowBoxTest"), TOTAL, "", id="another class whose name ends so"),
        pytest.param(CASE.replace("unittest.TestCase", "Sea"), TOTAL, "", id="a parent from elsewhere"),
        pytest.param(f"{CASE}{SETUP}self.box = Box(1)\n", TOTAL, "BoxTest", id="it makes objects"),
        pytest.param(f"{CASE}{SETUP}super().setUp()\n        self.box = 1\n", TOTAL, "BoxTest", id="its parent's too"),
        pytest.param(f"{CASE}{SETUP}super(BoxTest, self).setUp()\n", TOTAL, "BoxTest", id="as of old"),
        pytest.param(f"{CASE}{SETUP}super().setUpClass()\n", TOTAL, "", id="another of its parent's"),
        pytest.param(f"{CASE}{SETUP}self.box = 1\n        dry()\n", TOTAL, "", id="it does more"),
        pytest.param(f"{CASE}{SETUP}Box.deep = 1\n", TOTAL, "", id="it changes a class"),
        pytest.param(f"{CASE}\n    def tearDown(self):\n        self.box = 1\n", TOTAL, "", id="done after it"),
        pytest.param(f"{PLAIN}\n    @pytest.fixture\n    def box(self): ...\n", TOTAL, "", id="a fixture"),
        pytest.param(f"{PLAIN}\n    pytestmark = 1\n", TOTAL, "", id="marks inside"),
        pytest.param(f"@pytest.mark.slow\n{PLAIN}", TOTAL, "", id="a mark"),
        pytest.param(f"class Sea:\n    def setup(self): ...\n\n\n{PLAIN.replace('Box:', 'Box(Sea):')}", TOTAL, "",
                     id="a parent that prepares something"),
        pytest.param(f"{PLAIN}\n\nclass TestDeepBox(TestBox):\n    pass\n", TOTAL, "", id="others inherit its tests"),
        pytest.param(PLAIN.replace("test_x", "test_box_total"), TOTAL, "", id="a test of that name"),
        pytest.param(f"{PLAIN}\n\n{CASE}", TOTAL, "", id="two of them"),
        pytest.param(PLAIN.replace("test_x", "other"), TOTAL, "", id="a class without tests"),
        pytest.param(OTHERWISE, TOTAL, "", id="methods that stand elsewhere"),
        pytest.param(CASE, about("Box.total", asks=("sea",)), "", id="a fixture that unittest does not know"),
        pytest.param(CASE, about("Box.total", asks=("tmp_path",)), "BoxTest", id="a folder"),
        pytest.param(CASE, about("Box.total", way="coroutine"), "", id="a coroutine that it does not run"),
        pytest.param(CASE.replace("BoxTest", "AllOfATest").replace("assert Box", "assert depth(1)"),
                     about("depth"), "AllOfATest", id="the only class, which speaks of the function"),
        pytest.param(CASE.replace("BoxTest", "AllOfATest"), about("depth"), "", id="the only class, which does not"),
        pytest.param(CASE.replace("BoxTest", "SeaTest").replace("assert Box", "assert depth(1)"),
                     about("depth"), "", id="the only class, of another name"),
        pytest.param(CASE.replace("BoxTest", "ATest"), TOTAL, "ATest", id="the only class, whose name is the file's"),
        pytest.param(CASE, about("BigBox.total", "BigBox([2]).total()"), "", id="the only class, of another one"),
        pytest.param(f"{DEEP}\n\n{CASE}", about("depth"), "DeepDepthTest", id="most of whose tests speak of it"),
        pytest.param(f"{DEEP}\n    def test_y(self): ...\n\n\n{CASE}", about("depth"), "", id="half of them do"),
        pytest.param(f"{DEEP}\n\n{CASE}\n\ndef test_z(): ...\n", about("depth"), "", id="functions stand beside"),
        pytest.param(f"{DEEP}\n\n{DEEP.replace('Deep', 'Low')}", about("depth"), "", id="so do those of another"),
        pytest.param(SEVERAL, about("depth"), "SeaTest", id="of another name, but several of its tests do"),
        pytest.param(SEVERAL.replace("depth(1)", "Box").replace("BoxTest", "PortTest"), TOTAL, "",
                     id="several speak of a class"),
    ],
)  # fmt: skip
def test_a_test_joins_the_class_that_is_about_the_same(text: str, test: Written, home: str) -> None:
    found = home_of(test, place_of(HEAD + text))
    assert (found.name if found else "") == home


@pytest.mark.parametrize(
    ("text", "homes", "home"),
    [
        pytest.param(CASE, {f"{PIER}depth": "BoxTest"}, "BoxTest", id="where most of its tests ran"),
        pytest.param(CASE, {f"{PIER}tide": "BoxTest"}, "", id="another function"),
        pytest.param(CASE, {f"{PIER}depth": "SeaTest"}, "", id="a class that is not there"),
        pytest.param(f"{CASE}\n\ndef test_z(): ...\n", {f"{PIER}depth": "BoxTest"}, "", id="functions stand beside"),
    ],
)
def test_a_test_joins_the_class_whose_tests_run_the_same_where_none_is_about_it(
    text: str, homes: dict[str, str], home: str
) -> None:
    found = home_of(about("depth"), replace(place_of(HEAD + text), homes=homes))
    assert (found.name if found else "") == home


def test_a_class_takes_a_test_that_comes_from_what_a_new_one_would() -> None:
    text = f"from pier.a import Box\nfrom .calm import SeaCase\n\n\n{CASE.replace('unittest.TestCase', 'SeaCase')}"
    place = replace(place_of(text, "pier/tests/test_a.py"), in_classes=True)
    whole = (assembled([TOTAL], place, "A", frozenset()) or b"").decode()
    assert whole.endswith(
        f"assert Box\n\n    def test_box_total(self):\n    {NEW}        self.assertEqual(Box([2]).total(), 2)\n"
    )
    assert home_of(TOTAL, replace(place, in_classes=False)) is None
    assert home_of(about("Box.total", way="coroutine"), place) is None


@pytest.mark.parametrize(
    ("head", "base", "made"),
    [
        pytest.param("from .calm import SeaCase", "SeaCase", "SeaCase", id="of the project's own"),
        pytest.param("from . import calm", "calm.SeaCase", "calm.SeaCase", id="through a module"),
        pytest.param("from unittest import TestCase", "TestCase", "TestCase", id="unittest's own by its name"),
        pytest.param("import unittest", "unittest.TestCase", "unittest.TestCase", id="unittest's own"),
        pytest.param("from .calm import SeaCase", "SeaCase, Mixin", "unittest.TestCase", id="several"),
        pytest.param("class SeaCase(unittest.TestCase): pass", "SeaCase", "unittest.TestCase", id="one that is there"),
        pytest.param(
            "from unittest import IsolatedAsyncioTestCase", "IsolatedAsyncioTestCase", "TestCase", id="a loop"
        ),
    ],
)
def test_a_new_class_comes_from_what_the_others_do(head: str, base: str, made: str) -> None:
    text = f"{head}\n\n\n{CASE}".replace("unittest.TestCase)", f"{base})").replace("BoxTest", "SeaTest")
    place = replace(place_of(text, "pier/tests/test_a.py"), in_classes=True)
    whole = (assembled([TOTAL], place, "A", frozenset()) or b"").decode()
    assert f"class AEdgesTest({made}):\n    def test_box_total" in whole
    assert ("import unittest" in whole) is (made == "unittest.TestCase" or "import unittest" in head)


def test_a_class_whose_parent_holds_tests_is_no_parent_of_new_tests() -> None:
    text = f"from .calm import SeaCase\n\n\n{CASE.replace('unittest.TestCase', 'SeaCase').replace('Box', 'Sea')}"
    place = replace(place_of(f"{text}\n\ndef test_z(): ...\n", "pier/tests/test_a.py"), in_classes=True)
    ran = (["test_x", "test_z"], ["test_x", "test_y"])
    bases = [base_of([TOTAL], replace(place, inherited=frozenset(names))) for names in ran]
    assert bases == ["SeaCase", "unittest.TestCase"]


def test_a_new_class_of_tests_that_run_in_a_loop_comes_from_unittests_own() -> None:
    text = f"from .calm import SeaCase\n\n\n{CASE.replace('unittest.TestCase', 'SeaCase')}"
    place = replace(place_of(text, "pier/tests/test_a.py"), in_classes=True)
    whole = (assembled([about("depth", way="coroutine")], place, "A", frozenset()) or b"").decode()
    assert "class AEdgesTest(unittest.IsolatedAsyncioTestCase):" in whole
    assert "import unittest\n" in whole


def test_tests_of_several_functions_join_none() -> None:
    both = replace(TOTAL, cases=(*TOTAL.cases, *about("depth").cases))
    assert home_of(both, place_of(HEAD + CASE)) is None


NEW = '    """Catch a small fault."""\n'
AFTER = "\n\nLIMIT = 3  # of all\n"


@pytest.mark.parametrize(
    ("text", "added"),
    [
        pytest.param(
            CASE,
            f"\n    def test_box_total(self):\n    {NEW}        self.assertEqual(Box([2]).total(), 2)\n",
            id="unittest",
        ),
        pytest.param(
            PLAIN.replace("self):", "self) -> None:"),
            f"\n    def test_box_total(self) -> None:\n    {NEW}        assert Box([2]).total() == 2\n",
            id="pytest, annotated",
        ),
    ],
)
def test_it_becomes_the_last_method_and_all_else_stays(text: str, added: str) -> None:
    place = place_of(HEAD + text + AFTER)
    assert (assembled([TOTAL], place, "A", frozenset()) or b"").decode() == HEAD + text + added + AFTER
    bare = place_of(HEAD + text.rstrip("\n"))
    assert (assembled([TOTAL], bare, "A", frozenset()) or b"").decode() == HEAD + text + added


@pytest.mark.parametrize(
    ("head", "checks", "asks", "lines"),
    [
        pytest.param(
            PYTEST,
            ("eq", "result", "2"),
            (),
            ["        assert Box([2]).total() == 2"],
            id="statements, and pytest is there",
        ),
        pytest.param(
            PYTEST,
            ("raises", "ValueError", "no sea"),
            (),
            ["        with pytest.raises(ValueError, match='no sea'):", "            Box([2]).total()"],
            id="an error",
        ),
        pytest.param(
            PYTEST,
            ("eq", "capsys.readouterr().out", "'2'"),
            ("capsys",),
            [
                "        with mock.patch('sys.stdout', new_callable=io.StringIO) as printed:",
                "            Box([2]).total()",
                "        self.assertEqual(printed.getvalue(), '2')",
            ],
            id="what is printed",
        ),
        pytest.param("", ("eq", "result", "2"), (), ["        self.assertEqual(Box([2]).total(), 2)"], id="no pytest"),
        pytest.param(
            f"{PYTEST}{CASE.replace('Box', 'Sea').replace('assert Sea', 'self.assertTrue(Sea); self.assertIs(1, 1)')}",
            ("eq", "result", "2"),
            (),
            ["        self.assertEqual(Box([2]).total(), 2)"],
            id="most are methods",
        ),
    ],
)
def test_a_class_of_unittest_asserts_as_its_file_does(
    head: str, checks: tuple[str, str, str], asks: tuple[str, ...], lines: list[str]
) -> None:
    case = replace(TOTAL.cases[0], checks=(checks,), asks=asks)
    place = place_of(HEAD.replace(IMPORT, IMPORT + head) + CASE)
    made = (assembled([replace(TOTAL, cases=(case,))], place, "A", frozenset({"io", "unittest"})) or b"").decode()
    assert made.splitlines()[-len(lines) :] == [line.replace("'", '"') for line in lines]


def test_a_class_of_unittest_demands_errors_as_its_file_names_pytest() -> None:
    case = replace(TOTAL.cases[0], checks=(("raises", "ValueError", ""),))
    text = f"import unittest\n\nfrom pytest import mark\n\nfrom pier.a import Box\n\n\n{CASE}"
    made = (assembled([replace(TOTAL, cases=(case,))], place_of(text), "A", frozenset({"unittest"})) or b"").decode()
    assert "\nfrom pytest import mark, raises\n" in made
    assert made.endswith("        with raises(ValueError):\n            Box([2]).total()\n")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        pytest.param('"""\nSay it.\n"""\n', ['        """', "        Reproduces a fault that was mended."], id="below"),
        pytest.param(
            '"""Say it.\n\nMore.\n"""\n',
            ['        """Reproduces a fault that was mended.', ""],
            id="on the first line",
        ),
        pytest.param(
            '"""\nSay it."""\n', ['        """', "        Reproduces a fault that was mended."], id="in two lines"
        ),
        pytest.param('"""Say it."""\n', ['        """Reproduces a fault that was mended.', ""], id="in one line"),
    ],
)
def test_a_docstring_begins_where_those_of_its_file_do(text: str, begins: list[str]) -> None:
    case = replace(TOTAL.cases[0], kills=frozenset({mended("pier/a.py", f"no {'sea ' * 30}")}))
    place = place_of(f"{text}\n{HEAD}{CASE}")
    made = (assembled([replace(TOTAL, cases=(case,))], place, "A", frozenset({"unittest"})) or b"").decode()
    at = made.splitlines().index("    def test_box_total(self):")
    assert made.splitlines()[at + 1 : at + 3] == begins


def test_a_table_in_a_plain_class_is_a_method_too() -> None:
    rows = (Row(("1",), "1", "a"), Row(("2",), "2", "b"))
    table = replace(TOTAL, cases=TOTAL.cases * 2, columns=("sea",), rows=rows, call="Box([sea]).total()")
    made = (assembled([table], place_of(HEAD + PLAIN + AFTER), "A", frozenset({"unittest"})) or b"").decode()
    assert made.startswith(f"{HEAD.replace(IMPORT, IMPORT + PYTEST)}{PLAIN}\n    @pytest.mark.parametrize(\n")
    assert "    def test_box_total(self, sea, expected):\n" in made


def test_others_stand_in_a_class_of_their_own_below() -> None:
    other = replace(about("depth"), name="test_depth")
    place = place_of(HEAD + CASE)
    made = (assembled([other, TOTAL], place, "A", frozenset()) or b"").decode()
    assert made.index("def test_box_total") < made.index("class AEdgesTest(unittest.TestCase):\n    def test_depth")
    run = MutationRun({}, (), {}, RECEIPT)
    drafted = Drafted(Weak(source(SEA), (), run), Exploration((), (), {}, RECEIPT), place, (other, TOTAL))
    assert [node_id(one, drafted) for one in (other, TOTAL)] == [
        "tests/test_a.py::AEdgesTest::test_depth",
        "tests/test_a.py::BoxTest::test_box_total",
    ]


def test_a_name_that_a_class_inherits_from_elsewhere_is_taken_too() -> None:
    ran = {f"{PIER}depth": ("tests/test_a.py::BoxTest::test_depth_is_1[a::b]", "tests/test_b.py::BoxTest::test_other")}
    found = place_for("pier/a.py", [source(HEAD + CASE, "tests/test_a.py")], Recording(ran, {}, {}, {}, RECEIPT))
    assert found is not None
    assert found.taken - found.bound.keys() == {"test_depth_is_1"}


@pytest.mark.parametrize(
    ("text", "tests", "kept"),
    [
        pytest.param(PLAIN, [TOTAL, about("depth")], [TOTAL], id="a class takes one of two"),
        pytest.param(PLAIN, [about("depth")], [about("depth")], id="no class takes any"),
        pytest.param(f"{PLAIN}\n\ndef test_z(): ...\n", [TOTAL, about("depth")], [TOTAL, about("depth")],
                     id="functions stand beside the class"),
    ],
)  # fmt: skip
def test_in_a_file_of_classes_no_function_comes_with_what_a_class_takes(
    text: str, tests: list[Written], kept: list[Written]
) -> None:
    assert without_lone(tests, place_of(HEAD + text), []) == kept


@pytest.mark.parametrize("indent", [pytest.param("  ", id="two spaces"), pytest.param("\t", id="a tab")])
@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param(PLAIN, 1, id="a method"),
        pytest.param(CASE, 1, id="one of unittest's"),
        pytest.param("def test_x():\n    assert Box\n", 0, id="a function"),
    ],
)
def test_new_tests_are_indented_as_their_file_is(text: str, at: int, indent: str) -> None:
    place = place_of((IMPORT + "from pier.a import Box\n\n\n" + text).replace("    ", indent))
    made = assembled([TOTAL], place, "x", frozenset({"unittest"}))
    assert made is not None
    *_, head, _doc, last = made.decode().splitlines()
    assert head.startswith(f"{indent * at}def test_box_total(")
    assert re.fullmatch(rf"{indent * (at + 1)}\S.*", last)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        pytest.param("def test_x():\n    assert Box\n", 0, id="functions"),
        pytest.param(PLAIN, 4, id="methods"),
        pytest.param(CASE, 4, id="methods of unittest's"),
    ],
)
def test_what_a_docstring_has_room_for_depends_on_where_it_stands(text: str, inside: int) -> None:
    place = place_of(IMPORT + "from pier.a import Box\n\n\n" + text)
    assert place.before is not None
    assert room_for(place) == place.before.width - inside


def test_a_test_whose_docstring_has_no_room_for_its_fault_is_not_written() -> None:
    fault = f"pier/a.py:1: `{'sea' * 16}` → `{'ebb' * 16}`"
    weak = Weak(source(SEA), (), MutationRun({}, (), {}, RECEIPT))
    one = replace(TOTAL.cases[0], kills=frozenset({fault}))
    assert [len(writable(weak, [one], place_of(text))[0]) for text in (IMPORT, IMPORT + CASE)] == [1, 0]
