"""Break a circle of imports: one that only annotations need moves under ``if TYPE_CHECKING:``."""

import ast
import itertools
import re
import sys

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import mentioned
from improver.records import Safety, Tree
from improver.rewriting.import_graph import graph_of, is_checking
from improver.rewriting.splicing import Splice, edited, has_its_lines, inserted, put_below, start_of, text_of
from improver.rewriting.type_only import READS_HINTS, closing, only_annotates, taken
from improver.source import Source

FLAG = "TYPE_CHECKING"
IMPORTS = (ast.Import, ast.ImportFrom)
GAP = re.compile(rb"^\s*lines[-_]after[-_]imports\s*=\s*([12])\b", re.MULTILINE)  # as a sorter is told
SORTED_BY = ("pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", ".isort.cfg", "tox.ini")
LAZY = "from __future__ import annotations\n\n"


class TypeOnlyImport(Codemod):
    """Import for the type checker alone what no code needs, where that opens a circle of modules."""

    TITLE = "Break an import cycle that is there for types alone"
    WHY = "The modules can be imported in any order, and neither sees the other half made."
    SAFE_WHEN = (
        "Annotations of this file are never evaluated (`from __future__ import annotations`), every name of the import"
        " stands in them and nowhere else, not even in a string, and no decorator, class machinery or reader of type"
        " hints in the project would evaluate them. No other file takes the names from here; another module imports"
        " the same one, so that it is loaded all the same; without this import no way leads round the circle."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = (ast.ImportFrom,)
    ANSWERS = ("import_cycle",)
    CHANGES = (
        (
            LAZY + "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from elsewhere import Shop\n\n"
            "from .module import Order, Line  # for types\n\n\n"
            "def total(order: Order, line: Line, shop: Shop) -> int:\n    return order.total\n",
            LAZY + "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from elsewhere import Shop\n"
            "    from .module import Order, Line  # for types\n\n\n"
            "def total(order: Order, line: Line, shop: Shop) -> int:\n    return order.total\n",
        ),
        (
            LAZY + "import os\nfrom typing import Any\n\nfrom package.module import Order\n\nfrom . import other\n\n\n"
            "class Shop:\n    last: Order | None = None\n\n    @property\n    def first(self) -> Order:\n"
            "        return other.first(os.name)\n",
            LAZY + "import os\nfrom typing import TYPE_CHECKING, Any\n\nfrom . import other\n\nif TYPE_CHECKING:\n"
            "    from package.module import Order\n\n\nclass Shop:\n    last: Order | None = None\n\n    @property\n"
            "    def first(self) -> Order:\n        return other.first(os.name)\n",
        ),
        (
            LAZY + "import os\n\nfrom .module import Order\n\n\ndef total(*orders: Order) -> int:\n\tsum: int = 0\n"
            "\treturn sum\n",
            LAZY + "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n\tfrom .module import Order\n\n\n"
            "def total(*orders: Order) -> int:\n\tsum: int = 0\n\treturn sum\n",
        ),
        (
            "from __future__ import annotations\r\nimport typing\r\nfrom package.module import (\r\n"
            "    Order as Old,\r\n)\r\n\r\n\r\ndef total(order: typing.Optional[Old]) -> int:\r\n    return 1\r\n",
            "from __future__ import annotations\r\nimport typing\r\n\r\nif typing.TYPE_CHECKING:\r\n"
            "    from package.module import (\r\n        Order as Old,\r\n    )\r\n\r\n\r\n"
            "def total(order: typing.Optional[Old]) -> int:\r\n    return 1\r\n",
        ),
    )
    KEEPS = (
        # Annotations are evaluated here, and there they are read.
        "import typing\nfrom .module import Order\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY + "import typing\nfrom .module import Order\n\n\ndef f(a: Order):\n    return typing.get_type_hints(f)\n",
        LAZY + "import typing\nfrom .module import Order\n\n\n@app.get('/')\ndef f(a: Order):\n    return 1\n",
        LAZY + "import typing\nfrom .module import Order\n\n\nclass A(BaseModel):\n    a: Order\n",
        # Code needs it too: a test, a base, an alias, a default, a decorator, an export.
        LAZY + "import typing\nfrom .module import Order\n\n\ndef f(a: Order):\n    return isinstance(a, Order)\n",
        LAZY + "import typing\nfrom .module import Order\n\n\nclass A(Order):\n    a: Order\n",
        LAZY + "import typing\nfrom .module import Order\n\nOne = Order | None\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY
        + "import typing\nfrom .module import Order\n\n__all__ = ['Order', 'f']\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY + "import typing\nfrom .module import Order\n\n\ndef f(a: Order):\n    return typing.cast('Order', a)\n",
        # One of its names is needed, none is used, and all may be.
        LAZY + "import typing\nfrom .module import Order, two\n\n\ndef f(a: Order):\n    return two\n",
        LAZY + "import typing\nfrom .module import Order\n\n\ndef f(a):\n    return 1\n",
        LAZY + "import typing\nfrom .module import *\n\n\ndef f(a: Order):\n    return 1\n",
        # There is no circle, or another way round it.
        LAZY + "import typing\nfrom elsewhere import Order\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY
        + "import typing\nfrom .module import Order\nfrom .module import two\n\n\ndef f(a: Order):\n    return two\n",
        # It is for the type checker already, or imported where it is needed.
        LAZY + "import typing\n\nif typing.TYPE_CHECKING:\n    from .module import Order\n\n\ndef f(a: Order):\n"
        "    return 1\n",
        LAZY + "import typing\n\n\ndef f():\n    from .module import Order\n    a: Order = 1\n    return a\n",
        # Bound twice, and spoken for by a comment.
        LAZY + "import typing\nfrom .module import Order\n\nOrder = 1\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY + "import typing\nfrom .module import Order  # noqa: TC001\n\n\ndef f(a: Order):\n    return 1\n",
        LAZY + "import typing; from .module import Order\n\n\ndef f(a: Order):\n    return 1\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Accept an import whose names stand in annotations alone; the observer has followed the circle."""
        only = isinstance(node, ast.ImportFrom) and node in source.tree.body and only_annotates(node, source)
        return "only annotations need this import" if only else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Move the statement into the block for the type checker, which is made where there is none."""
        node, source = site.node, site.source
        assert isinstance(node, ast.ImportFrom), "NODES names nothing else"
        everywhere = [*site.project.sources.values(), *site.project.context.values()]
        if any(READS_HINTS.search(other.text) for other in everywhere):
            return Abstain("something in the project reads type hints while it runs")
        if taken({alias.asname or alias.name for alias in node.names}, source, everywhere):
            return Abstain("another file takes the name from this one")
        graph = graph_of({**site.project.sources, source.path: source}, site.project.tree)
        if not closing(node, source, graph):
            return Abstain("no circle hangs on this import any more")
        lines = source.lines[node.lineno - 1 : node.end_lineno]
        if not has_its_lines(node, source) or any(SUPPRESSION.search(line) for line in lines):
            return Abstain("the import shares its line with something else, or with a word to a tool")
        splices = _moved(node, source, _gap(site.project.tree))
        return splices if isinstance(splices, Abstain) else edited(source, splices)


def _gap(tree: Tree) -> int:
    """Return how many blank lines this project wants below its imports."""
    found = (GAP.search(file.data) for place in SORTED_BY if (file := tree.get(place)))
    return next((int(match.group(1)) for match in found if match), 1)


def _moved(node: ast.ImportFrom, source: Source, gap: int) -> list[Splice] | Abstain:
    """Return what takes the import away and puts it under TYPE_CHECKING, named as this file can."""
    lines = [line.rstrip("\r\n") for line in source.lines[node.lineno - 1 : node.end_lineno]]
    block = "".join(f"{source.indent}{line}\n" for line in lines)
    body = source.tree.body
    open_blocks = [item for item in body if isinstance(item, ast.If) and is_checking(item) and not item.orelse]
    cut = _without(node, source)
    if open_blocks:
        return [cut, put_below(open_blocks[0].body[-1], source, block)]
    top = list(itertools.takewhile(lambda item: isinstance(item, IMPORTS), body[_is_documented(body) :]))
    others = [item for item in top if item is not node]
    if node not in top or not all(has_its_lines(item, source) for item in top):
        return Abstain("the imports do not stand together at the top")
    flag = _flag(others, source)
    if isinstance(flag, Abstain):
        return flag
    name, splice, line = flag
    below = "".join([line, "\n" * gap, f"if {name}:\n", block])
    return [cut, *([splice] if splice else []), put_below(others[-1], source, below)]


def _is_documented(body: list[ast.stmt]) -> bool:
    return isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def _flag(imports: list[ast.stmt], source: Source) -> tuple[str, Splice | None, str] | Abstain:
    """Return how this file can name TYPE_CHECKING, the edit that makes it so, and a line to go under the imports."""
    for item in imports:
        for alias in item.names if isinstance(item, ast.Import) else ():
            if alias.name == "typing":
                return f"{alias.asname or 'typing'}.TYPE_CHECKING", None, ""
        if isinstance(item, ast.ImportFrom) and item.module == "typing" and not item.level:
            return _named_beside(item, source)
    if FLAG in mentioned(source.tree):
        return Abstain(f"{FLAG} means something else here")
    line = f"from typing import {FLAG}\n"
    standard = [item for item in imports if _standard(item) and _standard(item) < "typing"]
    above, text = (standard[-1], line) if standard else (imports[0], f"\n{line}")
    return (FLAG, None, text) if above is imports[-1] else (FLAG, put_below(above, source, text), "")


def _named_beside(item: ast.ImportFrom, source: Source) -> tuple[str, Splice | None, str] | Abstain:
    if any((alias.name, alias.asname) == (FLAG, None) for alias in item.names):
        return FLAG, None, ""
    if text_of(item, source) != ast.unparse(item) or item.names[0].name == "*":
        return Abstain("the import from typing is not written as one plain line")
    if item.names[0].name.isupper():
        return Abstain("the order of what is imported from typing is not evident")
    return FLAG, inserted(start_of(item.names[0]), f"{FLAG}, "), ""


def _standard(item: ast.stmt) -> str:
    """Return the module that `item` imports when that is one of the standard library, else ""."""
    if isinstance(item, ast.ImportFrom):
        module = item.module or "" if not item.level and item.module != "__future__" else ""
    else:
        module = item.names[0].name if isinstance(item, ast.Import) else ""
    return module if module.split(".")[0] in sys.stdlib_module_names else ""


def _without(node: ast.ImportFrom, source: Source) -> Splice:
    """Return what takes the statement away, and one of two blank lines around it."""
    stop = (node.end_lineno or node.lineno) + 1
    around = [source.lines[at - 1].strip() for at in (node.lineno - 1, stop) if 0 < at <= len(source.lines)]
    return Splice((node.lineno, 0), (stop + (around == ["", ""]), 0), "")
