"""What a test asks for by its parameters, as code: rows of its tables and fixtures of its project (pure)."""

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.verify.checking import CAPSYS
from improver.writing.names import BUILT_IN, Filled, Names, Renamed, bound, brought, free_names, needed

ROWS = 4  # of the tables of one test
MAKES, FOLDER = "mkdtemp(", "tmp_path"
MADE = f"tempfile.{MAKES})"  # what stands in for a folder of pytest's: a test asks for that
FOLDERS = {
    FOLDER: (f"tmp_path = pathlib.Path({MADE})", ("pathlib", "tempfile")),
    "tmpdir": (f"tmpdir = py.path.local({MADE})", ("py", "tempfile")),
}
ALLOWED = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.FunctionDef, ast.ClassDef, ast.For, ast.If)
Row = Mapping[str, ast.expr]


@dataclass(frozen=True, slots=True)
class Fixture:
    """What a fixture does before a test, as statements of which the last binds its name, and its file's names."""

    lines: tuple[ast.stmt, ...]
    names: Names


@dataclass(frozen=True)
class Fixtures:
    """The fixtures of a project by the file that defines them."""

    files: Mapping[str, Names]
    _known: dict[tuple[str, str], Fixture | None] = field(default_factory=dict)

    @staticmethod
    def of(tests: Sequence[Source]) -> "Fixtures":
        """Read the files that may define fixtures."""
        return Fixtures({source.path: Names.of(source) for source in tests})

    def get(self, path: str, name: str) -> Fixture | None:
        """Return the fixture that a test in the file at `path` gets by `name`; None where plain statements do not."""
        if (path, name) not in self._known:
            self._known[path, name] = None  # for one that asks for itself
            self._known[path, name] = self._read(path, name)
        return self._known[path, name]

    def steps(self, path: str) -> dict[str, tuple[str, ...]]:
        """Map the fixtures that a test in the file at `path` may ask for to the statements that do the same."""
        named = {name for file in self._in_reach(path) for name, node in file.defined.items() if _is_fixture(node)}
        found = {name: self.get(path, name) for name in sorted(named | FOLDERS.keys())}
        return {name: tuple(map(ast.unparse, one.lines)) for name, one in found.items() if one is not None}

    def _in_reach(self, path: str) -> Iterator[Names]:
        folders = path.split("/")[:-1]
        places = ["/".join([*folders[:length], "conftest.py"]) for length in range(len(folders), -1, -1)]
        own = [self.files[path]] if path in self.files else []
        yield from (*own, *(self.files[place] for place in places if place in self.files))

    def _read(self, path: str, name: str) -> Fixture | None:
        for file in self._in_reach(path):
            node = file.defined.get(name)
            if isinstance(node, FUNCTIONS) and _is_fixture(node):
                return self._plain(node, file)
        if name not in FOLDERS:
            return None
        line, modules = FOLDERS[name]
        source = next(iter(self.files.values())).source
        return Fixture((ast.parse(line).body[0],), Names(source, {one: (one, "") for one in modules}))

    def _plain(self, node: Function, file: Names) -> Fixture | None:
        """Return what a fixture does that ends with what it gives, and asks only for others of that kind."""
        *body, last = node.body
        body = body[1:] if ast.get_docstring(node) else body
        gives = last.value if isinstance(last, ast.Return) else None
        waits = any(
            isinstance(one, ast.Yield | ast.YieldFrom | ast.Await) for each in node.body for one in ast.walk(each)
        )
        plain = not waits and all(isinstance(one, ALLOWED) and not _leaves(one) for one in body)
        if gives is None or not plain or isinstance(node, ast.AsyncFunctionDef) or _is_varied(node):
            return None
        lines, names = _given(node.name, body, gives), file
        used = free_names(lines)
        for asked in (one.arg for one in node.args.args if one.arg in used):
            other = self.get(file.source.path, asked)
            joined = joined_names(names, other) if other is not None else None
            if other is None or joined is None:
                return None
            lines, names = [*other.lines, *lines], joined
        return Fixture(tuple(lines), names)


def _given(name: str, body: Sequence[ast.stmt], gives: ast.expr) -> list[ast.stmt]:
    """Return the statements with what they end in bound to `name`."""
    is_local = isinstance(gives, ast.Name) and gives.id in _all_bound(body)
    lines = copy.deepcopy([*body])
    if is_local and isinstance(gives, ast.Name):
        return [Renamed(gives.id, name).visit(line) for line in lines]
    return [*lines, ast.parse(f"{name} = {ast.unparse(gives)}").body[0]]


def _is_fixture(node: ast.stmt) -> bool:
    """Tell whether a definition is one that tests may ask for by its name."""
    names = map(ast.unparse, node.decorator_list) if isinstance(node, FUNCTIONS) else ()
    return any(text.split("(")[0] in ("pytest.fixture", "fixture") and "name=" not in text for text in names)


def _leaves(node: ast.AST) -> bool:
    """Tell whether a statement may end the function that it stands in, as it cannot do outside of one."""
    is_own = isinstance(node, FUNCTIONS)
    return isinstance(node, ast.Return) or (not is_own and any(map(_leaves, ast.iter_child_nodes(node))))


def _is_varied(node: Function) -> bool:
    return any("params=" in ast.unparse(one) for one in node.decorator_list) or node.args.vararg is not None


