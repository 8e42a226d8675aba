"""Keep the cause: ``raise X`` inside ``except`` becomes ``raise X from error``.

Always ``from error``, never ``from None``, even where the message already embeds the exception: ``from None`` would
hide a traceback that is shown today, and a message holds neither the type nor the place of what went wrong.
"""

import ast
import itertools
import re
from collections import Counter

import libcst as cst
from libcst.metadata import PositionProvider

from improver.codemod import SUPPRESSION, Abstain, At, Codemod, Rewrite, Site, region_of, spliced, spot_in
from improver.names import EVERYTHING, bound, bound_by, carried_by, declared, mentioned
from improver.records import Safety
from improver.rewriting.catching import is_caught_here
from improver.rewriting.layout import longest
from improver.source import FUNCTIONS, SCOPES, Source

USUAL = ("error", "exc", "err", "e", "ex", "exception")
NEAR = 12  # lines below its except clause a raise may stand; farther down the cause is often another one
CLASS_NAME = re.compile(r"_*[A-Z]\w*[a-z]\w*")
# Not errors but signals to a caller, who never prints their cause.
SIGNALS = frozenset(
    {"SystemExit", "KeyboardInterrupt", "GeneratorExit", "StopIteration", "StopAsyncIteration", "CancelledError"}
    | {"Exit", "Abort", "SkipTest", "Skipped", "Skip"}
    | {"ArgumentError", "ArgumentTypeError", "BadParameter", "ClickException", "UsageError"}  # told in a line of text
)
READS_CAUSE = re.compile(r"__(cause|context|suppress_context)__")


