"""Let a comparison in a test count: ``total == 3`` on a line of its own becomes ``assert total == 3``."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.records import Safety
from improver.rewriting.blocks import own_lines
from improver.rewriting.raising import NEVER_RUN, last_name, may_be_skipped, speller, test_around
from improver.source import Source

EXPECTS = re.compile(r"raises|warn|assertRaises|suppress|error|deprecat", re.IGNORECASE)
RUNS_ONLY = re.compile(r"\b(raise|warn|crash|fail|segfault|smoke|leak|refcount|evaluate)", re.IGNORECASE)
QUIET = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Await)
DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.JoinedStr)
STAND_INS = frozenset({"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock"})
IN_TESTS = re.compile(r"test", re.IGNORECASE)
OF_TESTS = re.compile(r"\b(pytest|unittest|TestCase|assert)\b")  # else it is what tests look at, and nobody runs it
TELLS = re.compile(r"call|await|return_value|side_effect")  # what a mock knows, and does not make up
_HEAD = "import pytest\n\n\ndef test_f(x):\n"  # of the traps


class ForgottenAssert(Codemod):
    """Assert what a test compares and then forgets."""

    TITLE = "Assert what a test compares"
    WHY = "A comparison whose result nobody looks at checks nothing: the test passes whatever comes out."
    SAFE_WHEN = (
        "The statement is one comparison of one pair, in a test function, in no block that expects or swallows an"
        " error; no comment says that it is only run, and what is compared is not compared once more beside it in"
        " another way, as if to try the operators. No mark may skip the test. It is evaluated as before, and its result"
        " must be true from now on: the changed test asks for more. Where it does not hold, the tests say so, and a bug"
        " that hid behind it is found."
    )
    SAFETY = Safety.CHANGED_TEST
    VALUE = 5
    NODES = (ast.Expr,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which comparison counts for nothing."""
        assert isinstance(node, ast.Expr), "NODES names nothing else"
        if not _is_check(node.value) or test_around(node, source) is None or _is_expected_to_fail(node, source):
            return None
        if not IN_TESTS.search(source.path.rsplit("/", 1)[-1]) and not OF_TESTS.search(source.text):
            return None
        if _is_only_run(node, source) or _asks_a_stand_in(node.value, source):
            return None
        return f"nobody looks at the result of `{ast.unparse(node.value)[:80]}`"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put `assert` in front, or unittest's own way to say it."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Expr), "suspects saw a statement"
        assert isinstance(node.value, ast.Compare), "suspects saw a comparison"
        if may_be_skipped(node, source):
            return Abstain(NEVER_RUN)
        if not own_lines([node], source) or source.lines[node.lineno - 1].encode()[: node.col_offset].strip():
            return Abstain("the statement does not stand on lines of its own")
        text = _spelled(node.value, source)
        if isinstance(text, Abstain):
            return text
        margin = source.lines[node.lineno - 1][: node.col_offset]
        rest = source.lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset or 0 :].decode()
        return fitted(source, replaced(source, node.lineno, node.end_lineno or node.lineno, margin + text + rest))

    CHANGES = (
        (
            "import pytest\n\n\ndef test_total():\n    total = add(1, 2)\n    total == 3  # three\n",
            "import pytest\n\n\ndef test_total():\n    total = add(1, 2)\n    assert total == 3  # three\n",
        ),
        (
            "import pytest\n\n\nclass TestTotal:\n    def test_total(self):\n        for row in self.rows:\n"
            "            (\n"
            "                row.total\n                == sum(row)\n            )\n            'a' in row.names\n",
            "import pytest\n\n\nclass TestTotal:\n    def test_total(self):\n        for row in self.rows:\n"
            "            assert (\n"
            "                row.total\n                == sum(row)\n            )\n"
            "            assert 'a' in row.names\n",
        ),
        (
            "class TestTotal(unittest.TestCase):\r\n\tdef test_total(self):\r\n\t\tadd(1, 2) == {'a': 3}\r\n",
            "class TestTotal(unittest.TestCase):\r\n\tdef test_total(self):\r\n"
            "\t\tself.assertEqual(add(1, 2), {'a': 3})\r\n",
        ),
        (
            "import pytest\n\n\ndef test_go(box):\n    app = Mock()\n    box.go(app)\n    app.run.call_count == 1\n"
            "    box.app.name == 'a'\n",
            "import pytest\n\n\ndef test_go(box):\n    app = Mock()\n    box.go(app)\n"
            "    assert app.run.call_count == 1\n"
            "    assert box.app.name == 'a'\n",
        ),
        (
            "import pytest\n\n\nasync def test_total(box):\n    if box:\n        await box.total() == 3\n"
            "        box.rows is not None\n",
            "import pytest\n\n\nasync def test_total(box):\n    if box:\n        assert await box.total() == 3\n"
            "        assert box.rows is not None\n",
        ),
    )
    KEEPS = (
        # The comparison itself is what must raise, warn or be swallowed.
        _HEAD + "    with pytest.raises(TypeError):\n        x < 3\n",
        "import pytest\n\nSE = pytest.raises(TypeError)\n\n\ndef test_f(x):\n    with SE:\n        x < 3\n",
        _HEAD + "    with pytest.warns(BytesWarning):\n        x == 'a'\n",
        _HEAD + "    with self.assertRaises(TypeError):\n        x.a < x.b\n",
        _HEAD + "    with contextlib.suppress(TypeError):\n        x < 3\n",
        _HEAD + "    try:\n        x < 3\n    except TypeError:\n        pass\n    else:\n        assert False\n",
        # An operator that builds something, or is only to be run.
        _HEAD + "    x > y > 3\n",
        _HEAD + "    x == 3 or x.fail()\n",
        _HEAD + "    x == 1, 'one'\n",
        _HEAD + "    x\n",
        _HEAD + "    x == x\n",
        _HEAD + "    1 == 1\n",
        # The operators themselves are tried, each of them, and what they call is asserted.
        _HEAD + "    x == 1\n    assert calls == ['__eq__']\n    x < 1\n    assert calls == ['__lt__']\n",
        _HEAD + "    1 == x\n    assert calls == ['__eq__']\n    1 < x\n    assert calls == ['__gt__']\n",
        _HEAD + "    # Must not raise.\n    x == 1\n",
        _HEAD + "    x == 1  # crashed once\n",
        _HEAD + "    with warnings.catch_warnings():\n        x > 0\n",
        # Where it is skipped nothing shows that it holds.
        "@unittest.skipUnless(FAST, 'slow')\nclass TestF:\n    def test_f(self):\n        self.x == 3\n",
        # Nothing in the file is of a test: it is there to be looked at.
        "def test():\n    1 in Container()  # [unsupported-membership-test]\n",
        # It is another function's business.
        _HEAD + "    def same(y):\n        x == y\n\n    assert same\n",
        "def compare(x):\n    x == 3\n",
        # unittest has no one word for it.
        "class TestF(TestCase):\n    def test_f(self):\n        self.x < 3\n",
        # More than one statement on the line.
        _HEAD + "    x.go(); x == 3\n",
        # What a stand-in is asked for it makes up, and that equals nothing: an assignment was meant.
        _HEAD + "    app = Mock()\n    app.name == 'main'\n    go(app)\n",
        _HEAD + "    app = mock.MagicMock(spec=App)\n    app.conf.x == 3\n    go(app)\n",
        # A human has said that it is meant.
        _HEAD + "    x == 3  # noqa: B015\n",
    )


