"""Report classes that write out by hand what a dataclass would give them."""

import ast
from collections.abc import Iterator

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.source import FUNCTIONS, Source, below

FIELDS = 2  # fewer are no record
WRITTEN = ("__repr__", "__eq__")  # what a dataclass writes, beside __init__
# What shows that instances are more than their fields.
OWN_WAYS = frozenset(
    {
        "__slots__",
        "__new__",
        "__dict__",
        "__getattr__",
        "__getattribute__",
        "__setattr__",
        "__getstate__",
        "__setstate__",
    }
    | {"__reduce__", "__reduce_ex__", "__init_subclass__", "__class_getitem__", "__del__", "__weakref__"}
)


@observer(rules={"dataclass_candidates": "a class writes out by hand what a dataclass would give it"})
def dataclass_candidates(project: Project) -> Iterator[Finding]:
    """Yield a finding for every class whose `__init__` keeps its arguments and which shows or compares just them."""
    for source in project.sources.values():
        for node in source.of_kind(ast.ClassDef):
            written = _written(node, source)
            if written:
                message = f"{node.name} writes {' and '.join(written)} as a dataclass would"
                yield finding_at(node, source, "dataclass_candidates", message, {"methods": len(written)})


def _written(node: ast.ClassDef, source: Source) -> list[str]:
    """Return the methods that a dataclass would write the same, when `__init__` and another one are."""
    if node.bases or node.keywords or node.decorator_list or source.generated:
        return []
    methods = {item.name: item for item in node.body if isinstance(item, FUNCTIONS)}
    init = methods.get("__init__")
    fields = _fields(init) if isinstance(init, ast.FunctionDef) else []
    same = [name for name in WRITTEN if name in methods and _holds(methods[name], fields, name)]
    others = [name for name in (*WRITTEN, "__hash__") if name in methods and name not in same]
    if len(fields) < FIELDS or not same or others:
        return []
    own_way = any(OWN_WAYS & {getattr(item, key, "") for key in ("id", "attr", "name")} for item in below(node))
    return [] if own_way else ["__init__", *same]


def _fields(init: ast.FunctionDef) -> list[str]:
    """Return the attributes that `init` makes of its parameters, when it does nothing else; their names are equal."""
    arguments = init.args
    if (
        init.decorator_list
        or arguments.vararg
        or arguments.kwarg
        or len(arguments.args) + len(arguments.posonlyargs) < 1
    ):
        return []
    me, *names = [item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    defaults = [*arguments.defaults, *(item for item in arguments.kw_defaults if item)]
    if not all(isinstance(item, ast.Constant) for item in defaults):
        return []
    kept = [_kept(statement, me) for statement in init.body if not _is_text(statement)]
    return names if sorted(kept) == sorted(names) else []


def _kept(statement: ast.stmt, me: str) -> str:
    """Return the name in `self.name = name`, or "" for anything else."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    target = statement.target if isinstance(statement, ast.AnnAssign) else target
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    if not isinstance(target, ast.Attribute) or not isinstance(value, ast.Name) or value.id != target.attr:
        return ""
    return value.id if isinstance(target.value, ast.Name) and target.value.id == me else ""


def _holds(method: ast.FunctionDef | ast.AsyncFunctionDef, fields: list[str], name: str) -> bool:
    """Tell whether the method is one return, perhaps after one test, that looks at all the fields and nothing else."""
    body = [statement for statement in method.body if not _is_text(statement)]
    guarded = len(body) == 2 and isinstance(body[0], ast.If) and len(body[0].body) == 1 and name == "__eq__"
    if method.decorator_list or not body or not isinstance(body[-1], ast.Return) or len(body) > 1 + guarded:
        return False
    looked = {item.attr for item in below(body[-1]) if isinstance(item, ast.Attribute)}
    return looked - {"__class__", "__name__", "__qualname__", "format"} == set(fields)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
