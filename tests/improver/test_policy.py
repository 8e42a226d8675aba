"""Policies say what humans permit; a file that says something else is told with file, key and fix."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from improver.errors import PolicyError
from improver.policy import NAMES, Policy, matches, parse
from improver.records import GateResult, Receipt, Ruling, Safety
from improver.verify.evidence import JUDGE_FILES, JUDGE_FOLDERS
from tests.improver.judging import PACKAGED

ROOT = Path(__file__).parents[2]
TEXTS = {name: (ROOT / f"improver/defaults/{name}.yaml").read_bytes() for name in NAMES}


def parsed(name: str, *changes: tuple[str, str]) -> Policy:
    """Return the packaged policies with texts of one file replaced."""
    text = TEXTS[name].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse({**TEXTS, name: text.encode()})


def test_the_packaged_policies_and_our_own_can_be_read() -> None:
    own = parse({name: (ROOT / f"policies/{name}.yaml").read_bytes() for name in NAMES})
    assert set(PACKAGED.gates.risk) == set(own.gates.risk) == {safety.value for safety in Safety}


def test_no_machine_touches_what_judges_publishes_or_merges() -> None:
    own = parse({name: (ROOT / f"policies/{name}.yaml").read_bytes() for name in NAMES})
    folders = (*JUDGE_FOLDERS, "adapters", "pulls", "hosting", "templates")
    files = [path for folder in folders for path in (ROOT / "improver" / folder).rglob("*") if path.suffix != ".pyc"]
    files += [ROOT / "improver" / name for name in (*JUDGE_FILES, "host.py", "cli/merging.py")]
    files += [ROOT / f"improver/cli/commands/{name}.py" for name in ("approve", "undo")]
    named = [path.relative_to(ROOT).as_posix() for path in files if path.is_file()]
    assert len(named) > len(JUDGE_FILES)
    assert [path for path in named if not own.is_frozen(path)] == []


def test_no_risk_class_lacks_the_gates_that_a_proposal_always_needs() -> None:
    for risk in PACKAGED.gates.risk.values():
        assert {"intake", "scope", "size", "easy_green", "capability", "lint", "tests"} <= set(risk.must)
        assert set(risk.must) <= set(PACKAGED.gates.order)
    bounded = {name: risk.publish for name, risk in PACKAGED.gates.risk.items() if risk.publish is not True}
    assert bounded == {"behaviour change": "reproduced"}


@pytest.mark.parametrize(
    ("name", "old", "new", "what", "where", "fix"),
    [
        pytest.param(
            "gates", "flake_runs:", "flake_run:", "unknown key 'flake_run'", "gates.yaml: suite.flake_run",
            "did you mean 'flake_runs'?", id="a misspelt key that is needed",
        ),
        *(
            pytest.param(
                "gates", "generated: []", f"generated: ['{pattern}']", "a policy does not say what it can say",
                "gates.yaml: suite.generated.0", "correct it", id=f"a place that cannot be meant: {pattern!r}",
            )
            for pattern in ("", ".", "/etc/hostname", "../beside.py", "a/../../b.py", "a/**b")
        ),
        pytest.param(
            "scope", "host: []", "hosts: []", "unknown key 'hosts'", "scope.yaml: hosts", "did you mean 'host'?",
            id="a misspelt key that may be left out",
        ),
        pytest.param(
            "budget", "attempts: 40", "attempts: 40\nqqqq: 1", "unknown key 'qqqq'", "budget.yaml: qqqq", "remove it",
            id="a key like no other",
        ),
        pytest.param(
            "budget", "attempts: 40", "attempts: many", "a policy does not say what it can say",
            "budget.yaml: attempts", "correct it", id="a word for a number",
        ),
        pytest.param(
            "budget", "attempts: 40", "attempts: 0", "a policy does not say what it can say", "budget.yaml: attempts",
            "correct it", id="nought where nothing would be left",
        ),
        pytest.param(
            "budget", "attempts: 40", "attempts: true", "a policy does not say what it can say",
            "budget.yaml: attempts", "correct it", id="yes for a number",
        ),
        pytest.param(
            "gates", "evidence_tier: T3", "evidence_tier: T9", "a policy does not say what it can say",
            "gates.yaml: evidence_tier", "correct it", id="a tier that is not there",
        ),
        pytest.param(
            "review", "version: 1", "version: 2", "a policy does not say what it can say", "review.yaml: version",
            "correct it", id="a version to come",
        ),
        pytest.param(
            "scope", "version: 1", "version: [1", "policies/scope.yaml is not YAML", "", "mend the syntax",
            id="no YAML",
        ),
        pytest.param(
            "gates", "  covered:", "  coverd:", "policies/gates.yaml: risk lacks covered", "",
            "say what each risk class must pass", id="a risk class that is missing",
        ),
    ],
)  # fmt: skip
def test_what_a_policy_cannot_say_is_told(name: str, old: str, new: str, what: str, where: str, fix: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parsed(name, (old, new))
    hint = caught.value.hint
    assert (caught.value.what, hint.where.removeprefix("policies/"), hint.fix) == (what, where, fix)


@pytest.mark.parametrize("data", [b"", b"- a\n", b"\xff"], ids=["an empty file", "a list", "bytes that are no text"])
def test_a_file_that_is_no_policy_is_told(data: bytes) -> None:
    with pytest.raises(PolicyError) as caught:
        parse({**TEXTS, "budget": data})
    assert "policies/budget.yaml" in f"{caught.value.what} {caught.value.hint.where}"
    assert caught.value.hint.fix


def test_the_digest_changes_with_any_word_and_with_nothing_else() -> None:
    assert parsed("budget", ("# How much one run may do.", "# Comment")).digest == PACKAGED.digest
    assert parsed("budget", ("attempts: 40", "attempts: 41")).digest != PACKAGED.digest


@pytest.mark.parametrize(
    ("path", "globs", "expected"),
    [
        pytest.param("a/b/c.py", ("**/*.py",), True, id="two stars cross folders"),
        pytest.param("c.py", ("**/*.py",), True, id="two stars may be no folder"),
        pytest.param("a/b.py", ("*.py",), False, id="one star crosses none"),
        pytest.param("a/b.py", ("a/**",), True, id="everything below"),
        pytest.param("ab/c.py", ("a/**",), False, id="not a folder that begins alike"),
        pytest.param("A/Ｂ.py", ("a/b.py",), True, id="case and width are one"),
        pytest.param("axpy", ("a.py",), False, id="a dot is a dot"),
        pytest.param("ab.py", ("a?.py",), True, id="a question mark is one letter"),
        pytest.param("a.py\n", ("a.py",), False, id="a newline is no end"),
    ],
)
def test_paths_match_globs(path: str, globs: tuple[str, ...], expected: bool) -> None:
    assert matches(path, globs) is expected


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("pier/a.py", "", id="a product file"),
        pytest.param("policies/x.py", "scope.frozen: policies/**", id="the judge"),
        pytest.param("Policies/X.py", "scope.frozen: policies/**", id="the judge in other letters"),
        pytest.param("vendor/a.py", "scope.deny: **/vendor/**", id="foreign code"),
        pytest.param("setup.py", "scope.configuration: **/setup.py", id="packaging"),
        pytest.param("notes.txt", "scope.allow names no such path", id="no Python"),
    ],
)
def test_what_a_machine_may_touch(path: str, why: str) -> None:
    assert PACKAGED.may_touch(path) == why


def ruled(rulings: Mapping[str, Ruling]) -> tuple[GateResult, ...]:
    """Return results of these gates, all others of a covered change having passed."""
    names = {*PACKAGED.gates.risk["covered"].must, *rulings}
    return tuple(
        GateResult(name, f"{name} holds", rulings.get(name, Ruling.PASS), Receipt((name,))) for name in sorted(names)
    )


@pytest.mark.parametrize(
    ("rulings", "reasons"),
    [
        pytest.param({}, (), id="all passed"),
        pytest.param({"proof": Ruling.ABSTAIN}, (), id="one that may abstain does"),
        pytest.param({"api": Ruling.ESCALATE}, (), id="a human must decide"),
        pytest.param({"api": Ruling.FAIL}, ("api: api holds",), id="one that need not pass failed"),
        pytest.param({"tests": Ruling.FAIL}, ("tests: tests holds",), id="one that must pass failed"),
        pytest.param(
            {"coverage": Ruling.ABSTAIN},
            ("coverage: must pass where the risk is covered, but abstain",),
            id="one that must pass abstained",
        ),
    ],
)
def test_nothing_but_an_explicit_pass_is_a_pass(rulings: Mapping[str, Ruling], reasons: tuple[str, ...]) -> None:
    assert PACKAGED.decides(Safety.COVERED, ruled(rulings)) == reasons


def test_why_one_that_must_pass_abstained_is_told() -> None:
    held = GateResult("tests", "they hold", Ruling.ABSTAIN, Receipt(("tests",)), ("nothing ran", "it is late"))
    results = tuple(held if result.gate == "tests" else result for result in ruled({}))
    assert PACKAGED.decides(Safety.COVERED, results) == (
        "tests: must pass where the risk is covered, but abstain (nothing ran; it is late)",
    )


def test_a_gate_that_did_not_run_has_not_passed() -> None:
    results = tuple(result for result in ruled({}) if result.gate != "tests")
    assert PACKAGED.decides(Safety.COVERED, results) == ("tests: must pass where the risk is covered, but did not run",)
