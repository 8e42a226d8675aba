"""Arguments of a call in words, as names of tests have them (pure)."""

import ast
from collections.abc import Sequence

from improver.experiments import Case
from improver.source import Function
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import expression, slug, statements
from improver.writing.words.absence import missing
from improver.writing.words.filling import UNKNOWN, Argument, arguments, drained
from improver.writing.words.wording import EMPTY

BARE = "when_empty"
NOTHING = ("0", "0.0", "None", "False", "True")
HOLLOW = ("[]", "{}", "()", "set()", "frozenset()")
SIZED = (str, bytes, list, tuple, dict, set)
LACKING = (("raises", "IndexError"), ("raises", "KeyError"))  # where there is nothing to give
FEW, DIGITS, LETTERS = 2, 4, range(2, 13)  # arguments among which a nought stands out, and what reads at a glance
BRIEF = 2  # letters of a parameter's name that says nothing


def in_words(value: object, letters: range = LETTERS) -> str:
    """Return a short plain value in words; "" where there are none."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        said = slug(f"minus {-whole}" if whole < 0 else str(whole))
        return said if len(str(whole)) <= DIGITS and "e" not in str(whole) else ""
    words = slug(value) if isinstance(value, str) else ""
    return words if isinstance(value, str) and len(words) == len(value) and len(words) in letters else ""


def valued(one: Argument) -> str:
    """Return the words for the value of an argument: none, an empty one, a switch, a number or a word."""
    name, value = slug(one.name), one.value
    if not one.given or (value is False and one.flag) or (value is None and _is_none(one.default)):
        return f"without_{name}"
    if value is True and one.flag:
        return f"with_{name}"
    if _is_empty(one):
        kind = known_as(one)
        return f"of_empty_{kind}" if one.place == 0 else f"with_empty_{name}"
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return f"of_negative_{name}" if one.place == 0 else f"with_negative_{name}"
    words = in_words(value)
    number = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    if one.place == 0 and number and len(name) <= BRIEF:
        return f"of_{words}" if words else ""
    if words == name:  # it only stands for one
        return f"with_{name}" if one.place != 0 else ""
    return f"with_{name}_{words}" if words else ""


def known_as(one: Argument) -> str:
    """Return the name of an argument, or of its type where that says nothing."""
    says_more = len(one.name) > BRIEF or one.value is UNKNOWN
    return slug(one.name) if says_more else type(one.value).__name__


def _is_empty(one: Argument) -> bool:
    return (isinstance(one.value, SIZED) and not one.value) or (one.text is not None and ast.unparse(one.text) in EMPTY)


def typed(one: Argument) -> str:
    """Return the words for the type of what is given: of_int for what a function is about, with_int_key for others."""
    if not one.given or one.value is None:
        return valued(one)
    if one.value is UNKNOWN:
        return ""
    kind = "function" if isinstance(one.value, ast.Lambda) else type(one.value).__name__
    return f"of_{kind}" if one.place == 0 else f"with_{kind}_{slug(one.name)}"


def _is_none(default: ast.expr | None) -> bool:
    return isinstance(default, ast.Constant) and default.value is None


def told(case: Case, node: Function) -> list[str]:
    """Return what stands out in a call whatever decides it: what is given by name, what is empty, none or negative."""
    known = [one for name, one in arguments(case, node).items() if not name.startswith("self.") and not one.extra]
    placed = [one for one in known if one.given and one.place >= 0 and not _is_named(one, case)]
    kind, error, _ = case.checks[0]
    refused = kind == "raises" and error.endswith("TypeError")  # for its type, so that no number is at fault
    wrong = refused or (case.origin == "strange" and error != "ValueError")  # a value may be wrong for what it is
    found = [_of_function(one) for one in placed if case.checks[0][0] == "raises" and len(placed) == 1]
    fair = [one for one in placed if error == "TypeError" or not isinstance(one.value, SIZED)]  # for what is in it
    found += [typed(one) for one in fair if wrong and sum(other.given for other in known) == 1]
    valid = [one for one in placed if not (refused and isinstance(one.value, int | float))]
    by_place = [typed(one) if refused and _is_empty(one) else _outstanding(one, len(placed)) for one in valid]
    by_name = _by_name(case, node)
    edge = case.checks[0][0] == "raises" or case.checks[0][2] in EMPTY  # what is at the edge explains it
    found += [*by_place, *by_name] if edge else [*by_name, *by_place]
    lacking = missing(case)
    found = [lacking, *found]
    clear = case.checks[0][0] == "raises" and (len(placed) == 1 or not refused)  # which of them is at fault
    found += [_chosen(one) for one in placed if clear and not one.flag]
    found = [BARE, *found] if (edge or case.checks[0][2] in NOTHING) and _is_of_nothing(case, lacking) else found
    return [one for one in dict.fromkeys(found) if one]


def apart(case: Case, node: Function) -> list[str]:
    """Return what else the arguments are, which may tell a call from one that is like it."""
    whole, call = arguments(case, node), drained(expression(case.call))
    known = [one for one in whole.values() if one.given and not one.extra]
    is_bare = isinstance(call, ast.Call) and not call.args and not call.keywords  # some have no parameter of their own
    found = ["without_arguments"] if whole and not known and is_bare else []
    found += [f"with_{slug(one.text.id)}" for one in known if isinstance(one.text, ast.Name) and one.value is UNKNOWN]
    found += [f"with_{slug(one.name)}" for one in known if one.default is not None]
    found += [valued(one) for one in known]
    found += [f"with_{slug(name)}" for name in _made(case)]
    found += [typed(one) for one in known]
    found += [f"with_{slug(one.name)}_{words}" for one in known if (words := in_words(one.value, range(1, 25)))]
    return [one for one in dict.fromkeys(found) if one]


def _chosen(one: Argument) -> str:
    """Return the words for something by place that need not be given."""
    return f"with_{slug(one.name)}" if one.default is not None and one.value is not None else ""


def _is_of_nothing(case: Case, lacking: str) -> bool:
    """Tell whether the object that is asked was made of an empty container, and nothing was done to it since.

    One that was made of nothing at all is empty where that is what it is refused for, and not for what it is `lacking`.
    """
    call = expression(case.call)
    read = call.func if isinstance(call, ast.Call) else call
    made = read.value if isinstance(read, ast.Attribute | ast.Subscript) else None
    line = statements(case.setup[0])[0] if len(case.setup) == 1 and isinstance(made, ast.Name) else None
    if isinstance(line, ast.Assign) and isinstance(made, ast.Name) and ast.unparse(line.targets[0]) == made.id:
        made = line.value
    if not isinstance(made, ast.Call) or made.keywords:
        return False
    if not made.args:
        says = case.checks[0][2]
        is_lacking = case.checks[0][:2] in LACKING and (not says or "empty" in says)
        name = last_name(made.func)
        is_class = name[:1].isupper() or f"::{name}." in case.function
        return is_class and is_lacking and not lacking
    return len(made.args) == 1 and ast.unparse(made.args[0]) in HOLLOW


def _of_function(one: Argument) -> str:
    """Return the words for a function that is refused, by what it asks for."""
    function = one.text if isinstance(one.text, ast.Lambda) else None
    asked = [part.arg for part in ast.walk(function.args) if isinstance(part, ast.arg)] if function else []
    return f"of_function_of_{slug(asked[0])}" if asked else ""


def _made(case: Case) -> list[str]:
    """Return the classes of which a test makes something, those that it defines aside."""
    lines = [line for text in (*case.setup, case.call) for line in statements(text)]
    calls = [one for line in lines for one in ast.walk(line) if isinstance(one, ast.Call)]
    names = [last_name(one.func) for one in calls]
    own = {getattr(line, "name", "") for line in lines}
    return [name for name in names if name[:1].isupper() and name not in own and name not in case.function]


def _words(case: Case) -> list[ast.keyword]:
    call = expression(case.call)
    call = drained(call.right if isinstance(call, ast.BinOp) else call)
    return [word for word in call.keywords if word.arg] if isinstance(call, ast.Call) else []


def _is_named(one: Argument, case: Case) -> bool:
    return any(word.arg == one.name for word in _words(case))


def _by_name(case: Case, node: Function) -> list[str]:
    """Return the words for what is given by name: with_key_and_first, then for each."""
    known = arguments(case, node)
    given = [known.get(word.arg or "") or _other(word) for word in _words(case)]
    extra = any(one.extra for one in known.values()) and bool(case.checks) and case.checks[0][0] == "raises"
    if extra and any(one.name not in known for one in given):
        return ["with_extra_keyword"]
    words = [valued(one) or f"with_{slug(one.name)}" for one in given]
    return [together(words[:2]), *words] if words else []


def _other(word: ast.keyword) -> Argument:
    """Return what is given by a name that no parameter has."""
    try:
        return Argument(word.arg or "", word.value, ast.literal_eval(word.value))
    except (ValueError, TypeError, SyntaxError):
        return Argument(word.arg or "", word.value)


def together(words: Sequence[str]) -> str:
    """Return conditions as one, with_key and with_first as with_key_and_first."""
    same = len({one.partition("_")[0] for one in words}) == 1
    return "_and_".join([*words[:1], *(one.partition("_")[2] for one in words[1:])]) if same else "_".join(words)


def _outstanding(one: Argument, count: int) -> str:
    """Return the words for an argument by place that is not just any value of its kind."""
    nought = (one.value is None or (one.value == 0 and not isinstance(one.value, bool))) and count <= FEW
    below = isinstance(one.value, int | float) and one.value < 0
    return valued(one) if nought or _is_empty(one) or below or (one.flag and one.value is not UNKNOWN) else ""
