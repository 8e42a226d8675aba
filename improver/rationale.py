"""Write what a human reads about a proposal: only what a gate proved, what was not checked, what was refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.records import Change, Finding, GateResult, Receipt, Ruling, Safety

TITLE_LENGTH = 72  # characters; what a hosting site shows without cutting
REASONS_SHOWN = 5
RISK = {
    Safety.PROVED: "None known: the code before and after is the same program.",
    Safety.CONFINED: "Confined: the two versions differ in the {observable} and in nothing else.",
    Safety.COVERED: "A refactoring: the tests that run these lines give the same outcomes as before.",
    Safety.NEW_TEST: "Tests only: no product file is touched.",
    Safety.BEHAVIOUR_CHANGE: "It changes behaviour on purpose, and no test reproduces the fault: a draft only.",
}


@dataclass(frozen=True, slots=True)
class Account:
    """All that may be told about one proposal; every number in the text comes from a receipt in here."""

    change: Change
    findings: tuple[Finding, ...]
    safe_when: str
    results: tuple[GateResult, ...]
    baseline: Receipt
    refused: tuple[str, ...]  # what else was tried for this place, with the gate that refused it
    stamp: str  # "" or why this is not evidence
    base: str
    tree: str
    claims_digest: str


def title(change: Change) -> str:
    """Return verb, effect and area in at most TITLE_LENGTH characters, no line breaks."""
    text = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", change.title).split())
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1].rstrip() + "…"


def trailers(account: Account) -> str:
    """Return the commit's trailers: one finding key a line, the rule, and the digest of the claims."""
    lines = [f"Nova-Rule: {account.change.rule}"]
    lines += [f"Nova-Finding: {finding.key}" for finding in account.findings]
    lines.append(f"Nova-Evidence: {account.claims_digest}")
    return "\n".join(lines)


def commit_message(account: Account) -> str:
    """Return subject, reason and trailers."""
    return f"{title(account.change)}\n\n{account.change.why}\n\n{trailers(account)}\n"


def body(account: Account) -> str:
    """Return the proposal's text in Markdown; the first two lines suffice for a busy human."""
    sections = [
        _headline(account),
        f"## What\n\n{_what(account)}",
        f"## Why now\n\n{account.change.why}",
        f"## Evidence\n\n{_evidence(account)}",
        f"## Not checked\n\n{_bullets(_not_checked(account)) or 'Every gate gave a verdict.'}",
        f"## Alternatives rejected\n\n{_bullets(account.refused) or 'None was tried.'}",
        f"## Risk and rollback\n\n{_risk(account)} Safe when: {account.safe_when.rstrip('.')}. "
        "Rollback: `improve undo` reverts it in one commit.",
        "## Reproduce\n\n`improve verify NUMBER` runs every gate again and compares the claims digest.",
        "## How to say no\n\n`improve reject NUMBER`, with `--here` for this file or `--rule` for the whole rule.",
        f"<!-- nova: findings={','.join(f.key for f in account.findings)} evidence={account.claims_digest} -->",
    ]
    return "\n\n".join(sections) + "\n"


def _headline(account: Account) -> str:
    concerns = [account.stamp] if account.stamp else []
    if account.change.safety is Safety.BEHAVIOUR_CHANGE:
        concerns.append("no reproducing test: a local draft, never publishable")
    concerns += [
        f"a human must decide: {reason}"
        for result in account.results
        if result.ruling is Ruling.ESCALATE
        for reason in result.reasons or (result.claim,)
    ]
    lead = f"**{title(account.change)}** ({account.change.safety.value})"
    return "\n".join([lead, *(f"**{concern}**" for concern in concerns)])


def _what(account: Account) -> str:
    return _bullets(
        tuple(f"`{f.path}`{f' in `{f.symbol}`' if f.symbol else ''}: {f.message}" for f in account.findings)
    )


def _evidence(account: Account) -> str:
    rows = [f"Base `{account.base[:12]}` → tree `{account.tree[:12]}`, claims `{account.claims_digest[:16]}`."]
    rows += ["", f"Baseline: {counted(account.baseline)}.", ""]
    rows += ["| gate | claim | verdict | receipt |", "|---|---|---|---|"]
    rows += [
        f"| {result.gate} | {_cell(result.claim)} | {result.ruling.value} | {_cell(counted(result.receipt))} |"
        for result in account.results
    ]
    return "\n".join(rows)


def _not_checked(account: Account) -> tuple[str, ...]:
    open_questions = [
        f"{result.gate}: {'; '.join(result.reasons[:REASONS_SHOWN]) or result.claim}"
        for result in account.results
        if result.ruling is Ruling.ABSTAIN
    ]
    host = account.baseline.counts.get("host", 0)
    if host:
        open_questions.append(f"tests: {host} that cannot run inside a sandbox")
    return tuple(open_questions)


def _risk(account: Account) -> str:
    return RISK[account.change.safety].format(observable=account.change.observable)


def counted(receipt: Receipt) -> str:
    """Return the receipt's counts as words: "3 files, 1 hunk"; "no counts" when it has none."""
    return ", ".join(_amount(name, number) for name, number in receipt.counts.items()) or "no counts"


def _amount(name: str, number: int) -> str:
    words = name.replace("_", " ")
    return f"{number} {words.removesuffix('s') if number == 1 else words}"


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
