"""Ask a set, not a list, what is in it: ``known = [x.name for x in y]`` becomes a set comprehension."""

import ast
from collections.abc import Iterator

from improver.codemod import Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, carried_by, declared, is_builtin, own
from improver.records import Safety
from improver.rewriting.deduced import deduced, is_hashable
from improver.rewriting.splicing import Splice, edited, end_of, start_of
from improver.source import FUNCTIONS, SCOPES, Function, Source, below

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
TURNS = (ast.For, ast.AsyncFor, ast.While, *COMPREHENSIONS)


class ListMembership(Codemod):
    """Make a list of unknown length, which a loop only searches, a set."""

    TITLE = "Search a set instead of a list in a loop"
    WHY = "Every turn of the loop compares with one item of the list after the other; a set finds it at once."
    SAFE_WHEN = (
        "The name is bound once in its function, to a list comprehension or to list() or tuple() of something, and is"
        " used for nothing but `in` and `not in`, so neither order nor repetition matters and nothing adds to it. What"
        " is in it and what is looked for are texts, numbers, tuples of such, or keys of mappings, as annotations and"
        " the loops they come from tell: all can be hashed, and what is equal has the same hash. At least one search"
        " stands in a loop that does not make the list."
    )
    SAFETY = Safety.COVERED
    VALUE = 3
    NODES = (ast.Assign,)
    CHANGES = (
        (
            "def missing(rows: list[str], wanted: list[str]):\n    known = [row.strip() for row in rows if row]\n"
            "    return [name for name in wanted if name not in known]\n",
            "def missing(rows: list[str], wanted: list[str]):\n    known = {row.strip() for row in rows if row}\n"
            "    return [name for name in wanted if name not in known]\n",
        ),
        (
            "class A:\n    def drop(self, other):\n        names = list(self.items.keys())\n"
            "        for name, item in other.items():\n            if name not in names:  # new\n"
            "                self.add(item)\n",
            "class A:\n    def drop(self, other):\n        names = set(self.items.keys())\n"
            "        for name, item in other.items():\n            if name not in names:  # new\n"
            "                self.add(item)\n",
        ),
        (
            "from collections.abc import Iterable, Mapping\r\n\r\n\r\n"
            "def f(a: Mapping[str, int], b: Iterable[tuple[str, int]]) -> None:\r\n\tpairs = [  # é\r\n"
            "\t\t(name, size)\r\n\t\tfor name, size in a.items()\r\n\t]\r\n\twhile True:\r\n"
            "\t\tfor pair in b:\r\n\t\t\tprint(pair in pairs)\r\n",
            "from collections.abc import Iterable, Mapping\r\n\r\n\r\n"
            "def f(a: Mapping[str, int], b: Iterable[tuple[str, int]]) -> None:\r\n\tpairs = {  # é\r\n"
            "\t\t(name, size)\r\n\t\tfor name, size in a.items()\r\n\t}\r\n\twhile True:\r\n"
            "\t\tfor pair in b:\r\n\t\t\tprint(pair in pairs)\r\n",
        ),
        (
            "def f(text: str, most: int):\n    words = tuple(text.split())\n"
            "    return any(f'{n}' in words or str(n) in words for n in range(most))\n",
            "def f(text: str, most: int):\n    words = set(text.split())\n"
            "    return any(f'{n}' in words or str(n) in words for n in range(most))\n",
        ),
    )
    KEEPS = (
        # Order, repetition or the list itself matters: it is iterated, counted, returned, sorted, changed.
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n return c\n",
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c, len(c))\n",
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  y in c or c.append(y)\n",
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n c += b\n",
        "def f(a: list[str], b: list[list]):\n c = [x.strip() for x in a]\n for y in b:\n  print(c in y)\n",
        # What is in it cannot be hashed, or nobody can tell.
        "def f(a, b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a: list[list[str]], b: list[str]):\n c = [x for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a: list[bytes], b: list[str]):\n c = [x for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a: list[object], b: list[str]):\n c = [x for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a, b: list[str]):\n c = [v for k, v in a.items()]\n for y in b:\n  print(y in c)\n",
        # What is looked for cannot be hashed, or nobody can tell.
        "def f(a: list[str], b):\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a: list[str], b: list[str] = None, y: str = None):\n c = [x.strip() for x in a]\n"
        " while a:\n  print(y in c)\n",
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  y = g(y)\n  print(y in c)\n",
        # Searched once, or made anew in every turn.
        "def f(a: list[str], b: str):\n c = [x.strip() for x in a]\n return b in c\n",
        "def f(a: list[str], b: list[str]):\n for y in b:\n  c = [x.strip() for x in a]\n  print(y in c)\n",
        "def f(a: list[str], b: dict[str, str]):\n c = [x.strip() for x in a]\n for y in b['a' in c]:\n  print(y)\n",
        # The name has another value too, or is not the function's own.
        "def f(a: list[str], b: list[str]):\n c = []\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n",
        "def f(a: list[str], b: list[str]):\n global c\n c = [x.strip() for x in a]\n for y in b:\n  print(y in c)\n",
        # Some other `list` or `str`, a type that would say something else, a few words that are read as they stand.
        "def f(list, b: dict[str, str]):\n c = list(b.keys())\n for y in b.keys():\n  print(y in c)\n",
        "from a import str\ndef f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]\n for y in b:\n  y in c\n",
        "def f(a: list[str], b: list[str]):\n c = [x.strip() for x in a]  # type: list[str]\n for y in b:\n  y in c\n",
        "def f(b: list[str]):\n c = ['a', 'b']\n for y in b:\n  print(y in c)\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which list is only ever searched, and again and again."""
        assert isinstance(node, ast.Assign), "NODES names nothing else"
        target, function = node.targets[0], source.function_of(node)
        if len(node.targets) > 1 or not isinstance(target, ast.Name) or function is None:
            return None
        if not _is_list(node.value, source) or not _is_only_searched(target, function, source):
            return None
        turns = set(_turns(node, function, source))
        if all(turns.issuperset(_turns(use, function, source)) for use in _uses(target, function)):
            return None
        return f"every turn of a loop searches the list `{target.id}`"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Write a set where the list is made."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Assign), "suspects saw an assignment"
        target, function = node.targets[0], source.function_of(node)
        assert isinstance(target, ast.Name), "suspects saw its name"
        assert isinstance(function, FUNCTIONS), "suspects saw its function"
        if any("# type:" in line for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return Abstain("a comment says the type of the list")
        known = deduced(function, source)
        value = node.value
        item = known.of(value.elt) if isinstance(value, ast.ListComp) else known.item(value)
        if not is_hashable(item):
            return Abstain("nothing says that what is in the list can be hashed")
        sought = [known.of(_test(use, source).left) for use in _uses(target, function)]
        if not all(map(is_hashable, sought)):
            return Abstain("nothing says that what is looked for can be hashed")
        return edited(source, list(_as_set(value)))


def _is_list(value: ast.expr, source: Source) -> bool:
    """Tell whether `value` makes a list of unknown length."""
    if isinstance(value, ast.ListComp):
        return True
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name) or value.keywords:
        return False
    plain = len(value.args) == 1 and not isinstance(value.args[0], ast.Starred)
    return plain and value.func.id in ("list", "tuple") and is_builtin(value.func.id, source)


