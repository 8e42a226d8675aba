"""Say what a function returns where every return agrees: ``def name(self):`` becomes ``def name(self) -> str:``."""

import ast
import functools
import re

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, fitted, spliced
from improver.names import bound_by, own
from improver.records import Safety
from improver.rewriting.returns import FIXED, overridden, returned
from improver.source import FUNCTIONS, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
READERS = re.compile(  # they act on annotations, or show that somebody does
    r"\b(get_type_hints|__annotations__|get_annotations|inspect\.signature|import signature|singledispatch)\b"
    r"|^\s*(from|import) (beartype|fastapi|injector|lagom|litestar|ninja|strawberry|typeguard|typer)\b",
    re.MULTILINE,
)
TYPED = "def one() -> int:\n    return 1\n"  # makes an example a module that wants annotations


class ReturnAnnotations(Codemod):
    """Complete a signature with the return type that all its returns agree on."""

    TITLE = "Annotate what functions return"
    WHY = "The last gap in a typed signature closes: callers, and the type checker, know what comes back."
    SAFE_WHEN = (
        "Every return has one type that is evident from the file, control cannot fall off the end of a function that"
        " returns a value, and the function is no generator, stub, override or decorated function. The module already"
        " annotates returns, all its parameters are annotated, and nothing in the file reads annotations at run time."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = FUNCTIONS

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say what a function returns, where its annotation does not."""
        assert isinstance(node, FUNCTIONS), "NODES names nothing else"
        if node.returns is not None or "->" not in source.text or READERS.search(source.text):
            return None
        text = _completed(node, source)
        if text is None or not _is_typed(source) or not _is_rounded_off(node, source):
            return None
        return f"{node.name} returns {text} wherever it returns, and does not say so"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add the annotation, unless a subclass somewhere may return something else."""
        node, source = site.node, site.source
        assert isinstance(node, FUNCTIONS), "suspects saw a function"
        everywhere = [*site.project.sources.values(), *site.project.context.values()]
        is_method = isinstance(source.parents[node], ast.ClassDef)
        if is_method and node.name not in FIXED and overridden(node.name, everywhere):
            return Abstain("a method of this name in a class with bases may override it and return something else")
        return fitted(source, spliced(site, _Annotate, returned(node, source)))

    CHANGES = (
        (
            "def size(items: list[str]) -> int:\n    return len(items)\n\n\n"
            "def show(items: list[str]):  # for people\n    if not items:\n        return\n    print(items)\n",
            "def size(items: list[str]) -> int:\n    return len(items)\n\n\n"
            "def show(items: list[str]) -> None:  # for people\n    if not items:\n        return\n    print(items)\n",
        ),
        (
            "class Point:\n    def __init__(self):\n        self.x = 0\n\n    def __repr__(self):\n"
            "        return f'Point({self.x})'\n\n    def scaled(self, by: int) -> int:\n        return self.x * by\n\n"
            "    @staticmethod\n    def origin():\n        return Point()\n\n    @classmethod\n"
            "    def is_big(cls, size: int, limit: int):\n        return size > limit and limit not in (1, 2)\n",
            "class Point:\n    def __init__(self) -> None:\n        self.x = 0\n\n    def __repr__(self) -> str:\n"
            "        return f'Point({self.x})'\n\n    def scaled(self, by: int) -> int:\n        return self.x * by\n\n"
            '    @staticmethod\n    def origin() -> "Point":\n        return Point()\n\n    @classmethod\n'
            "    def is_big(cls, size: int, limit: int) -> bool:\n"
            "        return size > limit and limit not in (1, 2)\n",
        ),
        (
            "import time\n\n\nclass Clock:\n    pass\n\n\ndef now() -> float:\n    return time.time()\n\n\n"
            "async def clock(fast: bool):\n    while True:\n        if fast:\n            return Clock()\n\n\n"
            "def words(text: str):\n    try:\n        return [word.strip() for word in text.split()]\n"
            "    except ValueError:\n        return text.split()\n\n\ndef names() -> list[str]:\n"
            "    return words('')\n",
            "import time\n\n\nclass Clock:\n    pass\n\n\ndef now() -> float:\n    return time.time()\n\n\n"
            "async def clock(fast: bool) -> Clock:\n    while True:\n        if fast:\n            return Clock()\n\n\n"
            "def words(text: str):\n    try:\n        return [word.strip() for word in text.split()]\n"
            "    except ValueError:\n        return text.split()\n\n\ndef names() -> list[str]:\n"
            "    return words('')\n",
        ),
        (
            "def one() -> int:\r\n\treturn 1\r\n\r\n\r\ndef both(\r\n\ta: int,\r\n\tb: str = '',\r\n):\r\n"
            "\tif a:\r\n\t\treturn '%d' % a\r\n\telse:\r\n\t\treturn b.upper() + 'x'\r\n",
            "def one() -> int:\r\n\treturn 1\r\n\r\n\r\ndef both(\r\n\ta: int,\r\n\tb: str = '',\r\n) -> str:\r\n"
            "\tif a:\r\n\t\treturn '%d' % a\r\n\telse:\r\n\t\treturn b.upper() + 'x'\r\n",
        ),
        (
            "from __future__ import annotations\n\n\ndef pair() -> tuple[int, str]:\n    return 1, 'a'\n\n\n"
            "def table():\n    def inner():\n        return 2.5\n\n    return {'a': (1, b'x'), 'b': (2, b'')}\n",
            "from __future__ import annotations\n\n\ndef pair() -> tuple[int, str]:\n    return 1, 'a'\n\n\n"
            "def table() -> dict[str, tuple[int, bytes]]:\n    def inner():\n        return 2.5\n\n"
            "    return {'a': (1, b'x'), 'b': (2, b'')}\n",
        ),
    )
    KEEPS = (
        # A module that annotates no return, and a signature with other gaps.
        "def f(a: int):\n return 1\n",
        TYPED + "def f(a):\n return 1\ndef g(a: int, *b):\n return 1\ndef h(a: int, *, b=1):\n return 1\n",
        # One of many functions that do not say what they return.
        TYPED + "class C:\n def __init__(self):\n  self.a = 1\n def f(self, a):\n  1\n def g(self, a):\n  1\n"
        " def h(self, a):\n  1\n",
        # One of the methods of a class that others are silent beside.
        TYPED + "def two() -> int:\n return 2\nclass C:\n def f(self):\n  return 1\n def g(self, a):\n  return a\n",
        # Returns that do not agree, fall off the end, or may be swallowed on their way.
        TYPED + "def f(a: int):\n if a:\n  return 1\n return 'a'\n",
        TYPED + "def f(a: int):\n if a:\n  return 1\n",
        TYPED + "def f(a: int):\n if a:\n  return 1\n return None\n",
        TYPED + "def f(a: int):\n while True:\n  if a:\n   break\n  return 1\n",
        TYPED + "import contextlib\ndef f(a: int):\n with contextlib.suppress(OSError):\n  return 1\n",
        TYPED + "def f(a: int):\n match a:\n  case 1:\n   return 1\n  case _ if a:\n   return 2\n",
        TYPED + "def f(a: int):\n try:\n  return 1\n except OSError:\n  print(a)\n",
        # Types that take more than the file to know: of operators, of empty displays, of what is passed or rebound.
        TYPED + "def f(a: float, b: list):\n return a < b\ndef g():\n return []\ndef h():\n return [None]\n",
        TYPED + "def f(a: str):\n a = 1\n return a\ndef g(a: str = None):\n return a\n",
        TYPED + "def f(a: str):\n return [a for a in (1, 2)]\n",
        # Generators, functions that never return, and places kept for others.
        TYPED + "def f():\n yield 1\nasync def g():\n yield 1\n return\n",
        TYPED
        + "import sys\ndef f():\n raise ValueError\ndef g():\n print(1)\n sys.exit(1)\ndef h():\n while True:\n  g()\n",
        TYPED + "def f():\n pass\ndef g():\n 'Say how.'\n raise NotImplementedError\ndef h(): ...\n",
        # Decorated, overriding, overridden, defined twice, special, nested, or with a type comment.
        TYPED + "@cached\ndef f():\n return 1\nclass C:\n @property\n def f(self):\n  return 1\n",
        TYPED + "class B(C):\n def f(self):\n  return 1\n",
        TYPED + "class B:\n def f(self):\n  return 1\nclass C(B):\n def f(self):\n  return ''\n",
        TYPED + "if one:\n def f():\n  return 1\nelse:\n def f():\n  return 2\n",
        TYPED + "def f():\n return 1\ndef f():\n return 2\n",
        TYPED + "class C:\n def __eq__(self, other: object):\n  return True\n def __hash__(self):\n  return 1\n",
        TYPED + "class C:\n def __repr__(self):\n  return 1\n def __init__(self):\n  return 1\n",
        TYPED + "def f(a):  # type: (int) -> int\n return 1\ndef g():\n # type: () -> int\n return 1\n",
        TYPED + "def f(a: int) -> int:\n def g():\n  return 1\n return g()\n",
        # A checker takes this constructor for complete, and the file leaves it so.
        TYPED + "class C:\n def __init__(self, a: int):\n  self.a = a\n",
        TYPED + "class C:\n def __init__(self, a: int):\n  1\nclass D:\n def __init__(self) -> None:\n  2\n",
        # Annotated, it would be checked, and its attribute held to None.
        TYPED + "class C:\n def __init__(self):\n  self.a = None\n",
        TYPED + "class C:\n def reset(self):\n  self.a = set()\n",
        # Names that do not mean what they say, and a Python that may not know `list[int]`.
        TYPED + "class C:\n def int(self, a: list) -> str:\n  return ''\n def f(self):\n  return 1\n",
        TYPED + "from x import *\ndef f(a: str):\n return len(a)\n",
        TYPED + "def f():\n return [1, 2]\n",
        # A class whose call may make anything.
        TYPED + "class B(M):\n pass\ndef f():\n return B()\n",
        TYPED + "class B:\n def __new__(cls) -> int:\n  return 1\ndef f():\n return B()\n",
        TYPED
        + "class B(metaclass=M):\n pass\n@frozen\nclass C:\n pass\ndef f():\n return B()\ndef g():\n return C()\n",
        # Somebody reads annotations at run time.
        TYPED + "from fastapi import FastAPI\ndef f():\n return 1\n",
        TYPED + "import typing\nhints = typing.get_type_hints(one)\ndef f():\n return 1\n",
    )


@functools.lru_cache(maxsize=32)  # asked for each function of a file
def _is_typed(source: Source) -> bool:
    """Tell whether most functions of a file say what they return, or would: one alone among many is out of place."""
    known = [node for node in source.functions if source.function_of(node) is None]
    return sum(node.returns is not None or _completed(node, source) is not None for node in known) * 2 >= len(known)


def _is_rounded_off(node: Function, source: Source) -> bool:
    """Tell whether all methods of a class would say what they return; a function of the module stands for itself."""
    around = source.parents[node]
    methods = [one for one in around.body if isinstance(one, FUNCTIONS)] if isinstance(around, ast.ClassDef) else []
    return all(one.returns is not None or _completed(one, source) is not None for one in methods)


def _completed(node: Function, source: Source) -> str | None:
    """Return the type that is all a signature does not say, None where there is none, or nobody wants it said."""
    if not (_is_complete(node, source) and _is_plain(node, source) and _wants_it(node, source)):
        return None
    text = returned(node, source)
    return text if FIXED.get(node.name, text) == text else None


def _is_complete(node: Function, source: Source) -> bool:
    """Tell whether the return is all that the signature does not say; a method's first parameter is known."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    is_method = isinstance(source.parents[node], ast.ClassDef)
    static = any(isinstance(item, ast.Name) and item.id == "staticmethod" for item in node.decorator_list)
    rest = arguments[1:] if is_method and not static else arguments
    rest += [*node.args.kwonlyargs, *(item for item in (node.args.vararg, node.args.kwarg) if item)]
    return all(argument.annotation is not None for argument in rest)


def _is_plain(node: Function, source: Source) -> bool:
    """Tell whether `node` is a function of the module or a class, defined once, undecorated and no override."""
    scope = source.parents[node]
    dunder = node.name.startswith("__") and node.name.endswith("__")
    if not isinstance(scope, ast.Module | ast.ClassDef) or (dunder and node.name not in FIXED):
        return False
    if any(getattr(item, "id", "") not in ("staticmethod", "classmethod") for item in node.decorator_list):
        return False
    if isinstance(scope, ast.ClassDef):
        bases = {getattr(base, "id", "") for base in scope.bases}
        if source.function_of(node) is not None or (node.name not in FIXED and (bases - {"object"} or scope.keywords)):
            return False
    header = source.lines[node.lineno - 1 : node.body[0].lineno]
    once = sum(node.name in bound_by(item) for item in own(scope)) == 1
    return once and not any("# type:" in line for line in header)


def _wants_it(node: Function, source: Source) -> bool:
    """Tell whether the module says elsewhere what a function returns: an untyped project does not want it.

    Type checkers take an `__init__` with an annotated parameter for complete, so there another such must say it. They
    skip a function without any annotation; with one, they would hold its attributes to the None they begin as.
    """
    annotated = _has_typed_parameter(node)
    if not annotated and any(_says_too_little(item) for item in own(node)):
        return False
    typed = [item for item in source.functions if item.returns is not None]
    if node.name == "__init__" and annotated:
        return any(item.name == "__init__" and _has_typed_parameter(item) for item in typed)
    return bool(typed)


def _has_typed_parameter(node: Function) -> bool:
    return any(isinstance(item, ast.arg) and item.annotation for item in ast.walk(node.args))


def _says_too_little(node: ast.AST) -> bool:
    """Tell whether `node` makes an attribute of nothing, or of something empty, without saying what it is for."""
    if not isinstance(node, ast.Assign) or not any(isinstance(target, ast.Attribute) for target in node.targets):
        return False
    value = node.value
    if isinstance(value, ast.Constant):
        return value.value is None
    return isinstance(value, ast.List | ast.Dict | ast.Call) and not any(
        getattr(value, part, None) for part in ("elts", "keys", "args", "keywords")
    )


class _Annotate(At):
    """Give the function at the spot a return annotation."""

    def __init__(self, spot: tuple[int, int], text: str) -> None:
        super().__init__(spot)
        self.text = text

    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        """Annotate the function at the spot."""
        if not self.at(original_node):
            return updated_node
        return updated_node.with_changes(returns=cst.Annotation(cst.parse_expression(self.text)))
