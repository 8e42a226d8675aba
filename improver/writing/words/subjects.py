"""What a test is about, in words: a function, a class as it is made, or what one looks at of an object (pure)."""

import ast
import re
from dataclasses import dataclass

from improver.experiments import Case
from improver.source import FUNCTIONS, Function
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import expression, is_literal, slug, statements
from improver.writing.words.filling import Argument, arguments, bound, is_of
from improver.writing.words.noted import noted
from improver.writing.words.owners import MAKING, owner_of
from improver.writing.words.unfit import INVALID, is_unfit_operand
from improver.writing.words.wording import EMPTY, called

WHOLE = ("result", "bool(result)", "list(result)", "[item async for item in result]", "[list(item) for item in result]")
BEGUN = "list(itertools.islice(result, "
COPIED = frozenset({"__copy__", "__deepcopy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"})
SAID = {"len": "len", "str": "str", "repr": "repr", "list": "items", "dict": "items", "tuple": "items", "set": "items"}
READ = {"__len__": "len", "__str__": "str", "__repr__": "repr", "__bool__": "bool", "__iter__": "iter"}
LONG = 45  # characters of a subject beside which a condition has no room
ORDERED = frozenset({"__lt__", "__le__", "__gt__", "__ge__"})
PLAIN = frozenset({"str", "int", "float", "list", "dict", "none"})
QUIET = frozenset({"splitlines", "items", "copy", "strip", "encode", "decode", "isoformat"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a test is about, the same without the class, a parameter that it speaks of, and if that says it all."""

    words: str
    short: str
    about: str = ""
    whole: bool = False

    def repeats(self, condition: str) -> bool:
        """Tell whether a condition says again what this does."""
        return bool(self.about) and re.fullmatch(rf"with(out)?_{self.about}(_.*)?", condition) is not None


def subject(case: Case, node: Function) -> Subject:
    """Return what the test of a case is about."""
    owner = owner_of(case, node)
    last = case.function.rpartition("::")[2].rpartition(".")[2]
    if said := noted(case):
        return Subject("_".join(filter(None, (owner, slug(last), said))), said, whole=True)
    if (case.origin == "after" and _is_stepped(case)) or _is_before(case, last):
        return _after(owner, _method(case.call), slug(last))
    if last in COPIED:
        return Subject(f"{owner}_copy", "copy")
    root, part = looked(case.checks[0][1]) if case.checks[0][0] != "raises" else ("", "")
    if root not in ("", "result") and root == called_on(case.call):
        return _state(case, owner, slug(last), part)
    special = last.startswith("__") and last.endswith("__") and last not in MAKING
    if special and not (part and root == "result" and last not in (*READ, "__hash__", "__eq__", "__ne__")):
        return _special(case, node, owner, last)
    if special:
        return _with_part(case, node, _special(case, node, owner, last), _parts(case))
    plain = Subject(*_named(owner, "" if last in MAKING else slug(called(case).rpartition(".")[2])))
    if part and bound(case.setup, root) and effect(case, node) is None:  # of something that the call is made with
        return Subject(_merged(plain.words, part), _merged(plain.short, part))
    return _with_part(case, node, plain, _parts(case)) if part and root == "result" else plain


def _named(owner: str, last: str) -> tuple[str, str]:
    return "_".join(filter(None, (owner, last))), last


def _after(owner: str, method: str, last: str) -> Subject:
    """Return the words for a method that is called after another, or once more."""
    if method in ("len", "str", "repr"):
        return Subject(f"{method}_of_{owner}_after_{last}", f"{method}_after_{last}")
    short = f"{method}_again" if method == last else f"{method}_after_{last}"
    return Subject(*_named(owner, short))


def _method(call: str) -> str:
    """Return the name of the method that a call is of."""
    made = expression(call)
    function = getattr(made, "func", made)
    return slug(last_name(function))


def _is_before(case: Case, last: str) -> bool:
    """Tell whether a method is called before the call, which is of another one of the same object."""
    receiver, method = called_on(case.call), _method(case.call)
    return bool(receiver) and method != slug(last) and any(f"{receiver}.{last}(" in line for line in case.setup)


def _is_stepped(case: Case) -> bool:
    """Tell whether anything is done before the call but to make what it needs."""
    lines = [
        line for text in case.setup for line in statements(text) if not isinstance(line, (*FUNCTIONS, ast.ClassDef))
    ]
    makes = [line for line in lines if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)]
    receiver = called_on(case.call)
    return len(makes) < len(lines) or any(f"{receiver}." in ast.unparse(line.value) for line in makes if receiver)


def called_on(call: str) -> str:
    """Return the name of the object that a call is a method of."""
    made = expression(call)
    read = made.func if isinstance(made, ast.Call) else made
    inner = read.value if isinstance(read, ast.Attribute | ast.Subscript) else None
    return inner.id if isinstance(inner, ast.Name) else ""


def _state(case: Case, owner: str, last: str, part: str) -> Subject:
    """Return the words for what an object is like after a call of a method of it."""
    if part in ("len", "str", "repr"):
        return Subject(f"{part}_of_{owner}_after_{last}", f"{part}_after_{last}")
    if part == "items" and case.checks[0][2] in EMPTY:
        return Subject(*_named(owner, f"is_empty_after_{last}"), whole=True)
    return Subject(*_named(owner, f"{part}_after_{last}" if part else f"after_{last}"))


def _special(case: Case, node: Function, owner: str, last: str) -> Subject:
    """Return the words for a method that Python calls: len_of_box, box_equals_str, box_is_hashable."""
    raised = case.checks[0][1] if case.checks[0][0] == "raises" else ""
    if last in READ:
        return Subject(f"{READ[last]}_of_{owner}" if owner else READ[last], READ[last])
    if last == "__call__" and owner:
        return Subject(owner, "")
    if last == "__hash__" and not raised:
        return Subject(f"{owner}_is_hashable", "is_hashable", whole=True)
    if last in ("__eq__", "__ne__"):
        short = f"equals_{_other(case, node, owner)}" if last == "__eq__" else _difference(case, node, owner)
        return Subject(*_named(owner, short))
    if last == "__getattr__" and raised == "AttributeError":
        return Subject(*_named(owner, "getattr_of_unknown_name"))
    if last == "__getattr__" and "." not in case.function.partition("::")[2] and "." in case.call:
        return Subject(*_named("", slug(case.call.rpartition(".")[2])))  # a module's
    if last in ORDERED and not raised and _is_level(case):
        return Subject(*_named(owner, f"{slug(last)}_when_equal"))
    other = _other(case, node, owner) if raised == "TypeError" else ""
    is_said = other.removeprefix(f"{INVALID}_") in PLAIN
    return Subject(*_named(owner, f"{slug(last)}_{other}" if is_said else slug(last)))


def _difference(case: Case, node: Function, owner: str) -> str:
    """Return the words for what an object differs from, or does not."""
    other = _other(case, node, owner)
    return f"differs_from_equal_{owner}" if other == f"other_{owner}" and _is_level(case) else f"differs_from_{other}"


def _is_level(case: Case) -> bool:
    """Tell whether an object is compared with one that is made in the same way."""
    call = expression(case.call)
    return isinstance(call, ast.Compare) and ast.dump(call.left) == ast.dump(call.comparators[0])


def _other(case: Case, node: Function, owner: str) -> str:
    """Return the words for what an object is compared with, on whichever side that stands."""
    call = expression(case.call)
    sides = (call.left, call.comparators[0]) if isinstance(call, ast.Compare) else (None, None)
    sides = (call.left, call.right) if isinstance(call, ast.BinOp) else sides
    other = sides[0] if sides[0] is not None and is_literal(ast.unparse(sides[0])) else sides[1]
    if isinstance(other, ast.Name):
        if isinstance(call, ast.Compare) and ast.dump(call.left) == ast.dump(other):
            return "itself"
        values = bound(case.setup, other.id)
        other = values[-1] if values else None
    if isinstance(other, ast.Call):
        name = slug(last_name(other.func))
        return f"other_{owner}" if name == owner else name
    try:
        value = ast.literal_eval(other) if other is not None else ...
    except (ValueError, TypeError, SyntaxError):
        return "other"
    kind = "none" if value is None else type(value).__name__
    if isinstance(value, str | bytes) and is_unfit_operand(case, node):
        return f"{INVALID}_{kind}"
    return "other" if value is ... else kind


# --- parts of what comes of it --------------------------------------------------------------------------------------


def looked(text: str) -> tuple[str, str]:
    """Return the name of the object that an expression looks at, and words for what of it: box.items[0], "items"."""
    node, words, lead = expression(text), list[str](), ""
    while not isinstance(node, ast.Name):
        inner, word = _peeled(node)
        if inner is None:
            return "", ""
        lead, words = (
            (lead or SAID[word], words) if word in SAID and isinstance(node, ast.Call) else (lead, [word, *words])
        )
        node = inner
    said = "_".join(filter(None, words))
    if lead in ("", "items"):
        return node.id, said or lead
    return node.id, f"{lead}_of_{said}" if said else lead


def _peeled(node: ast.expr) -> tuple[ast.expr | None, str]:
    """Return what an expression is made of, and the word for what it takes of that."""
    if isinstance(node, ast.Attribute):
        return node.value, slug(node.attr)
    if isinstance(node, ast.Subscript):
        word = node.slice.value if isinstance(node.slice, ast.Constant) else ""
        return node.value, slug(word) if isinstance(word, str) and word.isidentifier() else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value, "" if node.func.attr in QUIET else slug(node.func.attr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID and len(node.args) == 1:
        return node.args[0], node.func.id
    return None, ""


def _parts(case: Case) -> list[str]:
    """Return the words for the parts of an object that its test looks at, two at most."""
    found = [looked(text) for _, text, _ in case.checks]
    return list(dict.fromkeys(part for root, part in found if root == "result" and part))[:2]


def _with_part(case: Case, node: Function, plain: Subject, parts: list[str]) -> Subject:
    """Return the words for a part of what comes of a call: box_default_limit, str_of_box, box_items."""
    if parts[0] in ("len", "str", "repr", "items"):
        return plain if parts[0] in ("len", "items") else Subject(f"{parts[0]}_of_{plain.words}", parts[0])
    said = "_and_".join(parts if len("_".join((plain.words, *parts))) <= LONG else parts[:1])
    known = arguments(case, node) if is_making(case) or not case.function.endswith(MAKING) else {}
    asked = [known[one] for one in parts if one in known and (known[one].given or known[one].default is not None)]
    if len(asked) == len(parts) and len({one.given for one in asked}) == 1:
        kept = f"given_{said}" if asked[0].given else f"default_{said}"
        return Subject(f"{plain.words}_{kept}", kept, about=said)
    lead, found, rest = said.partition("_of_")
    if found and lead in READ.values():
        return Subject(f"{lead}_of_{_merged(plain.words, rest)}", said)
    return Subject(_merged(plain.words, said), _merged(plain.short, said))


def is_making(case: Case) -> bool:
    """Tell whether a case makes an object of a class."""
    call = expression(case.call)
    return case.function.endswith(MAKING) and isinstance(call, ast.Call) and is_of(call, case.function)


def _merged(words: str, more: str) -> str:
    """Return words after others, the one that both have in the middle once."""
    last, first = words.rpartition("_")[2], more.partition("_")[0]
    return (
        f"{words}_{more.partition('_')[2]}" if last == first and "_" in more else "_".join(filter(None, (words, more)))
    )


def effect(case: Case, node: Function) -> Argument | None:
    """Return the argument that a test looks at once the call is over."""
    root = looked(case.checks[0][1])[0]
    found = [one for one in arguments(case, node).values() if getattr(one.text, "id", None) == root]
    return found[0] if root and found else None
