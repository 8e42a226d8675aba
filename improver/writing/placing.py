"""Where a project would put a new test, and how it writes tests: file, functions or classes, names in reach (pure)."""

import ast
import functools
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Recording
from improver.names import bound_by, own
from improver.source import Source
from improver.writing.asking import FOLDER, FOLDERS, Fixtures
from improver.writing.habits import head_of, imports_apart
from improver.writing.loops import loop_of, marks_all
from improver.writing.names import brought
from improver.writing.pieces import slug
from improver.writing.unittests import asserts_plainly, cases_in, in_classes

RAISED = re.compile(r"(?:Error|Exception|Warning|Exit|Interrupt)$")
MIRRORED = 3  # modules with a test file of their name
TELLING = 4  # letters of a word that says what a file is about
SHARE = 0.5  # of the tests that run a file must stand in one test file, for it to be that file's own


@dataclass(frozen=True, slots=True)
class Place:
    """The test file that new tests go to; `before` is None where there is none yet.

    `about` is the one class or function that it belongs to, "" where it is the whole file's.
    """

    path: str
    before: Source | None
    in_classes: bool  # unittest's
    bound: Mapping[str, tuple[str, ...] | None]  # names of the file: what they import, None for what it defines
    annotated: bool = False  # its tests say what they take and give
    about: str = ""
    loop: str = ""  # how its tests run in an event loop: a decorator, "auto" where somebody sees to it, "" for nobody
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # what fixtures do that its tests may ask for
    inherited: frozenset[str] = frozenset()  # names of tests that ran from it, those of imported mixins too
    apart: bool = False  # each name is imported by a line of its own
    asserting: bool = False  # its tests assert by statements, in unittest's classes too
    elderly: bool = False  # they run on Python 2 too
    head: str = ""  # the comment that a new file begins with
    homes: Mapping[str, str] = field(default_factory=dict)  # the class with most of the file's tests of a function
    shown: Mapping[tuple[str, str], str] = field(default_factory=dict)  # the package to import (module, name) from

    @property
    def taken(self) -> frozenset[str]:
        """Return the names that no new test may have."""
        return self.inherited.union(self.bound)

    def binds(self, one: tuple[str, ...]) -> bool:
        """Tell whether the file has this import, by whatever way, or something else under its name."""
        return name_of(one) in self.bound


def name_of(one: tuple[str, ...]) -> str:
    """Return the name that an import binds."""
    return one[2] if len(one) > 2 else one[1] or one[0].split(".")[0]


def place_for(path: str, tests: Sequence[Source], recording: Recording, owner: str = "") -> Place | None:
    """Return where tests of the product file `path` belong, None where the project shows no place for tests.

    Where no test file is the whole file's own, or that never speaks of it, one may be that of `owner`, a class or a
    function of it.
    """
    place = _place_for(path, tests, recording, owner)
    return None if place is None else _filled(place, tests, recording)


def place_of_method(function: str, tests: Sequence[Source], recording: Recording) -> Place | None:
    """Return the test file that bears the name of a method ("path::qualname") and runs it, None where none does."""
    owner, _, method = function.partition("::")[2].rpartition(".")
    ran = _counted({function: recording.impact.get(function, ())}) if owner else {}
    home = next((one for one in tests if one.path in ran and _stem(one.path) == slug(method)), None)
    return None if home is None else _filled(_at(home, tests), tests, recording)


def place_of(prelude: Sequence[str], path: str, tests: Sequence[Source], recording: Recording) -> Place | None:
    """Return the test file that has all these definitions and runs something of the file, None where none does."""
    ran = _counted({name: ids for name, ids in recording.impact.items() if name.startswith(f"{path}::")})
    homes = (one for one in tests if one.path in ran and texts_of(one).issuperset(prelude))
    home = next(homes, None)
    return None if home is None else _filled(_at(home, tests), tests, recording)


@functools.lru_cache(maxsize=64)  # asked again for each round of plainer calls
def texts_of(source: Source) -> frozenset[str]:
    """Return the statements of a file."""
    return frozenset(map(ast.unparse, source.tree.body))


def has_all(place: Place, prelude: Sequence[str]) -> bool:
    """Tell whether the file at `place` has all these definitions."""
    return place.before is not None and texts_of(place.before).issuperset(prelude)


def _filled(place: Place, tests: Sequence[Source], recording: Recording) -> Place:
    """Return the place with what only its runs and the other test files tell of it."""
    head = f"{place.path}::"
    ran = {
        name: {one.partition("[")[0] for one in ids if one.startswith(head)} for name, ids in recording.impact.items()
    }
    names = frozenset(test.rpartition("::")[2] for ids in ran.values() for test in ids)
    homes = {name: home for name, ids in ran.items() if (home := _most([one.removeprefix(head) for one in ids]))}
    apart = imports_apart([place.before] if place.before else []) or imports_apart(tests)
    return replace(place, inherited=names, apart=apart, homes=homes)


