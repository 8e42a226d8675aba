"""Canaries: each known-bad change is refused by the gate that its entry names, and no control is."""

import json
import re
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from improver.canaries import (
    Asking,
    BenchFor,
    Corpus,
    Entry,
    Record,
    Step,
    change_of,
    counts,
    holds,
    judge,
    read,
)
from improver.discover import discover
from improver.errors import UsageError
from improver.gate import Candidate, Example, Gate
from improver.matrix import BEGIN, END, by_class, placed, render, rows, stamp, summary
from improver.policy import Policy
from improver.ports import Bench
from improver.records import EXECUTABLE, SYMLINK, File, GateResult, Receipt, Ruling, Safety, Tree
from improver.verify import configuration
from improver.verify.bench import SandboxBench
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED, StillBench

GATES = discover("improver.gates", Gate)
STATIC = [
    gate
    for gate in GATES
    if gate.name in {"intake", "scope", "size", "easy_green", "capability", "dependency", "rationale"}
]
NAMES = {gate.name for gate in STATIC}
OWN = read(files("improver").joinpath("corpus/attacks.yaml").read_text(encoding="utf-8"), "attacks.yaml")
STOPPED = {"reject": "refused", "escalate": "escalated"}


def still(_: Tree) -> Bench:
    return StillBench()


def by_id(without: tuple[str, ...] = ()) -> dict[str, Record]:
    return {record.entry.id: record for record in judge(OWN, STATIC, PACKAGED, still, Asking(without))}


RECORDS = by_id()
PATCHES = [entry for entry in OWN.attacks if entry.kind == "patch"]
EARLY = [entry for entry in OWN.attacks if entry.gate in NAMES and entry.kind == "patch"]


def name_of(entry: Entry) -> str:
    return f"{entry.id}: {entry.title}"


@pytest.mark.parametrize("entry", EARLY, ids=name_of)
def test_an_entry_is_stopped_by_its_gate(entry: Entry) -> None:
    record = RECORDS[entry.id]
    stopping = (*record.by(Ruling.FAIL), *record.by(Ruling.ESCALATE))
    assert (record.status, stopping[0]) == (STOPPED[entry.expected], entry.gate)
    assert set(entry.backup_gates) & NAMES <= set(record.by(Ruling.FAIL))


@pytest.mark.parametrize("gate", ["intake", "scope", "size", "easy_green"])
def test_a_backup_stops_what_its_gate_would_have(gate: str) -> None:
    records = by_id((gate,))
    for entry in EARLY:
        if entry.gate == gate and (backups := set(entry.backup_gates) & NAMES):
            assert records[entry.id].first in backups, entry.id


def test_without_a_gate_what_only_it_stops_is_not_said_to_be_stopped() -> None:
    assert {by_id(("capability",))[name].status for name in ("power-eval", "power-secret")} == {"pending"}


@pytest.mark.parametrize("entry", OWN.controls, ids=name_of)
def test_a_control_passes(entry: Entry) -> None:
    assert RECORDS[entry.id].status == "passed", RECORDS[entry.id].results


def test_what_is_not_judged_is_pending_by_name() -> None:
    scenes = {entry.id for entry in OWN.attacks if entry.kind == "process"}
    assert {entry.id for entry in OWN.attacks if entry.pending} == set()
    assert {name for name, record in RECORDS.items() if record.status == "pending"} >= scenes


def test_the_corpus_is_large_enough() -> None:
    assert len(OWN.controls) >= 6
    assert sum(entry.kind == "patch" for entry in OWN.attacks) >= 40


def hasty(policy: Policy) -> Policy:
    suite = policy.gates.suite.model_copy(update={"seconds": 8, "memory_mib": 1024, "processes": 48})
    return policy.model_copy(update={"gates": policy.gates.model_copy(update={"suite": suite})})


