"""A human's change is judged by the base's gates; what it brings is told, what was there before is not."""

from collections.abc import Mapping

import pytest

from improver.codemod import Codemod
from improver.gate import Gate
from improver.gates.proof import proof
from improver.records import Ruling, Safety
from improver.reviewing import SUGGESTIONS, Review, Reviewers, human_change, review
from tests.improver.benches import FakeBench
from tests.improver.renewing import RENEW, Mend, RenewProved, always, gate_of, ground_of, policy_for, tree_of, unless

PASS = gate_of("calm", always(Ruling.PASS))
NEAR_PROOF = gate_of("proof", always(Ruling.PASS), cost=60)
OLD = {"pier/a.py": 'A = "old"\n', "pier/b.py": "B = 1\n"}


def reviewed(
    after: Mapping[str, str], *gates: Gate, codemods: tuple[Codemod, ...] = (RENEW,), off: tuple[str, ...] = ()
) -> Review:
    asked = list(gates or (PASS,))
    policy = policy_for(*asked)
    policy = policy.model_copy(update={"review": policy.review.model_copy(update={"codemods_off": off})})
    ground = ground_of(tree_of(OLD), policy)
    change = human_change(ground.tree, tree_of({**OLD, **after}), "Say more", "")
    return review(change, ground, Reviewers((), codemods, asked, FakeBench().ruff))


def test_only_what_the_change_brings_is_found() -> None:
    found = reviewed({"pier/a.py": 'A = "old"\nC = "old"\n'})
    assert [(one.rule, one.path, one.line) for one in found.findings] == [(RENEW.name, "pier/a.py", 2)]
    assert found.outcome == "found"
    assert reviewed({"pier/a.py": '# moved\n\nA = "old"\n'}).outcome == "nothing_new"
    assert reviewed({"pier/b.py": "B = 2\n"}).findings == ()


@pytest.mark.parametrize("name", [RENEW.name, "mend"], ids=["what is found", "what would mend it"])
def test_what_policy_switches_off_by_either_name_is_not_told(name: str) -> None:
    after = {"pier/b.py": 'B = "old"\n'}
    assert len(reviewed(after, codemods=(Mend(), RENEW)).findings) == 1
    assert reviewed(after, codemods=(Mend(), RENEW), off=(name,)).outcome == "nothing_new"


def test_where_no_python_changes_nothing_is_looked_for() -> None:
    found = reviewed({"README.md": "old\n"})
    assert (found.outcome, len(found.change.edits)) == ("nothing_new", 1)


def test_it_is_a_humans_change_and_may_change_behaviour() -> None:
    change = human_change(tree_of(OLD), tree_of({"pier/a.py": OLD["pier/a.py"], "c.py": "C = 1\n"}), "Say more", "why")
    assert (change.author, change.safety, change.title, change.why) == (
        "human",
        Safety.BEHAVIOUR_CHANGE,
        "Say more",
        "why",
    )
    assert [(edit.path, edit.before is None, edit.after is None) for edit in change.edits] == [
        ("c.py", True, False),
        ("pier/b.py", False, True),
    ]


def test_every_gate_that_runs_no_code_is_asked_and_the_others_while_nothing_refuses() -> None:
    first, second, late = (
        gate_of(name, always(Ruling.FAIL), cost) for name, cost in (("one", 1), ("two", 2), ("x", 99))
    )
    asks, silent = (gate_of(name, always(rule)) for name, rule in (("asks", Ruling.ESCALATE), ("shy", Ruling.ABSTAIN)))
    found = reviewed({"pier/b.py": "B = 2\n"}, first, second, asks, silent, late)
    assert [result.gate for result in found.results] == ["one", "two", "asks", "shy"]
    assert found.refusals == ("one: one says so", "two: two says so")
    assert found.questions == ("asks: asks says so",)
    assert found.unchecked == ("shy: shy says so",)
    assert found.outcome == "refused"
    assert [result.gate for result in reviewed({"pier/b.py": "B = 2\n"}, PASS, late).results] == ["calm", "x"]


def test_a_question_alone_is_no_refusal() -> None:
    found = reviewed({"pier/b.py": "B = 2\n"}, PASS, gate_of("asks", always(Ruling.ESCALATE)))
    assert (found.outcome, found.refusals) == ("asked", ())


def test_what_is_proved_is_suggested_for_lines_that_were_changed() -> None:
    found = reviewed({"pier/a.py": 'A = "old"\nC = "old"  # said\n'}, NEAR_PROOF, codemods=(RenewProved(),))
    (one,) = found.suggestions
    assert (one.finding.line, one.first, one.last, one.text) == (2, 2, 2, 'C = "new"  # said\n')
    assert (one.codemod, one.safety, one.why) == ("proved", Safety.PROVED, RENEW.WHY)


@pytest.mark.parametrize(
    ("gates", "codemod"),
    [
        pytest.param((NEAR_PROOF,), RENEW, id="that is safe only where tests are"),
        pytest.param((PASS,), RenewProved(), id="that nobody proved"),
        pytest.param((proof,), RenewProved(), id="whose proof fails"),
        pytest.param((gate_of("lint", unless("C")), NEAR_PROOF), RenewProved(), id="that a linter refuses"),
        pytest.param((gate_of("capability", always(Ruling.ESCALATE)), NEAR_PROOF), RenewProved(), id="that asks"),
    ],
)
def test_nothing_else_is_suggested(gates: tuple[Gate, ...], codemod: Codemod) -> None:
    found = reviewed({"pier/a.py": 'A = "old"\nC = "old"\n'}, *gates, codemods=(codemod,))
    assert len(found.findings) == 1
    assert found.suggestions == ()


def test_a_rewrite_that_abstains_suggests_nothing_and_there_are_few_suggestions() -> None:
    text = "".join(f'{name} = "old"\n' for name in "ABCDEF")
    assert len(reviewed({"pier/b.py": text}, NEAR_PROOF, codemods=(RenewProved(),)).suggestions) == SUGGESTIONS
    assert reviewed({"pier/b.py": 'B = "old"  # STAY\n'}, NEAR_PROOF, codemods=(RenewProved(),)).suggestions == ()


def test_a_file_that_cannot_be_read_is_named() -> None:
    assert reviewed({"pier/b.py": "B = (\n"}).unreadable[0].startswith("pier/b.py: ")
