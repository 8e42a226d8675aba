"""Mutation refuses what makes tests blind, asks a person who may know better, and never calls silence a pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from improver.experiments import Mutant, MutationRun, Recording
from improver.gate import Candidate, Example
from improver.gates.mutation import mutation
from improver.judging.noticing import UNREACHED
from improver.judging.reach import about
from improver.records import GateResult, Receipt, Ruling, Safety, Tree
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.judging import PACKAGED

TEXT = "def depth(sea):\n    return sea - 1\n"
BRANCHED = "def depth(sea):\n    if sea > 900:\n        return sea - 2\n    return sea - 1\n"
TESTS = "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n"


@dataclass
class Noticing(FakeExperiments):
    """Tests that let the mutants of a tree live for which `lives` says so."""

    lives: Callable[[Tree, Mutant], bool] = lambda _tree, _mutant: False
    tried: list[Sequence[Mutant]] = field(default_factory=list)

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        self.asked.append((tree, mutants, tests))
        self.tried.append(mutants)
        survived = tuple(one.name for one in mutants if self.lives(tree, one))
        killed = {one.name: "tests/test_a.py::test_depth" for one in mutants if one.name not in survived}
        return MutationRun(killed, survived, {}, Receipt(("mutate",)))


def judged(
    after: dict[str, str | None],
    lives: Callable[[Tree, Mutant], bool],
    safety: Safety = Safety.COVERED,
    author: str = "codemod",
) -> GateResult:
    example = Example({"pier/a.py": TEXT, "tests/test_a.py": TESTS}, after, safety)
    bench = FakeBench(experiments=Noticing(lives=lives))
    return mutation(Candidate(example.tree(), replace(example.change(), author=author), PACKAGED, bench))


def after_the_change(tree: Tree, mutant: Mutant) -> bool:
    return tree["pier/a.py"].data.decode() != TEXT and "sea + 1" in mutant.name


def on_the_branch(tree: Tree, mutant: Mutant) -> bool:
    return "900" in tree["pier/a.py"].data.decode() and mutant.line in (2, 3)


def test_a_change_that_the_tests_see_as_well_passes() -> None:
    result = judged({"pier/a.py": TEXT.replace("sea", "water")}, lambda _tree, _mutant: False)
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


def test_what_no_test_notices_any_more_is_refused_and_a_person_is_asked() -> None:
    after: dict[str, str | None] = {"pier/a.py": "def depth(sea):\n    assert sea\n    return sea - 1\n"}
    results = [judged(after, after_the_change, author=author) for author in ("codemod", "human")]
    assert [result.ruling for result in results] == [Ruling.FAIL, Ruling.ESCALATE]
    assert results[0].reasons == ("pier/a.py:3: `sea - 1` → `sea + 1`: no test notices it any more",)


def test_a_new_branch_that_no_test_sees_is_refused_and_of_a_behaviour_change_a_human_is_asked() -> None:
    results = [
        judged({"pier/a.py": BRANCHED}, on_the_branch, safety) for safety in (Safety.COVERED, Safety.BEHAVIOUR_CHANGE)
    ]
    assert [result.ruling for result in results] == [Ruling.FAIL, Ruling.ESCALATE]
    assert results[0].reasons[0].startswith("pier/a.py:2: ")


def test_a_proof_stands_for_a_proved_and_a_confined_change() -> None:
    for safety in (Safety.PROVED, Safety.CONFINED):
        result = judged({"pier/a.py": BRANCHED}, on_the_branch, safety)
        assert (result.ruling, result.reasons) == (
            Ruling.ABSTAIN,
            (f"a {safety.value} change is judged by its proof",),
        )


def test_tests_that_notice_nothing_before_or_after_are_no_pass() -> None:
    result = judged({"pier/a.py": TEXT.replace("sea - 1", "-1 + sea")}, lambda _tree, _mutant: True)
    assert (result.ruling, result.reasons) == (
        Ruling.ABSTAIN,
        ("no test notices anything of what is touched, before or after",),
    )


def test_there_may_be_nothing_to_mutate() -> None:
    result = judged({"pier/b.py": '"""A pier."""\n'}, lambda _tree, _mutant: False)
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, ("there is nothing in it to mutate",))


def test_tests_that_have_other_ids_in_each_run_are_asked_too() -> None:
    ran = {"pier/a.py::depth": ("tests/test_a.py::test_depth",)}
    recorded = Recording(ran, {}, {}, {}, Receipt(("record",)), renamed=("tests/test_b.py::test_all",))
    experiments = Noticing(recorded=recorded)
    example = Example({"pier/a.py": TEXT}, {"pier/a.py": TEXT.replace("sea", "water")}, Safety.COVERED)
    mutation(Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments)))
    tests = {asked[2] for asked in experiments.asked}
    assert tests == {("tests/test_a.py::test_depth", "tests/test_b.py::test_all")}


TRIALS = PACKAGED.gates.trials.model_copy(update={"mutants": 6})
FEW = PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"trials": TRIALS})})
WIDE = "def depth(sea):\n" + "".join(f"    sea += {at}\n" for at in range(3, 90)) + "    return sea - 1\n"


@pytest.mark.parametrize(
    ("says", "ruling"),
    [
        pytest.param("Catch `sea - 1` changed to `sea + 1` in a.py.", Ruling.PASS, id="the line that it is about"),
        pytest.param("Catch `sea - 1` changed to `sea + 1`.", Ruling.PASS, id="a line of any file"),
        pytest.param("Catch `return sea...` changed to `pass`.", Ruling.PASS, id="a line that is cut"),
        pytest.param("Catch a fault.", Ruling.ABSTAIN, id="no line"),
        pytest.param("Catch a missing `sea += 3` in a.py.", Ruling.ABSTAIN, id="a line that it shows nothing of"),
        pytest.param("Catch `sea - 1` changed to `sea + 1` in b.py.", Ruling.ABSTAIN, id="a line of another file"),
    ],
)
def test_the_faults_that_a_new_test_speaks_of_are_among_those_that_are_tried(says: str, ruling: Ruling) -> None:
    """Of many faults only some are tried, in a run that only the last line's show anything in."""
    more = f'{TESTS}\n\ndef test_depth_of_two():\n    """{says}"""\n    assert depth(2) == 1\n'
    example = Example({"pier/a.py": WIDE, "tests/test_a.py": TESTS}, {"tests/test_a.py": more}, Safety.NEW_TEST)
    experiments = Noticing(lives=lambda tree, one: one.line != 89 or tree["tests/test_a.py"].data.decode() == TESTS)
    candidate = Candidate(example.tree(), example.change(), FEW, FakeBench(experiments=experiments))
    assert mutation(candidate).ruling is ruling
    assert [len({one.source for one in mutants}) for mutants in experiments.tried] == [6, 6]