def _is_check(value: ast.expr) -> bool:
    """Tell whether `value` compares two things, one of which is not known beforehand."""
    if not isinstance(value, ast.Compare) or len(value.ops) != 1:
        return False
    sides = (value.left, value.comparators[0])
    if not all(isinstance(side, (*QUIET, *DISPLAYS)) for side in sides) or ast.dump(sides[0]) == ast.dump(sides[1]):
        return False
    return any(isinstance(node, ast.Name) for side in sides for node in ast.walk(side))


def _is_only_run(node: ast.Expr, source: Source) -> bool:
    """Tell whether a comment, or another comparison of the same two beside it, says that running it is all."""
    above = source.lines[node.lineno - 2] if node.lineno > 1 else ""
    comments = [line.partition("#")[2] for line in (above, source.lines[(node.end_lineno or node.lineno) - 1])]
    if any(map(RUNS_ONLY.search, comments)):
        return True
    blocks = [block for _, block in ast.iter_fields(source.parents[node]) if isinstance(block, list) and node in block]
    values = [item.value for block in blocks for item in block if isinstance(item, ast.Expr) and item is not node]
    return any(_sides(value) == _sides(node.value) for value in values if isinstance(value, ast.Compare))


def _asks_a_stand_in(value: ast.expr, source: Source) -> bool:
    """Tell whether a side is what a mock of this test makes up: it equals nothing, so an assignment was meant."""
    assert isinstance(value, ast.Compare), "a check is a comparison"
    asked = {_made_up_by(side) for side in (value.left, *value.comparators)} - {""}
    function = source.function_of(value)
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and last_name(node.value.func) in STAND_INS
        and any(isinstance(target, ast.Name) and target.id in asked for target in node.targets)
        for node in (ast.walk(function) if function and asked else ())
    )


