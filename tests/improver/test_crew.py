"""The crew decides as the rules do, on record; what breaks or is cut short ends there, and the gates stay apart."""

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from improver.codemod import Abstain, Rewrite, Site
from improver.crew.improve_code import ImproveCode, Step, improve_code
from improver.crew.interruption import Interruption
from improver.crew.office import Assignment, staffed
from improver.crew.refactor_code import Applied, RefactorCode, refactor_code
from improver.crew.review_code import Pile, ReviewCode, review_code
from improver.crew.workbench import Findings, Workbench, name_of
from improver.crew.write_tests import WriteTests, Written, write_tests
from improver.deciding import Decides, Rules
from improver.errors import ImproverError, LedgerError
from improver.gate import Gate
from improver.loop import Loop
from improver.outcome import Report
from improver.proposing import Publisher
from improver.records import Ruling
from improver.request import Crew, Event, Request
from improver.scan import Group, groups, scan
from nova.agent import Agent, Context
from nova.cli.main import main as nova
from nova.contracts import Answer, Contract, Handoff, Refusal, Relation
from nova.errors import ToolError
from nova.tool import tool
from tests.improver.benches import FakeBench
from tests.improver.renewing import (
    MOMENT,
    RENEW,
    RULE,
    MemoryForge,
    MemoryRepository,
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
from tests.nova.shop import Bench

PASS = gate_of("calm", always(Ruling.PASS))
PICKY = gate_of("picky", unless("BAD"))
MIXED = {
    "pier/a.py": 'A = "old"\nB = "old"  # BAD\nC = "old"  # STAY\n',
    "pier/b.py": 'A = "old"  # STAY\n',
    "pier/c.py": 'A = "old"\n',
}
CODEMODS = (RENEW, RenewProved())
TREE = tree_of(MIXED)
PROJECT = project_of(TREE)
FOUND = scan(PROJECT, (), CODEMODS, ())


def job(name: str = "2030-01-02T03:04:05+00:00-ab12") -> Assignment:
    return Assignment(name, "b" * 40, 9, 3600.0, 20)


def found_by(codemods: Sequence[Renew] = CODEMODS) -> list[Group]:
    return groups(FOUND.findings, codemods)


def valued(group: Group) -> float:
    return float(group.codemod.VALUE)


def looped(decides: Decides, gates: Sequence[Gate]) -> tuple[Report, list[Event], MemoryForge]:
    """Run on the mixed project as `decides` does."""
    policy, journal, events = policy_for(*gates), list[str](), list[Event]()
    forge, repository = MemoryForge(journal), MemoryRepository(journal)
    ground = replace(ground_of(TREE, policy), bench=FakeBench())
    publisher = Publisher(repository, forge, ground, lambda: MOMENT, lambda: "n")
    crew = Crew(CODEMODS, gates, events.append, decides)
    return Loop(crew, publisher, project_of(TREE, policy), Request(9)).run(FOUND), events, forge


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what the nova command prints."""
    capsys.readouterr()
    assert nova(list(arguments)) == 0
    return capsys.readouterr().out


# --- each agent ---------------------------------------------------------------------------------------------------


@tool(does="writes tests", effects=False)
async def write_tests_for(path: str, limit: str) -> str:
    """Write two tests of pier/a.py, none of any other file, and of pier/c.py four that are hard to read."""
    draft = f"draft-{limit}" if path == "pier/a.py" else ""
    withheld = 4 * (path == "pier/c.py")
    return Written(draft=draft, tests=2, faults=3, living=5, withheld=withheld).model_dump_json()


async def ended_at_once(ctx: Context) -> Step:
    return Answer(text="nothing is worth it")


def applied(codemod: str, keys: Sequence[str]) -> Applied:
    """Mend everything but what is called "hard"."""
    if "hard" in keys:
        return Applied("", (), 0, ("it is hard", "it is late"))
    return Applied("draft-1", ("pier/a.py",), len(keys), ())


CREW = (improve_code(ended_at_once), review_code, refactor_code(applied), write_tests)
ANSWERS = {
    "improve_code": "nothing is worth it",
    "review_code": "[2, 0, 1]",
    "refactor_code": "draft-1",
    "write_tests": "draft-40",
}


@pytest.mark.parametrize("one", CREW, ids=[f"{one.name} does its example" for one in CREW])
def test_an_agent_does_what_its_example_says(one: Agent) -> None:
    (case,) = one.card.examples
    ended = Bench(CREW, tools=[write_tests_for]).ask(case.task)
    assert isinstance(ended.outcome, Answer), ended
    assert (ended.owner, ended.outcome.text, ended.outcome.unverified) == (one.name, ANSWERS[one.name], ())
    assert case.answers in (None, ANSWERS[one.name])


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        pytest.param(ReviewCode(piles=()), "there is nothing to rank", id="nothing to rank"),
        pytest.param(
            RefactorCode(rule="r", path="p", codemod="r", findings=()), "there is no finding to mend", id="no finding"
        ),
        pytest.param(
            RefactorCode(rule="r", path="p", codemod="r", findings=("hard",)),
            "r abstained: it is hard; it is late",
            id="the codemod abstains",
        ),
        pytest.param(
            WriteTests(path="pier/b.py", limit=40),
            "pier/b.py: 5 faults live, and no test can be shown to notice one",
            id="no test is of use",
        ),
        pytest.param(
            WriteTests(path="pier/c.py", limit=40),
            "pier/c.py: 5 faults live, and no test can be shown to notice one; 4 would be hard to read",
            id="no test is easy to read",
        ),
    ],
)
def test_an_honest_no_says_why(task: Contract, reason: str) -> None:
    ended = Bench(CREW, tools=[write_tests_for]).ask(task)
    assert ended.outcome == Refusal(reason=reason)


def test_the_owner_delegates_and_leaves_what_is_not_its_own() -> None:
    async def following(ctx: Context) -> Step:
        if ctx.results:
            return Answer(text="ranked")
        piles = (Pile(rule="r", path="p", places=1, worth=1.5),)
        return Handoff[ReviewCode](task=ReviewCode(piles=piles), relation=Relation.DELEGATE, reason="what comes first")

    bench = Bench((improve_code(following), *CREW[1:]), tools=[write_tests_for])
    bench.ask(ImproveCode(base="b", proposals=1))
    assert bench.tree() == ["0 user>improve_code Answer", "1 improve_code>review_code Answer"]
    asked = Bench(CREW, tools=[write_tests_for]).ask(ImproveCode(base="b", proposals=1), text="merge a proposal")
    assert asked.outcome == Refusal(reason="improve_code does not do this: merges a proposal")


def test_agents_can_only_name_what_was_laid_out() -> None:
    bench = Workbench(Interruption())
    group = found_by((RENEW,))[0]
    keys = [finding.key for finding in group.findings]
    with pytest.raises(ToolError, match="are laid out"):
        bench.apply(RULE, keys)
    bench.lay(Findings(group, PROJECT, TREE))
    for codemod, named in (("proved", keys), (RULE, [*keys, "elsewhere"]), (RULE, [])):
        with pytest.raises(ToolError, match="laid out"):
            bench.apply(codemod, named)
    assert bench.drafted == {}
    made = bench.apply(RULE, keys)
    change = bench.drafted[made.draft].change
    assert change is not None
    assert (made.draft, made.files, made.answered) == (name_of(change), change.paths, 2)


# --- the office ---------------------------------------------------------------------------------------------------


def test_the_crew_decides_as_the_rules_do(tmp_path: Path) -> None:
    rules = Rules()
    with staffed(tmp_path, job()) as office:
        for seed in range(5):
            shuffled = found_by()
            random.Random(seed).shuffle(shuffled)  # noqa: S311 - no secret is drawn
            if seed == 0:
                ranked = office.ranked(shuffled, valued)
            assert rules.ranked(shuffled, valued) == ranked
        for group in ranked:
            assert office.draft(group, PROJECT, TREE) == rules.draft(group, PROJECT, TREE)
        assert office.ranked([], valued) == []
        office.end("done", [])


def test_a_run_is_the_same_with_the_crew_and_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gates = (PICKY, PASS)
    plain, plain_events, plain_forge = looped(Rules(), gates)
    with staffed(tmp_path, job()) as office:
        report, events, forge = looped(office, gates)
        claims = [(f"proposed {one.draft.path}", one.draft.findings) for one in report.proposals]
        office.end("4 proposed", claims)
    assert (report.outcome, report.funnel.as_counts()) == (plain.outcome, plain.funnel.as_counts())
    assert [one.draft for one in report.proposals] == [one.draft for one in plain.proposals]
    assert (events, forge.journal, forge.refusal_list) == (plain_events, plain_forge.journal, plain_forge.refusal_list)
    assert len(report.proposals) == 4

    shown = told(capsys, "runs", "show", "ab12", "--data", str(tmp_path))
    assert "done · owner improve_code" in shown
    assert "answered: 4 proposed" in shown
    assert shown.count("improve_code → review_code") == 1
    assert shown.count("→ refactor_code · delegate RefactorCode@1 · answered: draft-") == 6  # two were narrowed
    assert f"refused: {RULE} abstained: it stays" in shown
    assert [line for line in shown.splitlines() if "unverified" in line] == []
    assert sum("claims: proposed" in line for line in shown.splitlines()) == 4


def test_a_claim_that_no_change_backs_is_told_as_unverified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with staffed(tmp_path, job()) as office:
        office.end("1 proposed", [("proposed a miracle", FOUND.findings[:1])])
    assert "unverified: proposed a miracle" in told(capsys, "runs", "show", "--data", str(tmp_path))


class Breaking(Renew):
    """A codemod that breaks, or that is at work when a key is pressed."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @property
    def name(self) -> str:
        return "breaking"

    def rewrite(self, site: Site) -> Rewrite | Abstain:  # noqa: ARG002 - a codemod's signature
        raise self.error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), ImproverError("the disk is full"), MemoryError()], ids=lambda one: type(one).__name__
)
def test_what_breaks_a_step_ends_the_run_and_is_on_record(
    error: BaseException, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Breaking(error)
    group = groups(scan(PROJECT, (), (broken,), ()).findings, (broken,))[0]
    with pytest.raises(type(error)), staffed(tmp_path, job()) as office:
        office.draft(group, PROJECT, TREE)
    shown = told(capsys, "runs", "show", "--data", str(tmp_path))
    assert f"improve_code → refactor_code: failed, raised: ToolError: {type(error).__name__}" in shown
    assert "failed, cancelled: the run was cut short" in shown


def test_a_run_that_is_left_between_two_steps_is_cut_short_on_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        with staffed(tmp_path, job()) as office:
            office.ranked(found_by(), valued)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    shown = told(capsys, "runs", "show", "--data", str(tmp_path))
    assert ("failed · owner" in shown, "the run was cut short" in shown) == (True, True)


def test_what_a_killed_process_left_open_is_ended_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with staffed(tmp_path, job("first")) as office:
        office.ranked(found_by(), valued)
        office.end("done", [])
    reopened(tmp_path / "journal.sqlite3")
    with staffed(tmp_path, job("second")) as office:
        office.end("done", [])
    listed = told(capsys, "runs", "list", "--data", str(tmp_path))
    assert [line.split()[0] for line in listed.splitlines()[:2]] == ["second", "first"]
    assert "the process ended before the run did" in told(capsys, "runs", "show", "first", "--data", str(tmp_path))


def reopened(path: Path) -> None:
    """Take back how the only run ended, as if it had been killed before."""
    with sqlite3.connect(path) as journal:
        names = [row[0] for row in journal.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            journal.execute(f"DROP TRIGGER {name}")
        journal.execute("DELETE FROM settlements WHERE state <> 'open'")
        journal.execute("DELETE FROM closings WHERE idx = 0")
    journal.close()


def test_a_journal_that_cannot_be_written_is_told_before_anything_is_tried(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite3").mkdir()
    with pytest.raises(LedgerError), staffed(tmp_path, job()):
        pytest.fail("it began")
