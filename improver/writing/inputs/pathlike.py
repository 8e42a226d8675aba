"""Which parameters of a function name a file or a folder: by annotation, or by what is done with them (pure)."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs.arguments import annotation
from improver.writing.inputs.kinds import last_name
from improver.writing.inputs.misfits import given_to

SAID = re.compile(r"\b_?(?:Str|Bytes|StrOrBytes|FileDescriptorOr)?Path(?:Like)?\b")  # of an annotation
MANY = re.compile(
    r"(?:\w+\.)*(?:Iterable|Iterator|Sequence|Collection|[Ll]ist|[Tt]uple|[Ss]et|[Dd]ict|Mapping|Callable)\b"
)
PLAIN = re.compile(r"(?:str|bytes|None|Any|Optional|Union|\W)+")
NAMED = re.compile(
    r"(?:.*_)?(?:path|file|filename|fname|filepath|pathname|dir|directory|dirname|folder|root|src|dst|source|target"
    r"|dest|destination)"
)
OPENS = re.compile(r"(?:.*_)?open")
PASSED = frozenset({"partial", "to_thread", "run_in_executor"})  # what hands over what it is given
OF_OS = frozenset(
    {"listdir", "scandir", "walk", "stat", "lstat", "makedirs", "mkdir", "remove", "unlink", "rename", "replace"}
    | {"rmdir", "exists", "lexists", "isfile", "isdir", "islink", "getsize", "link", "symlink", "truncate"}
    | {"copy2", "copyfile", "copytree", "move", "rmtree"}
)
MODULES = frozenset({"os", "shutil", "path"})
OF_PATH = frozenset(
    {"read_text", "read_bytes", "write_text", "write_bytes", "iterdir", "is_file", "is_dir", "exists", "rglob", "open"}
)
NO_PATHS = (ast.Constant, ast.UnaryOp, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Lambda)
ROUNDS = 3  # functions that hand a path on to each other
Code = tuple[Function, Sequence[Function]]  # a function, and where what it is given is used: it, or all of its class


@dataclass(frozen=True)
class Paths:
    """The parameters of a file's functions, and of its classes, that name something on a disk."""

    known: Mapping[str, frozenset[str]]

    @staticmethod
    def of(source: Source) -> "Paths":
        """Read what is done with parameters, by each function and by those that it hands them to."""
        codes = dict(_codes(source.tree.body))
        known: dict[str, frozenset[str]] = {}
        for _ in range(ROUNDS if any(_may_name(one) for node, _ in codes.values() for one in _parameters(node)) else 0):
            known = {name: frozenset(_reaching(code, codes, known)) for name, code in codes.items()}
        return Paths(known)

    def parameters(self, name: str, node: Function) -> list[str]:
        """Return those of the function, or of the making of the class `name`, in order.

        One of which no annotation speaks, or that is any text, is also called so.
        """
        parts = [one for one in _parameters(node) if one.arg not in ("self", "cls")]
        used = self.known.get(name, frozenset())
        return [one.arg for one in parts if _is_said(one) or (_may_name(one) and one.arg in used)]

    def misgiven(self, case: Case, node: Function) -> bool:
        """Tell whether a case of `node` gives a number, or several things, for the path of what is on a disk."""
        *_, owner, last = ("", *case.function.partition("::")[2].split("."))
        named = owner if last == "__init__" else last
        known = self.known.get(owner if last == "__init__" else f"{owner}.{last}".strip("."), frozenset())
        calls = [part for text in (*case.setup, case.call) for part in ast.walk(ast.parse(text))]
        return any(
            place.arg in known and _may_name(place) and isinstance(value, NO_PATHS) and not _is_text(value)
            for call in calls
            if isinstance(call, ast.Call) and last_name(call.func) == named
            for place, _, value in given_to(call, node)
        )


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str | bytes))


def _is_said(one: ast.arg) -> bool:
    """Tell whether an annotation says that a parameter is a path."""
    text = annotation(one)
    return SAID.search(text) is not None and "Pure" not in text and not MANY.match(text)


def _may_name(one: ast.arg) -> bool:
    """Tell whether a parameter is called as if it named something on a disk, and may be any text."""
    return NAMED.fullmatch(one.arg) is not None and PLAIN.fullmatch(annotation(one) or "Any") is not None


def _codes(body: Sequence[ast.stmt]) -> Iterator[tuple[str, Code]]:
    """Yield the functions of a file, those in a branch too, and for each class what makes its objects."""
    for node in body:
        if isinstance(node, FUNCTIONS):
            yield node.name, (node, [node])
        elif isinstance(node, ast.ClassDef):
            own = [one for one in node.body if isinstance(one, FUNCTIONS)]
            yield from ((f"{node.name}.{one.name}", (one, [one])) for one in own)
            yield from ((node.name, (one, own)) for one in own if one.name == "__init__")
        elif isinstance(node, ast.If | ast.Try):
            yield from _codes([*node.orelse, *node.body])


def _parameters(node: Function) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _reaching(code: Code, codes: Mapping[str, Code], known: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Yield the parameters with which something is done on a disk."""
    node, places = code
    for one in filter(_may_name, _parameters(node)):
        names = _bound_by(one.arg, node, places)
        calls = (part for place in places for part in ast.walk(place) if isinstance(part, ast.Call))
        if any(_is_on_disk(call, names) or _hands_on(call, names, codes, known) for call in calls):
            yield one.arg


def _bound_by(name: str, node: Function, places: Sequence[Function]) -> frozenset[str]:
    """Return the names, and attributes of the object, that are bound to something made of a parameter."""
    names, size = {name}, 0
    while len(names) > size:
        size = len(names)
        for place in places:
            own = names if place is node else {one for one in names if "." in one}
            for part in ast.walk(place):
                if isinstance(part, ast.Assign) and _speaks_of(part.value, own):
                    names |= {ast.unparse(one) for one in part.targets if isinstance(one, ast.Name | ast.Attribute)}
    return frozenset(names)


def _speaks_of(node: ast.AST, names: frozenset[str] | set[str]) -> bool:
    return any(isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) in names for one in ast.walk(node))


def _is_on_disk(call: ast.Call, names: frozenset[str]) -> bool:
    """Tell whether a call opens, looks at or changes what one of the names stands for."""
    last, owner = last_name(call.func), getattr(call.func, "value", None)
    if owner is not None and last in OF_PATH and _speaks_of(owner, names):
        return True
    given = call.args
    if last in PASSED:
        at = next((at for at, one in enumerate(given) if OPENS.fullmatch(last_name(one))), len(given))
        return any(_speaks_of(one, names) for one in given[at + 1 :])
    if OPENS.fullmatch(last):
        return bool(given) and _speaks_of(given[0], names)
    return (
        last in OF_OS
        and (owner is None or last_name(owner) in MODULES)
        and any(_speaks_of(one, names) for one in given)
    )


def _hands_on(
    call: ast.Call, names: frozenset[str], codes: Mapping[str, Code], known: Mapping[str, frozenset[str]]
) -> bool:
    """Tell whether a call gives one of the names to a function of the file that does something with it."""
    called = last_name(call.func)
    if called not in codes:
        return False
    given = given_to(call, codes[called][0])
    return any(one.arg in known.get(called, ()) and _speaks_of(value, names) for one, _, value in given)
