"""Tests are kept only if they hold in every round, also in those after the first in which another did not."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from improver.experiments import Case, Exploration, Mutant, MutationRun, Recording, Repetition
from improver.records import EXECUTABLE, REGULAR, File, Tree
from improver.writing.drafting import Drafted
from improver.writing.layout.grouping import Row, Written
from improver.writing.placing import place_for
from improver.writing.targets import Ground, Weak
from improver.writing.writer import proposal_of, proved, settled
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import PIER, RECEIPT, source
from tests.improver.judging import PACKAGED

PRODUCT = source("def f(a):\n    return 1\n")
WAVERING = "tests/test_a.py::test_"


@dataclass
class Rounds(FakeExperiments):
    """Rounds that end where the first test does not hold, as the real ones do."""

    wavering: list[str] = field(default_factory=list)

    def repeat(self, tree: Tree, tests: Sequence[str]) -> Repetition:
        self.asked.append((tree, tests))
        found = next((name for name in self.wavering if name in tests), None)
        return Repetition(len(tests), (), {found: ("a clock",)} if found else {}, RECEIPT)


def kept(*wavering: str) -> list[str]:
    names = ("low", "ebb", "sea")
    mutants = tuple(Mutant(f"pier/a.py:2: `{name}` → `x`", "pier/a.py", 2, f"{PIER}f", b"") for name in names)
    case = Case(f"{PIER}f", "f(1)", (("pier.a", "f"),), checks=(("eq", "result", "1"),))
    tests = [
        Written(f"test_{name}", (replace(case, call=f"f('{name}')", kills=frozenset({mutant.name})),))
        for name, mutant in zip(names, mutants, strict=True)
    ]
    killed = {mutant.name: f"{WAVERING}{name}" for name, mutant in zip(names, mutants, strict=True)}
    fake = Rounds(mutated=MutationRun(killed, (), {}, RECEIPT), wavering=[*wavering])
    return [test.name for test in proved(ground_of(fake), drafted_of(mutants), tests)]


def ground_of(fake: FakeExperiments) -> Ground:
    return Ground({"pier/a.py": File(PRODUCT.data)}, LAYOUT, PACKAGED, fake, {"pier/a.py": PRODUCT}, [])


def drafted_of(mutants: tuple[Mutant, ...]) -> Drafted:
    place = place_for("pier/a.py", [source("import pytest\n", "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    weak = Weak(PRODUCT, mutants, MutationRun({}, tuple(one.name for one in mutants), {}, RECEIPT))
    return Drafted(weak, Exploration((), (), {}, RECEIPT), place)


def test_what_holds_is_kept() -> None:
    assert kept() == ["test_low", "test_ebb", "test_sea"]


def test_after_one_that_does_not_hold_the_others_are_tried_again() -> None:
    assert kept(f"{WAVERING}low", f"{WAVERING}sea") == ["test_ebb"]


def test_nothing_is_kept_where_none_holds() -> None:
    assert kept(f"{WAVERING}low", f"{WAVERING}sea", f"{WAVERING}ebb") == []


@dataclass
class Noticing(Rounds):
    """Rounds in which every test that holds notices what there is to notice."""

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        super().mutate(tree, mutants, tests)
        return MutationRun({one.name: tests[0] for one in mutants}, (), {}, RECEIPT)


def settle(*wavering: str) -> tuple[list[str], int]:
    """Return the calls of the tests that were kept where the test of the first does not hold, and the rounds."""
    mutants = (Mutant("pier/a.py:2: `1` → `2`", "pier/a.py", 2, f"{PIER}f", b""),)
    beside = source("from pier.a import f\n\n\ndef test_f():\n    assert f(0) == 1\n", "tests/test_a.py")
    recorded = Recording({f"{PIER}f": ("tests/test_a.py::test_f",)}, {}, {}, {}, RECEIPT)
    found = {call: Case(f"{PIER}f", call, (("pier.a", "f"),), checks=(("eq", "result", "1"),), origin="recorded",
                        kills=frozenset({mutants[0].name}), shows=(frozenset({mutants[0].name}),))
             for call in ("f('low')", "f('slack', 'ebb')")}  # fmt: skip
    fake = Noticing(recorded=recorded, wavering=[f"{WAVERING}{name}" for name in wavering])
    ground = replace(ground_of(fake), tests=[beside])
    place = place_for("pier/a.py", [beside], recorded)
    weak = Weak(PRODUCT, mutants, MutationRun({}, (mutants[0].name,), {}, RECEIPT))
    drafted = Drafted(weak, Exploration(tuple(found.values()), (), {}, RECEIPT), place)
    first = Written("test_low", (found["f('low')"],))
    kept = settled(ground, drafted, [first], lambda draft: draft.tests)
    return [case.call for test in kept for case in test.cases], sum(len(one) == 2 for one in fake.asked)


def test_for_what_is_lost_with_a_call_that_does_not_hold_another_one_stands_in() -> None:
    assert settle() == (["f('low')"], 1)
    assert settle("low") == (["f('slack', 'ebb')"], 2)


def test_other_calls_are_tried_only_so_often_and_none_twice() -> None:
    assert settle("low", "f_with_a_slack_is_1") == ([], 2)


def test_only_what_holds_and_notices_is_kept() -> None:
    names = ("good", "shaky", "idle", "red")
    mutants = tuple(Mutant(f"pier/a.py:2: `{name}` → `x`", "pier/a.py", 2, f"{PIER}f", b"") for name in names)
    tests = [
        Written(f"test_{name}", (Case(f"{PIER}f", f"f('{name}')", (("pier.a", "f"),), checks=(("eq", "result", "1"),),
                                      kills=frozenset({mutant.name})),))
        for name, mutant in zip(names, mutants, strict=True)
    ]  # fmt: skip
    fake = FakeExperiments(
        repeated=Repetition(3, (), {"tests/test_a.py::test_shaky": ("another clock",)}, RECEIPT),
        mutated=MutationRun(
            dict.fromkeys((mutants[0].name, mutants[3].name), "tests/test_a.py::test_good"),
            (mutants[2].name,),
            {},
            RECEIPT,
        ),
    )
    (one,) = proved(ground_of(fake), drafted_of(mutants), tests)
    assert (one.name, {*one.kills}) == ("test_good", {mutants[0].name, mutants[3].name})  # also what the red one missed


def test_a_test_file_that_may_be_run_by_itself_still_may() -> None:
    mutants = (Mutant("pier/a.py:2: `1` → `2`", "pier/a.py", 2, f"{PIER}f", b""),)
    case = Case(f"{PIER}f", "f(1)", (("pier.a", "f"),), checks=(("eq", "result", "1"),), kills=frozenset({"m"}))
    ground, test = ground_of(FakeExperiments()), Written("test_f", (case,))
    ground = replace(ground, tree={**ground.tree, "tests/test_a.py": File(b"import pytest\n", EXECUTABLE)})
    drafted, modes = drafted_of(mutants), list[str]()
    assert drafted.place is not None
    for place in (drafted.place, replace(drafted.place, path="tests/test_b.py", before=None)):
        proposal = proposal_of(ground, replace(drafted, place=place), [test])
        modes += [edit.after.mode for edit in proposal.change.edits if edit.after] if proposal else []
    assert modes == [EXECUTABLE, REGULAR]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param([3], "no test notices this fault, by line: 3: `1` → `2`", id="one"),
        pytest.param([10, 9], "no test notices these faults, by line: 9: `1` → `2`; 10: `1` → `2`", id="in order"),
        pytest.param(range(9), f"{'; '.join(f'{at}: `1` → `2`' for at in range(8))}; and 1 more", id="many"),
    ],
)
def test_the_text_of_a_proposal_says_what_its_tests_notice(lines: Sequence[int], says: str) -> None:
    names = frozenset(f"pier/a.py:{line}: `1` → `2`" for line in lines)
    mutants = tuple(Mutant(name, "pier/a.py", 2, f"{PIER}f", b"") for name in names)
    case = Case(f"{PIER}f", "f(1)", (("pier.a", "f"),), checks=(("eq", "result", "1"),), kills=names)
    proposal = proposal_of(ground_of(FakeExperiments()), drafted_of(mutants), [Written("test_f", (case,))])
    assert proposal is not None
    (finding,) = proposal.findings
    assert finding.message.endswith(says)
    assert finding.evidence == {"faults": len(lines)}


TABLE = """\
import pytest
from pier.a import f


