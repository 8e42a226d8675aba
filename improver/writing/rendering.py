"""Tests as text, the way the file around them writes tests: functions for pytest or methods for unittest (pure)."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Sequence

from improver.verify.checking import COROUTINE, spoken
from improver.writing.folding import folded
from improver.writing.grouping import Written
from improver.writing.placing import Place
from improver.writing.wording import docstring

INDENT = "    "
Checks = Callable[[str, Sequence[tuple[str, str, str]]], list[str]]


def block(tests: Sequence[Written], place: Place, width: int, title: str) -> str:
    """Return the new tests as they stand at the end of the file; `title` names a class where tests are methods."""
    if not place.in_classes:
        return "\n\n\n".join("\n".join(_function(one, width, place)) for one in tests) + "\n"
    name, gives = class_name(title, place), " -> None" if place.annotated else ""
    methods = ["\n".join(f"{INDENT}{line}".rstrip() for line in _method(one, width - 4, gives)) for one in tests]
    kind = "IsolatedAsyncioTestCase" if any(map(is_looped, tests)) else "TestCase"
    return f"class {name}(unittest.{kind}):\n" + "\n\n".join(methods) + "\n"


def class_name(title: str, place: Place) -> str:
    """Return the name of the class of new tests, which the file does not have yet."""
    name, number = f"{title}EdgesTest", 2
    while name in place.bound:
        name, number = f"{title}Edges{number}Test", number + 1
    return name


def imports_of(tests: Sequence[Written], place: Place) -> list[tuple[str, ...]]:
    """Return the imports that the tests need and the file does not have."""
    needed = {one for test in tests for case in test.cases for one in case.imports}
    if place.in_classes:
        needed.add(("unittest", ""))
    elif any(test.rows or {"raises", "approx"} & {one[0] for one in test.cases[0].checks} for test in tests):
        needed.add(("pytest", ""))
    if not place.in_classes and any(map(is_looped, tests)):
        needed |= (
            {("asyncio", "")} if not place.loop else {("pytest", "")} if place.loop.startswith("pytest.") else set()
        )
    return sorted(one for one in needed if not place.binds(one))


def import_lines(needed: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """Return import statements, those of one module together, each a text of one line or of several."""
    plain = [f"import {one[0]}" + (f" as {one[2]}" if len(one) > 2 else "") for one in needed if not one[1]]
    named: dict[str, list[str]] = {}
    for module, name, *bound in (one for one in needed if one[1]):
        named.setdefault(module, []).append(f"{name} as {bound[0]}" if bound and bound[0] != name else name)
    whole = [f"from {module} import {', '.join(dict.fromkeys(names))}" for module, names in named.items()]
    return [*dict.fromkeys(plain), *(_enclosed(line, width) for line in whole)]


def _enclosed(line: str, width: int) -> str:
    """Return an import in brackets, a name a line, where it is too long."""
    head, _, names = line.partition(" import ")
    inner = "".join(f"{INDENT}{name},\n" for name in names.split(", "))
    return line if len(line) <= width else f"{head} import (\n{inner})"


# --- pytest -------------------------------------------------------------------------------------------------------


def is_looped(test: Written) -> bool:
    """Tell whether a test runs in an event loop."""
    return bool(test.cases[0].way)


def _function(test: Written, width: int, place: Place) -> list[str]:
    lines: list[str] = []
    annotated, signature = place.annotated, ", ".join(test.cases[0].asks)
    if test.rows:
        columns = (*test.columns, "expected")
        rows = [f"pytest.param({', '.join((*row.values, row.expected))}, id={row.id!r})," for row in test.rows]
        lines = [
            "@pytest.mark.parametrize(",
            f"{INDENT}{columns!r},",
            f"{INDENT}[",
            *(INDENT * 2 + part for row in rows for part in folded(row, width - 8)),
        ]
        lines += [f"{INDENT}],", ")"]
        signature = ", ".join(f"{name}: {kind}" for name, kind in zip(columns, kinds(test), strict=True))
        signature = signature if annotated else ", ".join(columns)
    gives = " -> None" if annotated else ""
    body = [*docstring(test.kills, width), *_running(test, width - 4, place, gives)]
    mark = [f"@{place.loop}"] if is_looped(test) and "." in place.loop else []
    return [
        *mark,
        *lines,
        *folded(f"{'async ' * bool(is_looped(test) and place.loop)}def {test.name}({signature}){gives}:", width),
        *((INDENT + line) if line else "" for line in body),
    ]


def _running(test: Written, width: int, place: Place, gives: str) -> list[str]:
    """Return the statements of a test; where nobody else runs an event loop, they do."""
    if not is_looped(test) or place.loop:
        return _folded(_body(test, _pytest_checks), width)
    case = test.cases[0]
    if case.way == COROUTINE and not any("await" in text for text in (*case.setup, case.call)):
        return _folded(_body(test, _pytest_checks, "asyncio.run({})"), width)
    inner = [INDENT + line for line in _folded(_body(test, _pytest_checks), width - 4)]
    return ["", f"async def scenario(){gives}:", *inner, "", "asyncio.run(scenario())"]


def kinds(test: Written) -> list[str]:
    """Return the type of each column of a table, as an annotation; object where the rows do not agree."""
    columns = zip(*((*row.values, row.expected) for row in test.rows), strict=True)
    return [_common({_kind(text) for text in column}) for column in columns]


def _kind(text: str) -> str:
    try:
        return _kind_of(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return "object"


def _kind_of(value: object) -> str:
    name = type(value).__name__
    if isinstance(value, list | set | frozenset):
        return f"{name}[{_common({_kind_of(item) for item in value})}]"
    if isinstance(value, tuple):
        return f"tuple[{_common({_kind_of(item) for item in value})}, ...]"
    if isinstance(value, dict):
        return f"dict[{_common({*map(_kind_of, value)})}, {_common({*map(_kind_of, value.values())})}]"
    return "None" if value is None else name


def _common(names: set[str]) -> str:
    """Return one type, with None beside it where it is among them."""
    plain = names - {"None"} - {name for name in names if "object" in name and len(names) > 1}
    if len(plain) > 1:
        return "object"
    return " | ".join([*plain, *(["None"] if "None" in names else [])]) or "object"


def _folded(lines: Sequence[str], width: int) -> list[str]:
    """Return statements with those that are too long in several lines, and empty lines around definitions."""
    found: list[str] = []
    for line in lines:
        *more, last = line.splitlines()
        found += ["", *more, last, ""] if more and not line.startswith(INDENT) else _apart(line, width)
    apart = [line for at, line in enumerate(found) if line or found[at - 1 : at] != [""]]
    return apart[:-1] if apart[-1:] == [""] else apart


def _apart(line: str, width: int) -> list[str]:
    if line.startswith(INDENT):
        return [INDENT + part for part in _apart(line[len(INDENT) :], width - len(INDENT))]
    found = re.fullmatch(r"(assert|self\.assert\w+\()(.*)", line)
    node = ast.parse(line).body[0] if len(line) > width and found and not line.endswith(":") else None
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and not _uses_result(line[7:]):
        call, wanted = ast.unparse(node.test.left), ast.unparse(node.test.comparators[0])
        sign = "is" if isinstance(node.test.ops[0], ast.Is) else "=="
        return [*folded(f"result = {call}", width), *folded(f"assert result {sign} {wanted}", width)]
    return folded(line, width)


def _body(test: Written, checks: Checks, runs: str = "") -> list[str]:
    """Return the statements of a test; `runs` is how a coroutine is run where it is not awaited."""
    case, call, wanted, setup = test.cases[0], test.call, test.cases[0].checks, test.cases[0].setup
    if test.rows:
        wanted, setup = ((*wanted[0][:2], "expected"),), ()
    else:
        call = case.call
    made = runs.format(call) if runs else spoken(call, case.way)
    return [*setup, *(_opened(made, wanted, checks) if case.way.startswith("context") else checks(made, wanted))]


def _opened(made: str, wanted: Sequence[tuple[str, str, str]], checks: Checks) -> list[str]:
    """Return statements that enter what a call gives and demand the rest inside."""
    if wanted[0][0] == "raises":
        head, _, *more = checks(made, wanted)
        return [head, f"{INDENT}async with {made}:", f"{INDENT * 2}pass", *more]
    inner = [line for line in checks("result", wanted) if line != "result = result"]
    bound = " as result" if any(_uses_result(subject) for _, subject, _ in wanted) else ""
    return [f"async with {made}{bound}:", *(f"{INDENT}{line}" for line in inner)]


def _pytest_checks(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    kind, subject, wanted = checks[0]
    if kind == "raises":
        match = f", match={_pattern(wanted)}" if wanted else ""
        seen = [(each, one.replace("error.", "caught.value.", 1), text) for each, one, text in checks[1:]]
        bound = " as caught" if seen else ""
        more = [_assertion("", one, len(checks)) for one in seen]
        return [f"with pytest.raises({subject}{match}){bound}:", f"{INDENT}{_statement(call)}", *more]
    return [*_act(call, checks), *(_assertion(call, one, len(checks)) for one in checks)]


def _assertion(call: str, check: tuple[str, str, str], count: int) -> str:
    kind, subject, wanted = check
    found = inlined(subject, call) if count == 1 else subject
    if kind == "approx":
        wanted = f"pytest.approx({wanted})"
    return f"assert {found} {'is' if kind == 'is' else '=='} {wanted}"


def _act(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return the statement that makes the call, where no assertion does."""
    used = [subject for _, subject, _ in checks if _uses_result(subject)]
    if not used:
        return [] if call.isidentifier() else [_statement(call)]
    return [] if len(checks) == 1 else [f"result = {call}"]


