"""Private definitions whose removal could be seen by nobody else, as far as one file tells (pure)."""

import ast
import re

from improver.source import FUNCTIONS, SCOPES, Source

NAME = re.compile(r"_[A-Za-z0-9](?:[A-Za-z0-9_]*[A-Za-z0-9])?")  # _name; neither __name nor _name_, which are hooks
HOOKS = frozenset({"_asdict", "_make", "_replace"})  # looked for by name by libraries
DECORATORS = frozenset(
    {"staticmethod", "classmethod", "property", "cache", "lru_cache", "cached_property", "contextmanager"}
    | {"asynccontextmanager", "dataclass", "final", "total_ordering"}
)
BASES = frozenset(
    {"object", "ABC", "Generic", "Protocol", "NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
    | {"Exception", "ValueError", "TypeError", "RuntimeError", "KeyError", "LookupError", "AttributeError", "Warning"}
)
CALLS = frozenset(
    {"compile", "frozenset", "set", "dict", "list", "tuple", "object", "namedtuple", "TypeVar", "ParamSpec", "NewType"}
    | {"OrderedDict", "defaultdict", "deque", "Counter", "partial", "Path", "PurePosixPath", "Decimal", "timedelta"}
    | {"itemgetter", "attrgetter", "Lock", "RLock", "str", "int", "float", "bytes", "bool", "len", "field"}
)
LITERAL = (ast.Constant, ast.Name, ast.Lambda)
COMPOSED = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.JoinedStr)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
DEFINITIONS = (*SCOPES, ast.Assign, ast.AnnAssign)


def private_name(node: ast.AST, source: Source) -> str | None:
    """Return the name of a private definition that runs nothing when it is made and overrides nothing, else None."""
    if not isinstance(node, DEFINITIONS):
        return None
    name = _name(node)
    if name is None or not NAME.fullmatch(name) or name in HOOKS:
        return None
    parent = source.parents.get(node)
    if isinstance(parent, ast.ClassDef):
        closed = isinstance(node, FUNCTIONS) and _is_closed(parent, source)
        return name if closed and is_quiet(node) else None
    return name if parent is source.tree and is_quiet(node) else None


def span(node: Definition) -> tuple[int, int]:
    """Return the first and the last line of a definition, its decorators included."""
    decorators = node.decorator_list if isinstance(node, SCOPES) else []
    return min([node.lineno, *(item.lineno for item in decorators)]), node.end_lineno or node.lineno


def is_quiet(node: ast.AST) -> bool:
    """Tell whether running the statement `node` does no more than bind a name."""
    if isinstance(node, FUNCTIONS):
        defaults = [*node.args.defaults, *(item for item in node.args.kw_defaults if item is not None)]
        return all(map(_is_known_decorator, node.decorator_list)) and all(map(is_quiet_value, defaults))
    if isinstance(node, ast.ClassDef):
        return (
            not node.keywords
            and all(_last_name(base) in BASES for base in node.bases)
            and all(map(_is_known_decorator, node.decorator_list))
            and all(map(is_quiet, node.body))
        )
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(isinstance(item, ast.Name) for item in targets) and (
            node.value is None or is_quiet_value(node.value)
        )
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def is_quiet_value(node: ast.AST) -> bool:
    """Tell whether computing `node` does nothing that could be seen, except raise an error."""
    if isinstance(node, LITERAL):
        return True
    if isinstance(node, ast.Attribute):
        return is_quiet_value(node.value)
    if isinstance(node, ast.Subscript):  # a generic alias, not a look-up
        return _last_name(node.value)[:1].isupper() and is_quiet_value(node.slice)
    if isinstance(node, ast.Call):
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        return _last_name(node.func) in CALLS and all(map(is_quiet_value, values))
    children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return isinstance(node, (*COMPOSED, ast.FormattedValue)) and all(map(is_quiet_value, children))


def _name(node: Definition) -> str | None:
    if isinstance(node, SCOPES):
        return node.name
    if isinstance(node, ast.AnnAssign):
        return node.target.id if isinstance(node.target, ast.Name) and node.value is not None else None
    first = node.targets[0]
    return first.id if len(node.targets) == 1 and isinstance(first, ast.Name) else None


def _is_closed(node: ast.ClassDef, source: Source) -> bool:
    """Tell whether no base, metaclass or decorator of the class could look for its methods by name."""
    return (
        source.parents.get(node) is source.tree
        and not node.keywords
        and all(_last_name(base) in {"object", "ABC"} for base in node.bases)
        and all(map(_is_known_decorator, node.decorator_list))
        and not node.name.endswith("Mixin")
    )


def _is_known_decorator(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else node
    return _last_name(called) in DECORATORS


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    return str(getattr(node, "id", getattr(node, "attr", "")))
