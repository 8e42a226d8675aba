"""What tests ask for by their parameters: rows and fixtures become part of the calls that are known."""

from dataclasses import replace

import pytest

from improver.experiments import Exploration, MutationRun
from improver.writing.asking import FOLDERS, Fixtures, asking, unasked
from improver.writing.drafting import writable
from improver.writing.layout.grouping import grouped
from improver.writing.layout.importing import imports_of
from improver.writing.layout.rendering import block
from improver.writing.placing import Place
from improver.writing.targets import Weak
from tests.improver.calls import RECEIPT, SEA, case, index_of, plain, source

HEAD = "import pytest\n\nfrom pier.a import Box, depth\n\n\n"
CONFTEST = """\
import io

import pytest

from pier.a import Box


@pytest.fixture
def box(low):
    \"\"\"A box.\"\"\"
    made = Box(low)
    made.fill(io.BytesIO())
    return made


@pytest.fixture()
def low():
    return [1]


@pytest.fixture
def opened():
    with Box() as box:
        yield box


@pytest.fixture(params=[1, 2])
def number(request):
    return request.param
"""


def calls(text: str, name: str, conftest: str = CONFTEST) -> list[tuple[tuple[str, ...], str]]:
    """Return setup and call of all calls by a name in a test file beside this conftest."""
    tests = [source(f"{HEAD}{text}", "tests/sea/test_a.py"), source(conftest, "tests/conftest.py")]
    return [(one.setup, one.call) for one in index_of(tests).get(name, ())]


def test_a_fixture_is_what_it_does_and_what_it_asks_for_does_so_before() -> None:
    setup = ("low = [1]", "box = Box(low)", "box.fill(io.BytesIO())")
    assert calls("def test_total(box):\n    assert box.total() == 1\n", "total") == [(setup, "box.total()")]


def test_what_a_fixture_uses_comes_from_its_own_file() -> None:
    tests = [
        source("def test_total(box):\n    assert box.total() == 1\n", "tests/sea/test_a.py"),
        source(CONFTEST, "tests/conftest.py"),
    ]
    assert index_of(tests)["total"][0].imports == (("io", ""), ("pier.a", "Box"))


def test_what_a_row_holds_is_part_of_a_text_that_shows_it() -> None:
    mark = '@pytest.mark.parametrize(("low", "high"), [("a\\\\d", [1])])\n'
    text = f"{mark}def test_depth(low, high):\n    depth(f'<{{low}}> {{sea}}')\n    depth(f'<{{low}}>', high)\n"
    text += "    depth(f'{high}')\n    depth(f'{low!r}')\n    depth(f'{low:>3}')\n"
    assert calls(f"sea = 3\n\n\n{text}", "depth") == [
        ((), "depth(f'<a\\\\d> {sea}')"), ((), "depth('<a\\\\d>', [1])")
    ]  # fmt: skip


def test_a_folder_of_pytest_is_stood_in_for() -> None:
    text = "def test_read(tmp_path):\n    assert depth(tmp_path / 'a') == 1\n"
    assert calls(text, "depth") == [
        (("tmp_path = pathlib.Path(tempfile.mkdtemp())",), "depth(tmp_path / 'a')")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def test_f(opened):\n    depth(opened)\n", id="a fixture that has to tidy up"),
        pytest.param("def test_f(number):\n    depth(number)\n", id="a fixture of several values"),
        pytest.param("def test_f(sea):\n    depth(sea)\n", id="a fixture that nobody knows"),
        pytest.param("def test_f(Box):\n    depth(Box)\n", id="a parameter with the name of something else"),
        pytest.param("def test_f(box):\n    made = depth(box)\n    low = 1\n", id="a name that the test itself binds"),
    ],
)
def test_what_no_plain_statements_make_is_left(text: str) -> None:
    conftest = CONFTEST.replace("made = Box(low)", "low = Box(low)\n    made = low")
    assert calls(text, "depth", conftest) == []


