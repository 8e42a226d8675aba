"""Remove a parameter that a private function never reads, and what its callers pass for it."""

import ast
import re
from collections.abc import Iterator

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import mentioned
from improver.records import Safety
from improver.rewriting.dropping import without_argument, without_parameter
from improver.rewriting.private import NAME, is_quiet_value, private_name
from improver.rewriting.splicing import Splice, edited
from improver.source import FUNCTIONS, Function, Source, below

REFLECTION = re.compile(r"\b(globals|vars|eval|exec|__dict__|getmembers|getattr|attrgetter|methodcaller)\b")
OPEN = re.compile(r"overrid|subclass|\bhook|monkey|placeholder|TODO", re.IGNORECASE)


class UnusedParameter(Codemod):
    """Shorten the signature and every call of a function that only its own module can call."""

    TITLE = "Remove parameters that private functions never read"
    WHY = "A parameter says that something matters; here callers compute and pass what nobody reads."
    SAFE_WHEN = (
        "The function is private, undecorated and defined once, its class has no bases; its name stands in no other"
        " file of the project and in this one only where it is defined and plainly called, without * or **, so that"
        " every call is seen. What the calls pass is a name, a constant or made of such, and each name in it is read"
        " elsewhere too. No other function of the file has the same parameters: those may be alike on purpose."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = (ast.arg,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which parameter nobody reads."""
        function = source.parents[source.parents[node]]
        if not isinstance(node, ast.arg) or not isinstance(function, FUNCTIONS) or not NAME.fullmatch(function.name):
            return None
        starred = (function.args.vararg, function.args.kwarg)
        if node in starred or node.arg.startswith("_") or function.decorator_list:
            return None
        if private_name(function, source) is None or _is_receiver(node, function, source) or _is_placeholder(function):
            return None
        if node.arg in mentioned(*function.body):
            return None
        return f"`{function.name}` never reads its parameter `{node.arg}`"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Take the parameter out of the signature and its value out of every call."""
        source, node = site.source, site.node
        function = source.parents[source.parents[node]]
        assert isinstance(node, ast.arg), "suspects saw a parameter"
        assert isinstance(function, FUNCTIONS), "suspects saw its function"
        if (reason := _obstacle(node, function, site)) is not None:
            return Abstain(reason)
        calls = _calls(function, source)
        if isinstance(calls, Abstain):
            return calls
        values = [value for call in calls for value in _passed(node, function, call, source)]
        if not all(is_quiet_value(value.value if isinstance(value, ast.keyword) else value) for value in values):
            return Abstain("a call computes what it passes")
        if any(_reads_alone(name, values, source) for value in values for name in below(value)):
            return Abstain("a name would be left that only a call of it reads")
        splices = [without_parameter(function, node, source)]
        splices += [
            without_argument(call, value, source) for call in calls for value in _passed(node, function, call, source)
        ]
        refused = next((item for item in splices if isinstance(item, Abstain)), None)
        return refused or edited(source, [item for item in splices if isinstance(item, Splice)])

    CHANGES = (
        (
            "def _area(width, height, unit):\n    return width * height\n\n\ndef total(rows, unit):\n"
            "    return unit, [_area(row.w, row.h, unit) for row in rows], _area(1, 2, unit='m')\n",
            "def _area(width, height):\n    return width * height\n\n\ndef total(rows, unit):\n"
            "    return unit, [_area(row.w, row.h) for row in rows], _area(1, 2)\n",
        ),
        (
            "class Shop:\n    def price(self, name):\n        print(name)\n        return self._tax(name, 2)\n\n"
            "    def _tax(self, name: str, rate: float = 1.0) -> float:\n        return self.base * rate\n",
            "class Shop:\n    def price(self, name):\n        print(name)\n        return self._tax(2)\n\n"
            "    def _tax(self, rate: float = 1.0) -> float:\n        return self.base * rate\n",
        ),
        (
            "def _load(\n\tpath,\n\tmode,\n):\n\treturn path.read()\n\n\nrow = _load(\n\tPATH,\n\t'r',\n)\n",
            "def _load(\n\tpath,\n):\n\treturn path.read()\n\n\nrow = _load(\n\tPATH,\n)\n",
        ),
        (  # what was broken for its length fits on one line again, as a formatter would have it
            "class Shop:\n    def _is_old(\n        self, kind, child\n    ) -> bool:\n        return child == 'é'\n\n"
            "    def go(self, kind):\n        x = self._is_old(\n            kind, 1\n        )  # one\n"
            "        return x, kind\n",
            "class Shop:\n    def _is_old(self, child) -> bool:\n        return child == 'é'\n\n"
            "    def go(self, kind):\n        x = self._is_old(1)  # one\n        return x, kind\n",
        ),
        (
            "async def _ping(host):\r\n    return await send('é')\r\n\r\n\r\nasync def ping(host):\r\n"
            "    log(host)\r\n    return await _ping(host)\r\n",
            "async def _ping():\r\n    return await send('é')\r\n\r\n\r\nasync def ping(host):\r\n"
            "    log(host)\r\n    return await _ping()\r\n",
        ),
        (
            "def _cut(text, *, left=0, right=0):\n    return text[left:]\n\n\na = _cut('x', right=3, left=1)\n"
            "b = _cut('x')\n",
            "def _cut(text, *, left=0):\n    return text[left:]\n\n\na = _cut('x', left=1)\nb = _cut('x')\n",
        ),
    )
    KEEPS = (
        # Somebody else calls it: what is called back must take what it is given.
        "def _tick(event):\n    return 1\n\n\nconnect(_tick)\n_tick(1)\n",
        "def _tick(event):\n    return 1\n\n\nTABLE = {'tick': _tick}\n",
        "def _tick(event):\n    return 1\n\n\nrun = getattr(module, '_tick')\n_tick(1)\n",
        "def _tick(event):\n    return 1\n\n\ndef go(name):\n    return getattr(here, f'_{name}')(1), _tick(2)\n",
        "@app.route('/')\ndef _index(request):\n    return 1\n\n\n_index(2)\n",
        "class A(Base):\n    def _tick(self, event):\n        return 1\n\n    def go(self):\n        self._tick(1)\n",
        "class A:\n    def _tick(self, event):\n        return 1\n\n\nclass B(A):\n"
        "    def _tick(self, event):\n        return event\n\n    def go(self):\n        self._tick(2)\n",
        "class A:\n    def _tick(self, event):\n        return 1\n\n    def go(self, other):\n        other._tick(1)\n",
        # Not every call can be followed.
        "def _tick(event):\n    return 1\n\n\ndef go(events):\n    _tick(*events)\n",
        "def _tick(event=1):\n    return 1\n\n\ndef go(events):\n    _tick(**events)\n",
        # What is passed does something, or would be left over.
        "def _tick(event):\n    return 1\n\n\ndef go(events):\n    _tick(events.pop())\n",
        "def _tick(event):\n    return 1\n\n\ndef go(events):\n    event = first(events)\n    _tick(event)\n",
        "import names\n\n\ndef _tick(event):\n    return 1\n\n\n_tick(names.FIRST)\n",
        # Alike on purpose, kept for later, or marked as unused.
        "def _low(a, b):\n    return a\n\n\ndef _high(a, b):\n    return b\n\n\nx = _low(1, 2), _high(1, 2)\n",
        "def _later(event):\n    raise NotImplementedError\n\n\n_later(1)\n",
        "class A:\n    def _match(self, path, name):\n        # override this for another way\n        return path\n\n"
        "    def go(self):\n        self._match(1, 2)\n",
        "def _tick(_event):\n    return 1\n\n\n_tick(1)\n",
        "def _tick(event):  # noqa: ARG001\n    return 1\n\n\n_tick(1)\n",
        # Read after all: in an inner function, by a frame reader, in words.
        "def _tick(event):\n    def inner():\n        return event\n    return inner\n\n\n_tick(1)\n",
        "def _tick(event):\n    return '%(event)s' % locals()\n\n\n_tick(1)\n",
        'def _tick(event):\n    """Tick at the event."""\n    return 1\n\n\n_tick(1)\n',
        # A star would be left alone; parentheses; a lambda is no function with a name.
        "def _tick(*, event):\n    return 1\n\n\n_tick(event=1)\n",
        "def _tick(a, b):\n    return a\n\n\n_tick(1, (2))\n",
        "_tick = lambda event: 1\n_tick(2)\n",
    )


def _is_receiver(node: ast.arg, function: Function, source: Source) -> bool:
    """Tell whether `node` is a method's first parameter."""
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return isinstance(source.parents[function], ast.ClassDef) and node in first


def _is_placeholder(function: Function) -> bool:
    """Tell whether the body is still to be written."""
    return all(
        isinstance(item, ast.Pass | ast.Raise) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in function.body
    )


def _obstacle(node: ast.arg, function: Function, site: Site) -> str | None:
    """Say why the signature must stay as it is, calls aside, or return None."""
    source = site.source
    lines = source.lines[function.lineno - 1 : function.end_lineno]
    if len(re.findall(rf"\b{re.escape(node.arg)}\b", "".join(lines))) != 1 or "# type:" in "".join(lines):
        return "the function's text speaks of the parameter elsewhere"
    if OPEN.search("".join(lines)):
        return "the function says that others may replace it"
    if REFLECTION.search(source.text) and _is_composed(function.name, source):
        return "this file may compose its name"
    if any(function.name.encode() in file.data for path, file in site.project.tree.items() if path != source.path):
        return "another file names the function"
    names = _names(function)
    alike = [other for other in source.functions if other is not function and _names(other) == names]
    return "another function has the same parameters" if len(names) > 1 and alike else None


def _is_composed(name: str, source: Source) -> bool:
    """Tell whether a string of the file is how `name` begins or ends."""
    texts = (item.value for item in source.of_kind(ast.Constant) if isinstance(item.value, str) and item.value)
    return any(name.startswith(text) or name.endswith(text) for text in texts)


def _names(function: Function) -> list[str]:
    return [item.arg for item in below(function.args) if isinstance(item, ast.arg)]


def _calls(function: Function, source: Source) -> list[ast.Call] | Abstain:
    """Return every call of `function`, or abstain when its name stands anywhere else or a call has a star."""
    words = len(re.findall(rf"\b{re.escape(function.name)}\b", source.text))
    calls = [call for call in source.of_kind(ast.Call) if _is_call_of(function, call, source)]
    if words != len(calls) + 1 or not calls:
        return Abstain("its name stands where it is not called")
    starred = any(isinstance(item, ast.Starred) for call in calls for item in call.args)
    if starred or any(item.arg is None for call in calls for item in call.keywords):
        return Abstain("a call unpacks what it passes")
    if any(isinstance(parent, ast.JoinedStr) for call in calls for parent in source.ancestors(call)):
        return Abstain("a call stands in an f-string")
    return calls


def _is_call_of(function: Function, call: ast.Call, source: Source) -> bool:
    """Tell whether `call` is `name(...)`, or `self.name(...)` in a method of the same class."""
    owner = source.parents[function]
    if not isinstance(owner, ast.ClassDef):
        return isinstance(call.func, ast.Name) and call.func.id == function.name
    if not isinstance(call.func, ast.Attribute) or call.func.attr != function.name:
        return False
    receiver = isinstance(call.func.value, ast.Name) and call.func.value.id == "self"
    return receiver and owner in source.ancestors(call)


def _passed(node: ast.arg, function: Function, call: ast.Call, source: Source) -> Iterator[ast.expr | ast.keyword]:
    """Yield what `call` passes for the parameter `node`, if anything."""
    yield from (item for item in call.keywords if item.arg == node.arg)
    if node in function.args.args:
        place = function.args.args.index(node) - isinstance(source.parents[function], ast.ClassDef)
        yield from call.args[place : place + 1]


def _reads_alone(name: ast.AST, values: list[ast.expr | ast.keyword], source: Source) -> bool:
    """Tell whether the name `name`, which is about to go, is read nowhere else in its function (or file)."""
    if not isinstance(name, ast.Name):
        return False
    scope = source.function_of(name) or source.tree
    around = (
        scope
        if name.id
        in {item.id for item in below(scope) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
        else source.tree
    )
    around = scope if name.id in _parameters(scope) else around
    gone = {id(item) for value in values for item in below(value)}
    reads = (item for item in below(around) if isinstance(item, ast.Name) and item.id == name.id)
    return not any(isinstance(item.ctx, ast.Load) and id(item) not in gone for item in reads)


def _parameters(scope: ast.AST) -> list[str]:
    return _names(scope) if isinstance(scope, FUNCTIONS) else []
