"""Tests that differ in little but what they call: three or more of them share one table (pure)."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from improver.experiments import Case
from improver.source import Function
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.statements import inlined
from improver.writing.pieces import is_literal, parameters, slug
from improver.writing.placing import name_of
from improver.writing.words.naming import NAME, numbered, shortened
from improver.writing.words.wording import usable

FEW = 3  # tests that make a table
WRAPS = frozenset({"list", "dict", "tuple", "set", "sorted", "islice"})  # say nothing about what is looked at
MANY = 12  # rows of one table, of which each is but a name and a value
CALLEE = "callee_"


@dataclass(frozen=True, slots=True)
class Kin:
    """A test as a member of a family: what it calls, the plain values it gives, and what all members share."""

    test: Written
    callee: str
    given: tuple[str, ...]  # plain arguments, as code
    expected: str  # "" where the checks are the same in the whole family
    form: tuple[object, ...]


def joined(
    tests: Sequence[Written],
    node_of: Callable[[str], Function],
    taken: Collection[str],
    fits: Callable[[Written], bool],
) -> list[Written]:
    """Return the tests, tables in the place of those that are alike but for what they call, most useful first.

    A table must fit, and its name is not `taken`.
    """
    families: dict[tuple[object, ...], list[Kin]] = defaultdict(list)
    for one in filter(None, map(_kin, tests)):
        if one.callee not in {known.callee for known in families[one.form]}:
            families[one.form].append(one)
    names = {*taken, *(test.name for test in tests)}
    found = list(tests)
    for family in families.values():
        for part in _parts(family) if _is_family(family) else ():
            table = _table(part, node_of, names)
            if table is not None and fits(table):
                gone = {one.test.name for one in part}
                found = [*(one for one in found if one.name not in gone), table]
                names.add(table.name)
    return sorted(found, key=lambda one: (-len(one.kills), one.name))


def _kin(test: Written) -> Kin | None:
    """Return a test as a member of a family; None for one that needs more than its call, or calls no one thing."""
    case = test.cases[0]
    if test.rows or case.setup or case.prelude or case.asks or not case.checks:
        return None
    call = ast.parse(case.call, mode="eval").body
    node = _callee(case, call)
    if node is None:
        return None
    (kind, subject, wanted), *more = case.checks
    alone = kind in ("eq", "is") and not more and is_literal(wanted)
    given = _given(node)
    texts = tuple(ast.unparse(one) for one in given)
    callee = ast.unparse(node.func)
    node.func = ast.Name(CALLEE, ast.Load())
    _fill(node, [ast.Name("given_", ast.Load())] * len(given))
    shared = (kind, subject) if alone else case.checks
    return Kin(test, callee, texts, wanted if alone else "", (case.way, ast.unparse(call), shared))


def _callee(case: Case, call: ast.expr) -> ast.Call | None:
    """Return the call of the one imported thing that a test calls, None where it is not one or used elsewhere too."""
    known = {name_of(one) for one in case.imports if one[1]}
    calls = [node for node in ast.walk(call) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    called = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in known]
    if len(called) != 1 or not isinstance(called[0].func, ast.Name):
        return None
    texts = [ast.unparse(call), *(text for kind, *pair in case.checks for text in pair[: 1 if kind == "raises" else 2])]
    used = [node.id for text in texts if text for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    return called[0] if used.count(called[0].func.id) == 1 else None


def _given(call: ast.Call) -> list[ast.expr]:
    """Return the plain arguments of a call."""
    return [one for one in (*call.args, *(word.value for word in call.keywords)) if is_literal(ast.unparse(one))]


def _fill(call: ast.Call, values: Iterable[ast.expr]) -> None:
    """Put `values` in the place of the plain arguments."""
    waiting = iter(values)
    call.args = [next(waiting) if is_literal(ast.unparse(one)) else one for one in call.args]
    for word in call.keywords:
        word.value = next(waiting) if is_literal(ast.unparse(word.value)) else word.value


def _is_family(family: Sequence[Kin]) -> bool:
    """Tell whether a reader sees why these stand together: by their names, or since they are given the same."""
    if len(family) < FEW:
        return False
    values = {type(ast.literal_eval(one.expected)) for one in family if one.expected}
    return bool(_ending(family)) or (len({one.given for one in family}) == 1 and len(values) <= 1)


def _parts(family: Sequence[Kin]) -> Iterator[Sequence[Kin]]:
    """Yield parts that a table can hold, of about one size."""
    ordered = sorted(family, key=lambda one: one.callee)
    count = -(-len(ordered) // MANY)
    size = -(-len(ordered) // count)
    yield from (ordered[at : at + size] for at in range(0, len(ordered), size))


# --- as a table ---------------------------------------------------------------------------------------------------


def _table(part: Sequence[Kin], node_of: Callable[[str], Function], names: Collection[str]) -> Written | None:
    """Return the table of a family, None where its columns cannot be told apart."""
    differs = [len({one.given[at] for one in part}) > 1 for at in range(len(part[0].given))]
    told = len({one.expected for one in part}) > 1
    known = [*_argument_names(part, node_of)]
    columns = (usable(_column(part)), *(usable(known[at]) for at, is_column in enumerate(differs) if is_column))
    call = ast.parse(part[0].test.cases[0].call, mode="eval").body
    node = _callee(part[0].test.cases[0], call)
    if node is None or len({*columns, "expected"}) <= len(columns):
        return None
    node.func = ast.Name(columns[0], ast.Load())
    places = iter(columns[1:])
    given = _given(node)
    _fill(node, [ast.Name(next(places)) if one else given[at] for at, one in enumerate(differs)])
    rows = tuple(
        Row(
            (one.callee, *(text for text, is_column in zip(one.given, differs, strict=True) if is_column)),
            one.expected if told else "",
            one.callee,
        )
        for one in part
    )
    name = _free(_name(part), names)
    return Written(name, tuple(one.test.cases[0] for one in part), columns, rows, ast.unparse(call))


def _argument_names(part: Sequence[Kin], node_of: Callable[[str], Function]) -> Iterator[str]:
    """Yield a name for each plain argument: its parameter's where all agree on it."""
    calls = [_callee(one.test.cases[0], ast.parse(one.test.cases[0].call, mode="eval").body) for one in part]
    whole = [one for one in calls if one is not None]
    known = [parameters(node_of(one.test.cases[0].function)) for one in part]
    plain = [at for at, one in enumerate(whole[0].args) if is_literal(ast.unparse(one))]
    for number, at in enumerate(plain):
        said = {names[at] if at < len(names) else "" for names in known}
        yield said.pop() if len(said) == 1 and "" not in said else f"value_{number + 1}" if number else "value"
    yield from (word.arg or "" for word in whole[0].keywords if is_literal(ast.unparse(word.value)))