@pytest.fixture(scope="module")
def hasty_bench(tmp_path_factory: pytest.TempPathFactory, strongest: Sandbox) -> BenchFor:
    """Return a function that measures a tree under limits which soon end what runs away; each tree is run once."""
    root, policy = tmp_path_factory.mktemp("larder"), hasty(PACKAGED)
    measured: dict[str, Bench] = {}

    def bench(tree: Tree) -> Bench:
        name = " ".join(f"{path} {file.digest}" for path, file in sorted(tree.items()))
        if name not in measured:
            rig = Rig(strongest, find_layout(tree, root, sys.executable, policy), policy, configuration.read(tree))
            measured[name] = SandboxBench(RuffTool(), rig, run_suite(rig, tree, cover=True), tree)
        return measured[name]

    return bench


LATE = [entry for entry in PATCHES if entry.gate not in NAMES or not RECORDS[entry.id].first]


def test_no_entry_is_left_out() -> None:
    assert {entry.id for entry in PATCHES} == {entry.id for entry in (*EARLY, *LATE)}


@pytest.mark.host
@pytest.mark.parametrize("entry", [*OWN.controls, *LATE], ids=name_of)
def test_all_gates_together_stop_what_only_running_it_shows(entry: Entry, hasty_bench: BenchFor) -> None:
    kind = "controls" if entry.expected == "pass" else "attacks"
    corpus = OWN.model_copy(update={"attacks": (), "controls": (), kind: (entry,)})
    beside = RECORDS[entry.id].first if entry in LATE else ""  # what stops it besides must not be all that does
    (record,) = judge(corpus, GATES, hasty(PACKAGED), hasty_bench, Asking(every=bool(beside)))
    wanted = {"pass": {"passed"}, "reject": {"refused"}, "escalate": {"escalated", "refused"}}[entry.expected]
    assert record.status in wanted, render([record])
    assert record.broken == (), render([record])
    first = next((gate for gate in record.catching if gate != beside), "")
    assert entry.expected == "pass" or first == entry.gate, render([record])


@pytest.mark.host
def test_a_backup_that_runs_code_stops_what_its_gate_would_have(hasty_bench: BenchFor) -> None:
    policy = hasty(PACKAGED)
    bench = hasty_bench(OWN.tree)
    for gate in (gate for gate in GATES if gate.name not in NAMES):
        for entry in PATCHES:
            if gate.name in entry.backup_gates:
                candidate = Candidate(OWN.tree, change_of(entry, OWN.tree, policy), policy, bench)
                assert gate(candidate).ruling in {Ruling.FAIL, Ruling.ESCALATE}, f"{entry.id}: {gate.name}"


# --- the machinery ------------------------------------------------------------------------------------------------

BASE = {"pier/a.py": File(b"depth = 1\n"), "run": File(b"#!/bin/sh\n", EXECUTABLE)}


def entry_of(*build: Step, expected: str = "reject", gate: str = "", **more: str) -> Entry:
    told = {"id": "one", "title": "One", "expected": expected, "gate": gate, **more}
    return Entry.model_validate({**told, "build": build}, strict=False)


@pytest.mark.parametrize(
    ("step", "path", "file"),
    [
        pytest.param(
            Step(op="replace", path="pier/a.py", old="1", new="2"), "pier/a.py", File(b"depth = 2\n"), id="replaces"
        ),
        pytest.param(Step(op="write", path="b.py", content="x\n"), "b.py", File(b"x\n"), id="writes a new file"),
        pytest.param(Step(op="write", path="run", content="x\n"), "run", File(b"x\n", EXECUTABLE), id="keeps the mode"),
        pytest.param(
            Step(op="append", path="pier/a.py", content="x\n"), "pier/a.py", File(b"depth = 1\nx\n"), id="appends"
        ),
        pytest.param(Step(op="symlink", path="l", target="/x"), "l", File(b"/x", SYMLINK), id="links"),
        pytest.param(Step(op="write_b64", path="c.so", b64="AAE="), "c.so", File(b"\0\1"), id="writes bytes"),
        pytest.param(
            Step(op="chmod", path="pier/a.py", mode="0755"),
            "pier/a.py",
            File(b"depth = 1\n", EXECUTABLE),
            id="sets a mode",
        ),
        pytest.param(
            Step(op="raw_patch", content="--- /dev/null\n+++ b/../d.txt\n@@ -0,0 +1,2 @@\n+x\n+y\n"),
            "../d.txt",
            File(b"x\ny\n"),
            id="lays a patch on",
        ),
    ],
)
def test_a_step_does_what_it_says(step: Step, path: str, file: File) -> None:
    change = change_of(entry_of(step), BASE, PACKAGED)
    assert [(edit.path, edit.before, edit.after) for edit in change.edits] == [(path, BASE.get(path), file)]