def _uses(target: ast.Name, function: Function) -> list[ast.AST]:
    """Return whatever carries the name in the function, but for its one binding."""
    return [node for node in below(function) if node is not target and target.id in carried_by(node)]


def _is_only_searched(target: ast.Name, function: Function, source: Source) -> bool:
    """Tell whether the name is the function's own, bound once, and every use of it is the right side of `in`."""
    uses = _uses(target, function)
    if not uses or target.id in declared(function) or any(target.id in bound_by(use) for use in uses):
        return False
    if source.function_of(target) is not function or target not in own(function):
        return False
    return all(_is_searched(use, source) for use in uses)


def _is_searched(use: ast.AST, source: Source) -> bool:
    test = source.parents[use]
    one = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.In | ast.NotIn)
    return one and isinstance(test, ast.Compare) and test.comparators[0] is use


def _test(use: ast.AST, source: Source) -> ast.Compare:
    test = source.parents[use]
    assert isinstance(test, ast.Compare), "every use is searched"
    return test


def _turns(node: ast.AST, function: Function, source: Source) -> Iterator[ast.AST]:
    """Yield the loops and comprehensions of `function` that run `node` in every turn."""
    child = node
    for parent in source.ancestors(node):
        if parent is function or isinstance(parent, (*SCOPES, ast.Lambda)):
            return
        once = getattr(parent, "iter", None) is child and not isinstance(parent, ast.comprehension)
        first = isinstance(parent, COMPREHENSIONS) and child is parent.generators[0] and _is_first(node, parent, source)
        if isinstance(parent, TURNS) and not once and not first and child not in getattr(parent, "orelse", ()):
            yield parent
        child = parent


def _is_first(node: ast.AST, parent: ast.AST, source: Source) -> bool:
    """Tell whether `node` stands in what the comprehension `parent` loops over, which is asked once."""
    assert isinstance(parent, COMPREHENSIONS), "it is a comprehension"
    place = parent.generators[0].iter
    return node is place or place in source.ancestors(node)


def _as_set(value: ast.expr) -> Iterator[Splice]:
    if isinstance(value, ast.ListComp):
        (line, column), (last, end) = start_of(value), end_of(value)
        yield Splice((line, column), (line, column + 1), "{")
        yield Splice((last, end - 1), (last, end), "}")
    else:
        assert isinstance(value, ast.Call), "it is a comprehension or a call"
        yield Splice(start_of(value.func), end_of(value.func), "set")