def _ending(family: Sequence[Kin]) -> str:
    """Return the words that the names of all that is called end with."""
    words = [slug(one.callee).split("_") for one in family]
    shared: list[str] = []
    for column in zip(*(reversed(one) for one in words), strict=False):
        if len(set(column)) > 1:
            break
        shared.insert(0, column[0])
    return "_".join(shared)


def _column(family: Sequence[Kin]) -> str:
    """Return the name for what is called."""
    ending = _ending(family)
    used = {
        node.id for one in family for node in ast.walk(ast.parse(one.test.cases[0].call)) if isinstance(node, ast.Name)
    }
    if ending and not ending[0].isdigit() and ending not in used:
        return ending
    return "class_" if all(one.callee[:1].isupper() for one in family) else "function"


def _name(family: Sequence[Kin]) -> str:
    """Return the name of a table: what is looked at, and of what."""
    case = family[0].test.cases[0]
    many = _plural(_ending(family) or _column(family).removesuffix("_"))
    look = _look(case)
    if look:
        return f"test_{look}_of_{many}"
    if case.checks[0][0] == "raises":
        return f"test_{many}_raise_{slug(case.checks[0][1])}"
    if case.checks[0][0] == "warns":
        return f"test_{many}_warn"
    listed = "_and_".join(slug(one.callee) for one in family)
    return f"test_{many}" if _ending(family) or len(listed) > NAME - len("test_") else f"test_{listed}"


def _look(case: Case) -> str:
    """Return the word for what a test looks at of what is called, "" where it is the whole value."""
    kind, subject, _ = case.checks[0]
    node = _callee(case, ast.parse(case.call, mode="eval").body)
    whole = ast.parse(case.call if kind == "raises" else inlined(subject, case.call), mode="eval").body
    inner = ast.dump(node) if node is not None else ""
    for one in ast.walk(whole):  # the outermost first
        if ast.dump(one) == inner:
            break
        word = getattr(one, "attr", "") or (getattr(one.func, "id", "") if isinstance(one, ast.Call) else "")
        if word and word not in WRAPS and inner in ast.dump(one):
            return slug(word)
    return ""


def _plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"


def _free(name: str, taken: Collection[str]) -> str:
    """Return the name with a number where it is taken."""
    return next(one for one in numbered(shortened(name)) if one not in taken)
