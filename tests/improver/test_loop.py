"""One run in memory: what is tried, in which order, what is dropped and why, and how it ends."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from improver.deciding import Decides, Rules
from improver.experiments import Exploration, Look, MutationRun
from improver.gate import RUNS, Candidate, Gate
from improver.gates.size import size
from improver.loop import Loop
from improver.outcome import Report
from improver.policy import Policy, Worth
from improver.ports import History
from improver.proposing import Publisher
from improver.records import Change, Edit, Finding, Ruling, Safety
from improver.request import Crew, Event, Request
from improver.scan import scan
from improver.writing.drafting import Drafted as WrittenTests
from improver.writing.targets import Ground, Weak
from improver.writing.writer import RULE as WRITER
from improver.writing.writer import Outcome, Proposal
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.calls import RECEIPT
from tests.improver.renewing import (
    MOMENT,
    RENEW,
    RULE,
    MemoryForge,
    MemoryRepository,
    Mend,
    Renew,
    RenewProved,
    always,
    gate_of,
    ground_of,
    policy_for,
    project_of,
    tree_of,
    unless,
)

PASS = gate_of("calm", always(Ruling.PASS))
FAIL = gate_of("strict", always(Ruling.FAIL))
ONE = {"pier/a.py": 'A = "old"\n'}
TWO = {**ONE, "pier/b.py": 'B = "old"\n'}


@dataclass
class Ran:
    """One run and all it did."""

    report: Report
    forge: MemoryForge
    repository: MemoryRepository
    events: list[Event]

    @property
    def proposed(self) -> list[str]:
        return [one.draft.path for one in self.report.proposals]


@dataclass
class Setting:
    """What a run is made with, sensible unless told otherwise."""

    gates: tuple[Gate, ...] = (PASS,)
    request: Request = field(default_factory=lambda: Request(5))
    policy: Policy | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    past: History = field(default_factory=History)
    codemods: tuple[Renew, ...] = (RENEW,)
    tick: timedelta = timedelta(0)
    decides: Decides = field(default_factory=Rules)
    experiments: FakeExperiments = field(default_factory=FakeExperiments)


@dataclass
class Looking(FakeExperiments):
    """Refuses what says "new" on a line marked BAD; `seen` counts the candidates of each look."""

    seen: list[int] = field(default_factory=list)

    def look(self, changes: Sequence[Mapping[str, bytes | None]]) -> tuple[Look, ...]:
        self.seen.append(len(changes))
        bad = [re.search(rb'"new".*BAD', b"\n".join(data or b"" for data in change.values())) for change in changes]
        return tuple(Look("test_a: passed at base, failed now") if one else self.looked for one in bad)


def ran(texts: Mapping[str, str], setting: Setting) -> Ran:
    """Run on `texts`."""
    policy = setting.policy or policy_for(*setting.gates)
    tree, journal = tree_of(texts), list[str]()
    forge = MemoryForge(journal, dict(setting.held), said=dict(setting.said))
    repository = MemoryRepository(journal, past=setting.past)
    moments = [MOMENT]

    def now() -> datetime:
        moments.append(moments[-1] + setting.tick)
        return moments[-1]

    project, events = project_of(tree, policy), list[Event]()
    ground = replace(ground_of(tree, policy), bench=FakeBench(experiments=setting.experiments))
    publisher = Publisher(repository, forge, ground, now, lambda: "n")
    crew = Crew(setting.codemods, setting.gates, events.append, setting.decides)
    loop = Loop(crew, publisher, project, setting.request)
    return Ran(loop.run(scan(project, (), setting.codemods, ())), forge, repository, events)


def asking(floor: float) -> Policy:
    """Return the policy with a floor below which nothing is proposed."""
    policy = policy_for(PASS)
    return policy.model_copy(update={"review": policy.review.model_copy(update={"worth": Worth(floor=floor)})})


def test_what_is_worth_too_little_is_dropped_before_any_gate_is_asked() -> None:
    run = ran(ONE, Setting((FAIL,), policy=asking(9.1)))
    assert (run.report.outcome, run.forge.refusal_list) == ("nothing_worth_it", [])
    assert run.report.funnel.drops() == {"worth less than policies/review.yaml asks for": 1}
    assert [event.text for event in run.events if event.mark == "skip"] == [
        f"{RULE:18} pier/a.py:1  worth 9.0, below the floor of 9.1"
    ]


def test_a_file_that_often_changes_comes_first_and_over_the_floor() -> None:
    run = ran(TWO, Setting(policy=asking(9.1), past=History(40, 90, {"pier/b.py": 12})))
    assert run.proposed == ["pier/b.py"]
    assert "The file was changed by 12 of 40 commits in 90 days." in run.report.proposals[0].draft.text
    both = ran(TWO, Setting(past=History(40, 90, {"pier/b.py": 12})))
    assert both.proposed == ["pier/b.py", "pier/a.py"]


def test_a_rule_that_humans_refuse_is_only_reported() -> None:
    run = ran(ONE, Setting(said={RULE: (0, 9)}))
    assert (run.report.outcome, run.proposed) == ("nothing_worth_it", [])
    assert run.report.funnel.drops() == {f"report only: humans approved 0 of 9 proposals of {RULE}": 1}


def test_a_rule_whose_rewrites_only_people_do_well_is_only_reported_and_says_why() -> None:
    class Reserved(Renew):
        REPORTED = "a word could be new, but no program chooses it well"

    run = ran(ONE, Setting(codemods=(Reserved(),)))
    assert (run.report.outcome, run.proposed) == ("nothing_worth_it", [])
    why = "a word could be new, but no program chooses it well"
    assert run.report.funnel.drops() == {f"report only: {Reserved().name}: {why}": 1}


def test_a_finding_that_every_gate_passes_is_proposed() -> None:
    run = ran(ONE, Setting())
    assert (run.report.outcome, run.report.exit_code, run.proposed) == ("proposed", 0, ["pier/a.py"])
    draft = run.forge.drafts[0]
    assert run.forge.journal == [f"begin {draft.branch}", f"branch {draft.branch}", "opened 1"]
    assert run.report.funnel.as_counts() == {
        "seen": 1,
        "eligible": 1,
        "tried": 1,
        "passed": 1,
        "opened": 1,
        "attempts": 1,
        "drops": {},
    }


def test_a_dry_run_keeps_nothing() -> None:
    run = ran(TWO, Setting(request=Request(5, dry_run=True)))
    assert (run.report.outcome, run.proposed) == ("proposed", ["pier/a.py", "pier/b.py"])
    assert (run.forge.journal, run.repository.branches) == ([], {})
    assert [one.number for one in run.report.proposals] == [0, 0]
    refused = ran(ONE, Setting((FAIL,), request=Request(5, dry_run=True)))
    assert refused.forge.refusal_list == []


def test_a_refused_candidate_is_recorded_with_its_gate() -> None:
    run = ran(ONE, Setting((PASS, FAIL)))
    assert (run.report.outcome, run.report.exit_code, run.proposed) == ("blocked", 1, [])
    assert run.forge.refusal_list == [(("pier/a.py:1",), "strict", "strict: strict says so")]
    assert run.report.funnel.drops() == {"refused by strict": 1}


@pytest.mark.parametrize("dry", [False, True], ids=["what is kept", "a dry run"])
def test_a_proposal_tells_what_else_was_refused_for_its_place(*, dry: bool) -> None:
    texts = {**TWO, "pier/a.py": 'A = "old"  # BAD\nB = "old"\n'}
    run = ran(texts, Setting((gate_of("picky", unless("BAD")),), request=Request(5, dry_run=dry)))
    told = {one.draft.path: one.draft.text for one in run.report.proposals}
    heading = "## Alternatives rejected\n\n"
    assert f"{heading}- picky: picky says so\n" in told["pier/a.py"]
    assert f"{heading}None was tried.\n" in told["pier/b.py"]


@pytest.mark.parametrize(
    ("bad", "proposed"), [pytest.param(2, ["pier/a.py"], id="half are left"), pytest.param(3, [], id="fewer are left")]
)
def test_a_file_is_not_left_with_most_places_as_they_were(bad: int, proposed: list[str]) -> None:
    lines = [f'{name} = "old"{"  # BAD" * (at < bad)}\n' for at, name in enumerate("ABCD")]
    run = ran({**ONE, "pier/a.py": "".join(lines)}, Setting((gate_of("picky", unless("BAD")),)))
    assert run.proposed == proposed
    left = 4 - bad if not proposed else 0
    assert run.report.funnel.drops().get("others of its kind in the file would stay as they are", 0) == left


@pytest.mark.parametrize(
    ("gates", "texts", "funnel"),
    [
        pytest.param((gate_of("picky", unless("BAD")),), 'A = "old"  # BAD\nB = "old"\nC = "old"\n',
                     {"refused by picky": 3}, id="a gate refuses one"),
        pytest.param((PASS,), 'A = "old"\nB = "old"  # noqa\nC = "old"\n',
                     {"test_loop abstained": 1, "others of its kind": 2}, id="the codemod abstains at one"),
    ],
)  # fmt: skip
def test_a_file_is_not_left_in_two_styles(gates: tuple[Gate, ...], texts: str, funnel: Mapping[str, int]) -> None:
    class Whole(Renew):
        def whole(self, rule: str) -> bool:
            return rule == self.name

    run = ran({**ONE, "pier/a.py": texts}, Setting(gates, codemods=(Whole(),)))
    assert run.proposed == []
    drops = run.report.funnel.drops()
    assert {text: sum(count for why, count in drops.items() if why.startswith(text)) for text in funnel} == funnel
    assert ran({**ONE, "pier/a.py": texts}, Setting(gates)).proposed == ["pier/a.py"]


def test_a_run_that_has_no_time_left_for_tests_says_so() -> None:
    texts = {"pier/a.py": "def f():\n    return 1\n", "tests/test_a.py": "from pier.a import f\n"}
    recorded = replace(FakeExperiments().recorded, calls={"pier/a.py::f": ()})
    seconds = policy_for(PASS).budget.seconds
    late, early = (
        ran(texts, Setting(experiments=FakeExperiments(recorded=recorded), tick=timedelta(seconds=part * seconds)))
        for part in (0.6, 0.1)
    )
    assert (late.report.outcome, late.report.exit_code) == ("budget", 4)
    assert late.report.reason == f"{seconds} seconds are the most one run may take"
    assert (early.report.outcome, early.report.exit_code) == ("nothing_worth_it", 0)


@dataclass
class Writes(Rules):
    """Decides by rules, and has one new test to propose, or none; `asked` are the files that tests were wanted of."""

    has: bool = True
    asked: list[str] = field(default_factory=list)
    takes: int = 0  # moments

    def tests(self, ground: Ground, path: str, _limit: int) -> Outcome:
        self.asked.append(path)
        for _ in range(self.takes):
            ground.late()
        source = ground.sources[path]
        drafted = WrittenTests(Weak(source, (), MutationRun({}, (), {}, RECEIPT)), Exploration((), (), {}, RECEIPT))
        edit = Edit.written("tests/test_a.py", ground.tree, f"{TESTED}\n\ndef test_{len(self.asked)}(): ...\n".encode())
        change = Change(WRITER, Safety.NEW_TEST, (edit,), "Test what f does at the edges", "nobody does")
        finding = Finding(f"{len(self.asked):016}", WRITER, path, "f", 1, 0, "no test notices a small fault here")
        return Outcome(drafted, Proposal(change, (finding,), ()) if self.has else None, ())


TESTED = "from pier.a import f\n"
BESIDE = {f"pier/{name}.py": f'def {name}():\n    return "old"\n' for name in "abc"} | {"tests/test_a.py": TESTED}


def beside(decides: Writes, most: int, policy: Policy | None = None, minutes: float = 0) -> list[str]:
    """Return the rules under which a run proposes what it finds in three files that tests run."""
    calls = {f"pier/{name}.py::{name}": () for name in "abc"}
    recorded = replace(FakeExperiments().recorded, calls=calls)
    setting = Setting(
        request=Request(most),
        policy=policy,
        decides=decides,
        experiments=FakeExperiments(recorded=recorded),
        tick=timedelta(minutes=minutes),
    )
    return [one.draft.rule for one in ran(BESIDE, setting).report.proposals]


def test_of_several_proposals_one_is_kept_for_new_tests() -> None:
    assert beside(Writes(), 3) == [RULE, RULE, WRITER]
    assert beside(Writes(), 2) == [RULE, WRITER]
    assert beside(Writes(), 1) == [RULE]


def test_what_tests_leave_room_for_is_tried_after_all() -> None:
    nothing = Writes(has=False)
    assert beside(nothing, 3) == [RULE, RULE, RULE]
    assert nothing.asked == ["pier/a.py", "pier/b.py", "pier/c.py"]


def test_none_is_kept_where_policy_wants_no_tests() -> None:
    policy = policy_for(PASS)
    review = policy.review.model_copy(update={"codemods_off": (WRITER,)})
    assert beside(Writes(), 3, policy.model_copy(update={"review": review})) == [RULE, RULE, RULE]


def test_beside_what_waits_tests_have_a_part_of_the_time() -> None:
    nothing = Writes(has=False)
    assert beside(nothing, 3, minutes=4) == [RULE, RULE, RULE]
    assert nothing.asked == ["pier/a.py"]
    slow = Writes(takes=10)
    assert beside(slow, 3, minutes=1.5) == [RULE, RULE, WRITER], "what was written is judged"


def test_a_candidate_that_it_is_late_for_is_left_between_two_gates() -> None:
    asked: list[str] = []

    def slow(_: Candidate) -> Ruling:
        asked.append("slow")
        return Ruling.PASS

    gates = (gate_of("slow", slow, RUNS), gate_of("more", slow, RUNS))
    run = ran(ONE, Setting(gates, policy=policy_for(*gates, seconds=60), tick=timedelta(seconds=16)))
    assert (asked, run.report.outcome, run.forge.refusal_list) == (["slow"], "budget", [])
    assert run.report.funnel.drops() == {"not tried: 60 seconds are the most one run may take": 1}


def test_a_gate_that_must_pass_and_abstains_is_the_one_that_is_named() -> None:
    shy = gate_of("shy", always(Ruling.ABSTAIN))
    run = ran(ONE, Setting((shy, PASS)))
    assert run.forge.refusal_list[0][1:] == (
        "shy",
        "shy: must pass where the risk is covered, but abstain (shy says so)",
    )
    assert run.report.funnel.drops() == {"refused by shy": 1}
    lenient = ran(ONE, Setting((shy, PASS), policy=policy_for(shy, PASS, must=["calm"])))
    assert lenient.proposed == ["pier/a.py"]


def test_what_a_gate_leaves_to_a_human_is_a_draft() -> None:
    run = ran(ONE, Setting((gate_of("modest", always(Ruling.ESCALATE)),)))
    assert [(one.draft.draft, one.draft.publishable) for one in run.report.proposals] == [(True, True)]


@pytest.mark.parametrize("cost", [1, 100], ids=["a gate that costs little", "a gate that runs the suite"])
def test_the_good_places_of_a_refused_group_are_still_proposed(cost: int) -> None:
    lines = "".join(f'A{n} = "old"{"  # BAD" if n == 4 else ""}\n' for n in range(6))
    run = ran({"pier/a.py": lines}, Setting((gate_of("picky", unless("BAD"), cost),), request=Request(9)))
    kept = sorted(finding.line for one in run.forge.drafts for finding in one.findings)
    assert kept == [1, 2, 3, 4, 6]
    assert [places for places, _, _ in run.forge.refusal_list] == [("pier/a.py:5",)]
    assert run.report.funnel.drops() == {"refused by picky": 1}


def test_what_somebody_wants_apart_is_proposed_one_by_one() -> None:
    texts = {"pier/a.py": "".join(f'A{n} = "old"\n' for n in range(3))}
    (whole,) = ran(texts, Setting(request=Request(9))).forge.drafts
    keys = frozenset(finding.key for finding in whole.findings)
    run = ran(texts, Setting(request=Request(9, apart=keys)))
    assert (len(keys), [len(one.findings) for one in run.forge.drafts]) == (3, [1, 1, 1])


def test_what_is_too_much_for_one_proposal_becomes_several_of_the_same_rule_and_file() -> None:
    policy = policy_for(size)
    limits = policy.gates.limits.model_copy(update={"lines": 4})  # two places, each a line less and a line more
    policy = policy.model_copy(update={"gates": policy.gates.model_copy(update={"limits": limits})})
    lines = "".join(f'A{n} = "old"\n' for n in range(5))
    run = ran({"pier/a.py": lines}, Setting((size,), request=Request(9), policy=policy))
    assert sorted(len(one.findings) for one in run.forge.drafts) == [1, 2, 2]
    assert sorted(finding.line for one in run.forge.drafts for finding in one.findings) == [1, 2, 3, 4, 5]
    assert (run.forge.refusal_list, run.report.funnel.drops()) == ([], {})


@pytest.mark.parametrize("name", [RULE, "mend", "me*"])
def test_what_is_asked_for_may_be_what_is_found_or_what_mends_it(name: str) -> None:
    run = ran(ONE, Setting(codemods=(Mend(), RENEW), request=Request(5, only=(name,))))
    assert [(one.rule, one.path) for one in run.forge.drafts] == [(RULE, "pier/a.py")]


@pytest.mark.parametrize("name", [RULE, "mend"])
def test_what_is_off_may_be_what_is_found_or_what_mends_it(name: str) -> None:
    policy = policy_for(PASS)
    off = policy.model_copy(update={"review": policy.review.model_copy(update={"codemods_off": (name,)})})
    run = ran(ONE, Setting(codemods=(Mend(), RENEW), policy=off))
    assert run.report.funnel.drops() == {f"off by policy: {RULE}": 1}


@pytest.mark.parametrize(
    ("setting", "drop"),
    [
        pytest.param(Setting(codemods=()), "", id="nothing is found without a codemod"),
        pytest.param(Setting(request=Request(5, only=("open_*",))), "not asked for", id="another rule was asked for"),
        pytest.param(
            Setting(
                policy=policy_for(PASS).model_copy(
                    update={"review": policy_for(PASS).review.model_copy(update={"codemods_off": (RULE,)})}
                )
            ),
            f"off by policy: {RULE}",
            id="policy switched the codemod off",
        ),
    ],
)
def test_nothing_worth_it_is_a_good_end(setting: Setting, drop: str) -> None:
    run = ran(ONE, setting)
    assert (run.report.outcome, run.report.exit_code, run.proposed) == ("nothing_worth_it", 0, [])
    assert list(run.report.funnel.drops()) == ([drop] if drop else [])


def test_an_abstaining_codemod_is_no_refusal() -> None:
    run = ran({"pier/a.py": 'A = "old"  # STAY\n'}, Setting())
    assert (run.report.outcome, run.forge.refusal_list) == ("nothing_worth_it", [])
    assert run.report.funnel.drops() == {f"{RULE} abstained: it stays": 1}


def test_all_suppressed_is_told_apart_from_nothing() -> None:
    held = {"pier/a.py": "rejected in proposal #1: no", "pier/b.py": "same as open proposal #2"}
    run = ran(TWO, Setting(held=held))
    assert (run.report.outcome, run.report.exit_code) == ("all_suppressed", 0)
    assert ran(TWO, Setting(held={"pier/a.py": held["pier/a.py"]})).proposed == ["pier/b.py"]


@pytest.mark.parametrize(
    ("setting", "outcome", "code", "drop"),
    [
        pytest.param(Setting(request=Request(1)), "proposed", 0, "at most 1 a run", id="asked for one"),
        pytest.param(
            Setting((FAIL,), policy=policy_for(FAIL, attempts=1)), "budget", 4, "1 attempts are the most", id="attempts"
        ),
        pytest.param(
            Setting(policy=policy_for(PASS, seconds=30), tick=timedelta(seconds=20), codemods=(RenewProved(),)),
            "proposed",
            0,
            "30 seconds",
            id="time",
        ),
        pytest.param(
            Setting(request=Request(5, waiting=19)), "proposed", 0, "20 open proposals", id="one more may be open"
        ),
        pytest.param(
            Setting(request=Request(5, waiting=20)), "budget", 4, "20 open proposals", id="too many are open already"
        ),
    ],
)
def test_a_spent_budget_ends_the_run_and_says_what_was_not_tried(
    setting: Setting, outcome: str, code: int, drop: str
) -> None:
    run = ran(TWO, setting)
    assert (run.report.outcome, run.report.exit_code, len(run.proposed) <= 1) == (outcome, code, True)
    assert [reason for reason in run.report.funnel.drops() if reason.startswith(f"not tried: {drop}")], run.report


def test_the_most_valuable_and_safest_comes_first() -> None:
    run = ran(TWO, Setting(codemods=(RENEW, RenewProved()), request=Request(9)))
    assert run.report.proposals[0].draft.safety is Safety.PROVED


def test_each_attempt_is_told() -> None:
    run = ran(TWO, Setting((gate_of("picky", unless("B =")),)))
    assert [(event.mark, event.stage) for event in run.events] == [
        ("busy", "try"),
        ("busy", "try"),
        ("no", "try"),
        ("ok", "#1"),
    ]
    assert "pier/b.py:1" in run.events[2].text


# --- the warm first look ------------------------------------------------------------------------------------------


def test_what_a_first_look_refuses_meets_no_gate_that_runs_code() -> None:
    asked: list[str] = []

    def costly(candidate: Candidate) -> Ruling:
        asked.append(candidate.change.edits[0].path)
        return Ruling.PASS

    looking = Looking()
    texts = {"pier/a.py": 'A = "old"  # BAD\n', "pier/b.py": 'B = "old"\n'}
    run = ran(texts, Setting((PASS, gate_of("costly", costly, 100)), experiments=looking))
    assert (run.proposed, asked, looking.seen) == (["pier/b.py"], ["pier/b.py"], [2])
    reason = "tests: first look: test_a: passed at base, failed now"
    assert run.forge.refusal_list == [(("pier/a.py:1",), "tests", reason)]
    assert run.report.funnel.drops() == {"refused by tests": 1}
    assert [(event.mark, event.text) for event in run.events if event.stage == "look"] == [
        ("busy", "a first look at 2 candidates"),
        ("note", "2 candidates · 1 refused"),
    ]


def test_the_good_places_of_a_group_that_a_look_refuses_are_still_proposed() -> None:
    lines = "".join(f'A{n} = "old"{"  # BAD" if n == 2 else ""}\n' for n in range(4))
    run = ran({**TWO, "pier/a.py": lines}, Setting(request=Request(9), experiments=Looking()))
    kept = sorted((finding.path, finding.line) for one in run.forge.drafts for finding in one.findings)
    assert kept == [("pier/a.py", 1), ("pier/a.py", 2), ("pier/a.py", 4), ("pier/b.py", 1)]
    assert [places for places, _, _ in run.forge.refusal_list] == [("pier/a.py:3",)]


def test_what_cannot_be_judged_warm_goes_on_to_the_gates() -> None:
    looking = Looking(looked=Look(cold="threads run"))
    run = ran(TWO, Setting(experiments=looking))
    assert (run.proposed, looking.seen) == (["pier/a.py", "pier/b.py"], [2])
    assert run.events[2].text == "a first look at 2 candidates"
    assert run.events[3].text == "2 candidates · 0 refused · 2 left to the gates: threads run"


def test_nothing_is_looked_at_that_is_proved_or_alone() -> None:
    looking = Looking()
    assert len(ran(TWO, Setting(codemods=(RenewProved(),), experiments=looking)).proposed) == 2
    assert len(ran(ONE, Setting(experiments=looking)).proposed) == 1
    assert looking.seen == []


def test_no_more_candidates_wait_than_are_likely_to_be_wanted() -> None:
    looking = Looking()
    texts = {f"pier/m{n}.py": 'A = "old"\n' for n in range(9)}
    run = ran(texts, Setting(request=Request(2), experiments=looking))
    assert (len(run.proposed), looking.seen, run.report.funnel.attempts) == (2, [4], 4)
    assert run.report.funnel.drops() == {"not tried: at most 2 a run": 7}


class RenewLittle(RenewProved):
    """One of so little value that what needs a look comes before it."""

    VALUE = 1

    @property
    def name(self) -> str:
        return "little"


def test_the_first_proposal_does_not_wait_for_a_look() -> None:
    looking = Looking()
    run = ran(TWO, Setting(codemods=(RENEW, RenewLittle()), request=Request(9), experiments=looking))
    assert [one.draft.rule for one in run.report.proposals] == ["little", RULE, RULE, "little"]
    told = [(event.stage, event.mark) for event in run.events if event.mark != "busy"]
    assert told == [("#1", "ok"), ("look", "note"), ("#2", "ok"), ("#3", "ok"), ("#4", "ok")]
