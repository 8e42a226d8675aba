"""What a call says beside what it gives: warnings of the product's own, and text where it does nothing else."""

import contextlib
import re
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from improver.experiments import Case
from improver.gate import Candidate
from improver.gates.easy_green import easy_green
from improver.records import Ruling
from improver.scan import read_project
from improver.verify import checking
from improver.verify.bench import SandboxBench, measure
from improver.verify.overhearing import Overheard, is_deliberate, stable, words_of
from improver.verify.phrasing import Phrase, Unphrased, space_of
from improver.verify.ruff import RuffTool
from improver.writing.asking import asking
from improver.writing.choice.selecting import trimmed
from improver.writing.layout.grouping import Written, grouped
from improver.writing.layout.importing import imports_of
from improver.writing.layout.rendering import block
from improver.writing.placing import Place
from improver.writing.turns import ground_of
from improver.writing.words.naming import name_for
from improver.writing.writer import write_tests
from tests.improver.calls import case, plain
from tests.improver.judging import PACKAGED
from tests.improver.rigs import rig_of

HARBOUR = """\
import os
import sys
import textwrap
import types
import warnings

from typing_extensions import deprecated

os.environ.get("TIDE")


class Ebb(UserWarning):
    pass


def old(sea):
    warnings.warn(f"old({sea}) goes away, use depth", DeprecationWarning, stacklevel=2)
    return sea


def own(sea):
    warnings.warn("7", Ebb)


def mute(sea):
    warnings.warn("7", UserWarning)


def both(sea):
    warnings.warn("the tide is low", Ebb)
    warnings.warn("the wind is high", Ebb)


def twice(sea):
    old(sea)
    return old(sea)


def python(sea):
    return compile("1 is 1", "x", "eval")


@deprecated("flow is slow, use tide")
def flow(sea):
    return sea


@deprecated("the wind has gone down")
@deprecated("the sea is calm")
def calm(sea):
    return sea


@deprecated("Boat is gone, use Raft")
class Boat:
    pass


lent = deprecated("lent is gone too")(types.FunctionType(textwrap.dedent.__code__, vars(textwrap)))


def tell(sea, file=None):
    print("the sea is", sea, file=file)


def log(sea):
    tell(sea, sys.stderr)


def count(sea):
    tell(sea)
    return len(sea)


def clock(sea):
    print("high tide at 12:30")
"""


def harbour(tmp_path: Path) -> ModuleType:
    path = tmp_path / "harbour.py"
    path.write_text(HARBOUR)
    made = ModuleType("harbour")
    made.__file__ = str(path)
    sys.modules["harbour"] = made
    exec(compile(HARBOUR, str(path), "exec"), vars(made))  # noqa: S102
    return made


def heard(tmp_path: Path, call: str) -> list[tuple[str, str, str]]:
    """Return what is demanded of a call of the harbour, which gives what it gives."""
    module, space = harbour(tmp_path), dict[str, Any]()

    def written(value: object) -> str | None:
        with contextlib.suppress(Unphrased):
            return Phrase(str(tmp_path), lambda one, other: one == other).of(value)
        return None

    overheard = Overheard(checking, str(tmp_path))
    with overheard.listening(space):
        value = eval(call, vars(module))  # noqa: S307
    told = {"type": type(value).__name__, "checks": [("is", "result", "None")] if value is None else []}
    return list(overheard.demanded(told, written)["checks"])


@pytest.mark.parametrize(
    ("call", "checks"),
    [
        pytest.param("both(1)", [("is", "result", "None")], id="warnings that say several things"),
        pytest.param("mute(1)", [("is", "result", "None")], id="one of Python's kinds that says nothing plain"),
        pytest.param("python(1)", [], id="what Python itself warns of"),
        pytest.param("lent('ab')", [], id="what another's function that is marked here says"),
        pytest.param("calm(1)", [], id="what is marked twice and says several things"),
        pytest.param("count('ab')", [], id="text beside a value"),
        pytest.param("clock(1)", [("is", "result", "None")], id="text with a moment in it"),
        pytest.param("tell('/tmp/x')", [("is", "result", "None")], id="text with a place of this machine"),
        pytest.param("tell(object())", [("is", "result", "None")], id="text with an address"),
        pytest.param("tell('ab' * 40)", [("is", "result", "None")], id="text that is long"),
    ],
)
def test_not_demanded_is(call: str, checks: list[tuple[str, str, str]], tmp_path: Path) -> None:
    assert heard(tmp_path, call) == checks


