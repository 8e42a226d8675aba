"""Remove an ``except`` clause that an earlier clause of the same ``try`` has already caught everything from."""

import ast
import builtins
from collections.abc import Sequence

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, spliced
from improver.names import is_builtin, tie
from improver.records import Safety
from improver.source import SCOPES, Source


class SubsumedExcept(Codemod):
    """Drop a clause that can never run."""

    TITLE = "Remove an except clause that never runs"
    WHY = (
        "An earlier clause catches everything this one names, so its code is dead; where it does something else, that"
        " was meant to happen and never did, which is a bug to look at."
    )
    SAFE_WHEN = (
        "Every exception the clause names is a builtin that is a subclass of one an earlier clause names, or the same"
        " plain or dotted name as there with nothing but names looked up in between, or an earlier clause names"
        " BaseException, so the clause is never entered and looking up its names has no further effect; no builtin"
        " involved is rebound in the file; and the dead code binds no name that its function needs to be local, holds"
        " no yield and no declaration. The judge finds the dead clause by itself and compares the rest."
    )
    SAFETY = Safety.PROVED
    VALUE = 3
    NODES = (ast.ExceptHandler,)

    CHANGES = (
        (
            "def read(path):\n    try:\n        return load(path)\n    except OSError:\n        return None\n"
            "    except FileNotFoundError:\n        return create(path)\n",
            "def read(path):\n    try:\n        return load(path)\n    except OSError:\n        return None\n",
        ),
        (
            "class Shop:\n    def price(self, name):\n        try:\n            return self.prices[name]\n"
            "        except (LookupError, TypeError) as e:  # unknown\n            # nothing to pay\n"
            "            log(e)\n        except (KeyError, IndexError) as e:\n            log(e)\n"
            "        except ValueError as e:\n            raise Broken from e\n"
            "        else:\n            count()\n        finally:\n            self.close()\n",
            "class Shop:\n    def price(self, name):\n        try:\n            return self.prices[name]\n"
            "        except (LookupError, TypeError) as e:  # unknown\n            # nothing to pay\n"
            "            log(e)\n        except ValueError as e:\n            raise Broken from e\n"
            "        else:\n            count()\n        finally:\n            self.close()\n",
        ),
        (
            "try:\r\n\tgo()\r\nexcept pkg.Lost:\r\n\tfind()\r\nexcept pkg.Lost:\r\n\tpass\r\nexcept pkg.Late:\r\n"
            "\twait()\r\n",
            "try:\r\n\tgo()\r\nexcept pkg.Lost:\r\n\tfind()\r\nexcept pkg.Late:\r\n\twait()\r\n",
        ),
        (
            "def all_of_it():\n    try:\n        go()\n    except BaseException:\n        stop()\n        raise\n"
            "    except (Anything, at.all()):\n        pass\n    except:\n        pass\n    # after\n    return 1\n",
            "def all_of_it():\n    try:\n        go()\n    except BaseException:\n        stop()\n        raise\n"
            "    # after\n    return 1\n",
        ),
        (
            "def f():\n    try:\n        go()\n    except Exception as e:\n        x = 1\n"
            "    except ValueError as e:\n        x = 2\n    return x\n",
            "def f():\n    try:\n        go()\n    except Exception as e:\n        x = 1\n    return x\n",
        ),
    )
    KEEPS = (
        "try:\n    go()\nexcept FileNotFoundError:\n    a()\nexcept OSError:\n    b()\n",
        "try:\n    go()\nexcept KeyError:\n    a()\nexcept IndexError:\n    b()\n",
        "try:\n    go()\nexcept Exception:\n    a()\nexcept pkg.Lost:\n    b()\n",
        "try:\n    go()\nexcept Exception:\n    a()\nexcept (ValueError, pkg.Lost):\n    b()\n",
        "try:\n    go()\nexcept Exception:\n    a()\nexcept:\n    b()\n",
        "try:\n    go()\nexcept Exception:\n    a()\nexcept KeyboardInterrupt:\n    b()\n",
        "try:\n    try:\n        go()\n    except OSError:\n        a()\nexcept FileNotFoundError:\n    b()\n",
        "from shapes import OSError\ntry:\n    go()\nexcept OSError:\n    a()\nexcept FileNotFoundError:\n    b()\n",
        "from shapes import *\ntry:\n    go()\nexcept OSError:\n    a()\nexcept FileNotFoundError:\n    b()\n",
        "try:\n    go()\nexcept find():\n    a()\nexcept find():\n    b()\n",
        "try:\n    go()\nexcept table['x']:\n    a()\nexcept table['x']:\n    b()\n",
        "try:\n    go()\nexcept Lost:\n    a()\nexcept swap():\n    b()\nexcept Lost:\n    c()\n",
        "def OSError():\n    pass\ntry:\n    go()\nexcept OSError:\n    a()\nexcept FileNotFoundError:\n    b()\n",
        "def f():\n    global OSError\n    OSError = swap()\ntry:\n    go()\nexcept OSError:\n    a()\n"
        "except FileNotFoundError:\n    b()\n",
        "class A(metaclass=M):\n    try:\n        go()\n    except OSError:\n        x = 1\n"
        "    except FileNotFoundError:\n        x = 2\n",
        "class A:\n    def __getattr__(self, name):\n        return swap()\n    def f(self):\n        try:\n"
        "            go()\n        except self.Lost:\n            a()\n        except self.Lost:\n            b()\n",
        "try:\n    go()\nexcept* OSError:\n    a()\nexcept* FileNotFoundError:\n    b()\n",
        "try:\n    go()\nexcept OSError:\n    a()\nexcept FileNotFoundError:\n    # why\n    b()\n",
        "try:\n    go()\nexcept OSError:\n    a()\nexcept FileNotFoundError:  # noqa: B025\n    b()\n",
        "def f():\n    try:\n        go()\n    except OSError:\n        a()\n    except FileNotFoundError:\n"
        "        yield 1\n",
        "def f():\n    try:\n        go()\n    except OSError:\n        a()\n    except FileNotFoundError:\n"
        "        total = 1\n    return total\n",
        "def f():\n    def g():\n        return error\n    try:\n        go()\n    except OSError:\n        a()\n"
        "    except FileNotFoundError as error:\n        b()\n    return g\n",
        "def f():\n    try:\n        go()\n    except OSError:\n        a()\n    except FileNotFoundError:\n"
        "        global total\n        total = 1\n",
        "def f():\n    try:\n        go(vars())\n    except OSError:\n        a()\n    except FileNotFoundError:\n"
        "        b()\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which clause never runs, and which one sees to that."""
        statement = source.parents.get(node)
        if not isinstance(node, ast.ExceptHandler) or not isinstance(statement, ast.Try) or len(statement.handlers) < 2:
            return None
        earlier = statement.handlers[: statement.handlers.index(node)]
        if not earlier or not _caught(node, earlier, source) or _in_class(node, source):
            return None
        same = any(_shape(node.body) == _shape(handler.body) for handler in earlier)
        caught = f"except {ast.unparse(node.type)}" if node.type else "except"
        remark = "" if same else "; it does something else than they do, so look whether it was meant to come first"
        return f"`{caught}` never runs, the clauses above it catch all of that{remark}"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Delete the clause unless its scope hangs on it."""
        if reason := tie(site.source, site.node):
            return Abstain(reason)
        return spliced(site, _DropClause)


def _shape(body: Sequence[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in body]


def _types(handler: ast.ExceptHandler) -> list[ast.expr]:
    """Return what the clause names; nothing for a bare `except`."""
    if isinstance(handler.type, ast.Tuple):
        return handler.type.elts
    return [handler.type] if handler.type else []


def _in_class(node: ast.AST, source: Source) -> bool:
    """Tell whether `node` stands in the body of a class, where a metaclass decides what a name means."""
    scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
    return isinstance(scope, ast.ClassDef)


def _caught(handler: ast.ExceptHandler, earlier: Sequence[ast.ExceptHandler], source: Source) -> bool:
    """Tell whether nothing that `handler` names can get past the clauses in `earlier`."""
    before = [_dotted(kind) for clause in earlier for kind in _types(clause)]
    if "BaseException" in before and is_builtin("BaseException", source):
        return True
    names = [_dotted(kind) for kind in _types(handler)]
    if not names or not all(names) or not all(before):
        return False  # looking up anything but names may change what the names mean
    return all(any(_below(name, above, source) for above in before) for name in names)


def _dotted(kind: ast.expr) -> str:
    """Return a dotted name as text, or "" for an expression that may be another class each time."""
    inner = kind
    while isinstance(inner, ast.Attribute):
        inner = inner.value
    return ast.unparse(kind) if isinstance(inner, ast.Name) else ""


def _below(name: str, above: str, source: Source) -> bool:
    """Tell whether the class `name` is surely `above` or a subclass of it."""
    if name == above:
        return "." not in name or "__getattr" not in source.text
    one, other = getattr(builtins, name, None), getattr(builtins, above, None)
    if not (isinstance(one, type) and isinstance(other, type) and issubclass(one, other)):
        return False
    return is_builtin(name, source) and is_builtin(above, source)


class _DropClause(At):
    """Leave out the clause at the spot."""

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> cst.Try:  # noqa: N802 - libcst's name
        """Keep all other clauses."""
        pairs = zip(original_node.handlers, updated_node.handlers, strict=True)
        return updated_node.with_changes(handlers=[now for was, now in pairs if not self.at(was)])
