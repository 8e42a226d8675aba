"""Which touched lines of a file the baseline run executed, told on the lines of the base.

What stands in a new function no line of the base can tell about: the candidate's own lines are asked instead.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from improver.judging.normal import is_constant
from improver.judging.touched import Hunk, Owner, executables, first_line, hunks, is_run, last_line, own_lines, slides
from improver.source import FUNCTIONS, SCOPES, Function, Source


@dataclass(slots=True)
class Exercised:
    """What one file's change touches: statements of the base, those never run (lines), and definitions nobody runs."""

    touched: int = 0
    missed: set[int] = field(default_factory=set)
    unused: list[str] = field(default_factory=list)  # removed definitions whose bodies never ran
    unproved: list[str] = field(default_factory=list)  # new code that no line of the base stands for
    fresh: list[str] = field(default_factory=list)  # new functions: all that is new is held to the candidate's run
    idle: set[int] = field(default_factory=set)  # lines of the candidate, of what is new, that run never executed


def exercised(before: Source, after: Source, ran: frozenset[int], now: frozenset[int] | None = None) -> Exercised:
    """Compare two versions of a file with the lines that `ran` in the base's, and `now` in the candidate's.

    As long as those are not known, what they alone can tell of a file with new functions is left open.
    """
    comparison = _Comparison(before, after, ran)
    found = Exercised(fresh=[after.symbol_of(function) for function in comparison.fresh])
    for hunk in comparison.hunks:
        comparison.judge(hunk, found)
    if found.fresh and now is not None:
        comparison.judge_new(now, found)
    return found


