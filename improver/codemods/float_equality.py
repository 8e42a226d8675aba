"""Compare computed floats in tests within rounding: ``== 0.30000000000000004`` becomes ``== pytest.approx(...)``."""

import ast
import re
from decimal import Decimal

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.records import Safety
from improver.rewriting.origins import origin
from improver.rewriting.raising import test_around
from improver.source import Source, below

LONG = 15  # significant digits; nobody writes so many who does not copy a result, rounding and all
SMALLEST = 1e-6  # below it `approx` would accept anything that is nearly nothing
SPELLED = ("pytest.approx", "approx")
EXACT = re.compile(r"\b(loads?|parse|read|decode|unpack|round|isclose|hex|repr|approx|Decimal|Fraction)", re.IGNORECASE)
_HEAD = "import pytest\n\n\ndef test_f(x):\n"  # of the traps


class FloatEquality(Codemod):
    """Accept a rounding error where a test compares the result of a computation."""

    TITLE = "Compare computed floats within rounding"
    WHY = "Another order of the same additions, another library or processor rounds the last digit differently."
    SAFE_WHEN = (
        "A test asserts that something is equal to a float with 15 significant digits or more; the same digits stand in"
        " the test only where they are expected, so they are no value that is meant to come back as it went in, and"
        " nothing there parses, rounds or unpacks. The default tolerance is one in a million, and values near zero are"
        " left alone; mutants of the tested code tell whether the test still notices all that it noticed. No float of"
        " the same test stays exact."
    )
    SAFETY = Safety.CHANGED_TEST
    NODES = (ast.Assert,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which assertion compares to the last digit."""
        assert isinstance(node, ast.Assert), "NODES names nothing else"
        expected = _expected(node.test)
        if expected is None or _approx(source) is None:
            return None
        function = test_around(node, source)
        if function is None or _is_meant(expected, node, function) or any(map(_stays, below(function))):
            return None
        return f"`== {ast.unparse(expected)}` asks for the last digit of a computed float"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put the expected value into `approx`."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Assert), "suspects saw an assertion"
        expected, approx = _expected(node.test), _approx(source)
        assert expected is not None, "suspects saw the value"
        function = test_around(node, source)
        others = [item for item in below(function or node) if isinstance(item, ast.Assert) and item is not node]
        results = [_within(item, approx, source) for item in others if _expected(item.test)]
        if any(isinstance(result, Abstain) for result in results):
            return Abstain("another comparison beside it would have to stay exact")
        return _within(node, approx, source)

    CHANGES = (
        (
            "import pytest\n\n\ndef test_sum():\n    assert total([0.1, 0.2]) == 0.30000000000000004  # cents\n",
            "import pytest\n\n\ndef test_sum():\n"
            "    assert total([0.1, 0.2]) == pytest.approx(0.30000000000000004)  # cents\n",
        ),
        (
            "import pytest\n\n\nclass TestMean:\n    def test_it(self):\n"
            "        assert self.mean == 0.3333333333333333, 'mean'\n",
            "import pytest\n\n\nclass TestMean:\n    def test_it(self):\n"
            "        assert self.mean == pytest.approx(0.3333333333333333), 'mean'\n",
        ),
        (
            "from pytest import approx, raises\r\n\r\n\r\ndef test_mean():\r\n"
            "\tassert -2.3333333333333335 == mean([1])\r\n",
            "from pytest import approx, raises\r\n\r\n\r\ndef test_mean():\r\n"
            "\tassert approx(-2.3333333333333335) == mean([1])\r\n",
        ),
        (
            "import pytest\n\n\ndef test_mean():\n    for a in rows:\n        assert (\n            ratio(a)\n"
            "            == (0.30000000000000004)\n        )\n",
            "import pytest\n\n\ndef test_mean():\n    for a in rows:\n        assert (\n            ratio(a)\n"
            "            == pytest.approx(0.30000000000000004)\n        )\n",
        ),
        (
            _HEAD
            + "    assert x.ratio == 0.3333333333333333\n    x.double()\n    assert 0.3333333333333333 == x.ratio\n",
            _HEAD + "    assert x.ratio == pytest.approx(0.3333333333333333)\n    x.double()\n"
            "    assert pytest.approx(0.3333333333333333) == x.ratio\n",
        ),
    )
    KEEPS = (
        # A value that comes back as it went in, as a number or in a text.
        _HEAD + "    assert load('3.141592653589793') == 3.141592653589793\n",
        _HEAD + "    x.put(3.141592653589793)\n    assert x.get() == 3.141592653589793\n",
        # Arithmetic says which operation is meant: the same one rounds the same way.
        _HEAD + "    assert x.ratio == 1 / 3\n",
        _HEAD + "    assert x.total == 0.1 + 0.2\n",
        _HEAD + "    assert x.total == 0.6666666666666666\n    assert x.ratio == 1 / 3\n",
        _HEAD + "    assert struct.unpack('d', x)[0] == 3.141592653589793\n",
        # Written by hand, or exact in binary.
        _HEAD + "    assert x.ratio == 0.1\n",
        _HEAD + "    assert x.ratio == 3 / 4\n",
        _HEAD + "    assert x.ratio == 1.0\n",
        _HEAD + "    assert x.count == 12345678901234567\n",
        # Another one beside it would stay exact: it is written by hand, or too long.
        _HEAD + "    assert x.days == 24.000277778055555\n    assert x.seconds == 86401.000001\n",
        _HEAD
        + "    assert x.a == 0.6666666666666666\n    assert x.ratio(1, strict=True, lines=2) == 0.6666666666666666\n",
        # Near zero everything is approximately equal.
        _HEAD + "    assert x.error == 1.2345678901234567e-15\n",
        # Within rounding already, or rounded.
        _HEAD + "    assert round(x.ratio, 16) == 0.3333333333333333\n",
        _HEAD + "    assert x.ratio == pytest.approx(0.3333333333333333)\n",
        _HEAD + "    assert 1 / 3 == pytest.approx(x.ratio, abs=1e-7)\n",
        # Not an equality of two.
        _HEAD + "    assert x.ratio != 0.3333333333333333\n",
        _HEAD + "    assert x.ratio == y == 0.3333333333333333\n",
        _HEAD + "    assert 1 / 3 == 0.3333333333333333\n",
        # No test, and a file without pytest.
        "import pytest\n\n\ndef check(x):\n    assert x.ratio == 0.3333333333333333\n",
        "def test_f(x):\n    assert x.ratio == 0.3333333333333333\n",
        # Not pytest's.
        "from shop import approx\n\n\ndef test_f(x):\n    assert x.ratio == 0.3333333333333333\n",
    )


def _expected(test: ast.expr) -> ast.expr | None:
    """Return the side of an equality that is a float of many digits while the other is no number."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    left, right = _number(test.left), _number(test.comparators[0])
    if (left is None) == (right is None):
        return None
    value = right if left is None else left
    if not isinstance(value, float) or abs(value) < SMALLEST or _digits(value) < LONG:
        return None
    expected, other = (test.comparators[0], test.left) if left is None else (test.left, test.comparators[0])
    return expected if _is_computed(other) else None


def _stays(node: ast.AST) -> bool:
    """Tell whether `node` asks for arithmetic, or a float that is written by hand and that binary cannot hold."""
    if not isinstance(node, ast.Assert) or not isinstance(node.test, ast.Compare) or _expected(node.test):
        return False
    sides = (node.test.left, *node.test.comparators)
    inexact = any(isinstance(value, float) and Decimal(repr(value)) != Decimal(value) for value in map(_number, sides))
    spelled = any(isinstance(side, ast.BinOp) and not _is_computed(side) for side in sides)
    return isinstance(node.test.ops[0], ast.Eq) and (inexact or spelled)


def _within(node: ast.Assert, approx: str | None, source: Source) -> Rewrite | Abstain:
    """Put the value that is expected in `node` into `approx`."""
    expected = _expected(node.test)
    assert expected is not None, "there is a value"
    if expected.lineno != expected.end_lineno:
        return Abstain("the expected value stands on several lines")
    line = source.lines[expected.lineno - 1].encode()
    start, end = expected.col_offset, expected.end_col_offset or 0
    while line[start - 1 : start] == b"(" and line[end : end + 1] == b")":
        start, end = start - 1, end + 1
    text = ast.get_source_segment(source.text, expected) or ast.unparse(expected)
    edited = line[:start] + f"{approx}({text})".encode() + line[end:]
    return fitted(source, replaced(source, expected.lineno, expected.lineno, edited.decode()))


def _number(node: ast.expr) -> float | None:
    """Return the value of a number that is spelled out."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = _number(node.operand)
        return None if operand is None else -operand
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_computed(node: ast.expr) -> bool:
    """Tell whether `node` is more than numbers."""
    return any(isinstance(item, ast.Name) for item in below(node))


def _digits(value: float) -> int:
    return len(re.sub(r"e.*|\D", "", repr(value)).strip("0"))


def _approx(source: Source) -> str | None:
    """Return how this file spells pytest's `approx`, None when it cannot."""
    nodes = ((spelled, ast.parse(spelled, mode="eval").body) for spelled in SPELLED)
    return next((spelled for spelled, node in nodes if origin(node, source) == "pytest.approx"), None)


def _is_meant(expected: ast.expr, node: ast.Assert, function: ast.AST) -> bool:
    """Tell whether just these digits are what the test is about."""
    assert isinstance(node.test, ast.Compare), "there is an expected value"
    other = node.test.left if expected is not node.test.left else node.test.comparators[0]
    if EXACT.search(ast.unparse(other)):
        return True
    text = ast.unparse(expected)
    ways = {text, *(f"{spelled}({text})" for spelled in SPELLED)}
    compared = [item.test for item in ast.walk(function) if isinstance(item, ast.Assert)]
    sides = [side for test in compared if isinstance(test, ast.Compare) for side in (test.left, *test.comparators)]
    return ast.unparse(function).count(text) > sum(ast.unparse(side) in ways for side in sides)
