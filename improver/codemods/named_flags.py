"""Say what a flag means where it is passed: ``load(path, True)`` becomes ``load(path, strict=True)``."""

import ast
import functools
import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import EVERYTHING, bound_by
from improver.records import Safety
from improver.rewriting.private import private_name
from improver.rewriting.splicing import edited, inserted, start_of
from improver.source import FUNCTIONS, Function, Source

# The name says already what the one flag means.
SAYS_IT = re.compile(r"_*(set|enable|disable|toggle|show|hide|use|is|has|allow|mark|assert|bool|repr|str|dump|print)")
VALUE = re.compile(
    r"_*(\w|val|value|bool|boolean|flag|on|obj|object|item|arg|data|result|expected|other|key|default|initial)_*"
)  # a value, no switch
DECORATORS = frozenset({"contextmanager", "asynccontextmanager", "cache", "lru_cache", "final"})


class NamedFlags(Codemod):
    """Pass True and False by name to functions that this file defines."""

    TITLE = "Pass flags by name"
    WHY = "A bare True at a call tells nobody what is switched on; its name does, and order no longer matters."
    SAFE_WHEN = (
        "The callee is a function of this module, bound once in the file, or a private method of a class without bases"
        " called on self; no decorator changes its signature. The flags are the last positional arguments of a call"
        " without *, and the parameters at their places are neither positional-only nor given by keyword already. No"
        " flag of this call, or of another call of the same function in the file, would stay without its name."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    WHOLE = True
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which flags a call passes without a name."""
        if not isinstance(node, ast.Call) or not node.args or not _is_flag(node.args[-1]):
            return None
        named = " and ".join(f"`{name}`" for name in _named(node, source).values())
        return f"the call does not say that its flag means {named}" if named else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put the names of the parameters before the flags."""
        source, node = site.source, site.node
        assert isinstance(node, ast.Call), "suspects saw a call"
        if any(isinstance(parent, ast.JoinedStr) for parent in source.ancestors(node)):
            return Abstain("the call stands in an f-string")
        function = _callee(node, source)
        alike = (
            other for other in source.of_kind(ast.Call) if other is not node and _callee(other, source) is function
        )
        if any(_stays_bare(other, source) for other in alike):
            return Abstain("another call of it would keep its bare flag")
        return _spelled(node, source)

    CHANGES = (
        (
            "def load(path, strict=False):\n    return path, strict\n\n\nrows = load('a', True)  # all\n",
            "def load(path, strict=False):\n    return path, strict\n\n\nrows = load('a', strict=True)  # all\n",
        ),
        (
            "class Shop:\n    def sell(self, rows):\n        return self._price(rows, True, False)\n\n"
            "    def _price(self, rows, taxed, rounded, *, unit='m'):\n        return rows, taxed, rounded, unit\n",
            "class Shop:\n    def sell(self, rows):\n        return self._price(rows, taxed=True, rounded=False)\n\n"
            "    def _price(self, rows, taxed, rounded, *, unit='m'):\n        return rows, taxed, rounded, unit\n",
        ),
        (
            "async def go(row, fast: bool, é=1):\r\n\treturn row, fast\r\n\r\n\r\nasync def run():\r\n"
            "\tawait go(\r\n\t\t'é', False,\r\n\t\té=2)\r\n",
            "async def go(row, fast: bool, é=1):\r\n\treturn row, fast\r\n\r\n\r\nasync def run():\r\n"
            "\tawait go(\r\n\t\t'é', fast=False,\r\n\t\té=2)\r\n",
        ),
        (
            "from functools import cache\n\n\n@cache\ndef walk(deep):\n    return deep and walk(False)\n",
            "from functools import cache\n\n\n@cache\ndef walk(deep):\n    return deep and walk(deep=False)\n",
        ),
    )
    KEEPS = (
        # What follows would have to be named as well.
        "def load(strict, path):\n    return path\n\n\nload(True, 'a')\n",
        # No name to give: positional only, collected by a star, unpacked before.
        "def load(path, strict, /):\n    return path\n\n\nload('a', True)\n",
        "def load(path, *flags):\n    return path\n\n\nload('a', True)\n",
        "def load(path, strict):\n    return path\n\n\nload(*rows, True)\n",
        # The name of the function says it.
        "def set_strict(on):\n    return on\n\n\nset_strict(True)\n",
        "class A:\n    def go(self):\n        self._enable(True)\n\n    def _enable(self, on):\n        return on\n",
        "def set_present(row, present):\n    return row\n\n\nset_present(2, True)\n",
        "def capture_warnings(capture):\n    return capture\n\n\ncapture_warnings(False)\n",
        # A name that is not for callers.
        "def wait(handle, _is_cancel):\n    return handle\n\n\nwait(1, True)\n",
        # A value that happens to be true.
        "def put(key, value):\n    return key\n\n\nput('a', True)\n",
        "def wrap(state, bool_):\n    return state\n\n\nwrap(1, True)\n",
        "def get(row, name, default):\n    return row\n\n\nget({}, 'deep', False)\n",
        # Somebody else's function, or one of several.
        "from box import load\n\n\nload('a', True)\n",
        "def load(path, strict):\n    return path\n\n\nload = wrap(load)\nload('a', True)\n",
        "if old:\n    def load(path, fast):\n        return path\nelse:\n    def load(path, strict):\n"
        "        return path\nload('a', True)\n",
        "def load(path, strict):\n    return path\n\n\ndef f(load):\n    load('a', True)\n",
        "from box import *\n\n\ndef load(path, strict):\n    return path\n\n\nload('a', True)\n",
        # One of two flags of a call, or one of two calls, would stay bare.
        "def load(path, strict, size, deep):\n    return path\n\n\nload('a', True, 3, False)\n",
        "def load(path, strict):\n    return path\n\n\nload('a', True)\nx = f'{load(1, True)}'\n",
        "def load(path, strict):\n    return path\n\n\nload('a', True)\n"
        "load('a path that goes on until the line is as long as lines may be in this file, or so', True)\n",
        # A decorator may change the signature; a subclass may name it otherwise.
        "@task\ndef load(path, strict):\n    return path\n\n\nload('a', True)\n",
        "class A:\n    def go(self):\n        self.load('a', True)\n\n    def load(self, path, strict):\n"
        "        return 1\n",
        "class A(B):\n    def go(self):\n        self._load('a', True)\n\n    def _load(self, path, strict):\n"
        "        return 1\n",
        # Named already, a wrong call, a suppression.
        "def load(path, strict):\n    return path\n\n\nload('a', strict=True)\n",
        "def load(path):\n    return path\n\n\nload('a', True)\n",
        "def load(path, strict):\n    return path\n\n\nload('a', True)  # noqa: FBT003\n",
        "def load(path, strict):\n    return path\n\n\nx = f'{load(1, True)}'\n",
    )


def _named(call: ast.Call, source: Source) -> dict[int, str]:
    """Return the places of the flags at the end of the positional arguments, and the parameters they fill."""
    function = _callee(call, source)
    if function is None or any(isinstance(item, ast.Starred) for item in call.args):
        return {}
    if any(keyword.arg is None for keyword in call.keywords):
        return {}
    arguments = function.args
    skipped = 1 if isinstance(source.parents[function], ast.ClassDef) else 0
    parameters = [item.arg for item in arguments.args[skipped:]]
    if arguments.posonlyargs or len(call.args) > len(parameters):
        return {}
    if len(parameters) == 1 and SAYS_IT.match(function.name):
        return {}
    first = len(call.args)
    while first > 0 and _is_flag(call.args[first - 1]):
        first -= 1
    if any(map(_is_flag, call.args[:first])):
        return {}
    given = {keyword.arg for keyword in call.keywords}
    named = {place: parameters[place] for place in range(first, len(call.args))}
    words = function.name.split("_")  # which say it already
    plain = any(VALUE.fullmatch(name) or name.startswith("_") or name in words for name in named.values())
    return {} if plain or given & set(named.values()) else named


def _spelled(call: ast.Call, source: Source) -> Rewrite | Abstain:
    """Return the file with the names of the parameters before the flags of `call`."""
    named = _named(call, source)
    return edited(source, [inserted(start_of(call.args[place]), f"{name}=") for place, name in named.items()])


def _stays_bare(call: ast.Call, source: Source) -> bool:
    """Tell whether `call` passes a flag by place that this rule does not name: readers would see both ways."""
    if not any(map(_is_flag, call.args)):
        return False
    in_text = any(isinstance(parent, ast.JoinedStr) for parent in source.ancestors(call))
    return in_text or not _named(call, source) or isinstance(_spelled(call, source), Abstain)


def _is_flag(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _callee(call: ast.Call, source: Source) -> Function | None:
    """Return the function of this file that `call` surely calls."""
    if isinstance(call.func, ast.Name):
        return _functions(source).get(call.func.id)
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
        return None
    owner = next((parent for parent in source.ancestors(call) if isinstance(parent, ast.ClassDef)), None)
    if owner is None or call.func.value.id != "self" or not call.func.attr.startswith("_"):
        return None
    found = [item for item in owner.body if call.func.attr in bound_by(item)]
    is_one = len(found) == 1 and isinstance(found[0], FUNCTIONS) and not found[0].decorator_list
    return found[0] if is_one and private_name(found[0], source) else None  # type: ignore[return-value] # is a function


@functools.lru_cache(maxsize=32)  # asked for every call that ends with a flag
def _functions(source: Source) -> Mapping[str, Function]:
    """Return the functions of the module whose names nothing else in the file binds."""
    counts = Counter(name for node in source.parents for name in bound_by(node))
    if EVERYTHING in counts:
        return MappingProxyType({})
    found = [node for node in source.tree.body if isinstance(node, FUNCTIONS) and counts[node.name] == 1]
    return MappingProxyType({node.name: node for node in found if all(map(_keeps_signature, node.decorator_list))})


def _keeps_signature(node: ast.expr) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    return getattr(called, "attr", getattr(called, "id", "")) in DECORATORS
