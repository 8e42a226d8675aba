"""Evidence is canonical, its digest covers every claim and no time, and nothing in it can be altered unseen."""

import dataclasses
import json

import grimp
import pytest

from improver.errors import ImproverError
from improver.records import Finding, GateResult, Receipt, Ruling, Safety, Tier
from improver.verify.evidence import (
    JUDGE_FILES,
    JUDGE_FOLDERS,
    Evidence,
    differences,
    gate_code_digest,
    read,
    running_code,
)

RESULT = GateResult(
    "calm", "it is calm", Ruling.PASS, Receipt(("calm",), 0, 1.5, {"files": 1}, "d", ("note",)), ("why",)
)
EVIDENCE = Evidence(
    base="b" * 40,
    tree="t" * 40,
    rule="open_with",
    safety=Safety.CONFINED,
    observable="file closing time",
    author="codemod",
    title="Close a file",
    why="it leaks",
    safe_when="nobody else holds it",
    findings=(Finding("k", "open_with", "a.py", "f", 3, 4, "it stays open", {"lines": 2}),),
    refused=("lint: it is long",),
    policy="p",
    gate_code="g",
    tools={"ruff": "1", "python": "3"},
    tier=Tier.T3,
    sandbox="s",
    baseline=Receipt(("pytest",), 1, 2.0, {"passed": 3}),
    gates=(RESULT,),
    nonce="n",
    made="2030-01-01T00:00:00+00:00",
    expires="2030-01-15T00:00:00+00:00",
)
CLAIMED = {
    "base": "c" * 40,
    "tree": "u" * 40,
    "rule": "other",
    "safety": Safety.PROVED,
    "observable": "",
    "author": "model",
    "title": "Close",
    "why": "it may leak",
    "safe_when": "always",
    "findings": (),
    "refused": (),
    "policy": "q",
    "gate_code": "h",
    "tools": {"ruff": "2", "python": "3"},
    "tier": Tier.T1,
    "sandbox": "z",
    "gates": (),
    "version": 2,
}
FREE = {"nonce": "m", "made": "x", "expires": "y", "baseline": Receipt(("pytest",), 1, 9.0, {"passed": 3})}


def test_it_is_read_as_it_was_written() -> None:
    assert read(EVIDENCE.to_bytes()) == EVIDENCE
    assert EVIDENCE.to_bytes() == read(EVIDENCE.to_bytes()).to_bytes()


def test_the_order_of_its_tools_does_not_matter() -> None:
    turned = dataclasses.replace(EVIDENCE, tools={"python": "3", "ruff": "1"})
    assert turned.to_bytes() == EVIDENCE.to_bytes()


def test_every_field_is_either_claimed_or_free() -> None:
    assert {field.name for field in dataclasses.fields(Evidence)} == {*CLAIMED, *FREE}


@pytest.mark.parametrize("name", sorted(CLAIMED))
def test_another_claim_is_another_digest_and_is_told(name: str) -> None:
    other = dataclasses.replace(EVIDENCE, **{name: CLAIMED[name]})  # type: ignore[arg-type]
    assert other.claims_digest != EVIDENCE.claims_digest
    assert len(differences(EVIDENCE, other)) == 1
    assert name.removesuffix("s") in differences(EVIDENCE, other)[0]