def test_the_first_rows_of_a_table_take_their_turns_with_other_tests() -> None:
    text = (
        "@pytest.mark.parametrize(('sea', 'low'), [(1, 'a'), pytest.param(2, 'b', id='two')])\n"
        "@pytest.mark.parametrize('high', ROWS)\ndef test_f(sea, low, high):\n    assert depth(sea, low, high)\n\n\n"
        "ROWS = (None, True)\n\n\ndef test_g():\n    assert depth(3)\n"
    )
    assert [call for _, call in calls(text, "depth")] == ["depth(1, 'a', None)", "depth(3)", "depth(2, 'b', True)"]


def test_what_a_test_defines_for_itself_is_part_of_what_comes_before() -> None:
    text = (
        "def test_f():\n    from pier.b import Sea\n\n    class Low(Sea):\n        deep = 1\n\n"
        "    assert depth(Low()) == 1\n"
    )
    assert calls(text, "depth") == [(("class Low(Sea):\n    deep = 1",), "depth(Low())")]


@pytest.mark.parametrize(
    ("middle", "count"),
    [
        pytest.param("if made:\n        return made\n    made.fill(1)", 0, id="it may end before its end"),
        pytest.param(
            "for one in []:\n        try:\n            one()\n        except KeyError:\n            return one",
            0,
            id="deep",
        ),
        pytest.param("made.key = lambda: 1\n\n    def key():\n        return 1", 1, id="a function of its own ends"),
    ],
)
def test_a_fixture_ends_in_one_place(middle: str, count: int) -> None:
    conftest = CONFTEST.replace("made.fill(io.BytesIO())", middle)
    assert len(calls("def test_total(box):\n    assert box.total() == 1\n", "total", conftest)) == count


STEPS = {"box": ("low = [1]", "box = Box(low)", "box.fill(io.BytesIO())"), "low": ("low = [1]",)}


def test_a_test_may_ask_for_the_fixtures_of_its_file_and_of_the_folders_above() -> None:
    own = source(f"{HEAD}@pytest.fixture\ndef sea():\n    return 1\n", "tests/sea/test_a.py")
    fixtures = Fixtures.of([own, source(CONFTEST, "tests/conftest.py"), source(CONFTEST, "tests/low/conftest.py")])
    steps = fixtures.steps("tests/sea/test_a.py")
    assert {name: steps[name] for name in steps if name not in FOLDERS} == {**STEPS, "sea": ("sea = 1",)}
    assert fixtures.get("tests/test_b.py", "sea") is None


def test_fixtures_are_found_however_long_their_chain_and_whoever_asked_first() -> None:
    asks = {
        "a": "b",
        "b": "c",
        "c": "d",
        "d": "e",
        "e": "f",
        "f": "",
        "g": "h",
        "h": "g",
    }  # the last two ask each other
    text = "".join(f"@pytest.fixture\ndef {name}({other}):\n    return [{other}]\n" for name, other in asks.items())
    fixtures = Fixtures.of([source(HEAD + text, "tests/conftest.py")])
    found = [fixtures.get("tests/test_a.py", name) for name in asks]
    assert [len(one.lines) if one else 0 for one in found] == [6, 5, 4, 3, 2, 1, 0, 0]


def test_a_fixture_takes_the_place_of_the_statements_that_do_the_same() -> None:
    known = case("box.total(low)", setup=(*STEPS["box"], "box.add(1)"))
    found = asking(replace(known, prelude=("SEA = 1",)), STEPS)
    assert (found.asks, found.setup, found.prelude) == (("box", "low"), ("box.add(1)",), ())
    prelude = ("def more(one):\n    return deep(one)", "def deep(one):\n    return one")  # in the order of their file
    found = asking(replace(known, call="box.total(more(low))", prelude=(*prelude, "SEA = 1")), STEPS)
    assert (found.asks, found.prelude) == (("box", "low"), prelude)


def test_a_fixture_stays_written_out_where_more_of_it_is_used_than_it_gives() -> None:
    known = case("depth(made)", setup=("made = [1]", "box = Box(made)"))
    assert asking(known, {"box": known.setup}) == known