def test_the_room_for_what_a_test_speaks_of_is_not_shared_with_files_that_it_does_not_speak_of() -> None:
    others = {f"pier/{name}.py": WIDE for name in "bcdefghijkl"}
    more = f'{TESTS}\n\ndef test_depth_of_two():\n    """Catch `sea - 1` in a.py."""\n    assert depth(2) == 1\n'
    example = Example(
        {"pier/a.py": WIDE, **others, "tests/test_a.py": TESTS}, {"tests/test_a.py": more}, Safety.NEW_TEST
    )
    experiments = Noticing()
    mutation(Candidate(example.tree(), example.change(), FEW, FakeBench(experiments=experiments)))
    assert [sum((one.path, one.line) == ("pier/a.py", 89) for one in mutants) for mutants in experiments.tried] == [
        3,
        3,
    ]


def test_what_a_rewritten_test_speaks_of_is_no_matter() -> None:
    more = TESTS.replace("== 4", "== 2 + 2  # `sea - 1` in a.py")
    example = Example({"pier/a.py": WIDE, "tests/test_a.py": TESTS}, {"tests/test_a.py": more}, Safety.CHANGED_TEST)
    experiments = Noticing()
    mutation(Candidate(example.tree(), example.change(), FEW, FakeBench(experiments=experiments)))
    assert [sum(one.line == 89 for one in mutants) for mutants in experiments.tried] == [0, 0]


