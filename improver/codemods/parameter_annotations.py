"""Say what a private function takes where all its calls agree: ``def _cut(text):`` becomes ``def _cut(text: str):``."""

import ast
import re
from collections.abc import Iterator, Mapping

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import EVERYTHING, bound, bound_by, bound_in
from improver.records import Safety
from improver.rewriting.annotating import lazy
from improver.rewriting.evident import Known, type_of
from improver.rewriting.private import NAME
from improver.rewriting.splicing import edited, end_of, inserted
from improver.rewriting.type_only import READS_HINTS
from improver.source import FUNCTIONS, Function, Source, below

CALLS = 2  # one may be an exception
TYPED = 2  # functions that say what they take: the module wants it
ROOT = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
# A module that gives types.
SAYS = "def one(a: int) -> int:\n    return a\n\n\ndef two(a: str, b: bytes) -> str:\n    return a\n\n\n"
BUILTINS = frozenset({"str", "int", "float", "bool", "bytes", "list", "dict", "set", "tuple"})
LOOKS = frozenset({"isinstance", "issubclass", "hasattr", "getattr", "callable", "type", "singledispatch"})


class ParameterAnnotations(Codemod):
    """Complete the signature of a private function with the types that every call passes."""

    TITLE = "Annotate what private functions take"
    WHY = "The type checker now checks the function's body, and every call of it."
    SAFE_WHEN = (
        "The function is private, undecorated, at the top of its module, and named nowhere but in direct calls of the"
        " same file, two at least. Every call gives each parameter without a type a value whose type is evident there,"
        " the same in all calls and in the default, and not None. The body neither binds the parameter anew nor asks"
        " what it is, and nothing in the file reads annotations at run time."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = FUNCTIONS
    CHANGES = (
        (
            SAYS + "def _cut(text, size) -> str:\n    return text[:size]\n\n\n"
            "x = _cut('a', 1)\ny = _cut(size=2, text=f'{x}')\n",
            SAYS + "def _cut(text: str, size: int) -> str:\n    return text[:size]\n\n\n"
            "x = _cut('a', 1)\ny = _cut(size=2, text=f'{x}')\n",
        ),
        (
            "import ast\n\n\n" + SAYS + "def _first(node, *, deep = True):  # of all\n    return node.body[deep]\n\n\n"
            "def f(node: ast.Module, other: ast.Module) -> None:\n    print(_first(node), _first(other, deep=False))\n",
            "import ast\n\n\n" + SAYS + "def _first(node: ast.Module, *, deep: bool = True):  # of all\n"
            "    return node.body[deep]\n\n\n"
            "def f(node: ast.Module, other: ast.Module) -> None:\n    print(_first(node), _first(other, deep=False))\n",
        ),
        (
            SAYS.replace("\n", "\r\n") + "async def _wait(\r\n\ta: int,\r\n\tnames,\r\n):\r\n\treturn names\r\n\r\n\r\n"
            "async def f(a: 'list[str]', b: int):\r\n\tawait _wait(b, 'a b'.split())\r\n\tawait _wait(b, [str(b)])\r\n"
            "c: list[str] = []\r\n",
            SAYS.replace("\n", "\r\n") + "async def _wait(\r\n\ta: int,\r\n\tnames: list[str],\r\n):\r\n"
            "\treturn names\r\n\r\n\r\n"
            "async def f(a: 'list[str]', b: int):\r\n\tawait _wait(b, 'a b'.split())\r\n\tawait _wait(b, [str(b)])\r\n"
            "c: list[str] = []\r\n",
        ),
        (
            "from __future__ import annotations\n\n\n"
            + SAYS
            + "def _all(items, of: Shop):\n    return [*items, of]\n\n\n"
            "def f(items: list[Shop], of: Shop) -> None:\n    _all(items, of)\n\n\n"
            "def g(of: Shop, *, items: list[Shop]) -> None:\n    _all(items, of)\n\n\nclass Shop:\n    pass\n",
            "from __future__ import annotations\n\n\n" + SAYS + "def _all(items: list[Shop], of: Shop):\n"
            "    return [*items, of]\n\n\n"
            "def f(items: list[Shop], of: Shop) -> None:\n    _all(items, of)\n\n\n"
            "def g(of: Shop, *, items: list[Shop]) -> None:\n    _all(items, of)\n\n\nclass Shop:\n    pass\n",
        ),
    )
    KEEPS = (
        # Calls that do not agree, or pass what the file does not tell; one call; another way to it.
        SAYS + "def _f(a):\n return a\n_f(1)\n_f('a')\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(b)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(None)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(2)\nmap(_f, b)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(2)\ngetattr(b, '_f')('a')\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(*b)\n",
        # The default says something else; so may the body.
        SAYS + "def _f(a, b=None):\n return a\n_f(1, 2)\n_f(2, 1)\n",
        SAYS + "def _f(a):\n a = str(a)\n return a\n_f(1)\n_f(2)\n",
        SAYS + "def _f(a):\n return isinstance(a, str)\n_f(1)\n_f(2)\n",
        SAYS + "def _f(a):\n return a is None\n_f(1)\n_f(2)\n",
        # A caller whose parameter is bound anew, may be None, or is so by its default.
        SAYS + "def _f(a):\n return a\ndef g(b: int):\n b = h(b)\n return _f(b), _f(b)\n",
        SAYS + "def _f(a):\n return a\ndef g(b: int | None):\n return _f(b), _f(b)\n",
        SAYS + "def _f(a):\n return a\ndef g(b: int = None):\n return _f(b), _f(b)\n",
        # Public, decorated, in a class, with any number of arguments, defined twice; a module without types.
        SAYS + "def f(a):\n return a\nf(1)\nf(2)\n",
        SAYS + "@cache\ndef _f(a):\n return a\n_f(1)\n_f(2)\n",
        SAYS + "class A:\n def _f(self, a):\n  return a\n def g(self):\n  self._f(1)\n  self._f(2)\n",
        SAYS + "def _f(a, *b):\n return a\n_f(1)\n_f(2)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(2)\nif b:\n def _f(a):\n  return b\n",
        "def _f(a):\n return a\n_f(1)\n_f(2)\n",
        # A type that has no name yet there, a shadowed one, and somebody who reads annotations.
        SAYS + "def _f(a):\n return a\nclass A:\n pass\ndef g(b: A):\n return _f(b), _f(b)\n",
        SAYS + "def _f(a):\n return a\nclass int:\n pass\n_f(1)\n_f(2)\n",
        SAYS + "def _f(a):\n return a\n_f(1)\n_f(2)\ntyping.get_type_hints(b)\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say for which parameters all calls in the file agree on a type."""
        assert isinstance(node, FUNCTIONS), "NODES names nothing else"
        missing = _missing(node, source)
        if not missing or READS_HINTS.search(source.text):
            return None
        types = _agreed(node, missing, source)
        if not types:
            return None
        return f"every call of {node.name} passes " + ", ".join(f"{kind} as {name}" for name, kind in types.items())

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Add the annotations, unless another file names the function."""
        node, source = site.node, site.source
        assert isinstance(node, FUNCTIONS), "suspects saw a function"
        word = re.compile(rf"\b{node.name}\b")
        others = [*site.project.sources.values(), *site.project.context.values()]
        if any(word.search(other.text) for other in others if other.path != source.path):
            return Abstain("another file names it")
        types = _agreed(node, _missing(node, source), source)
        defaults = _defaults(node)
        splices = []
        for item in _parameters(node):
            if item.arg in types:
                splices.append(inserted(end_of(item), f": {types[item.arg]}"))
                default = defaults.get(item.arg)
                if default is not None and end_of(item)[1] + 1 == default.col_offset:
                    return Abstain("its default is written without blanks, which an annotation would want")
        return edited(source, splices)


def _missing(node: Function, source: Source) -> list[str]:
    """Return the parameters without a type of a plain private function, in a module that gives types elsewhere."""
    plain = NAME.fullmatch(node.name) and source.parents[node] is source.tree and not node.decorator_list
    if not plain or node.args.vararg or node.args.kwarg:
        return []
    missing = [item.arg for item in _parameters(node) if item.annotation is None]
    if not missing or "# type:" in "".join(source.lines[node.lineno - 1 : node.body[0].lineno]):
        return []
    typed = (item for item in source.functions if item is not node and _parameters(item))
    wanted = sum(all(parameter.annotation for parameter in _parameters(item)) for item in typed) >= TYPED
    return missing if wanted else []


def _parameters(node: Function) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _certain(node: Function) -> list[ast.arg]:
    """Return the parameters that do not begin as None, whatever their annotation says."""
    defaults = _defaults(node)
    return [item for item in _parameters(node) if ast.dump(defaults.get(item.arg, item)) != "Constant(value=None)"]


def _agreed(node: Function, missing: list[str], source: Source) -> Mapping[str, str]:
    """Return the types of all that is `missing`, or nothing where one is not certain."""
    text = sum(1 for _ in re.finditer(rf"\b{node.name}\b", source.text))
    if text <= CALLS:
        return {}
    names = [item for item in source.parents if node.name in bound_by(item)]
    uses = [item for item in source.of_kind(ast.Name) if item.id == node.name]
    calls = [source.parents[use] for use in uses]
    direct = [call for call, use in zip(calls, uses, strict=True) if isinstance(call, ast.Call) and call.func is use]
    if len(names) > 1 or len(direct) < max(CALLS, len(calls)) or text != len(direct) + 1 or _asks(node, missing):
        return {}
    given = [_given(node, call, source) for call in direct]
    defaults = _defaults(node)
    found: dict[str, str] = {}
    for name in missing:
        values = [arguments.get(name) for arguments in given if name in arguments]
        values += [type_of(defaults[name], _known(node, source))] if name in defaults else []
        kinds = {kind for kind in values if kind is not None}
        if len(values) < len(direct) or None in values or len(kinds) != 1 or not _can_say(min(kinds), node, source):
            return {}
        found[name] = kinds.pop()
    return found


def _asks(node: Function, missing: list[str]) -> bool:
    """Tell whether the body binds a parameter anew, or looks at what kind of thing it is."""
    nodes = [inner for statement in node.body for inner in below(statement)]
    looked = (call for call in nodes if isinstance(call, ast.Call) and getattr(call.func, "id", "") in LOOKS)
    looked_at = {name.id for call in looked for name in below(call) if isinstance(name, ast.Name)}
    tested = (item for item in nodes if isinstance(item, ast.Compare | ast.Match))
    none = {name.id for item in tested for name in below(item) if isinstance(name, ast.Name) and _is_with_none(item)}
    return bool(set(missing) & (bound(*node.body) | looked_at | none))


def _is_with_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Match) or any(
        isinstance(item, ast.Constant) and item.value is None for item in below(node)
    )


def _defaults(node: Function) -> dict[str, ast.expr]:
    positional = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(reversed(positional), reversed(node.args.defaults), strict=False)]
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return {item.arg: value for item, value in (*pairs, *keywords) if value is not None}


def _given(node: Function, call: ast.Call, source: Source) -> Mapping[str, str | None]:
    """Return the type of each argument of `call` by the parameter's name; None for all where it is not plain."""
    names = [item.arg for item in _parameters(node)]
    if any(isinstance(item, ast.Starred) for item in call.args) or any(item.arg is None for item in call.keywords):
        return dict.fromkeys(names)
    caller = source.function_of(call)
    known = _known(caller, source)
    pairs: Iterator[tuple[str, ast.expr]] = zip(names, call.args, strict=False)
    values = [*pairs, *((str(item.arg), item.value) for item in call.keywords)]
    return {name: _type(value, known, caller) for name, value in values}


def _type(value: ast.expr, known: Known, caller: Function | None) -> str | None:
    """Return the type of an argument: evident, or declared for a parameter of the caller that is never bound anew."""
    if isinstance(value, ast.Name) and caller is not None and value.id not in bound(*caller.body):
        said = next((item.annotation for item in _certain(caller) if item.arg == value.id), None)
        text = ast.unparse(said) if said is not None else ""
        return text if text and not re.search(r"\b(None|Optional|Any|object)\b|['\"]", text) else None
    kind = type_of(value, known)
    return kind if kind != "None" else None


def _known(function: Function | None, source: Source) -> Known:
    """Return what names mean in `function`: its parameters of plain types."""
    shadowed = bound_in(source)
    rebound = bound(*function.body) if function is not None else set()
    named = _certain(function) if function is not None else []
    said = {item.arg: item.annotation.id for item in named if isinstance(item.annotation, ast.Name)}
    return Known({name: kind for name, kind in said.items() if name not in rebound}, {}, shadowed)


def _can_say(text: str, node: Function, source: Source) -> bool:
    """Tell whether every name of the annotation has its meaning where the function is defined."""
    before = source.tree.body if lazy(source) else source.tree.body[: source.tree.body.index(node)]
    everywhere = bound_in(source)
    if EVERYTHING in everywhere or ("[" in text and not lazy(source) and f": {text}" not in source.text):
        return False
    here = bound(*before) | (BUILTINS - everywhere)
    return all(name in here for name in ROOT.findall(text))