class ExplicitCause(Codemod):
    """Name the caught exception as the cause of the one raised in its place."""

    TITLE = "Keep the cause of a re-raised error"
    WHY = (
        "A traceback then says that one error is the direct cause of the other, instead of suggesting that the"
        " handling of the first went wrong."
    )
    SAFE_WHEN = (
        "The raise stands in the body of an except clause (not in the finally of an inner try, not in an inner function"
        " or class) and makes a new exception by calling or naming a class; the clause names what it caught and nothing"
        " rebinds, deletes or declares that name, or a new name is given that stands nowhere in the scope. The cause is"
        " then the exception that was already shown as context; the file itself reads no causes."
    )
    SAFETY = Safety.CONFINED
    OBSERVABLE = "exception cause"
    VALUE = 5
    WHOLE = True
    NODES = (ast.Raise,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which raise hides its cause."""
        if not isinstance(node, ast.Raise) or node.exc is None or node.cause is not None:
            return None
        raised = _class_name(node.exc)
        handler = _handler_of(node, source) if raised else None
        if raised is None or handler is None or handler.type is None or raised == handler.name:
            return None
        if node.lineno - handler.lineno > NEAR or is_caught_here(node, raised, source) or _is_searched(node, source):
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        return f"`raise {raised}` inside `except` does not say what caused it"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add the cause, and the handler's name where there is none; break the call over lines only when too long."""
        node, source = site.node, site.source
        handler = _handler_of(node, source)
        assert isinstance(node, ast.Raise), "suspects saw a raise"
        assert handler is not None, "suspects saw a handler"
        if READS_CAUSE.search(source.text):
            return Abstain("this file reads causes or contexts itself")
        name = _kept_name(handler, source) if handler.name else _free_name(handler, source)
        if isinstance(name, Abstain):
            return name
        if isinstance(node.exc, ast.Name) and node.exc.id in _variables(handler, source):
            return Abstain(f"{node.exc.id} is a variable here, maybe the caught exception itself")
        region = region_of(source, handler)
        caught = spot_in(source, region, handler)
        for indent in ("", source.indent) if _stands_alone(node, source) else ("",):
            result = spliced(site, _AddCause, name, caught, indent, region=region)
            width = 0 if indent else longest(ast.Raise, source)  # a file may leave these in one line, however long
            if isinstance(result, Abstain) or source.fits(result[source.path], width):
                return result
        return Abstain("the line would become longer than this file's lines are")

    CHANGES = (
        (
            "def port(text):\n    try:\n        return int(text)\n    except ValueError as error:\n"
            '        raise SystemError(f"no port: {error}")\n',
            "def port(text):\n    try:\n        return int(text)\n    except ValueError as error:\n"
            '        raise SystemError(f"no port: {error}") from error\n',
        ),
        (
            "class Shop:\n    def price(self, name):\n        try:\n            return self.prices[name]\n"
            "        except (KeyError, TypeError):  # not for sale\n"
            "            raise LookupError(name)  # the caller knows\n",
            "class Shop:\n    def price(self, name):\n        try:\n            return self.prices[name]\n"
            "        except (KeyError, TypeError) as error:  # not for sale\n"
            "            raise LookupError(name) from error  # the caller knows\n",
        ),
        (
            "try:\r\n    import fast\r\nexcept ImportError:\r\n    raise RuntimeError\r\n",
            "try:\r\n    import fast\r\nexcept ImportError as error:\r\n    raise RuntimeError from error\r\n",
        ),
        (
            "def first(rows):\n    try:\n        return rows[0]\n    except IndexError as e:\n        log(e)\n"
            "    try:\n        return rows.top\n    except AttributeError:\n        if rows:\n"
            "            raise pkg.Missing(\n                rows,\n            )\n        raise pkg.Empty(rows)\n",
            "def first(rows):\n    try:\n        return rows[0]\n    except IndexError as e:\n        log(e)\n"
            "    try:\n        return rows.top\n    except AttributeError as e:\n        if rows:\n"
            "            raise pkg.Missing(\n                rows,\n            ) from e\n"
            "        raise pkg.Empty(rows) from e\n",
        ),
        (
            "def get(table, error):\n\ttry:\n\t\treturn table[error]\n\texcept KeyError:\n"
            "\t\traise ValueError(error)\n",
            "def get(table, error):\n\ttry:\n\t\treturn table[error]\n\texcept KeyError as exc:\n"
            "\t\traise ValueError(error) from exc\n",
        ),
        (
            "def read(path):\n    try:\n        return load(path)\n    except OSError as err:\n"
            '        raise ConfigurationError("cannot read the configuration", str(path))\n',
            "def read(path):\n    try:\n        return load(path)\n    except OSError as err:\n"
            '        raise ConfigurationError(\n            "cannot read the configuration", str(path)\n'
            "        ) from err\n",
        ),
        (
            "def outer(value):\n    try:\n        check(value)\n    except ValueError as error:\n        try:\n"
            "            mend(value)\n        except TypeError:\n            raise Broken(value)\n"
            "        else:\n            raise Mended(value)\n",
            "def outer(value):\n    try:\n        check(value)\n    except ValueError as error:\n        try:\n"
            "            mend(value)\n        except TypeError as exc:\n            raise Broken(value) from exc\n"
            "        else:\n            raise Mended(value) from error\n",
        ),
    )
    KEEPS = (
        "try:\n    go()\nexcept OSError as e:\n    raise Lost(e) from e\n",
        "try:\n    go()\nexcept KeyError:\n    raise AttributeError('x') from None\n",
        "try:\n    go()\nexcept OSError:\n    raise\n",
        "try:\n    go()\nexcept OSError as Lost:\n    raise Lost\n",
        "def f():\n    try:\n        go()\n    except OSError as e:\n        Saved = e\n        raise Saved\n",
        "try:\n    go()\nexcept OSError as e:\n    raise translate(e)\n",
        "try:\n    go()\nexcept OSError as e:\n    raise Lost().with_traceback(e.__traceback__)\n",
        "try:\n    go()\nexcept OSError as e:\n    e = Other()\n    raise Lost('x')\n",
        "try:\n    go()\nexcept OSError as e:\n    del e\n    raise Lost('x')\n",
        "def f():\n    global e\n    try:\n        go()\n    except OSError as e:\n        raise Lost('x')\n",
        "try:\n    go()\nexcept OSError as e:\n    try:\n        stop()\n    finally:\n        raise Lost('x')\n",
        "try:\n    go()\nexcept OSError as e:\n    def later():\n        raise Lost('x')\n    register(later)\n",
        "try:\n    go()\nexcept* OSError as e:\n    raise Lost('x')\n",
        "try:\n    go()\nexcept:\n    raise Lost('x')\n",
        "try:\n    go()\nfinally:\n    raise Lost('x')\n",
        "try:\n    go()\nexcept OSError:\n    raise SystemExit(1)\n",
        "def f(it):\n    try:\n        go()\n    except IndexError:\n        raise StopIteration\n",
        "def f(a):\n    try:\n        return int(a)\n    except ValueError:\n        raise ArgumentTypeError(a)\n",
        "from shapes import *\ntry:\n    go()\nexcept OSError:\n    raise Lost('x')\n",
        "class A:\n    try:\n        go()\n    except OSError:\n        raise Lost('x')\n",
        "try:\n    go()\nexcept OSError as e:\n    raise Lost('x')  # noqa: B904\n",
        "try:\n    go()\nexcept OSError as e:\n    raise Lost(  # pylint: disable=raise-missing-from\n"
        "        'x'\n    )\n",
        "try:\n    go()\nexcept OSError as e:\n    raise Lost('x')\nassert Lost('x').__cause__ is None\n",
        "def f(error, exc, err, e, ex, exception):\n    try:\n        go()\n    except OSError:\n"
        "        raise Lost('x')\n",
        "def f():\n    try:\n        go()\n    except OSError as e:\n"
        + "        mend()\n" * 12
        + "        raise Lost('x')\n",
        "def read(path):\n    try:\n        return load(path)\n    except OSError as err:\n"
        "        raise ConfigurationError('cannot read', path)  # the configuration comes first\n",
        "def f():\n    try:\n        go()\n    except OSError as e:\n        print(locals())\n"
        "        raise Lost('x')\n",
        # Another way was tried in between, and it is what failed.
        "def f(a, b):\n    try:\n        go(a)\n    except KeyError:\n        for c in b:\n            if c.go(a):\n"
        "                break\n        else:\n            raise LookupError(a)\n",
        # Nobody sees the cause: the same function catches what is raised, and does not look at it.
        "def f(a, b):\n    try:\n        try:\n            go(a)\n        except KeyError:\n"
        "            raise LookupError(a)\n    except (LookupError, TypeError):\n        return b\n",
    )


def _is_searched(node: ast.Raise, source: Source) -> bool:
    """Tell whether a loop of the handler comes to nothing or meets another fault: that is the cause."""
    inside = itertools.takewhile(lambda item: not isinstance(item, ast.ExceptHandler), source.ancestors(node))
    return any(isinstance(item, ast.For | ast.AsyncFor | ast.While) for item in inside)


def _class_name(raised: ast.expr) -> str | None:
    """Return the dotted name of the class that `raised` names or calls, or None when it may be anything else."""
    made = raised.func if isinstance(raised, ast.Call) else raised
    parts = made
    while isinstance(parts, ast.Attribute):
        parts = parts.value
    last = getattr(made, "attr", getattr(made, "id", ""))
    if not isinstance(parts, ast.Name) or not CLASS_NAME.fullmatch(last) or last in SIGNALS:
        return None
    return ast.unparse(made)


def _handler_of(node: ast.AST, source: Source) -> ast.ExceptHandler | None:
    """Return the except clause whose exception is being handled where `node` stands, if that is certain."""
    for parent in source.ancestors(node):
        if isinstance(parent, SCOPES) or (isinstance(parent, ast.Try | ast.TryStar) and node in parent.finalbody):
            return None
        if isinstance(parent, ast.ExceptHandler):
            return parent if isinstance(source.parents[parent], ast.Try) else None
        node = parent
    return None


def _kept_name(handler: ast.ExceptHandler, source: Source) -> str | Abstain:
    """Return the name the clause gives, when it stays what was caught."""
    name = str(handler.name)
    if name in bound(*handler.body) | declared(source.tree):
        return Abstain(f"{name} may no longer be what was caught")
    return name


def _free_name(handler: ast.ExceptHandler, source: Source) -> str | Abstain:
    """Return a name for what is caught that is new to the scope, in this file's own habit if it has one."""
    scope = next((parent for parent in source.ancestors(handler) if isinstance(parent, SCOPES)), source.tree)
    if isinstance(scope, ast.ClassDef):
        return Abstain("a name bound here would be an attribute of the class")
    if isinstance(scope, ast.Module) and EVERYTHING in mentioned(scope):
        return Abstain("a star import may bring any name into this scope")
    named = Counter(node.name for node in ast.walk(source.tree) if isinstance(node, ast.ExceptHandler))
    for name in sorted(USUAL, key=lambda usual: -named[usual]):
        if not _stands(name, scope, handler, source):
            return name
    return Abstain("every usual name for what is caught is in use here")


def _stands_alone(node: ast.Raise, source: Source) -> bool:
    """Tell whether `node` is one whole line without a comment: such a line may be broken as a formatter would."""
    line = source.lines[node.lineno - 1].encode()
    return node.lineno == node.end_lineno and not line[: node.col_offset].strip() + line[node.end_col_offset :].strip()


def _stands(name: str, scope: ast.AST, handler: ast.ExceptHandler, source: Source) -> bool:
    """Tell whether `name` means anything in `scope`, but for except clauses beside `handler` that bind it anew."""
    above = set(source.ancestors(handler))
    if name in mentioned(*handler.body):
        return True
    stack = [scope]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.ExceptHandler) and node.name == name and node not in above:
            stack.extend([node.type] if node.type else [])
            continue
        if name in carried_by(node):
            return True
        stack.extend(ast.iter_child_nodes(node))
    return False