def test_steps_build_on_each_other_and_meta_names_the_change() -> None:
    steps = [Step(op="replace", path="pier/a.py", old=str(n), new=str(n + 1)) for n in (1, 2)]
    change = change_of(entry_of(*steps, Step(op="meta", title="Mend", rationale="it leaks")), BASE, PACKAGED)
    assert (change.title, change.why, change.author) == ("Mend", "it leaks", "model")
    assert change.edits[0].after == File(b"depth = 3\n")


@pytest.mark.parametrize(
    ("path", "more", "safety"),
    [
        pytest.param("pier/b.py", {}, Safety.COVERED, id="the product is refactored"),
        pytest.param("tests/test_a.py", {}, Safety.NEW_TEST, id="tests alone are a new test"),
        pytest.param("pier/b.py", {"safety": "proved"}, Safety.PROVED, id="what is declared counts"),
    ],
)
def test_a_change_has_a_safety(path: str, more: dict[str, str], safety: Safety) -> None:
    entry = entry_of(Step(op="write", path=path, content="x = 1\n"), **more)
    assert change_of(entry, BASE, PACKAGED).safety is safety


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(Step(op="replace", path="pier/a.py", old="3", new="4"), id="text that is not there"),
        pytest.param(Step(op="replace", path="pier/b.py", old="3", new="4"), id="a file that is not there"),
        pytest.param(
            Step(op="raw_patch", content="--- a/run\n+++ b/run\n@@ -1 +1 @@\n-x\n+y\n"), id="a patch of a file"
        ),
        pytest.param(Step(op="raw_patch", content="what?"), id="no patch at all"),
    ],
)
def test_a_step_that_cannot_be_done_is_an_error(step: Step) -> None:
    with pytest.raises(UsageError):
        change_of(entry_of(step), BASE, PACKAGED)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("attacks: [", id="no YAML"),
        pytest.param("version: 1\nabout: x\nbase_project: {}\ncontrols: []\n", id="no attacks"),
        pytest.param(
            "version: 1\nabout: x\nbase_project: {}\nattacks: []\n"
            "controls: [{id: a, title: A, expected: pass}, {id: a, title: B, expected: pass}]\n",
            id="an id twice",
        ),
        pytest.param(
            "version: 1\nabout: x\nbase_project: {}\nattacks: []\n"
            "controls: [{id: a, title: A, expected: pass, buidl: []}]\n",
            id="an unknown key",
        ),
    ],
)
def test_a_corpus_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"x\.yaml"):
        read(text, "x.yaml")


EXAMPLE = Example({}, {})


def gate_of(name: str, ruling: Ruling, cost: int = 1) -> Gate:
    def body(candidate: Candidate) -> GateResult:
        return GateResult(name, "it is so", ruling, candidate.inspected({}))

    return Gate(name, "Is it so?", cost, EXAMPLE, EXAMPLE, body)


def breaking(candidate: Candidate) -> GateResult:
    raise ValueError(candidate.change.title)


def status_of(entry: Entry, *gates: Gate) -> str:
    control = entry.expected == "pass"
    corpus = Corpus(
        version=1,
        about="",
        base_project={"a.py": "x = 1\n"},
        controls=(entry,) if control else (),
        attacks=() if control else (entry,),
    )
    return judge(corpus, gates, PACKAGED, still)[0].status


