"""Make a default anew in every call: ``def f(rows=[])`` that changes rows becomes ``rows=None`` and a guard."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import is_builtin
from improver.records import Safety
from improver.rewriting.annotating import optional
from improver.rewriting.sharing import shared
from improver.rewriting.splicing import Splice, edited, end_of, inserted, lead_of, start_of, text_of
from improver.source import FUNCTIONS, Function, Source

MEANT = re.compile(
    r"memo|cache|seen|visited|regist|state|store|history|count|pool|single|shared|static|last|prev|known|done|ids?$",
    re.IGNORECASE,
)
SAYS_SO = re.compile(r"memo|cach|shared|static|persist|across calls|between calls|mutable default|B006|W0102")
DECORATORS = frozenset({"staticmethod", "classmethod", "contextmanager", "asynccontextmanager", "override", "final"})
EMPTY = frozenset({"list", "dict", "set"})


class MutableDefault(Codemod):
    """Let a parameter default to None and make the list, dict or set in the body."""

    TITLE = "Make mutable defaults anew in every call"
    WHY = (
        "A default is made once, when the function is: what one call puts into it is still there in the next one, and"
        " two objects that keep it share it."
    )
    SAFE_WHEN = (
        "The default is an empty list, dict or set which the function changes in place, or keeps in an attribute that"
        " its class changes in place; it reads nothing back that it put there (a memo does) and neither the names nor"
        " the comments speak of a cache or of state. The parameter is never bound anew or compared with None, the"
        " function is not nested and has no decorator that might read the signature. Whoever relied on the shared"
        " value, or passes None on purpose, will see a difference: a human decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 5
    NODES = (ast.arg,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which default keeps what a call did to it."""
        default = _default_of(node, source)
        if default is None or not isinstance(node, ast.arg) or MEANT.search(node.arg):
            return None
        function = source.parents[source.parents[node]]
        if not isinstance(function, FUNCTIONS) or not _is_plain(function, source):
            return None
        how = shared(node.arg, function, source)
        return f"the default of `{node.arg}` is one object for all calls, and {how}" if how else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Replace the default, widen the annotation, and put the guard behind the docstring."""
        source, node = site.source, site.node
        default = _default_of(node, source)
        function = source.parents[source.parents[node]]
        assert isinstance(node, ast.arg), "suspects saw a parameter"
        assert isinstance(function, FUNCTIONS), "suspects saw its function"
        assert default is not None, "suspects saw its default"
        first = _first_statement(function)
        margin = lead_of(first, source)
        if margin.strip() or function.lineno == first.lineno:
            return Abstain("the body shares a line with something else")
        splices = [Splice(start_of(default), end_of(default), "None")]
        if node.annotation is not None:
            wider = optional(node.annotation, source)
            if isinstance(wider, Abstain):
                return wider
            splices.append(Splice(start_of(node.annotation), end_of(node.annotation), wider))
        guard = f"{margin}if {node.arg} is None:\n{margin}{source.indent}{node.arg} = {text_of(default, source)}\n"
        return edited(source, [*splices, _guard(function, first, source, guard)])

    CHANGES = (
        (
            "def collect(node, found=[]):\n    found.append(node.name)\n    for child in node.children:\n"
            "        collect(child, found)\n    return found\n",
            "def collect(node, found=None):\n    if found is None:\n        found = []\n"
            "    found.append(node.name)\n    for child in node.children:\n"
            "        collect(child, found)\n    return found\n",
        ),
        (
            'def get(url, *, headers={}, timeout=3):\n    """Get it."""\n\n    # Ours.\n'
            '    headers["Agent"] = NAME\n    return send(url, headers, timeout)\n',
            'def get(url, *, headers=None, timeout=3):\n    """Get it."""\n\n    if headers is None:\n'
            '        headers = {}\n    # Ours.\n    headers["Agent"] = NAME\n    return send(url, headers, timeout)\n',
        ),
        (
            "class Cart:\r\n\tdef __init__(self, rows=list()):\r\n\t\tself.rows = rows\r\n\r\n"
            "\tdef put(self, row):\r\n\t\tself.rows.append(row)\r\n",
            "class Cart:\r\n\tdef __init__(self, rows=None):\r\n\t\tif rows is None:\r\n\t\t\trows = list()\r\n"
            "\t\tself.rows = rows\r\n\r\n\tdef put(self, row):\r\n\t\tself.rows.append(row)\r\n",
        ),
        (
            "from __future__ import annotations\n\n\ndef tag(name: str, tags: set[str] = set()) -> set[str]:\n"
            "    tags |= {name}\n    return tags\n",
            "from __future__ import annotations\n\n\ndef tag(name: str, tags: set[str] | None = None) -> set[str]:\n"
            "    if tags is None:\n        tags = set()\n    tags |= {name}\n    return tags\n",
        ),
        (
            "from typing import Dict, Optional\n\n\ndef tag(name: Optional[str], tags: Dict[str, int] = {}):\n"
            "    tags['x'] = 1\n    return tags\n",
            "from typing import Dict, Optional\n\n\n"
            "def tag(name: Optional[str], tags: Optional[Dict[str, int]] = None):\n    if tags is None:\n"
            "        tags = {}\n    tags['x'] = 1\n    return tags\n",
        ),
    )
    KEEPS = (
        # The memo idiom, under any name: what was stored is read back.
        "def fib(n, memo={}):\n    memo[n] = n\n    return memo\n",
        "def fib(n, table={}):\n    if n not in table:\n        table[n] = fib(n - 1)\n    return table[n]\n",
        "def fib(n, table={}):\n    got = table.get(n)\n    table[n] = got or work(n)\n    return got\n",
        "def fib(n, table={}):\n    return table.setdefault(n, work(n))\n",
        "def conn(box=[]):\n    if not box:\n        box.append(connect())\n    return box[0]\n",
        "def number(rows=[]):\n    rows.append(1)\n    return len(rows)\n",
        "def once(name, names=set()):\n    if name in names:\n        return\n    names.add(name)\n",
        "def once(name, names=[]):\n    names.append(name)\n    for old in names:\n        use(old)\n",
        "def f(name, table={}):\n    'Remembers across calls.'\n    table[name] = 1\n    send(table)\n",
        "def f(name, table={}):  # shared on purpose\n    table[name] = 1\n    send(table)\n",
        "def f(name, _rows=[]):\n    _rows.append(name)\n    send(_rows)\n",
        # Never changed: nothing goes wrong, and the default documents the type.
        "def f(name, rows=[]):\n    for row in rows:\n        use(row)\n    return name\n",
        "class A:\n    def __init__(self, rows=[]):\n        self.rows = rows\n",
        # A copy is changed, or None means something else.
        "def f(name, rows=[]):\n    rows = list(rows)\n    rows.append(name)\n    return rows\n",
        "def f(name, rows=[]):\n    if rows is None:\n        return name\n    rows.append(name)\n    return rows\n",
        # State that begins with something, and tuples that cannot change.
        "def f(box=[0]):\n    box[0] += 1\n    return box\n",
        "def f(rows=()):\n    rows += (1,)\n    return rows\n",
        # An inner function's default lives as long as the outer call.
        "def g():\n    def f(name, rows=[]):\n        rows.append(name)\n        return rows\n    return f\n",
        # What is empty, and only put in order, stays empty.
        "def f(name, rows=[]):\n    rows.sort()\n    return rows\n",
        "class A:\n    def __init__(self, rows=[]):\n        self.rows = rows\n\n    def go(self):\n"
        "        self.rows.sort()\n        return self.rows\n",
        # The decorator may read the default.
        "@app.command()\ndef f(name, rows=[]):\n    rows.append(name)\n    return rows\n",
        # The name is another's inside, or `list` is another's.
        "def f(name, rows=[]):\n    return lambda rows: rows.append(name)\n",
        "from box import list\ndef f(name, rows=list()):\n    rows.append(name)\n    return rows\n",
        # No way to write the wider type in this file; one line; a type comment; a suppression.
        "def f(name, rows: list = []):\n    rows.append(name)\n    return rows\n",
        "def f(name, rows=[]): rows.append(name); return rows\n",
        "def f(name, rows=[]):\n    # type: (str, list) -> list\n    rows.append(name)\n    return rows\n",
        "def f(name, rows=[]):  # noqa: B006\n    rows.append(name)\n    return rows\n",
    )


def _default_of(node: ast.AST, source: Source) -> ast.expr | None:
    """Return the default of a parameter when it is an empty list, dict or set."""
    arguments = source.parents[node]
    if not isinstance(arguments, ast.arguments):
        return None
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)]
    pairs += [*zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]  # type: ignore[list-item] # None: none
    default = next((value for parameter, value in pairs if parameter is node), None)
    return default if default is not None and _is_empty(default, source) else None


def _is_empty(value: ast.expr, source: Source) -> bool:
    if isinstance(value, ast.List):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or value.args or value.keywords:
        return False
    return value.func.id in EMPTY and is_builtin(value.func.id, source)


def _is_plain(function: Function, source: Source) -> bool:
    """Tell whether nobody but its callers sees the defaults, and its text does not speak of state that is kept."""
    lines = "".join(source.lines[function.lineno - 1 : function.end_lineno])
    return (
        isinstance(source.parents[function], ast.Module | ast.ClassDef)
        and source.function_of(function) is None
        and all(getattr(item, "id", "") in DECORATORS for item in function.decorator_list)
        and "# type:" not in lines
        and not SAYS_SO.search(lines)
    )


def _first_statement(function: Function) -> ast.stmt:
    """Return the first statement that is no docstring."""
    has_docstring = ast.get_docstring(function, clean=False) is not None and len(function.body) > 1
    return function.body[1 if has_docstring else 0]


def _guard(function: Function, first: ast.stmt, source: Source, text: str) -> Splice:
    """Insert `text` above `first` and the comments that belong to it."""
    line = first.lineno
    above = end_of(function.body[0])[0] if first is not function.body[0] else function.lineno
    while line - 1 > above and source.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return inserted((line, 0), text)
