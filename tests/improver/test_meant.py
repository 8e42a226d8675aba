"""Types that a parameter is meant for: by docstrings, by what is done with it, by its name and its default."""

import pytest

from improver.writing.inputs.arguments import arguments
from improver.writing.inputs.meant import ITEMS, NUMBERS, meant
from tests.improver.calls import node

OBJECT = frozenset({"object"})
FUNCTION, DICT, STR = frozenset({"function"}), frozenset({"dict"}), frozenset({"str"})
NOTHING = frozenset[str]()


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("return rope(1)", FUNCTION),
        ("return rope.items()", DICT),
        ("return rope.encode()", STR),
        ("return rope.strip()", STR | {"bytes"}),
        ("return [part for part in rope]", ITEMS),
        ("for part in rope: print(part)", ITEMS),
        ("return tie(*rope)", ITEMS),
        ("return knot.tie(**rope)", DICT),
        ("return rope - 1", NUMBERS),
        ("return rope < 0", NUMBERS),
        ("return rope + '!'", NOTHING),
        ("return rope < other", NOTHING),
        ("return rope.tie()", OBJECT),
        ("return rope.knots", OBJECT),
        ("return rope.__class__", NOTHING),
        ("return rope.isoformat()", frozenset({"moment"})),
        ("return rope.tie() if hasattr(rope, 'tie') else rope", NOTHING),
        ("return rope.items() or rope.knots", NOTHING),
        ("return rope.items() if isinstance(rope, dict) else rope", NOTHING),
        ("rope = list(rope)\n    return rope.sort()", NOTHING),
        ("try:\n        return rope.items()\n    except AttributeError:\n        return rope", NOTHING),
        ("match rope:\n        case dict():\n            return rope.items()\n    return rope", NOTHING),
        ("return tie(rope, key=lambda rope: rope.items())", NOTHING),
        ("def knot(rope):\n        return rope.items()\n    return tie(rope, knot)", NOTHING),
        ("return [part.strip() for part in rope], rope.strip()", STR | {"bytes"}),
    ],
)
def test_what_is_done_with_it_says_what_it_is(body: str, kinds: frozenset[str]) -> None:
    assert meant(node(f"def moor(rope, other=None):\n    {body}"), "rope") == kinds


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Args:\n        rope (int or float): How long.", NUMBERS),
        ("Args:\n        rope (str, optional): Its name.", STR),
        ("Args:\n        rope (Rope): What it is.", NOTHING),
        ("Args:\n        rope (list of strings): Its parts.", frozenset({"list"})),
        ("Args:\n        rope (list of Knot): Its parts.", frozenset({"list"})),
        ("Args:\n        rope (list of strings or dict): Its parts.", DICT | {"list"}),
        (":type rope: dict[str, list[int]]", DICT),
        (":type rope: Union[list[int], str]", STR | {"list"}),
        (":type rope: tuple(int, int)", frozenset({"tuple"})),
        (":type rope: Optional[str]", STR),
        (":type rope: Union[int, str]", NUMBERS | STR),
        (":type rope: Union[Rope, str]", NOTHING),
        (":param dict rope: Its parts.", DICT),
        (":type rope: callable\n", FUNCTION),
        ("Takes a rope (int or more): all.", NOTHING),
    ],
)
def test_a_docstring_says_what_it_is(said: str, kinds: frozenset[str]) -> None:
    assert meant(node(f'def moor(rope):\n    """Moor.\n\n    {said}\n    """'), "rope") == kinds


@pytest.mark.parametrize(
    ("parameters", "name", "kinds"),
    [
        ("cls", "cls", frozenset({"class"})),
        ("rope, func", "func", FUNCTION),
        ("rope, kwargs", "kwargs", DICT),
        ("rope=2", "rope", NUMBERS),
        ("*, rope=''", "rope", STR),
        ("rope=False", "rope", NOTHING),
        ("rope=None", "rope", NOTHING),
        ("rope", "rope", NOTHING),
    ],
)
def test_a_name_and_a_default_say_what_it_is(parameters: str, name: str, kinds: frozenset[str]) -> None:
    assert meant(node(f"def moor({parameters}): ..."), name) == kinds


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("def moor(rope): return rope.items()", "{'a': 1}", id="a mapping"),
        pytest.param("def moor(rope): return rope(1)", "str", id="a function"),
        pytest.param("def moor(cls): ...", "dict", id="a class"),
        pytest.param("def moor(url): ...", "'two words'", id="a text"),
        pytest.param("def moor(rope): return rope / 2", "1", id="a number"),
        pytest.param("def moor(rope): return [*map(str, rope)]", "1", id="anything"),
        pytest.param("def moor(rope): return [one for one in rope]", "[1, 2, 3]", id="what has items"),
    ],
)
def test_it_is_given_such_a_value_first(text: str, first: str) -> None:
    assert next(arguments(node(text), is_method=False)) == first
