"""What a file itself gives its functions, and the objects that it holds under public names."""

import pytest

from improver.writing.inputs.held import given_itself, held
from improver.writing.inputs.makers import makers
from tests.improver.calls import index_of, source

ZONES = """\
class Zone:
    def __init__(self, hours, name):
        self.hours = hours

    def shifted(self, by):
        return self.hours + by


def zone(name):
    return Zone(0, name)


Eastern = Zone(-5, "EST")
_Other = Zone(1, "CET")
Unknown = Zone(hours(), "?")
Central = zone("CST")
NAMES = [zone(one) for one in ("a", "b")]
"""
CHANGED = "        self.by = by\n        return self.hours + by"


def made(text: str, owner: str = "Zone") -> list[str]:
    """Return how objects of a class are come by where no test makes one."""
    return [one.call for one in makers(source(text), "pier.a", owner, {})]


def test_an_object_that_the_file_holds_is_taken_then_what_it_makes_itself() -> None:
    assert made(ZONES) == ["Eastern", "Zone(-5, 'EST')", "Zone(1, 'CET')"]
    assert next(one.imports for one in makers(source(ZONES), "pier.a", "Zone", {})) == (("pier.a", "Eastern"),)


def test_of_a_private_class_only_what_is_held_is_taken() -> None:
    text = ZONES.replace("Zone", "_Zone").replace("return _Zone(0, name)", "return name")
    assert made(text, "_Zone") == ["Eastern"]


def test_what_gives_objects_of_a_private_class_is_called_as_the_file_does() -> None:
    assert made(ZONES.replace("Zone", "_Zone"), "_Zone")[0] == "zone('CST')"


def test_an_object_that_a_call_changes_is_made_anew() -> None:
    assert made(ZONES.replace("        return self.hours + by", CHANGED)) == [
        *("zone('CST')", "Zone(-5, 'EST')", "Zone(1, 'CET')"),
    ]


def test_where_tests_make_one_what_the_file_holds_is_left_alone() -> None:
    tests = source("from pier.a import Zone\n\n\ndef test_zone():\n    assert Zone(3, 'x')\n", "tests/test_a.py")
    found = [one.call for one in makers(source(ZONES), "pier.a", "Zone", index_of([tests]))]
    assert found == ["zone('CST')", "Zone(3, 'x')"]


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        pytest.param("Zone.__init__", ["Zone(-5, 'EST')", "Zone(1, 'CET')"], id="a class, of literals alone"),
        pytest.param("zone", ["zone('CST')"], id="a function"),
        pytest.param("Zone.shifted", [], id="a method, which needs an object"),
        pytest.param("_Other", [], id="what is private"),
    ],
)
def test_the_calls_of_a_file_itself(name: str, calls: list[str]) -> None:
    assert [one.call for one in given_itself(source(ZONES), "pier.a", f"pier/a.py::{name}")] == calls


def test_what_is_given_nothing_says_nothing() -> None:
    text = "class Void:\n    def __init__(self, size=1):\n        self.size = size\n\n\nVOID = Void()\n"
    node = source(text).tree.body[0]
    assert held(source(text), "pier.a", node) == []  # type: ignore[arg-type]