def _statement(call: str) -> str:
    """Return the call as a statement that a linter does not take for a slip."""
    return call if isinstance(ast.parse(call, mode="eval").body, ast.Call | ast.Await) else f"_ = {call}"


def _uses_result(subject: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "result" for node in ast.walk(ast.parse(subject)))


class _Inlined(ast.NodeTransformer):
    def __init__(self, call: ast.expr) -> None:
        self.call = call

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put the call in the place of its result."""
        return self.call if node.id == "result" else node


def inlined(subject: str, call: str) -> str:
    """Return what an assertion looks at, with the call itself in the place of `result`."""
    made = ast.parse(call, mode="eval").body
    text = ast.unparse(_Inlined(made).visit(ast.parse(subject, mode="eval").body))
    return f"({text})" if isinstance(made, ast.Compare | ast.BoolOp) and subject == "result" else text


def _pattern(text: str) -> str:
    return f"r'{text}'" if "\\" in text and "'" not in text else repr(text)  # all else stands for itself


# --- unittest -----------------------------------------------------------------------------------------------------


def _method(test: Written, width: int, gives: str) -> list[str]:
    head = [
        f"{'async ' * is_looped(test)}def {test.name}(self){gives}:",
        *((INDENT + line) if line else "" for line in docstring(test.kills, width)),
    ]
    if not test.rows:
        return [*head, *(INDENT + line for line in _folded(_body(test, _unittest_checks), width - 4))]
    rows = [f"({', '.join((*row.values, row.expected))})," for row in test.rows]
    names = ", ".join((*test.columns, "expected"))
    said = ", ".join(f"{name}={name}" for name in test.columns)
    loop = [f"for {names} in (", *(INDENT + row for row in rows), "):", f"{INDENT}with self.subTest({said}):"]
    inner = [INDENT * 2 + line for line in _body(test, _unittest_checks)]
    return [*head, *(INDENT + line for line in (*loop, *inner))]


def _unittest_checks(call: str, checks: Sequence[tuple[str, str, str]]) -> list[str]:
    kind, subject, wanted = checks[0]
    if kind == "raises":
        way = f"assertRaisesRegex({subject}, {_pattern(wanted)})" if wanted else f"assertRaises({subject})"
        seen = [(each, one.replace("error.", "caught.exception.", 1), text) for each, one, text in checks[1:]]
        bound = " as caught" if seen else ""
        more = [_demand("", one, len(checks)) for one in seen]
        return [f"with self.{way}{bound}:", f"{INDENT}{_statement(call)}", *more]
    return [*_act(call, checks), *(_demand(call, one, len(checks)) for one in checks)]


def _demand(call: str, check: tuple[str, str, str], count: int) -> str:
    kind, subject, wanted = check
    found = inlined(subject, call) if count == 1 else subject
    if kind == "is":
        return f"self.assertIsNone({found})" if wanted == "None" else f"self.assertIs({found}, {wanted})"
    return f"self.{'assertAlmostEqual' if kind == 'approx' else 'assertEqual'}({found}, {wanted})"


# --- quotes -------------------------------------------------------------------------------------------------------


def requoted(text: str, quote: str) -> str:
    """Return code with its plain and raw strings in `quote`, where they hold no quote and no escape."""
    other = "'" if quote == '"' else '"'
    lines = text.splitlines(keepends=True)
    for token in reversed([*tokenize.generate_tokens(io.StringIO(text).readline)]):
        body = "[^'\"\\n]*" if token.string.startswith("r") else "[^'\"\\\\\\n]*"
        inner = re.fullmatch(rf"([bBrR]*){other}({body}){other}", token.string)
        if token.type == tokenize.STRING and inner:
            (row, start), (_, end) = token.start, token.end
            line = lines[row - 1]
            lines[row - 1] = f"{line[:start]}{inner[1]}{quote}{inner[2]}{quote}{line[end:]}"
    return "".join(lines)


def quote_of(text: str) -> str:
    """Return the quote that most strings of a file have."""
    return "'" if text.count("'") > text.count('"') * 1.5 else '"'
