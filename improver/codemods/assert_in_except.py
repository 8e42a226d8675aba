"""Expect the exception: assertions in an ``except`` of a test follow a ``with pytest.raises(...)``."""

import ast
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.names import bound, mentioned
from improver.records import Safety
from improver.rewriting.blocks import moved_out, own_lines, renamed
from improver.rewriting.caught import is_free, names_in
from improver.rewriting.raising import BROAD, NEVER_RUN, fails, last_name, may_be_skipped, speller, test_around
from improver.source import Source

_HEAD = "import pytest\n\n\ndef test_f():\n    try:\n        go()\n"  # of the traps
RAISERS = (ast.Expr, ast.Assign, ast.AugAssign, ast.Delete)
CHECKS = (ast.Assert, ast.Expr, ast.Assign, ast.Pass)
CAUGHT = ("excinfo", "caught", "raised")
CAUGHT_IN_UNITTEST = ("cm", "caught", "raised")
# A word above that it need not come, or of the very change, which would be out of date.
DOUBTS = re.compile(r"\b(if|may|might|sometimes|could|assert_?raises|pytest\.raises)\b", re.IGNORECASE)
SHORT = 90  # characters of a statement that fails the test; a longer one explains what `pytest.raises` cannot
READS_CURRENT = frozenset({"sys", "traceback", "logging", "log", "logger"})  # may ask for the exception being handled


