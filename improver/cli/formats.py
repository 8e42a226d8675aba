"""A review as others read it: annotations of a CI run, SARIF for code scanning, Markdown for a summary."""

from collections.abc import Iterator
from urllib.parse import quote

from improver.rationale import as_code, plain
from improver.reviewing import Review, Suggestion

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_BYTES = 60_000  # of Markdown: a comment on GitHub holds 65,536 characters
FENCE = "`" * 4  # longer than what code in a suggestion may hold
Remark = tuple[str, str, int, str, str]  # level, file ("" for the whole change), line from 1, rule, words


def remarks(review: Review) -> Iterator[Remark]:
    """Yield all there is to say, what refuses first."""
    for level, said in (("error", review.refusals), ("warning", review.questions)):
        for one in said:
            gate, _, words = one.partition(": ")
            yield level, "", 1, gate, words
    for finding in review.findings:
        yield "notice", finding.path, finding.line, finding.rule, finding.message


def verdict(review: Review) -> str:
    """Return the first line of every report."""
    passed = sum(result.ruling.value == "pass" for result in review.results)
    gates = f"{passed} of {len(review.results)} gates pass"
    count = len(review.findings)
    return {
        "refused": f"refused: {review.refusals[0] if review.refusals else ''}",
        "found": f"{count} new finding{'s' if count > 1 else ''}; {gates}",
        "asked": f"a human is asked; {gates}",
        "nothing_new": f"nothing new; {gates}",
    }[review.outcome]


def github(review: Review) -> list[str]:
    """Return workflow commands, which GitHub shows beside the lines; nothing that is quoted can begin another one."""
    return [
        f"::{level} {_place(path, line)}title={_property(rule)}::{_data(words)}"
        for level, path, line, rule, words in remarks(review)
    ]


def _place(path: str, line: int) -> str:
    return f"file={_property(path)},line={line}," if path else ""


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(review: Review, version: str) -> dict[str, object]:
    """Return the review as one SARIF 2.1.0 log."""
    said = [*remarks(review)]
    rules = [{"id": rule} for rule in dict.fromkeys(rule for _, _, _, rule, _ in said)]
    driver = {"name": "nova improver", "semanticVersion": version, "rules": rules}
    results = [_result(remark) for remark in said]
    return {"$schema": SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _result(remark: Remark) -> dict[str, object]:
    level, path, line, rule, words = remark
    place = {"artifactLocation": {"uri": quote(path, errors="surrogateescape")}, "region": {"startLine": line}}
    found = [{"physicalLocation": place}] if path else []
    return {
        "ruleId": rule,
        "level": "note" if level == "notice" else level,
        "message": {"text": words},
        "locations": found,
    }


def markdown(review: Review) -> str:
    """Return a summary of bounded size; whatever stands in it from the change is shown as it is, never rendered."""
    lines = [f"**{plain(verdict(review))}**", ""]
    for level, path, line, rule, words in remarks(review):
        place = f" at {as_code(f'{path}:{line}')}" if path else ""
        lines.append(f"- {level}: {as_code(rule)}{place}: {plain(words)}")
    for one in review.suggestions:
        lines += ["", *_suggestion(one)]
    if review.unchecked:
        lines += ["", "Not checked:", "", *(f"- {plain(words)}" for words in review.unchecked)]
    return _bounded(lines)


def _suggestion(one: Suggestion) -> list[str]:
    where = as_code(f"{one.finding.path}:{one.first}")
    code = one.text.rstrip("\n").split("\n")
    return [f"{where} could be ({one.safety.value}; {plain(one.why)}):", "", f"{FENCE}python", *code, FENCE]


def _bounded(lines: list[str]) -> str:
    """Return the first lines that fit, and say how many do not."""
    kept, size = list[str](), 0
    for number, line in enumerate(lines):
        size += len(line.encode()) + 1
        if size > MOST_BYTES:
            return "\n".join([*kept, "", f"{len(lines) - number} lines more did not fit here."]) + "\n"
        kept.append(line)
    return "\n".join(kept) + "\n"
