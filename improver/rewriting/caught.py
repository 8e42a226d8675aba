"""Names for what a test expects to be raised, which one ``with`` after another may bind anew."""

import ast
from collections import Counter
from collections.abc import Iterator

from improver.names import mentioned
from improver.rewriting.raising import held_by
from improver.source import FUNCTIONS, Source, below

LOOPS = (ast.For, ast.AsyncFor, ast.While)
CLOSED = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.Global, ast.Nonlocal)  # may read a name at another time


def is_free(name: str, node: ast.Try, source: Source) -> bool:
    """Tell whether the function has no `name`, or only for exceptions, and binds it anew before it reads it again."""
    function = source.function_of(node)
    if function is None or name not in mentioned(function):
        return name not in mentioned(node)
    inner = [item for item in below(function) if isinstance(item, CLOSED) and item is not function]
    if name in mentioned(node, function.args, *inner):
        return False
    readers = [next((item for item in block if name in mentioned(item)), None) for block in _afterwards(node, source)]
    return all(reader is None or _binds(name, reader) for reader in readers)


def names_in(source: Source, held: str) -> list[str]:
    """Return the names that a file has for what tests expect and find under `held`, the most usual first."""
    items = [item for node in source.of_kind(ast.With) for item in node.items]
    caught = [one.optional_vars for one in items if held_by(one.context_expr, source) == held]
    counts = Counter(one.id for one in caught if isinstance(one, ast.Name))
    return [name for name, _ in counts.most_common()]


def _afterwards(node: ast.stmt, source: Source) -> Iterator[list[ast.stmt]]:
    """Yield the statements that follow `node` in each block around it, of a loop all."""
    inner: ast.AST = node
    while not isinstance(inner, FUNCTIONS) and (around := source.parents.get(inner)) is not None:
        for _, block in ast.iter_fields(around):
            if isinstance(block, list) and inner in block:
                yield block if isinstance(around, LOOPS) else block[block.index(inner) + 1 :]
        inner = around


def _binds(name: str, statement: ast.stmt) -> bool:
    """Tell whether a `with` gives `name` a new value before anything in it reads the old one."""
    items = statement.items if isinstance(statement, ast.With) else []
    given = {item.optional_vars.id for item in items if isinstance(item.optional_vars, ast.Name)}
    return name in given and name not in mentioned(*(item.context_expr for item in items))
