"""What a review tells, as bounded data that may come back from a stranger, and as Markdown."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from improver.errors import UsageError
from improver.pulls.bounding import bounded, fence
from improver.pulls.marking import unmarked
from improver.rationale import as_code, plain
from improver.reviewing import SUGGESTIONS, Review, Suggestion

SCHEMA: Literal["nova/improve/1"] = "nova/improve/1"
MOST_BYTES = 60_000  # of Markdown: a comment on GitHub holds 65,536 characters
MOST_READ = 1 << 20  # bytes of an account that is read back
LONGEST = 1_000  # characters of one sentence or path
LONGEST_CODE = 4_000  # characters of one suggestion
MOST = {"refusals": 100, "questions": 100, "findings": 300, "suggestions": SUGGESTIONS, "unchecked": 100}
Words = Annotated[str, StringConstraints(max_length=LONGEST)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
Line = Annotated[int, Field(ge=1, le=10_000_000)]
Commit = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Found(_Part):
    """One finding of the change."""

    rule: Words
    path: Path
    line: Line
    message: Words


class Better(_Part):
    """Lines [first, last] of a changed file, 1-based, and the text that would stand there instead."""

    key: Words  # of the finding that it answers
    codemod: Words
    safety: Literal["proved", "confined"]
    path: Path
    first: Line
    last: Line
    text: Annotated[str, StringConstraints(max_length=LONGEST_CODE)]
    why: Words


class Told(_Part):
    """One review; `head` is "" for what is only staged, `left_out` counts what did not fit."""

    schema_: Annotated[Literal["nova/improve/1"], Field(alias="schema")] = SCHEMA
    outcome: Literal["refused", "found", "asked", "nothing_new"]
    base: Commit
    head: Commit | Literal[""]
    reason: Words
    gates: Annotated[dict[Words, Literal["pass", "fail", "abstain", "escalate"]], Field(max_length=100)]
    refusals: Annotated[tuple[Words, ...], Field(max_length=MOST["refusals"])]
    questions: Annotated[tuple[Words, ...], Field(max_length=MOST["questions"])]
    findings: Annotated[tuple[Found, ...], Field(max_length=MOST["findings"])]
    suggestions: Annotated[tuple[Better, ...], Field(max_length=MOST["suggestions"])]
    unchecked: Annotated[tuple[Words, ...], Field(max_length=MOST["unchecked"])]
    left_out: Annotated[int, Field(ge=0)] = 0
    next: Annotated[tuple[Words, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Hold the outcome and the first line to what they are made from."""
        stands = (
            "refused" if self.refusals else "found" if self.findings else "asked" if self.questions else "nothing_new"
        )
        if self.outcome != stands or self.reason != _words(verdict(vars(self))):
            message = "the outcome is not that of what was found"
            raise ValueError(message)
        return self

    def as_json(self) -> str:
        """Return it as one JSON object."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), ensure_ascii=True, indent=2)


def told_of(review: Review, base: str, head: str = "") -> Told:
    """Return what `review`, of what `head` brought to `base`, tells; what is too long is cut, too much is counted."""
    every: dict[str, tuple[object, ...]] = {
        "refusals": tuple(map(_words, review.refusals)),
        "questions": tuple(map(_words, review.questions)),
        "findings": tuple(
            Found(rule=_words(one.rule), path=_words(one.path), line=max(1, one.line), message=_words(one.message))
            for one in review.findings
        ),
        "suggestions": tuple(_better(one) for one in review.suggestions if len(one.text) <= LONGEST_CODE),
        "unchecked": tuple(map(_words, (*review.unchecked, *review.unreadable))),
    }
    kept = {name: all_of[: MOST[name]] for name, all_of in every.items()}
    gates = {result.gate: result.ruling.value for result in review.results}
    about: dict[str, Any] = {
        "schema": SCHEMA,
        "outcome": review.outcome,
        "base": base,
        "head": head,
        "gates": gates,
        **kept,
    }
    about["reason"] = _words(verdict(about))
    about["left_out"] = sum(len(all_of) - len(kept[name]) for name, all_of in every.items())
    about["next"] = tuple(sorted({f"improve codemods explain {one.codemod}" for one in review.suggestions}))
    return Told.model_validate(about)


def _words(text: str) -> str:
    """Return `text` within the bound; bytes of a path that are not UTF-8 are spelled out."""
    spelled = text.encode("utf-8", "backslashreplace").decode()
    return spelled if len(spelled) <= LONGEST else spelled[: LONGEST - 1] + "…"


def _better(one: Suggestion) -> Better:
    return Better(
        key=_words(one.finding.key),
        codemod=one.codemod,
        safety=one.safety.value,  # type: ignore[arg-type]
        path=_words(one.finding.path),
        first=one.first,
        last=one.last,
        text=one.text,
        why=_words(one.why),
    )


def verdict(about: Mapping[str, Any]) -> str:
    """Return the first line of every report, from the fields of what is told."""
    passed = sum(ruling == "pass" for ruling in about["gates"].values())
    gates = f"{passed} of {len(about['gates'])} gates pass"
    count = len(about["findings"])
    return {
        "refused": f"refused: {''.join(about['refusals'][:1])}",
        "found": f"{count} new finding{'s' if count > 1 else ''}; {gates}",
        "asked": f"a human is asked; {gates}",
        "nothing_new": f"nothing new; {gates}",
    }[about["outcome"]]


def read(data: bytes) -> Told:
    """Return the account in `data`, which may come from anybody; raise UsageError when it is none within the bounds."""
    if len(data) > MOST_READ:
        raise UsageError("this is no account of a review", why=f"it has more than {MOST_READ} bytes")
    try:
        return Told.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][:3])[:100]
        fix = "improve review --output-format json"
        raise UsageError("this is no account of a review", where=where, why=first["msg"][:200], fix=fix) from None


def markdown(told: Told, most: int = MOST_BYTES) -> str:
    """Return a summary of at most `most` bytes; whatever comes from the change is shown as it is, never rendered."""
    lines = [f"**{plain(told.reason)}**", ""]
    for level, said in (("error", told.refusals), ("warning", told.questions)):
        for one in said:
            gate, _, words = one.partition(": ")
            lines.append(f"- {level}: {as_code(gate)}: {plain(words)}")
    for found in told.findings:
        place = as_code(f"{found.path}:{found.line}")
        lines += [f"- notice: {as_code(found.rule)} at {place}: {plain(found.message)}"]
    for better in told.suggestions:
        lines += ["", *_suggestion(better)]
    if told.unchecked:
        lines += ["", "Not checked:", "", *(f"- {plain(words)}" for words in told.unchecked)]
    if told.left_out:
        lines += ["", f"{told.left_out} more were left out of this told."]
    return bounded([unmarked(line) for line in lines], most)


def _suggestion(one: Better) -> list[str]:
    mark = fence(one.text)
    said = f"{as_code(f'{one.path}:{one.first}')} could be ({one.safety}; {plain(one.why)}):"
    return [said, "", f"{mark}python", *one.text.rstrip("\n").split("\n"), mark]
