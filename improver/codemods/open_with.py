"""Close files for sure: ``f = open(...)`` with its last use in the same block becomes ``with open(...) as f:``."""

import ast
import re
from itertools import dropwhile

import libcst as cst

from improver.codemod import Abstain, At, Codemod, Region, Rewrite, Site, fitted, spliced
from improver.names import is_builtin
from improver.records import Safety
from improver.rewriting.lending import crossed, opened, stretch_of
from improver.source import Source

LONGEST = 40  # lines that may be indented; a longer block deserves a human's hand
DESCRIPTOR = re.compile(r"fd\b|fileno|descriptor|\bos\.(?!path\b)|\bdup|pipe|^\d", re.IGNORECASE)


class OpenWith(Codemod):
    """Put the statements that use a file into a `with` that closes it."""

    TITLE = "Close a file whatever happens"
    WHY = "The file is closed when an error or a return leaves the block, and not only when the collector gets to it."
    SAFE_WHEN = (
        "The file is the builtin open's, bound to a local name of a function that stands nowhere but in the statements"
        " from there to its last use, all in one block; those only call its reading and writing methods, loop over it"
        " or pass it to functions known to keep nothing (no return, yield, alias, attribute, closure or rebinding of"
        " it), and what is opened does not look like a descriptor that others own. So nobody can touch the file after"
        " the block, and only the time of closing it differs."
    )
    SAFETY = Safety.CONFINED
    OBSERVABLE = "file closing time"
    VALUE = 5
    NODES = (ast.Assign,)

    CHANGES = (
        (
            "def read(path):\n    f = open(path)\n    data = f.read()\n    f.close()\n    return data\n",
            "def read(path):\n    with open(path) as f:\n        data = f.read()\n    return data\n",
        ),
        (
            "import json\n\n\nclass Store:\n    def load(self):\n        # from disk\n"
            "        stream = open(self.path, encoding='utf-8')  # utf-8 only\n\n        # all of it\n"
            "        return json.load(stream)\n",
            "import json\n\n\nclass Store:\n    def load(self):\n        # from disk\n"
            "        with open(self.path, encoding='utf-8') as stream:  # utf-8 only\n            # all of it\n"
            "            return json.load(stream)\n",
        ),
        (
            "def save(path, rows):\r\n\tif rows:\r\n\t\tout = open(path, 'w')\r\n\t\tfor row in rows:\r\n"
            "\t\t\tif not row:\r\n\t\t\t\tcontinue\r\n\t\t\tout.write('''a\r\n  b''' %\r\n\t\t\t\trow)\r\n"
            "\t\t\tprint(row, file=out)\r\n\t\tout.close()\r\n\treturn path\r\n",
            "def save(path, rows):\r\n\tif rows:\r\n\t\twith open(path, 'w') as out:\r\n\t\t\tfor row in rows:\r\n"
            "\t\t\t\tif not row:\r\n\t\t\t\t\tcontinue\r\n\t\t\t\tout.write('''a\r\n  b''' %\r\n\t\t\t\t\trow)\r\n"
            "\t\t\t\tprint(row, file=out)\r\n\treturn path\r\n",
        ),
        (
            "def numbers(path):\n    try:\n        f = open(\n            path,\n        )\n"
            "        for line in f:\n            yield int(line)\n        done(path)\n"
            "    except OSError:\n        pass\n",
            "def numbers(path):\n    try:\n        with open(\n            path,\n        ) as f:\n"
            "            for line in f:\n                yield int(line)\n        done(path)\n"
            "    except OSError:\n        pass\n",
        ),
        (
            "async def rows(paths):\n    for path in paths:\n        f = open(path)\n"
            "        for number, row in enumerate(f):\n            await put(number, row)\n"
            "        names = [line for line in f]\n        await put(path, names)\n",
            "async def rows(paths):\n    for path in paths:\n        with open(path) as f:\n"
            "            for number, row in enumerate(f):\n                await put(number, row)\n"
            "            names = [line for line in f]\n        await put(path, names)\n",
        ),
        (
            "def copy(one, two):\n    a = open(one)\n    b = open(two, 'w')\n    b.write(a.read())\n    b.close()\n"
            "    a.close()\n",
            "def copy(one, two):\n    with open(one) as a:\n        with open(two, 'w') as b:\n"
            "            b.write(a.read())\n",
        ),
    )
    KEEPS = (
        "def f(path):\n    with open(path) as g:\n        return g.read()\n",
        "def f(path):\n    g = open(path)\n    return g\n",
        "def f(path):\n    g = open(path)\n    yield g\n    g.close()\n",
        "def f(path):\n    g = open(path)\n    return (line for line in g)\n",
        "def f(path):\n    g = open(path)\n    return map(int, g)\n",
        "def f(path):\n    g = open(path)\n    return lambda: g.read()\n",
        "def f(path):\n    g = open(path)\n    def h():\n        return g.read()\n    return h()\n",
        "def f(path):\n    g = open(path)\n    return iter(g.readline, '')\n",
        "import csv\ndef f(path):\n    g = open(path)\n    rows = csv.reader(g)\n    return rows\n",
        "import fcntl\ndef f(path):\n    g = open(path)\n    g.read()\n    fcntl.flock(g, 2)\n    work()\n",
        "def f(path):\n    g = open(path)\n    child(stdout=g)\n",
        "def f(path):\n    g = open(path)\n    lock(g.fileno())\n    work()\n",
        "def f(self, path):\n    self.g = open(path)\n    self.g.read()\n",
        "def f(self, path):\n    g = open(path)\n    self.g = g\n    g.read()\n",
        "def f(path):\n    g = open(path)\n    h = g\n    g.read()\n    return h.read()\n",
        "def f(path):\n    if path:\n        g = open(path)\n        g.readline()\n    return g.read()\n",
        "def f(path):\n    try:\n        g = open(path)\n        g.read()\n    except ValueError:\n        g.seek(0)\n",
        "def f(path, g):\n    g = open(path)\n    return g.read()\n",
        "def f(path):\n    g = open(path)\n    g.read()\n    g = open(path + 'x')\n    g.read()\n",
        "def f(path):\n    g = open(path)\n    while g.read():\n        g = None\n",
        "def f(path):\n    global g\n    g = open(path)\n    g.read()\n",
        "g = open('x')\ndata = g.read()\ng.close()\n",
        "class A:\n    g = open('x')\n    data = g.read()\n",
        "def f():\n    class A:\n        g = open('x')\n        data = g.read()\n    return A\n",
        "from codecs import open\ndef f(path):\n    g = open(path)\n    return g.read()\n",
        "from codecs import *\ndef f(path):\n    g = open(path)\n    return g.read()\n",
        "def f(one, two):\n    a = open(one)\n    b = open(two)\n    both = a.read() + b.read()\n    a.close()\n"
        "    b.close()\n    return both\n",
        "@patch(__name__ + '.open')\ndef f(path):\n    g = open(path)\n    return g.read()\n",
        "import os\ndef f(path):\n    g = open(os.open(path, 0))\n    return g.read()\n",
        "def f(fd):\n    g = open(fd)\n    g.read()\n    stat(fd)\n",
        "def f(n):\n    g = open(n, closefd=False)\n    g.read()\n",
        "def f(path):\n    g = open(path); data = g.read(); g.close()\n    return data\n",
        "def f(path):\n    g = open(path)\n    data = g.read()\n    g.close()  # done\n    return data\n",
        "def f(path):\n    g = open(path)\n    data = g.read()  # type: ignore\n    g.close()\n    return data\n",
        "def f(path):\n    g: object = open(path)\n    return g.read()\n",
        "def f(path):\n    g = h = open(path)\n    return g.read()\n",
        "def f(path):\n    g = open(path, 'w')\n    g.close()\n",
        "def f(path):\n    g = open(path)\n    data = g.read()\n    del g\n    return data\n",
        "def f(path):\n    g = open(path)\n    data = g.read()\n    return data, locals()\n",
        "def list(x):\n    return x\ndef f(path):\n    g = open(path)\n    return list(g)\n",
        "from my import json\ndef f(path):\n    g = open(path)\n    return json.load(g)\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which file nothing closes for sure."""
        name = opened(node)
        if name is None or not isinstance(node, ast.Assign) or not is_builtin("open", source) or _is_replaced(source):
            return None
        stretch = stretch_of(node, name, source)
        if stretch is None:
            return None
        if stretch.closes:
            return f"`{name}` stays open when something goes wrong before `{name}.close()`"
        return f"nothing closes `{name}` but the garbage collector"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Indent the stretch below a `with`."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Assign), "suspects saw an assignment"
        assert isinstance(node.value, ast.Call), "suspects saw a call"
        stretch = stretch_of(node, opened(node) or "", source)
        assert stretch is not None, "suspects saw the stretch"
        if _may_be_descriptor(node.value):
            return Abstain("what is opened may be a descriptor that is used elsewhere too")
        first, last = node.lineno, stretch.statements[-1].end_lineno or node.lineno
        if last - first > LONGEST:
            return Abstain(f"more than {LONGEST} lines would move")
        if crossed(stretch):
            return Abstain("another file is opened inside and closed outside, or the other way round")
        if not all(_has_its_lines(statement, source) for statement in stretch.statements):
            return Abstain("several statements share a line")
        region = Region(first, last, f"if 1:{source.newline}")
        return fitted(source, spliced(site, _IntoWith, stretch.closes, source.indent, region=region))


def _is_replaced(source: Source) -> bool:
    """Tell whether the file names `open` in a text, as patching it does: a stand-in may lack what `with` needs."""
    texts = (node.value for node in source.parents if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return any(text == "open" or text.endswith(".open") for text in texts)


def _may_be_descriptor(call: ast.Call) -> bool:
    """Tell whether `call` may open a number, whose closing others would notice."""
    if not {keyword.arg for keyword in call.keywords} <= {"file", "mode", "buffering", "encoding", "errors", "newline"}:
        return True
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "file"), None)
    what = call.args[0] if call.args else named
    return what is None or isinstance(what, ast.Starred) or DESCRIPTOR.search(ast.unparse(what)) is not None