class AssertInExcept(Codemod):
    """Expect the exception that a test catches by itself."""

    TITLE = "Expect the exception that a test is about"
    WHY = "A `with` says which exception a test is about, and the test cannot pass in silence where none is raised."
    SAFE_WHEN = (
        "The try holds one statement, and at most another that says the test has failed; its one handler names the type"
        " and only asserts. Without that other statement the test stands on its own: no loop, no condition, no"
        " parameters around it, no comment with an if, so that each run was meant to raise. No mark may skip the test."
        " From now on the exception must come: the changed test asks for more, and where it holds, the exception was"
        " raised all along."
    )
    SAFETY = Safety.CHANGED_TEST
    NODES = (ast.Try,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which exception a test only meets by chance."""
        assert isinstance(node, ast.Try), "NODES names nothing else"
        if len(node.handlers) != 1 or node.finalbody or not _is_narrow(node.handlers[0]):
            return None
        attempt = _attempt(node, source)
        function = test_around(node, source)
        if attempt is None or function is None or not _is_check(node.handlers[0], source, sure=attempt.fails):
            return None
        if attempt.fails:
            return f"the test spells out that `{ast.unparse(attempt.raiser)[:60]}` must raise"
        alone = source.parents[node] is function and not function.decorator_list and not _is_doubted(node, source)
        return f"the test passes in silence when `{ast.unparse(attempt.raiser)[:60]}` raises nothing" if alone else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Make the try a `with` that expects, and let the assertions follow it."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Try), "suspects saw a try"
        handler, attempt = node.handlers[0], _attempt(node, source)
        assert attempt is not None, "suspects saw the attempt"
        assert handler.type is not None, "suspects saw the type"
        if may_be_skipped(node, source):
            return Abstain(NEVER_RUN)
        spelled = speller(node, source)
        if spelled is None:
            return Abstain("the file has neither pytest at hand nor unittest's own way to expect an exception")
        reads = [item for item in ast.walk(handler) if isinstance(item, ast.Name) and item.id == handler.name]
        usual = (*names_in(source, spelled[1]), *(CAUGHT_IN_UNITTEST if spelled[1] == "exception" else CAUGHT))
        name = next((item for item in usual if is_free(item, node, source)), "")
        if (reason := _in_the_way(handler, attempt, source)) or not name:
            return Abstain(reason or "every usual name for what is caught is in use here")
        call, held = spelled
        outer = source.lines[node.lineno - 1][: node.col_offset]
        kind = ast.unparse(handler.type)
        kind = kind if isinstance(handler.type, ast.Name | ast.Attribute) else f"({kind.strip('()')})"
        head = f"{outer}with {call}({kind}){f' as {name}' if reads else ''}:{source.newline}"
        tried = source.lines[node.lineno : attempt.raiser.end_lineno]
        head += "".join(itertools.dropwhile(lambda line: not line.strip(), tried))
        result = _checked(node, source, head, renamed(source, ((item, f"{name}.{held}") for item in reads)))
        short = f"{outer}{handler.name} = {name}.{held}{source.newline}"  # where no line has room for the longer name
        is_short = reads and isinstance(result, Abstain)
        return _checked(node, source, head + short, source.lines) if is_short else result

    CHANGES = (
        (
            "import pytest\n\n\ndef test_width():\n    try:\n        area(-1)\n    except ValueError as e:\n"
            "        # told in words\n        assert 'width' in str(e)\n        assert e.args  # and more\n",
            "import pytest\n\n\ndef test_width():\n    with pytest.raises(ValueError) as excinfo:\n        area(-1)\n"
            "    # told in words\n    assert 'width' in str(excinfo.value)\n"
            "    assert excinfo.value.args  # and more\n",
        ),
        (
            "import pytest\n\n\nclass TestArea:\n    def test_width(self):\n        for width in (-1, -2):\n"
            "            try:\n                self.area = area(\n                    width,\n                )\n"
            "            except (shop.Wrong, ValueError) as e:\n                assert e.width == width\n"
            "            else:\n                pytest.fail('it is too narrow')\n        done()\n",
            "import pytest\n\n\nclass TestArea:\n    def test_width(self):\n        for width in (-1, -2):\n"
            "            with pytest.raises((shop.Wrong, ValueError)) as excinfo:\n                self.area = area(\n"
            "                    width,\n                )\n            assert excinfo.value.width == width\n"
            "        done()\n",
        ),
        (
            "from pytest import raises\r\n\r\n\r\n@quick\r\ndef test_width():\r\n\ttry:\r\n\t\tarea(-1)\r\n"
            "\t\tassert False, 'no error'\r\n\texcept ValueError:\r\n\t\tpass\r\n",
            "from pytest import raises\r\n\r\n\r\n@quick\r\ndef test_width():\r\n\twith raises(ValueError):\r\n"
            "\t\tarea(-1)\r\n",
        ),
        (
            "class TestArea(unittest.TestCase):\n    def test_width(self):\n        try:\n            area(-1)\n"
            "        except ValueError as error:\n            self.assertEqual(error.width, -1)\n",
            "class TestArea(unittest.TestCase):\n    def test_width(self):\n"
            "        with self.assertRaises(ValueError) as cm:\n            area(-1)\n"
            "        self.assertEqual(cm.exception.width, -1)\n",
        ),
        (
            _HEAD + f"    except KeyError as e:\n        assert e.args == {'a' * 55!r}\n",
            _HEAD.replace("try:", "with pytest.raises(KeyError) as excinfo:")
            + f"    e = excinfo.value\n    assert e.args == {'a' * 55!r}\n",
        ),
        (
            "import pytest\n\n\nasync def test_width():\n    try:\n        await area(-1)\n    except ValueError:\n"
            "        assert seen == [1]\n    other()\n",
            "import pytest\n\n\nasync def test_width():\n    with pytest.raises(ValueError):\n        await area(-1)\n"
            "    assert seen == [1]\n    other()\n",
        ),
        (
            "import pytest\n\n\ndef test_width():\n    try:\n        area(-1)\n    except ValueError as e:\n"
            "        assert e.width == -1\n    try:\n        area(None)\n    except TypeError as e:\n"
            "        assert e.args\n",
            "import pytest\n\n\ndef test_width():\n    with pytest.raises(ValueError) as excinfo:\n        area(-1)\n"
            "    assert excinfo.value.width == -1\n    with pytest.raises(TypeError) as excinfo:\n        area(None)\n"
            "    assert excinfo.value.args\n",
        ),
        (
            "import pytest\n\n\ndef test_width():\n    with pytest.raises(TypeError) as excinfo:\n        area(None)\n"
            "    try:\n        area(-1)\n    except ValueError as e:\n        assert e.args\n"
            "    assert excinfo.value.args\n",
            "import pytest\n\n\ndef test_width():\n    with pytest.raises(TypeError) as excinfo:\n        area(None)\n"
            "    with pytest.raises(ValueError) as caught:\n        area(-1)\n    assert caught.value.args\n"
            "    assert excinfo.value.args\n",
        ),
        (
            "import pytest\n\n\ndef test_width():\n    for width in (-1, -2):\n"
            "        with pytest.raises(ValueError) as excinfo:\n            area(width)\n"
            "        assert excinfo.value.args\n        try:\n            area(None)\n"
            "            pytest.fail('no')\n        except TypeError as e:\n            assert e.args\n",
            "import pytest\n\n\ndef test_width():\n    for width in (-1, -2):\n"
            "        with pytest.raises(ValueError) as excinfo:\n            area(width)\n"
            "        assert excinfo.value.args\n        with pytest.raises(TypeError) as excinfo:\n"
            "            area(None)\n        assert excinfo.value.args\n",
        ),
        (
            _HEAD.replace("try:", "try:\n")
            + "\n    except KeyError:\n        assert True\n\n    else:\n        assert False\n",
            "import pytest\n\n\ndef test_f():\n    with pytest.raises(KeyError):\n        go()\n",
        ),
    )
    KEEPS = (
        # An assertion that may fail: where it holds, nothing is raised.
        "import unittest\n\n\nclass TestF(unittest.TestCase):\n    def test_f(self):\n        try:\n"
        "            self.assertRaises(TypeError, go)\n        except FailTest:\n            self.assertTrue(self.x)\n",
        # A remark that would be out of date.
        "import pytest\n\n\ndef test_f():\n    # One day this can be an assert_raises.\n    try:\n        go()\n"
        "    except KeyError as e:\n        assert e.args\n",
        # That all is well is said in a comment, which would speak of nothing; or in nothing, and nothing asks for more.
        _HEAD + "    except KeyError:\n        # as it should\n        assert True\n    else:\n        assert False\n",
        _HEAD + "    except KeyError:\n        assert True\n",
        # Not every run has to raise: a loop, a condition, parameters.
        "import pytest\n\n\ndef test_f(xs):\n    for x in xs:\n        try:\n            go(x)\n"
        "        except KeyError as e:\n            assert e.args\n",
        "import pytest\n\n\ndef test_f(x):\n    if x:\n        try:\n            go(x)\n        except KeyError as e:\n"
        "            assert e.args\n",
        "import pytest\n\n\n@pytest.mark.parametrize('x', [1, 2])\ndef test_f(x):\n    try:\n        go(x)\n"
        "    except KeyError as e:\n        assert e.args\n",
        "import pytest\n\n\ndef test_f():\n    # *If* this fails, then with these words.\n    try:\n        go()\n"
        "    except KeyError as e:\n        assert e.args\n",
        # What is left out may matter: an else that goes on, a finally, a second handler, a broad type.
        _HEAD + "    except KeyError as e:\n        assert e.args\n    else:\n        assert done\n",
        _HEAD + "    except KeyError as e:\n        assert e.args\n    finally:\n        stop()\n",
        _HEAD + "    except KeyError as e:\n        assert e.args\n    except OSError:\n        pass\n",
        _HEAD + "    except Exception as e:\n        assert e.args\n",
        _HEAD + "    except:\n        assert x\n",
        # Two statements: either may raise.
        _HEAD + "        go()\n    except KeyError as e:\n        assert e.args\n",
        # The exception is left in silence on purpose: nothing says that it must come. Or it must not.
        _HEAD + "    except KeyError:\n        pass\n",
        _HEAD + "    except KeyError:\n        pytest.skip('not here')\n",
        _HEAD + "    except KeyError:\n        assert False\n",
        _HEAD + "    except KeyError:\n        pytest.fail('not this one')\n",
        # What would be told when nothing is raised is worth keeping.
        "import pytest\n\n\ndef test_f(xs):\n    for x in xs:\n        try:\n            go(x)\n"
        "            pytest.fail(f'{x} is fine')\n        except KeyError:\n            pass\n",
        # It leaves the test.
        _HEAD + "    except ImportError as e:\n        assert e.args\n        return\n    go()\n",
        # The name is bound anew, or the exception is read where it is being handled.
        _HEAD + "    except KeyError as e:\n        e = e.args\n        assert e\n",
        _HEAD + "    except KeyError as e:\n        text = traceback.format_exc()\n        assert text\n",
        _HEAD + "    except KeyError as e:\n        assert f'{e}' == 'x'\n",
        # Not at hand, or no test.
        "def test_f():\n    try:\n        go()\n    except KeyError as e:\n        assert e.args\n",
        "import pytest\n\n\ndef check():\n    try:\n        go()\n    except KeyError as e:\n        assert e.args\n",
        # Where it is skipped nothing shows that the exception comes.
        "import pytest\n\n\n@pytest.mark.skipif(OLD, reason='old')\ndef test_f():\n    try:\n        go()\n"
        "        assert False\n    except KeyError:\n        pass\n",
        # The comment would be lost.
        _HEAD + "        assert False  # never\n    except KeyError as e:\n        assert e.args\n",
        # Every usual name is taken.
        "import pytest\n\n\ndef test_f(excinfo, caught, raised):\n    try:\n        go()\n"
        "    except KeyError as e:\n        assert e.args\n",
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a try tries; `fails` when it says that the test has failed where nothing is raised."""

    raiser: ast.stmt
    fails: bool


def _attempt(node: ast.Try, source: Source) -> _Attempt | None:
    rest = [*node.body[1:], *node.orelse]
    if not isinstance(node.body[0], RAISERS) or len(rest) > 1 or not all(_says_little(item, source) for item in rest):
        return None
    return None if fails(node.body[0], source) else _Attempt(node.body[0], bool(rest))


def _checked(node: ast.Try, source: Source, text: str, lines: Sequence[str]) -> Rewrite | Abstain:
    """Return the file with `text` in place of a try, and after it what its handler asserts, as `lines` have it."""
    handler = node.handlers[0]
    checks = [] if all(map(_says_nothing, handler.body)) else lines[handler.lineno : handler.end_lineno]
    inner = source.lines[handler.body[0].lineno - 1][: handler.body[0].col_offset]
    moved = moved_out(checks, inner, source.lines[node.lineno - 1][: node.col_offset])
    if moved is None:
        return Abstain("a line of the handler stands to the left of it")
    return fitted(source, replaced(source, node.lineno, node.end_lineno or node.lineno, text + moved))


def _is_doubted(node: ast.Try, source: Source) -> bool:
    """Tell whether the exception need not come: the comment above the try says so, or what is tried asserts itself."""
    call = getattr(node.body[0], "value", None)
    if isinstance(call, ast.Call) and last_name(call.func).startswith("assert"):
        return True
    first = node.lineno - 1
    while first > 0 and source.lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return bool(DOUBTS.search("".join(source.lines[first : node.lineno - 1])))


def _says_little(statement: ast.stmt, source: Source) -> bool:
    """Tell whether `statement` fails the test, and in words that nobody will miss."""
    words = [node for node in ast.walk(statement) if isinstance(node, ast.Constant | ast.Name | ast.JoinedStr)]
    names = {node.id for node in words if isinstance(node, ast.Name)}
    short = len(ast.unparse(statement)) <= SHORT and not any(isinstance(node, ast.JoinedStr) for node in words)
    return fails(statement, source) and short and names <= {"AssertionError", "self", "pytest", "fail"}


def _is_narrow(handler: ast.ExceptHandler) -> bool:
    types: Sequence[ast.expr | None] = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return bool(types) and all(item is not None and last_name(item) not in BROAD | {""} for item in types)


def _is_check(handler: ast.ExceptHandler, source: Source, *, sure: bool) -> bool:
    """Tell whether a handler asserts and does nothing else that counts; where the test is `sure`, it may do nothing."""
    if all(map(_says_nothing, handler.body)):
        return sure
    called = [
        item.value.func for item in handler.body if isinstance(item, ast.Expr) and isinstance(item.value, ast.Call)
    ]
    leaves = any(last_name(item) in {"skip", "xfail", "skipTest"} for item in called)
    if leaves or any(fails(item, source) for item in handler.body):
        return False
    asserts = any(isinstance(item, ast.Assert) for item in handler.body)
    return (asserts or any(last_name(item).startswith("assert") for item in called)) and all(
        isinstance(item, CHECKS) for item in handler.body
    )


def _says_nothing(statement: ast.stmt) -> bool:
    """Tell whether `statement` is `pass`, or asserts what is always true."""
    test = statement.test if isinstance(statement, ast.Assert) else None
    return isinstance(statement, ast.Pass) or (isinstance(test, ast.Constant) and bool(test.value))


def _in_the_way(handler: ast.ExceptHandler, attempt: _Attempt, source: Source) -> str:
    """Say why the handler's statements cannot stand below, or ""."""
    if handler.name in bound(*handler.body):
        return f"{handler.name} is bound anew in the handler"
    if mentioned(*handler.body) & READS_CURRENT:
        return "the handler may read the exception that is being handled"
    texts = (item for item in ast.walk(handler) if isinstance(item, ast.JoinedStr))
    if handler.name and any(handler.name in mentioned(text) for text in texts):
        return "a formatted text holds the exception"
    is_apart = own_lines([attempt.raiser], source) and own_lines(handler.body, source)
    return "" if is_apart and handler.body[0].lineno > handler.lineno else "its statements share lines with others"
