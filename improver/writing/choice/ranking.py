"""Which tests a person is shown, the best first: what each notices against what there is to read (pure)."""

import ast
import math
import re
from collections.abc import Callable, Collection, Iterable

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.by_name import call_in
from improver.writing.choice.custom import Custom
from improver.writing.choice.legible import ONE_LINE
from improver.writing.choice.operands import asks_left
from improver.writing.choice.outdated import is_outdated
from improver.writing.choice.refusals import Refusals, is_demanded
from improver.writing.choice.repeating import few_alike
from improver.writing.choice.selecting import weight
from improver.writing.choice.telling import finds_nothing
from improver.writing.choice.unsuited import is_unsuited
from improver.writing.choice.usage import Usage
from improver.writing.inputs.meant import OF_LITERALS
from improver.writing.inputs.misfits import given_to
from improver.writing.layout.grouping import Written
from improver.writing.names import bound
from improver.writing.pieces import expression, parameters
from improver.writing.words.beyond import edges
from improver.writing.words.naming import bare_names
from improver.writing.words.wording import MUTANT, is_untold

HEAVIEST = 110  # of the tests that weigh more, who read them sent most back
WIDTH = 88  # of a line for a docstring, as most projects have it
BASE = 40  # what any test costs its reader
COUNTED, VALUED = re.compile(r"_(\d+)$"), re.compile(r"_(?:with|at|in|of)_\d+$")
RULED = re.compile(r"_is_(?:true|false)$")
UNTOLD = 20  # a name that ends with a number, and once more where nothing says of what
GUESSED = 50  # what a made up call comes to: nobody has said that it is right
MADE_UP, VALUES = frozenset({"varied", "generated", "after"}), frozenset({"eq", "approx"})
TOLD = VALUES | {"is"}  # what comes back, and no error
FALSE, NAUGHT = "`return False` → `return None`", "→ `return None`"
LITERAL = ast.Dict | ast.List | ast.Tuple | ast.Set
STATE = re.compile(r"\w+(?:\.\w+)+")  # an attribute
DEEP = re.compile(r"result(?:\.\w+){2,}")  # of what an object has within it
PART, BRIEF = re.compile(r"result(?:\.\w+)+"), re.compile(r"True|False|None|-?[\d.]+|b?'.{0,2}'")


def presentable(
    tests: Iterable[Written], node_of: Callable[[str], Function], custom: Custom, covered: Collection[str]
) -> list[Written]:
    """Return the tests that may be proposed, those first that notice most for what there is to read.

    `covered` are the mutants on lines that other tests run. One that notices nothing of its own is not among them, nor
    one that only a number tells from another: whoever finds it failing does not know of which.
    """
    tests = [*tests]
    names = {test.name for test in tests}
    priced = [
        (price(test, node_of, custom), test)
        for test in tests
        if test.kills
        and not is_slight(test, node_of, covered, custom.usage.refusals)
        and COUNTED.sub("", test.name) not in names - {test.name}
        and not _is_counted(test)
        and not is_untold(test.kills, WIDTH)
        and not any(map(asks_left, test.cases))  # its name would tell of another method
        and not any(is_outdated(node_of(case.function)) for case in test.cases)
        and not any(_is_ungiven(case, node_of(case.function), custom.usage) for case in test.cases)
    ]
    fair = [(_worth(test, cost), test) for cost, test in priced if cost <= HEAVIEST]
    best = (test for _, test in sorted(fair, key=lambda one: (-one[0], one[1].name)))
    return [*few_alike(best)]


def _is_ungiven(case: Case, node: Function, usage: Usage) -> bool:
    """Tell whether a call gives what nobody gives: of a type unheard of, or forbidden, though it is refused for it.

    Of a function that nothing calls nobody knows whether what comes back is right.
    """
    unknown = case.checks[0][0] in TOLD and usage.is_unused(case, node)
    strange = usage.unheard(case, node) > 0 or is_unsuited(case, node, usage)
    return unknown or strange or bool(usage.signatures.misfit(case, node, strictly=True))


def _is_counted(test: Written) -> bool:
    """Tell whether a name ends with a number that the test does not speak of: another test has the name."""
    number = COUNTED.search(test.name)
    texts = [text for one in test.cases for text in (*one.setup, one.call, *(wanted for *_, wanted in one.checks))]
    return number is not None and not any(re.search(rf"(?<!\d){number[1]}(?!\d)", text) for text in texts)


def _worth(test: Written, cost: float) -> float:
    return (1 + math.log(max(len(test.kills), 1))) / (BASE + cost)