def _most(tests: Sequence[str]) -> str:
    """Return the class that most of the tests stand in, "" where most stand in none, or in others."""
    counts = Counter(test.rpartition("::")[0] for test in tests)
    home, count = max(counts.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return home if count > SHARE * len(tests) else ""


def _place_for(path: str, tests: Sequence[Source], recording: Recording, owner: str) -> Place | None:
    run = {test.split("::")[0] for ids in recording.impact.values() for test in ids}
    known = {test.path: test for test in tests if is_test_file(test.path) or test.path in run}
    if not known:
        return None
    ran = {name: ids for name, ids in recording.impact.items() if name.startswith(f"{path}::")}
    counts = Counter({test: count for test, count in _counted(ran).items() if test in known})
    last = [one.rpartition("_")[2].lower() for one in _stems(path)[:1]]  # of lang_AZ, which test_az.py runs
    named = [test for test in known if _stem(test) in _stems(path) or (_stem(test) in last and counts[test])]
    usual = max(named, key=lambda test: (counts[test], test), default="")
    if usual and _speaks_of(known[usual], owner):
        return _at(known[usual], tests)
    if own := _of_owner(f"{path}::{owner}", known, recording, 0 if usual else SHARE):
        return replace(_at(known[own], tests), about=owner)
    if usual := usual or _of_words(path, known, recording):
        return _at(known[usual], tests)
    most = counts.most_common(1)
    shared = not _is_mirrored(known, recording)
    name = path.removesuffix(".py").rsplit("/", 1)[-1]
    if shared and most and most[0][1] >= SHARE * sum(counts.values()) and name in known[most[0][0]].text:
        return _at(known[most[0][0]], tests)
    beside = known[most[0][0]] if most else known[min(known)]
    fresh = f"{_folder(beside.path, counts)}/{_named_like(known).format(_stems(path)[0])}".lstrip("/")
    like = _at(beside, tests)
    if not is_test_file(beside.path):  # nobody knows whether a file of another name would be run
        return like
    if fresh in known:
        return None
    steps = _steps(fresh, tests, plain=not like.in_classes and not like.annotated)
    head = head_of([one for one in known.values() if one.path.rpartition("/")[0] == fresh.rpartition("/")[0]])
    return replace(like, path=fresh, before=None, bound={}, loop=loop_of(tests), steps=steps, head=head)


def _folder(beside: str, counts: Mapping[str, int]) -> str:
    """Return where a new file belongs: beside the file that runs most, unless more of what runs stands elsewhere."""
    folder = beside.rpartition("/")[0]
    own = sum(count for test, count in counts.items() if test.rpartition("/")[0] == folder)
    is_alone = own > SHARE * sum(counts.values())
    return folder if is_alone or not counts else posixpath.commonpath([test.rpartition("/")[0] for test in counts])


@functools.lru_cache(maxsize=64)  # asked again for each round of plainer calls
def errors_of(source: Source) -> frozenset[str]:
    """Return the classes of a file whose objects are raised."""
    found: set[str] = set()
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef):
            bases = [ast.unparse(one).rpartition(".")[2] for one in node.bases]
            if any(base in found or RAISED.search(base) for base in bases):
                found.add(node.name)
    return frozenset(found)


def _counted(ran: Mapping[str, Iterable[str]]) -> Counter[str]:
    """Return how many tests of each file run functions, the rows of a table as one."""
    tests = {test.partition("[")[0] for ids in ran.values() for test in ids}
    return Counter(test.split("::")[0] for test in sorted(tests))


def _is_mirrored(known: Mapping[str, Source], recording: Recording) -> bool:
    """Tell whether a project names its test files after its modules: a module without one gets its own."""
    paths, stems = {name.partition("::")[0] for name in recording.impact}, {*map(_stem, known)}
    return sum(not stems.isdisjoint(_stems(path)) for path in paths) >= MIRRORED


def _of_owner(name: str, known: Mapping[str, Source], recording: Recording, share: float) -> str:
    """Return the test file that is about the class or function `name` ("path::qualname"), "" where there is none.

    It bears its name; or it speaks of it, and is named after some words of its name, holds most of the tests that run
    it, and at least that share of them, or has a name that shares its first word.
    """
    owner = name.partition("::")[2]
    counts = _counted({one: ids for one, ids in recording.impact.items() if one == name or one.startswith(f"{name}.")})
    words = slug(owner).split("_")
    ran = [test for test in counts if test in known]  # one of its very name may know it by another
    speaking = [test for test in ran if _speaks_of(known[test], owner) or _stem(test) == "_".join(words)]
    if not owner or not speaking:
        return ""
    runs = {"".join(words[at:end]) for end in range(len(words) + 1) for at in range(end)}
    named = {test: _stem(test).replace("_", "") in runs for test in speaking}
    best = max(speaking, key=lambda test: (named[test] * len(_stem(test)), counts[test], test))
    if named[best] or counts[best] >= share * sum(counts.values()):
        return best
    shared = {test: _alike(words, _stem(test).split("_")) for test in speaking}
    alike = max(speaking, key=lambda test: (shared[test], counts[test], test))
    return alike if shared[alike] else ""


