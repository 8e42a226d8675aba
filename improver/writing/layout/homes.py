"""The class of a test file whose methods the tests of one class or function are, for more of them to join (pure)."""

import ast
import functools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from improver.experiments import Case
from improver.source import FUNCTIONS, Source
from improver.verify.checking import CAPSYS
from improver.writing.asking import FOLDER
from improver.writing.layout.grouping import Written
from improver.writing.layout.statements import is_looped
from improver.writing.pieces import slug
from improver.writing.placing import Place, is_test_file

APART, FOUNDING = 2, 2  # test files, or classes, that say how tests are kept apart; tests that are worth one more
AFFIX = re.compile(r"^Tests?(?=[A-Z_])|(?:_?Tests?|_?TestCase|_?Tests?Case)$")
CASES = frozenset({"unittest.TestCase", "TestCase", "unittest.IsolatedAsyncioTestCase", "IsolatedAsyncioTestCase"})
LOOPED = frozenset({"unittest.IsolatedAsyncioTestCase", "IsolatedAsyncioTestCase"})
PARENT = re.compile(r"^super\(\w+, self(?=\))")  # as it was called in Python 2
MIXIN = re.compile(r"Mixin$|Mixin\[.*\]$")
PREPARES = re.compile(
    r"setUp|tearDown|asyncSetUp|asyncTearDown|setUpClass|tearDownClass|setup|teardown|(?:setup|teardown)_\w+|__init__|run"
)


def home_of(test: Written, place: Place) -> ast.ClassDef | None:
    """Return the one class of the file that holds tests of what a test is about, and prepares but objects for them."""
    if place.before is None:
        return None
    owners = {_owner(case.function) for case in test.cases}
    owner = owners.pop() if len(owners) == 1 else ""
    if not all(_names(owner, case) for case in test.cases):
        return None
    classes = {node.name: node for node in place.before.tree.body if isinstance(node, ast.ClassDef)}
    holding = _holding(place.before)
    named = [node for node in holding if _plain(AFFIX.sub("", node.name)) == _plain(owner)]
    sole = [node for node in holding if len(holding) == 1 and _is_sole(node, owner, place.before)]
    fit = named or sole or [node for node in holding if _is_mostly(node, owner, place.before)]
    homes = {place.homes.get(case.function, "") for case in test.cases}
    fit = fit or [node for node in holding if {node.name} == homes and _is_all_classes(place.before)]
    node = fit[0] if len(fit) == 1 and owner else None
    return node if node is not None and _takes(node, test, classes, place) else None


def base_of(tests: Sequence[Written], place: Place) -> str:
    """Return what a class of new tests comes from: what all those of its file do, where that is imported there.

    Those that run in an event loop need unittest's own, and nobody wants the tests again that a parent holds.
    """
    if any(map(is_looped, tests)):
        return "unittest.IsolatedAsyncioTestCase"
    bases = {", ".join(map(ast.unparse, node.bases)) for node in _holding(place.before)}
    own = {node.name for node in place.before.functions} if place.before is not None else set[str]()
    base = bases.pop() if len(bases) == 1 else ""
    is_imported = place.bound.get(base.partition(".")[0]) is not None and "," not in base
    return base if is_imported and place.inherited <= own and base not in LOOPED else "unittest.TestCase"


def without_lone(tests: Sequence[Written], place: Place | None, files: Sequence[str]) -> list[Written]:
    """Return the tests but for one that would stand alone in a new file, or a new class: it belongs into what is there.

    So it is with functions for pytest in a file of classes, one of which takes others of these tests.

    `files` are the paths of the project's test files and what helps them. A project that has but one of these may
    yet begin another.
    """
    if place is None:
        return [*tests]
    if place.before is None:
        return [] if sum(map(is_test_file, files)) >= APART and len(tests) < FOUNDING else [*tests]
    new = [test for test in tests if not test.table and home_of(test, place) is None]
    if place.in_classes:
        is_lone = len(_holding(place.before)) >= APART and len(new) < FOUNDING
    else:
        is_lone = bool(_holding(place.before)) and _is_all_classes(place.before) and len(new) < len(tests)
    return [test for test in tests if not (is_lone and test in new)]


def is_case(node: ast.ClassDef, place: Place) -> bool:
    """Tell whether a class comes from one of unittest's own, or from what a new class beside it would come from."""
    return not (CASES | _shared(place)).isdisjoint(map(ast.unparse, node.bases))


def _shared(place: Place) -> set[str]:
    return {base_of((), place)} if place.in_classes else set()


def is_method(test: Written, place: Place) -> bool:
    """Tell whether a test is a method of a class that unittest runs."""
    node = home_of(test, place)
    return place.in_classes if node is None else is_case(node, place)


def is_annotated(node: ast.ClassDef) -> bool:
    """Tell whether most tests of a class say what they give."""
    return sum(one.returns is not None for one in tests_in(node)) * 2 > len(tests_in(node))


def with_methods(source: Source, blocks: Mapping[str, str]) -> Source | None:
    """Return the file with text at the end of its classes, by their names; None where it cannot be read then."""
    lines = list(source.lines)
    for node in reversed(source.tree.body):
        if not isinstance(node, ast.ClassDef) or node.name not in blocks:
            continue
        at = node.end_lineno or node.lineno
        if not lines[at - 1].endswith(("\n", "\r")):
            lines[at - 1] += source.newline
        lines[at:at] = [f"{line}{source.newline}" for line in ("", *blocks[node.name].splitlines())]
    try:
        data = "".join(lines).encode("utf-8-sig" if source.bom else source.encoding)
    except UnicodeEncodeError:
        return None
    found = Source.read(source.path, data)
    return found if isinstance(found, Source) else None


