"""Pass values to SQL as parameters: ``execute(f"… = '{name}'")`` becomes ``execute("… = ?", (name,))``."""

import ast

from improver.codemod import SUPPRESSION, Abstain, Codemod, Rewrite, Site
from improver.names import bound_by, declared, own
from improver.records import Safety
from improver.rewriting.evident import Known, type_of
from improver.rewriting.origins import called, origin
from improver.rewriting.queries import Query, known_at, parametrised
from improver.rewriting.splicing import Splice, edited, end_of, start_of, text_of, unfolded
from improver.source import FUNCTIONS, Source

MARKS = {  # what stands for a parameter, by the module that made the connection
    "sqlite3": "?",
    **dict.fromkeys(("psycopg2", "psycopg", "pymysql", "MySQLdb", "mysql.connector"), "%s"),
}
KINDS = ("Connection", "Cursor")
DEPTH = 4  # a cursor of a connection of an attribute; more is not followed


class SqlParameters(Codemod):
    """Give the database values apart from the statement, so that no value can become part of it."""

    TITLE = "Pass values to SQL as parameters"
    WHY = "A value with a quote in it ends the text early: it breaks the statement, or says what somebody else wants."
    SAFE_WHEN = (
        "The statement is executed by a connection or cursor that this file shows to be sqlite3's, psycopg's or"
        " MySQL's, so that the mark for a parameter is known. It is a SELECT, INSERT, UPDATE, DELETE or REPLACE, and"
        " every interpolation is a value: after a comparison or in a list of values, a whole quoted text or a number by"
        " its annotation; names of tables and columns, and parts of texts, are none. Values with quotes in them mean"
        " themselves from now on: a person decides."
    )
    SAFETY = Safety.BEHAVIOUR_CHANGE
    VALUE = 5
    NODES = (ast.Call,)

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which statement has values written into it."""
        assert isinstance(node, ast.Call), "NODES names nothing else"
        query = _query(node, source)
        if query is None:
            return None
        if any(SUPPRESSION.search(line) for line in source.lines[node.lineno - 1 : node.end_lineno]):
            return None
        return f"{' and '.join(query.values)} can end the SQL that it is written into"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Put marks into the statement, and the values beside it."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Call), "suspects saw a call"
        query = _query(node, source)
        assert query is not None, "suspects saw the query"
        values = f"({', '.join(query.values)}{',' if len(query.values) == 1 else ''})"
        sql = node.args[0]
        whole = Splice(start_of(sql), end_of(sql), f"{query.text}, {values}")
        if sql.lineno not in (sql.end_lineno, node.lineno) and not query.text.endswith(('"""', "'''")):
            margin = source.lines[sql.lineno - 1].encode()[: sql.col_offset].decode()
            whole = Splice(start_of(sql), end_of(sql), f"{query.text},\n{margin}{values}")
        result = edited(source, [whole])
        statement = next(item for item in source.ancestors(node) if isinstance(item, ast.stmt))
        if not isinstance(result, Abstain) or end_of(statement) != end_of(node):
            return result
        return edited(source, [whole, *unfolded(node, statement, source)])

    CHANGES = (
        (
            "import sqlite3\n\n\ndef find(path, name: str):\n    with sqlite3.connect(path) as db:\n"
            "        return db.execute(f\"SELECT * FROM t WHERE n = '{name}'\").fetchall()  # one\n",
            "import sqlite3\n\n\ndef find(path, name: str):\n    with sqlite3.connect(path) as db:\n"
            '        return db.execute("SELECT * FROM t WHERE n = ?", (name,)).fetchall()  # one\n',
        ),
        (
            "import sqlite3\n\n\nclass Store:\n    def __init__(self, path):\n        self.db = sqlite3.connect(path)\n"
            "        self.cursor = self.db.cursor()\n\n    def add(self, row, size: int):\n"
            "        self.cursor.execute(f\"INSERT INTO t (a, b) VALUES ('{row.a}', {size})\")\n",
            "import sqlite3\n\n\nclass Store:\n    def __init__(self, path):\n        self.db = sqlite3.connect(path)\n"
            "        self.cursor = self.db.cursor()\n\n    def add(self, row, size: int):\n"
            '        self.cursor.execute(\n            "INSERT INTO t (a, b) VALUES (?, ?)", (str(row.a), size)\n'
            "        )\n",
        ),
        (
            "import psycopg2\r\n\r\n\r\ndef drop(cursor: psycopg2.extensions.cursor, name):\r\n"
            "\tdb = psycopg2.connect()\r\n\tdb.cursor().execute(\"DELETE FROM t WHERE a = '%s'\" % (name,))\r\n",
            "import psycopg2\r\n\r\n\r\ndef drop(cursor: psycopg2.extensions.cursor, name):\r\n"
            '\tdb = psycopg2.connect()\r\n\tdb.cursor().execute("DELETE FROM t WHERE a = %s", (str(name),))\r\n',
        ),
        (
            "import sqlite3\n\n\ndef rename(db: sqlite3.Connection, old: str, new: str) -> None:\n    db.execute(\n"
            "        f\"UPDATE t SET name = '{new}' \"\n        f\"WHERE name = '{old}'\"\n    )\n",
            "import sqlite3\n\n\ndef rename(db: sqlite3.Connection, old: str, new: str) -> None:\n    db.execute(\n"
            '        "UPDATE t SET name = ? "\n        "WHERE name = ?",\n        (new, old)\n    )\n',
        ),
        (
            "import mysql.connector\n\ndb = mysql.connector.connect(host='db')\ncursor = db.cursor()\n\n\n"
            "def find(key):\n    cursor.execute(\"SELECT * FROM t WHERE id = '%s'\" % str(key))\n"
            "    return cursor.fetchone()\n",
            "import mysql.connector\n\ndb = mysql.connector.connect(host='db')\ncursor = db.cursor()\n\n\n"
            'def find(key):\n    cursor.execute("SELECT * FROM t WHERE id = %s", (str(key),))\n'
            "    return cursor.fetchone()\n",
        ),
        (
            "import sqlite3\n\n\ndef page(db: sqlite3.Cursor, after: int, size: int):\n"
            '    db.execute(f"SELECT * FROM items WHERE id > {after} LIMIT {size}")\n    return db\n',
            "import sqlite3\n\n\ndef page(db: sqlite3.Cursor, after: int, size: int):\n"
            '    db.execute("SELECT * FROM items WHERE id > ? LIMIT ?", (after, size))\n    return db\n',
        ),
    )
    KEEPS = (
        # Names of tables and columns cannot be parameters; nor can parts of a statement, of a text or of a list.
        "import sqlite3\ndef f(db: sqlite3.Connection, t: str):\n db.execute(f'SELECT * FROM {t}')\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, c: str):\n db.execute(f\"SELECT '{c}' FROM t\")\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, c: str):\n db.execute(f'SELECT a FROM t ORDER BY {c}')\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, c: str):\n db.execute(f'SELECT a FROM t WHERE {c} = 1')\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a LIKE '%{x}%'\")\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n db.execute(f'SELECT a FROM t WHERE a IN ({x})')\n",
        # One value, and one that is none: all or nothing.
        "import sqlite3\ndef f(db: sqlite3.Connection, t, x: str):\n"
        " db.execute(f\"SELECT a FROM {t} WHERE a = '{x}'\")\n",
        # Not quoted, and maybe a column, a subquery or a quoted text.
        "import sqlite3\ndef f(db: sqlite3.Connection, x):\n db.execute(f'SELECT a FROM t WHERE a = {x}')\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x: int = None):\n db.execute(f'SELECT 1 WHERE 1 = {x}')\n",
        # Escaped already: the escapes would become part of the value.
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x.replace(q, r)}'\")\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x!r:5}'\")\n",
        # A statement of another kind, which takes no parameters.
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n db.execute(f\"ATTACH '{x}' AS y\")\n",
        # Nobody knows whose cursor it is, or what stands for a parameter.
        "import sqlite3\ndef f(db, x: str):\n db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")\n",
        "import ours\ndef f(x: str):\n db = ours.connect()\n db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")\n",
        "import sqlite3\ndef f(x: str, y):\n db = sqlite3.connect(x)\n db = y\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")\n",
        "import sqlite3\ndb = sqlite3.connect('a')\ndef g():\n global db\n db = other()\n"
        "def f(x: str):\n db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")\n",
        # Marks and parameters that are there already, and a mark in a text.
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x}' AND b = ?\", (1,))\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x}' AND b = 'why?'\")\n",
        # Braces, escapes and a tuple in disguise.
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x}' AND b = '{{}}'\")\n",
        "import sqlite3\ndef f(db: sqlite3.Connection, x):\n db.execute(\"SELECT a FROM t WHERE a = '%s'\" % x)\n",
        # An author who said no.
        "import sqlite3\ndef f(db: sqlite3.Connection, x: str):\n"
        " db.execute(f\"SELECT a FROM t WHERE a = '{x}'\")  # noqa: S608\n",
    )