def price(test: Written, node_of: Callable[[str], Function], custom: Custom) -> float:
    """Return how much there is to read of a test, of a table in a row on average, and how odd it looks."""
    weights = [weight(case, node_of(case.function), custom) + GUESSED * _is_guessed(case) for case in test.cases]
    is_edge = test.name.endswith(tuple(edges(test.cases[0])))  # a number that its fault speaks of needs no more words
    untold = 0 if is_edge else sum(bool(one.search(test.name)) for one in (COUNTED, VALUED))
    return sum(weights) / len(weights) + UNTOLD * untold


def _is_guessed(case: Case) -> bool:
    return case.origin in MADE_UP and case.checks[0][0] in TOLD


def is_slight(
    test: Written, node_of: Callable[[str], Function], covered: Collection[str], refusals: Refusals = frozenset()
) -> bool:
    """Tell whether a test is of little use: whoever reads it learns next to nothing of the function."""
    is_met = test.kills <= frozenset(covered)
    return (
        _is_bare_false(test, covered)
        or (is_met and all(is_demanded(case, refusals) for case in test.cases))  # it should say more, that is all
        or _is_level(test)
        or _is_bare_table(test, node_of)
        or _is_bare_call(test, node_of)
        or all(_is_poor(case, node_of(case.function)) for case in test.cases)
    )


def _is_level(test: Written) -> bool:
    """Tell whether the same value comes of all rows of a table: nothing shows what their arguments are for."""
    checks = {case.checks for case in test.cases}
    return bool(test.rows) and len(checks) == 1 and next(iter(checks))[0][0] in VALUES


def _is_bare_table(test: Written, node_of: Callable[[str], Function]) -> bool:
    """Tell whether a table's name says of its rows only what they are calls of: who reads it learns no rule."""
    first = test.cases[0]
    if not test.rows or first.checks[0][0] not in TOLD:
        return False
    bare = bare_names(first, test.columns, node_of(first.function))
    return test.name in bare or (all(map(_is_guessed, test.cases)) and RULED.sub("", test.name) in bare)


def _is_bare_call(test: Written, node_of: Callable[[str], Function]) -> bool:
    """Tell whether a name says of a made up call only what is called: nothing tells why it was made up so.

    Nor does what it is ruled to be, true or false, where something is given that it depends on.
    """
    first = test.cases[0]
    node, call = node_of(first.function), expression(first.call)
    is_plain = not test.rows and not node.name.startswith("__")
    is_given = isinstance(call, ast.Call) and bool(call.args or call.keywords)
    name = RULED.sub("", test.name) if is_given else test.name
    return is_plain and _is_guessed(first) and name == bare_names(first, (), node)[0]


def _is_bare_false(test: Written, covered: Collection[str]) -> bool:
    """Tell whether a test only shows that False comes back, and not None, where others run that line.

    So it is with whatever else that line gives, and with a comparison that is left to the other side.
    """
    is_false = all(wanted == "False" for case in test.cases for *_, wanted in case.checks)
    slight = NAUGHT if is_false else FALSE
    return bool(test.kills) and all(one.endswith(slight) and one in covered for one in test.kills)


def _is_poor(case: Case, node: Function) -> bool:
    """Tell whether a call finds nothing where nothing was put in, or only that it ends, or one line of a text.

    Nor is an attribute worth a test that only holds what was given, or tells of the inside of an object, or is asked
    for where there is none, or a function that only hands on what it is given.

    A switch or a number that only stays what it is by default is not worth a test either: what it does is.
    """
    kind, subject, wanted = case.checks[0]
    if kind in ("raises", "warns"):
        return False
    if _restates(node) or _comes_of_nothing(case) or _asks_in_vain(case, node):
        return True
    if _looks_inside(case) or _counts_alone(case) or _hands_back(case) or _is_initial(case):
        return True
    read = expression(case.call)
    has_sides = isinstance(read, ast.Compare) and not isinstance(read.ops[0], ast.In | ast.NotIn)
    given = {ast.unparse(one) for one in ast.walk(read) if isinstance(one, ast.expr)}
    if finds_nothing(case) and not has_sides and wanted not in given:
        return True
    if (subject, wanted) == ("result", "None") and not _gives(node):
        return True
    if all(ONE_LINE.search(text) for _, text, _ in case.checks) or _only_holds(case):
        return True
    kept = all(PART.fullmatch(text) and BRIEF.fullmatch(value) for _, text, value in case.checks)
    return kept and all(_is_default(one, case.function.partition("::")[0], node) for one in case.kills)


