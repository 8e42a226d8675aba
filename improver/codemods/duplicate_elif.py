"""Remove an ``elif`` whose condition an earlier branch of the same chain has already found false."""

import ast
import re
from collections.abc import Iterator

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, spliced
from improver.names import is_builtin, mentioned, tie
from improver.records import Safety
from improver.source import SCOPES, Source

PURE = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Compare, ast.BoolOp, ast.UnaryOp),
    *(ast.cmpop, ast.boolop, ast.Not, ast.USub, ast.expr_context),
)
WRITTEN_OUT = (ast.Tuple, ast.List, ast.Set, ast.Constant)
# A file that names these may run any code where something is compared, tested or read.
HOOKS = re.compile(r"\b__(eq|ne|lt|le|gt|ge|bool|len|hash|neg|contains|instancecheck|getattr|getattribute|get)__\b")
PROPERTY = r"\bdef\s+{0}\b|\b{0}\s*(:[^=\n]*)?=\s*[\w.]*property\b"


class DuplicateElif(Codemod):
    """Drop a branch that can never run."""

    TITLE = "Remove an elif branch that never runs"
    WHY = (
        "The same condition was already false higher up in the chain, so the branch is dead, and what it does stands"
        " there once more."
    )
    SAFE_WHEN = (
        "The condition is, as syntax, the same as an earlier one of its chain; both of them and every condition between"
        " only compare and combine names, attributes and constants, or call the builtin isinstance; nothing in the"
        " project computes such an attribute and the file defines no comparisons of its own, so that two looks, one"
        " right after the other, see the same; and the dead code binds no name that its function needs to be local,"
        " holds no yield and no declaration. Both branches do the same: where they do not, a condition is wrong, and"
        " only its author knows which. The judge finds the dead branch by itself and compares the rest."
    )
    SAFETY = Safety.PROVED
    VALUE = 3
    NODES = (ast.If,)

    CHANGES = (
        (
            "def name(kind):\n    if kind == 1:\n        return 'one'\n    elif kind == 2:\n        return 'two'\n"
            "    elif kind == 1:\n        return 'one'\n    else:\n        return 'many'\n",
            "def name(kind):\n    if kind == 1:\n        return 'one'\n    elif kind == 2:\n        return 'two'\n"
            "    else:\n        return 'many'\n",
        ),
        (
            "class Pen:\n    def draw(self, shape):\n        # by shape\n        if isinstance(shape, Line):\n"
            "            self.line(shape)  # thin\n        elif isinstance(shape, Line):\n"
            "            self.line(shape)\n"
            "        elif self.open and shape.points[0] > 0:\n            self.dots(shape)\n",
            "class Pen:\n    def draw(self, shape):\n        # by shape\n        if isinstance(shape, Line):\n"
            "            self.line(shape)  # thin\n"
            "        elif self.open and shape.points[0] > 0:\n            self.dots(shape)\n",
        ),
        (
            "if x:\r\n\tif y is None:\r\n\t\ta()\r\n\telif (y\r\n\t\tis None):\r\n\t\ta()\r\n\t# then\r\n\tc()\r\n",
            "if x:\r\n\tif y is None:\r\n\t\ta()\r\n\t# then\r\n\tc()\r\n",
        ),
        (
            "def f(a, mode):\n    if a.kind is None:\n        return 1\n    elif not a.ok and a.size >= -1:\n"
            "        return 2\n    elif mode in ('r', 'w'):\n        return 3\n"
            "    elif not a.ok and a.size >= -1:\n        return 2\n    return 5\n",
            "def f(a, mode):\n    if a.kind is None:\n        return 1\n    elif not a.ok and a.size >= -1:\n"
            "        return 2\n    elif mode in ('r', 'w'):\n        return 3\n    return 5\n",
        ),
        (
            "def f(a, b):\n    if go(a): x = 1\n    elif a: x = 2\n    elif b: x = 3\n    elif a: x = 2\n"
            "    elif b: x = 3\n    return x\n",
            "def f(a, b):\n    if go(a): x = 1\n    elif a: x = 2\n    elif b: x = 3\n    return x\n",
        ),
    )
    KEEPS = (
        # A slip in one of two conditions, which nobody should sweep away.
        "def f(a):\n    if a.flags == BOTH:\n        return 2\n    elif a.flags == BOTH:\n        return 1\n",
        "if a:\n    x()\nelif b:\n    x()\n",
        "if a == 1:\n    x()\nelif a == 1.0:\n    x()\n",
        "if a:\n    x()\nif a:\n    x()\n",
        "if a:\n    x()\nelse:\n    if a:\n        x()\n",
        "if a:\n    if b:\n        x()\n    elif c:\n        if b:\n            x()\n",
        "if ready():\n    x()\nelif ready():\n    x()\n",
        "if a:\n    x()\nelif b.pop():\n    x()\nelif a:\n    x()\n",
        "if (a := b):\n    x()\nelif (a := b):\n    x()\n",
        "if a:\n    x()\nelif (a := b):\n    x()\nelif a:\n    x()\n",
        "async def f(a):\n    if await a:\n        x()\n    elif await a:\n        x()\n",
        "def f(a):\n    if (yield a):\n        x()\n    elif (yield a):\n        x()\n",
        "class A:\n    @property\n    def next(self):\n        return self.take()\n    def f(self):\n"
        "        if self.next:\n"
        "            x()\n        elif self.next:\n            x()\n",
        "class A:\n    def __getattr__(self, name):\n        return take()\n    def f(self):\n        if self.next:\n"
        "            x()\n        elif self.next:\n            x()\n",
        "def isinstance(a, b):\n    return go()\ndef f(a):\n    if isinstance(a, int):\n        x()\n"
        "    elif isinstance(a, int):\n        x()\n",
        "class A:\n    def __eq__(self, other):\n        return take()\ndef f(a):\n    if a == 1:\n        x()\n"
        "    elif a == 1:\n        x()\n",
        "class A:\n    next = property(take)\n    def f(self):\n        if self.next:\n            x()\n"
        "        elif self.next:\n            x()\n",
        # A file or an iterator is used up by looking through it.
        "def f(a, b):\n    if a not in b:\n        x()\n    elif a not in b:\n        x()\n",
        "if a[0] == 1:\n    x()\nelif a[0] == 1:\n    x()\n",
        "if len(a) == 1:\n    x()\nelif len(a) == 1:\n    x()\n",
        "class A(metaclass=M):\n    if a == 1:\n        x = 1\n    elif a == 1:\n        x = 1\n",
        "if any(x for x in a):\n    x()\nelif any(x for x in a):\n    x()\n",
        "def f(a):\n    if a:\n        x()\n    elif a:\n        # why\n        x()\n",
        "def f(a):\n    if a:\n        x()\n    # the other way\n    elif a:\n        x()\n",
        "def f(a):\n    if a:\n        x()\n    elif a:\n        yield 1\n",
        "def f(a):\n    if a:\n        x()\n    elif a:\n        count = 1\n    return count\n",
        "def f(a):\n    def g():\n        return count\n    if a:\n        x()\n    elif a:\n        count = 1\n"
        "    return g\n",
        "def f(a):\n    if a:\n        x()\n    elif a:\n        import os\n    return os\n",
        "def f(a):\n    if a:\n        x()\n    elif a:\n        global b\n        b = 1\n",
        "def f(a):\n    if a:\n        x()\n    elif a:  # noqa: SIM114\n        x()\n",
        "def f(a):\n    if a:\n        x(locals())\n    elif a:\n        x()\n",
        "if 0:\n    x()\nelif 0:\n    x()\n",
        "def f(a):\n    if a:\n        x(globals())\n    elif a:\n        x()\n",
        "match a:\n    case 1 if b:\n        x()\n    case 1 if b:\n        x()\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which branch never runs."""
        if not isinstance(node, ast.If) or not _is_elif(node, source):
            return None
        shape = ast.dump(node.test)
        conditions = []
        for earlier in _chain_above(node, source):
            conditions.append(earlier.test)
            if ast.dump(earlier.test) == shape:
                break
        else:
            return None
        if not mentioned(node.test) or not _looks_twice(node, source):
            return None
        if not all(_is_pure(condition, source) for condition in conditions):
            return None
        remark = (
            ""
            if _is_twin(node, source)
            else " and does something else, so look whether one of the two was meant to ask another thing"
        )
        return f"`elif {ast.unparse(node.test)}` never runs: line {earlier.lineno} asks the same{remark}"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Delete the branch unless its scope hangs on it, or something in the project computes what it asks."""
        assert isinstance(site.node, ast.If), "suspects saw an elif"
        if not _is_twin(site.node, site.source):
            return Abstain("it does something else: which of the two conditions is wrong only its author knows")
        asked = (site.node, *_chain_above(site.node, site.source))
        read = {inner.attr for branch in asked for inner in ast.walk(branch.test) if isinstance(inner, ast.Attribute)}
        for other in (*site.project.sources.values(), *site.project.context.values()):
            if any(re.search(PROPERTY.format(re.escape(name)), other.text) for name in read):
                return Abstain(f"an attribute of this name is computed in {other.path}")
        if reason := tie(site.source, *site.node.body):
            return Abstain(reason)
        return spliced(site, _DropBranch)


def _is_twin(node: ast.If, source: Source) -> bool:
    """Tell whether the branch that asks the same above `node` does the same too."""
    earlier = next(item for item in _chain_above(node, source) if ast.dump(item.test) == ast.dump(node.test))
    return [ast.dump(item) for item in earlier.body] == [ast.dump(item) for item in node.body]


def _is_elif(node: ast.If, source: Source) -> bool:
    parent = source.parents[node]
    if not isinstance(parent, ast.If) or node not in parent.orelse:
        return False
    return source.lines[node.lineno - 1].encode()[node.col_offset :].startswith(b"elif")


def _chain_above(node: ast.If, source: Source) -> Iterator[ast.If]:
    """Yield the branches above `node` in its chain, nearest first."""
    while _is_elif(node, source):
        parent = source.parents[node]
        assert isinstance(parent, ast.If), "an elif belongs to an if"
        yield parent
        node = parent


def _looks_twice(node: ast.If, source: Source) -> bool:
    """Tell whether the file leaves two looks at the same thing, one right after the other, without effect."""
    scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
    return not isinstance(scope, ast.ClassDef) and HOOKS.search(source.text) is None


def _is_pure(node: ast.AST, source: Source) -> bool:
    """Tell whether evaluating `node` a second time gives the same and changes nothing; `in` may use up what it sees."""
    if isinstance(node, ast.Call):
        fine = ast.unparse(node.func) == "isinstance" and not node.keywords and is_builtin("isinstance", source)
    elif isinstance(node, ast.Compare) and any(isinstance(item, ast.In | ast.NotIn) for item in node.ops):
        fine = all(isinstance(item, WRITTEN_OUT) for item in node.comparators)
    else:
        fine = isinstance(node, PURE)
    return fine and all(_is_pure(child, source) for child in ast.iter_child_nodes(node))


class _DropBranch(At):
    """Leave out the branch at the spot."""

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:  # noqa: N802 - libcst's name
        """Join what follows the branch to what precedes it."""
        dead = updated_node.orelse
        if original_node.orelse is None or not isinstance(dead, cst.If) or not self.at(original_node.orelse):
            return updated_node
        return updated_node.with_changes(orelse=dead.orelse)
