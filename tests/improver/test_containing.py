"""Sets of a project's own that are wrong about their items, and those that are right."""

from typing import Any

import pytest

from improver.verify import containing


class Crew:
    """A set of its own, right in all that it does but for what its heir does."""

    def __init__(self, names: Any = ()) -> None:
        self.names = set(names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Any:
        return iter(self.names)

    def __and__(self, other: Any) -> "Crew":
        return type(self)(name for name in self if name in other)

    def __or__(self, other: Any) -> "Crew":
        return type(self)([*self, *other])

    def __isub__(self, other: Any) -> "Crew":
        self.names -= set(other)
        return self

    def __le__(self, other: Any) -> bool:
        return all(name in other for name in self)

    def union(self, *others: Any) -> "Crew":
        return type(self)(name for one in (self, *others) for name in one)

    def update(self, other: Any) -> None:
        self.names |= set(other)

    def isdisjoint(self, other: Any) -> bool:
        return not any(name in self for name in other)


class Lost(Crew):
    """One that loses what it should keep."""

    def __and__(self, other: Any) -> Crew:
        return Crew()

    def __isub__(self, other: Any) -> "Lost":
        return self

    def __le__(self, other: Any) -> bool:
        return True

    def update(self, other: Any) -> None:
        self.names = set(other)

    def isdisjoint(self, other: Any) -> bool:
        return not other


class Tally:
    """Something that is added up by a sign of sets, and is none."""

    def __or__(self, other: object) -> int:
        return 0


def broken(kind: type, *lines: str) -> bool:
    """Tell whether the last of these lines, the others before it, contradicts itself."""
    *setup, call = lines
    case = {"imports": [], "prelude": [], "setup": setup, "call": call}
    return containing.broken(case, lambda _: {"Crew": kind, "Tally": Tally})


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("Crew('ab') & {'b'}",), id="an operator"),
        pytest.param(("Crew('ab') <= {'b'}",), id="an order"),
        pytest.param(("crew = Crew('ab')", "crew -= {'a'}", "crew"), id="in place"),
        pytest.param(("crew = Crew('ab')", "crew.update('c')"), id="a method that changes its object"),
        pytest.param(("crew = Crew('ab')", "crew.update('c')", "len(crew.names)"), id="before the call"),
        pytest.param(("Crew('ab').isdisjoint('c')",), id="what has nothing in common"),
    ],
)
def test_what_is_made_of_two_sets_has_the_items_that_it_should(lines: tuple[str, ...]) -> None:
    assert broken(Lost, *lines)
    assert not broken(Crew, *lines)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("{1, 2} - {1}",), id="sets of Python's own"),
        pytest.param(("Tally() | Tally()",), id="no sets"),
        pytest.param(("Crew('ab').union('c', 'd')",), id="several others"),
        pytest.param(("Crew('ab').union(iter('c'))",), id="what can be read but once"),
        pytest.param(("Crew('ab').update('c')",), id="what nobody can look at afterwards"),
        pytest.param(("Crew('ab') + 1",), id="another sign"),
        pytest.param(("1 < 2 < 3",), id="several orders"),
        pytest.param(("Crew('ab') & 1",), id="what ends in an error"),
        pytest.param(("Crew(['a']) | ['b', []]",), id="items that no set has"),
    ],
)
def test_of_what_nobody_can_tell_that_it_is_wrong_nothing_is_said(lines: tuple[str, ...]) -> None:
    assert not broken(Lost, *lines)


class Everyone(Crew):
    """All but some, whom nobody can list; to add nobody makes it forget them."""

    def __contains__(self, name: object) -> bool:
        return name not in self.names

    def __iter__(self) -> Any:
        raise NotImplementedError

    def update(self, other: Any) -> None:
        self.names &= set(other)


def test_what_a_set_was_made_of_is_asked_for_where_it_cannot_be_listed() -> None:
    assert broken(Everyone, "crew = Crew('a')", "crew.update([])")
    assert not broken(Everyone, "crew = Crew([])", "crew.update(['b'])")


class Named(Lost):
    """One that can be asked for names only."""

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            raise TypeError(name)
        return super().__contains__(name)


def test_a_set_is_asked_for_what_it_can_be_asked_for() -> None:
    assert broken(Named, "Crew('ab') & {'b', 3}")
    assert not broken(Named, "Crew('ab').union('c')")


class Ordered(Crew):
    """One that is in order with others in each way; its heir says the opposite."""

    right = True

    def __le__(self, other: Any) -> bool:
        return (self.names <= other.names) is self.right

    def __lt__(self, other: Any) -> bool:
        return (self.names < other.names) is self.right

    def __ge__(self, other: Any) -> bool:
        return (self.names >= other.names) is self.right

    def __gt__(self, other: Any) -> bool:
        return (self.names > other.names) is self.right


class Disordered(Ordered):
    """One that is wrong each time."""

    right = False


@pytest.mark.parametrize("sign", ["<=", "<", ">=", ">"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a", "ab", id="in the other"),
        pytest.param("ab", "a", id="around the other"),
        pytest.param("ab", "ba", id="the same"),
        pytest.param("ab", "bc", id="in part"),
    ],
)
def test_an_order_of_two_sets_is_that_of_their_items(one: str, other: str, sign: str) -> None:
    assert not broken(Ordered, f"Crew({one!r}) {sign} Crew({other!r})")
    assert broken(Disordered, f"Crew({one!r}) {sign} Crew({other!r})")


class Combined(Crew):
    """One that combines with others in each way; its heir has "b" where it should not, and not where it should."""

    wrong = frozenset[str]()

    def made(self, names: set[Any]) -> Crew:
        return type(self)(names ^ self.wrong)

    def __and__(self, other: Any) -> Crew:
        return self.made(self.names & set(other))

    def __or__(self, other: Any) -> Crew:
        return self.made(self.names | set(other))

    def __sub__(self, other: Any) -> Crew:
        return self.made(self.names - set(other))

    def __xor__(self, other: Any) -> Crew:
        return self.made(self.names ^ set(other))

    intersection, union, difference, symmetric_difference = __and__, __or__, __sub__, __xor__

    def difference_update(self, other: Any) -> None:
        self.names = self.names - set(other) ^ self.wrong


class Confused(Combined):
    """One that is wrong about one item."""

    wrong = frozenset("b")


@pytest.mark.parametrize(
    "lines",
    [
        *(pytest.param((f"Crew('ab') {sign} Crew('bc')",), id=f"by {sign}") for sign in "&|-^"),
        pytest.param(("Crew('ab').intersection(Crew('bc'))",), id="intersection"),
        pytest.param(("Crew('ab').union(Crew('bc'))",), id="union"),
        pytest.param(("Crew('ab').difference(Crew('bc'))",), id="difference"),
        pytest.param(("Crew('ab').symmetric_difference(Crew('bc'))",), id="symmetric difference"),
        pytest.param(("crew = Crew('ab')", "crew.difference_update('bc')"), id="in place"),
    ],
)
def test_what_two_sets_are_combined_to_has_just_the_items_that_it_should(lines: tuple[str, ...]) -> None:
    assert not broken(Combined, *lines)
    assert broken(Confused, *lines)


def test_a_text_stands_for_its_letters() -> None:
    assert not broken(Crew, "Crew('ab') | 'bcd'")
    assert broken(Lost, "Crew('ab') & 'bcd'")
