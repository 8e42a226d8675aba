"""What tests and docstrings tell of calls, and what is guessed where they tell nothing."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.writing.choice.selecting import fit
from improver.writing.inputs.following import closing, followed
from improver.writing.inputs.guessing import attributes, decorating, guessed, opposite, returned
from improver.writing.inputs.illustrating import known_calls
from improver.writing.inputs.reaching import from_outside, leading_to
from improver.writing.targets import wanted_of, weak_spots
from improver.writing.words.naming import name_for
from tests.improver.calls import PIER, SEA, case, ground_for, index_of, node, plain, source


def test_calls_in_tests_come_with_what_they_need_and_no_more() -> None:
    tests = source(
        "from pier.a import Box\n\nLIMIT = 3\n\n\ndef unused(): ...\n\n\ndef test_box():\n    other = 1\n"
        "    box = Box([1, 2])\n    assert box.items\n    box.items.append(LIMIT)\n    assert box.total() == 6\n",
        "tests/test_a.py",
    )
    found = index_of([tests])["total"]
    setup = ("box = Box([1, 2])", "box.items.append(LIMIT)")
    assert found == (Case("tests/test_a.py", "box.total()", (("pier.a", "Box"),), ("LIMIT = 3",), setup),)


CHAINED = """\
from pier import flow, pipe


async def test_take():
    depth = flow.select.depth
    with flow.watch():
        assert_run(flow.count(5) | pipe.add(1) | depth.pipe(2))

    async def scenario():
        async with flow.open(3):
            await flow.sink(4)

    run(scenario())
"""


def test_a_chain_is_a_call_of_its_links_right_after_the_first_and_whole() -> None:
    found = index_of([source(CHAINED, "tests/test_a.py")])
    chains = ["flow.count(5) | depth.pipe(2)", "flow.count(5) | pipe.add(1) | depth.pipe(2)"]
    assert [one.call for one in found["depth"]] == chains
    assert [one.setup for one in found["depth"]] == [("depth = flow.select.depth",)] * 2
    assert [one.call for one in found["add"]] == ["pipe.add(1)", "flow.count(5) | pipe.add(1)"]


def test_calls_in_what_a_test_runs_in_an_event_loop_are_known() -> None:
    found = index_of([source(CHAINED, "tests/test_a.py")])
    assert [one.call for name in ("open", "sink") for one in found[name]] == ["flow.open(3)", "flow.sink(4)"]


def test_a_file_with_many_calls_leaves_room_for_those_of_others() -> None:
    many = "".join(f"    depth({number})\n" for number in range(40))
    texts = {"tests/test_a.py": many, "tests/test_b.py": "    depth(99)\n    depth(3)\n"}
    tests = [source(f"from pier.a import depth\n\n\ndef test_f():\n{text}", path) for path, text in texts.items()]
    found = index_of(tests)["depth"]
    assert [one.call for one in found if one.function == "tests/test_b.py"] == ["depth(99)"]
    assert len(found) == 17


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("    assert depth(self.sea) == 1\n", id="a fixture of the class"),
        pytest.param("    for sea in (1, 2):\n        assert depth(sea) == 1\n", id="a loop"),
        pytest.param("    assert depth(where(1)) == 1\n", id="a name that nobody knows"),
    ],
)
def test_calls_that_do_not_stand_alone_are_left(body: str) -> None:
    text = f"from pier.a import depth\n\n\ndef test_depth(self):\n{body}"
    assert index_of([source(text, "tests/test_a.py")]).get("depth", ()) == ()


def test_a_docstring_shows_calls() -> None:
    found = known_calls({}, source(SEA), "pier.a", f"{PIER}depth")
    assert found == (Case(f"{PIER}depth", "depth(tide)", (("pier.a", "depth"),), (), ("tide = 3",)),)


def test_a_method_is_guessed_on_an_object_that_the_docstring_makes() -> None:
    found = list(guessed(source(SEA), "pier.a", f"{PIER}Box.above", {}))
    assert found[0] == Case(f"{PIER}Box.above", "Box([1, 2]).above(1)", (("pier.a", "Box"),))


LID = """\
class Lid:
    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, number):
        self._size = number

    @size.deleter
    def size(self):
        del self._size
