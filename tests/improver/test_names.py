"""Names in a piece of syntax, and what hangs on code that never runs."""

import ast

import pytest

from improver.names import bound, carried_by, declared, is_builtin, mentioned, own, tie
from improver.source import Source


def source_of(text: str) -> Source:
    source = Source.read("package/module.py", text.encode())
    assert isinstance(source, Source), source
    return source


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("a = b.c", {"a"}, id="an assignment binds its target and not what it reads"),
        pytest.param("for a, *b in c: pass", {"a", "b"}, id="a loop binds its targets"),
        pytest.param("import a.b, c as d", {"a", "d"}, id="an import binds the first part or the other name"),
        pytest.param("from a import *", {"*"}, id="a star import may bind everything"),
        pytest.param("def a(b, *c, d=1, **e): pass", {"a", "b", "c", "d", "e"}, id="a function binds its parameters"),
        pytest.param("try: pass\nexcept A as a: pass", {"a"}, id="a handler binds the name of what it caught"),
        pytest.param("match x:\n case {'k': a, **b}: pass\n case [c, *d] as e: pass", set("abcde"), id="patterns bind"),
        pytest.param("[a for a in b if (c := a)]", {"a", "c"}, id="a comprehension and a walrus bind"),
        pytest.param("del a", {"a"}, id="a deletion counts as a binding"),
        pytest.param("class a: pass\nasync def b(): pass", {"a", "b"}, id="definitions bind"),
        pytest.param("with a as b, c as (d, e): pass", {"b", "d", "e"}, id="a with binds its targets"),
    ],
)
def test_every_way_to_bind_a_name_is_known(text: str, names: set[str]) -> None:
    assert bound(ast.parse(text)) == names


def test_a_name_is_mentioned_wherever_it_stands() -> None:
    tree = ast.parse("def f():\n    global a\n    return b(c=d.e)\n")
    assert mentioned(tree) == {"f", "a", "b", "d"}
    assert declared(tree) == {"a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("open('x')\n", True, id="a name bound nowhere is the builtin"),
        pytest.param("from codecs import open\n", False, id="an import hides the builtin"),
        pytest.param("def f(open): pass\n", False, id="a parameter hides the builtin"),
        pytest.param("from codecs import *\n", False, id="a star import may hide the builtin"),
    ],
)
def test_a_builtin_is_believed_only_where_nothing_hides_it(text: str, *, expected: bool) -> None:
    assert is_builtin("open", source_of(text)) is expected
    assert not is_builtin("no_builtin", source_of(text))


def test_a_scope_s_own_nodes_end_where_another_scope_begins() -> None:
    function = ast.parse("def f(a):\n    b = 1\n    def g():\n        c = 2\n    return [d for d in b]\n").body[0]
    names = {name for node in own(function) for name in carried_by(node)}
    assert names == {"a", "b", "g"}


@pytest.mark.parametrize(
    ("dead", "rest", "reason"),
    [
        pytest.param("pass", "return x", "", id="nothing hangs on code that binds nothing"),
        pytest.param("x = 2", "x = 1; return x", "", id="a name bound elsewhere stays local"),
        pytest.param("y = 2", "return x", "", id="a name nobody else mentions may go"),
        pytest.param("p = 2", "return p", "", id="a parameter stays local"),
        pytest.param("x = 2", "return x", "only it makes x a local name of its function", id="a name would go global"),
        pytest.param(
            "x = 2", "return [x for x in p], x", "only it makes x a local name of its function",
            id="a comprehension keeps no name local",
        ),
        pytest.param(
            "x = 2", "return lambda: x", "only it makes x a local name of its function", id="a closure would go global"
        ),
        pytest.param("import x.y", "return x", "only it makes x a local name of its function", id="an import binds"),
        pytest.param("yield 1", "return 1", "a yield in it makes its function a generator", id="a generator stays one"),
        pytest.param("global x", "return 1", "a declaration in it holds for the whole scope", id="declarations stay"),
        pytest.param("x: int", "return 1", "a declaration in it holds for the whole scope", id="annotations stay"),
    ],
)  # fmt: skip
def test_dead_code_may_go_only_when_its_scope_stays_the_same(dead: str, rest: str, reason: str) -> None:
    source = source_of(f"def f(p):\n    if p:\n        {dead}\n    {rest}\n")
    branch = next(node for node in ast.walk(source.tree) if isinstance(node, ast.If))
    assert tie(source, *branch.body) == reason


def test_dead_code_of_a_module_shapes_no_scope() -> None:
    source = source_of("if p:\n    x = 1\nprint(x)\n")
    branch = next(node for node in ast.walk(source.tree) if isinstance(node, ast.If))
    assert tie(source, *branch.body) == ""