def _variables(node: ast.AST, source: Source) -> set[str]:
    """Return the names that the functions around `node` assign or take as parameters."""
    functions = [parent for parent in source.ancestors(node) if isinstance(parent, FUNCTIONS)]
    return {
        name
        for function in functions
        for inner in ast.walk(function)
        if isinstance(inner, ast.Name | ast.arg | ast.ExceptHandler)
        for name in bound_by(inner)
    }


class _AddCause(At):
    """Give the raise at the spot its cause, and the except clause at `caught` the name of it."""

    def __init__(self, spot: tuple[int, int], name: str, caught: tuple[int, int], indent: str) -> None:
        super().__init__(spot)
        self.name, self.caught, self.indent = name, caught, indent

    def leave_Raise(self, original_node: cst.Raise, updated_node: cst.Raise) -> cst.Raise:  # noqa: N802 - libcst's name
        """Add the cause."""
        if not self.at(original_node):
            return updated_node
        raised = _broken(updated_node.exc, self.indent) if self.indent else updated_node.exc
        return updated_node.with_changes(exc=raised, cause=cst.From(cst.Name(self.name)))

    def leave_ExceptHandler(  # noqa: N802 - libcst's name
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler:
        """Name what is caught."""
        start = self.get_metadata(PositionProvider, original_node).start
        if (start.line, start.column) != self.caught or updated_node.name is not None:
            return updated_node
        return updated_node.with_changes(name=cst.AsName(cst.Name(self.name)))


def _broken(raised: cst.BaseExpression | None, indent: str) -> cst.BaseExpression | None:
    """Put the arguments of a call on a line of their own, as formatters do."""
    if not isinstance(raised, cst.Call) or not raised.args or isinstance(raised.args[-1].comma, cst.Comma):
        return raised
    last = raised.args[-1].with_changes(whitespace_after_arg=cst.ParenthesizedWhitespace(indent=True))
    first = cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(indent))
    return raised.with_changes(whitespace_before_args=first, args=[*raised.args[:-1], last])
