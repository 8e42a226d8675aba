"""Show a proposal on a host: title, text, labels and check, made of its evidence and nothing else (pure)."""

import re
from collections import Counter
from collections.abc import Sequence

from improver import rationale
from improver.host import Annotation, Check
from improver.proposing import account_of
from improver.pulls.marking import ProposalMark, marked, marks, unmarked, with_mark
from improver.rationale import Ways, counted, one_line, plain
from improver.records import TESTS_ALONE, Ruling, Safety
from improver.verify.evidence import Evidence

BODY_BYTES = 60_000  # a host takes 65,536 characters
SUMMARY_BYTES = 30_000
ANNOTATIONS = 50  # findings shown at their lines
LABEL = "nova"
COMPLETE = "complete"  # the mark of a pull request with which every step was done
CHECK = "nova gates"
# What a page or a log acts on even in plain text; a space keeps it from that.
ACTIVE = re.compile(r"(?<=#)(?=\d)|(?<=@)(?=\w)|(?<=\b[Gg][Hh]-)(?=\d)|(?<=:)(?=//)|(?<=:)(?=:)")
COMMAND = re.compile(r"^([ \t]*)(::|##\[)", re.MULTILINE)  # a log would obey such a line


def title(evidence: Evidence) -> str:
    """Return the title: one line in which no reference, mention or command comes alive."""
    return rationale.title(ACTIVE.sub(" ", one_line(evidence.title)))


def body(evidence: Evidence, mark: ProposalMark, branch: str, *, complete: bool) -> str:
    """Return the text of a pull request, at most BODY_BYTES long; its last line is the mark."""
    end = with_mark(marked(COMPLETE, {}) if complete else "", mark).lstrip()
    text = COMMAND.sub(r"\1`\2`", unmarked(rationale.told(account_of(evidence, ""), ways(branch))))
    return f"{bounded(text, BODY_BYTES - _size(end) - 1, branch)}\n{end}"


def ways(branch: str) -> Ways:
    """Return how a human goes on from a pull request."""
    return Ways(
        "revert the merge, which is one commit, with the button on this page.",
        f"`improve verify --pr {branch}` runs every gate again and compares the claims digest.",
        "Close this, or comment `/nova no because …`; `/nova no here` means the rule in this file, `/nova no rule` "
        "the whole rule. `/nova undo-no` takes it back.",
    )


def is_complete(text: str) -> bool:
    """Tell whether a pull request's text says that every step was done with it."""
    return bool(marks(text, COMPLETE))


def bounded(text: str, room: int, branch: str) -> str:
    """Return `text` in at most `room` bytes: the longest sections lose their last lines, and say how many."""
    sections = [section.split("\n") for section in text.rstrip("\n").split("\n\n## ")]
    lost: Counter[int] = Counter()

    def whole() -> str:
        notes = [_note(lost[number], branch) if lost[number] else "" for number in range(len(sections))]
        return "\n\n## ".join("\n".join(lines) + note for lines, note in zip(sections, notes, strict=True)) + "\n"

    while (excess := _size(whole()) - room) > 0 and any(len(lines) > 1 for lines in sections):
        longest = max(
            (number for number, lines in enumerate(sections) if len(lines) > 1),
            key=lambda number: sum(map(_size, sections[number])),
        )
        dropped = 0
        while dropped < min(excess, room // len(sections)) and len(sections[longest]) > 1:
            dropped += _size(sections[longest].pop()) + 1
            lost[longest] += 1
    return whole()


def _note(count: int, branch: str) -> str:
    return f"\n\n{count} {'line is' if count == 1 else 'lines are'} left out here: `improve verify --pr {branch}`."


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def labels(evidence: Evidence) -> tuple[str, ...]:
    """Return the labels of a pull request: that it is ours, who wrote it and how risky it is."""
    kind = "model" if evidence.author == "model" else "test" if evidence.safety in TESTS_ALONE else "codemod"
    return LABEL, f"{LABEL}:{kind}", f"risk:{evidence.safety.value.replace(' ', '-')}"


def asks(evidence: Evidence) -> bool:
    """Tell whether a human must decide more than whether they like it: then the pull request stays a draft."""
    left = any(result.ruling is Ruling.ESCALATE for result in evidence.gates)
    return left or evidence.safety is Safety.BEHAVIOUR_CHANGE


def check(evidence: Evidence, head: str) -> Check:
    """Return the check run on the commit `head`: how every gate ruled, and each finding at its line."""
    ruled = Counter(result.ruling.value for result in evidence.gates)
    lines = [f"- {one.gate}: {one.ruling.value}, {plain(one.claim)} ({counted(one.receipt)})" for one in evidence.gates]
    left = len(evidence.findings) - ANNOTATIONS
    lines += [f"- {left} more findings are not shown at their lines"] if left > 0 else []
    return Check(
        name=CHECK,
        head=head,
        conclusion="neutral" if asks(evidence) else "success",
        title=f"{sum(ruled.values())} gates: " + ", ".join(f"{count} {word}" for word, count in ruled.items()),
        summary=_fitting(lines, SUMMARY_BYTES),
        key=evidence.digest,
        annotations=tuple(
            Annotation(one.path, one.line, "notice", one_line(one.rule), one_line(one.message) or one_line(one.rule))
            for one in evidence.findings[:ANNOTATIONS]
        ),
    )


def _fitting(lines: Sequence[str], room: int) -> str:
    """Return as many of `lines` as fit, and how many do not."""
    kept: list[str] = []
    for line in lines:
        if sum(map(_size, kept)) + len(kept) + _size(line) > room:
            return "\n".join([*kept, f"- {len(lines) - len(kept)} more lines are left out"]) + "\n"
        kept.append(line)
    return "\n".join(kept) + "\n"