"""


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        pytest.param(LID.partition("    @size.setter")[0], [], id="that only reads"),
        pytest.param(
            LID.partition("    @size.deleter")[0], ["lid = Lid(); lid.size = 1; lid.size"], id="that can be set"
        ),
        pytest.param(LID, [], id="that can be deleted last"),
    ],
)
def test_an_attribute_is_read_and_set_and_never_called(text: str, uses: list[str]) -> None:
    found = ["; ".join((*one.setup, one.call)) for one in guessed(source(text), "pier.a", f"{PIER}Lid.size", {})]
    assert [one for one in found if "=" not in one] == [f"Lid({one}).size" for one in ("", "'a'", "[1, 2, 3]")]
    assert [one for one in found if "=" in one][:1] == uses
    assert not [one for one in found if "size(" in one]


JUG = """\
class Jug:
    \"\"\"Hold functions.

    >>> jug = Jug(len)
    >>> jug = Jug(str, len)
    >>> jug('a')
    (1,)
    >>> jug.put(3)
    >>> jug('b')
    (4,)
    \"\"\"

    def __init__(self, *funcs):
        self.funcs = funcs

    def __call__(self, one):
        return one

    def __reduce__(self):
        return Jug, self.funcs

    def __lt__(self, other):
        return self.funcs < other.funcs