def test_a_fixture_that_somebody_asks_for_is_a_parameter_of_the_test() -> None:
    known = replace(case("box.total()", "1", kills="a"), asks=("box",), setup=("class Low:\n    deep = 1",))
    place = Place("tests/test_a.py", None, in_classes=False, bound={})
    text = block(grouped([known], plain, ()), place, 88, "a")
    assert text.startswith("def test_depth(box):\n")
    assert text.endswith('fault."""\n\n    class Low:\n        deep = 1\n\n    assert box.total() == 1\n')


@pytest.mark.parametrize(
    ("bound", "annotated", "line", "needs"),
    [
        pytest.param({}, False, "def test_depth(tmp_path):", set(), id="nothing is said of types"),
        pytest.param({}, True, "def test_depth(tmp_path: Path) -> None:", {("pathlib", "Path")}, id="by its name"),
        pytest.param(
            {"Path": None}, True, "def test_depth(tmp_path: pathlib.Path) -> None:", {("pathlib", "")},
            id="the file has another Path",
        ),
        pytest.param(
            {"pathlib": ("pathlib", "")}, True, "def test_depth(tmp_path: pathlib.Path) -> None:", set(),
            id="the file has the module",
        ),
    ],
)  # fmt: skip
def test_a_folder_is_asked_for(
    bound: dict[str, tuple[str, ...] | None], annotated: bool, line: str, needs: set[tuple[str, ...]]
) -> None:
    known = replace(case("depth(tmp_path)", "1", kills="a"), asks=("tmp_path",), imports=())
    place = Place("tests/test_a.py", None, in_classes=False, bound=bound, annotated=annotated)
    tests = grouped([known], plain, ())
    assert block(tests, place, 88, "a").splitlines()[0] == line
    assert {*imports_of(tests, place)} == needs


def test_a_method_makes_a_folder_and_removes_it() -> None:
    made = case("depth(path)", "1", setup=("path = tmp_path / 'a'",), kills="a")
    known = replace(made, asks=("tmp_path",), imports=())
    place = Place("tests/test_a.py", None, in_classes=True, bound={})
    tests = grouped([known], plain, ())
    assert block(tests, place, 88, "A").splitlines()[-4:] == [
        "        with tempfile.TemporaryDirectory() as folder:",
        "            tmp_path = pathlib.Path(folder)",
        "            path = tmp_path / 'a'",
        "            self.assertEqual(depth(path), 1)",
    ]
    assert {*imports_of(tests, place)} == {("pathlib", ""), ("tempfile", ""), ("unittest", "")}


@pytest.mark.parametrize(
    ("asks", "is_left"),
    [(("tmp_path",), False), (("sea",), True), (("sea", "tmp_path"), True), ((), True)],
)
def test_only_a_folder_is_made_again_in_place_of_what_is_asked_for(asks: tuple[str, ...], is_left: bool) -> None:
    known = replace(case("depth(tmp_path)"), asks=asks)
    again = unasked(known)
    assert (again == known) is is_left
    assert is_left or asking(again, {"tmp_path": (FOLDERS["tmp_path"][0],)}).asks == asks


def test_no_test_makes_a_folder_that_nobody_tidies_up() -> None:
    place = Place("tests/test_a.py", None, in_classes=True, bound={})
    known = case("depth(tmp_path)", "1", setup=(FOLDERS["tmp_path"][0],), kills="a")
    exploration = Exploration((known,), (), {}, RECEIPT)
    weak = Weak(source(SEA), (), MutationRun({}, (), {}, RECEIPT))
    assert writable(weak, exploration.cases, place)[0] == []
    steps = {"tmp_path": (FOLDERS["tmp_path"][0],)}
    tests, _ = writable(weak, exploration.cases, replace(place, in_classes=False, steps=steps))
    assert [one.cases[0].asks for one in tests] == [("tmp_path",)]