def _made_up_by(side: ast.expr) -> str:
    """Return the name of which `side` reads attributes, none of which tells how a mock was called; else ""."""
    node = side
    while isinstance(node, ast.Attribute) and not TELLS.search(node.attr):
        node = node.value
    return node.id if isinstance(node, ast.Name) and node is not side else ""


def _sides(value: ast.expr) -> set[str]:
    assert isinstance(value, ast.Compare), "only comparisons come here"
    return {ast.dump(side) for side in (value.left, *value.comparators)}


def _is_expected_to_fail(node: ast.AST, source: Source) -> bool:
    """Tell whether an error of the comparison is caught, or expected, around it."""
    for parent in source.ancestors(node):
        if isinstance(parent, ast.Try | ast.TryStar):
            return True
        if isinstance(parent, ast.With | ast.AsyncWith) and EXPECTS.search(_told(parent.items[0].context_expr, source)):
            return True
        if isinstance(parent, ast.With | ast.AsyncWith) and len(parent.items) > 1:
            return True
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef):
            return any("xfail" in ast.unparse(item) for item in parent.decorator_list)
    return True


def _told(context: ast.expr, source: Source) -> str:
    """Return the code of a context, or of that which the file has given its name."""
    named = ast.unparse(context)
    given = [
        node for node in source.tree.body if isinstance(node, ast.Assign) and named in map(ast.unparse, node.targets)
    ]
    return " ".join([named, *(ast.unparse(node.value) for node in given)])


def _spelled(value: ast.Compare, source: Source) -> str | Abstain:
    """Return the assertion in the words of the framework that the test is written for."""
    statement = source.parents[value]
    assert isinstance(statement, ast.Expr), "the comparison is the statement"
    spelled = speller(value, source)
    if spelled is None or spelled[0] != "self.assertRaises" or source.of_kind(ast.Assert):
        lines = source.lines[statement.lineno - 1 : statement.end_lineno]
        data = [line.encode() for line in lines]
        data[-1] = data[-1][: statement.end_col_offset or 0]
        data[0] = data[0][statement.col_offset :]
        return f"assert {b''.join(data).decode()}"
    sides = [ast.get_source_segment(source.text, item) for item in (value.left, value.comparators[0])]
    if not isinstance(value.ops[0], ast.Eq) or statement.lineno != statement.end_lineno:
        return Abstain("unittest has no one word for it")
    return f"self.assertEqual({sides[0]}, {sides[1]})"
