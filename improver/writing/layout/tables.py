"""Rows for tables that a test file has: a call as one of its parametrised tests makes it is one line more (pure)."""

import ast
import functools
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.names import mentioned
from improver.source import Function, Source
from improver.writing.inputs.kinds import last_name
from improver.writing.inputs.misfits import given_to
from improver.writing.layout.grouping import Row, Written
from improver.writing.pieces import defaults_of, expression

FEW = 2  # rows of a table that tell what it is about
MARK = "pytest.mark.parametrize"
BOTH = {True: "True", False: "False"}


@dataclass(frozen=True, slots=True)
class Table:
    """A parametrised test that makes one call, its columns by name, and what it demands of the call.

    A demand is what kind it is (true, isinstance, eq, is, raises) and with what: a text, or the name of a column.
    """

    key: str  # Class::name, or the name alone
    columns: tuple[str, ...]
    rows: ast.List | ast.Tuple
    call: ast.Call
    demand: tuple[str, str]

    def grid(self) -> list[tuple[str, ...]]:
        """Return the rows that there are, as code."""
        return [tuple(map(ast.unparse, _items(row, len(self.columns)))) for row in self.rows.elts]


def in_tables(tests: Sequence[Written], before: Source | None, node_of: Callable[[str], Function]) -> list[Written]:
    """Return, as rows of tables that the file has, the calls of `tests` that one of them makes; a test for each."""
    known = tables_of(before) if before is not None else ()
    found: dict[str, list[tuple[Case, Row]]] = {table.key: [] for table in known}
    for case in (case for test in tests for case in test.cases):
        if (fit := _fit(case, known, node_of(case.function))) is not None:
            found[fit[0].key].append((case, Row(fit[1], "", "")))
    return [_joined(table, found[table.key]) for table in known if found[table.key]]


def without(test: Written, held: Container[tuple[str, str]]) -> Written | None:
    """Return the test without the calls, by their functions, that are `held` by others, None where that is all."""
    rows = test.rows or (None,) * len(test.cases)
    pairs = [one for one in zip(test.cases, rows, strict=True) if (one[0].function, one[0].call) not in held]
    left = tuple(row for _, row in pairs if row is not None)
    return (
        replace(test, cases=tuple(case for case, _ in pairs), rows=left if test.table or len(left) > 1 else ())
        if pairs
        else None
    )


def _joined(table: Table, pairs: Sequence[tuple[Case, Row]]) -> Written:
    """Return one test that adds rows to a table."""
    cases, rows = zip(*pairs, strict=True)
    return Written(table.key.rpartition("::")[2], cases, table.columns, rows, ast.unparse(table.call), table.key)


def _fit(case: Case, tables: Sequence[Table], node: Function) -> tuple[Table, tuple[str, ...]] | None:
    """Return the table that a call is a row of, the one with most rows of several, and that row."""
    found = [(table, row) for table in tables if (row := _row(case, table, node)) is not None]
    return max(found, key=lambda one: len(one[0].rows.elts), default=None)


def _row(case: Case, table: Table, node: Function) -> tuple[str, ...] | None:
    """Return what stands in each column for a call, None where the test does not make it or demands something else."""
    call = expression(case.call)
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != ast.unparse(table.call.func) or not _is_plain(case):
        return None
    asked, given = _values(table.call, node), _values(call, node)
    row = _demanded(case, table.demand, table.columns)
    if row is None or asked is None or given is None or not given.keys() <= asked.keys():
        return None
    defaults = {name: ast.unparse(value) for name, value in defaults_of(node).items()}
    usual: set[str] = set()
    for name, text in asked.items():
        value = given.get(name, defaults.get(name))
        if value is None or (text not in table.columns and text != value):
            return None
        row |= {text: value} if text in table.columns else {}
        usual |= {text} if name not in given else set()
    if row.keys() != {*table.columns}:
        return None
    return _alike(tuple(row[name] for name in table.columns), table, usual)


def _is_plain(case: Case) -> bool:
    return not (case.setup or case.prelude or case.asks or case.way) and len(case.checks) == 1