def _restates(node: Function) -> bool:
    """Tell whether a function only gives a literal, or back what it is given: a test says the same once more.

    What a class says to Python by a constant, as that its objects have no hash, is no matter of its own.
    """
    last = node.body[-1]
    value = last.value if isinstance(last, ast.Return) else None
    if value is None or len(node.body) > 1 + (ast.get_docstring(node) is not None):
        return False
    if isinstance(value, ast.Name):
        return value.id in parameters(node)
    inner = [part for part in ast.walk(value) if isinstance(part, ast.expr)]
    if isinstance(value, ast.Constant):
        return not node.name.startswith("__")
    return isinstance(value, LITERAL) and all(isinstance(one, LITERAL | ast.Name | ast.Constant) for one in inner)


def _looks_inside(case: Case) -> bool:
    """Tell whether only attributes of what a call was made with are demanded: how it keeps things is its own affair.

    So it is how what comes back does within its parts, whatever else is demanded.
    """
    made = {name for line in case.setup for one in ast.parse(line).body for name in bound(one)}
    made |= {one[-1] for one in case.imports if one[1]}
    subjects = [subject for _, subject, _ in case.checks]
    is_inner = all(STATE.fullmatch(one) and one.partition(".")[0] in made for one in subjects)
    return is_inner or any(map(DEEP.fullmatch, subjects))


def _is_initial(case: Case) -> bool:
    """Tell whether only attributes are demanded that an object has when it is made: nothing has happened yet."""
    return case.function.endswith(".__init__") and all(PART.fullmatch(subject) for _, subject, _ in case.checks)


def _hands_back(case: Case) -> bool:
    """Tell whether only that is demanded which a call is given: an object that hands on itself does so on purpose."""
    kind, subject, wanted = case.checks[0]
    call = expression(case.call)
    owner = call.func.value if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else None
    is_own = isinstance(owner, ast.Name) and owner.id == wanted
    made = {name for line in case.setup for one in ast.parse(line).body for name in bound(one)}
    return (kind, subject) == ("is", "result") and wanted in made and not is_own


def _counts_alone(case: Case) -> bool:
    """Tell whether only the length is demanded of what comes back: nobody reads of what there is so much.

    An object that is made says by its length what it holds.
    """
    is_made = case.function.endswith(".__init__")
    return not is_made and [subject for _, subject, _ in case.checks] == ["len(result)"]


def _asks_in_vain(case: Case, node: Function) -> bool:
    """Tell whether a text is given for the name of an attribute that no literal has: only what stands in is seen."""
    asked = {ast.unparse(one.args[1]) for one in ast.walk(node) if isinstance(one, ast.Call) and _may_lack(one)}
    call = call_in(ast.parse(case.call), case)
    given = [(place.arg, value) for place, _, value in given_to(call, node)] if call is not None else []
    plain = all(isinstance(value, ast.Constant | ast.List | ast.Tuple | ast.BinOp) for _, value in given)
    names = [getattr(value, "value", None) for place, value in given if place in asked]
    return plain and any(isinstance(name, str) and name not in OF_LITERALS for name in names)


def _may_lack(call: ast.Call) -> bool:
    """Tell whether a call asks for an attribute that may not be there."""
    return getattr(call.func, "id", "") == "getattr" and len(call.args) > 2


def _comes_of_nothing(case: Case) -> bool:
    """Tell whether a text comes of a text without anything in it, which is all that is given: nobody meant that."""
    call = expression(case.call)
    given = [*call.args, *(word.value for word in call.keywords)] if isinstance(call, ast.Call) else []
    wanted = expression(case.checks[0][2])
    texts = [
        one.value for one in (*given, wanted) if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes)
    ]
    return len(given) == 1 and len(texts) == 2 and not texts[0] and bool(texts[1])


def _only_holds(case: Case) -> bool:
    """Tell whether only attributes are demanded that are what the call, or one before, was given."""
    trees = [ast.parse(text) for text in (*case.setup, case.call)]
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    given = {ast.unparse(one) for call in calls for one in (*call.args, *(word.value for word in call.keywords))}
    made = (one for tree in trees for one in tree.body if isinstance(one, ast.Assign))
    given |= {ast.unparse(one.value) for one in made if {*map(ast.unparse, one.targets)} & given}
    return all(PART.fullmatch(text) and wanted in given for _, text, wanted in case.checks)


def _gives(node: Function) -> bool:
    """Tell whether a function gives anything back but None."""
    return any(
        isinstance(one, ast.Yield | ast.YieldFrom) or (isinstance(one, ast.Return) and not _is_none(one.value))
        for one in ast.walk(node)
    )


def _is_none(value: ast.expr | None) -> bool:
    """Tell whether nothing stands there, or None."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _is_default(name: str, path: str, node: Function) -> bool:
    """Tell whether a mutant is of what a parameter of `node`, in file `path`, stands for when nothing is given."""
    found = MUTANT.match(name)
    return found is not None and found["path"] == path and node.lineno <= int(found["line"]) < node.body[0].lineno