@pytest.mark.parametrize(
    ("call", "checks"),
    [
        pytest.param(
            "old(1)", [("warns", "DeprecationWarning", "'goes away, use depth'")], id="a warning and its words"
        ),
        pytest.param("twice(1)", [("warns", "DeprecationWarning", "'goes away, use depth'")], id="the same once more"),
        pytest.param("own(1)", [("warns", "Ebb", "None")], id="a kind of its own without words"),
        pytest.param("flow(1)", [("warns", "DeprecationWarning", "'flow is slow, use tide'")], id="a marked function"),
        pytest.param("Boat()", [("warns", "DeprecationWarning", "'Boat is gone, use Raft'")], id="a marked class"),
        pytest.param("tell(3)", [("eq", "capsys.readouterr().out", r"'the sea is 3\n'")], id="what it prints"),
        pytest.param(
            "log(3)", [("eq", "capsys.readouterr().err", r"'the sea is 3\n'")], id="what it prints as an error"
        ),
    ],
)
def test_demanded_is(call: str, checks: list[tuple[str, str, str]], tmp_path: Path) -> None:
    assert heard(tmp_path, call) == checks


def test_a_warning_is_heard_again_and_again(tmp_path: Path) -> None:
    warnings.simplefilter("once")
    assert heard(tmp_path, "old(1)") == heard(tmp_path, "old(1)") != []


# --- looked at again ----------------------------------------------------------------------------------------------


def unmet(tmp_path: Path, call: str, *checks: tuple[str, str, str]) -> list[int] | None:
    harbour(tmp_path)
    names = ("old", "own", "tell", "count", "Ebb")
    told = {"imports": [("harbour", name) for name in names], "prelude": [], "setup": [], "call": call}
    return checking.unmet(checking.compiled({**told, "checks": checks}), space_of, 5.0)


def test_what_a_call_warns_of_and_prints_is_checked_with_the_rest(tmp_path: Path) -> None:
    warns = ("warns", "DeprecationWarning", "'goes away'")
    assert unmet(tmp_path, "old(1)", warns, ("eq", "result", "1")) == []
    assert unmet(tmp_path, "old(1)", ("warns", "UserWarning", "None"), ("eq", "result", "1")) == [0]
    assert unmet(tmp_path, "old(1)", ("warns", "DeprecationWarning", "'stays'"), ("eq", "result", "2")) == [0, 1]
    assert unmet(tmp_path, "len('ab')", warns) == [0]
    assert unmet(tmp_path, "own(1)", ("warns", "UserWarning", "None"), ("is", "result", "None")) == []
    assert unmet(tmp_path, "tell(3)", ("eq", "capsys.readouterr().out", r"'the sea is 3\n'")) == []
    assert unmet(tmp_path, "tell(4)", ("eq", "capsys.readouterr().out", r"'the sea is 3\n'")) == [0]
    assert unmet(tmp_path, "len('ab')", ("eq", "capsys.readouterr().out", r"'the sea is 3\n'")) == [0]


# --- which checks a test keeps --------------------------------------------------------------------------------------

OLD = ("warns", "DeprecationWarning", "'goes away'")
SAID = ("eq", "capsys.readouterr().out", r"'the sea is 3\n'")


def shown(*checks: tuple[str, str, str], by: tuple[str, ...]) -> Case:
    """Return a case of which each check notices the faults of that place in `by`."""
    shows = tuple(frozenset(one.split()) for one in by)
    return replace(case("f(2)", checks=checks), shows=shows, kills=frozenset().union(*shows), asks=("capsys",))


def test_a_warning_stays_even_where_it_notices_nothing() -> None:
    assert trimmed(shown(OLD, ("eq", "result", "1"), by=("", "a"))).checks == (OLD, ("eq", "result", "1"))


def test_a_value_goes_that_notices_no_more_than_the_warning() -> None:
    assert trimmed(shown(OLD, ("eq", "result", "1"), by=("a b", "a"))).checks == (OLD,)


