"""What a project lets others rely on."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.ports import Layout
from improver.records import File
from improver.writing.choice.promises import Promises
from tests.improver.calls import case, source

LAYOUT = Layout(("",), ("pier",), ("tests",), "")
PORT = '''\
__all__ = ["Rope", "tie"]


class Rope:
    __slots__ = ("knots", "wet", "dry")

    def __init__(self, length):
        self.length = length
        self.knots = 0
        self.wet = False
        #: who made it
        self.maker = None
        self.colour = "red"

    @property
    def kind(self):
        return 7

    @property
    def girth(self):
        return self.length / 7

    @property
    def weight(self):
        """Return kilograms."""
        return 2 * self.length

    def as_text(self):
        return getattr(self, "dry")


class Knot:
    turns: int = 1

    def __init__(self):
        self.loose = False


class Splice:
    @property
    def kind(self):
        raise NotImplementedError


class Hitch:
    @property
    def kind(self):
        return type(self)


def tie(rope):
    tidy(rope)
    return Knot()


def tidy(rope):
    return rope


def cut(rope):
    return cut(rope)
'''
TEST = "from pier.a import Rope, Splice\n\ndef test_knots():\n    assert Rope(1).knots == 0\n"


def promises(docs: Mapping[str, str] | None = None, more: Mapping[str, str] | None = None) -> Promises:
    files = {"pier/a.py": PORT, **(more or {})}
    tree = {path: File(text.encode()) for path, text in (docs or {}).items()}
    return Promises.of([source(text, path) for path, text in files.items()], [source(TEST, "tests/t.py")], tree, LAYOUT)


def of(call: str, name: str, *more: str, checks: tuple[tuple[str, str, str], ...] = (("eq", "result", "7"),)) -> Case:
    """Return a call of something of the port, with what else it imports from there."""
    imports = tuple(("pier.a", one) for one in (name.partition(".")[0], *more))
    return replace(case(call, name=name), imports=imports, checks=checks)


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        pytest.param("result.kind", False, id="a constant that nobody reads"),
        pytest.param("result.wet", False, id="its slot is no use of it"),
        pytest.param("result.length", True, id="the product reads it"),
        pytest.param("result.knots", True, id="a test reads it"),
        pytest.param("result.dry", True, id="it is read by its name"),
        pytest.param("result.weight", True, id="its docstring tells of it"),
        pytest.param("result.girth", True, id="a property that reckons"),
        pytest.param("result.maker", True, id="a note tells of it"),
        pytest.param("result.turns", True, id="a declared field"),
        pytest.param("result.as_text()", True, id="a method is there to be called"),
        pytest.param("result.mark", True, id="the test itself puts it there"),
        pytest.param("rope.kind", False, id="of a variable of the test"),
        pytest.param("result.length.kind", False, id="one of a chain"),
        pytest.param("list(result)", True, id="no attribute at all"),
    ],
)
def test_checks_of_what_nobody_reads_are_left_out(subject: str, kept: bool) -> None:
    checks = (("eq", subject, "1"), ("eq", "result.length", "2"))
    shows = (frozenset({"one"}), frozenset({"two"}))
    rope = of("Rope(2)", "Rope.__init__", checks=checks)
    known = replace(rope, setup=("rope.mark = 1",), shows=shows, kills=frozenset({"one", "two"}))
    (found,) = promises().kept([known])
    assert found.checks == checks[not kept :]
    assert found.kills == frozenset({"two"} | ({"one"} if kept else set()))


def test_a_call_that_only_reads_what_nobody_reads_is_left_out() -> None:
    known = of("Rope(2).kind", "Rope.kind")
    assert promises().kept([known]) == []
    assert promises({"docs/use.rst": "Ask ``rope.kind``."}).kept([known]) == [known]
    assert promises({"docs/use.rst": "One kind of rope."}).kept([known]) == []
    module = replace(case("pier.nothing", name="__getattr__"), imports=(("pier", ""),))
    assert promises().kept([module]) == [module]


@pytest.mark.parametrize(
    ("call", "name", "kept"),
    [
        pytest.param("tie(1)", "tie", True, id="listed"),
        pytest.param("tidy(1)", "tidy", False, id="left out of the list"),
        pytest.param("cut(1)", "cut", True, id="left out too, but nothing else there uses it"),
        pytest.param("Splice()", "Splice", True, id="a test uses it"),
        pytest.param("Knot()", "Knot", False, id="a class that is left out"),
    ],
)
def test_what_a_module_keeps_to_itself_is_not_called(call: str, name: str, kept: bool) -> None:
    assert promises().kept([of(call, name)]) == [of(call, name)] * kept


def test_a_variable_that_has_the_name_of_a_module_is_an_object() -> None:
    module = replace(of("tie(1)", "tie", checks=(("eq", "rope.kind", "7"),)), imports=(("rope", ""), ("pier.a", "tie")))
    assert promises().kept([module]) == [module]
    assert promises().kept([replace(module, setup=("rope = Rope(1)",))]) == []


def test_what_is_given_out_elsewhere_or_only_expected_is_fine() -> None:
    known = of("tidy(1)", "tidy")
    assert promises(more={"pier/__init__.py": "from .a import tidy\n"}).kept([known]) == [known]
    assert promises(more={"pier/b.py": "from pier.a import tidy\n"}).kept([known]) == []
    assert promises({"README.md": "Call `tidy` at night."}).kept([known]) == [known]
    given = of("tie(1)", "tie", "Knot", checks=(("eq", "type(result)", "Knot"),))
    assert promises().kept([given]) == [given]


def test_nobody_looks_into_what_is_there_to_be_called() -> None:
    reader = source("def told(call):\n    return call.keywords\n", "pier/b.py")
    known = replace(of("tie(1)", "tie", checks=(("eq", "result.keywords", "{'a': 1}"),)), gives="partial")
    promised = Promises.of([source(PORT), reader], [source(TEST, "tests/t.py")], {}, LAYOUT)
    assert promised.kept([known]) == []
    own = replace(known, gives="curry")
    assert promised.kept([own]) == [own]
