"""Split a function that is hard to follow where its author left a seam: a paragraph that makes one thing."""

import ast
import re
from collections.abc import Iterator

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import EVERYTHING, bound_in
from improver.records import Safety
from improver.rewriting.cognitive import cognitive
from improver.rewriting.doing import acts, is_unfinished
from improver.rewriting.extraction import Cut, Flow, flow_of, function_of, obstacle
from improver.rewriting.naming import name_of
from improver.rewriting.outlining import Outline, outlined
from improver.source import FUNCTIONS, Function, Source, below

INPUTS = 3
DROP = 0.3  # of the complexity, at least
LINES = 6  # a shorter paragraph is no part worth a name
MOST = 40  # longer ones want splitting themselves
PARAGRAPH = """    # What is due.
    total = 0
    for row in rows:
        if row.free:
            continue
        if row.price < 0:
            raise ValueError(row)
        for tax in row.taxes:
            if tax.due and not tax.paid:
                total += tax.amount
"""
DENSE = (
    PARAGRAPH
    + """        while row and (name or n) and not row.paid:
            row.pay()
        for tax in row.taxes:
            if tax.late or tax.due and not tax.paid:
                total += 1
"""
)
TYPED = PARAGRAPH.replace("total = 0", "total: int = 0")
OWN = PARAGRAPH.replace("in rows", "in self.rows")
CALL = "    # What is due.\n    total = _total(rows)\n"
REST = """
    if name.known or total and not name.poor:
        for way in name.ways:
            if way.open and total > way.least:
                way.send(name, total)
"""


def _inside(header: str, lines: str) -> str:
    """Return an example: `lines`, one level deeper, under `header`."""
    return header + "".join(f"    {line}" if line.strip() else line for line in lines.splitlines(keepends=True))


