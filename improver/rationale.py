"""Write what a human reads about a proposal: only what a gate proved, what was not checked, what was refused."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from improver.records import Finding, GateResult, Receipt, Ruling, Safety

TITLE_LENGTH = 72  # characters; what a hosting site shows without cutting
REASONS_SHOWN = 5
GIST = 2  # measured reasons in the one line that has to suffice
PROOFS = ("proof", "tests", "mutation")  # the gates whose claims stand in it
FILE_TRAILER = "Nova-Evidence-File:"
# What a page would act on instead of showing it; each is shown as code. A lone backtick would open code.
LIVE = re.compile(
    r"`|\]\(|<(?=[A-Za-z/!?])[^\s>]*>?|&#?\w+;|\w+://\S*|\bwww\.\S*|@[\w-]+|#\d+|\b[Gg][Hh]-\d+|\*\*|\b__\w+__\b|^[#>]+"
)
UNSEEN = ("C", "Zl", "Zp")  # how the Unicode categories begin of what cannot be seen
RISK = {
    Safety.PROVED: "None known: the code before and after is the same program.",
    Safety.CONFINED: "Confined: the two versions differ in the {observable} and in nothing else.",
    Safety.COVERED: "A refactoring: the tests that run these lines give the same outcomes as before.",
    Safety.NEW_TEST: "Tests only: no product file is touched.",
    Safety.CHANGED_TEST: "Old tests only: no product file is touched. Do they still ask for what they should?",
    Safety.BEHAVIOUR_CHANGE: "It changes behaviour on purpose, and no test reproduces the fault: a draft only.",
}
REPRODUCED = "It changes behaviour on purpose: a draft. Its test fails on the code as it was. Did anybody rely on that?"


@dataclass(frozen=True, slots=True)
class Account:
    """All that may be told about one proposal: the parts of its evidence, and why that is none where it is none."""

    title: str
    why: str
    rule: str
    safety: Safety
    observable: str
    safe_when: str
    findings: tuple[Finding, ...]
    here: tuple[str, ...]  # why it matters in this project, as far as it was measured
    refused: tuple[str, ...]  # what else was tried for this place, with the gate that refused it
    results: tuple[GateResult, ...]
    baseline: Receipt
    base: str
    tree: str
    claims_digest: str
    digest: str  # of the evidence's bytes
    stamp: str  # "" or why this is not evidence


@dataclass(frozen=True, slots=True)
class Ways:
    """How a human goes on from the text where they read it: Markdown of ours."""

    rollback: str
    reproduce: str
    refuse: str


HERE = Ways(
    "`improve undo` reverts it in one commit.",
    "`improve verify NUMBER` runs every gate again and compares the claims digest.",
    "`improve reject NUMBER`, with `--here` for this file or `--rule` for the whole rule.",
)


def title(text: str) -> str:
    """Return verb, effect and area in at most TITLE_LENGTH characters, no line breaks, no number cut in two."""
    line = one_line(text)
    if len(line) <= TITLE_LENGTH:
        return line
    kept = line[: TITLE_LENGTH - 1]
    return (kept if line[len(kept)] == " " else re.sub(r"(?<=.)\d+$| \S*$", "", kept)).rstrip() + "…"


def trailers(account: Account) -> str:
    """Return the commit's trailers: the rule, one finding key a line, the digests of the claims and of all bytes."""
    lines = [f"Nova-Rule: {one_line(account.rule)}"]
    lines += [f"Nova-Finding: {one_line(finding.key)}" for finding in account.findings]
    lines += [f"Nova-Evidence: {account.claims_digest}", f"{FILE_TRAILER} {account.digest}"]
    return "\n".join(lines)


def commit_message(account: Account) -> str:
    """Return subject, reason and trailers."""
    return f"{title(account.title)}\n\n{one_line(account.why)}\n\n{trailers(account)}\n"


def body(account: Account) -> str:
    """Return the proposal's text as it is read here, with its keys and digest unseen at the end."""
    keys = ",".join(_word(finding.key) for finding in account.findings)
    return f"{told(account, HERE)}\n<!-- nova: findings={keys} evidence={account.claims_digest} -->\n"


