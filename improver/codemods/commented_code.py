"""Remove code that sleeps in comments: history keeps it, and nobody has to wonder whether it still holds."""

import ast
import itertools
import re

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site, replaced
from improver.records import Safety
from improver.rewriting.dormant import Run, runs_above
from improver.source import SCOPES, Source

YOUNG = 90  # days
TO_DO = re.compile(r"#.*\b(?:FIXME|TODO|XXX|WIP)\b")


class CommentedCode(Codemod):
    """Delete runs of comment lines that are code of this file from the first line to the last."""

    TITLE = "Remove commented-out code"
    WHY = "The history keeps it; here it only makes readers wonder whether it still holds."
    SAFE_WHEN = (
        "Only comments go, so that the program stays the same. Every line of the run is code: it parses, holds two"
        " statements or more and a call, none of which could be a sentence, and most of its names stand in the code of"
        " this file. Nothing beside it announces or explains it, and no other comment needs its names. No line of it"
        " was written in the last 90 days; what came with the first commit, or is in no history, counts as old."
    )
    SAFETY = Safety.PROVED
    VALUE = 2
    NODES = tuple(ast.stmt.__subclasses__())
    DROPS_COMMENTS = True
    CHANGES = (
        (
            "def total(rows):\n    result = 0\n    # for row in rows:\n    #     result += price(row)\n"
            "    result = sum(map(price, rows))\n    return result  # checked\n",
            "def total(rows):\n    result = 0\n    result = sum(map(price, rows))\n    return result  # checked\n",
        ),
        (
            "def size(rows):\n    return len(rows)\n\n\n#def old_size(rows):\n#    return size(rows)\n\n\n"
            "# Old customers first.\ndef first(rows):\n    return rows[size(rows)]\n",
            "def size(rows):\n    return len(rows)\n\n\n# Old customers first.\ndef first(rows):\n"
            "    return rows[size(rows)]\n",
        ),
        (
            "def read(path, rows):\r\n    with open(path) as file:\r\n\r\n        # rows = file.read()\r\n"
            "        # return len(rows)\r\n        return file.read()\r\n",
            "def read(path, rows):\r\n    with open(path) as file:\r\n        return file.read()\r\n",
        ),
        (
            "class Shop:\n\topen = 1\n\n\t# def close(self, rows):\n\t# \tself.open = close(rows)\n\n"
            "\tdef closed(self, rows):\n\t\t# if self.open:\n\t\t#     return close(self)\n\n\t\treturn close(rows)\n",
            "class Shop:\n\topen = 1\n\n\tdef closed(self, rows):\n\t\treturn close(rows)\n",
        ),
    )
    KEEPS = (
        # A sentence, one statement, and code among sentences.
        "def f(rows):\n    # rows\n    # is not sorted\n    return g(rows)\n",
        "def f(rows):\n    # return g(rows[0])\n    return g(rows)\n",
        "def f(rows):\n    # The old way.\n    # rows = g(rows)\n    # return g(rows)\n    return g(rows)\n",
        "def f(rows):\n    # Same as this:\n\n    # rows = g(rows)\n    # return g(rows)\n    return g(rows)\n",
        # A remark beside it says why it is off; words below it go on from it.
        "def f(rows):\n    # if not rows:  # the server decides\n    #     raise g(rows)\n    return g(rows)\n",
        "def f(rows):\n    # rows = g(rows)\n    # return g(rows)\n\n    # Quicker, the same.\n    return g(rows)\n",
        # Another part of the same change would be left.
        "def f(rows):\n    # seen = set()\n    for row in rows:\n        g(row)\n        # seen.add(f(row))\n"
        "        # seen.add(g(row))\n    return g(rows)\n",
        "def f(rows):\n    # def is_one(row):\n    #     return g(row)\n    for row in rows:\n"
        "        # assert is_one(row)\n        g(row)\n    return f(rows)\n",
        # One of several calls that are off is alone elsewhere, and would be left.
        "def f(rows):\n    rows = g(rows)\n    # g(rows)\n    # g(f)\n    g(f)\n    # g(rows, f)\n    return rows\n",
        # Other people's names: an example, or how it is done elsewhere.
        "def f(rows):\n    # client = connect(host)\n    # client.send(message)\n    return g(rows)\n",
        # Settings that may be switched on, and formulas.
        "SIZE = 1\n# SIZE = 2\n# LIMIT = 3\nLIMIT = 4\n",
        "def f(a, b):\n    # a = a + b\n    # b = a - b\n    return g(a, b)\n",
        # Notes and doctests; a dictionary; a word alone.
        "def f(rows):\n    # note: rows\n    # todo: g(rows)\n    return g(rows)\n",
        # What is not finished may want it back.
        "# FIXME: no rows come\nclass F:\n    def f(self, rows):\n        # rows = g(rows)\n        # return f(rows)\n"
        "        raise NotImplementedError\n",
        "def f(rows):\n    # rows = g(rows)\n    # return f(rows)\n    return g(rows)  # TODO: none\n",
        "def f(rows):\n    # >>> g(rows)\n    # 1\n    return g(rows)\n",
        "def f(rows):\n    x = [\n        1,\n        # g(rows),\n        # f(rows),\n    ]\n    return x\n",
        # What somebody looks with when something is wrong.
        "def f(rows):\n    x = g(rows)\n    # if x:\n    #     print(rows)\n    return x\n",
        "def f(log, rows):\n    x = g(rows)\n    # x = f(rows)\n    # log.debug('%s', x)\n    return x\n",
        "def f(Trace, rows):\n    x = g(rows)\n    # x = f(rows)\n    # Trace.say(x)\n    return x\n",
        # Words to tools and to people, a file's head, a string.
        "def f(rows):\n    x = 1\n    # rows = g(rows)  # noqa: ERA001\n    # return g(rows)\n    return g(rows)\n",
        "# rows = g(rows)\n# f = g(rows)\n\n\ndef f(g, rows):\n    return g(rows)\n",
        'def f(rows):\n    return g("""\n    # rows = g(rows)\n    # return g(rows)\n    """, rows)\n',
        "def f(rows):\n    x = 1\n    #: rows = g(rows)\n    #: x = g(rows)\n    return g(rows)\n",
    )

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say how much code sleeps above a statement."""
        assert isinstance(node, ast.stmt), "NODES names nothing else"
        runs = runs_above(source).get(node, ())
        count = sum(run.count for run in runs)
        return f"{count} statements are commented out above this one" if runs else None

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Delete the runs above the statement."""
        assert isinstance(site.node, ast.stmt), "suspects saw a statement"
        source = site.source
        if _is_unfinished(site.node, source):
            return Abstain("a remark says that the code around it is not finished")
        lines, ages = list(source.lines), site.project.ages(source.path)
        for run in sorted(runs_above(source)[site.node], key=lambda run: run.first, reverse=True):
            if any(SUPPRESSION.search(line) for line in lines[run.first - 1 : run.last]):
                return Abstain("a word to a tool stands among the comments")
            if any(days < YOUNG for days in ages[run.first - 1 : run.last]):
                return Abstain(f"it is younger than {YOUNG} days: somebody may want it back")
            _delete(run, lines)
        return replaced(source, 1, len(source.lines), "".join(lines))


def _is_unfinished(node: ast.stmt, source: Source) -> bool:
    """Tell whether a comment on the function or the class around a statement says that something is to be done."""
    scope = next((one for one in source.ancestors(node) if isinstance(one, SCOPES)), None)
    if scope is None:
        return False
    holder = next((one for one in source.ancestors(scope) if isinstance(one, ast.ClassDef)), scope)
    first = min(one.lineno for one in (holder, *holder.decorator_list)) - 1
    above = itertools.takewhile(lambda line: line.lstrip().startswith("#"), reversed(source.lines[:first]))
    return any(map(TO_DO.search, (*above, *source.lines[scope.lineno - 1 : scope.end_lineno])))


def _delete(run: Run, lines: list[str]) -> None:
    """Delete the run; of the blank lines above and below it the longer stretch stays."""
    start, stop = run.first - 1, run.last
    while start > 0 and not lines[start - 1].strip():
        start -= 1
    while stop < len(lines) and not lines[stop].strip():
        stop += 1
    above, below = lines[start : run.first - 1], lines[run.last : stop]
    opens = start > 0 and lines[start - 1].split("#")[0].rstrip().endswith((":", "(", "[", "{"))
    lines[start:stop] = above if (len(above) < len(below)) == opens else below
