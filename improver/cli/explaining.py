"""Turn a codemod's own examples into the page that explains it."""

import textwrap
from collections.abc import Iterator, Sequence

from improver.codemod import Abstain, Codemod, apply, findings
from improver.observer import Observer, Project
from improver.policy import Policy
from improver.records import File, Finding, Safety
from improver.source import Source
from improver.verify.ruff import RuffTool

PATH = "package/module.py"
REASONED, SILENT = 4, 2  # examples of what is not proposed: with a reason, and where nothing is seen
WHOLE = " It comes for all of a file, up to the size limit, or not at all: a file in two styles is worse than either."
SAFETIES = {
    Safety.PROVED: "Yes: the code before and after is the same program, which is proved anew for each change.",
    Safety.CONFINED: "Yes: the code before and after differs in the {observable} and in nothing else.",
    Safety.COVERED: "It is a refactoring: tests must run what it touches, or prove it unused, and come out alike.",
    Safety.CHANGED_TEST: "It rewrites tests alone; they must hold, and notice no fewer faults than before.",
    Safety.NEW_TEST: "It touches tests alone, never the product, and must not leave them weaker than they were.",
    Safety.BEHAVIOUR_CHANGE: "Not by itself: it changes behaviour on purpose, so it is a draft that a human decides.",
}
NEVER = (
    "Nor is it where a program wrote the file, where the scope looks at its own names (`locals()`, `eval` and their "
    "like), where a line to change carries a suppression such as `# noqa`{comments}; and a rule that is rejected again "
    "and again is only reported."
)


def explain(codemod: Codemod, policy: Policy, observers: Sequence[Observer]) -> str:
    """Return Markdown: what it does, why, an example, whether it is safe, and when it is not proposed and why not."""
    before, after = codemod.CHANGES[0]
    comments = "" if codemod.DROPS_COMMENTS else ", or where a comment would be lost"
    parts = [
        f"# {codemod.name}",
        f"{codemod.TITLE}.",
        f"**Why it matters.** {_sentence(codemod.WHY)}",
        f"**Example.** Before:\n\n{_code(before)}\n\nAfter:\n\n{_code(after)}",
        f"**Is it safe?** {SAFETIES[codemod.SAFETY].format(observable=codemod.OBSERVABLE)}",
        f"**When it is proposed.** {_when(codemod)}",
        "**When it is not proposed.** For example here:",
        *_kept(codemod, policy, observers),
        NEVER.format(comments=comments),
    ]
    return "\n\n".join(parts) + "\n"


def _when(codemod: Codemod) -> str:
    if not codemod.REPORTED:
        return f"{_sentence(codemod.SAFE_WHEN)}{WHOLE if codemod.WHOLE else ''}"
    reported = f"Never: it is only reported. {_sentence(codemod.REPORTED)}"
    return f"{reported} Who does it by hand minds this: {_sentence(codemod.SAFE_WHEN)}"


def _kept(codemod: Codemod, policy: Policy, observers: Sequence[Observer]) -> Iterator[str]:
    """Yield what it leaves alone: one example for each reason that it gives, then some that give it none to act."""
    silent: list[str] = []
    said: set[str] = set()
    for text in codemod.KEEPS:
        reason = _reason(codemod, text, policy, observers)
        if not reason:
            silent.append(text)
        elif reason not in said and len(said) < REASONED:
            said.add(reason)
            yield f"{_code(text)}\n\nIt abstains: {reason}."
    if said and silent:
        yield "And here it sees nothing to do:"
    for text in silent[: SILENT if said else REASONED]:
        yield _code(text)


def _reason(codemod: Codemod, text: str, policy: Policy, observers: Sequence[Observer]) -> str:
    """Return why `codemod` abstains from the first place that it looks at in `text`, "" when it looks at none."""
    source = Source.read(PATH, text.encode())
    if not isinstance(source, Source):
        return ""
    project = Project({PATH: source}, {PATH: File(source.data)}, RuffTool(), ruff_rules=policy.review.ruff_rules)
    for finding in _found(codemod, project, observers):
        outcome = apply(codemod, finding, source, project)
        if isinstance(outcome, Abstain):
            return outcome.reason
    return ""


def _found(codemod: Codemod, project: Project, observers: Sequence[Observer]) -> list[Finding]:
    if not codemod.ANSWERS:
        return list(findings([codemod], project.sources[PATH]))
    leading = [one for one in observers if any(pattern in one.rules for pattern in codemod.ANSWERS)]
    return [finding for one in leading for finding in one(project) if codemod.answers(finding.rule)]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _code(text: str) -> str:
    return f"```python\n{textwrap.dedent(text).strip()}\n```"
