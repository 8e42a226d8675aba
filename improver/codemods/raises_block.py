"""Expect an exception of one statement: what only prepares or inspects it leaves the ``pytest.raises`` block."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.codemod import Abstain, Codemod, Rewrite, Site, replaced
from improver.names import bound, mentioned
from improver.records import Safety
from improver.rewriting.blocks import begin_of, head_end, moved_out, own_lines
from improver.rewriting.raising import NEVER_RUN, Expectation, expectation, last_name, may_be_skipped
from improver.source import FUNCTIONS, SCOPES, Source, below

PREPARES = (*SCOPES, ast.Assign, ast.AnnAssign)
SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete)
SPELLED = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.UnaryOp, ast.USub, ast.Load)
READERS = frozenset({"str", "repr", "len", "isinstance", "type"})
MOST = 6  # statements; a longer block is a story of its own
_HEAD = "import pytest\n\n\ndef test_f():\n    with pytest.raises(KeyError):\n"  # of the traps
ELSEWHERE = re.compile(r"#.*\b(prior|previous|above)\b", re.IGNORECASE)
SPEAKS = re.compile(r"#.*\b(rais|throw|error|fail|except)", re.IGNORECASE)  # a comment that says which line it is


class RaisesBlock(Codemod):
    """Leave only the statement that raises in a block that expects an exception."""

    TITLE = "Expect the exception of one statement only"
    WHY = (
        "An exception of the preparation would pass for the expected one, and what stands after the statement that"
        " raises never runs."
    )
    SAFE_WHEN = (
        "What moves above the block only prepares: assignments and definitions whose names the last statement uses, or"
        " which cannot raise, not all of them. What moves below it reads the exception that the block caught, which is"
        " there only when the statement before it raised; the expected type is not one that any statement may raise. No"
        " mark may skip the test. Each moved statement must from now on succeed, and the one left must raise: the"
        " changed test asks for more, and where it holds, that statement was the one."
    )
    SAFETY = Safety.CHANGED_TEST
    VALUE = 4
    NODES = (ast.With,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which block expects an exception of several statements."""
        assert isinstance(node, ast.With), "NODES names nothing else"
        if not 2 <= len(node.body) <= MOST:
            return None
        expected = expectation(node, source)
        if expected is None or _split(node, expected) is None:
            return None
        return (
            f"{len(node.body)} statements stand in a block that expects `{ast.unparse(expected.call.args[0])}` of one"
        )

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Move what prepares above the `with` and what inspects below it."""
        node, source = site.node, site.source
        assert isinstance(node, ast.With), "suspects saw a with"
        expected = expectation(node, source)
        split = _split(node, expected) if expected else None
        assert split is not None, "suspects saw the parts"
        if may_be_skipped(node, source):
            return Abstain(NEVER_RUN)
        head = head_end(node, source)
        if head is None or not own_lines(node.body, source):
            return Abstain("the statements of the block do not stand on lines of their own")
        if bound(*split.before) & mentioned(*node.items):
            return Abstain("the block's own head reads a name that its preparation binds")
        return _moved(node, split, head, source)

    CHANGES = (
        (
            "import pytest\n\n\ndef test_empty():\n    with pytest.raises(KeyError):\n        table = make()\n"
            "        table['x']\n",
            "import pytest\n\n\ndef test_empty():\n    table = make()\n    with pytest.raises(KeyError):\n"
            "        table['x']\n",
        ),
        (
            "import pytest\n\n\nclass TestGraph:\n    def test_cycle(self):\n        # A cycle has no order.\n"
            "        with pytest.raises(nx.Cycle, match='cycle'):  # yes\n\n            # two nodes\n"
            "            graph = nx.cycle(2)\n            graph.name = 'x'  # named\n\n            # and now\n"
            "            nx.sort(graph)\n        assert True\n",
            "import pytest\n\n\nclass TestGraph:\n    def test_cycle(self):\n        # A cycle has no order.\n"
            "        # two nodes\n"
            "        graph = nx.cycle(2)\n        graph.name = 'x'  # named\n"
            "        with pytest.raises(nx.Cycle, match='cycle'):  # yes\n            # and now\n"
            "            nx.sort(graph)\n        assert True\n",
        ),
        (
            "from pytest import raises\r\n\r\n\r\ndef test_code():\r\n\twith raises(Exit) as e:\r\n\t\tmain()\r\n"
            "\t\tassert e.value.code == 2\r\n",
            "from pytest import raises\r\n\r\n\r\ndef test_code():\r\n\twith raises(Exit) as e:\r\n\t\tmain()\r\n"
            "\tassert e.value.code == 2\r\n",
        ),
        (
            "class TestTable(TestCase):\n    def test_get(self):\n        with self.assertRaises(KeyError) as caught:\n"
            "            table = Table(\n                rows=1,\n            )\n            table.get('x')\n"
            "            # the name\n            self.assertIn('x', str(caught.exception))\n        self.done()\n",
            "class TestTable(TestCase):\n    def test_get(self):\n"
            "        table = Table(\n            rows=1,\n        )\n"
            "        with self.assertRaises(KeyError) as caught:\n            table.get('x')\n        # the name\n"
            "        self.assertIn('x', str(caught.exception))\n        self.done()\n",
        ),
        (
            "import pytest\n\n\ndef test_call():\n    with pytest.raises(TypeError):\n"
            "        a = one()\n        def f(x):\n            return x\n        f(a)\n",
            "import pytest\n\n\ndef test_call():\n    a = one()\n    def f(x):\n        return x\n\n"
            "    with pytest.raises(TypeError):\n        f(a)\n",
        ),
    )
    KEEPS = (
        # Which of two calls raises is not evident: neither prepares the other.
        _HEAD + "        one()\n        two()\n",
        # What is bound is not used by the statement that is left, so it may well be what raises.
        _HEAD + "        x = one()\n        two()\n",
        # The binding is itself the point, and the last statement only looks at what would have come of it.
        _HEAD + "        x = one()\n        print(x)\n",
        _HEAD + "        x = one()\n        assert x == 1\n",
        _HEAD + "        x = one()\n        list(x)\n",
        # A failed assertion passes for what is expected: the last statement may be the one.
        _HEAD.replace("KeyError)", "Exception) as e") + "        one()\n        assert e.value\n",
        # Any exception will do: that of what is bound as well as that of what uses it.
        _HEAD.replace("KeyError", "Exception") + "        x = next(rows())\n        x.read()\n",
        # A comment says which line raises, and it is another one.
        _HEAD + "        x = one()  # raises\n        x.go()\n",
        _HEAD + "        x = one()\n        x.go()  # Error should occur on prior line.\n",
        # What is spelled out raises nothing: there is no other exception to tell apart.
        _HEAD + "        x = [('a', 1), {'b': -2}]\n        y = 'c'\n        go(x, y)\n",
        _HEAD + "        def f(x):\n            return x\n\n        f()\n",
        # A decorator, or a base, may refuse what is defined.
        _HEAD + "        @only(1)\n        def f():\n            pass\n\n        f()\n",
        _HEAD + "        class A(Base):\n            pass\n\n        A()\n",
        # The exception may come only from what the block is closed with.
        _HEAD.replace("KeyError):\n", "KeyError), lock():\n") + "        x = one()\n        x.go()\n",
        # A head that reads what the block binds.
        _HEAD.replace("KeyError", "KeyError, match=x") + "        x = one()\n        go(x)\n",
        # A statement that may not be left out of its block.
        _HEAD + "        for x in one():\n            y = x\n        go(y)\n",
        _HEAD + "        x = [1]\n        for y in x:\n            go(y)\n",
        # Where it is skipped nothing shows which statement raises.
        _HEAD.replace("def", "@requires_network\ndef") + "        x = one()\n        x.go()\n",
        _HEAD.replace("def", "pytestmark = pytest.mark.skipif(OLD)\n\n\ndef") + "        x = one()\n        x.go()\n",
        # Not pytest's.
        "from shop import raises\n\n\ndef test_f():\n    with raises(KeyError):\n        x = one()\n        x['y']\n",
        # Lines that cannot be moved as they are.
        _HEAD + "        x = one(); x['y']\n",
        _HEAD + "        x = one('''\n  a''')\n        go(x)\n",
        "import pytest\n\n\ndef test_f():\n    with pytest.raises(KeyError): x = one(); x['y']\n",
        # One statement.
        _HEAD + "        go(one())\n",
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """The statements of a block: what only prepares, the one that raises, what only inspects the exception."""

    before: Sequence[ast.stmt]
    raiser: ast.stmt
    after: Sequence[ast.stmt]


def _split(node: ast.With, expected: Expectation) -> _Split | None:
    """Tell the parts of the block apart, or None when that is not evident or there is but one part."""
    start = next((at for at, item in enumerate(node.body) if at and _inspects(item, expected)), len(node.body))
    before, raiser, after = node.body[: start - 1], node.body[start - 1], node.body[start:]
    if not isinstance(raiser, SIMPLE) or (expected.broad and (after or not all(map(_cannot_raise, before)))):
        return None
    if not _only_prepare(before, raiser) or (not after and all(map(_cannot_raise, before))):
        return None
    return _Split(before, raiser, after)


def _only_prepare(before: Sequence[ast.stmt], raiser: ast.stmt) -> bool:
    """Tell whether every statement binds a name, or changes what one names, that the next ones and `raiser` use."""
    if before and not _acts(raiser):
        return False
    needed = mentioned(raiser)
    for statement in reversed(before):
        if not _makes(statement, needed) and not _cannot_raise(statement):
            return False
        needed |= mentioned(statement)
    return True


def _acts(raiser: ast.stmt) -> bool:
    """Tell whether `raiser` does more than look at a value: it calls what was made, or with it, or changes it."""
    value = getattr(raiser, "value", None)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id not in {"print", "list", "tuple", "next", "str", "repr", "dict", "set"}
    return isinstance(raiser, ast.Assign | ast.AugAssign | ast.Delete) or isinstance(
        value, ast.Call | ast.Subscript | ast.Await
    )


def _makes(statement: ast.stmt, needed: set[str]) -> bool:
    """Tell whether `statement` prepares one of the names `needed`."""
    if not isinstance(statement, PREPARES) or _runs_others(statement):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
    roots = {name for target in targets for name in (_root(target), *bound(target)) if name}
    return bool(roots & needed)


def _runs_others(statement: ast.stmt) -> bool:
    """Tell whether a definition is handed to a decorator, or to bases, which may refuse it."""
    return any(getattr(statement, field, None) for field in ("decorator_list", "bases", "keywords"))


def _root(target: ast.AST) -> str:
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _cannot_raise(statement: ast.stmt) -> bool:
    """Tell whether `statement` binds a name to what is spelled out, or to a function of which nothing is computed."""
    if isinstance(statement, FUNCTIONS):
        return not (statement.decorator_list or statement.args.defaults or any(statement.args.kw_defaults))
    return (
        isinstance(statement, ast.Assign)
        and all(isinstance(item, ast.Name) for item in statement.targets)
        and all(isinstance(item, SPELLED) for item in below(statement.value))
    )


def _inspects(statement: ast.stmt, expected: Expectation) -> bool:
    """Tell whether `statement` surely reads the caught exception, and nothing that could raise it."""
    if not expected.name or not isinstance(statement, ast.Assert | ast.Expr | ast.Assign):
        return False
    reads = False
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == expected.name:
            reads |= node.attr in {expected.held, "type", "match", "typename"}
        if isinstance(node, ast.Call) and not _is_reader(node, expected.name):
            return False
    return reads


def _is_reader(call: ast.Call, name: str) -> bool:
    """Tell whether `call` only reads: a builtin that does, a method of the exception, an assertion of unittest."""
    if isinstance(call.func, ast.Name):
        return call.func.id in READERS
    return _root(call.func) == name or (_root(call.func) == "self" and last_name(call.func).startswith("assert"))


def _moved(node: ast.With, split: _Split, head: int, source: Source) -> Rewrite | Abstain:
    inner = source.lines[split.raiser.lineno - 1][: split.raiser.col_offset]
    outer = source.lines[node.lineno - 1][: node.col_offset]
    last = node.body[-1].end_lineno or node.body[-1].lineno
    above = split.before[-1].end_lineno or 0 if split.before else head
    begin = begin_of(split.raiser, above, source) if split.before else head + 1
    end = split.raiser.end_lineno or split.raiser.lineno
    before = moved_out(source.lines[head : begin - 1], inner, outer)
    after = moved_out(source.lines[end:last], inner, outer)
    if before is None or after is None:
        return Abstain("a line of the block stands to the left of it")
    if ELSEWHERE.search("".join(source.lines[begin - 1 : end])):
        return Abstain("a comment in the block says what raises")
    if SPEAKS.search("".join((before, *source.lines[end : begin_of(split.raiser, end, source)]))):
        return Abstain("a comment in the block says what raises")
    if split.before and isinstance(split.before[-1], SCOPES):
        before += source.newline
    kept = "".join((*source.lines[node.lineno - 1 : head], *source.lines[begin - 1 : end]))
    if after and not kept.endswith("\n"):
        kept += source.newline
    return replaced(source, node.lineno, last, before + kept + after)
