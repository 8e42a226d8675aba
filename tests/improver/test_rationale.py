"""What a human reads says only what was proved, what was not checked and what was refused."""

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improver.rationale import TITLE_LENGTH, Account, body, commit_message, counted, plain, title
from improver.records import Finding, GateResult, Receipt, Ruling, Safety

FINDINGS = (
    Finding("k1", "renew", "a.py", "pier.depth", 3, 0, "it is old"),
    Finding("k2", "renew", "a.py", "", 9, 0, "so is this"),
)
RESULTS = (
    GateResult("size", "it is small", Ruling.PASS, Receipt(("size",), counts={"files": 1, "lines": 21})),
    GateResult("types", "types | hold", Ruling.ABSTAIN, Receipt(("types",)), ("no checker", "is configured")),
)
SECTIONS = [
    "What",
    "Why now",
    "Evidence",
    "Not checked",
    "Alternatives rejected",
    "Risk and rollback",
    "Reproduce",
    "How to say no",
]
ACCOUNT = Account(
    title="Renew old words in a.py",
    why="new is better",
    rule="renew",
    safety=Safety.COVERED,
    observable="",
    findings=FINDINGS,
    here=("`pier.depth` is called by name in 7 places", "the file was changed by 12 of 340 commits"),
    safe_when="nobody minds.",
    results=RESULTS,
    baseline=Receipt(("pytest",), 1, counts={"passed": 612, "host": 7}),
    refused=("tests: pier: one differs",),
    stamp="",
    base="b" * 40,
    tree="t" * 40,
    claims_digest="c" * 64,
    digest="d" * 64,
)


def section(text: str, name: str) -> str:
    """Return what stands under the heading `name`."""
    return text.split(f"## {name}\n\n")[1].split("\n\n## ", maxsplit=1)[0].split("\n\n<!--", maxsplit=1)[0]


def test_the_sections_come_in_order() -> None:
    assert re.findall("^## (.*)$", body(ACCOUNT), re.MULTILINE) == SECTIONS


def test_each_section_says_what_is_known() -> None:
    text = body(ACCOUNT)
    assert text.splitlines()[:2] == [
        "**Renew old words in a.py** (covered)",
        "new is better. Here `pier.depth` is called by name in 7 places; "
        "the file was changed by 12 of 340 commits. Not checked: types.",
    ]
    assert section(text, "Why now") == (
        "new is better\n\nHere:\n\n- `pier.depth` is called by name in 7 places.\n"
        "- The file was changed by 12 of 340 commits."
    )
    found = "- `a.py` in `pier.depth`: it is old\n- `a.py`: so is this"
    assert section(text, "What") == f"{found}\n\nChanged: 1 file, 21 lines."
    assert section(text, "Not checked") == (
        "- types: no checker; is configured\n- tests: 7 that cannot run inside a sandbox"
    )
    assert section(text, "Alternatives rejected") == "- tests: pier: one differs"
    assert "Safe when: nobody minds. Rollback" in section(text, "Risk and rollback")
    assert "Baseline: 612 passed, 7 host." in section(text, "Evidence")
    assert "| size | it is small | pass | 1 file, 21 lines |" in text
    assert r"| types | types \| hold | abstain | no counts |" in text
    assert f"<!-- nova: findings=k1,k2 evidence={'c' * 64} -->" in text


