"""What stands in a test: the call, how it is made, and what is demanded of it, for pytest and for unittest (pure)."""

import ast
import builtins
import re
from collections.abc import Callable, Sequence

from improver.source import Source
from improver.verify.checking import WARNS, spoken
from improver.verify.overhearing import is_printed
from improver.writing.layout.folding import folded
from improver.writing.layout.grouping import Written
from improver.writing.names import Filled
from improver.writing.pieces import stated
from improver.writing.words.naming import LEADING

SAYS = re.compile(r"""(with .*(?:match=|Regex\([\w.]+, )r?(['"]))(.+)(\2.*:)""")  # what an error is to say
TELLING = 3  # words
INDENT = "    "
DEPTH = re.compile(rf"^(?:{INDENT})+", re.MULTILINE)
SIGNS = {ast.Is: "is", ast.Eq: "=="}
TRUTHS = ("True", "False")
Checks = Callable[[str, Sequence[tuple[str, str, str]]], list[str]]
# How an error or a warning is demanded, under which name the context holds it, and how anything else is demanded.
Style = tuple[Callable[[str, str, str], str], str, Callable[[str, tuple[str, str, str], int], str]]


def indented(text: str, source: Source) -> str:
    """Return code with each level indented as a file does it."""
    if source.indent == INDENT:
        return text
    return DEPTH.sub(lambda found: source.indent * (len(found[0]) // len(INDENT)), text)


def is_looped(test: Written) -> bool:
    """Tell whether a test runs in an event loop."""
    return bool(test.cases[0].way)


def body(test: Written, checks: Checks, runs: str = "") -> list[str]:
    """Return the statements of a test; `runs` is how a coroutine is run where it is not awaited."""
    case, call, wanted, setup = test.cases[0], test.call, test.cases[0].checks, test.cases[0].setup
    if test.rows and "expected" in test.heads:
        wanted, setup = ((*wanted[0][:2], "expected"),), ()
    if not test.rows:
        call = case.call
    made = runs.format(call) if runs else spoken(call, case.way)
    return [*setup, *(_opened(made, wanted, checks) if case.way.startswith("context") else checks(made, wanted))]


def _opened(made: str, wanted: Sequence[tuple[str, str, str]], checks: Checks) -> list[str]:
    """Return statements that enter what a call gives and demand the rest inside."""
    if wanted[0][0] == "raises":
        head, _, *more = checks(made, wanted)
        return [head, f"{INDENT}async with {made}:", f"{INDENT * 2}pass", *more]
    if wanted[0][0] == WARNS:  # while it is entered, or by whoever makes what is
        head, *_ = checks(made, wanted)
        within = _opened(made, wanted[1:], checks) if wanted[1:] else [f"async with {made}:", f"{INDENT}pass"]
        return [head, *(f"{INDENT}{line}" for line in within)]
    inner = [line for line in checks("result", wanted) if line != "result = result"]
    bound = " as result" if any(_uses_result(subject) for _, subject, _ in wanted) else ""
    return [f"async with {made}{bound}:", *(f"{INDENT}{line}" for line in inner)]


def laid_out(lines: Sequence[str], width: int) -> list[str]:
    """Return statements with those that are too long in several lines, and empty lines around definitions."""
    found: list[str] = []
    for line in lines:
        *more, last = line.splitlines()
        found += ["", *more, last, ""] if more and not line.startswith(INDENT) else _apart(line, width)
    apart = [line for at, line in enumerate(found) if line or not _is_apart("".join(found[at - 1 : at]), at)]
    return apart[:-1] if apart[-1:] == [""] else apart


def _is_apart(before: str, at: int) -> bool:
    """Tell whether an empty line after this one would be one too many; none stands first in a class."""
    return (at > 0 and not before) or (before.lstrip().startswith("class ") and before.endswith(":"))


def _briefer(line: str, width: int) -> str:
    """Return what expects an error with the first of its words, where all have no room on one line."""
    found = SAYS.fullmatch(line) if len(line) > width else None
    words = found[3][: len(found[3]) + width - len(line) + 1].split(" ")[:-1] if found else []
    while words[TELLING:] and words[-1] in LEADING:
        words.pop()
    return f"{found[1]}{' '.join(words)}{found[4]}" if found and len(words) >= TELLING else line


def _apart(line: str, width: int) -> list[str]:
    line = _briefer(line, width)
    if line.startswith(INDENT):
        return [INDENT + part for part in _apart(line[len(INDENT) :], width - len(INDENT))]
    node = ast.parse(line).body[0] if len(line) > width and line.startswith("assert ") else None
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and not _uses_result(line[7:]):
        call, wanted = ast.unparse(node.test.left), ast.unparse(node.test.comparators[0])
        sign = SIGNS.get(type(node.test.ops[0]), "")
        if isinstance(node.test.left, ast.Name) or not sign:  # it has a name already, or needs none
            return folded(line, width)
        return [*folded(f"result = {call}", width), *folded(f"assert result {sign} {wanted}", width)]
    return folded(line, width)


def _demanded(call: str, checks: Sequence[tuple[str, str, str]], style: Style) -> list[str]:
    """Return statements that make a call and demand all this of it in one style."""
    expects, held, line = style
    checks = [
        ("is", subject, wanted) if _is_one(kind, wanted) else (kind, subject, wanted)
        for kind, subject, wanted in checks
    ]
    kind, subject, wanted = checks[0]
    if kind == WARNS:
        is_used = any(_uses_result(one) for _, one, _ in checks[1:])
        made = f"result = {call}" if is_used else _statement(call)
        return [f"with {expects(*checks[0])}:", f"{INDENT}{made}", *(line("", one, len(checks)) for one in checks[1:])]
    if kind != "raises":
        return [*_act(call, checks), *(line(call, one, len(checks)) for one in checks)]
    seen = [(each, one.replace("error.", f"caught.{held}.", 1), text) for each, one, text in checks[1:]]
    head = f"with {expects(kind, subject, wanted)}{' as caught' * bool(seen)}:"
    return [head, f"{INDENT}{_statement(call)}", *(line("", one, len(checks)) for one in seen)]


def _is_one(kind: str, wanted: str) -> bool:
    """Tell whether what is demanded is a function or a class of Python's own, of which there is but one."""
    return kind == "eq" and wanted.isidentifier() and callable(getattr(builtins, wanted, None))


# --- pytest -------------------------------------------------------------------------------------------------------


def by_assert(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return statements that make a call and demand all this of it, for pytest."""
    return _demanded(call, checks, (_expects, "value", _assertion))


def _expects(kind: str, name: str, wanted: str) -> str:
    pattern = _words(kind, wanted)
    return f"pytest.{kind}({name}, match={_pattern(pattern)})" if pattern else f"pytest.{kind}({name})"


def _words(kind: str, wanted: str) -> str:
    """Return the pattern of what an error or a warning says, which a warning has as code."""
    return wanted if kind == "raises" else ast.literal_eval(wanted) or ""


def _assertion(call: str, check: tuple[str, str, str], count: int) -> str:
    kind, subject, wanted = check
    found = inlined(subject, call) if count == 1 else subject
    if kind == "approx":
        wanted = f"pytest.approx({wanted})"
    if kind == "is" and (contained := _containment(found, wanted)):
        return f"assert {ast.unparse(contained)}"
    if kind == "is" and (counted := _counted(found)) is not None and wanted in TRUTHS:
        return f"assert {ast.unparse(counted if wanted == 'True' else ast.UnaryOp(ast.Not(), counted))}"
    return f"assert {found} {'is' if kind == 'is' else '=='} {wanted}"


def _containment(found: str, wanted: str) -> ast.Compare | None:
    """Return what is asked for, `in` or `not in`, and where; Python itself makes a truth value of it."""
    match ast.parse(found, mode="eval").body:
        case ast.Compare(left=item, ops=[ast.In() | ast.NotIn() as sign], comparators=[box]) if wanted in TRUTHS:
            is_in = isinstance(sign, ast.In) is (wanted == "True")
            return ast.Compare(item, [ast.In() if is_in else ast.NotIn()], [box])
    return None


def _counted(found: str) -> ast.expr | None:
    """Return what is asked whether it counts as true, as an assertion does, None where something else is."""
    match ast.parse(found, mode="eval").body:
        case ast.Call(ast.Name("bool"), [inner], []):
            return inner
    return None


def _act(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the statement that makes the call, where no assertion does."""
    used = [subject for _, subject, _ in checks if _uses_result(subject)]
    if not used:
        return [] if call.isidentifier() else [_statement(call)]
    return [] if len(checks) == 1 else [f"result = {call}"]


def _statement(call: str) -> str:
    """Return the call as a statement that a linter does not take for a slip."""
    if (statement := stated(call)) != call:
        return statement
    return call if isinstance(ast.parse(call, mode="eval").body, ast.Call | ast.Await) else f"_ = {call}"


def _uses_result(subject: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "result" for node in ast.walk(ast.parse(subject)))


def inlined(subject: str, call: str) -> str:
    """Return what an assertion looks at, with the call itself in the place of `result`."""
    made = ast.parse(call, mode="eval").body
    text = ast.unparse(Filled({"result": made}).visit(ast.parse(subject, mode="eval").body))
    return f"({text})" if isinstance(made, ast.Compare | ast.BoolOp) and subject == "result" else text


def _pattern(text: str) -> str:
    return f"r'{text}'" if "\\" in text and "'" not in text else repr(text)  # all else stands for itself


# --- unittest -----------------------------------------------------------------------------------------------------


def by_method(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return statements that make a call and demand all this of it, for unittest."""
    lines = _demanded(call, [_reread(one) for one in checks], (_asserts, "exception", _demand))
    if not any(is_printed(subject) for _, subject, _ in checks):
        return lines
    name = next(f"sys.std{subject.rpartition('.')[2]}" for _, subject, _ in checks if is_printed(subject))
    at = checks[0][0] == WARNS  # the line before the call
    inner = [f"{INDENT * at}with mock.patch('{name}', new_callable=io.StringIO) as printed:", f"{INDENT}{lines[at]}"]
    return [*lines[:at], *inner, *lines[at + 1 :]]


def _reread(check: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return a check with what is printed as it is read where nobody else keeps it."""
    kind, subject, wanted = check
    return (kind, "printed.getvalue()" if is_printed(subject) else subject, wanted)


def _asserts(kind: str, name: str, wanted: str) -> str:
    pattern, method = _words(kind, wanted), f"self.assert{kind.title()}"
    return f"{method}Regex({name}, {_pattern(pattern)})" if pattern else f"{method}({name})"


def _demand(call: str, check: tuple[str, str, str], count: int) -> str:
    kind, subject, wanted = check
    found = inlined(subject, call) if count == 1 else subject
    if kind == "is" and (contained := _containment(found, wanted)):
        method = "assertIn" if isinstance(contained.ops[0], ast.In) else "assertNotIn"
        return f"self.{method}({ast.unparse(contained.left)}, {ast.unparse(contained.comparators[0])})"
    if kind == "is" and (counted := _counted(found)) is not None and wanted in TRUTHS:
        return f"self.assert{wanted}({ast.unparse(counted)})"
    if kind == "is":
        plain = ast.unparse(ast.parse(found, mode="eval"))  # without the brackets that an operator would need
        return f"self.assertIsNone({plain})" if wanted == "None" else f"self.assertIs({plain}, {wanted})"
    return f"self.{'assertAlmostEqual' if kind == 'approx' else 'assertEqual'}({found}, {wanted})"
