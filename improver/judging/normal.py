"""Normal forms of Python files: two files with one form are the same program, whatever their layout or local names."""

import ast
import functools
import hashlib
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS
from types import CodeType

from improver.source import Source

Undo = Callable[[Source, Source], ast.Module | str]  # (before, after) -> the after tree undone, or why it cannot be

# What can see the names of local variables; where one is used, a renamed local is a change.
FRAME_ATTRIBUTES = frozenset({"_getframe", "currentframe", "getargvalues", "f_locals", "f_back", "co_varnames"})
FRAME_READERS = FRAME_ATTRIBUTES | {"locals", "vars", "eval", "exec", "dir"}
OPTIMIZE = (0, 1, 2)  # asserts, __debug__ and docstrings must agree under python, python -O and python -OO


@dataclass(frozen=True, slots=True)
class Forms:
    """The normal forms of one file before and after; `how` names the form compared."""

    before: str
    after: str
    how: str

    @property
    def equal(self) -> bool:
        """Tell whether both are the same program."""
        return self.before == self.after

    @property
    def digest(self) -> str:
        """Return the SHA-256 over both forms."""
        return hashlib.sha256(f"{self.before}\0{self.after}".encode()).hexdigest()


@functools.lru_cache(maxsize=4)  # one gate asks more than once
def compared(before: Source, after: Source) -> Forms:
    """Return both files in the first form in which they are equal: syntax, then compiled code; else as syntax.

    A file that cannot be put into a form (nested too deeply, refused by the compiler) gets the form of its bytes.
    """
    syntax = Forms(syntax_form(before), syntax_form(after), "syntax tree")
    if syntax.equal:
        return syntax
    code = Forms(code_form(before), code_form(after), "compiled code")
    return code if code.equal else syntax


def syntax_form(source: Source) -> str:
    """Return the syntax tree as text, without positions, string prefixes and statements that only fill a block."""
    try:
        return rendered(source.tree)
    except RecursionError:
        return _bytes_form(source)


def code_form(source: Source) -> str:
    """Return the compiled module as text, without line tables and the names of locals that nothing can read."""
    try:
        codes = [_compiled(source, level) for level in OPTIMIZE]
        readable = any(not FRAME_READERS.isdisjoint(code.co_names) for code in _walk(codes[0]))
        return "\n".join(_rendered_code(code, readable) for code in codes)
    except (SyntaxError, ValueError, RecursionError):
        return _bytes_form(source)


def routines(source: Source) -> Mapping[str, str]:
    """Map the qualified name of each function to its compiled code as text; none where the compiler refuses."""
    found: dict[str, str] = defaultdict(str)
    try:
        for level in OPTIMIZE:
            codes = [code for code in _walk(_compiled(source, level)) if code.co_flags & CO_OPTIMIZED]
            readable = any(not FRAME_READERS.isdisjoint(code.co_names) for code in codes)
            for code in codes:
                found[code.co_qualname] += f"{_rendered_code(code, readable)}\n"
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return found


def rendered(value: object) -> str:
    """Return an AST node, or a value of one of its fields, as text that is ASCII and tells types apart."""
    if isinstance(value, ast.AST):
        fields = ("value",) if isinstance(value, ast.Constant) else value._fields  # its kind is the prefix u
        inner = ", ".join([f"{name}={rendered(getattr(value, name, None))}" for name in fields])
        return f"{type(value).__name__}({inner})"
    if isinstance(value, list):
        return f"[{', '.join([rendered(item) for item in without_idle_pass(value)])}]"
    return _rendered_constant(value)


class _Outline(ast.NodeTransformer):
    """Leave of each function its head and the attributes that it sets on anything."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Shorten a function."""
        return self._shortened(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Shorten a coroutine."""
        return self._shortened(node)

    def _shortened(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        inside = (inner for statement in node.body for inner in ast.walk(statement))
        targets = (item for item in inside if isinstance(item, ast.Attribute) and not isinstance(item.ctx, ast.Load))
        names = sorted({item.attr for item in targets})
        node.body = [ast.Expr(ast.Constant(name)) for name in names] or [ast.Pass()]
        return node


def outline(source: Source) -> str:
    """Return what of a file can shape its interface, as text: all but the insides of functions."""
    return rendered(_Outline().visit(ast.parse(source.data)))


def without_idle_pass(block: list[object]) -> list[object]:
    """Return `block` without idle `pass` statements; one that keeps a string from becoming a docstring stays."""
    kept = [item for item in block if not isinstance(item, ast.Pass)]
    if not kept or (isinstance(block[0], ast.Pass) and is_constant(kept[0])):
        return block
    return kept


def is_constant(node: object) -> bool:
    """Tell whether `node` is a statement that is only a constant, such as a docstring or `...`."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _rendered_constant(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)  # repr refuses integers of more than 4,300 digits
    if isinstance(value, tuple):
        return f"({', '.join(_rendered_constant(item) for item in value)},)"
    if isinstance(value, frozenset):
        return f"frozenset({sorted(_rendered_constant(item) for item in value)})"
    return ascii(value)


def _compiled(source: Source, optimize: int) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the lint gate judges dubious literals
        code: CodeType = compile(source.data, "<normal form>", "exec", dont_inherit=True, optimize=optimize)
    return code


def _walk(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _walk(constant)


def _rendered_code(code: CodeType, readable: bool) -> str:  # noqa: FBT001 - passed on through the recursion only
    parameters = (
        code.co_argcount
        + code.co_kwonlyargcount
        + bool(code.co_flags & CO_VARARGS)
        + bool(code.co_flags & CO_VARKEYWORDS)
    )
    constants = [
        _rendered_code(item, readable) if isinstance(item, CodeType) else _rendered_constant(item)
        for item in code.co_consts
    ]
    facts = (
        code.co_qualname,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags),
        code.co_code.hex(),
        code.co_exceptiontable.hex(),
        code.co_names,
        code.co_varnames if readable else (code.co_varnames[:parameters], len(code.co_varnames)),
        (code.co_cellvars, code.co_freevars),
    )
    return f"code({facts!a}, [{', '.join(constants)}])"


def _bytes_form(source: Source) -> str:
    return f"bytes({source.data!r})"
