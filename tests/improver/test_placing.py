"""Which test file new tests of a product file belong to."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.records import File
from improver.source import Source
from improver.writing.drafting import placed
from improver.writing.placing import errors_of, place_for
from tests.improver.benches import FakeExperiments
from tests.improver.calls import RECEIPT, SEA, case, ground_for, source


@pytest.mark.parametrize(
    ("named", "path"),
    [
        pytest.param(("reef", "tide"), "tests/test_sea.py", id="one file tests much"),
        pytest.param(("reef", "tide", "moon"), "tests/test_a.py", id="each module has its own"),
    ],
)
def test_a_module_without_tests_gets_a_file_where_the_others_have_theirs(named: tuple[str, ...], path: str) -> None:
    texts = {f"tests/test_{name}.py": f"from pier.{name} import x\n" for name in named}
    texts["tests/test_sea.py"] = "import pier.a\n"
    impact = {f"pier/{name}.py::x": (f"tests/test_{name}.py::test_x",) for name in named}
    impact["pier/a.py::depth"] = ("tests/test_sea.py::test_depth",)
    tests = [source(text, name) for name, text in texts.items()]
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize(
    ("ran", "path"),
    [
        pytest.param(("low/test_reef.py", "low/test_reef.py", "high/test_tide.py"), "tests/low/test_a.py", id="one"),
        pytest.param(("low/test_reef.py", "high/test_tide.py"), "tests/test_a.py", id="what they share"),
    ],
)
def test_a_new_test_file_stands_where_most_of_what_runs_the_module_does(ran: tuple[str, ...], path: str) -> None:
    names = ("low/test_reef.py", "high/test_tide.py", "test_moon.py", "test_star.py")
    tests = [source(f"from pier.{name[-7:-3]} import x\n", f"tests/{name}") for name in names]
    impact: dict[str, tuple[str, ...]] = {f"pier/{name[-7:-3]}.py::x": (f"tests/{name}::test_x",) for name in names}
    impact["pier/a.py::depth"] = tuple(f"tests/{name}::test_{at}" for at, name in enumerate(ran))
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize(
    ("ran", "path"),
    [
        pytest.param("tests/test_az.py", "tests/test_az.py", id="that runs it"),
        pytest.param("tests/test_reef.py", "tests/test_sea_AZ.py", id="that does not"),
    ],
)
def test_a_module_is_tested_in_the_file_of_its_last_word(ran: str, path: str) -> None:
    names = ("test_az", "test_reef", "test_tide", "test_moon")
    tests = [source(f"from pier.{name[5:]} import x\n", f"tests/{name}.py") for name in names]
    impact: dict[str, tuple[str, ...]] = {f"pier/{name[5:]}.py::x": (f"tests/{name}.py::test_x",) for name in names[1:]}
    impact["pier/sea_AZ.py::depth"] = (f"{ran}::test_y",)
    place = place_for("pier/sea_AZ.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path


def test_a_new_test_file_is_named_as_the_others_are() -> None:
    texts = {f"tests/{name}_test.py": f"from pier.{name} import x\n" for name in ("reef", "tide", "moon")}
    impact = {f"pier/{path[6:10]}.py::x": (f"{path}::test_x",) for path in texts}
    impact["pier/a.py::depth"] = ("tests/moon_test.py::test_depth",)
    tests = [source(text, name) for name, text in texts.items()]
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == "tests/a_test.py"


def test_where_tests_stand_in_a_file_of_an_unusual_name_new_ones_do_too() -> None:
    tests = [source("import pier\n", "pier/tests/tests.py"), source("import pier\n", "pier/tests/helpers.py")]
    ran = {"pier/b.py::width": ("pier/tests/tests.py::test_x",)}
    place = place_for("pier/a.py", tests, Recording(ran, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == "pier/tests/tests.py"
    assert place_for("pier/a.py", tests, Recording({}, {}, {}, {}, RECEIPT)) is None, "nothing tells that it is run"


@pytest.mark.parametrize(
    ("base", "in_classes"),
    [
        pytest.param("class Dry(unittest.TestCase):\n    pass\n", True, id="by a class of another file"),
        pytest.param("class Wet(TestCase):\n    pass\n\n\nclass Dry(Wet):\n    pass\n", True, id="by another"),
        pytest.param("class Dry:\n    pass\n", False, id="one that pytest runs"),
    ],
)
def test_tests_are_written_as_methods_where_unittest_runs_the_others(base: str, *, in_classes: bool) -> None:
    text = "import pier.a\nfrom .base import Dry\n\n\nclass TestSea(Dry):\n    def test_x(self):\n        pass\n"
    tests = [source(base, "tests/base.py"), source(text, "tests/test_sea.py"), source(text, "tests/test_b.py")]
    impact = {"pier/a.py::depth": ("tests/test_sea.py::TestSea::test_x", "tests/test_b.py::TestSea::test_x")}
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.in_classes is in_classes


def test_what_uses_the_definitions_of_a_file_of_an_unusual_name_belongs_there() -> None:
    texts = {"pier/tests/test_a.py": "import pier.a\n", "pier/tests/tests.py": "SEA = [2]\n"}
    ran = {"pier/a.py::depth": tuple(f"{path}::test_x" for path in texts)}
    experiments = FakeExperiments(recorded=Recording(ran, {}, {}, {}, RECEIPT))
    tests = [source(text, path) for path, text in texts.items()]
    ground = replace(ground_for(SEA), tests=tests, experiments=experiments)
    ((place, _),) = placed(ground, [replace(case("depth(SEA)", name="depth"), prelude=("SEA = [2]",))])
    assert place.path == "pier/tests/tests.py"


def test_a_number_before_a_test_files_name_only_puts_it_in_its_place() -> None:
    tests = [source("import pier.a\n", "tests/test_02_b.py"), source("import pier.a\n", "tests/test_01_a.py")]
    ran = {"pier/a.py::depth": ("tests/test_02_b.py::test_x", "tests/test_02_b.py::test_y")}
    place = place_for("pier/a.py", tests, Recording(ran, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == "tests/test_01_a.py"


@pytest.mark.parametrize(
    ("at_sea", "path"),
    [
        pytest.param([f"test_all[{at}]" for at in range(9)], "tests/test_a.py", id="a table of many rows is one test"),
        pytest.param(["test_calm", "test_wild"], "tests/test_sea.py", id="half of the tests stand there"),
    ],
)
def test_a_table_that_runs_a_module_does_not_make_its_file_the_modules_own(at_sea: list[str], path: str) -> None:
    tests = [source("import pier.a\n", "tests/test_sea.py"), source("import pier\n", "tests/test_tide.py")]
    ran = (*(f"tests/test_sea.py::{name}" for name in at_sea), *(f"tests/test_tide.py::test_{name}" for name in "xy"))
    place = place_for("pier/a.py", tests, Recording({"pier/a.py::depth": ran}, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize(
    ("owner", "path"),
    [
        pytest.param("SeaMapRatio", "tests/test_sea_map.py", id="two of its words"),
        pytest.param("Map", "tests/test_all.py", id="more than its name"),
        pytest.param("SeamApron", "tests/test_all.py", id="letters of its name"),
    ],
)
def test_a_test_file_is_named_after_a_class_by_whole_words(owner: str, path: str) -> None:
    names = ("tests/test_all.py", "tests/test_sea_map.py")
    ran = (*(f"{names[0]}::test_{at}" for at in "abc"), f"{names[1]}::test_d")
    recording = Recording({f"pier/a.py::{owner}.x": ran}, {}, {}, {}, RECEIPT)
    place = place_for("pier/a.py", [source(f"{owner}(1)\n", name) for name in names], recording, owner)
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("parse_tide", "tests/test_parse_strictly.py", id="its first word"),
        pytest.param("best_parse", "tests/test_a.py", id="a later word"),
        pytest.param("of_tide", "tests/test_a.py", id="a word that says little"),
    ],
)
def test_a_function_goes_to_a_file_that_shares_its_first_word_before_it_gets_a_new_one(name: str, path: str) -> None:
    names = ("tests/test_parse_strictly.py", "tests/test_of_seas.py", "tests/test_moon.py", "tests/test_sun.py")
    ran = (f"{names[0]}::test_a", f"{names[1]}::test_b", f"{names[2]}::test_c")
    tests = [source(f"from pier.a import {name}\n", one) for one in names]
    place = place_for("pier/a.py", tests, Recording({f"pier/a.py::{name}": ran}, {}, {}, {}, RECEIPT), name)
    assert place is not None
    assert place.path == path


@pytest.mark.parametrize("stem", ["sea_map", "map"])
def test_the_file_of_a_class_need_not_speak_of_it_where_it_bears_its_whole_name(stem: str) -> None:
    names = ("tests/test_a.py", f"tests/test_{stem}.py")
    recording = Recording({"pier/a.py::SeaMap.x": (f"{names[0]}::test_a", f"{names[1]}::test_b")}, {}, {}, {}, RECEIPT)
    place = place_for("pier/a.py", [source("import pier.a\n", name) for name in names], recording, "SeaMap")
    assert place is not None
    assert place.path == names[stem == "sea_map"]


@pytest.mark.parametrize(
    ("text", "path", "bound"),
    [
        pytest.param("from .b import x", "pier/tests/test_a.py", {"x": ("pier.tests.b", "x")}, id="beside it"),
        pytest.param("from .. import x as y", "src/pier/tests/test_a.py", {"y": ("pier", "x", "y")}, id="above it"),
        pytest.param(
            "try:\n    import x\nexcept E:\n    x = y = None", "test_a.py", {"x": None, "y": None}, id="if it is"
        ),
        pytest.param("if x():\n    from y import z", "test_a.py", {"z": None}, id="a branch"),
        pytest.param(
            "if TYPE_CHECKING:\n    from y import z\nelse:\n    z = 1", "test_a.py", {"z": None}, id="or another"
        ),
        pytest.param("if typing.TYPE_CHECKING:\n    from y import z", "test_a.py", {}, id="never when tests run"),
        pytest.param("import x\nx.y[z] = 1", "test_a.py", {"x": ("x", "")}, id="what is changed is not bound"),
        pytest.param("x: int = 1\nfor y in x: z = y", "test_a.py", dict.fromkeys("xyz"), id="a loop and a type"),
        pytest.param("def x(y): z = 1", "test_a.py", {"x": None}, id="what a function binds is its own"),
    ],
)
def test_the_names_of_a_test_file(text: str, path: str, bound: dict[str, tuple[str, ...] | None]) -> None:
    place = place_for("pier/a.py", [source(f"{text}\n", path)], Recording({}, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.bound == bound


def test_a_test_file_that_nobody_can_read_is_not_written_anew() -> None:
    ground = replace(ground_for(SEA), tests=[source("import pier\n", "tests/test_sea.py")])
    (found,) = placed(ground, [case("depth(2)")])
    assert (found[0].path, found[0].before) == ("tests/test_a.py", None)
    older = {**ground.tree, "tests/test_a.py": File(b"print 'sea'\n")}
    assert placed(replace(ground, tree=older), [case("depth(2)")]) == []


def test_a_function_goes_where_it_is_tested_when_the_file_of_that_name_never_speaks_of_it() -> None:
    texts = {"tests/test_a.py": "from pier.a import depth\n", "tests/test_lows.py": "from pier.a import lowest\n"}
    tests = [source(text, name) for name, text in texts.items()]
    impact = {
        "pier/a.py::depth": ("tests/test_a.py::test_depth",),
        "pier/a.py::lowest": ("tests/test_lows.py::test_x", *(f"tests/test_a.py::test_{name}" for name in "uvw")),
        "pier/a.py::far": ("tests/test_lows.py::test_lowest",),
    }
    recording = Recording(impact, {}, {}, {}, RECEIPT)
    found = {name: place_for("pier/a.py", tests, recording, name) for name in ("depth", "lowest", "far")}
    paths = {name: place.path for name, place in found.items() if place is not None}
    assert paths == {"depth": "tests/test_a.py", "lowest": "tests/test_lows.py", "far": "tests/test_a.py"}


ERRORS = """\
class Shallow(ValueError): ...
class Aground(Shallow): ...
class Gone(errors.SeaException): ...
class Box: ...
"""


def test_what_is_raised_is_an_error_by_its_own_name_or_not() -> None:
    assert errors_of(source(ERRORS)) == {"Shallow", "Aground", "Gone"}


def test_an_error_has_no_test_file_of_its_own() -> None:
    product = source(ERRORS)
    tests = [source("from pier.a import Aground, Box\n", "tests/test_sea.py"), *mirrored()]
    impact = {f"pier/a.py::{name}.__init__": ("tests/test_sea.py::test_sea",) for name in ("Aground", "Box")}
    impact |= {f"pier/{name}.py::x": (f"tests/test_{name}.py::test_x",) for name in ("reef", "tide", "moon")}
    experiments = FakeExperiments(recorded=Recording(impact, {}, {}, {}, RECEIPT))
    ground = replace(ground_for(ERRORS), sources={"pier/a.py": product}, tests=tests, experiments=experiments)
    found = placed(ground, [case("Aground(2)", name="Aground.__init__"), case("Box(2)", name="Box.__init__")])
    assert {place.path: [one.call for one in cases] for place, cases in found} == {
        "tests/test_a.py": ["Aground(2)"],
        "tests/test_sea.py": ["Box(2)"],
    }


def test_what_a_class_has_from_another_is_tested_beside_the_class_that_is_called() -> None:
    box = source("class Box:\n    @classmethod\n    def of(cls, sea):\n        return cls()\n")
    crate = source("from pier.a import Box\n\n\nclass Crate(Box):\n    pass\n", "pier/b.py")
    tests = [source(f"from pier.{one} import x\n", f"tests/test_{one}.py") for one in "ab"]
    ground = replace(ground_for(box.text), sources={"pier/a.py": box, "pier/b.py": crate}, tests=tests)
    found = placed(ground, [case(f"{name}.of(2)", name="Box.of") for name in ("Box", "Crate", "Unknown")])
    assert {place.path: [one.call for one in cases] for place, cases in found} == {
        "tests/test_a.py": ["Box.of(2)", "Unknown.of(2)"],
        "tests/test_b.py": ["Crate.of(2)"],
    }
    own = source(f"{box.text}\n\nclass Crate(Box):\n    pass\n")
    ground = replace(ground, sources={"pier/b.py": crate, "pier/a.py": own})
    ((place, _),) = placed(ground, [case("Crate.of(2)", name="Box.of")])
    assert place.path == "tests/test_a.py", "the class of its own file is meant"


def test_a_call_that_uses_what_a_test_file_defines_belongs_there() -> None:
    tests = [
        source("import pier.a\n\nSEA = [1]\n", "tests/test_a.py"),
        source("SEA = [2]\n", "tests/test_b.py"),
        source("SEA = [2]\nLOW = 1\n", "tests/test_a_low.py"),
        source("SEA = [2]\n", "tests/tides.py"),
    ]
    ran = tuple(f"{one.path}::test_x" for one in tests if one.path != "tests/test_b.py")
    experiments = FakeExperiments(recorded=Recording({"pier/a.py::depth": ran}, {}, {}, {}, RECEIPT))
    ground = replace(ground_for(SEA), tests=tests, experiments=experiments)
    cases = [replace(case("depth(SEA)", name="depth"), prelude=(f"SEA = [{at}]",)) for at in (1, 2, 3)]
    assert {place.path: [one.prelude for one in found] for place, found in placed(ground, cases)} == {
        "tests/test_a.py": [("SEA = [1]",), ("SEA = [3]",)],
        "tests/test_a_low.py": [("SEA = [2]",)],
    }


def mirrored() -> list[Source]:
    """Return test files that are named after modules."""
    return [source(f"from pier.{name} import x\n", f"tests/test_{name}.py") for name in ("reef", "tide", "moon")]


@pytest.mark.parametrize(
    ("texts", "path"),
    [
        pytest.param({"sea": "from pier.low_sea_tools import x"}, "tests/test_sea.py", id="one of its words"),
        pytest.param({"sea": "from pier import low_sea_tools"}, "tests/test_sea.py", id="it imports the module"),
        pytest.param({"sea": "import pier.low_sea_tools"}, "tests/test_sea.py", id="by its whole name"),
        pytest.param({"sea": "from pier import x"}, "tests/test_low_sea_tools.py", id="it imports others"),
        pytest.param(
            {"se": "from pier.low_sea_tools import x"}, "tests/test_low_sea_tools.py", id="letters of its name"
        ),
        pytest.param(
            {"tools": "from pier.low_sea_tools import x"}, "tests/test_low_sea_tools.py", id="another module's file"
        ),
        pytest.param(
            {"sea": "from pier.low_sea_tools import x", "low": "from pier.low_sea_tools import y"},
            "tests/test_low_sea_tools.py",
            id="two that may be meant",
        ),
        pytest.param({"low_sea": "from pier.low_sea_tools import x"}, "tests/test_low_sea.py", id="two of its words"),
        pytest.param(
            {"low_sea_tools_at_night": "from pier.low_sea_tools import x"},
            "tests/test_low_sea_tools_at_night.py",
            id="all of its words and more",
        ),
        pytest.param(
            {"low_sea_toolsets": "from pier.low_sea_tools import x"},
            "tests/test_low_sea_tools.py",
            id="a longer word",
        ),
        pytest.param({"moon": "from pier.low_sea_tools import x"}, "tests/test_low_sea_tools.py", id="another name"),
    ],
)
def test_a_module_belongs_to_the_file_that_is_named_after_a_part_of_its_name(texts: dict[str, str], path: str) -> None:
    named = ("reef", "tide", "tools")  # each has a test file of its name
    impact = {f"pier/{name}.py::x": (f"tests/test_{name}.py::test_x",) for name in named}
    files = dict.fromkeys(named, "import pier") | texts
    tests = [source(f"{text}\n", f"tests/test_{name}.py") for name, text in files.items()]
    place = place_for("pier/low_sea_tools.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.path == path


def test_a_private_module_belongs_to_the_file_of_a_word_of_it_too() -> None:
    texts = {"reef": "import pier", "sea": "from pier._low_sea import x"}
    tests = [source(f"{text}\n", f"tests/test_{name}.py") for name, text in texts.items()]
    recording = Recording({"pier/reef.py::x": ("tests/test_reef.py::test_x",)}, {}, {}, {}, RECEIPT)
    place = place_for("pier/_low_sea.py", tests, recording)
    assert place is not None
    assert place.path == "tests/test_sea.py"


@pytest.mark.parametrize(
    ("name", "ran", "path"),
    [
        pytest.param("Roman.from_text", "tests/test_from_text.py", "tests/test_from_text.py", id="that runs it"),
        pytest.param("Roman.from_text", "tests/test_a.py", "tests/test_a.py", id="that does not"),
        pytest.param("Roman.to_text", "tests/test_from_text.py", "tests/test_a.py", id="another method"),
        pytest.param("from_text", "tests/test_from_text.py", "tests/test_a.py", id="a function: its module's file"),
    ],
)
def test_a_method_is_tested_in_the_file_that_bears_its_name(name: str, ran: str, path: str) -> None:
    impact = {f"pier/a.py::{name}": (f"{ran}::test_x",)}
    tests = [source("from pier.a import Roman, from_text\n", f"tests/test_{one}.py") for one in ("from_text", "a")]
    experiments = FakeExperiments(recorded=Recording(impact, {}, {}, {}, RECEIPT))
    ground = replace(ground_for(SEA), tests=tests, experiments=experiments)
    found = placed(ground, [case("Roman.from_text('IV')", name=name)])
    assert [place.path for place, _ in found] == [path]


@pytest.mark.parametrize(
    ("ran", "home"),
    [
        pytest.param(("Sea::test_a", "Sea::test_b[1]", "Sea::test_b[2]", "test_c"), "Sea", id="most"),
        pytest.param(("Sea::test_a", "Tide::test_b"), "", id="half"),
        pytest.param(("test_a", "test_b", "Tide::test_c"), "", id="functions"),
    ],
)
def test_a_place_knows_the_class_that_most_of_a_functions_tests_stand_in(ran: tuple[str, ...], home: str) -> None:
    ids = (*(f"tests/test_a.py::{one}" for one in ran), *(f"tests/test_b.py::Ebb::test_{at}" for at in range(9)))
    tests = [source("from pier.a import depth\n", f"tests/test_{stem}.py") for stem in "ab"]
    place = place_for("pier/a.py", tests, Recording({"pier/a.py::depth": ids}, {}, {}, {}, RECEIPT))
    assert place is not None
    assert place.homes == ({"pier/a.py::depth": home} if home else {})
