"""Change functions of a live process inside the sandbox: mark what they run, compile one alone, put it in place.

Read by guests under the project's own interpreter (3.9 or later): the standard library only.
"""

from __future__ import annotations
import __future__ as features

import ast
import builtins
import gc
import importlib.machinery
import importlib.util
import linecache
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Key = tuple[str, int, str]  # file, first line (decorators included) and name of a function

MARK = "__nova_mark__"
FLAGS = sum({getattr(features, name).compiler_flag for name in features.all_feature_names} - {0x10})  # nested: no flag
COMPARED = ("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_flags", "co_argcount")


def key_of(code: types.CodeType) -> Key:
    """Return what names a function's code in a process."""
    return code.co_filename, code.co_firstlineno, code.co_name


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """Yield the codes that are defined in `code`, however deep."""
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from codes_in(constant)


def compiled(text: str, key: Key, flags: int) -> types.CodeType:
    """Compile a function that stands alone in `text`; `flags` are those of the code that it replaces."""
    module = compile(text, key[0], "exec", flags=flags & FLAGS, dont_inherit=True)
    found = [code for code in codes_in(module) if key_of(code) == key]
    if len(found) != 1:
        raise ValueError(f"{len(found)} functions are {key[2]} on line {key[1]}")
    return found[0]


def alike(one: object, other: object) -> bool:
    """Tell whether two codes, or constants of codes, are the same but for where they stand."""
    if not isinstance(one, types.CodeType) or not isinstance(other, types.CodeType):
        return type(one) is type(other) and repr(one) == repr(other)
    if any(getattr(one, name) != getattr(other, name) for name in COMPARED):
        return False
    return len(one.co_consts) == len(other.co_consts) and all(map(alike, one.co_consts, other.co_consts))


def other_defaults(text: str, other: str, name: str) -> tuple[int, object]:
    """Return which default of a function `other` gives another constant, and which; raises ValueError for none or more.

    Keyword-only defaults come after the others.
    """
    mine, theirs = _defaults(text, name), _defaults(other, name)
    changed = [at for at, value in enumerate(theirs) if [*map(ast.dump, mine[at : at + 1])] != [ast.dump(value)]]
    if len(changed) != 1 or len(mine) != len(theirs):
        raise ValueError(f"{len(changed)} defaults differ")
    return changed[0], ast.literal_eval(theirs[changed[0]])


def _defaults(text: str, name: str) -> list[ast.expr]:
    node = _definition(text, name)
    return [*node.args.defaults, *(value for value in node.args.kw_defaults if value is not None)]


def _definition(text: str, name: str) -> Any:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return next(node for node in ast.walk(ast.parse(text)) if isinstance(node, functions) and node.name == name)


def live(keys: Iterable[Key]) -> dict[Key, list[Any]]:
    """Return the function objects of this process that run the code named by each key, wherever they are held."""
    found: dict[Key, list[Any]] = {key: [] for key in keys}
    for item in gc.get_objects():
        if type(item) is types.FunctionType and key_of(item.__code__) in found:
            found[key_of(item.__code__)].append(item)
    return found


def unmarked(texts: Mapping[Key, str]) -> set[Key]:
    """Return which functions, by their texts, run without their marks: a decorator has compiled them anew.

    What it compiles may begin at the decorators, or after them.
    """
    known: dict[tuple[str, str], list[tuple[Key, int]]] = {}
    for key, text in texts.items():
        known.setdefault((key[0], key[2]), []).append((key, _definition(text, key[2]).lineno))
    found = set()
    for item in gc.get_objects():
        code = item.__code__ if type(item) is types.FunctionType else None
        if code is not None and MARK not in code.co_names:
            spans = known.get((code.co_filename, code.co_name), ())
            found |= {key for key, last in spans if key[1] <= code.co_firstlineno <= last}
    return found


def put(functions: Iterable[Any], code: types.CodeType) -> None:
    """Make live functions run `code`; raises ValueError when it closes over other variables than theirs."""
    for function in functions:
        function.__code__ = code


# --- what modules are made of -------------------------------------------------------------------------------------


def read_as(changed: Mapping[str, bytes]) -> None:
    """Let Python's loader find other bytes at these absolute paths than the files there hold.

    So does who asks for the lines of a module, to compile a function of it anew.
    """
    for path, data in changed.items():
        text = importlib.util.decode_source(data)
        lines = text.splitlines(keepends=True)
        linecache.cache[path] = (len(text), None, lines, path)  # without a time it is never looked up again
    own = importlib.machinery.SourceFileLoader.get_data

    def get_data(self: Any, path: str) -> bytes:
        return changed[path] if path in changed else own(self, path)

    importlib.machinery.SourceFileLoader.get_data = get_data  # type: ignore[method-assign]


def mark(functions: Iterable[Mapping[str, Any]]) -> set[int]:
    """Let functions of modules imported from now on say what of them ran, in the set that is returned.

    Each has a "key" and "marks", a mark by line, as text; line 0 stands for the whole function.
    """
    ran: set[int] = set()
    wanted: dict[str, dict[Key, dict[int, int]]] = {}
    for one in functions:
        lines = {int(line): number for line, number in one["marks"].items()}
        wanted.setdefault(one["key"][0], {})[tuple(one["key"])] = lines
    setattr(builtins, MARK, ran.add)
    own = importlib.machinery.SourceFileLoader.source_to_code

    def source_to_code(self: Any, data: Any, path: Any) -> Any:
        if path in wanted:
            data = marked(ast.parse(data), path, wanted[path])
        return own(self, data, path)

    importlib.machinery.SourceFileLoader.source_to_code = source_to_code  # type: ignore[assignment, method-assign]
    return ran


def marked(tree: ast.Module, path: str, wanted: Mapping[Key, Mapping[int, int]]) -> ast.Module:
    """Put marks into the wanted functions of `tree`; their lines stay where they are."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            marks = wanted.get((path, first, node.name))
            if marks:
                _mark_function(node, marks)
    return ast.fix_missing_locations(tree)


def _mark_function(function: Any, marks: Mapping[int, int]) -> None:
    blocks = [block for node in ast.walk(function) for block in _blocks(node)]
    start = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    for line, number in sorted(marks.items()):
        places = [(block, node) for block in blocks for node in block if node.lineno <= line <= (node.end_lineno or 0)]
        begun = [place for place in places if place[1].lineno == line]
        block, node = begun[0] if begun else places[-1] if places else (function.body, (start or function.body)[0])
        text = ast.Expr(ast.Call(ast.Name(MARK, ast.Load()), [ast.Constant(number)], []))
        at = next(index for index, item in enumerate(block) if item is node)
        alone = block is function.body and not start  # a docstring must stay the first statement
        block.insert(at + alone, ast.copy_location(text, node))


def _blocks(node: ast.AST) -> Sequence[list[Any]]:
    found = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [block for block in found if isinstance(block, list)]
