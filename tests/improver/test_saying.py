"""Objects whose own text is a call that makes them again, and what is demanded of them."""

import copy
import importlib
import sys
import types
from typing import Any

import pytest

from improver.verify import calling, demanding, explorer, phrasing, portrait, saying, sharing

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}


class _Crew:
    """What a function makes that keeps nothing under the name of what it was given."""

    def __init__(self, kept: set[str], says: str = "") -> None:
        self.kept, self.says = kept, says

    def __repr__(self) -> str:
        return self.says or f"crew({self.kept!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Crew) and self.kept == other.kept

    def __hash__(self) -> int:
        return len(self.kept)

    def __len__(self) -> int:
        return len(self.kept)

    def __or__(self, other: "_Crew") -> "_Crew":
        return crew(self.kept | other.kept)

    def joined(self, other: "_Crew") -> "_Crew":
        return self | other

    def _hidden(self) -> None:
        """Do what nobody outside should ask for."""

    def __iter__(self) -> Any:
        return iter(sorted(self.kept))


def crew(names: Any = ()) -> _Crew:
    """Make a crew, of another one too."""
    return _Crew({*(names.kept if isinstance(names, _Crew) else names)})


class Storm(ValueError):
    """An error of its own."""


class Plain:
    """Something that does not say how it is made."""


def phrase() -> Any:
    return phrasing.Phrase("/src", lambda one, other: bool(one == other), saying.said)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(crew({"b", "a"}), "crew({'a', 'b'})", id="a set in order"),
        pytest.param(crew(), "crew(set())", id="a call within"),
        pytest.param(_Crew({"a"}, "crew(crew(names=['a']))"), "crew(crew(names=['a']))", id="itself within"),
        pytest.param(_Crew({"a"}, "<crew of 1>"), "", id="no code"),
        pytest.param(_Crew({"a"}, "crew"), "", id="no call"),
        pytest.param(_Crew({"a"}, "_Crew({'a'})"), "", id="a private name"),
        pytest.param(_Crew({"a"}, "sailors({'a'})"), "", id="a name that nobody knows"),
        pytest.param(_Crew({"a"}, "crew(a)"), "", id="what is no literal"),
        pytest.param(_Crew({"a"}, "crew(*['a'])"), "", id="starred"),
        pytest.param(_Crew({"a"}, "crew(**{'names': 'a'})"), "", id="starred twice"),
        pytest.param(_Crew({"a"}, "crew(['/home/someone/a'])"), "", id="a place on a machine"),
        pytest.param(_Crew({"a"}, f"crew({'a' * 200!r})"), "", id="a long text"),
        pytest.param(Plain(), "", id="an address"),
        pytest.param(_Crew({"a"}, f"crew({['abcdefghijkl'] * 10})"), "", id="a long call"),
        pytest.param(frozenset("a"), "", id="what is built in"),
        pytest.param(Storm("a"), "", id="an error, whose text is not its own"),
    ],
)
def test_the_call_that_an_object_says_it_is(value: object, text: str) -> None:
    assert saying.said(value, phrase()) == text


def test_an_object_that_nothing_else_makes_is_written_as_it_says() -> None:
    one = phrase()
    assert (one.of([crew("a")]), {name for _, name in one.imports}) == ("[crew({'a'})]", {"crew"})
    with pytest.raises(phrasing.Unphrased):
        phrase().of(_Crew({"a"}, "crew(['b'])"))  # which makes another one
    with pytest.raises(phrasing.Unphrased):
        phrasing.Phrase("/src", lambda *_: True).of(crew("a"))


