"""A review as others read it: annotations of a CI run, SARIF for code scanning."""

from collections.abc import Iterator
from urllib.parse import quote

from improver.reviewing import Review

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
Remark = tuple[str, str, int, str, str]  # level, file ("" for the whole change), line from 1, rule, words


def remarks(review: Review) -> Iterator[Remark]:
    """Yield all there is to say, what refuses first."""
    for level, said in (("error", review.refusals), ("warning", review.questions)):
        for one in said:
            gate, _, words = one.partition(": ")
            yield level, "", 1, gate, words
    for finding in review.findings:
        yield "notice", finding.path, finding.line, finding.rule, finding.message


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
