"""Keep docstrings true: a described parameter that is gone is renamed or removed."""

import ast
import difflib
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.docstrings import Described, described, docstring_of
from improver.rewriting.splicing import Splice, edited
from improver.source import FUNCTIONS, Function, Source, below

DECORATORS = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "contextmanager", "asynccontextmanager", "cache", "lru_cache"}
    | {"final", "override"}
)
ALIKE = 0.6  # share of equal letters from which two names in the same place mean the same
WORD = re.compile(r"[A-Z].*|default|note|example|warning|see|returns?|raises|yields", re.DOTALL)
FIELDS = frozenset({"type", "rtype", "return", "returns", "raises", "yields"})


class StaleDocstring(Codemod):
    """Rename the entry of a renamed parameter, remove that of a removed one."""

    TITLE = "Describe the parameters that there are"
    WHY = "A reader who trusts the docstring passes what the function does not take."
    SAFE_WHEN = (
        "The docstring describes parameters in one known style, and others of them by their right names; the function"
        " takes no ** and has no decorator that may take parameters away. The one stale name stands at the place of the"
        " one that is not described and is much like it, so that it is renamed; or every parameter is described and"
        " the stale name stands nowhere else in the function, so that its entry goes, or its type is given to the"
        " parameter above it. Only the docstring changes."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    NODES = FUNCTIONS

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which parameter is described and not there."""
        if not isinstance(node, FUNCTIONS) or node.args.kwarg is not None or not _is_plain(node):
            return None
        docstring = docstring_of(node)
        found = described(docstring, source) if docstring is not None else []
        stale = {item.name for item in found} - set(_taken(node))
        if not stale or not {item.name for item in found} & set(_taken(node)):
            return None
        return f"the docstring describes {' and '.join(f'`{name}`' for name in sorted(stale))}, which is no parameter"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Rename or remove the one stale entry."""
        source, node = site.source, site.node
        assert isinstance(node, FUNCTIONS), "suspects saw a function"
        docstring = docstring_of(node)
        assert docstring is not None, "suspects saw its docstring"
        found, taken = described(docstring, source), _taken(node)
        stale = dict.fromkeys(item.name for item in found if item.name not in taken)
        missing = [
            name for name in taken if name not in {"self", "cls", *(item.name for item in found if not item.is_type)}
        ]
        if any(WORD.fullmatch(name) or name in FIELDS for name in stale):
            return Abstain("it may be a word with a colon, and no name")
        if len(stale) != 1 or len(missing) > 1:
            return Abstain("more than one name differs: which means which is a guess")
        name = next(iter(stale))
        entries = [item for item in found if item.name == name]
        text = "".join(source.lines[node.lineno - 1 : node.end_lineno])
        if len(re.findall(rf"\b{re.escape(name)}\b", text)) != len(entries):
            return Abstain("the function speaks of it elsewhere")
        if not missing:
            return _removed(entries, found, source) if not _is_type(entries) else _retyped(entries[0], found, source)
        if not _is_same(name, missing[0], found, taken):
            return Abstain("it is not much like the parameter that is not described")
        return edited(source, [_renamed(item, missing[0], source) for item in entries])

    CHANGES = (
        (
            'def load(path, strict):\n    """Load rows.\n\n    Args:\n        path (str): where they are\n'
            '        stricted: whether to fail\n            at once\n\n    Returns:\n        rows\n    """\n',
            'def load(path, strict):\n    """Load rows.\n\n    Args:\n        path (str): where they are\n'
            '        strict: whether to fail\n            at once\n\n    Returns:\n        rows\n    """\n',
        ),
        (
            "class Shop:\n    def sell(self, row):\n        '''Sell it.\n\n        Args:\n            row: what\n"
            "            price: for how much,\n                in euro\n        '''\n        return row\n",
            "class Shop:\n    def sell(self, row):\n        '''Sell it.\n\n        Args:\n            row: what\n"
            "        '''\n        return row\n",
        ),
        (
            'def go(fast, path_name):\r\n\t"""Go é.\r\n\r\n\t:param bool fast: or slow\r\n'
            "\t:param pathname: where to\r\n"
            '\t:type pathname: str\r\n\t:returns: nothing\r\n\t"""\r\n',
            'def go(fast, path_name):\r\n\t"""Go é.\r\n\r\n\t:param bool fast: or slow\r\n'
            '\t:param path_name: where to\r\n\t:type path_name: str\r\n\t:returns: nothing\r\n\t"""\r\n',
        ),
        (
            'def put(key):\n    """Put it.\n\n    :param key: where\n\n        .. versionadded:: 1\n\n'
            '    :param ttl: how long\n\n    """\n    return key\n',
            'def put(key):\n    """Put it.\n\n    :param key: where\n\n        .. versionadded:: 1\n\n    """\n'
            "    return key\n",
        ),
        (
            'async def put(key):\n    """Put it.\n\n    :param key: where\n    :param ttl: how long\n'
            '        it stays\n    :return: whether\n    """\n    return key\n',
            'async def put(key):\n    """Put it.\n\n    :param key: where\n    :return: whether\n    """\n'
            "    return key\n",
        ),
        (
            'def put(key, ttl):\n    """Put it.\n\n    :param key: where\n    :type kye: str\n'
            '    :param ttl: how long\n    """\n    return key\n',
            'def put(key, ttl):\n    """Put it.\n\n    :param key: where\n    :type key: str\n'
            '    :param ttl: how long\n    """\n    return key\n',
        ),
    )
    KEEPS = (
        # It may come in through ** or be taken away by a decorator.
        'def f(a, **options):\n    """F.\n\n    :param a: one\n    :param b: two\n    """\n',
        '@inject\ndef f(a):\n    """F.\n\n    :param a: one\n    :param b: two\n    """\n',
        # Which means which?
        'def f(a, other):\n    """F.\n\n    :param a: one\n    :param b: two\n    """\n',
        'def f(a):\n    """F.\n\n    :param a: one\n    :param b: two\n    :param c: three\n    """\n',
        'def f(part, rows, a):\n    """F.\n\n    Args:\n        rows: one\n        a: one\n'
        '        parts: two\n    """\n',
        # Used in the body or in words: something else is going on.
        'def f(a):\n    """F with b.\n\n    :param a: one\n    :param b: two\n    """\n',
        'def f(a):\n    """F.\n\n    :param a: one\n    :param b: two\n    """\n    return b\n',
        # Not entries: another section, words with a colon deeper down, nothing described rightly.
        'def f(a):\n    """F.\n\n    Args:\n        a: one of\n            this: or\n            that: or\n    """\n',
        'def f(a):\n    """F.\n\n    Returns:\n        b: two\n    """\n',
        'def f(a):\n    """F.\n\n    Args:\n        b: two\n        c: three\n    """\n',
        'def f(a):\n    """F.\n\n    Parameters\n    ----------\n    b : int\n    """\n',
        'def f(cls, a):\n    """F.\n\n    :param cls: one\n    :param a: two\n    """\n',
        'def f(a):\n    """F.\n\n    Args:\n        a: one.\n        Default: none\n    """\n',
        # Only its type is described: the stale entry may be its other half.
        'def f(a, b):\n    """F.\n\n    :param a: one\n    :type b: int\n    :param big: two\n    """\n',
        # The type of a parameter that is gone, or of one that nobody can tell.
        'def f(a, b):\n    """F.\n\n    :param a: one\n    :param b: two\n    :type b: int\n    :type c: str\n'
        '    """\n',
        # Another field, written as if it were a parameter.
        'def f(a):\n    """F.\n\n    :param a: one\n    :param type: list(int)\n    """\n',
        # All right already, or stars before the name.
        'def f(a, *rest):\n    """F.\n\n    Args:\n        a: one\n        *rest: two\n    """\n',
        'def f(a):\n    """F.\n\n    :param a: one\n    :raises b: two\n    """\n',
    )


def _is_plain(function: Function) -> bool:
    return all(getattr(item, "attr", getattr(item, "id", "")) in DECORATORS for item in function.decorator_list)


def _taken(function: Function) -> list[str]:
    """Return the parameters in order."""
    order = sorted((item for item in below(function.args) if isinstance(item, ast.arg)), key=_place)
    return [item.arg for item in order]


def _place(node: ast.arg) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _is_same(old: str, new: str, found: list[Described], taken: list[str]) -> bool:
    """Tell whether `old` is described where `new` stands in the signature, and is written much like it."""
    order = list(dict.fromkeys(item.name for item in found))
    taken = [name for name in taken if name not in ("self", "cls")]
    if len(order) != len(taken) or order.index(old) != taken.index(new):
        return False
    return difflib.SequenceMatcher(None, old.lower(), new.lower()).ratio() >= ALIKE


def _renamed(item: Described, name: str, source: Source) -> Splice:
    column = len(source.lines[item.first - 1][: item.column].encode())
    return Splice((item.first, column), (item.first, column + len(item.name.encode())), name)


def _removed(entries: list[Described], found: list[Described], source: Source) -> Rewrite | Abstain:
    """Cut the lines of `entries`, unless nothing would be left of the section."""
    if len(entries) == len(found):
        return Abstain("it is the only parameter that is described")
    return edited(source, [Splice((_first(item, source), 0), (item.after, 0), "") for item in entries])


def _is_type(entries: list[Described]) -> bool:
    return all(item.is_type for item in entries)


def _retyped(stale: Described, found: list[Described], source: Source) -> Rewrite | Abstain:
    """Give a type without a parameter to the one right above it, where that has none: the name was a slip."""
    above = next((item for item in found if item.after == stale.first and not item.is_type), None)
    typed = {item.name for item in found if item.is_type}
    if above is None or above.name in typed:
        return Abstain("it is a type, and no parameter right above it lacks one")
    return edited(source, [_renamed(stale, above.name, source)])


def _first(item: Described, source: Source) -> int:
    """Return the first line that goes with `item`: of the blank lines around it those below it stay."""
    first = item.first
    while not source.lines[item.after - 1].strip() and not source.lines[first - 2].strip():
        first -= 1
    return first
