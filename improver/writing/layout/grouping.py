"""From chosen calls to tests: calls of one shape share a table, any other stands alone (pure)."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.source import Function
from improver.verify.checking import CAPSYS
from improver.writing.pieces import parameters
from improver.writing.words.naming import Names, name_for, names_for, table_names, told_apart
from improver.writing.words.wording import label, usable

ROWS = 8  # of one table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what stands in for each column, what comes of it ("" where no column says so), its id."""

    values: tuple[str, ...]
    expected: str
    id: str


@dataclass(frozen=True, slots=True)
class Written:
    """One test: its name, the calls behind it and, for a table, columns, rows and the call with names in it."""

    name: str
    cases: tuple[Case, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    call: str = ""
    table: str = ""  # the test of the file that these rows are added to: Class::name, or the name alone

    @property
    def kills(self) -> frozenset[str]:
        """Return the mutants that the test is there for."""
        return frozenset().union(*(case.kills for case in self.cases))

    @property
    def heads(self) -> tuple[str, ...]:
        """Return the names of all columns, that of what comes of a row among them where rows say it."""
        return (*self.columns, "expected") if any(row.expected for row in self.rows) else self.columns

    @property
    def function(self) -> str:
        """Return what the test is about."""
        return self.cases[0].function


def kills_of(all_of: Iterable[Written | Case]) -> frozenset[str]:
    """Return the mutants that tests are there for, or that calls notice."""
    return frozenset().union(*(one.kills for one in all_of))


def grouped(cases: Iterable[Case], node_of: Callable[[str], Function], taken: Iterable[str]) -> list[Written]:
    """Return the tests that `cases` make, those that notice most first; no name is `taken`, and none comes twice."""
    shapes: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        shapes[shape(case)].append(case)
    made: list[Written] = []
    for alike in shapes.values():
        node = node_of(alike[0].function)
        parts = [alike[at : at + ROWS] for at in range(0, len(alike), ROWS)]
        for part in parts:
            table = _table(part, node) if len(part) > 1 else None
            made += [table] if table else [Written(name_for(case, node), (case,)) for case in part]
    made.sort(key=lambda one: (-len(one.kills), one.name))
    names = told_apart([one.name for one in made], lambda at: _names(made[at], node_of), {*taken})
    return [replace(one, name=name) for one, name in zip(made, names, strict=True)]


def _names(one: Written, node_of: Callable[[str], Function]) -> Names:
    """Return the names that a test can have."""
    node = node_of(one.function)
    return table_names(one.cases, one.columns, node) if one.rows else names_for(one.cases[0], node)


def shape(case: Case) -> str:
    """Return what calls must share to stand in one table: all but the arguments of a plain call, and how it ends."""
    call = ast.parse(case.call, mode="eval").body
    kind, subject, _ = case.checks[0]
    alone = (
        case.setup
        or case.prelude
        or {*case.asks} - {CAPSYS}
        or len(case.checks) > 1
        or kind not in ("eq", "is")
        or not _is_plain(call)
    )
    if alone or not isinstance(call, ast.Call):
        return f"{case.function} {case.way} {case.setup} {case.call}"
    names = [word.arg for word in call.keywords]
    return f"{case.function} {case.way} {_callee(case, call.func)} {len(call.args)} {names} {kind} {subject}"


def _callee(case: Case, node: ast.expr) -> str:
    """Return what is called, a function of a module by its own name however the call reaches it."""
    text = ast.unparse(node)
    head, _, last = text.rpartition(".")
    modules = {one[-1] or one[0] for one in case.imports if not one[1]}
    return last if not head or head in modules else text


def _is_plain(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call) or any(isinstance(one, ast.Starred) for one in call.args):
        return False
    return all(word.arg for word in call.keywords)


def _table(cases: Sequence[Case], node: Function) -> Written | None:
    """Return a table of calls, its columns the arguments that are not the same in all; None where there is none.

    Nor is there one where what is called is not the function itself, which has no name for the argument: it may be the
    very object that is tested, and is no value for a row.
    """
    calls = [ast.parse(case.call, mode="eval").body for case in cases]
    whole = [call for call in calls if isinstance(call, ast.Call)]
    more = node.args.vararg.arg if node.args.vararg else ""
    count, one = len(whole[0].args), more.removesuffix("s") or more
    known = [*parameters(node), *(f"{one}_{at}" for at in range(1, count + 1) if more)]
    if len(known) < count:
        return None
    names = [*known[:count], *(word.arg or "" for word in whole[0].keywords)]
    grid = [[ast.unparse(one) for one in (*call.args, *(word.value for word in call.keywords))] for call in whole]
    varied = [at for at in range(len(names)) if len({row[at] for row in grid}) > 1]
    columns = tuple(usable(names[at]) for at in varied)
    if not varied or len(set(columns)) < len(columns) or _hides(columns, cases):
        return None
    rows = _rows(cases, [[row[at] for at in varied] for row in grid], columns)
    call = whole[0]
    for place, at in enumerate(varied):
        stand_in = ast.Name(columns[place], ast.Load())
        if at < len(call.args):
            call.args[at] = stand_in
        else:
            call.keywords[at - len(call.args)].value = stand_in
    return Written(table_names(cases, columns, node).strong[0], tuple(cases), columns, rows, ast.unparse(call))


def _hides(columns: Iterable[str], cases: Iterable[Case]) -> bool:
    """Tell whether a column has the name of something that a call uses."""
    used = {node.id for case in cases for node in ast.walk(ast.parse(case.call)) if isinstance(node, ast.Name)}
    return not used.isdisjoint(columns)


def _rows(cases: Sequence[Case], grid: Sequence[Sequence[str]], columns: Sequence[str]) -> tuple[Row, ...]:
    seen: Counter[str] = Counter()
    told = len({case.checks[0] for case in cases}) > 1  # what is the same in all stands in the test
    rows = []
    for case, values in zip(cases, grid, strict=True):
        text = label(values, columns)
        seen[text] += 1
        name = text if seen[text] == 1 else f"{text} ({seen[text]})"
        rows.append(Row(tuple(values), case.checks[0][2] if told else "", name))
    return tuple(rows)
