"""Remove a private definition that nothing in the whole project names."""

import ast
import re
import sys
from collections.abc import Mapping, Sequence

from improver.codemod import Abstain, Codemod, Rewrite, Site, replaced
from improver.records import Safety
from improver.rewriting.private import DEFINITIONS, Definition, private_name, span
from improver.source import SCOPES, Source

WORD = re.compile(r"\w+")
BANNER = re.compile(r"#.*(?:[-=#*~_]{3}|\b(?:region|section)\b)")  # heads more than one definition
TABLES = (ast.Dict, ast.List, ast.Set, ast.Tuple, ast.Subscript)
KEPT = re.compile(r"deprecat|compatib|\bhook\b|(?:used|called|needed) (?:by|from|in|for)\b|for test", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*\w+\s*:\s*\S|#!|-\*-")


class UnusedPrivate(Codemod):
    """Remove the definition with its comments, its blank lines and, where it is simple, the import it alone used."""

    TITLE = "Remove a private definition that nothing uses"
    WHY = "Nobody has to read, test or keep alive what nobody can reach."
    SAFE_WHEN = (
        "The name stands nowhere else in the project, in code, strings, comments, documents or configuration, and no"
        " string is composed that could become it; making the definition runs no code of others (known decorators,"
        " bases and calls only); it overrides nothing, since its class has no bases; nothing in the file reflects over"
        " names; and its own words do not say who else uses it."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = DEFINITIONS
    ANSWERS = ("unused_private",)
    DROPS_COMMENTS = True
    CHANGES = (
        (
            "def _unused(a):\n    # why\n    return a\n    # the end\n\n\ndef used():\n    return 1\n",
            "def used():\n    return 1\n",
        ),
        (
            "import functools\nimport os\n\nLIMIT = 3\n_LIMIT_OLD = os.sep\n\n\n# Remembers what it saw.\n"
            "@functools.cache\ndef _unused(a):\n    return _unused(a - 1)\n\n\ndef used():\n    return LIMIT\n",
            "LIMIT = 3\n\n\ndef used():\n    return LIMIT\n",
        ),
        (
            "class Store:\n    size = 1\n\n    @property\n    def _unused(self):\n        return self.size\n\n"
            "    def used(self):\n        # stays\n        return self.size\n",
            "class Store:\n    size = 1\n\n    def used(self):\n        # stays\n        return self.size\n",
        ),
        (
            "class Store:\r\n    size = 1\r\n\r\n    def _unused(self):\r\n        return 2\r\n\r\n\r\nx = Store()\r\n",
            "class Store:\r\n    size = 1\r\n\r\n\r\nx = Store()\r\n",
        ),
        (
            "import re\n\nWORD = 1\n_T = re.compile('_T')\n\n\nclass _Old(Exception):\n    code = 1\n",
            "WORD = 1\n",
        ),
        (
            "class Store:\n    def _unused(self):\n        return 2\n\n    async def used(self):\n        return 1\n",
            "class Store:\n    async def used(self):\n        return 1\n",
        ),
    )
    KEEPS = (
        "def _used():\n    return 1\n\n\nx = _used()\n",
        'def _used():\n    return 1\n\n\ndef find(module):\n    return getattr(module, "_used")\n',
        "def _do_start(a):\n    return 1\n\n\ndef run(a, b):\n    return call(f'_do_{b}')\n",
        "def _do_start(a):\n    return 1\n\n\ndef run(a, b):\n    return call('_%s_start' % b)\n",
        "def _start(a):\n    return 1\n\n\ndef run(a, b):\n    return call('_' + b)\n",
        "def _start(a):\n    return 1\n\n\ndef run(a, b):\n    return getattr(a, b)\n",
        "def _test(a):\n    return 1\n\n\nrun = [value for name, value in globals().items()]\n",
        "@app.route('/')\ndef _index():\n    return 1\n\n\nx = 1\n",
        "class Handler(Base):\n    def _hook(self):\n        return 1\n\n    def run(self):\n        return 2\n",
        "class Handler(metaclass=Meta):\n    def _hook(self):\n        return 1\n\n    x = 2\n",
        "class HandlerMixin:\n    def _hook(self):\n        return 1\n\n    x = 2\n",
        "class A:\n    def _hook(self):\n        return 1\n\n    x = 2\n\n\nclass B(A, Base):\n    pass\n",
        "class _Plugin(Base):\n    pass\n\n\nx = 1\n",
        "class _Plugin:\n    registry.append(1)\n\n\nx = 1\n",
        "class A:\n    def _only(self):\n        return 1\n",
        "_STATE = connect()\nx = 1\n",
        "_A = _B = 1\nx = 2\n",
        "_a, _b = 1, 2\nx = 2\n",
        "_count: int\nx = 2\n",
        "class Row:\n    _fields_ = ()\n    _order = 1\n\n    def _repr_html_(self):\n        return ''\n",
        "def _unused():  # noqa: D103\n    return 1\n\n\nx = 1\n",
        "x = 1; _y = 2\n",
        "if x:\n    def _unused():\n        return 1\n    y = 1\n",
        # Kept for others, in its own words; a comment that heads a list.
        'def _unused():\n    """[DEPRECATED] Say one."""\n    return 1\n\n\nx = 1\n',
        "def _unused():\n    # internal: implementation hook of the extension\n    return 1\n\n\nx = 1\n",
        "x = 1\n\n# Aliases of what is slow.\n_py_one = x\nslow = x\n",
        "x = 1\n\nENABLE = 0x01\n_DISABLE = 0x00\n",
        "x = 1\n\n_PEERS = {}\nROWS = {}\n\n\nx = ROWS\n",
        "x = 1\n\n# Of peers.\n_peers = {\n    0: 'here',\n}\n\n\n# Of rows.\nrows = {0: 'there'}\n",
        "x = 1\n\nNumber = Union[int, float]\n_Scalar = Union[Number, str]\n",
        "# ---- helpers ----\ndef _unused():\n    return 1\n\n\nx = 1\n",
        "def _default(a=register()):\n    return a\n\n\nx = 1\n",
        "x = 1\n\n\ndef __getattr__(name):\n    return 1\n\n\ndef _asdict():\n    return 1\n",
        "# see _limit for the limit\nx = 1\n_limit = 2\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Accept a private definition that would run nothing; the observer has looked through the project."""
        name = private_name(node, source)
        return f"nothing in the project names `{name}`" if name else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Cut out the lines of the definition, and of an import that only it used."""
        source, node = site.source, site.node
        name = private_name(node, source)
        if name is None or not isinstance(node, DEFINITIONS):
            return Abstain("it is no private definition any more")
        block = getattr(source.parents[node], "body", [])
        if len(block) < 2:
            return Abstain("it is the only statement of its block")
        if _is_one_of_a_list(node, block):
            return Abstain("it is one of a list of constants, which would have a gap")
        cut = _owned(source, node)
        if isinstance(cut, Abstain):
            return cut
        if KEPT.search("".join(source.lines[cut.start : cut.stop])):
            return Abstain("its own words say that somebody outside of the project may use it")
        if name in WORD.findall("".join(_without(source.lines, [cut]))):
            return Abstain("the file names it elsewhere")
        cuts = [cut, *_orphaned(site, cut)]
        return replaced(source, 1, len(source.lines), "".join(_without(source.lines, cuts)))


def _is_one_of_a_list(node: Definition, block: Sequence[ast.stmt]) -> bool:
    """Tell whether a constant of the same kind stands on the line above or below, or a table of it is the neighbour."""
    kind, at = _kind(node), block.index(node)
    beside = [*block[max(at - 1, 0) : at], *block[at + 1 : at + 2]]
    alike = [item for item in beside if kind and _kind(item) == kind]
    near = (1 in (node.lineno - (item.end_lineno or 0), item.lineno - (node.end_lineno or 0)) for item in alike)
    return any(near) or (bool(alike) and isinstance(getattr(node, "value", None), TABLES))


def _kind(node: ast.stmt) -> str:
    """Return what kind of value an assignment spells out, or ""; a constant counts for a name in capitals only."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    value = getattr(node, "value", None)
    if isinstance(value, ast.Constant):
        return type(value.value).__name__ if isinstance(target, ast.Name) and target.id.isupper() else ""
    return f"{type(value).__name__} {_of(value)}" if isinstance(value, TABLES) else ""


def _of(value: ast.expr) -> str:
    return ast.unparse(value.value) if isinstance(value, ast.Subscript) else ""


def _owned(source: Source, node: Definition) -> range | Abstain:
    """Return the indices of the lines that go: comments right above, the definition, and comments inside its end."""
    first, last = span(node)
    lines = source.lines
    indent = node.col_offset
    tail = lines[last - 1].encode()[node.end_col_offset or 0 :].decode().strip()
    if lines[first - 1][:indent].strip() or (tail and not tail.startswith("#")):
        return Abstain("it shares a line with something else")
    if first > 1 and lines[first - 2].rstrip("\r\n").endswith("\\"):
        return Abstain("the line above continues into it")
    start, stop = first - 1, last
    while start > 0 and _comment_at(lines[start - 1]) == indent:
        start -= 1
    above = lines[start : first - 1]
    if any(BANNER.search(line) or DIRECTIVE.search(line) for line in above) or (start == 0 and first > 1):
        return Abstain("a comment above it may speak of more than it")
    if above and not isinstance(node, SCOPES) and stop < len(lines) and _goes_on(lines[stop], indent):
        return Abstain("a comment above it may speak of more than it")
    if isinstance(node, SCOPES):
        while stop < len(lines) and _comment_at(lines[stop]) > indent:
            stop += 1
    return range(start, stop)


def _goes_on(line: str, indent: int) -> bool:
    """Tell whether another statement, and no comment, follows without a blank line."""
    return bool(line.strip()) and _indent(line) == indent and not line.lstrip().startswith("#")


def _comment_at(line: str) -> int:
    """Return the column at which a line that is only a comment begins, or -1."""
    bare = line.lstrip()
    return len(line) - len(bare) if bare.startswith("#") else -1


def _without(lines: Sequence[str], cuts: Sequence[range]) -> list[str]:
    """Return `lines` without the cuts; of the blank lines around each the longer run stays, none at an edge."""
    kept = list(lines)
    for cut in sorted(cuts, key=lambda item: item.start, reverse=True):
        before, after = cut.start, cut.stop
        while before > 0 and not kept[before - 1].strip():
            before -= 1
        while after < len(kept) and not kept[after].strip():
            after += 1
        above, below = kept[before : cut.start], kept[cut.stop : after]
        blanks = max(above, below, key=len)
        if after == len(kept):
            blanks = below
        elif before == 0:
            blanks = above
        elif kept[before - 1].rstrip().endswith(":") and _indent(kept[before - 1]) < _indent(kept[after]):
            blanks = above  # the block begins here
        kept[before:after] = blanks
    return kept


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _orphaned(site: Site, cut: range) -> list[range]:
    """Return the lines of imports of the standard library that only the removed lines used, nothing else about them."""
    source = site.source
    if source.path.endswith("__init__.py"):
        return []
    words = WORD.findall("".join(source.lines[cut.start : cut.stop]))
    rest = _counts(WORD.findall("".join(_without(source.lines, [cut]))))
    found = []
    for node in source.tree.body:
        name = _simple_import(node)
        if name is None or name not in words or rest.get(name, 0) > _mentions(source, node, name):
            continue
        if not _shares_lines(source, node) and not _taken_elsewhere(site, name):
            found.append(range(node.lineno - 1, node.end_lineno or node.lineno))
    return found if len(found) < sum(1 for _ in source.tree.body) - 1 else []


def _counts(words: Sequence[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _mentions(source: Source, node: ast.stmt, name: str) -> int:
    return WORD.findall("".join(source.lines[node.lineno - 1 : node.end_lineno])).count(name)


def _simple_import(node: ast.stmt) -> str | None:
    """Return the name bound by an import of one thing from the standard library."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or len(node.names) != 1:
        return None
    module = node.names[0].name if isinstance(node, ast.Import) else node.module or ""
    known = not getattr(node, "level", 0) and module.split(".")[0] in sys.stdlib_module_names
    if not known or "." in node.names[0].name or module == "__future__" or node.names[0].name == "*":
        return None
    return node.names[0].asname or node.names[0].name


def _shares_lines(source: Source, node: ast.stmt) -> bool:
    last = source.lines[(node.end_lineno or node.lineno) - 1]
    return node.col_offset > 0 or bool(last.encode()[node.end_col_offset or 0 :].strip())


def _taken_elsewhere(site: Site, name: str) -> bool:
    """Tell whether another file takes the import from here: `from here import name`, or `here.name`, even quoted."""
    stem = site.source.path.rsplit("/", 1)[-1].removesuffix(".py")
    dotted = re.compile(rf"\b{re.escape(stem)}\.{re.escape(name)}\b")
    others = (*site.project.sources.values(), *site.project.context.values())
    return any(
        dotted.search(other.text) or (stem in other.text and _imports_from(other, stem, name))
        for other in others
        if other.path != site.source.path
    )


def _imports_from(source: Source, stem: str, name: str) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[-1] == stem
        and name in {alias.name for alias in node.names}
        for node in source.parents
    )
