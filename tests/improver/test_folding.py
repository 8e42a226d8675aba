"""Long statements over several lines."""

import ast

import pytest

from improver.writing.layout.assembling import assembled
from improver.writing.layout.folding import folded
from improver.writing.layout.grouping import Written
from improver.writing.layout.statements import laid_out
from improver.writing.placing import Place
from tests.improver.calls import case, source

LONG = f"depth(one={'a' * 20!r}, two={'b' * 20!r})"


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"assert sea[{LONG}] == 1", id="what is looked up"),
        pytest.param(f"assert sea[{LONG}, 2] == 1", id="two things that are looked up"),
        pytest.param(f"assert tide(1) == ({LONG} + 1)", id="what is only held together"),
        pytest.param(f"assert tide(1) == ({LONG},)", id="a tuple of one thing"),
        pytest.param(f"assert tide(1) == [{LONG}]", id="a list of one thing"),
        pytest.param(f"assert tide({LONG})", id="one argument"),
        pytest.param(f"assert tide({LONG} for one in sea)", id="one thing after the other"),
    ],
)
def test_a_statement_in_several_lines_means_what_it_meant(line: str) -> None:
    lines = folded(line, 40)
    assert len(lines) > 1
    assert max(map(len, lines)) <= 40
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(line))


def test_one_argument_has_a_comma_after_it() -> None:
    assert folded(f"assert tide({LONG})", 40)[-2:] == ["    ),", ")"]


def test_no_empty_line_stands_first_in_a_class() -> None:
    made = ast.unparse(ast.parse("class Box:\n    @property\n    def size(self):\n        return 1"))
    assert "Box:\n\n" in made
    assert laid_out([made, "assert Box().size == 1"], 88) == [
        "",
        "class Box:",
        "    @property",
        "    def size(self):",
        "        return 1",
        "",
        "assert Box().size == 1",
    ]


def test_the_longest_name_has_room_in_a_class_of_a_narrow_file() -> None:
    narrow = source(
        "import unittest\n\n\nclass TestA(unittest.TestCase):\n    def test_a(self) -> None:\n        pass\n", "t.py"
    )
    place = Place("t.py", narrow, in_classes=True, bound={"TestA": None}, annotated=True)
    whole = assembled([Written("test_" + "f" * 55, (case("depth(1)", "2"),))], place, "A", frozenset())
    assert whole is not None
    lines = whole.decode().splitlines()
    assert max(map(len, lines)) <= 79
    assert lines[lines.index("        self,") + 1] == "    ) -> None:"


@pytest.mark.parametrize(
    ("line", "width", "brief"),
    [
        pytest.param("with pytest.raises(ValueError, match='the sea is too deep for us'):", 60,
                     "with pytest.raises(ValueError, match='the sea is too deep'):", id="pytest"),
        pytest.param(r"with self.assertRaisesRegex(pier.Wet, r'the sea\. is too deep'):", 60,
                     r"with self.assertRaisesRegex(pier.Wet, r'the sea\. is too'):", id="unittest, as it is written"),
        pytest.param("with pytest.raises(ValueError, match='the sea is deep for a boat'):", 65,
                     "with pytest.raises(ValueError, match='the sea is deep'):", id="nothing that goes on"),
        pytest.param("with pytest.raises(ValueError, match='the sea is deep'):", 60,
                     "with pytest.raises(ValueError, match='the sea is deep'):", id="there is room"),
    ],
)  # fmt: skip
def test_of_what_an_error_says_the_first_words_are_demanded(line: str, width: int, brief: str) -> None:
    assert laid_out([line], width) == [brief]


def test_too_few_words_of_an_error_say_nothing() -> None:
    text = f"with pytest.raises(ValueError, match={'the ' + 'x' * 40!r}):"
    assert laid_out([text], 60) == folded(text, 60)