@dataclass(slots=True)
class _Comparison:
    """Both versions of a file, what changed, and who owns which line."""

    before: Source
    after: Source
    ran: frozenset[int]
    hunks: list[Hunk] = field(init=False)
    old_owners: dict[int, Owner] = field(init=False)
    new_owners: dict[int, Owner] = field(init=False)
    fresh: list[Function] = field(init=False)

    def __post_init__(self) -> None:
        self.hunks = hunks(self.before.lines, self.after.lines)
        self.old_owners, self.new_owners = executables(self.before.tree), executables(self.after.tree)
        self.fresh = list(self.new_functions())

    def judge(self, hunk: Hunk, found: Exercised) -> None:
        """Add what `hunk` touches to `found`."""
        added = _owners(self.new_owners, hunk.new)
        if not added:
            hunk = next((place for place in slides(hunk, self.before.lines) if self.unused(place)), hunk)
            found.unused += [definition.name for definition in self.unused(hunk)]
        dead = {line for definition in self.unused(hunk) for line in _extent(definition)} if not added else set()
        touched = _owners(self.old_owners, [line for line in hunk.old if line not in dead])
        if touched:
            found.touched += len(touched)
            found.missed |= {first_line(owner) for owner in touched if not is_run(owner, self.ran)}
        elif added and not self.fresh:
            self.judge_insertion(added, found)

    def unused(self, hunk: Hunk) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
        """Return the outermost definitions that stand wholly in the old lines of `hunk` and hold no executed body."""
        whole = [
            node
            for node in ast.walk(self.before.tree)
            if isinstance(node, SCOPES) and first_line(node) in hunk.old and last_line(node) in hunk.old
        ]
        inner = {child for node in whole for child in ast.walk(node) if child is not node}
        return [node for node in whole if node not in inner and self.ran.isdisjoint(_body_lines(node))]

    def new_functions(self) -> Iterator[Function]:
        """Yield the functions that the base has not; one that only bears another name, and stays in place, it has."""
        old, new = _functions(self.before), _functions(self.after)
        gone = {_body(function) for name in old.keys() - new.keys() for function in old[name]}
        for name, functions in new.items():
            if len(functions) <= len(old[name]):
                continue
            known = gone | {_body(function) for function in old[name]}
            yield from (one for one in functions if _body(one) not in known or self.is_inserted(one))

    def is_inserted(self, function: Function) -> bool:
        """Tell whether all lines of `function` are new."""
        return any(first_line(function) in hunk.new and last_line(function) in hunk.new for hunk in self.hunks)

    def judge_new(self, now: frozenset[int], found: Exercised) -> None:
        """Hold all that is new, and every line of a new function wherever it came from, to the lines that run `now`."""
        inside = {line for function in self.fresh for line in _extent(function)}
        owners = _owners(self.new_owners, sorted(inside.union(*(hunk.new for hunk in self.hunks))))
        found.touched += sum(1 for owner in owners if first_line(owner) in inside)
        found.idle |= {first_line(owner) for owner in owners if not is_run(owner, now)}
        outside = [owner for owner in owners if first_line(owner) not in inside]
        homes = {self.after.function_of(node) for node in (*outside, *self.fresh)} - {*self.fresh}
        found.unproved += [f"the suite executes nothing of {name} at the base" for name in self.dormant(homes)]

    def dormant(self, homes: set[Function | None]) -> list[str]:
        """Return the names of those functions (None is the module) of which nothing ran at the base, sorted."""
        old = _functions(self.before)
        names = {self.after.symbol_of(home) for home in homes if home is not None}
        idle = [name for name in names if self.ran.isdisjoint(chain.from_iterable(map(_body_lines, old[name])))]
        return sorted(idle) + (["the module"] if None in homes and not self.ran else [])

    def judge_insertion(self, added: list[Owner], found: Exercised) -> None:
        """Hold new statements that replace none to the statement of the base beside which they stand."""
        for owner in added:
            parent = self.after.parents[owner]
            if parent in added:
                continue  # its parent is judged
            beside = next(self.neighbours(owner, parent), None)
            if beside is None:
                found.unproved.append(f"line {first_line(owner)}: no line of the base stands beside this one")
                continue
            found.touched += 1
            if self.ran.isdisjoint(beside):
                found.missed.add(beside.start)

    def neighbours(self, owner: Owner, parent: ast.AST) -> Iterator[range]:
        """Yield the base's lines of what stands after, before and around `owner`, nearest first."""
        for _, block in ast.iter_fields(parent):
            if isinstance(block, list) and owner in block:
                at = block.index(owner)
                for item in (*block[at + 1 :], *reversed(block[:at])):
                    if not is_constant(item) and (lines := self.mapped(_extent(item))):
                        yield lines
        if isinstance(parent, Owner) and (lines := self.mapped(own_lines(parent))):
            yield lines

    def mapped(self, lines: range) -> range | None:
        """Return the unchanged base lines of a run of candidate lines, None where its first line is new."""
        if any(lines.start in hunk.new for hunk in self.hunks):
            return None
        shift = sum(len(hunk.old) - len(hunk.new) for hunk in self.hunks if hunk.new.stop <= lines.start)
        return range(lines.start + shift, lines.stop + shift)


def _owners(owners: dict[int, Owner], lines: range | list[int]) -> list[Owner]:
    """Return the owners of `lines`, each once."""
    return list(dict.fromkeys(owners[line] for line in lines if line in owners))


def _extent(owner: Owner) -> range:
    return range(first_line(owner), last_line(owner) + 1)


def _body_lines(definition: ast.AST) -> set[int]:
    """Return the lines of all function bodies in `definition`."""
    functions = [node for node in ast.walk(definition) if isinstance(node, FUNCTIONS)]
    return {line for node in functions for line in range(first_line(node.body[0]), last_line(node) + 1)}


def _functions(source: Source) -> defaultdict[str, list[Function]]:
    """Map each dotted name to the functions that bear it, in their order."""
    named = defaultdict[str, list[Function]](list)
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTIONS):
            named[source.symbol_of(node)].append(node)
    return named


def _body(function: Function) -> str:
    return "\n".join(map(ast.dump, function.body))