def asking(case: Case, steps: Mapping[str, tuple[str, ...]]) -> Case:
    """Return the case with fixtures in the place of the statements that do the same, where that leaves nothing open."""
    setup, asks, gone = case.setup, list[str](), set[str]()
    for name, lines in sorted(steps.items(), key=lambda one: (-len(one[1]), one[0])):
        at = next((at for at in range(len(setup)) if setup[at : at + len(lines)] == lines), None)
        if at is not None and name not in asks:
            setup = (*setup[:at], *setup[at + len(lines) :])
            gone |= {one for line in lines for one in bound(ast.parse(line).body[0])}
            asks.append(name)
    texts = [*setup, case.call, *(text for kind, *both in case.checks for text in both[: 1 + (kind != "raises")])]
    used = {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    asks += [name for name in steps if name in (gone & used) - {*asks}]
    if not asks or not (gone & used) <= {*asks}:
        return case
    prelude = needed(case.prelude, used)
    return replace(case, setup=setup, prelude=prelude, asks=tuple(sorted({*asks, *case.asks} & used)))


def unasked(case: Case) -> Case:
    """Return the case with the statement that does what pytest's own fixture does, where it asks for no other.

    What is printed is heard again whenever a call is made.
    """
    asks = tuple(one for one in case.asks if one != CAPSYS)
    if asks != (FOLDER,):
        return replace(case, asks=asks)
    line, modules = FOLDERS[FOLDER]
    imports = tuple(sorted({*case.imports, *((one, "") for one in modules)}))
    return replace(case, setup=(line, *case.setup), imports=imports, asks=())


# --- tests --------------------------------------------------------------------------------------------------------


def versions(test: Function, file: Names, fixtures: Fixtures) -> list[tuple[Function, Names]]:
    """Return the test with each of the first rows of its tables put in, after what its fixtures do, and its names."""
    local = (one for one in test.body if isinstance(one, ast.Import | ast.ImportFrom))
    names = replace(
        file, imports={**file.imports, **{k: v for one in local for k, v in brought(one, file.source).items()}}
    )
    rows = rows_of(test, file)
    inner = {name for line in test.body for name in bound(line)}
    before: list[ast.stmt] = []
    for asked in (one.arg for one in test.args.args if one.arg not in (rows[0] if rows else {})):
        fixture = fixtures.get(file.source.path, asked)
        names = names.without({asked})  # here it is a parameter's
        joined = joined_names(names, fixture) if fixture is not None else None
        if fixture is not None and joined is not None and inner.isdisjoint(_all_bound(fixture.lines)):
            texts = {*map(ast.dump, before)}
            before += [one for one in fixture.lines if ast.dump(one) not in texts]
            names = joined
    return [(_filled(test, row, before), names) for row in rows or [{}]]


def _all_bound(lines: Sequence[ast.stmt]) -> set[str]:
    return {name for line in lines for name in bound(line)}


def _filled(test: Function, row: Row, before: Sequence[ast.stmt]) -> Function:
    if not row and not before:
        return test
    made = copy.copy(test)
    made.body = [*before, *(Filled(row).visit(one) for one in copy.deepcopy(test.body))] if row else [
        *before, *test.body
    ]  # fmt: skip
    return made


def joined_names(names: Names, fixture: Fixture) -> Names | None:
    """Return a file's names with those that a fixture of another file uses; None where one means something else."""
    imports, defined = dict(names.imports), dict(names.defined)
    there, waiting, seen = fixture.names, [*free_names(fixture.lines) - BUILT_IN], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in there.imports and imports.setdefault(name, there.imports[name]) == there.imports[name]:
            continue
        node = there.defined.get(name)
        if node is None or name in imports or ast.dump(defined.setdefault(name, node)) != ast.dump(node):
            return None
        waiting += free_names([node]) - BUILT_IN
    return replace(names, imports=imports, defined=defined)


def rows_of(test: Function, file: Names) -> list[Row]:
    """Return the first rows of the tables that a test is run with, column by name; none where there is no table."""
    tables = [table for one in test.decorator_list if (table := _table(one, file))]
    if not tables:
        return []
    most = max(map(len, tables))
    turns = itertools.islice(zip(*(itertools.cycle(table) for table in tables), strict=False), min(most, ROWS))
    return [{name: value for row in turn for name, value in row.items()} for turn in turns]


def _table(decorator: ast.expr, file: Names) -> list[Row]:
    """Return the rows of a table that a decorator writes out."""
    if not isinstance(decorator, ast.Call) or not ast.unparse(decorator.func).endswith("mark.parametrize"):
        return []
    given = {word.arg: word.value for word in decorator.keywords}
    heads = [*decorator.args[:1], given.get("argnames")][0]
    body = [*decorator.args[1:2], given.get("argvalues")][0]
    held = file.defined.get(body.id) if isinstance(body, ast.Name) else None
    body = held.value if isinstance(held, ast.Assign) else body
    columns = _columns(heads)
    if not columns or not isinstance(body, ast.List | ast.Tuple) or "indirect" in given:
        return []
    found = []
    for one in body.elts:
        row = one.args if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("param") else [one]
        if len(columns) > 1 and row == [one]:
            row = one.elts if isinstance(one, ast.Tuple | ast.List) else []
        if len(row) == len(columns) and not any(isinstance(value, ast.Starred) for value in row):
            found.append(dict(zip(columns, row, strict=True)))
    return _spread(found)


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Return the rows, the first, the last and those in the middle before their neighbours."""
    count = len(rows)
    places = [0, count - 1, count // 2, count // 4, *range(count)]
    return [rows[at] for at in dict.fromkeys(places) if 0 <= at < count]


def _columns(heads: ast.expr | None) -> list[str]:
    if isinstance(heads, ast.Constant) and isinstance(heads.value, str):
        return [name.strip() for name in heads.value.split(",") if name.strip()]
    parts = heads.elts if isinstance(heads, ast.Tuple | ast.List) else []
    return [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