EDIT = Step(op="write", path="a.py", content="x = 2\n")
PASSES, FAILS, ABSTAINS, ASKS = (gate_of("lint", ruling) for ruling in (*Ruling,))


@pytest.mark.parametrize(
    ("entry", "gates", "status"),
    [
        pytest.param(entry_of(EDIT, gate="lint"), [FAILS], "refused", id="an attack that its gate refuses"),
        pytest.param(entry_of(EDIT, gate="size"), [FAILS], "refused", id="an attack that another gate refuses"),
        pytest.param(entry_of(EDIT, gate="lint"), [PASSES], "accepted", id="an attack that its gate lets through"),
        pytest.param(entry_of(EDIT, gate="size or lint"), [PASSES], "accepted", id="an attack that either may refuse"),
        pytest.param(entry_of(EDIT, gate="lint"), [ABSTAINS], "pending", id="an attack its gate cannot judge"),
        pytest.param(entry_of(EDIT, gate="proof"), [PASSES], "pending", id="an attack whose gate is not there"),
        pytest.param(entry_of(EDIT, gate="lint", pending="later"), [PASSES], "pending", id="an attack that waits"),
        pytest.param(entry_of(EDIT, gate="lint"), [ASKS], "escalated", id="an attack left to a human"),
        pytest.param(entry_of(EDIT, gate="lint", expected="escalate"), [ASKS], "escalated", id="a human's question"),
        pytest.param(entry_of(EDIT, expected="pass"), [PASSES], "passed", id="a control that passes"),
        pytest.param(entry_of(EDIT, expected="pass"), [FAILS], "blocked", id="a control that is refused"),
        pytest.param(entry_of(EDIT, expected="pass"), [ASKS], "blocked", id="a control left to a human"),
        pytest.param(
            entry_of(EDIT, gate="lint"),
            [Gate("lint", "Is it so?", 1, EXAMPLE, EXAMPLE, breaking)],
            "accepted",
            id="an attack on which its gate breaks",
        ),
        pytest.param(entry_of(kind="process", gate="lint"), [FAILS], "pending", id="a scene"),
    ],
)
def test_a_record_has_a_status(entry: Entry, gates: list[Gate], status: str) -> None:
    assert status_of(entry, *gates) == status


def asked(*gates: Gate) -> list[str]:
    corpus = Corpus(version=1, about="", base_project={}, controls=(), attacks=(entry_of(EDIT),))
    return [result.gate for result in judge(corpus, gates, PACKAGED, still)[0].results]


def test_gates_are_asked_in_the_policys_order_and_none_runs_code_that_is_refused() -> None:
    suite = gate_of("tests", Ruling.PASS, cost=100)
    lint = gate_of("lint", Ruling.PASS, cost=20)
    assert asked(suite, lint, gate_of("scope", Ruling.PASS)) == ["scope", "lint", "tests"]
    assert asked(suite, lint, gate_of("scope", Ruling.FAIL)) == ["scope", "lint"]
    assert asked(suite, lint, gate_of("intake", Ruling.FAIL), gate_of("size", Ruling.PASS)) == ["intake", "size"]


RESULT = GateResult("lint", "it is so", Ruling.PASS, Receipt(("lint",)), ("a note",))
LET_THROUGH = Record(entry_of(EDIT, gate="lint"), (RESULT,), (), frozenset({"lint"}))


def test_the_matrix_names_what_went_wrong_first() -> None:
    assert render([LET_THROUGH, Record(entry_of(kind="process", gate="budget"))]) == (
        "1 accepted · 1 pending\n\n"
        "- accepted: one · One\n"
        "- pending: one · One · waits for budget\n\n"
        "| class | judged | by one gate alone |\n|---|---|---|\n| attacks | 1 | none |\n\n"
        "| entry | status | first | then | lint |\n|---|---|---|---|---|\n"
        "| one | accepted | – | – | pass |\n"
        "| one | pending | – | – | – |\n"
    )