def _alike(words: Sequence[str], others: Sequence[str]) -> int:
    """Return how many words two names share, 0 where the first of `words` is not among them, or says little."""
    return len({*words} & {*others}) if words[0] in others and len(words[0]) >= TELLING else 0


def _of_words(path: str, known: Mapping[str, Source], recording: Recording) -> str:
    """Return the one test file that has some words of a module's name, or all and more, and imports from it, or "".

    One that bears the name of another module is that one's.
    """
    name = next(iter(_stems(path)), "")
    words = name.split("_")
    runs = {"_".join(words[at:end]) for end in range(len(words) + 1) for at in range(end)} - {name}
    others = {stem for function in recording.impact for stem in _stems(function.partition("::")[0])}
    alike = [test for test in known if _stem(test) in runs or _stem(test).startswith(f"{name}_")]
    named = [test for test in alike if _stem(test) not in others and _imports_from(known[test], name)]
    return named[0] if len(named) == 1 else ""


def _imports_from(test: Source, module: str) -> bool:
    """Tell whether a test file imports a module of that last name, private or not, or from it."""
    known = (what for what in _bound(test).values() if what is not None)
    return any(module in (what[0].rpartition(".")[2].strip("_"), what[1].strip("_")) for what in known)


def is_test_file(path: str) -> bool:
    """Tell whether a file is named as one of tests."""
    name = path.rsplit("/", 1)[-1]
    return name.startswith("test_") or name.endswith("_test.py")


def _named_like(known: Iterable[str]) -> str:
    """Return how a new test file is named, {} for what it is about, as most of those are that are known."""
    names = [test.rsplit("/", 1)[-1] for test in known if is_test_file(test)]
    return "{}_test.py" if sum(name.endswith("_test.py") for name in names) * 2 > len(names) else "test_{}.py"


def _stem(test: str) -> str:
    """Return what a test file is named after; a number that puts it in its place among others is no part of it."""
    name = test.rsplit("/", 1)[-1].removesuffix(".py").removeprefix("test_").removesuffix("_test")
    return re.sub(r"^\d+_(?=[^\d])", "", name)


def _stems(path: str) -> list[str]:
    """Return the names that a test file of `path` may have, the likeliest first."""
    *folders, name = path.removesuffix(".py").split("/")
    if name == "__init__":
        return [folders[-1]] if folders else []
    name = name.strip("_")
    return [name, f"{folders[-1]}_{name}"] if folders else [name]


def _speaks_of(test: Source, owner: str) -> bool:
    return re.search(rf"\b{re.escape(owner)}\b", test.text) is not None


def _at(source: Source, tests: Sequence[Source]) -> Place:
    loop = ("auto" if marks_all(source) else loop_of([source])) or loop_of(tests)
    methods, annotated = in_classes(source, cases_in((*tests,))), _is_annotated(source)
    steps = _steps(source.path, tests, plain=not methods and not annotated)
    place = Place(source.path, source, methods, _bound(source), annotated, loop=loop, steps=steps)
    return replace(place, asserting=asserts_plainly(source))


def _bound(source: Source) -> dict[str, tuple[str, ...] | None]:
    """Return the names of a file as its tests find them: what they import, None for all that is more than an import."""
    found = dict[str, tuple[str, ...] | None]()
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= brought(node, source)
        else:
            is_idle = isinstance(node, ast.If) and ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING"
            whole = ast.Module(node.orelse if isinstance(node, ast.If) and is_idle else [node], [])
            found |= dict.fromkeys(name for part in own(whole) for name in bound_by(part))
    return found


def _steps(path: str, tests: Sequence[Source], *, plain: bool) -> Mapping[str, tuple[str, ...]]:
    """Return what fixtures do that plain functions may ask for; of what type others than a folder are nobody says."""
    return Fixtures.of(tests).steps(path) if plain else {FOLDER: (FOLDERS[FOLDER][0],)}


def _is_annotated(source: Source) -> bool:
    """Tell whether most tests of the file have a return annotation."""
    tests = [node for node in source.functions if node.name.startswith("test")]
    return sum(node.returns is not None for node in tests) * 2 > len(tests)