ZONES = """
class Zone:
    def __init__(self, hours):
        self.offset = hours * 60

Eastern = Zone(-5)
_Hidden = Zone(1)
"""


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a module of the tree that holds objects of its own."""
    made = types.ModuleType("quay.zones")
    made.__file__ = "/src/quay/zones.py"
    monkeypatch.setitem(sys.modules, "quay.zones", made)
    exec(ZONES, made.__dict__)  # noqa: S102 - a text of ours
    return made


def test_an_object_that_its_module_holds_is_written_by_its_name(zones: Any) -> None:
    def alike(one: Any, other: Any) -> bool:
        return bool(vars(one) == vars(other))

    one = phrasing.Phrase("/src", alike, saying.written)
    assert (one.of([zones.Zone(-5)]), one.imports) == ("[Eastern]", {("quay.zones", "Eastern")})
    for other in (zones.Zone(-6), zones.Zone(1)):
        with pytest.raises(phrasing.Unphrased):
            phrasing.Phrase("/src", alike, saying.written).of(other)
    with pytest.raises(phrasing.Unphrased):
        phrasing.Phrase("/elsewhere", alike, saying.written).of(zones.Zone(-5))


def test_what_others_use_too_is_looked_at_before_and_after(zones: Any) -> None:
    case = {"imports": [("quay.zones", "Eastern"), ("quay.zones", "Zone"), ("sys", "")]}
    shared = sharing.Shared(phrasing.space_of, portrait)
    before = shared.seen(case)
    zones.Eastern.offset += 1
    assert before
    assert shared.seen(case) != before
    assert shared.seen({"imports": case["imports"][1:]}) == ""
    assert shared.seen({"imports": [("quay.no_such_zones", "Eastern")]}) == ""


@pytest.mark.parametrize("held", [[3, [1]], {"a": [1]}, {3, 1}], ids=lambda one: type(one).__name__)
def test_a_container_that_a_case_changes_is_again_as_it_was_at_first(zones: Any, held: Any) -> None:
    zones.LOGGED, kept = held, copy.deepcopy(held)
    case, shared = {"imports": [("quay.zones", "LOGGED")]}, sharing.Shared(phrasing.space_of, portrait)
    assert not shared.mended(case)
    if isinstance(held, set):
        held.add(2)
    else:
        held[1 if isinstance(held, list) else "a"].append(2)
    assert shared.mended(case)
    assert held == kept
    assert not shared.mended(case)


def test_what_cannot_be_imported_or_copied_ends_nothing(zones: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Anchor:
        def __deepcopy__(self, _: Any) -> None:
            raise SystemExit

    def leaves(_: Any) -> dict[str, Any]:
        raise SystemExit

    zones.LOGGED = [Anchor()]
    case, shared = {"imports": [("quay.zones", "LOGGED")]}, sharing.Shared(phrasing.space_of, portrait)
    assert not shared.mended(case)
    zones.LOGGED.append(1)
    assert not shared.mended(case), "nobody knows what it was"
    monkeypatch.setattr(shared, "space_of", leaves)
    assert (shared.seen(case), shared.mended(case)) == ("", False)


def test_a_recorded_call_of_a_private_class_is_written_where_its_object_can_be() -> None:
    def written(name: str, *args: object) -> str:
        return str(calling.Target(sys.modules[__name__], name, phrase).case(args, {})["call"])

    assert written("_Crew.joined", crew("a"), crew("b")) == "crew({'a'}).joined(crew({'b'}))"
    assert written("_Crew.__or__", crew("a"), crew("b")) == "crew({'a'}) | crew({'b'})"
    with pytest.raises(calling.Unreached):
        written("_Crew._hidden", crew("a"))
    with pytest.raises(calling.Unreached):
        written("_Crew.__init__", crew("a"), {"a"})
    with pytest.raises(phrasing.Unphrased):
        written("_Crew.joined", _Crew({"a"}, "<a crew>"), crew("b"))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param("WoodenBoat", "boat", id="the last word"),
        pytest.param("_Boat", "boat", id="of a private class"),
        pytest.param("BoatClass", "boat", id="the first, where the last is a word of Python's own"),
        pytest.param("BoatFilter", "boat", id="or a function of Python's own"),
        pytest.param("ObjectMap", "made", id="none, where both are"),
        pytest.param("USBoat", "boat", id="after a word in capitals"),
        pytest.param("boat", "made", id="not that of the class, which a test could not call then"),
    ],
)
def test_an_object_has_a_name_that_is_free(name: str, wanted: str) -> None:
    assert calling.variable(name) == wanted


def seen(*setup: str, call: str) -> list[tuple[str, str, str]]:
    """Return what is demanded of a call after these statements."""
    case = {"imports": [], "prelude": [], "setup": list(setup), "call": call, "checks": []}
    here = demanding.__file__.removesuffix("/demanding.py")
    space = {"crew": crew, "Plain": Plain, "lied": lambda: _Crew({"a"}, "crew(['b'])")}
    found = demanding.Watcher(here, GUESTS, phrase, lambda _: dict(space)).look(case, 5.0)
    return list(found.get("checks", ()))


def test_an_object_is_demanded_to_be_what_it_says() -> None:
    assert seen(call="crew('ba')")[0] == ("eq", "result", "crew({'a', 'b'})")
    assert seen("boat = crew('a')", call="boat.kept.add('b')")[0] == ("eq", "boat", "crew({'a', 'b'})")
    assert not [one for one in seen(call="crew('ba')") if "list(" in one[1]]  # it is all said
    assert [one for one in seen(call="lied()") if "list(" in one[1]]
    assert ("eq", "result", "crew(['b'])") not in seen(call="lied()")
    assert not [one for one in seen(call="Plain()") if one[1] == "result"]