def _values(call: ast.Call, node: Function) -> dict[str, str] | None:
    """Return what parameters are given, as code, None where something is unpacked or nobody knows what takes it."""
    known = {one.arg: ast.unparse(value) for one, _, value in given_to(call, node)}
    return known if len(known) == len(call.args) + len(call.keywords) else None


def _demanded(case: Case, demand: tuple[str, str], columns: Sequence[str]) -> dict[str, str] | None:
    """Return what a test's demand makes of columns for what a case demands, None where these are two things."""
    (kind, subject, wanted), (way, text) = case.checks[0], demand
    if kind == "raises" or way == "raises":
        return {} if kind == way and last_name(expression(subject)) == text else None
    if way == "isinstance":
        return {} if case.gives.rpartition(".")[2] == text else None
    if way == "true":
        is_asked = subject in ("result", "bool(result)") and wanted in BOTH.values()
        return {} if is_asked and wanted == text else None
    if subject != "result" or kind not in ("eq", "is"):
        return None
    return {text: wanted} if text in columns else {} if text == wanted else None


def _alike(row: tuple[str, ...], table: Table, usual: set[str]) -> tuple[str, ...] | None:
    """Return the row where it is one of its table: of such values, and with what other rows say too by default."""
    columns = [*zip(*table.grid(), strict=True)]
    for value, name, column in zip(row, table.columns, columns, strict=True):
        kinds = {type(ast.literal_eval(one)) for one in column}
        if not _is_literal(value) or type(ast.literal_eval(value)) not in kinds:
            return None
        if name in usual and value not in column:
            return None
    return None if row in table.grid() else row


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


# --- the tables of a file -----------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=32)  # asked again for each round of calls
def tables_of(source: Source) -> tuple[Table, ...]:
    """Return the tables of a file whose rows are all literals of which no comment speaks."""
    found = [_table(node, "", source) for node in source.tree.body]
    classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")]
    found += [_table(node, f"{owner.name}::", source) for owner in classes for node in owner.body]
    return tuple(one for one in found if one is not None)


def _table(node: ast.stmt, owner: str, source: Source) -> Table | None:
    if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test") or len(node.decorator_list) != 1:
        return None
    mark = node.decorator_list[0]
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != MARK or len(mark.args) != 2 or mark.keywords:
        return None
    columns, rows = _columns(mark.args[0]), mark.args[1]
    taken = [one.arg for one in node.args.args][bool(owner) :]
    if sorted(columns) != sorted(taken) or not isinstance(rows, ast.List | ast.Tuple) or len(rows.elts) < FEW:
        return None
    is_plain = all(len(_items(row, len(columns))) == len(columns) for row in rows.elts)
    if not is_plain or not _is_literal(ast.unparse(rows)) or _has_remarks(rows, source):
        return None
    made = next(_made(node.body[1:] if ast.get_docstring(node) is not None else node.body), None)
    if made is None or not mentioned(made[0].func).isdisjoint(columns):
        return None
    return Table(f"{owner}{node.name}", columns, rows, *made)


def _columns(names: ast.expr) -> tuple[str, ...]:
    try:
        found = ast.literal_eval(names)
    except ValueError:
        return ()
    return tuple(one.strip() for one in (found.split(",") if isinstance(found, str) else found) if one.strip())


def _items(row: ast.expr, count: int) -> list[ast.expr]:
    return row.elts if isinstance(row, ast.Tuple | ast.List) and count > 1 else [row]


def _has_remarks(rows: ast.expr, source: Source) -> bool:
    lines = source.lines[rows.lineno - 1 : rows.end_lineno]
    return any(line.lstrip().startswith("#") for line in lines)


def _made(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.Call, tuple[str, str]]]:
    """Yield the one call that a test makes, and what it demands of it."""
    match body:
        case [ast.Assign([ast.Name(name)], ast.Call() as call), ast.Assert(test)]:
            yield from ((call, demand) for inner, demand in _asserted(test) if getattr(inner, "id", "") == name)
        case [ast.Assert(test)]:
            yield from ((inner, demand) for inner, demand in _asserted(test) if isinstance(inner, ast.Call))
        case [ast.With([ast.withitem(ast.Call(func, [kind], []), None)], [ast.Expr(ast.Call() as call)])]:
            if last_name(func) == "raises":
                yield call, ("raises", last_name(kind))