def told(account: Account, ways: Ways) -> str:
    """Return the proposal's text in Markdown; the first two lines suffice for a busy human."""
    sections = [
        _headline(account),
        f"## What\n\n{_what(account)}",
        f"## Why now\n\n{_why(account)}",
        f"## Evidence\n\n{_evidence(account)}",
        f"## Not checked\n\n{_bullets(_not_checked(account)) or 'Every gate gave a verdict.'}",
        f"## Alternatives rejected\n\n{_bullets(account.refused) or 'None was tried.'}",
        f"## Risk and rollback\n\n{_risk(account)} Safe when: {plain(account.safe_when).rstrip('.')}. "
        f"Rollback: {ways.rollback}",
        f"## Reproduce\n\n{ways.reproduce}",
        f"## How to say no\n\n{ways.refuse}",
    ]
    return "\n\n".join(sections) + "\n"


def _headline(account: Account) -> str:
    concerns = [account.stamp] if account.stamp else []
    if account.safety is Safety.BEHAVIOUR_CHANGE and not reproduces(account.results):
        concerns.append("no reproducing test: a local draft, never publishable")
    concerns += [
        f"a human must decide: {reason}"
        for result in account.results
        if result.ruling is Ruling.ESCALATE
        for reason in result.reasons or (result.claim,)
    ]
    lead = f"**{plain(title(account.title))}** ({account.safety.value})"
    return "\n".join([lead, *(f"**{plain(concern)}**" for concern in concerns), _gist(account)])


def _gist(account: Account) -> str:
    """Return the one line that says why it matters and what is proved; with the title it suffices."""
    proved = [result.claim for name in PROOFS for result in account.results if _passed(result, name)]
    parts = {"": account.why, "Here ": "; ".join(account.here[:GIST]), "Proved: ": "; ".join(proved)}
    parts["Not checked: "] = ", ".join(result.gate for result in account.results if result.ruling is Ruling.ABSTAIN)
    return " ".join(f"{lead}{plain(text).rstrip('.')}." for lead, text in parts.items() if text)


def _passed(result: GateResult, gate: str) -> bool:
    return result.gate == gate and result.ruling is Ruling.PASS


def _why(account: Account) -> str:
    told = _bullets([f"{reason[:1].upper()}{reason[1:]}." for reason in account.here])
    return plain(account.why) + (f"\n\nHere:\n\n{told}" if told else "")


def _what(account: Account) -> str:
    found = [
        f"- {as_code(f.path)}{f' in {as_code(f.symbol)}' if f.symbol else ''}: {plain(f.message)}"
        for f in account.findings
    ]
    sizes = [one.receipt for one in account.results if _passed(one, "size")]
    changed = [f"Changed: {counted(size)}." for size in sizes if size.counts.get("lines")]  # of tests none are
    return "\n".join(found) + "".join(f"\n\n{line}" for line in changed)


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


def reproduces(results: Sequence[GateResult]) -> bool:
    """Tell whether a test of the change was seen to fail without it."""
    return any(_passed(one, "tests") and one.receipt.counts.get("reproducing", 0) > 0 for one in results)


def _risk(account: Account) -> str:
    if account.safety is Safety.BEHAVIOUR_CHANGE and reproduces(account.results):
        return REPRODUCED
    return RISK[account.safety].format(observable=plain(account.observable))


def counted(receipt: Receipt) -> str:
    """Return the receipt's counts as words: "3 files, 1 hunk"; "no counts" when it has none."""
    return ", ".join(_amount(name, number) for name, number in receipt.counts.items()) or "no counts"


def _amount(name: str, number: int) -> str:
    words = name.replace("_", " ")
    return f"{number} {words.removesuffix('s') if number == 1 else words}"


def plain(text: str) -> str:
    """Return `text` as one line that says only itself: no markup, link, mention or reference comes alive in it."""
    parts = re.split(r"(`[^`]*`)", one_line(text))
    return "".join(part if at % 2 else re.sub(LIVE, _quoted, part) for at, part in enumerate(parts))


def _quoted(match: re.Match[str]) -> str:
    return f"`{match.group()}`" if match.group() != "`" else "'"


def one_line(text: str) -> str:
    """Return `text` as one line: what cannot be seen becomes a space, spaces in a row become one."""
    return " ".join("".join(" " if unicodedata.category(char).startswith(UNSEEN) else char for char in text).split())


def as_code(text: str) -> str:
    """Return `text` as one line of code that nothing in it can end."""
    return f"`{one_line(text).replace('`', chr(39))}`"


def _word(text: str) -> str:
    return re.sub(r"[^\w:.-]", "-", text)


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {plain(line)}" for line in lines)


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")