class SplitComplex(Codemod):
    """Move a paragraph of a complex function to a function named for what comes out of it."""

    TITLE = "Split a function that is hard to follow"
    WHY = "Each part can be read and tested alone, and the whole reads as its steps."
    SAFE_WHEN = (
        "The paragraph stands between blank lines in the outermost block of the function; at most three values go in,"
        " each surely there, and one comes out, made and finished there, under a name that tells what it is; it"
        " does nothing else. No jump, return, yield,"
        " await, deletion, declaration or closure crosses its border, nothing it binds is needed after an error in it,"
        " and the function becomes at least thirty per cent less complex. So is the part, or it is no more complex than"
        " policy allows: the finding does not just move."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = FUNCTIONS
    ANSWERS = ("complexity",)
    REPORTED = "a part could stand alone, but what a program cuts and names says too little of it to be merged as it is"
    CHANGES = (
        (
            "def bill(rows, name):\n    name = name or 'you'\n\n" + PARAGRAPH + REST,
            "def _total(rows):\n" + PARAGRAPH.replace("    # What is due.\n", "") + "    return total\n\n\n"
            "def bill(rows, name):\n    name = name or 'you'\n\n    # What is due.\n    total = _total(rows)\n" + REST,
        ),
        (
            "import math\n\nclass Shop:\n    size = 1\n"
            + _inside("    def bill(self, name: str) -> None:\n        rows: list[Row] = self.rows\n\n", TYPED + REST),
            "import math\n\n\ndef _total(rows: list[Row]) -> int:\n"
            + TYPED.replace("    # What is due.\n", "")
            + "    return total\n\n\nclass Shop:\n    size = 1\n"
            + _inside("    def bill(self, name: str) -> None:\n        rows: list[Row] = self.rows\n\n", CALL + REST),
        ),
        (
            "class Shop:\n" + _inside("    def bill(self, name):\n        n = 0\n\n", OWN + REST),
            "class Shop:\n"
            + _inside("    def _total(self):\n", OWN.replace("    # What is due.\n", "") + "    return total\n\n")
            + _inside(
                "    def bill(self, name):\n        n = 0\n\n", CALL.replace("_total(rows)", "self._total()") + REST
            ),
        ),
        (
            ("async def bill(rows, name):\n    'Pay.'\n\n" + PARAGRAPH + REST).replace("\n", "\r\n"),
            (
                "def _total(rows):\n" + PARAGRAPH.replace("    # What is due.\n", "") + "    return total\n\n\n"
                "async def bill(rows, name):\n    'Pay.'\n\n    # What is due.\n    total = _total(rows)\n" + REST
            ).replace("\n", "\r\n"),
        ),
    )
    KEEPS = (
        # A paragraph that its author did not set apart, and one that is all there is.
        "def f(rows, name):\n    n = 1\n" + PARAGRAPH + REST.removeprefix("\n"),
        "def f(rows, name):\n" + PARAGRAPH + "\n    return total\n",
        # Control leaves it, or waits in it.
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("raise ValueError(row)", "return") + REST,
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("raise ValueError(row)", "yield row") + REST,
        "async def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("raise ValueError(row)", "await row") + REST,
        # What comes out has no name that tells, no sure value, or is changed rather than made.
        ("def f(rows, name):\n    n = 1\n\n" + PARAGRAPH + REST).replace("total", "result"),
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("    total = 0\n", "    n = 2\n") + REST,
        "def f(rows, name, total):\n    n = 1\n\n" + PARAGRAPH.replace("    total = 0\n", "    n = 2\n") + REST,
        # Two things come out: a name for both says of neither how they belong together.
        "def f(rows, name):\n    n = 1\n\n    size = len(rows)\n" + PARAGRAPH + REST + "    print(size)\n",
        # It does something besides.
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("raise ValueError(row)", "name.send(row)") + REST,
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("raise ValueError(row)", "name.row = row") + REST,
        # What it makes does something, and a value that comes of it is taken out of what goes in.
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("total += tax.amount", "tax.total.start()") + REST,
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH.replace("tax.amount", "rows.pop(0)") + REST,
        # The rest goes on with what it began; it makes nothing of one of them.
        "def f(rows, name):\n    n = 1\n\n"
        + PARAGRAPH.replace("total = 0", "total = []")
        + REST
        + "    total.append(n)\n",
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH + "\n    total += n\n" + REST.removeprefix("\n"),
        "def f(rows, name):\n    n = 1\n\n    size = rows.size\n" + PARAGRAPH + REST + "    print(size)\n",
        # Too much goes in; an inner function reads what it makes; a name of that kind is in use.
        "def f(rows, name, a, b, c):\n    n = 1\n\n" + PARAGRAPH.replace("tax.amount", "a + b + c") + REST,
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH + REST + "    return lambda: total\n",
        "def f(rows, name):\n    n = 1\n\n" + PARAGRAPH + REST + "\n\n_total = f\n",
        # All that is hard to follow would only move.
        "def f(rows, name):\n    n = 1\n\n"
        + DENSE
        + "\n    if total:\n        for row in rows:\n            print(row)\n",
        # A function inside a function, and a signature whose types say too little.
        "def g():\n" + _inside("    def f(rows, name):\n        n = 1\n\n", PARAGRAPH + REST),
        "def f(rows: list, name: str) -> None:\n    n = 1\n    rows = g(rows)\n\n" + PARAGRAPH + REST,
        # Simple enough as it is.
        "def f(rows, name):\n    n = 1\n\n    total = 0\n    for row in rows:\n        if row:\n            n = 1\n"
        "            total += row\n            total += n\n\n    print(name, total)\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:  # noqa: ARG002 - the observer has measured it
        """Accept every function."""
        return "this function is hard to follow"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Cut at the seam with the least to carry over it; of several such, where most goes in few lines."""
        node, source = site.node, site.source
        assert isinstance(node, FUNCTIONS), "NODES names nothing else"
        if function_of(node.body[0], source) is not node:
            return Abstain("it is no function of the module or of one of its classes")
        if EVERYTHING in bound_in(source):
            return Abstain("a star import may bring any name into this file")
        whole = cognitive(node, source.lines)
        most = max((1 - DROP) * whole, site.project.complexity)
        seams = [
            ((len(flow.inputs) + len(flow.outputs), -drop, len(cut.lines)), cut, flow)
            for cut in _paragraphs(node, source)
            if DROP * whole <= (drop := _drop(node, cut)) <= most
            if (flow := _seam(cut)) is not None
        ]
        if not seams:
            return Abstain("no paragraph of it can stand alone and be named")
        _, cut, flow = min(seams, key=lambda seam: seam[0])
        name = name_of([cut], [flow])
        everywhere = (*site.project.sources.values(), *site.project.context.values())
        if any(re.search(rf"\b{name}\b", other.text) for other in everywhere):
            return Abstain(f"the name {name} is in use")
        return outlined(Outline(name, [cut], [flow]))


def _paragraphs(function: Function, source: Source) -> Iterator[Cut]:
    """Yield the runs of statements in the function's outermost block that blank lines set apart."""
    body = function.body
    starts = [at for at in range(1, len(body)) if _is_apart(body[at - 1], body[at], source)]
    for begin in (0, *starts):
        for end in (*starts, len(body)):
            if begin < end and (begin, end) != (0, len(body)):
                cut = Cut(source, function, body[begin:end])
                if LINES <= cut.last - cut.first + 1 <= MOST:
                    yield cut


def _is_apart(before: ast.stmt, after: ast.stmt, source: Source) -> bool:
    between = source.lines[before.end_lineno or before.lineno : after.lineno - 1]
    return bool(between) and not between[0].strip()


def _drop(function: Function, cut: Cut) -> int:
    """Return how much of the function's complexity stands in the cut."""
    part = ast.FunctionDef("", function.args, list(cut.statements), [], None)
    return cognitive(ast.copy_location(part, function))


def _seam(cut: Cut) -> Flow | None:
    """Return what crosses the border of the cut when that is little and has names that tell."""
    if cut.leaves or obstacle(cut) or any(SUPPRESSION.search(line) for line in cut.lines) or acts(cut):
        return None
    flow = flow_of(cut)
    if isinstance(flow, Abstain) or len(flow.inputs) > INPUTS or len(flow.outputs) != 1:
        return None
    if is_unfinished(cut, flow.outputs) or _is_handed_on(cut, flow):
        return None
    return flow if name_of([cut], [flow]) else None


def _is_handed_on(cut: Cut, flow: Flow) -> bool:
    """Tell whether the function only returns what comes out: then the rest is what should have a name."""
    body = cut.function.body
    after = body[body.index(cut.statements[-1]) + 1 :]
    return len(after) == 1 and isinstance(after[0], ast.Return) and _names(after[0]) <= set(flow.outputs)


def _names(node: ast.AST) -> set[str]:
    return {item.id for item in below(node) if isinstance(item, ast.Name)}