"""


def test_a_class_is_made_as_its_docstring_shows_and_given_functions_where_its_names_ask_for_them() -> None:
    found = [one.call for one in known_calls({}, source(JUG), "pier.a", f"{PIER}Jug.__init__")]
    assert found == ["Jug(len)", "Jug(str, len)"]
    assert [one.call for one in guessed(source(JUG), "pier.a", f"{PIER}Jug.__init__", {})] == [
        "Jug(str)", "Jug(str, len)"
    ]  # fmt: skip


def test_an_object_is_called_as_the_docstring_and_tests_show_with_its_last_making() -> None:
    text = (
        "from pier.a import Jug\n\n\ndef test_jug():\n    bowl = Jug(len)\n    assert bowl('b')\n    assert len('b')\n"
    )
    index = index_of([source(text, "tests/test_a.py")])
    found = known_calls(index, source(JUG), "pier.a", f"{PIER}Jug.__call__")
    assert [(one.setup, one.call) for one in found] == [
        (("jug = Jug(str, len)",), "jug('a')"),
        (("jug = Jug(str, len)", "jug.put(3)"), "jug('b')"),
        (("bowl = Jug(len)",), "bowl('b')"),
    ]


def test_a_class_may_be_called_by_way_of_its_module() -> None:
    body = "    jug = a.Jug(len)\n    assert jug('b')\n    assert self.Jug(1)\n"
    text = f"from pier import a\n\n\ndef test_jug():\n{body}"
    index = index_of([source(text, "tests/test_a.py")])
    found = known_calls(index, source(JUG), "pier.a", f"{PIER}Jug.__call__")
    assert (found[-1].setup, found[-1].call) == (("jug = a.Jug(len)",), "jug('b')")
    copied = [*guessed(source(JUG), "pier.a", f"{PIER}Jug.__reduce__", index)]
    assert "copy.copy(a.Jug(len))" in [one.call for one in copied]


def test_an_object_that_can_be_copied_is_and_keeps_what_it_was_given() -> None:
    text = (
        "from pier.a import Jug\n\n\ndef test_jug():\n    assert Jug(len)\n    assert Jug(str)\n    assert Jug(1, 2)\n"
    )
    index = index_of([source(text, "tests/test_a.py")])
    found = [*guessed(source(JUG), "pier.a", f"{PIER}Jug.__reduce__", index)]
    assert [(one.setup, one.call) for one in found][:3] == [
        ((), "copy.copy(Jug(len))"),
        (("jug = Jug(len)", "jug.note = 1"), "copy.copy(jug).note"),
        ((), "copy.copy(Jug(1, 2))"),  # another way to make one comes before another like the first
    ]
    assert found[0].imports == (("copy", ""), ("pier.a", "Jug"))
    names = [
        name_for(replace(one, checks=(("eq", "result", "1"),)), node("def __reduce__(self): ...")) for one in found
    ]
    assert names[1] == "test_jug_copy_keeps_note"


def test_a_chain_of_objects_makes_none() -> None:
    text = "from pier.a import Jug\n\n\ndef test_jug():\n    assert Jug(len) | Jug(str)\n"
    found = guessed(source(JUG), "pier.a", f"{PIER}Jug.__lt__", index_of([source(text, "tests/test_a.py")]))
    assert [one.call for one in found] == [f"{one} < {one}" for one in ("Jug(len)", "Jug(str, len)", "Jug(len)")]


def test_an_object_is_compared_with_the_text_that_it_is_made_of() -> None:
    text = "from pier.a import Jug\n\n\ndef test_jug():\n    assert Jug('red')\n"
    made = source(JUG.replace(">>>", "-").replace("__lt__", "__eq__"))
    found = guessed(made, "pier.a", f"{PIER}Jug.__eq__", index_of([source(text, "tests/test_a.py")]))
    assert [one.call for one in found] == ["Jug('red') == 'red'", "Jug('red') == Jug('red')", "Jug('red') == 'a'"]


def test_a_text_that_looks_like_two_statements_stays_whole() -> None:
    text = "from pier.a import Jug\n\n\ndef test_jug():\n    assert Jug('a; b')\n"
    made = source(JUG.replace(">>>", "-"))
    found = [*guessed(made, "pier.a", f"{PIER}Jug.__reduce__", index_of([source(text, "tests/test_a.py")]))]
    assert [(one.setup, one.call) for one in found] == [
        ((), "copy.copy(Jug('a; b'))"),
        (("jug = Jug('a; b')", "jug.note = 1"), "copy.copy(jug).note"),
    ]


def test_a_variable_is_not_named_like_what_it_is_made_by() -> None:
    found = [*guessed(source(JUG.replace("Jug", "pot")), "pier.a", f"{PIER}pot.__reduce__", {})]
    assert found[1].setup == ("made = pot(len)", "made.note = 1")


@pytest.mark.parametrize(
    ("name", "forth"),
    [("loads", "dumps"), ("b64_decode", "b64_encode"), ("load_payload", "dump_payload"), ("explode", "")],
)
def test_some_names_take_back_what_another_does(name: str, forth: str) -> None:
    assert opposite(name) == forth


def test_a_round_trip_is_a_call() -> None:
    text = source("def encode(text):\n    return text\n\n\ndef decode(data):\n    return data\n")
    found = next(returned(text, "pier.a", f"{PIER}decode", {}))
    assert (found.call, found.imports) == ("decode(encode('two words'))", (("pier.a", "encode"), ("pier.a", "decode")))


def test_what_inherits_its_making_is_made_like_its_parent() -> None:
    known = source(f"{SEA}\n\nclass Chest(Box):\n    def lid(self):\n        return 1\n")
    assert [one.call for one in guessed(known, "pier.a", f"{PIER}Chest.lid", {})] == ["Chest([1, 2]).lid()"]


@pytest.mark.parametrize(
    ("body", "setup", "expected"),
    [
        pytest.param(
            "        self.items = []\n",
            ("box.put(1)", "box.put(2)"),
            ["box.total()", "box.put(1)"],
            id="one step again",
        ),
        pytest.param("        return self.items\n", ("box.put(1)",), [], id="a method that gives something"),
        pytest.param("        self.items = []\n", (), [], id="nothing was done before"),
    ],
)
def test_what_puts_an_object_back_is_followed_by_the_same_once_more(
    body: str, setup: tuple[str, ...], expected: list[str]
) -> None:
    known = source(f"class Box:\n    def total(self):\n        return 1\n\n    def empty(self):\n{body}")
    one = replace(case("box.empty()", name="Box.empty"), setup=("box = Box()", *setup), checks=())
    made = list(followed(known, f"{PIER}Box.empty", (one,), {}))
    assert [found.call for found in made] == expected
    assert [found.setup for found in made] == [
        ("box = Box()", "box.put(1)", "box.empty()", *(["box.put(1)"] if call == "box.total()" else []))
        for call in expected
    ]
    assert [name_for(replace(found, checks=(("eq", "result", "3"),)), plain("")) for found in made] == [
        f"test_box_{call[4:].partition('(')[0]}_after_empty" for call in expected
    ]


@pytest.mark.parametrize(
    ("name", "setup", "calls"),
    [
        pytest.param("empty", ("lid = 1", "box = Box(lid)", "box.put(1)"), ["box.total()", "box.put(1)"], id="in time"),
        pytest.param("empty", ("lid = 1", "top = lid", "box = Box(top)", "box.put(1)"), [], id="too many statements"),
        pytest.param("_empty", ("box = Box()", "box.put(1)"), [], id="nobody outside calls it"),
    ],
)
def test_what_puts_an_object_back_is_public_and_soon_read(name: str, setup: tuple[str, ...], calls: list[str]) -> None:
    known = source(f"class Box:\n    def total(self):\n        return 1\n\n    def {name}(self):\n        self.a = 1\n")
    one = replace(case(f"box.{name}()", name=f"Box.{name}"), setup=setup, checks=())
    assert [found.call for found in followed(known, f"{PIER}Box.{name}", (one,), {})] == calls


def test_what_puts_an_object_back_and_is_told_how_is_not_called_without_that() -> None:
    text = "class Box:\n    def total(self):\n        return 1\n\n    def empty(self, deep):\n        self.a = deep\n"
    totals = (replace(case("box.total()"), setup=("box = Box()", "box.put(1)")),)
    assert [*followed(source(text), f"{PIER}Box.empty", (), {"total": totals})] == []
    plain_one = source(text.replace(", deep", "").replace("deep", "1"))
    assert [*followed(plain_one, f"{PIER}Box.empty", (), {"total": totals})] != []


def test_so_many_uses_follow_and_no_more() -> None:
    readers = "".join(f"    def total_{at}(self):\n        return 1\n\n" for at in range(9))
    known = source(f"class Box:\n{readers}    def empty(self):\n        self.a = 1\n")
    one = replace(case("box.empty()", name="Box.empty"), setup=("box = Box()", "box.put(1)"), checks=())
    assert len([*followed(known, f"{PIER}Box.empty", (one,), {})]) == 6


def test_what_puts_an_object_back_is_awaited_before_the_same_once_more() -> None:
    text = "class Box:\n    async def total(self):\n        return 1\n\n    async def empty(self):\n        await f()\n"
    one = replace(case("box.empty()", name="Box.empty"), setup=("box = Box()", "await box.put(1)"), checks=())
    made, again = followed(source(text), f"{PIER}Box.empty", (one,), {})
    assert made.setup == ("box = Box()", "await box.put(1)", "await box.empty()", "await box.put(1)")
    assert (made.call, again.setup, again.call) == ("box.total()", made.setup[:-1], "box.put(1)")


CLOSED = """\
class Box:
    def put(self, one): ...

    async def close(self):
        await f()

    def size(self):
        return 1

    @property
    def lid(self): ...


