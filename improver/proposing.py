"""From a judged change to a proposal: evidence, commit, text and branch; the ledger is told first."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from improver import rationale
from improver.circumstances import Circumstances, told
from improver.policy import Policy
from improver.ports import Bench, Forge, Repository
from improver.records import Change, Draft, Finding, GateResult, Ruling, Safety, Tier, Tree
from improver.verify.evidence import Evidence
from improver.worth import Worth

ID_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Ground:
    """What every verdict of one run stands on."""

    base: str
    tree: Tree
    policy: Policy
    bench: Bench
    gate_code: str
    tools: dict[str, str]
    tier: Tier
    sandbox: str  # digest of the sandbox's argument vector
    stamp: str  # "" or why nothing here is evidence


@dataclass(frozen=True, slots=True)
class Judged:
    """A change that the gates let through, and what else is told about it: `refused` is what they held back."""

    change: Change
    findings: tuple[Finding, ...]
    results: tuple[GateResult, ...]
    safe_when: str
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal; `number` is 0 when nothing was kept (a dry run)."""

    number: int
    draft: Draft
    passed: int  # gates that gave an explicit pass
    gates: int


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes proposals; time and nonces come in as functions."""

    repository: Repository
    forge: Forge
    ground: Ground
    now: Callable[[], datetime]
    nonce: Callable[[], str]

    def worth(self) -> Worth:
        """Return what weighs findings by the history of the base, its baseline and all verdicts so far."""
        ground = self.ground
        history = self.repository.history(ground.base, ground.policy.review.worth.history_days)
        return Worth(ground.policy, Circumstances(ground.bench.baseline.lines, history, self.forge.verdicts()))

    def propose(self, judged: Judged, *, keep: bool) -> Proposed:
        """Commit the tree, bind the evidence to it and, when `keep`, open its branch."""
        draft = self._draft(judged)
        passed = sum(result.ruling is Ruling.PASS for result in judged.results)
        if not keep:
            return Proposed(0, draft, passed, len(judged.results))
        number = self.forge.begin(draft)
        self.repository.create_branch(draft.branch, draft.commit)
        self.forge.opened(number, draft.created)
        return Proposed(number, draft, passed, len(judged.results))

    def _draft(self, judged: Judged) -> Draft:
        change = judged.change
        tree = self.repository.write_tree(self.ground.base, change.edits)
        evidence = evidence_of(self.ground, tree, judged, (self.now(), self.nonce()))
        account = account_of(evidence, self.ground.stamp)
        commit = self.repository.commit(tree, self.ground.base, rationale.commit_message(account))
        publishable = may_leave(self.ground.policy, change.safety, judged.results) and not self.ground.stamp
        escalated = any(result.ruling is Ruling.ESCALATE for result in judged.results)
        name = identifier(commit, change)
        return Draft(
            id=name,
            rule=change.rule,
            path=change.paths[0],
            title=rationale.title(change.title),
            safety=change.safety,
            findings=judged.findings,
            base=self.ground.base,
            tree=tree,
            commit=commit,
            branch=f"nova/{name}",
            evidence=evidence.to_bytes(),
            claims_digest=evidence.claims_digest,
            text=rationale.body(account),
            diff=self.repository.diff(self.ground.base, commit),
            publishable=publishable,
            draft=escalated or not publishable or change.safety is Safety.BEHAVIOUR_CHANGE,
            created=evidence.made,
        )


def may_leave(policy: Policy, safety: Safety, results: Sequence[GateResult]) -> bool:
    """Tell whether policy lets a proposal of this risk leave the machine: never, always, or with a reproducing test."""
    publish = policy.gates.risk[safety.value].publish
    return publish is True or (bool(publish) and rationale.reproduces(results))


def account_of(evidence: Evidence, stamp: str) -> rationale.Account:
    """Return all that may be told: what the evidence holds, and `stamp` where it is none."""
    return rationale.Account(
        title=evidence.title,
        why=evidence.why,
        rule=evidence.rule,
        safety=evidence.safety,
        observable=evidence.observable,
        safe_when=evidence.safe_when,
        findings=evidence.findings,
        here=told(evidence.findings),
        refused=evidence.refused,
        results=evidence.gates,
        baseline=evidence.baseline,
        base=evidence.base,
        tree=evidence.tree,
        claims_digest=evidence.claims_digest,
        digest=evidence.digest,
        stamp=stamp,
    )


def evidence_of(ground: Ground, tree: str, judged: Judged, made_with: tuple[datetime, str]) -> Evidence:
    """Bind a judgement to everything it stands on; `made_with` is the moment and the nonce."""
    made, nonce = made_with
    change = judged.change
    expires = made + timedelta(days=ground.policy.gates.evidence_days)
    return Evidence(
        base=ground.base,
        tree=tree,
        rule=change.rule,
        safety=change.safety,
        observable=change.observable,
        author=change.author,
        title=change.title,
        why=change.why,
        safe_when=judged.safe_when,
        findings=judged.findings,
        refused=judged.refused,
        policy=ground.policy.digest,
        gate_code=ground.gate_code,
        tools=ground.tools,
        tier=ground.tier,
        sandbox=ground.sandbox,
        baseline=ground.bench.baseline.receipt,
        gates=judged.results,
        nonce=nonce,
        made=made.isoformat(timespec="seconds"),
        expires=expires.isoformat(timespec="seconds"),
    )


def identifier(commit: str, change: Change) -> str:
    """Return [a-z0-9-]{1,48} from the commit, the rule and the file, for a branch name.

    The commit carries its time: a branch that an older, lost ledger made of the same claims is not in the way.
    """
    stem = change.paths[0].rsplit("/", 1)[-1].removesuffix(".py")
    words = re.sub(r"[^a-z0-9]+", "-", f"{commit[:8]}-{change.rule}-{stem}".casefold())
    return words[:ID_LENGTH].strip("-")