def test_only_a_test_that_reads_what_is_printed_asks_for_it() -> None:
    assert trimmed(shown(SAID, by=("a",))).asks == ("capsys",)
    assert trimmed(shown(SAID, ("eq", "box.a", "1"), by=("", "a"))).asks == ()


def test_one_that_asks_for_a_fixture_still_asks_for_what_is_printed() -> None:
    steps = {"sea": ("sea = Sea()",)}
    one = replace(case("tell(sea)", setup=("sea = Sea()",), checks=(SAID,)), asks=("capsys",))
    assert asking(one, steps).asks == ("capsys", "sea")


# --- how they read ------------------------------------------------------------------------------------------------


def written(one: Case, *, in_classes: bool = False, annotated: bool = False) -> list[str]:
    place = Place("t.py", None, in_classes=in_classes, bound={}, annotated=annotated)
    return block([Written("test_f", (one,))], place, 88, "A").splitlines()


def needs(one: Case, *, in_classes: bool = False, annotated: bool = False) -> list[tuple[str, ...]]:
    place = Place("t.py", None, in_classes=in_classes, bound={}, annotated=annotated)
    return imports_of([Written("test_f", (one,))], place)


@pytest.mark.parametrize(
    ("checks", "by_pytest", "by_unittest"),
    [
        pytest.param(
            (OLD,),
            ["    with pytest.warns(DeprecationWarning, match='goes away'):", "        f(2)"],
            ["        with self.assertWarnsRegex(DeprecationWarning, 'goes away'):", "            f(2)"],
            id="a warning",
        ),
        pytest.param(
            (("warns", "Ebb", "None"), ("eq", "result", "3")),
            ["    with pytest.warns(Ebb):", "        result = f(2)", "    assert result == 3"],
            [
                "        with self.assertWarns(Ebb):",
                "            result = f(2)",
                "        self.assertEqual(result, 3)",
            ],
            id="a warning without words, and a value",
        ),
        pytest.param(
            (OLD, ("eq", "box.a", "3")),
            ["    with pytest.warns(DeprecationWarning, match='goes away'):", "        f(2)", "    assert box.a == 3"],
            [
                "        with self.assertWarnsRegex(DeprecationWarning, 'goes away'):",
                "            f(2)",
                "        self.assertEqual(box.a, 3)",
            ],
            id="a warning, and what the call changed",
        ),
        pytest.param(
            (SAID,),
            ["    f(2)", r"    assert capsys.readouterr().out == 'the sea is 3\n'"],
            [
                "        with mock.patch('sys.stdout', new_callable=io.StringIO) as printed:",
                "            f(2)",
                r"        self.assertEqual(printed.getvalue(), 'the sea is 3\n')",
            ],
            id="text",
        ),
        pytest.param(
            (("warns", "Ebb", "None"), ("eq", "capsys.readouterr().err", "'low'")),
            ["    with pytest.warns(Ebb):", "        f(2)", "    assert capsys.readouterr().err == 'low'"],
            [
                "        with self.assertWarns(Ebb):",
                "            with mock.patch('sys.stderr', new_callable=io.StringIO) as printed:",
                "                f(2)",
                "        self.assertEqual(printed.getvalue(), 'low')",
            ],
            id="a warning and text",
        ),
    ],
)
def test_a_test_reads(checks: tuple[tuple[str, str, str], ...], by_pytest: list[str], by_unittest: list[str]) -> None:
    one = case("f(2)", checks=checks)
    assert written(one)[-len(by_pytest) :] == by_pytest
    assert written(one, in_classes=True)[-len(by_unittest) :] == by_unittest


def test_what_is_printed_is_asked_for_and_imported() -> None:
    one = replace(case("f(2)", checks=(SAID,)), asks=("capsys",))
    assert written(one)[0] == "def test_f(capsys):"
    assert written(one, annotated=True)[0] == "def test_f(capsys: pytest.CaptureFixture[str]) -> None:"
    assert (needs(one), needs(one, annotated=True)) == ([], [("pytest", "")])
    assert needs(one, in_classes=True) == [("io", ""), ("unittest", ""), ("unittest", "mock")]
    assert needs(case("f(2)", checks=(OLD,))) == [("pytest", "")]


