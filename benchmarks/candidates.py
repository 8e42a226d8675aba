"""Candidates for measuring gates: small faults, and branches that change places, in functions that the tests run."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from improver.experiments import Recording
from improver.judging.functions import definitions
from improver.judging.mutants import mutants_of
from improver.records import Change, Edit, File, Safety, Tree
from improver.source import Source

EASY = (ast.Name, ast.Attribute, ast.Call)  # tests that take a `not` without parentheses
SHARE = 2  # faults of one function at most, so that they are spread


@dataclass(frozen=True, slots=True)
class Made:
    """One candidate: what it does in words, the file it is in, and whether it means the same as before."""

    name: str
    path: str
    data: bytes
    sound: bool

    def change(self, base: Tree) -> Change:
        """Return it as a refactoring that nobody vouches for."""
        edit = Edit(self.path, base[self.path], File(self.data, base[self.path].mode))
        return Change("rewrite", Safety.COVERED, (edit,), "Rewrite a function", "To measure the gates.", author="model")


def faulty(tree: Tree, recording: Recording, count: int) -> list[Made]:
    """Return `count` faults in functions that tests run, spread evenly over all there are."""
    return spread(faults_of(tree, recording, SHARE), count)


def faults_of(tree: Tree, recording: Recording, share: int) -> list[Made]:
    """Return the faults of functions that tests run, at most `share` of one; more of a share has all of a smaller."""
    return [one for path, names in _recorded(recording).items() for one in _faults(tree, path, names, share)]


def turned(tree: Tree, recording: Recording, count: int) -> list[Made]:
    """Return `count` candidates that put the two branches of an `if` in the other order and negate its test."""
    found = [one for path, names in _recorded(recording).items() for one in _turns(tree, path, names)]
    return spread(found, count)


def mixed(bad: list[Made], sound: list[Made]) -> list[Made]:
    """Return all of both, the sound ones at even distances."""
    step = max(1, len(bad) // (len(sound) + 1))
    mix = list(bad)
    for number, one in enumerate(sound):
        mix.insert((number + 1) * step + number, one)
    return mix


def spread(found: list[Made], count: int) -> list[Made]:
    """Return `count` of those found at even distances, all when they are no more."""
    step = max(1.0, len(found) / count) if count else 1.0
    return [found[int(number * step)] for number in range(min(count, len(found)))]


def _recorded(recording: Recording) -> Mapping[str, list[str]]:
    """Return the names of functions that tests run, by path."""
    found: dict[str, list[str]] = {}
    for name in sorted(recording.impact):
        path, _, function = name.partition("::")
        found.setdefault(path, []).append(function)
    return found


def _source(tree: Tree, path: str) -> Source | None:
    is_product = PurePosixPath(path).suffix == ".py" and path in tree and "test" not in path
    source = Source.read(path, tree[path].data) if is_product else None
    return source if isinstance(source, Source) else None


def _faults(tree: Tree, path: str, names: list[str], share: int) -> Iterator[Made]:
    source = _source(tree, path)
    for name in names if source else ():
        assert source is not None
        for mutant in mutants_of(source, [name], share):
            yield Made(mutant.name, path, mutant.source, sound=False)


def _turns(tree: Tree, path: str, names: list[str]) -> Iterator[Made]:
    source = _source(tree, path)
    known = definitions(source) if source else {}
    for name in names:
        for function in known.get(name, ()):
            assert source is not None
            for node in ast.walk(function):
                if isinstance(node, ast.If) and _is_turnable(node):
                    yield Made(
                        f"{path}:{node.lineno}: its branches change places", path, _turn(source, node), sound=True
                    )


def _is_turnable(node: ast.If) -> bool:
    blocks = [*node.body, *node.orelse]
    on_lines = {line for one in blocks for line in (one.lineno, one.end_lineno)}
    return (
        isinstance(node.test, EASY)
        and node.test.lineno == node.test.end_lineno == node.lineno
        and len(node.body) == len(node.orelse) == 1
        and all(isinstance(one, ast.Assign | ast.Return | ast.Expr) for one in blocks)
        and len(on_lines) == len(blocks)
        and node.orelse[0].lineno == node.lineno + 3
    )  # if, one line, else, one line


def _turn(source: Source, node: ast.If) -> bytes:
    lines = source.data.splitlines(keepends=True)
    head, first, second = node.lineno - 1, node.body[0].lineno - 1, node.orelse[0].lineno - 1
    at = node.test.col_offset
    lines[head] = lines[head][:at] + b"not " + lines[head][at:]
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)
