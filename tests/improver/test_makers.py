"""Ways to make objects of a class."""

import pytest

from improver.writing.inputs.guessing import otherwise
from improver.writing.inputs.makers import makers, variable_for
from tests.improver.calls import index_of, source

JAR = """\
class Jar:
    def __init__(self, items):
        self.items = items

    @classmethod
    def from_text(cls, text):
        return cls(text.split())

    def from_here(self, place):
        return place
"""


def made(test: str) -> list[str]:
    """Return the calls that make a jar, where a test says this."""
    tests = source(f"from pier.a import Jar\n\n\ndef test_jar():\n    {test}\n", "tests/test_a.py")
    return [one.call for one in makers(source(JAR), "pier.a", "Jar", index_of([tests]))]


def test_an_object_is_also_made_as_tests_make_it_of_something_else() -> None:
    tests = "assert Jar([1])\n    assert Jar([1, 2])\n    assert Jar.from_text('a b')"
    assert made(tests) == ["Jar([1])", "Jar.from_text('a b')", "Jar([1, 2])"]


def test_a_method_is_called_on_an_object_that_is_made_otherwise() -> None:
    tests = source("from pier.a import Jar\n\n\ndef test_jar():\n    assert Jar.from_text('a b')\n", "tests/test_a.py")
    jar, index = source(JAR), index_of([tests])
    found = [one.call for one in otherwise(jar, "pier.a", "pier/a.py::Jar.from_here", index)]
    assert found[0] == "Jar.from_text('a b').from_here(1)"
    assert [*otherwise(jar, "pier.a", "pier/a.py::Jar.from_text", index)] == []
    assert [*otherwise(jar, "pier.a", "pier/a.py::Jar.from_here", {})] == []


@pytest.mark.parametrize(
    "test",
    [
        pytest.param("assert Jar([1]).from_here(2)", id="no class method"),
        pytest.param("assert Jar.from_text()", id="made of nothing"),
        pytest.param("assert Other.from_text('a')", id="of another class"),
    ],
)
def test_what_makes_no_object_of_the_class_otherwise(test: str) -> None:
    assert not [one for one in made(test) if "from_" in one]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("from a import Jar\n\n\nclass Jar(Jar):\n    pass\n", "Jar", id="in place of its parent"),
        pytest.param("from a import _Jar\n\n\nclass _Jar(_Jar):\n    pass\n", "_Jar", id="private ones too"),
        pytest.param(
            "class _A:\n    x = 1\n\nclass _B(_A):\n    x = 1\n\nclass _A(_B):\n    x = 1\n", "_A", id="by turns"
        ),
    ],
)
def test_a_class_may_have_the_name_of_what_it_comes_from(text: str, name: str) -> None:
    found = [one.call for one in makers(source(text), "pier.a", name, {})]
    assert found == ([] if name.startswith("_") else ["Jar()", "Jar('a')", "Jar([1, 2, 3])"])


def test_an_heir_is_made_as_its_parent_is_and_what_is_for_heirs_as_they_are() -> None:
    text = f"{JAR}\n\nclass Pot(Jar):\n    pass\n\n\nclass Lid:\n    pass\n"
    tests = source("from pier.a import Jar\n\n\ndef test_jar():\n    assert Jar([7])\n", "tests/test_a.py")
    assert [one.call for one in makers(source(text), "pier.a", "Pot", index_of([tests]))] == ["Pot([7])"]
    private = source(text.replace("Jar", "_Jar"))
    assert [one.call for one in makers(private, "pier.a", "_Jar", {})][:1] == ["Pot()"]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        pytest.param('"""The abstract base of jars."""', ["Pot([7])", "Urn()"], id="it says so"),
        pytest.param("def fill(self):\n        raise NotImplementedError", ["Pot([7])", "Urn()"], id="it refuses"),
        pytest.param("@abc.abstractmethod\n    def fill(self): ...", ["Pot([7])", "Urn()"], id="it is marked"),
        pytest.param('"""Jars of the abstract syntax tree."""', ["Jar()"], id="it is of a tree"),
        pytest.param('"""Jars."""\n    def fill(self):\n        pass', ["Jar()"], id="it is whole"),
    ],
)
def test_of_what_is_there_for_others_to_come_from_theirs_are_made(text: str, calls: list[str]) -> None:
    heirs = "".join(f"class {name}(Jar):\n    pass\n\n" for name in ("_Lid", "Urn", "Pot"))
    known = source(f"class Jar:\n    {text}\n    def __init__(self, has=()): ...\n\n{heirs}")
    tests = source("from pier.a import Pot\n\n\ndef test_pot():\n    assert Pot([7])\n", "tests/test_a.py")
    assert [one.call for one in makers(known, "pier.a", "Jar", index_of([tests]))][: len(calls)] == calls
    alone = source(known.text.partition("class _Lid")[0])
    assert [one.call for one in makers(alone, "pier.a", "Jar", {})][:1] == ["Jar()"], "it has no heirs"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        pytest.param("jar([1])", "made", id="the name is taken"),
        pytest.param("a.GlassJar(1)", "jar", id="by way of its module"),
        pytest.param("GlassJar.from_text('a')", "jar", id="by a class method"),
        pytest.param("make_jar(1)", "jar", id="by a function"),
        pytest.param("GlassFilter(1)", "glass", id="the last word is Python's own"),
        pytest.param("JARShelf(1)", "shelf", id="after a word in capitals"),
    ],
)
def test_a_variable_says_what_is_made(call: str, name: str) -> None:
    assert variable_for(call) == name


def test_of_an_enum_its_members_are_taken() -> None:
    text = "class Side(str, enum.Enum):\n    LEFT = 'left'\n    RIGHT = 'right'\n\n    def other(self): ...\n"
    assert [one.call for one in makers(source(text), "pier.a", "Side", {})] == ["Side.LEFT", "Side.RIGHT"]