def run_of(how: str, names: tuple[str, ...]) -> MutationRun:
    killed = dict.fromkeys(names if how == "killed" else (), "tests/test_b.py::test_all")
    undecided = dict.fromkeys(names if how == "unreached" else (), UNREACHED)
    return MutationRun(killed, names if how == "survived" else (), undecided, Receipt(("mutate",)))


@dataclass
class Knowing(FakeExperiments):
    """Tests of which only one that is not known to run a function notices its faults at base."""

    before: str = "survived"
    now: str = "killed"

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        self.asked.append((tree, mutants, tests))
        is_base = tree["tests/test_a.py"].data.decode() == TESTS
        how = "killed" if tests == () else self.before if is_base else self.now
        return run_of(how, tuple(one.name for one in mutants))


@pytest.mark.parametrize(("before", "now"), [("survived", "killed"), ("unreached", "survived")])
@pytest.mark.parametrize(
    ("outside", "ruling"),
    [
        pytest.param(frozenset[str](), Ruling.PASS, id="only its tests see it"),
        pytest.param(frozenset({"pier/a.py::depth"}), Ruling.FAIL, id="any test may see what it did on import"),
    ],
)
def test_a_new_test_shows_nothing_new_of_what_ran_on_import_where_any_test_does(
    outside: frozenset[str], ruling: Ruling, before: str, now: str
) -> None:
    ran = {"pier/a.py::depth": ("tests/test_a.py::test_depth",)}
    recorded = Recording(ran, {}, {}, {}, Receipt(("record",)), outside=outside)
    experiments = Knowing(recorded=recorded, before=before, now=now)
    more = f"{TESTS}\n\ndef test_depth_of_two():\n    assert depth(2) == 1\n"
    example = Example({"pier/a.py": TEXT, "tests/test_a.py": TESTS}, {"tests/test_a.py": more}, Safety.NEW_TEST)
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench(experiments=experiments))
    assert mutation(candidate).ruling is ruling


SEA = """\
class Sea:
    def __init__(self, deep): self.deep = deep
    def __neg__(self): return Sea(-self.deep)
    def __radd__(self, other): return other + self.deep
    def __floor__(self): return self.deep
    def __len__(self): return self.deep
    def __contains__(self, other): return other < self.deep
    def __iter__(self): return iter([self.deep])
    def __enter__(self): return self.deep
    def __getitem__(self, at): return self.deep - at
    def __eq__(self, other): return self.deep == other

NORTH = Sea(5)

def found(name):
    return NORTH
"""


@pytest.mark.parametrize(
    ("line", "method"),
    [
        pytest.param("assert -found('a')", "__neg__", id="an operator of one"),
        pytest.param("assert 2 + found('a') == 7", "__radd__", id="of two, the other way round"),
        pytest.param("assert len(found('a')) == 5", "__len__", id="a function of Python's own"),
        pytest.param("assert 3 in found('a')", "__contains__", id="what is in it"),
        pytest.param("assert list(found('a')) == [5]", "__iter__", id="all that is in it"),
        pytest.param("with found('a') as sea:\n        assert sea", "__enter__", id="a context"),
        pytest.param("assert found('a')[1] == 4", "__getitem__", id="a place"),
        pytest.param("assert (found('a') == 4) is False", "__eq__", id="a comparison"),
        pytest.param("assert found('a') == 5", "", id="which every assertion is"),
        pytest.param("assert found('a').neg()", "", id="a method of that name, which is none"),
        pytest.param("assert math.floor(found('a')) == 5", "__floor__", id="a function of a module"),
    ],
)
def test_a_test_is_about_the_special_methods_that_its_operators_ask(line: str, method: str) -> None:
    tests = "from pier.a import found\n\n\ndef test_found():\n    assert found('b')\n"
    more = f"{tests}\n\ndef test_sea():\n    {line}\n"
    example = Example({"pier/a.py": SEA, "tests/test_a.py": tests}, {"tests/test_a.py": more}, Safety.NEW_TEST)
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench())
    nearest, *further = about(candidate, {})
    assert nearest == {"pier/a.py::found"}, "what a test names comes before"
    assert further[:1] == ([{f"pier/a.py::Sea.{method}"}] if method else [])