@pytest.mark.parametrize("name", ["low", "ebb"])
def test_tide(name):
    assert f(name) == 1
"""


@dataclass
class Killing(Rounds):
    """Rounds in which tests notice the mutants that are `seen` by one of that name."""

    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        super().mutate(tree, mutants, tests)
        names = {name.rpartition("::")[2]: name for name in tests}
        killed = {mutant: names[test] for test in names for mutant in self.seen.get(test, ())}
        return MutationRun(killed, (), {}, RECEIPT)


@pytest.mark.parametrize(
    ("seen", "tests"),
    [
        pytest.param({"test_tide": ("a", "b")}, [("test_tide", 2)], id="all are rows"),
        pytest.param(
            {"test_tide": ("a",), "test_f": ("b",)}, [("test_tide", 1), ("test_f", 1)], id="one shows less so"
        ),
        pytest.param({"test_f": ("a", "b")}, [("test_f", 2)], id="the table shows nothing"),
    ],
)
def test_a_row_of_a_table_is_kept_where_it_shows_as_much_there(
    seen: dict[str, tuple[str, ...]], tests: list[tuple[str, int]]
) -> None:
    names = {letter: f"pier/a.py:2: `{letter}` → `x`" for letter in "ab"}
    mutants = tuple(Mutant(name, "pier/a.py", 2, f"{PIER}f", b"") for name in names.values())
    cases = tuple(
        Case(f"{PIER}f", f"f('{letter}')", (("pier.a", "f"),), checks=(("eq", "result", "1"),),
             kills=frozenset({name}))
        for letter, name in names.items()
    )  # fmt: skip
    rows = tuple(Row((f"'{letter}'",), "", letter) for letter in names)
    fake = Killing(seen={test: tuple(names[one] for one in some) for test, some in seen.items()})
    product = source("def f(name):\n    return 1\n")
    weak = Weak(product, mutants, MutationRun({}, (*names.values(),), {}, RECEIPT))
    place = place_for("pier/a.py", [source(TABLE, "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    drafted = Drafted(weak, Exploration((), (), {}, RECEIPT), place)
    kept = settled(ground_of(fake), drafted, [Written("test_f", cases, ("name",), rows, "f(name)")], lambda _: [])
    assert [(one.name, len(one.cases)) for one in kept] == tests
    assert {mutant for one in kept for mutant in one.kills} == {*names.values()}
    assert next(asked[1] for asked in fake.asked) == ("tests/test_a.py::test_tide",)