def _has_its_lines(statement: ast.stmt, source: Source) -> bool:
    """Tell whether `statement` shares its lines with nothing but a comment."""
    before = source.lines[statement.lineno - 1].encode()[: statement.col_offset].strip()
    after = source.lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset or 0 :].strip()
    return not before and (not after or after.startswith(b"#"))


class _IntoWith(At):
    """Make the block that starts at the spot one `with` of it."""

    def __init__(self, spot: tuple[int, int], closes: bool, indent: str) -> None:  # noqa: FBT001 - spliced's options
        super().__init__(spot)
        self.closes, self.indent = closes, indent

    def leave_IndentedBlock(  # noqa: N802 - libcst's name
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        """Open in the header, use in the body, and leave the closing to it."""
        opening = updated_node.body[0]
        if not self.at(original_node.body[0]) or not isinstance(opening, cst.SimpleStatementLine):
            return updated_node
        assign = opening.body[0]
        if not isinstance(assign, cst.Assign):
            return updated_node
        uses = updated_node.body[1:-1] if self.closes else updated_node.body[1:]
        item = cst.WithItem(assign.value, cst.AsName(_as_name(assign.targets[0].target)))
        body = cst.IndentedBlock(
            [_close_up(uses[0]), *uses[1:]], header=opening.trailing_whitespace, indent=self.indent
        )
        return updated_node.with_changes(body=[cst.With([item], body, leading_lines=opening.leading_lines)])


def _as_name(target: cst.BaseAssignTargetExpression) -> cst.Name:
    assert isinstance(target, cst.Name), "suspects saw a name"
    return target


def _close_up(first: cst.BaseStatement) -> cst.BaseStatement:
    """Drop the empty lines above the first statement of a block."""
    if not isinstance(first, cst.SimpleStatementLine | cst.BaseCompoundStatement):
        return first
    return first.with_changes(leading_lines=list(dropwhile(lambda line: line.comment is None, first.leading_lines)))
