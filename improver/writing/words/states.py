"""What is so within a function, or with its object, where a fault shows, in words: what no argument says (pure)."""

import ast
import re

from improver.experiments import Case
from improver.source import Function
from improver.writing.pieces import parameters, slug
from improver.writing.words.conditions import nearest, passed
from improver.writing.words.filling import arguments
from improver.writing.words.holding import is_len
from improver.writing.words.wording import MUTANT

NAMED = 4  # letters of a name that says something
VAGUE = frozenset(
    {"self", "result", "value", "item", "data", "args", "kwargs", "node", "other", "temp", "found", "text"}
)
SWITCH = re.compile(r"(?:is|has|are|was|can|do|does|should|must|needs?|use|in)_")  # no name of a thing
NONE_OF = ((ast.LtE, 0), (ast.Eq, 0), (ast.Lt, 1))  # of a length
ANY_OF = ((ast.Gt, 0), (ast.NotEq, 0), (ast.GtE, 1))


def states(case: Case, node: Function) -> list[str]:
    """Return the words for the tests of what a function has found that its faults stand under: without_changes."""
    path, last = case.function.partition("::")[0], node.end_lineno or 0
    own = {f"without_{slug(name)}" for name in parameters(node)}  # of which others know more
    found = dict[str, None]()
    for fault in filter(None, map(MUTANT.match, sorted(case.kills))):
        if fault["path"] == path and node.lineno <= int(fault["line"]) <= last:
            one = nearest(node, int(fault["line"]), fault["old"])
            before = passed(node, int(fault["line"]), ast.Return) if one is None else None  # had it held, it had ended
            found |= {} if one is None else {_stated(one[0].test, held=one[1]): None}
            found |= {} if before is None else {_stated(before.test, held=False): None}
    return [one for one in found if one and one not in own]


def made_with(case: Case, node: Function) -> list[str]:
    """Return the words for the one thing that an object is given by name right before it is asked."""
    found = [one.name for name, one in arguments(case, node).items() if name.startswith("self.")]
    return [f"with_{slug(one)}" for one in found] if len(found) == 1 and len(found[0]) >= NAMED else []


def _stated(test: ast.expr, *, held: bool) -> str:
    match test:
        case ast.UnaryOp(ast.Not(), inner):
            return _stated(inner, held=not held)
        case ast.Compare(read, [ast.Is() | ast.IsNot()], [ast.Constant(None)]):
            return "" if held is isinstance(test.ops[0], ast.IsNot) else _lacking(read)
        case ast.Compare(length, [sign], [ast.Constant(int(limit))]) if is_len(length):
            return _lacking(length.args[0]) if (type(sign), limit) in (NONE_OF if held else ANY_OF) else ""
        case ast.Compare(ast.Attribute(ast.Name("self"), name), [ast.Eq() | ast.NotEq()], [ast.Constant(wanted)]):
            how = "is" if held is isinstance(test.ops[0], ast.Eq) else "is_not"
            word = slug(str(wanted))
            return f"when_{slug(name)}_{how}_{word}" if word and len(slug(name)) >= NAMED else ""
        case ast.Name() | ast.Attribute(ast.Name("self")):
            return "" if held else _lacking(test)
    return ""


def _lacking(read: ast.expr) -> str:
    """Return the words for what is not there: something found along the way, or an attribute of the object."""
    match read:
        case ast.Attribute(ast.Name("self"), text) | ast.Name(text):
            name = slug(text)
            return f"without_{name}" if len(name) >= NAMED and name not in VAGUE and not SWITCH.match(name) else ""
    return ""