def test_calls_that_print_share_a_table() -> None:
    said = [
        replace(case(f"depth({sea})", checks=((*SAID[:2], f"'{sea} deep'"),)), kills=frozenset({sea}), asks=("capsys",))
        for sea in ("1", "2")
    ]
    (table,) = grouped(said, plain, ())
    place = Place("t.py", None, in_classes=False, bound={}, annotated=True)
    assert block([table], place, 120, "A").splitlines()[-4:] == [
        "def test_depth_prints(sea: int, expected: str, capsys: pytest.CaptureFixture[str]) -> None:",
        '    """Catch a small fault."""',
        "    depth(sea)",
        "    assert capsys.readouterr().out == expected",
    ]
    assert block([table], replace(place, in_classes=True), 120, "A").splitlines()[-4:] == [
        "            with self.subTest(sea=sea):",
        "                with mock.patch('sys.stdout', new_callable=io.StringIO) as printed:",
        "                    depth(sea)",
        "                self.assertEqual(printed.getvalue(), expected)",
    ]


def test_a_name_says_that_a_call_warns_or_prints() -> None:
    assert name_for(case("depth(2)", checks=(OLD,)), plain("")) == "test_depth_warns_deprecation_warning"
    assert name_for(case("depth(2)", checks=(SAID,)), plain("")) == "test_depth_prints"


# --- in the sandbox -----------------------------------------------------------------------------------------------

SETTINGS = '[project]\nname = "port"\nversion = "1.0"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'
FILES = {
    "pyproject.toml": f'{SETTINGS}filterwarnings = ["error"]\n',
    "port/__init__.py": "",
    "port/harbour.py": """import time
import warnings


def old(sea, depth=None):
    if depth is None:
        warnings.warn("the depth of a sea is asked for soon", DeprecationWarning, stacklevel=2)
    return sea


def tell(sea):
    line = "the sea is " + str(sea)
    print(line)


def clock(sea):
    line = "the tide is " + str(int(time.time() * sea))
    print(line)
""",
    "tests/test_harbour.py": """import warnings

from port.harbour import clock, old, tell


def test_harbour():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert old(1) == 1
    assert tell(3) is clock(3) is None
""",
}


@pytest.mark.host
def test_where_warnings_are_errors_a_test_of_a_call_that_warns_holds(tmp_path: Path) -> None:
    rig, tree = rig_of(FILES, tmp_path)
    bench = SandboxBench(RuffTool(), rig, measure(rig, tree, tmp_path, key="port").run, tree, tmp_path)
    project, _ = read_project(tree, PACKAGED, RuffTool(), ("port/harbour.py",))
    outcome = write_tests(ground_of(tree, PACKAGED, bench, project), "port/harbour.py", 60)
    assert outcome.proposal is not None
    assert easy_green(Candidate(tree, outcome.proposal.change, PACKAGED, bench)).ruling is Ruling.PASS
    (after,) = (edit.after.data.decode() for edit in outcome.proposal.change.edits if edit.after)
    fresh = {text.partition("(")[0]: text for text in after.split("\n\n\ndef test_")[2:]}
    assert fresh.keys() == {"old_without_depth_warns_deprecation_warning", "tell_prints"}
    assert "    with pytest.warns(" in fresh["old_without_depth_warns_deprecation_warning"]
    assert '    assert capsys.readouterr().out == "the sea is ' in fresh["tell_prints"]


@pytest.mark.parametrize(
    ("text", "file", "deliberate"),
    [
        pytest.param("Oar() | 'a'", checking.WRITTEN, True, id="both sides decline"),
        pytest.param("Oar() < 1", checking.WRITTEN, True, id="to be compared"),
        pytest.param("Oar() | 'a'", "/usr/lib/a.py", False, id="in a library"),
        pytest.param("len(Oar())", checking.WRITTEN, False, id="what it cannot do at all"),
        pytest.param("Oar().rows", checking.WRITTEN, False, id="another error of the call's own"),
        pytest.param("Oar().broken()", checking.WRITTEN, True, id="raised by the product"),
    ],
)
def test_an_operator_that_both_sides_decline_is_refused_on_purpose(text: str, file: str, *, deliberate: bool) -> None:
    space: dict[str, Any] = {}
    product = """
class Oar:
    def __or__(self, other):
        return NotImplemented

    def broken(self):
        raise ValueError("broken")
"""
    exec(compile(product, "/src/oar.py", "exec"), space)  # noqa: S102
    with pytest.raises((TypeError, AttributeError, ValueError)) as caught:
        eval(compile(text, file, "eval"), space)  # noqa: S307
    assert is_deliberate(caught.value, "/src", checking.WRITTEN) is deliberate
    assert (words_of(caught.value) == "") is (text.endswith(("'a'", "< 1")))  # Python's own words


