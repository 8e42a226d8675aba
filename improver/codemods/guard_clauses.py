"""Flatten nesting: an ``if`` around the rest of a function or loop becomes a guard that leaves early."""

import ast
import re
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.metadata import PositionProvider

from improver.codemod import Abstain, At, Codemod, Rewrite, Site, region_of, spliced, spot_in
from improver.names import declared, is_builtin, own
from improver.records import Safety
from improver.rewriting.guards import gap_after, spaced, without_else
from improver.rewriting.negation import negated
from improver.rewriting.nesting import Peel, chain_from, gains, lines_of, taker_of
from improver.source import FUNCTIONS, SCOPES, Source

RETURNS = 6  # pylint's and ruff's limit of return statements
SAYS_WHEN = re.compile(r"\s*#+\s*(if|when|only|unless|else|otherwise|in case|case)\b", re.IGNORECASE)
Spots = Mapping[tuple[int, int], "Peel"]


class GuardClauses(Codemod):
    """Leave early instead of nesting: each `if` of a chain becomes a guard, and what it held moves out."""

    TITLE = "Flatten nesting with guard clauses"
    WHY = "The exceptional cases are dealt with first, and the main path reads from top to bottom without nesting."
    SAFE_WHEN = (
        "Each if of the chain is the last statement of a function or of a loop's body (then leaving by return or"
        " continue is what happened anyway), or one of its branches ends in return, raise or continue (then whatever"
        " follows runs only after the other). Each condition is still evaluated once and in the same order; only ==,"
        " is, in and the order of lengths are turned around, no other comparison is. No with, try or match is"
        " crossed."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    WHOLE = True
    NODES = (ast.If,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which chain of ifs can be flattened, at its outermost `if`."""
        assert isinstance(node, ast.If), "NODES names nothing else"
        scope = next((parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)), None)
        if not isinstance(scope, FUNCTIONS) or taker_of(node, source) is not None:
            return None
        chain = chain_from(node, source)
        if not gains(chain) or _returns(scope) + sum(peel.leave.startswith("return") for peel in chain) > RETURNS:
            return None
        return f"{lines_of(chain[-1].moved)} lines stand {len(chain)} levels deeper than guard clauses would put them"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Turn every `if` of the chain into a guard, unless a comment would say the wrong thing afterwards."""
        assert isinstance(site.node, ast.If), "suspects saw an if"
        source, chain = site.source, chain_from(site.node, site.source)
        if any(_comment_in_the_way(peel, source) for peel in chain):
            return Abstain("a comment speaks of the branch that would move")
        if declared(site.node):
            return Abstain("a global or nonlocal declaration would come after the name's use")
        region = region_of(source, site.node)
        spots = {spot_in(source, region, peel.node): peel for peel in chain}
        whole = frozenset({"len"}) if is_builtin("len", source) else frozenset[str]()
        result = spliced(site, _Flatten, spots, whole, gap_after(source), region=region)
        if isinstance(result, Abstain) or source.fits(result[source.path]):
            return result
        return Abstain("a negated condition would be longer than this file's lines are")

    CHANGES = (
        (
            "def f(a, b):\n if a:\n  if b:\n   return 1\n  else:\n   c = g(a)\n   if c:\n    return c\n   else:\n"
            "    return 2  # no c\n else:\n  return 2\n",
            "def f(a, b):\n if not a:\n  return 2\n if b:\n  return 1\n c = g(a)\n if c:\n  return c\n"
            " return 2  # no c\n",
        ),
        (
            """def send(user, mail):
    if user is not None:
        address = user.address
        if address and not user.muted:
            mail.to = address
            mail.send()
            user.count += 1
""",
            """def send(user, mail):
    if user is None:
        return
    address = user.address
    if not address or user.muted:
        return
    mail.to = address
    mail.send()
    user.count += 1
""",
        ),
        (
            """class Index:
    def find(self, names):
        # Every name is looked up.
        for name in names:
            if name in self.known:  # noqa
                pass
            if name not in self.seen:
                return name
        for name in names:
            if (name not in self.known):
                # Loaded late.
                entry = self.load(name)  # may be slow
                if not (entry == self.last or entry.old):
                    '''A text
                that stays as it is.'''
                    self.last = entry
        return None
""",
            """class Index:
    def find(self, names):
        # Every name is looked up.
        for name in names:
            if name in self.known:  # noqa
                pass
            if name not in self.seen:
                return name
        for name in names:
            if name in self.known:
                continue
            # Loaded late.
            entry = self.load(name)  # may be slow
            if entry == self.last or entry.old:
                continue
            '''A text
                that stays as it is.'''
            self.last = entry
        return None
""",
        ),
        (
            """def price(order):
    if order.items and order.customer:
        if order.paid is None:
            return 0
        else:
            total = sum(item.price
                        for item in order.items)
            return total
    else:
        raise ValueError(order)
""",
            """def price(order):
    if not (order.items and order.customer):
        raise ValueError(order)
    if order.paid is None:
        return 0
    total = sum(item.price
                for item in order.items)
    return total
""",
        ),
        (
            """async def first(rows, limit):
\tif limit.known:
\t\tasync for row in rows:
\t\t\tif row.wanted:
\t\t\t\tawait row.load()
\t\t\t\tlimit -= 1

\t\t\tif limit < 0:
\t\t\t\treturn row
\t\tawait rows.close()
\t\treturn None
\telse:
\t\traise ValueError(limit)
""",
            """async def first(rows, limit):
\tif not limit.known:
\t\traise ValueError(limit)
\tasync for row in rows:
\t\tif row.wanted:
\t\t\tawait row.load()
\t\t\tlimit -= 1

\t\tif limit < 0:
\t\t\treturn row
\tawait rows.close()
\treturn None
""",
        ),
        (
            "def f(rows):\n if len(rows) > 1:\n  for row in rows:\n   if row:\n    g(row)\n   h(row)\n  g(rows)\n"
            "  k(rows)\n  h(rows)\n  return rows\n else:\n  return None\n",
            "def f(rows):\n if len(rows) <= 1:\n  return None\n for row in rows:\n  if row:\n   g(row)\n  h(row)\n"
            " g(rows)\n k(rows)\n h(rows)\n return rows\n",
        ),
        (
            "def walk(tree):\r\n    if (found := tree.find()) or tree.root:\r\n        x = tree.x\r\n        if x:\r\n"
            "            x.a()\r\n            x.b()\r\n            return found\r\n",
            "def walk(tree):\r\n    if not ((found := tree.find()) or tree.root):\r\n        return None\r\n"
            "    x = tree.x\r\n    if not x:\r\n        return None\r\n    x.a()\r\n    x.b()\r\n    return found\r\n",
        ),
    )
    KEEPS = (
        # Statements follow: falling off the if is not leaving the function.
        "def f(a, b):\n if a:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n done()\n",
        # Leaving a with or a try early is left alone, even where nothing would come in between.
        "def f(a, b):\n with a:\n  if a:\n   x = 1\n   if b:\n    g(x)\n    h(x)\n",
        "def f(a, b):\n try:\n  if a:\n   x = 1\n   if b:\n    g(x)\n    h(x)\n finally:\n  close()\n",
        # The else of a loop is not its body.
        "def f(a, b):\n for x in a:\n  g(x)\n else:\n  if a:\n   x = 1\n   if b:\n    g(x)\n    h(x)\n return a\n",
        # A class body and a module cannot be left early.
        "def f(a, b):\n class C:\n  if a:\n   x = 1\n   if b:\n    y = 2\n    z = 3\n",
        "if a:\n x = 1\n if b:\n  g(x)\n  h(x)\n",
        # `>=` is not the opposite of `<` (NaN), and `not (a < b)` reads badly.
        "def f(a, b):\n if a < b:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n",
        "def f(a, b):\n if a < b:\n  for x in a:\n   if x:\n    g(x)\n   h(x)\n  g(b)\n  h(b)\n  k(b)\n"
        "  h(a)\n  return a\n else:\n  raise ValueError(b)\n",
        # Neither branch leaves, or the shorter one only sometimes does.
        "def f(a, b):\n if a:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n else:\n  k()\n",
        "def f(a, b):\n if a:\n  for x in b:\n   if x:\n    g(x)\n    h(x)\n"
        "  g(b)\n  h(b)\n  k(b)\n else:\n  if b:\n   return 1\n return 2\n",
        # Three equal ways, and optional steps of equal standing.
        "def f(a, b):\n if a:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n elif b:\n  return 1\n else:\n  return 2\n",
        "def f(a, b):\n if a:\n  g(a)\n  h(a)\n if b:\n  x = 1\n  if a:\n   g(x)\n   h(x)\n",
        # One level, or a few lines, are not worth a review; what only raises is a guard already.
        "def f(a):\n if a:\n  g(a)\n  h(a)\n  k(a)\n",
        "def f(a, b):\n if a:\n  if b:\n   g(a)\n",
        "def f(a, b):\n if a:\n  if b:\n   raise ValueError(\n    a,\n    b,\n   )\n",
        # What is done at last is to refuse.
        "def f(a, b):\n if a:\n  x = g(a)\n  if x:\n   y = h(x)\n   k(y)\n   raise ValueError(\n    y,\n    b,\n   )\n",
        # One question, asked in a row.
        "def f(a, b):\n if a:\n  if b:\n   a += 1\n   if a > b:\n    g(a)\n   h(a)\n",
        "def f(a, b):\n for x in a:\n  if x.a:\n   if x.b:\n    g(x)\n    h(x)\n    return x\n",
        "def f(a, b):\n for x in a:\n  if x.a:\n   if x.b:\n    for y in x:\n     g(y)\n     h(y)\n    for y in b:\n"
        "     k(y)\n     g(y)\n    h(x)\n    k(x)\n    g(b)\n",
        # Comments that speak of the condition as it stands.
        "def f(a, b):\n if a:  # the usual case\n  x = 1\n  if b:\n   g(x)\n   h(x)\n",
        "def f(a, b):\n # Only for those who asked.\n if a:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n",
        "def f(a, b):\n if a:\n  x = 1\n  if b:\n   g(x)\n   h(x)\n   return 1\n # nothing to do\n else:\n  return 2\n",
        # A type checker decides this one.
        "import sys\n\n\ndef f(a, b):\n if sys.platform == 'win32':\n  x = 1\n  if b:\n   g(x)\n   h(x)\n",
        # A suppression stands on a line that would move.
        "def f(a, b):\n if a:\n  x = 1\n  if b:\n   g(x)  # noqa: S1\n   h(x)\n",
        # The else branch, moved up, would use the name before its global declaration.
        "def f(a):\n if a:\n  global g\n  for x in a:\n   if x:\n    g = x\n   k(x)\n"
        "  k(a)\n  k(a)\n  k(a)\n  return g\n else:\n  raise E\n",
    )


def _returns(function: ast.AST) -> int:
    return sum(isinstance(node, ast.Return) for node in own(function))


def _comment_in_the_way(peel: Peel, source: Source) -> bool:
    """Tell whether a comment beside, or before, one of the keywords would speak of the other branch afterwards."""
    node, body, orelse = peel.node, peel.node.body, peel.node.orelse
    beside = source.lines[node.lineno - 1 : body[0].lineno - 1]
    if peel.inverted and any("#" in line and not line.lstrip().startswith("#") for line in beside):
        return True
    between = source.lines[body[-1].end_lineno or 0 : orelse[0].lineno - 1] if orelse else []
    if any("#" in line for line in between):
        return True
    above = source.lines[node.lineno - 2] if node.lineno > 1 else ""
    return peel.inverted and SAYS_WHEN.match(above) is not None


# --- the edit -----------------------------------------------------------------------------------------------------


class _Flatten(At):
    """Replace each `if` at one of the spots by its guard and what moves out."""

    def __init__(
        self, spot: tuple[int, int], spots: Spots, whole: frozenset[str], gap: Sequence[cst.EmptyLine]
    ) -> None:
        super().__init__(spot)
        self.spots, self.whole, self.gap = spots, whole, gap

    def leave_If(  # noqa: N802 - libcst's name
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.If | cst.FlattenSentinel[cst.BaseStatement]:
        """Put the guard first and the statements of the other branch after it."""
        start = self.get_metadata(PositionProvider, original_node).start
        peel = self.spots.get((start.line, start.column))
        if peel is None:
            return updated_node
        other = updated_node.orelse
        inside = updated_node.body
        if isinstance(other, cst.Else):
            beside = other.body
        else:
            indent = inside.indent if isinstance(inside, cst.IndentedBlock) else None
            beside = cst.IndentedBlock([cst.parse_statement(peel.leave)], indent=indent)
        guard, moved = (beside, inside) if peel.inverted else (inside, beside)
        test = negated(updated_node.test, self.whole) if peel.inverted else updated_node.test
        space = cst.SimpleWhitespace(" ")
        first = updated_node.with_changes(test=test, body=guard, orelse=None, whitespace_before_test=space)
        assert isinstance(moved, cst.IndentedBlock), "what moves stands on lines of its own"
        *rest, last = moved.body
        return cst.FlattenSentinel([first, *spaced([*rest, *without_else(last)], self.gap)])