COUNTS = st.dictionaries(st.text("abc_s", min_size=1, max_size=4), st.integers(0, 10**6), max_size=3)
WORDS = st.text(st.sampled_from("ab 0189.`<>@#*[]()|_&;!\n\u202e\x1b"), max_size=90)
RECEIPTS = st.builds(Receipt, st.just(("x",)), counts=COUNTS)
ACCOUNTS = st.builds(
    Account,
    title=WORDS,
    why=WORDS,
    rule=WORDS,
    safety=st.sampled_from(Safety),
    observable=WORDS,
    safe_when=WORDS,
    findings=st.lists(
        st.builds(Finding, WORDS, WORDS, WORDS, WORDS, st.integers(1, 99), st.integers(0, 9), WORDS), max_size=2
    ).map(tuple),
    here=st.lists(WORDS, max_size=2).map(tuple),
    refused=st.lists(WORDS, max_size=2).map(tuple),
    results=st.lists(
        st.builds(
            GateResult,
            st.text("abc", min_size=1),
            WORDS,
            st.sampled_from(Ruling),
            RECEIPTS,
            st.lists(WORDS, max_size=2).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    baseline=RECEIPTS,
    base=st.text("abcdef01", min_size=40, max_size=40),
    tree=st.text("abcdef01", min_size=40, max_size=40),
    claims_digest=st.text("abcdef01", min_size=64, max_size=64),
    digest=st.text("abcdef01", min_size=64, max_size=64),
    stamp=WORDS,
)


def told_by(account: Account) -> str:
    """Return all that an account holds, as text: its words, its counts, its digests as they are shown."""
    receipts = [account.baseline, *(result.receipt for result in account.results)]
    said = [
        account.title,
        account.why,
        account.observable,
        account.safe_when,
        account.stamp,
        *account.refused,
        *account.here,
    ]
    said += [part for one in account.findings for part in (one.key, one.path, one.symbol, one.message)]
    said += [part for result in account.results for part in (result.claim, *result.reasons)]
    said += [str(number) for receipt in receipts for number in receipt.counts.values()]
    shown = [account.base[:12], account.tree[:12], account.claims_digest[:16], account.claims_digest]
    return "\n".join([*said, *shown])


@given(ACCOUNTS)
def test_every_number_in_the_text_comes_from_the_evidence(account: Account) -> None:
    known = set(re.findall(r"\d+", told_by(account)))
    assert set(re.findall(r"\d+", body(account))) <= known


@given(ACCOUNTS)
def test_no_word_of_the_evidence_adds_a_section_a_line_or_a_row(account: Account) -> None:
    text = body(account)
    assert re.findall("^## (.*)$", text, re.MULTILINE) == SECTIONS
    table = [line for line in section(text, "Evidence").splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(account.results)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in table)
    assert not {"\u202e", "\x1b"} & set(text)


@given(ACCOUNTS)
def test_what_was_not_checked_is_every_abstention_and_nothing_else(account: Account) -> None:
    told = section(body(account), "Not checked")
    abstained = [result for result in account.results if result.ruling is Ruling.ABSTAIN]
    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert [line.split(":")[0].removeprefix("- ") for line in lines] == [result.gate for result in abstained]
    assert (told == "Every gate gave a verdict.") is not bool(abstained)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("ask @keeper", "ask `@keeper`", id="a mention"),
        pytest.param("see #12, GH-3", "see `#12`, `GH-3`", id="references"),
        pytest.param("at https://x.example/y?z", "at `https://x.example/y?z`", id="an address"),
        pytest.param("[a](b) <img src=x> &lt;", "[a`](`b) `<img` src=x> `&lt;`", id="markup"),
        pytest.param("# a\n## b", "`#` a ## b", id="headings"),
        pytest.param("a `b` `c", "a `b` 'c", id="code, and a lone backtick"),
        pytest.param("__all__ lacks x**2", "`__all__` lacks x`**`2", id="emphasis"),
        pytest.param("a < b", "a < b", id="what is none of it"),
    ],
)
def test_a_text_says_only_itself(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_the_line_below_the_title_says_what_is_proved_and_no_more_than_two_reasons() -> None:
    passed = [GateResult(name, f"{name} holds", Ruling.PASS, Receipt((name,))) for name in ("tests", "lint", "proof")]
    failed = GateResult("mutation", "mutants die", Ruling.ABSTAIN, Receipt(("mutation",)))
    account = dataclasses.replace(ACCOUNT, results=(*passed, failed), here=("one", "two", "three"))
    line = body(account).splitlines()[1]
    assert line == "new is better. Here one; two. Proved: proof holds; tests holds. Not checked: mutation."
    assert "- One.\n- Two.\n- Three." in section(body(account), "Why now")


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
            dataclasses.replace(ACCOUNT, safety=Safety.BEHAVIOUR_CHANGE),
            "**no reproducing test: a local draft, never publishable**",
            id="a change of behaviour",
        ),
    ],
)
def test_what_a_human_must_know_stands_on_top(account: Account, line: str) -> None:
    assert body(account).splitlines()[1] == line


@pytest.mark.parametrize("safety", list(Safety))
def test_every_risk_is_told_apart(safety: Safety) -> None:
    account = dataclasses.replace(ACCOUNT, safety=safety, observable="exception cause")
    told = section(body(account), "Risk and rollback")
    assert ("exception cause" in told) is (safety is Safety.CONFINED)
    assert len(told.split(" Safe when")[0]) > 20


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("Renew a", "Renew a", id="a short one"),
        pytest.param("Renew\n\ta \x1b[31m now", "Renew a [31m now", id="control characters"),
        pytest.param("x" * 80, "x" * (TITLE_LENGTH - 1) + "…", id="a long word"),
        pytest.param("x " * 33 + "y 123456", "x " * 33 + "y…", id="a long one that ends in a number"),
        pytest.param("y" * TITLE_LENGTH, "y" * TITLE_LENGTH, id="just as long as may be"),
    ],
)
def test_a_title_is_one_short_line(given: str, expected: str) -> None:
    assert title(given) == expected


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
        f"Nova-Evidence-File: {'d' * 64}",
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


def test_a_test_that_reproduces_a_fault_takes_the_warning_away_and_leaves_the_question() -> None:
    counts = {"tests": 3, "reproducing": 1}
    seen = GateResult("tests", "every new test holds", Ruling.PASS, Receipt(("pytest",), 1, counts=counts))
    text = body(dataclasses.replace(ACCOUNT, safety=Safety.BEHAVIOUR_CHANGE, results=(*RESULTS, seen)))
    assert "no reproducing test" not in text
    assert section(text, "Risk and rollback").startswith(
        "It changes behaviour on purpose: a draft. Its test fails on the code as it was. Did anybody rely on that?"
    )
    unseen = dataclasses.replace(seen, ruling=Ruling.FAIL)
    told = body(dataclasses.replace(ACCOUNT, safety=Safety.BEHAVIOUR_CHANGE, results=(unseen,)))
    assert "no reproducing test: a local draft, never publishable" in told