@pytest.mark.parametrize(
    ("raised", "pattern"),
    [
        pytest.param("'a sea has 9 to 15 rows'", "a sea has 9 to 15 rows", id="whole, its numbers with it"),
        pytest.param("f'a sea has {limit} to 15 rows'", "a sea has", id="one that a value has a part in"),
        pytest.param("'No sea [yet].'", r"No sea \[yet\]", id="what stands for something else in a pattern"),
        pytest.param("'a sea has 9 rows\\n'", "a sea has", id="more lines"),
        pytest.param("'9 to 15 rows of a sea'", "rows of a sea", id="no word at its beginning"),
        pytest.param(f"'{'deep ' * 12} 1 sea'", " ".join(["deep"] * 12), id="too long"),
    ],
)
def test_a_message_that_the_product_has_word_for_word_is_demanded_whole(raised: str, pattern: str) -> None:
    space: dict[str, Any] = {}
    exec(f"def sound(limit):\n    raise ValueError({raised})\n", space)  # noqa: S102
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is what is asked
        space["sound"](9)
    assert words_of(caught.value) == pattern
    assert not pattern or re.search(pattern, str(caught.value))


@pytest.mark.parametrize(
    ("raised", "pattern"),
    [
        pytest.param("KeyError('no sea of that name')", "no sea of that name", id="a message"),
        pytest.param("KeyError(f'no sea {limit}')", "no sea", id="with a value in it"),
        pytest.param("KeyError('deep')", "", id="a key"),
        pytest.param('KeyError("no sea\'s name")', "no sea's name", id="with a mark of its own"),
        pytest.param("KeyError('no such', 'sea')", "", id="more than one"),
    ],
)
def test_a_key_error_says_its_message_in_quotes(raised: str, pattern: str) -> None:
    space: dict[str, Any] = {}
    exec(f"def sound(limit):\n    raise {raised}\n", space)  # noqa: S102
    with pytest.raises(KeyError) as caught:
        space["sound"](9)
    assert words_of(caught.value) == pattern
    assert re.search(pattern, str(caught.value))


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        pytest.param("a depth is not negative", "a depth is not negative", id="plain"),
        pytest.param("cannot read 'x.txt' at line 5 of the file", "cannot read", id="with values"),
        pytest.param("`sea` is gone. Ask for a depth in 3.5.", "Ask for a depth in", id="in sentences"),
        pytest.param("no sea. It is as deep as a.b.c is.", "It is as deep as", id="with a dotted name"),
        pytest.param("a sea is deprecated.", "a sea is deprecated", id="to the end of a sentence"),
        pytest.param("12", "", id="nothing stable"),
        pytest.param("'a' is no (deep) sea", r"is no \(deep\) sea", id="with brackets"),
        pytest.param("no depth (3) in it (", "no depth", id="with brackets around a value"),
        pytest.param(
            "Wait, this isn't a sea.\n\nThey're something that nobody has ever seen before,",
            "Wait, this isn't a sea",
            id="the first line says it",
        ),
        pytest.param("no sea in b'a low tide that came late'", "no sea in b", id="the bytes of a value"),
        pytest.param("Can't look for 'a low tide that came late'", "Can't look for", id="an apostrophe before a value"),
        pytest.param("no sea:\nnothing is as deep as it is", "nothing is as deep as it is", id="it says too little"),
        pytest.param(f"{'no ' * 30}sea", f"{'no ' * 20}".rstrip(), id="long"),
    ],
)
def test_only_the_stable_part_of_a_message_is_demanded(message: str, pattern: str) -> None:
    assert stable(message) == pattern