class Sea:
    def ebb(self): ...
"""


def test_what_puts_an_object_out_of_use_is_called_with_the_methods_that_mind() -> None:
    assert closing(source(CLOSED), {"Box.put"}) == {"Box.close"}
    assert closing(source(CLOSED), {"sink"}) == set()


DECORATOR = """\
class Flow:
    def __init__(self, factory: "Callable[[], int]", limit=3):
        self.made = factory()


class Stream(Flow): ...


def operator(func: "Callable[..., int] | None" = None, more=None):
    if [one for one in parameters(func) if one.name in ("self", "cls")]:
        raise ValueError


async def retried(work: Callable[[], Awaitable[int]], times: int = 3): ...


async def mapped(work: Callable[[int], Coroutine[object, object, int]]): ...


async def shielded(work: Awaitable[int]): ...
"""


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("operator", [f"operator({one})" for one in ("lambda self: self", "lambda cls: cls", "str", "len")]),
        ("retried", ["retried(lambda: asyncio.sleep(0, 1))"]),
        ("mapped", ["mapped(lambda item: asyncio.sleep(0, item))"]),
        ("shielded", []),
        ("Flow.__init__", ["Flow(str)", "Flow(len)", "Stream(str)", "Stream(len)"]),
    ],
)
def test_what_asks_for_a_function_is_given_those_that_it_speaks_of(name: str, calls: list[str]) -> None:
    found = list(decorating(source(DECORATOR), "pier.a", f"{PIER}{name}"))
    assert [one.call for one in found] == calls
    assert all((("asyncio", "") in one.imports) == ("asyncio" in one.call) for one in found)


def test_what_can_be_awaited_is_guessed_where_it_is_asked_for() -> None:
    first = next(guessed(source(DECORATOR), "pier.a", f"{PIER}shielded", {}))
    assert first.call == "shielded(asyncio.sleep(0, 1))"
    assert first.imports == (("asyncio", ""), ("pier.a", "shielded"))


def test_what_puts_an_object_back_is_called_where_only_other_methods_were() -> None:
    known = source(
        "class Box:\n    def total(self):\n        return 1\n\n    def empty(self):\n        self.items = []\n"
    )
    totals = [replace(case("box.total()"), setup=(f"box = {name}()", "box.put(1)")) for name in ("Box", "SandBox")]
    made, again = followed(known, f"{PIER}Box.empty", (), {"total": totals})
    assert (again.setup, again.call) == (("box = Box()", "box.put(1)", "box.empty()"), "box.put(1)")
    assert (made.setup, made.call) == (("box = Box()", "box.put(1)", "box.empty()", "box.put(1)"), "box.total()")


def test_a_module_is_asked_for_a_name_that_nobody_has() -> None:
    text = "def __getattr__(name):\n    raise AttributeError(name)\n"
    (wanted,) = wanted_of(ground_for(text), source(text), {"__getattr__"})
    one = replace(wanted.texts[0], checks=(("raises", "AttributeError", ""),))
    assert (one.call, one.imports) == ("pier.a.nothing", (("pier.a", ""),))
    assert fit(one, node(text))
    assert name_for(one, node(text)) == "test_getattr_of_unknown_name_raises_attribute_error"
    assert not fit(one, node(text.replace("__getattr__", "get")))


def test_an_error_is_due_where_the_product_raises_it_in_its_own_words_wherever_that_is() -> None:
    called = node("def depth(sea):\n    return checked(sea) - 1")
    known = case("depth(1)", checks=(("raises", "TypeError", "not a sea"),), name="depth")
    assert not fit(known, called)
    raised = frozenset({"pier/b.py:7: `raise TypeError('not a sea')` → `pass`"})
    assert fit(replace(known, kills=raised), called)
    assert not fit(replace(known, kills=raised, checks=(("raises", "TypeError", ""),)), called)


def test_a_private_function_is_reached_by_the_attribute_that_is_made_of_it() -> None:
    found = attributes(source(SEA), "pier.a", {})
    assert [one.call for one in found[f"{PIER}Box._calc_first"]] == ["Box([1, 2]).first"]


def test_a_private_function_brings_those_that_call_it() -> None:
    assert leading_to({"_low", "depth"}, source(SEA)) == {"_low", "lowest", "depth"}


GAUGE = "def scaled(sea):\n    return _base(sea)\n\n\ndef _base(sea):\n    return sea * 3\n"
WEIGH = """\
from pier import _gauge