def test_the_matrix_says_where_a_human_is_asked_about_what_should_be_refused() -> None:
    asks = GateResult("lint", "it is so", Ruling.ESCALATE, Receipt(("lint",)), ("why",))
    asked_about = Record(entry_of(EDIT, gate="lint"), (asks,), (), frozenset({"lint"}))
    assert "- escalated, not refused: one · One\n" in render([asked_about])
    assert holds([asked_about])


def test_one_attack_let_through_is_enough_to_fail() -> None:
    assert not holds([LET_THROUGH])
    assert counts([LET_THROUGH])["accepted"] == 1
    assert holds([Record(entry_of(kind="process"))])
    assert not holds([Record(entry_of(kind="process"), broken=("lint: ValueError: One",))])


def test_rows_are_plain_values() -> None:
    row = rows([LET_THROUGH])[0]
    assert json.loads(json.dumps(row)) == row
    assert (row["rulings"], row["missed"]) == ({"lint": "pass"}, ["lint"])
    assert (row["verdict"], row["gate"]) == ("pass", "")


def ruled(*pairs: tuple[str, Ruling], **more: str) -> Record:
    results = tuple(GateResult(gate, "", ruling, Receipt((gate,))) for gate, ruling in pairs)
    return Record(entry_of(EDIT, **more), results)


FAMILY = [
    ruled(("scope", Ruling.FAIL), ("lint", Ruling.FAIL), ("tests", Ruling.ABSTAIN), category="b"),
    ruled(("scope", Ruling.PASS), ("lint", Ruling.ESCALATE), category="b"),
    ruled(("scope", Ruling.FAIL), category="a"),
    Record(entry_of(kind="process", category="a")),
]


def test_a_class_says_who_catches_it_and_what_one_gate_alone_catches() -> None:
    assert by_class(FAMILY) == [
        "| class | judged | scope | lint | by one gate alone |",
        "|---|---|---|---|---|",
        "| b | 2 | 1 | 2 | lint 1 |",
        "| a | 1 | 1 |  | scope 1 |",
    ]
    assert summary(FAMILY)[1] == {
        "class": "a",
        "judged": 1,
        "caught_by": {"scope": 1},
        "by_one_alone": {"scope": 1},
        "pending": 1,
    }


def test_an_entry_says_who_catches_it_when_the_first_gate_is_off() -> None:
    table = render(FAMILY).splitlines()
    assert "| one | refused | scope | lint | fail | fail | abstain |" in table
    assert "| one | escalated | lint | – | pass | escalate | – |" in table


def test_every_gate_is_asked_when_that_is_asked_for() -> None:
    scope, tests = gate_of("scope", Ruling.FAIL), gate_of("tests", Ruling.FAIL, cost=100)
    corpus = Corpus(version=1, about="", base_project={}, controls=(), attacks=(entry_of(EDIT),))
    records = judge(corpus, (scope, tests), PACKAGED, still, Asking(every=True))
    assert records[0].catching == ("scope", "tests")


def test_a_page_keeps_all_but_the_table_between_its_marks() -> None:
    page = placed("a\n<!-- canaries: old -->\nold\n<!-- /canaries -->\nb\n", FAMILY, "new")
    assert page is not None
    assert page.startswith("a\n<!-- canaries: new -->\n2 refused · 1 escalated · 1 pending\n\n| class |")
    assert page.endswith(f"|\n{END}\nb\n")
    assert placed(page, FAMILY, "new") == page
    assert placed("no marks", FAMILY, "new") is None


def test_the_table_of_the_readme_was_made_from_this_corpus_and_these_gates() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    table = text.partition(BEGIN)[2].partition(END)[0]
    own = files("improver").joinpath("corpus/attacks.yaml").read_text(encoding="utf-8")
    assert table.split()[0] == stamp(own, [gate.name for gate in GATES]), (
        "improve canaries --every-gate --into README.md"
    )
    said = dict(re.findall(r"^\| ([\w-]+) \| ([1-9]\d*) \|", table, re.MULTILINE))  # scenes are not judged here
    assert said == {name: str(count) for name, count in Counter(entry.category for entry in PATCHES).items()}
