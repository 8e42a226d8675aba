"""What the parameters of a function stand for in one call of it, as far as the text says (pure)."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.source import Function
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import called_as, defaults_of, expression, parameters, statements

DRAINS = frozenset({"next", "list"})
LASTING = (str, bytes, int, float, tuple, type(None))  # nothing changes what is of these types


class Unknown:
    """What stands for a value that the text does not say."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Argument:
    """What one parameter stands for: the text of what is given, None where nothing is, and the value if it says one."""

    name: str
    text: ast.expr | None = None
    value: object = UNKNOWN
    default: ast.expr | None = None
    place: int = -1  # among the positional parameters, self and cls aside; -1 of any other
    extra: bool = False  # gathers what no other parameter takes

    @property
    def given(self) -> bool:
        """Tell whether the call says what it is."""
        return self.text is not None

    @property
    def flag(self) -> bool:
        """Tell whether it is a switch."""
        return isinstance(self.default, ast.Constant) and isinstance(self.default.value, bool)


def arguments(case: Case, node: Function) -> dict[str, Argument]:
    """Map parameters to what they stand for in the call of a case; {} where it is a call of something else.

    "self.limit" is what the object was given as `limit` where it is made in the same breath.
    """
    call = expression(case.call)
    making = case.function.endswith((".__init__", ".__new__"))
    piped = isinstance(call, ast.BinOp) and not making  # what comes before the link is its first
    call = drained(call.right if isinstance(call, ast.BinOp) else call)
    made = _made_with(call.func if isinstance(call, ast.Call) else call, case.setup)
    if not isinstance(call, ast.Call) or not is_of(call, case.function) or _is_imported(call, case):
        return made
    declared = _declared(node)
    texts: dict[str, ast.expr] = {word.arg: word.value for word in call.keywords if word.arg}
    places = [name for name, one in declared.items() if one.place >= piped and name not in texts]
    if not any(isinstance(one, ast.Starred) for one in call.args):
        texts |= dict(zip(places, call.args, strict=False))
    elif declared:
        return made
    known = values(case.setup)
    return {name: _filled(one, texts, known, declared) for name, one in declared.items()} | made


def _is_imported(call: ast.Call, case: Case) -> bool:
    """Tell whether a function of a module is called where a method has its name."""
    owner, _, method = case.function.partition("::")[2].rpartition(".")
    names = {one[-1] or one[0].partition(".")[0] for one in case.imports if len(one) < 3 and one[0]}
    where = call.func.value if isinstance(call.func, ast.Attribute) else call.func
    is_method = bool(owner) and method not in ("__init__", "__new__") and isinstance(where, ast.Name)
    return is_method and isinstance(where, ast.Name) and where.id in names and where.id != owner


def drained(call: ast.expr) -> ast.expr:
    """Return the call whose items are only read, `waves(3)` of `next(waves(3))`; any other expression as it is."""
    read = isinstance(call, ast.Call) and getattr(call.func, "id", "") in DRAINS and len(call.args) == 1
    inner = call.args[0] if isinstance(call, ast.Call) and read else None
    return inner if isinstance(inner, ast.Call) else call


def is_of(call: ast.Call, function: str) -> bool:
    """Tell whether a call has the name of the function, or of the class whose making it is."""
    inner = call.func.value if isinstance(call.func, ast.Attribute) and call.func.attr == "pipe" else call.func
    return last_name(inner) == called_as(function)


def values(setup: Iterable[str]) -> dict[str, object]:
    """Map names that statements bind once to a plain value, which nothing changes afterwards, to that value."""
    found: dict[str, object] = {}
    for line in setup:
        for node in statements(line):
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            value = literal(node.value) if isinstance(node, ast.Assign) else UNKNOWN
            again = names & found.keys()
            found |= {name: value if isinstance(value, LASTING) and not again else UNKNOWN for name in names}
    return found


def bound(setup: Iterable[str], name: str) -> list[ast.expr]:
    """Return what statements bind to a name."""
    lines = [line for text in setup for line in statements(text) if isinstance(line, ast.Assign)]
    return [line.value for line in lines if getattr(line.targets[0], "id", "") == name]


def literal(text: ast.expr | None, known: Mapping[str, object] | None = None) -> object:
    """Return the value of an expression that says it; of a function without a name, itself."""
    if isinstance(text, ast.Lambda):
        return text
    if isinstance(text, ast.Name):
        return (known or {}).get(text.id, UNKNOWN)
    try:
        return UNKNOWN if text is None else ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError):
        return UNKNOWN


def _declared(node: Function) -> dict[str, Argument]:
    """Map the parameters, self and cls aside, to what they stand for when nothing is given."""
    defaults = defaults_of(node)
    found = {name: Argument(name, default=defaults.get(name), place=at) for at, name in enumerate(parameters(node))}
    found |= {one.arg: Argument(one.arg, default=defaults.get(one.arg)) for one in node.args.kwonlyargs}
    more = [one.arg for one in (node.args.kwarg,) if one]
    return found | {name: Argument(name, extra=True) for name in more}


def _filled(
    one: Argument, texts: Mapping[str, ast.expr], known: Mapping[str, object], declared: Mapping[str, Argument]
) -> Argument:
    if one.extra:
        strange = [text for name, text in texts.items() if name not in declared]
        return replace(one, text=strange[0]) if strange else one
    text = texts.get(one.name)
    return replace(one, text=text, value=literal(one.default if text is None else text, known))


def _made_with(read: ast.expr, setup: Sequence[str]) -> dict[str, Argument]:
    """Map attributes to what an object was given for them as it was made, right where one of its own is read."""
    made = read.value if isinstance(read, ast.Attribute) else None
    if isinstance(made, ast.Name) and len(setup) == 1:
        line = statements(setup[0])[0]
        bound = isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == made.id
        made = line.value if isinstance(line, ast.Assign) and bound else None
    words = made.keywords if isinstance(made, ast.Call) else []
    found = {word.arg: Argument(word.arg, word.value, literal(word.value)) for word in words if word.arg}
    return {f"self.{name}": one for name, one in found.items()}