def _query(call: ast.Call, source: Source) -> Query | None:
    """Return the statement that `call` executes with parameters in the place of its values, if all of them are."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "execute" or len(call.args) != 1 or call.keywords:
        return None
    sql, known = call.args[0], known_at(call, source)
    literals, values = sql, _interpolated(sql)
    if isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Mod):
        literals, values = sql.left, _filled_in(sql.right, known)
        if not isinstance(literals, ast.Constant) or not isinstance(literals.value, str):
            return None
    if not values:
        return None
    mark = MARKS.get(_driver(call.func.value, source))
    if mark is None:
        return None
    return parametrised(text_of(literals, source), values, mark, known)


def _interpolated(sql: ast.expr) -> list[ast.expr]:
    """Return the values of an f-string that formats them in no way of their own, else nothing."""
    holes = (
        [part for part in sql.values if isinstance(part, ast.FormattedValue)] if isinstance(sql, ast.JoinedStr) else []
    )
    plain = all(hole.conversion == -1 and hole.format_spec is None for hole in holes)
    return [hole.value for hole in holes] if plain else []


def _filled_in(values: ast.expr, known: Known) -> list[ast.expr]:
    """Return what `%` fills in: the parts of a tuple, or one value that surely is none."""
    if isinstance(values, ast.Tuple):
        return list(values.elts)
    return [values] if type_of(values, known) is not None else []


def _driver(connection: ast.expr, source: Source, depth: int = DEPTH) -> str:
    """Return the module whose connection or cursor `connection` surely is, or ""."""
    if depth == 0:
        return ""
    if isinstance(connection, ast.Call):
        module, _, function = called(connection, source).rpartition(".")
        if module in MARKS and function == "connect":
            return module
        is_cursor = isinstance(connection.func, ast.Attribute) and connection.func.attr == "cursor"
        inner = connection.func.value if isinstance(connection.func, ast.Attribute) else None
        return _driver(inner, source, depth - 1) if is_cursor and inner is not None else ""
    if isinstance(connection, ast.Name):
        made = [_made(node, source) for node in _bindings(connection, source)]
    else:
        home = next((item for item in source.ancestors(connection) if isinstance(item, ast.ClassDef)), None)
        made = [_made(node, source) for node in _assignments(connection, home)]
    drivers = {_driver(item, source, depth - 1) if isinstance(item, ast.expr) else item for item in made}
    return drivers.pop() if len(drivers) == 1 else ""


def _bindings(name: ast.Name, source: Source) -> list[ast.AST]:
    """Return what binds `name` in the innermost scope that does, parameters included; nothing for a declared one."""
    if name.id in declared(source.tree):
        return []
    functions = [parent for parent in source.ancestors(name) if isinstance(parent, FUNCTIONS)]
    for scope in (*functions, source.tree):
        arguments = [item for item in ast.walk(getattr(scope, "args", ast.Pass())) if isinstance(item, ast.arg)]
        if found := [node for node in (*own(scope), *arguments) if name.id in bound_by(node)]:
            return list(dict.fromkeys(found))
    return []


def _assignments(attribute: ast.expr, home: ast.ClassDef | None) -> list[ast.AST]:
    """Return the targets that give `self.name` a value anywhere in the class."""
    if home is None or not isinstance(attribute, ast.Attribute) or ast.unparse(attribute.value) != "self":
        return []
    nodes = (node for node in ast.walk(home) if isinstance(node, ast.Attribute) and node.attr == attribute.attr)
    return [node for node in nodes if not isinstance(node.ctx, ast.Load) and ast.unparse(node.value) == "self"]


def _made(binding: ast.AST, source: Source) -> ast.expr | str:
    """Return the expression that a binding gives its name, the module that its annotation names, or ""."""
    holder = source.parents[binding]
    if isinstance(binding, ast.arg):
        module, _, kind = origin(binding.annotation, source).rpartition(".") if binding.annotation else ("", "", "")
        return module if kind in KINDS else ""
    if isinstance(holder, ast.withitem):
        return holder.context_expr
    return holder.value if isinstance(holder, ast.Assign) and len(holder.targets) == 1 else ""
