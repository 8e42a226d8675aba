"""Calls on parts of the long texts that tests hand over: a few lines say what a whole document only covers (pure)."""

import ast
import copy
import itertools
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.writing.names import Filled

PIECES, SHORT = 40, 50  # calls on parts in all, characters of one part
LINES = 3  # of one part at most


def pieced(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return the calls with a part of a text in place of the whole, the texts by turns, each part once."""
    found: dict[str, Case] = {}
    turns = itertools.zip_longest(*(_in_parts(case) for case in cases))
    for case in (one for turn in turns for one in turn if one is not None):
        found.setdefault(f"{case.setup} {case.call}", case)
        if len(found) == PIECES:  # a document may have thousands of lines
            break
    return tuple(found.values())


def parts_of(text: str) -> list[str]:
    """Return the short lines of a text that has several, then two and three that follow each other."""
    lines = textwrap.dedent(text).splitlines()
    if len(lines) < 2:
        return []
    spans = (lines[at : at + count] for count in range(1, LINES + 1) for at in range(len(lines) - count + 1))
    kept = ("\n".join(span) for span in spans if span[0].strip() and span[-1].strip())
    return [one for one in dict.fromkeys(kept) if len(one) <= SHORT and one != text.strip("\n")]


def _in_parts(case: Case) -> Iterator[Case]:
    """Yield one call with each part of each of its texts, written where the text was or in place of its name."""
    trees = [ast.parse(one) for one in (*case.setup, case.call)]
    texts = [node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    for text in (one for one in texts if isinstance(one, str)):
        for part in parts_of(text):
            lines = [ast.unparse(_Put(text, part).visit(ast.parse(one))) for one in (*case.setup, case.call)]
            yield _inlined(replace(case, setup=tuple(lines[:-1]), call=lines[-1]), part)


def _inlined(case: Case, part: str) -> Case:
    """Return the case with a text that has a name written where the name stands, if it stands in one place."""
    kept = [(at, ast.parse(line).body[0]) for at, line in enumerate(case.setup)]
    for at, node in kept:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value == part:
            trees = [ast.parse(one) for one in (*case.setup[:at], *case.setup[at + 1 :], case.call)]
            name = getattr(node.targets[0], "id", "")
            lines = [ast.unparse(Filled({name: node.value}).visit(copy.deepcopy(tree))) for tree in trees]
            if len(node.targets) == 1 and _count(trees, name) == 1 and not _count(map(ast.parse, lines), name):
                return replace(case, setup=tuple(lines[:-1]), call=lines[-1])
    return case


def _count(trees: Iterable[ast.AST], name: str) -> int:
    """Return in how many places a name stands."""
    return sum(getattr(one, "id", "") == name for tree in trees for one in ast.walk(tree))


class _Put(ast.NodeTransformer):
    """Writes one text in place of another."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        """Return the new text for the old one."""
        return ast.Constant(self.new) if node.value == self.old else node