@pytest.mark.parametrize("name", sorted(FREE))
def test_times_and_nonces_are_no_claims(name: str) -> None:
    other = dataclasses.replace(EVIDENCE, **{name: FREE[name]})  # type: ignore[arg-type]
    assert (other.claims_digest, differences(EVIDENCE, other)) == (EVIDENCE.claims_digest, [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"ruling": Ruling.ABSTAIN}, "gate calm: ruling pass -> abstain", id="a ruling"),
        pytest.param({"claim": "it is"}, "gate calm: claim it is calm -> it is", id="a claim"),
        pytest.param({"reasons": ()}, "gate calm: reasons ('why',) -> ()", id="reasons"),
        pytest.param(
            {"receipt": Receipt(("calm",), counts={"files": 2})},
            "gate calm: counts {'files': 1} -> {'files': 2}",
            id="counts",
        ),
        pytest.param({"gate": "other"}, "gate calm: missing from the re-run", id="another gate"),
    ],
)
def test_what_differs_about_a_gate_is_said(change: dict[str, object], told: str) -> None:
    result = dataclasses.replace(RESULT, **change)  # type: ignore[arg-type]
    other = dataclasses.replace(EVIDENCE, gates=(result,))
    assert other.claims_digest != EVIDENCE.claims_digest
    assert differences(EVIDENCE, other)[0] == told


def test_how_long_a_gate_took_is_no_claim() -> None:
    result = dataclasses.replace(RESULT, receipt=dataclasses.replace(RESULT.receipt, seconds=9.0, notes=()))
    assert dataclasses.replace(EVIDENCE, gates=(result,)).claims_digest == EVIDENCE.claims_digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b'"ruling":"pass"', b'"ruling":"abstain"', id="another ruling"),
        pytest.param(b'"tier":"T3"', b'"tier":"T1"', id="another tier"),
        pytest.param(b'"expires"', b' "expires"', id="a space"),
        pytest.param(b'"nonce":"n"', b'"nonce":"n","extra":1', id="something more"),
        pytest.param(b'"why":"it leaks"}', b'"why":"it leaks"}\n', id="a line more"),
    ],
)
def test_evidence_that_was_altered_is_refused(old: bytes, new: bytes) -> None:
    data = EVIDENCE.to_bytes()
    assert old in data
    with pytest.raises(ImproverError, match=r"altered|not evidence"):
        read(data.replace(old, new))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="no fields"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(json.dumps({"claims_digest": "x", "base": 1}).encode(), id="fields of other types"),
    ],
)
def test_what_is_no_evidence_is_told(data: bytes) -> None:
    with pytest.raises(ImproverError, match="this is not evidence") as caught:
        read(data)
    assert caught.value.hint.fix


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        pytest.param("gates/tests.py", True, id="a gate"),
        pytest.param("verify/deep/file.txt", True, id="anything of the runner's"),
        pytest.param("defaults/gates.yaml", True, id="the default policy"),
        pytest.param("policy.py", True, id="the policy's code"),
        pytest.param("loop.py", False, id="the loop, which judges nothing"),
        pytest.param("pulls/publishing.py", False, id="what publishes"),
        pytest.param("codemods/open_with.py", False, id="a codemod"),
        pytest.param("cli/main.py", False, id="the command line"),
    ],
)
def test_the_digest_of_the_gate_code_covers_the_judge_alone(path: str, counts: bool) -> None:
    code = {"gates/size.py": b"a", path: b"b"}
    changed = gate_code_digest({**code, path: b"c"}) != gate_code_digest(code)
    assert changed is counts


def test_the_running_code_is_what_is_digested() -> None:
    code = running_code()
    assert {"gates/tests.py", "verify/runner.py", "defaults/gates.yaml", "policy.py"} <= code.keys()
    assert not [path for path in code if path.endswith(".pyc")]


def test_whatever_the_judge_stands_on_counts_as_the_judge() -> None:
    graph = grimp.build_graph("improver", cache_dir=None)
    parts = [f"improver.{name}" for name in ("gates", "judge", "judging", "policy", "verify")]
    stands_on = {name for part in parts for name in graph.find_upstream_modules(part, as_package=True)}
    below = {name.split(".")[1] for name in stands_on}
    assert below <= {*JUDGE_FOLDERS, *(name.removesuffix(".py") for name in JUDGE_FILES)}


def test_where_there_is_none_it_says_what_to_do() -> None:
    with pytest.raises(ImproverError, match="it is empty") as caught:
        read(b"")
    assert caught.value.hint.fix == "let a run make the change anew"