def _read(sea):
    return _gauge.scaled(sea)


def weigh(sea):
    return _read(sea)
"""


def test_a_private_file_brings_the_public_functions_of_others_that_call_it() -> None:
    gauge, weigh = source(GAUGE, "pier/_gauge.py"), source(WEIGH, "pier/b.py")
    names = leading_to({"_base"}, gauge, {"_base"})
    assert names == {"_base", "scaled"}
    others = [weigh, source("def scaled(sea):\n    return scaled(1)\n", "pier/c.py")]
    assert from_outside(names, "pier._gauge", others) == {"pier/b.py": ["weigh"]}
    assert from_outside(names, "pier.gauge", others) == {}


def test_nothing_is_written_about_a_function_whose_behaviour_may_be_a_mistake() -> None:
    ground = ground_for(SEA)
    path = PIER.removesuffix("::")
    named = {mutant.function for mutant in weak_spots(ground, path, 60).mutants}
    assert f"{PIER}depth" in named
    doubted = replace(ground, doubtful=frozenset({f"{PIER}depth"}))
    assert {mutant.function for mutant in weak_spots(doubted, path, 60).mutants} == named - {f"{PIER}depth"}


@pytest.mark.parametrize(
    ("imports", "call", "is_ours"),
    [
        pytest.param("from pier.a import time", "time(1)", True, id="ours"),
        pytest.param("import pier.a", "pier.a.time(1)", True, id="ours in its module"),
        pytest.param("from datetime import time", "time(1)", False, id="one of the standard library"),
        pytest.param("import datetime as dt", "dt.time(1)", False, id="one in a module of the standard library"),
        pytest.param("from pier.a import clock", "clock.time(1)", True, id="what an object of ours may have"),
    ],
)
def test_what_only_has_the_name_of_ours_is_no_call_of_it(imports: str, call: str, is_ours: bool) -> None:
    tests = source(f"{imports}\n\ndef test_time():\n    assert {call}\n", "tests/test_a.py")
    found = known_calls(index_of([tests]), source("def time(hour): ...\n"), "pier.a", f"{PIER}time")
    assert [one.call for one in found] == ([call] if is_ours else [])


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        pytest.param("assert sum([1])", [], id="what is built in"),
        pytest.param("sum = flow.sum; sum([1])", ["sum([1])"], id="what a test calls so itself"),
        pytest.param("flow([1]) | flow.sum(2)", ["flow.sum(2)", "flow([1]) | flow.sum(2)"], id="a link of a chain"),
        pytest.param("[flow([1]) | sum([2])]", [], id="a link that is built in"),
    ],
)
def test_what_is_built_in_is_no_call_of_ours(body: str, calls: list[str]) -> None:
    tests = source(f"from pier import flow\n\n\ndef test_sum():\n    {body}\n", "tests/test_a.py")
    found = known_calls(index_of([tests]), source("def sum(items): ...\n"), "pier.a", f"{PIER}sum")
    assert [one.call for one in found] == calls
