"""What a human reads says only what was proved, what was not checked and what was refused."""

import dataclasses
import re

import pytest

from improver.rationale import TITLE_LENGTH, Account, body, commit_message, counted, title
from improver.records import Change, Edit, File, Finding, GateResult, Receipt, Ruling, Safety

FINDINGS = (
    Finding("k1", "renew", "a.py", "pier.depth", 3, 0, "it is old"),
    Finding("k2", "renew", "a.py", "", 9, 0, "so is this"),
)
RESULTS = (
    GateResult("size", "it is small", Ruling.PASS, Receipt(("size",), counts={"files": 1, "lines": 21})),
    GateResult("types", "types | hold", Ruling.ABSTAIN, Receipt(("types",)), ("no checker", "is configured")),
)
CHANGE = Change("renew", Safety.COVERED, (Edit("a.py", None, File(b"")),), "Renew old words in a.py", "new is better")
ACCOUNT = Account(
    change=CHANGE,
    findings=FINDINGS,
    safe_when="nobody minds.",
    results=RESULTS,
    baseline=Receipt(("pytest",), 1, counts={"passed": 612, "host": 7}),
    refused=("tests: pier: one differs",),
    stamp="",
    base="b" * 40,
    tree="t" * 40,
    claims_digest="c" * 64,
)


def section(text: str, name: str) -> str:
    """Return what stands under the heading `name`."""
    return text.split(f"## {name}\n\n")[1].split("\n\n## ", maxsplit=1)[0].split("\n\n<!--", maxsplit=1)[0]


def test_the_sections_come_in_order() -> None:
    assert re.findall("^## (.*)$", body(ACCOUNT), re.MULTILINE) == [
        "What",
        "Why now",
        "Evidence",
        "Not checked",
        "Alternatives rejected",
        "Risk and rollback",
        "Reproduce",
        "How to say no",
    ]


def test_each_section_says_what_is_known() -> None:
    text = body(ACCOUNT)
    assert text.startswith("**Renew old words in a.py** (covered)\n\n")
    assert section(text, "What") == "- `a.py` in `pier.depth`: it is old\n- `a.py`: so is this"
    assert section(text, "Not checked") == (
        "- types: no checker; is configured\n- tests: 7 that cannot run inside a sandbox"
    )
    assert section(text, "Alternatives rejected") == "- tests: pier: one differs"
    assert "Safe when: nobody minds. Rollback" in section(text, "Risk and rollback")
    assert "Baseline: 612 passed, 7 host." in section(text, "Evidence")
    assert "| size | it is small | pass | 1 file, 21 lines |" in text
    assert r"| types | types \| hold | abstain | no counts |" in text
    assert f"<!-- nova: findings=k1,k2 evidence={'c' * 64} -->" in text


def test_every_number_comes_from_a_receipt_or_names_something() -> None:
    known = {"612", "7", "1", "21"}  # from the receipts of the account
    prose = re.sub(r"<!--.*?-->|`[^`]*`", "", body(ACCOUNT))
    assert set(re.findall(r"\d+", prose)) <= known


def test_nothing_open_is_said_to_be_so() -> None:
    calm = dataclasses.replace(ACCOUNT, results=RESULTS[:1], baseline=Receipt(("pytest",)), refused=())
    assert section(body(calm), "Not checked") == "Every gate gave a verdict."
    assert section(body(calm), "Alternatives rejected") == "None was tried."
    assert "Baseline: no counts." in body(calm)


def escalated(*reasons: str) -> Account:
    """Return the account with a gate that leaves its question to a human."""
    result = GateResult("api", "the interface is intact", Ruling.ESCALATE, Receipt(("api",)), reasons)
    return dataclasses.replace(ACCOUNT, results=(*RESULTS, result))


@pytest.mark.parametrize(
    ("account", "line"),
    [
        pytest.param(
            dataclasses.replace(ACCOUNT, stamp="NOT EVIDENCE: tier T1"), "**NOT EVIDENCE: tier T1**", id="a lower tier"
        ),
        pytest.param(escalated("load is gone"), "**a human must decide: load is gone**", id="a question for a human"),
        pytest.param(escalated(), "**a human must decide: the interface is intact**", id="a question without a reason"),
        pytest.param(
            dataclasses.replace(ACCOUNT, change=dataclasses.replace(CHANGE, safety=Safety.BEHAVIOUR_CHANGE)),
            "**no reproducing test: a local draft, never publishable**",
            id="a change of behaviour",
        ),
    ],
)
def test_what_a_human_must_know_stands_on_top(account: Account, line: str) -> None:
    assert body(account).splitlines()[1] == line


@pytest.mark.parametrize("safety", list(Safety))
def test_every_risk_is_told_apart(safety: Safety) -> None:
    change = dataclasses.replace(CHANGE, safety=safety, observable="exception cause")
    told = section(body(dataclasses.replace(ACCOUNT, change=change)), "Risk and rollback")
    assert ("exception cause" in told) is (safety is Safety.CONFINED)
    assert len(told.split(" Safe when")[0]) > 20


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("Renew a", "Renew a", id="a short one"),
        pytest.param("Renew\n\ta \x1b[31m now", "Renew a [31m now", id="control characters"),
        pytest.param("x" * 80, "x" * (TITLE_LENGTH - 1) + "…", id="a long one"),
        pytest.param("y" * TITLE_LENGTH, "y" * TITLE_LENGTH, id="just as long as may be"),
    ],
)
def test_a_title_is_one_short_line(given: str, expected: str) -> None:
    assert title(dataclasses.replace(CHANGE, title=given)) == expected


def test_the_commit_says_what_and_why_and_carries_trailers() -> None:
    assert commit_message(ACCOUNT).splitlines() == [
        "Renew old words in a.py",
        "",
        "new is better",
        "",
        "Nova-Rule: renew",
        "Nova-Finding: k1",
        "Nova-Finding: k2",
        f"Nova-Evidence: {'c' * 64}",
    ]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        pytest.param({}, "no counts", id="none"),
        pytest.param({"files": 1, "kept_lines": 2, "passed": 0}, "1 file, 2 kept lines, 0 passed", id="some"),
    ],
)
def test_counts_become_words(counts: dict[str, int], words: str) -> None:
    assert counted(Receipt(("x",), counts=counts)) == words