def _asserted(test: ast.expr) -> Iterator[tuple[ast.expr, tuple[str, str]]]:
    """Yield what is asserted of what."""
    match test:
        case ast.UnaryOp(ast.Not(), inner):
            yield inner, ("true", "False")
        case ast.Call(ast.Name("isinstance"), [inner, kind]):
            yield inner, ("isinstance", last_name(kind))
        case ast.Compare(inner, [ast.Eq()], [wanted]):
            yield inner, ("eq", ast.unparse(wanted))
        case ast.Compare(inner, [ast.Is()], [wanted]):
            yield inner, ("is", ast.unparse(wanted))
        case ast.Call() | ast.Name():
            yield test, ("true", "True")


# --- one row more -------------------------------------------------------------------------------------------------


def with_rows(source: Source, tests: Sequence[Written], width: int, quoted: Callable[[str], str]) -> str | None:
    """Return the text of a file with the rows of `tests` at the end of their tables, None where that goes wrong."""
    known = {table.key: table for table in tables_of(source)}
    text = source.text
    for test in sorted(tests, key=lambda one: -known[one.table].rows.lineno):
        rows = [quoted(", ".join(row.values)) for row in test.rows]
        text = _grown(text, source, known[test.table], [f"({row})" if test.columns[1:] else row for row in rows], width)
    made = Source.read(source.path, text.encode())
    grown = {table.key: table.grid() for table in tables_of(made)} if isinstance(made, Source) else {}
    wanted = [(test.table, [*known[test.table].grid(), *(row.values for row in test.rows)]) for test in tests]
    return text if all(_normal(grown.get(key, [])) == _normal(rows) for key, rows in wanted) else None


def _normal(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[ast.unparse(expression(text)) for text in row] for row in rows]


def _grown(text: str, source: Source, table: Table, rows: Sequence[str], width: int) -> str:
    """Return the text with rows after the last one, each on a line of its own where that one is."""
    last, newline = table.rows.elts[-1], source.newline
    (first, end), close = _span(last, source), _span(table.rows, source)[1] - 1
    begin = text.rfind("\n", 0, first) + 1
    indent, has_comma = text[begin:first], "," in text[end:close].partition("#")[0]
    if indent.strip() or "\n" not in text[end:close]:
        inline = f"{text[:end]}{''.join(f', {row}' for row in rows)}{text[end:]}"
        line = inline[begin:].partition("\n")[0]
        return inline if len(line.rstrip("\r")) <= width else _unfolded(text, source, table, rows)
    at = text.index("\n", end) + 1
    fresh = "".join(f"{indent}{row},{newline}" for row in rows)
    return f"{text[:end]}{'' if has_comma else ','}{text[end:at]}{fresh}{text[at:]}"


def _unfolded(text: str, source: Source, table: Table, rows: Sequence[str]) -> str:
    """Return the text with each row of a table on a line of its own."""
    line = source.lines[table.rows.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    start, end = _span(table.rows, source)
    old = [text[slice(*_span(one, source))] for one in table.rows.elts]
    lines = "".join(f"{indent}    {row},{source.newline}" for row in (*old, *rows))
    return f"{text[:start]}{text[start]}{source.newline}{lines}{indent}{text[end - 1]}{text[end:]}"


def _span(node: ast.expr, source: Source) -> tuple[int, int]:
    """Return where a node begins and ends in the text."""
    ends = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return _offset(source, node.lineno, node.col_offset), _offset(source, *ends)


def _offset(source: Source, line: int, column: int) -> int:
    """Return where a place of the syntax tree is in the text."""
    own = source.lines[line - 1].encode()[:column].decode()
    return sum(map(len, source.lines[: line - 1])) + len(own)
