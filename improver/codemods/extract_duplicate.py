"""Say it once: a block that stands in several functions of a file becomes a private function that they call."""

import ast
import re

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.records import Safety
from improver.rewriting.extraction import obstacle
from improver.rewriting.matching import flows_of, oddity, places_of
from improver.rewriting.naming import name_of
from improver.rewriting.outlining import Outline, outlined
from improver.source import Source

SIX = "size = 0\n if a:\n  size = 1\n g(a)\n h(a)\n k(a)\n m(a)"


def _twice(block: str, end: str, between: str = "z = {n}\n ") -> str:
    """Return an example: two functions with the block, each with its own `n`."""
    functions = (f"def {name}(a, b, c, d, e):\n {between}{block}\n {end}\n" for name in ("f", "j"))
    return "".join(text.replace("{n}", str(n)) for n, text in enumerate(functions))


class ExtractDuplicate(Codemod):
    """Move a repeated block to a function named for what it yields, or for what its functions are both named for."""

    TITLE = "Move a repeated block to one function"
    WHY = "A fault in it is then mended in one place, and the functions that share it say so."
    SAFE_WHEN = (
        "The blocks are equal up to the names of locals and stand in functions of one module, or methods of one class,"
        " so that every other name means the same. What goes in surely has a value before each block, what comes out at"
        " its end; nothing it binds is needed after an error in it. No jump, yield, await, deletion, declaration or"
        " closure over what it binds crosses its border, and comments are the same everywhere."
    )
    SAFETY = Safety.COVERED
    VALUE = 4
    NODES = (ast.stmt,)
    ANSWERS = ("duplicates",)
    REPORTED = "one function could hold it, but what a program cuts and names tells too little to be merged as it is"
    DROPS_COMMENTS = True  # those of the other places, where they say the same
    CHANGES = (
        (
            """def total(rows, rate):
    price = 0
    for row in rows:
        if row.free:
            continue
        price += row.price
    if price < 0:
        raise ValueError(price)
    return price * rate


# As customers see it.
def shown(items):
    price = 0
    for item in items:
        if item.free:
            continue
        price += item.price
    if price < 0:
        raise ValueError(price)
    print(f"{price} EUR")
""",
            """def _price(rows):
    price = 0
    for row in rows:
        if row.free:
            continue
        price += row.price
    if price < 0:
        raise ValueError(price)
    return price


def total(rows, rate):
    price = _price(rows)
    return price * rate


# As customers see it.
def shown(items):
    price = _price(items)
    print(f"{price} EUR")
""",
        ),
        (
            """class Store:
    size = 1

    # Cheap.
    @property
    def color_string(self):
        attrs = []
        if self.bold:
            attrs.append(1)
        if self.thin:
            attrs.append(2)
        if self.flat:  # a comment
            attrs.append(3)
        return self.text(attrs)

    def true_color_string(self, more):
        names = [*more]
        if self.bold:
            names.append(1)
        if self.thin:
            names.append(2)
        if self.flat:  # a comment
            names.append(3)
        return self.text(names)
""",
            """class Store:
    size = 1

    def _color_string(self, attrs):
        if self.bold:
            attrs.append(1)
        if self.thin:
            attrs.append(2)
        if self.flat:  # a comment
            attrs.append(3)
        return self.text(attrs)

    # Cheap.
    @property
    def color_string(self):
        attrs = []
        return self._color_string(attrs)

    def true_color_string(self, more):
        names = [*more]
        return self._color_string(names)
""",
        ),
        (
            """import io


async def read(path: str, limit: int) -> str:
\tif path:
\t\twith io.open(path) as file:
\t\t\tsize: int = 0
\t\t\ttry:
\t\t\t\tsize = await_size(path)
\t\t\texcept OSError:
\t\t\t\tsize = 1
\t\t\twhile size > limit:
\t\t\t\tsize //= 2
\t\t\treturn file.read(size)
\treturn ''


class Reader:
\tdef peek(self, path: str, limit: int) -> int:
\t\tsize: int = 0
\t\ttry:
\t\t\tsize = await_size(path)
\t\texcept OSError:
\t\t\tsize = 1
\t\twhile size > limit:
\t\t\tsize //= 2
\t\tself.size = size
\t\treturn size
""",
            """import io


def _size(path: str, limit: int) -> int:
\tsize: int = 0
\ttry:
\t\tsize = await_size(path)
\texcept OSError:
\t\tsize = 1
\twhile size > limit:
\t\tsize //= 2
\treturn size


async def read(path: str, limit: int) -> str:
\tif path:
\t\twith io.open(path) as file:
\t\t\tsize = _size(path, limit)
\t\t\treturn file.read(size)
\treturn ''


class Reader:
\tdef peek(self, path: str, limit: int) -> int:
\t\tsize = _size(path, limit)
\t\tself.size = size
\t\treturn size
""",
        ),
        (
            """def plan(rows):
    if rows:
        first_name = 1
        last_name = None
        for row in rows:
            if row.last:
                last_name = row.last
                first_name += 1
        print(first_name, last_name)


def undo(rows):
    while rows:
        first_name = 1
        last_name = None
        for row in rows:
            if row.last:
                last_name = row.last
                first_name += 1
        rows = use(last_name, first_name)
""",
            """def _first_and_last_name(rows):
    first_name = 1
    last_name = None
    for row in rows:
        if row.last:
            last_name = row.last
            first_name += 1
    return first_name, last_name


def plan(rows):
    if rows:
        first_name, last_name = _first_and_last_name(rows)
        print(first_name, last_name)


def undo(rows):
    while rows:
        first_name, last_name = _first_and_last_name(rows)
        rows = use(last_name, first_name)
""",
        ),
    )
    KEEPS = (
        # What comes out may have no value, or is needed by what follows an error.
        _twice("if a:\n  size = b\n g(a)\n h(a)\n k(a)\n if b:\n  m(a)", "return size, {n}"),
        "def f(a):\n try:\n  size = 0\n  if a:\n   size = g(a)\n  h(a)\n  k(a)\n  m(size)\n"
        " except OSError:\n  return size\n"
        "def j(a):\n try:\n  size = 0\n  if a:\n   size = g(a)\n  h(a)\n  k(a)\n  m(size)\n"
        " finally:\n  print(size)\n",
        # What goes in may have no value yet where it is not used yet.
        "def f(a):\n if a:\n  old = 1\n size = 1\n if a.b:\n  size = old\n g(a)\n h(a)\n k(a)\n return size, 1\n"
        "def j(a):\n if a:\n  old = 1\n size = 1\n if a.b:\n  size = old\n g(a)\n h(a)\n k(a)\n return size, 2\n",
        # A jump, a yield and a wait that leave the block.
        _twice("size = 0\n if a:\n  return 1\n size = g(a)\n h(size)\n k(size)\n m(a)", "return size, {n}"),
        _twice("size = 0\n if a:\n  yield 1\n size = g(a)\n h(size)\n k(size)\n m(a)", "return size, {n}"),
        "def f(a):\n for size in a:\n  if a:\n   continue\n  size = 1\n  g(a)\n  h(a)\n  k(a)\n  m(size)\n"
        "def j(a):\n for size in a:\n  if a:\n   continue\n  size = 1\n  g(a)\n  h(a)\n  k(a)\n  n(size)\n",
        # A closure reads what the block binds; a module would come out; a name belongs to its class or its frame.
        _twice(SIX.replace("size = 1", "import size\n  size.b()"), "return size, {n}"),
        _twice(SIX, "return {n}, lambda: size"),
        _twice("nonlocal_ = 0\n if a:\n  __secret = 1\n g(a)\n h(a)\n k(a)\n m(a)", "return nonlocal_, {n}"),
        _twice("size = 0\n if a:\n  size = super().a\n g(a)\n h(a)\n k(a)\n m(a)", "return size, {n}"),
        _twice("size = 0\n if a:\n  warn('x', stacklevel=2)\n g(a)\n h(a)\n k(a)\n m(a)", "return size, {n}"),
        # Different comments, and one that speaks to a tool.
        _twice("size = 0\n if a:\n  size = 1  # {n}\n g(a)\n h(a)\n k(a)\n m(a)", "return size, {n}"),
        _twice("size = 0\n if a:\n  size = 1  # noqa: S1\n g(a)\n h(a)\n k(a)\n m(a)", "return size, {n}"),
        # Nothing names it: vague results, none at all, a number, or functions that it is not the end of.
        _twice("result = 0\n if a:\n  result = 1\n g(a)\n h(a)\n k(a)\n m(a)", "return result, {n}"),
        _twice("if a:\n  b = 1\n g(a)\n h(a)\n k(a)\n m(a)\n n(a)", "return a, {n}"),
        _twice(SIX.replace("size", "part1"), "return part1, {n}"),
        _twice("if a:\n  b = 1\n g(a)\n h(a)\n k(a)\n m(a)\n n(a)", "print(a, {n})").replace("def ", "def read_text_"),
        # The whole function; calls in a row; a name in use; a star import.
        _twice("size = 0\n if a:\n  size = 1\n g(a)\n h(a)\n k(a)", "return size", ""),
        "_size = 1\n" + _twice(SIX, "return size, {n}"),
        "from a import *\n" + _twice(SIX, "return size, {n}"),
        # Too much goes in; types that nothing says.
        _twice("size = 0\n if a:\n  size = a + b + c + d + e\n g(a)\n h(a)\n k(a)\n m(a)", "return size, {n}"),
        _twice(SIX.replace("0", "q(a)"), "return size, {n}").replace("a, b", "a: A, b"),
        # A global declaration reaches into the block.
        _twice(SIX, "return size, {n}").replace("\n size = 0", "\n global size\n size = 0"),
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Accept a statement of a function of the module or of a class; the observer has compared."""
        return "this block stands in several places" if source.function_of(node) is not None else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Write the function above the first place and call it at each."""
        places = places_of(site)
        if isinstance(places, Abstain):
            return places
        cuts = [place.cut for place in places]
        if reason := next((reason for cut in cuts if (reason := obstacle(cut) or oddity(cut))), ""):
            return Abstain(reason)
        flows = flows_of(places)
        if isinstance(flows, Abstain):
            return flows
        name = name_of(cuts, flows)
        if not name:
            return Abstain("nothing here names what the block does")
        everywhere = (*site.project.sources.values(), *site.project.context.values())
        if any(re.search(rf"\b{name}\b", source.text) for source in everywhere):
            return Abstain(f"the name {name} is in use")
        return outlined(Outline(name, cuts, flows))
