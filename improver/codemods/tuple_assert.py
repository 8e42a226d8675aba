"""Make an assertion assert: ``assert (x, "message")``, true for ever, becomes ``assert x, "message"``."""

import ast

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, fitted, spliced
from improver.records import Safety
from improver.source import Source


class TupleAssert(Codemod):
    """Turn the tuple that is always true into a condition with its message."""

    TITLE = "Make an always-true assertion check its condition"
    WHY = "A tuple of two is never false, so the assertion cannot fail; the comma was meant to separate its message."
    SAFE_WHEN = (
        "The assertion has no message of its own, and what it asserts is a tuple of exactly two: first something that"
        " is not itself constant, then a text. It may fail from now on: where it does, the tests say so, and a bug that"
        " hid behind it is found."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 4
    NODES = (ast.Assert,)

    CHANGES = (
        (
            "def area(w, h):\n    assert (w > 0, 'width')\n    return w * h\n",
            "def area(w, h):\n    assert w > 0, 'width'\n    return w * h\n",
        ),
        (
            "class Box:\n    def fill(self, by):\n        # never negative\n"
            '        assert(by >= 0 and self.open , f"{by} < 0")  # by hand\n',
            "class Box:\n    def fill(self, by):\n        # never negative\n"
            '        assert by >= 0 and self.open, f"{by} < 0"  # by hand\n',
        ),
        (
            "if True:\r\n\tassert (\r\n\t\tlen(rows) == 2,\r\n\t\t'two rows: %s' % rows,\r\n\t)\r\n",
            "if True:\r\n\tassert len(rows) == 2, 'two rows: %s' % rows\r\n",
        ),
        (
            "async def go():\n    assert (found := await find(), 'nothing {}'.format('here')); return found\n",
            "async def go():\n    assert (found := await find()), 'nothing {}'.format('here'); return found\n",
        ),
        (
            "assert (x == 'a'), 'fine'\nassert ((x == 'a'), ('not'\n    ' fine'))\n",
            "assert (x == 'a'), 'fine'\nassert (x == 'a'), ('not'\n    ' fine')\n",
        ),
    )
    KEEPS = (
        "assert x > 0, 'message'\n",
        "assert (x > 0), 'message'\n",
        "assert (x > 0, 'message'), 'another message'\n",
        "assert (x, y)\n",
        "assert (x > 0, y > 0)\n",
        "assert (x > 0, 'one', 'two')\n",
        "assert (x > 0,)\n",
        "assert ()\n",
        "assert ('a', 'b')\n",
        "assert (1, 'message')\n",
        "assert ((x, y), 'message')\n",
        "assert (*x, 'message')\n",
        "assert (x, *'ab')\n",
        "assert ((lambda: x), 'message')\n",
        "assert [x > 0, 'message']\n",
        "assert (x > 0, b'bytes')\n",
        "assert (x > 0, 'message')  # noqa: F631\n",
        "assert (\n    x > 0,  # the width\n    'message',\n)\n",
        "assert (\n    x > 0 and\n    y > 0,\n    'message',\n)\n",
        "assert (\n    some_long_name_of_a_thing == another_long_name_of_a_thing,\n"
        "    'and quite a long message',\n)\n",
        "def f():\n    assert (x > 0, 'message')\n    return eval('x')\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:  # noqa: ARG002 - the node says it all
        """Say which assertion cannot fail."""
        if not isinstance(node, ast.Assert) or node.msg is not None or not isinstance(node.test, ast.Tuple):
            return None
        if len(node.test.elts) != 2 or not _can_fail(node.test.elts[0]) or not _is_text(node.test.elts[1]):
            return None
        return f"`assert ({ast.unparse(node.test.elts[0])}, ...)` asserts a tuple, which is always true"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Take the tuple apart."""
        assert isinstance(site.node, ast.Assert), "suspects saw an assertion"
        return fitted(site.source, spliced(site, _TakeApart))


def _can_fail(condition: ast.expr) -> bool:
    return not isinstance(condition, ast.Constant | ast.JoinedStr | ast.Tuple | ast.Lambda | ast.Starred)


def _is_text(message: ast.expr) -> bool:
    """Tell whether `message` is surely a text: a literal, an f-string, or a literal that is formatted."""
    if isinstance(message, ast.BinOp) and isinstance(message.op, ast.Mod | ast.Add):
        return _is_text(message.left)
    if isinstance(message, ast.Call) and isinstance(message.func, ast.Attribute) and message.func.attr == "format":
        return _is_text(message.func.value)
    return isinstance(message, ast.JoinedStr) or (isinstance(message, ast.Constant) and isinstance(message.value, str))


class _TakeApart(At):
    """Make the two elements of the tuple the condition and the message."""

    def leave_Assert(self, original_node: cst.Assert, updated_node: cst.Assert) -> cst.Assert:  # noqa: N802 - libcst
        """Take apart the assertion at the spot, unless an element stands on lines that only the tuple joins."""
        parts = updated_node.test
        if not self.at(original_node) or not isinstance(parts, cst.Tuple):
            return updated_node
        condition, message = (element.value for element in parts.elements)
        if not (_holds_together(condition) and _holds_together(message)):
            return updated_node
        if isinstance(condition, cst.NamedExpr) and not condition.lpar:
            condition = condition.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        return cst.Assert(condition, message, semicolon=updated_node.semicolon)


def _holds_together(expression: cst.BaseExpression) -> bool:
    """Tell whether `expression` can stand without the parentheses around it."""
    code = cst.Module([]).code_for_node(expression)
    return "\n" not in code or bool(expression.lpar)