def _names(owner: str, case: Case) -> bool:
    """Tell whether a call speaks of the owner itself, not only of what inherits from it."""
    nodes = [node for text in (*case.setup, case.call) for node in ast.walk(ast.parse(text))]
    return any(owner in (getattr(node, "id", ""), getattr(node, "attr", "")) for node in nodes)


def _owner(function: str) -> str:
    return function.partition("::")[2].partition(".")[0]


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _holding(source: Source | None) -> list[ast.ClassDef]:
    """Return the classes of a file that tests stand in."""
    nodes = source.tree.body if source is not None else []
    return [node for node in nodes if isinstance(node, ast.ClassDef) and tests_in(node)]


def tests_in(node: ast.ClassDef) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the tests that stand in a class."""
    return [one for one in node.body if isinstance(one, FUNCTIONS) and one.name.startswith("test")]


def _is_sole(node: ast.ClassDef, owner: str, source: Source) -> bool:
    """Tell whether all tests of a file stand in a class that has the file's name and speaks of a function.

    Or its name has no word but of the file's: TestURL of test_decoded_url.py.
    """
    stem = source.path.rpartition("/")[2].removesuffix(".py").removeprefix("test_").removesuffix("_test")
    is_named = {*slug(stem).split("_")} <= {*slug(node.name).split("_")}
    words = {*slug(AFFIX.sub("", node.name)).split("_")} - {""}
    is_within = bool(words) and words <= {*slug(stem).split("_")}
    is_spoken_of = is_named and owner in _names_in(node) and not owner[:1].isupper()
    return _is_all_classes(source) and (is_spoken_of or is_within)


def _is_mostly(node: ast.ClassDef, owner: str, source: Source) -> bool:
    """Tell whether most tests of a class speak of a function, in a file where all tests stand in classes.

    A class of one such test is about something else unless its name says so too.
    """
    speaking = sum(owner in _names_in(one) for one in tests_in(node))
    words = {*slug(AFFIX.sub("", node.name)).split("_")} & {*slug(owner).split("_")}
    is_about = not owner[:1].isupper() and (speaking > 1 or bool(words))
    return is_about and _is_all_classes(source) and speaking * 2 > len(tests_in(node))


def _is_all_classes(source: Source) -> bool:
    return not any(isinstance(one, FUNCTIONS) and one.name.startswith("test") for one in source.tree.body)


@functools.lru_cache(maxsize=1 << 10)  # asked for each call that may become a test
def _names_in(node: ast.stmt) -> frozenset[str]:
    return frozenset(getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(node))


def _takes(node: ast.ClassDef, test: Written, classes: Mapping[str, ast.ClassDef], place: Place) -> bool:
    """Tell whether a class can hold one more test, and runs it as a test by itself would run."""
    bases = list(map(ast.unparse, node.bases))
    lines = [*_line(node, classes)]
    inherits = any(node.name in map(ast.unparse, other.bases) for other in classes.values())
    if inherits or not all(map(_prepares_nothing, lines)) or not _is_known(lines, {*classes, *_shared(place)}):
        return False
    if place.before is None or node.body[0].col_offset != len(place.before.indent):
        return False
    if any(isinstance(one, FUNCTIONS) and one.name == test.name for line in lines for one in line.body):
        return False
    if is_case(node, place):
        return {*test.cases[0].asks} <= {CAPSYS, FOLDER} and (not is_looped(test) or not LOOPED.isdisjoint(bases))
    return node.name.startswith("Test")


def _line(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> Iterator[ast.ClassDef]:
    """Yield a class and those of the file that it inherits from."""
    yield node
    for base in map(ast.unparse, node.bases):
        if base in classes and base != node.name:
            yield from _line(classes[base], {name: one for name, one in classes.items() if name != node.name})


def _is_known(line: Sequence[ast.ClassDef], classes: Collection[str]) -> bool:
    """Tell whether classes inherit from nothing but unittest's, `classes` and mixins."""
    bases = [base for node in line for base in map(ast.unparse, node.bases)]
    return all(base in CASES or base in classes or base == "object" or MIXIN.search(base) for base in bases)


def _prepares_nothing(node: ast.ClassDef) -> bool:
    """Tell whether a class is plain: no marks, no fixtures, nothing that is done for each test but to make objects."""
    methods = [one for one in node.body if isinstance(one, FUNCTIONS)]
    marks = [one for one in node.body if isinstance(one, ast.Assign) and "pytestmark" in map(ast.unparse, one.targets)]
    fixtures = [one for one in methods if any("fixture" in ast.unparse(mark) for mark in one.decorator_list)]
    prepared = any(PREPARES.fullmatch(one.name) and not _makes_objects(one) for one in methods)
    return not (node.decorator_list or node.keywords or marks or fixtures or prepared)


def _makes_objects(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether all that is done before each test is to set attributes of its own, and what a parent does."""
    rest = [one for one in node.body if PARENT.sub("super(", ast.unparse(one)) != f"super().{node.name}()"]
    places = [one.targets if isinstance(one, ast.Assign) else [] for one in rest]
    own = all(isinstance(one, ast.Attribute) and ast.unparse(one.value) == "self" for row in places for one in row)
    return node.name in ("setUp", "setup_method") and own and all(places)
