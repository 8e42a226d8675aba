"""Compute once what a loop computes anew in every turn: ``word = re.compile("…")`` moves above the loop."""

import ast
import re
import warnings

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, carried_by, declared, is_builtin, own
from improver.records import Safety
from improver.rewriting.origins import called, origin
from improver.rewriting.splicing import Splice, edited, has_its_lines, inserted, lead_of
from improver.source import FUNCTIONS, SCOPES, Source, below

LOOPS = (ast.For, ast.AsyncFor, ast.While)
# Calls that, given constants, cannot fail, do nothing else, and make what nobody can change.
PURE = frozenset(
    {"operator.itemgetter", "operator.attrgetter", "datetime.timedelta", "pathlib.Path", "pathlib.PurePath"}
    | {"pathlib.PurePosixPath", "pathlib.PureWindowsPath"}
)


class LoopInvariant(Codemod):
    """Move an assignment that makes the same immutable value in every turn above the loop."""

    TITLE = "Compute once what does not change in a loop"
    WHY = "The loop makes the same value in every turn; above it, it is made once, and reads as the constant it is."
    SAFE_WHEN = (
        "The value is a compiled pattern, a frozen set, a path, a duration or a getter, made of constants by a call"
        " that the file's imports resolve; a pattern was compiled to see that it can be, so nothing is raised that a"
        " loop of no turns would not raise. The name is bound only there, in a function, and stands only below, in the"
        " same loop."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    NODES = (ast.Assign,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which value is made again and again."""
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            return None
        loop = _outermost_loop(node, source)
        if loop is None or not isinstance(node.targets[0], ast.Name) or not _is_constant(node.value, source):
            return None
        return f"every turn of the loop makes `{node.targets[0].id}` anew, and always the same"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Cut the line out of the loop and put it above the loop and the comments of that."""
        source, node = site.source, site.node
        loop = _outermost_loop(node, source)
        assert isinstance(node, ast.Assign), "suspects saw an assignment"
        assert loop is not None, "suspects saw its loop"
        if not _stays_inside(node, loop, source):
            return Abstain("the name stands outside of the loop, or above its value, or is bound twice")
        holder = source.parents[node]
        block = next(b for _, b in ast.iter_fields(holder) if isinstance(b, list) and node in b)
        last = node.end_lineno or node.lineno
        if not has_its_lines(node, source) or node.lineno != last or len(block) == 1:
            return Abstain("it is not one line among others")
        if source.lines[node.lineno - 2].lstrip().startswith("#"):
            return Abstain("the comment above it may speak of more than it")
        after = last
        while node is block[0] and after < len(source.lines) and not source.lines[after].strip():
            after += 1
        line = loop.lineno
        while line > 1 and source.lines[line - 2].lstrip().startswith("#"):
            line -= 1
        text = source.lines[node.lineno - 1].strip()
        cut = Splice((node.lineno, 0), (after + 1, 0), "")
        return edited(source, [inserted((line, 0), f"{lead_of(loop, source)}{text}\n"), cut])

    CHANGES = (
        (
            "import re\n\n\ndef words(lines):\n    for line in lines:\n        word = re.compile(r'\\w+', re.ASCII)\n"
            "        yield from word.findall(line)\n",
            "import re\n\n\ndef words(lines):\n    word = re.compile(r'\\w+', re.ASCII)\n    for line in lines:\n"
            "        yield from word.findall(line)\n",
        ),
        (
            "from datetime import timedelta\n\n\ndef days(rows):\n    found = []\n    # Every row.\n"
            "    while rows:\n        row = rows.pop()\n        for day in row:\n"
            "            step = timedelta(days=1)  # one\n\n            found.append(day + step)\n    return found\n",
            "from datetime import timedelta\n\n\ndef days(rows):\n    found = []\n"
            "    step = timedelta(days=1)  # one\n    # Every row.\n"
            "    while rows:\n        row = rows.pop()\n        for day in row:\n"
            "            found.append(day + step)\n    return found\n",
        ),
        (
            "def f(rows):\r\n\tfor row in rows:\r\n\t\tif row:\r\n\t\t\tprint('é')\r\n"
            "\t\t\tknown = frozenset(['a', 'b'])\r\n\t\t\tprint(row in known)\r\n",
            "def f(rows):\r\n\tknown = frozenset(['a', 'b'])\r\n\tfor row in rows:\r\n\t\tif row:\r\n"
            "\t\t\tprint('é')\r\n\t\t\tprint(row in known)\r\n",
        ),
        (
            "import operator as op\n\n\nasync def f(rows):\n    async for row in rows:\n"
            "        first = op.itemgetter(0)\n        print(first(row))\n",
            "import operator as op\n\n\nasync def f(rows):\n    first = op.itemgetter(0)\n    async for row in rows:\n"
            "        print(first(row))\n",
        ),
    )
    KEEPS = (
        # It depends on the turn, or on what can change.
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile(row)\n  print(word)\n",
        "import re\nTEXT = 'a'\ndef f(rows):\n for row in rows:\n  word = re.compile(TEXT)\n  print(word)\n",
        # It can fail, and a loop of no turns would not.
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile('(')\n  print(word)\n",
        # It can be changed: a new one every turn is meant.
        "def f(rows):\n for row in rows:\n  seen = set(['a'])\n  print(seen)\n",
        "import struct\ndef f(rows):\n for row in rows:\n  data = bytearray(8)\n  print(data)\n",
        # The name is bound again, or read before, or after the loop.
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile('a')\n  print(word)\n  word = None\n",
        "import re\ndef f(rows, word):\n for row in rows:\n  word = re.compile('a')\n  print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile('a')\n  print(word)\n return word\n",
        "import re\ndef f(rows):\n for row in rows:\n  print(word)\n  word = re.compile('a')\n",
        "import re\ndef f(rows):\n global word\n for row in rows:\n  word = re.compile('a')\n  print(word)\n",
        # Not in a loop at all, or in its else; at module level everybody sees the name.
        "import re\ndef f(rows):\n word = re.compile('a')\n for row in rows:\n  print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  pass\n else:\n  word = re.compile('a')\n  print(word)\n",
        "import re\nfor row in rows:\n word = re.compile('a')\n print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  def g():\n   word = re.compile('a')\n   return word\n  g()\n",
        # Another `compile`, a line shared, a comment above, a suppression.
        "from regex import compile\ndef f(rows):\n for row in rows:\n  word = compile('a')\n  print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile('a'); print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  # letters\n  word = re.compile('a')\n  print(word)\n",
        "import re\ndef f(rows):\n for row in rows:\n  word = re.compile('a')  # noqa: PERF\n  print(word)\n",
    )


def _outermost_loop(node: ast.AST, source: Source) -> ast.For | ast.AsyncFor | ast.While | None:
    """Return the outermost loop of the function around `node` that runs it in every turn."""
    found, child = None, node
    for parent in source.ancestors(node):
        if isinstance(parent, SCOPES):
            return found if isinstance(parent, FUNCTIONS) else None
        if isinstance(parent, LOOPS) and child in parent.body:
            found = parent
        child = parent
    return None


def _is_constant(call: ast.Call, source: Source) -> bool:
    """Tell whether `call` surely makes the same immutable value every time, without fail."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Name) and call.func.id == "frozenset" and len(values) == 1:
        shown = isinstance(values[0], ast.List | ast.Tuple | ast.Set)
        return shown and all(map(_is_plain, ast.iter_child_nodes(values[0]))) and is_builtin("frozenset", source)
    name = called(call, source)
    if name == "re.compile":
        return bool(call.args) and _compiles(call, source)
    return name in PURE and bool(values) and all(isinstance(value, ast.Constant) for value in values)


def _is_plain(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant | ast.expr_context)


def _compiles(call: ast.Call, source: Source) -> bool:
    """Tell whether the pattern, a constant, can be compiled with these flags of `re`."""
    pattern = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
    flags = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
    names = [item for flag in flags for item in below(flag) if not isinstance(item, ast.operator | ast.expr_context)]
    known = (ast.Attribute, ast.BinOp, ast.Name)
    if not isinstance(pattern, str) or not all(isinstance(item, known) for item in names):
        return False
    bits = [item for item in names if isinstance(item, ast.Attribute)]
    if any(not origin(item, source).startswith("re.") or not hasattr(re, item.attr) for item in bits):
        return False
    flag = re.NOFLAG
    for item in bits:
        flag |= getattr(re, item.attr)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(pattern, flag)
    except (re.error, ValueError, TypeError, Warning, RecursionError, OverflowError):
        return False
    return True


def _stays_inside(node: ast.Assign, loop: ast.AST, source: Source) -> bool:
    """Tell whether the name is bound by `node` alone and stands, but for that, only below it in the loop."""
    target = node.targets[0]
    function = source.function_of(loop)
    if not isinstance(target, ast.Name) or len(node.targets) != 1 or function is None:
        return False
    inside = set(map(id, below(loop)))
    uses = [item for item in below(function) if target.id in carried_by(item) and item is not target]
    bound_once = sum(target.id in bound_by(item) for item in own(function)) == 1
    below_it = all(id(item) in inside and getattr(item, "lineno", 0) > node.lineno for item in uses)
    return bound_once and below_it and bool(uses) and target.id not in declared(function)
