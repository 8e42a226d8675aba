"""What humans permit: policies/*.yaml as frozen, validated records, and the pure decisions on them."""

import difflib
import functools
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from improver.errors import PolicyError
from improver.records import GateResult, Ruling, Safety, Tier

NAMES = ("scope", "gates", "budget", "review")
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]


def _inside(pattern: str) -> str:
    """Return a glob that stays below where it is asked, and finds something; raise ValueError for any other."""
    parts = PurePosixPath(pattern).parts
    if not parts or pattern.startswith("/") or ".." in parts or any("**" in part and part != "**" for part in parts):
        raise ValueError("write a path below the root of the project; * stands for a part of a name, ** for folders")
    return pattern


Inside = Annotated[str, AfterValidator(_inside)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Scope(_Section):
    """Which paths a machine may touch; patterns are globs where ** crosses directories."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    frozen: tuple[str, ...]  # the judge: findings there are report-only
    tests: tuple[str, ...]
    configuration: tuple[str, ...]
    dependencies: tuple[str, ...]  # where it is written what the project needs, and what was brought along
    host: tuple[str, ...] = ()  # pytest node id prefixes that cannot run inside a sandbox


class Risk(_Section):
    """What one risk class needs: gates that must pass; all others may also abstain."""

    must: tuple[str, ...]
    publish: bool | Literal["reproduced"] = True  # may leave this machine as a pull request; with a reproducing test


class Limits(_Section):
    """How large one proposal may be."""

    lines: Positive
    files: Positive
    file_bytes: Positive


class Suite(_Section):
    """Bounds of one run of the project's test suite."""

    seconds: Positive
    memory_mib: Positive
    processes: Positive
    output_mib: Positive
    file_mib: Positive
    loopback: bool
    flake_runs: Positive  # how often the baseline runs before its outcomes are believed
    generated: tuple[
        Inside, ...
    ] = ()  # globs of files that the build makes and git does not keep: runs take them along


class Trials(_Section):
    """Bounds of what gates find out beyond the suite: recordings, replays, mutants, repetitions, slopes."""

    calls: Positive  # recorded calls kept of one function
    call_bytes: Positive  # a call whose pickled arguments are larger is not kept
    generated: Count  # inputs made for one function, where its annotations allow
    symbolic: Count  # seconds of CrossHair's search, where the project's environment has it
    mutants: Positive  # of the functions that one change touches
    repetitions: Positive  # fresh processes for new and impacted tests
    growth: Annotated[float, Field(ge=1)]  # a candidate may cost this many times the base at the largest input
    seconds: Positive  # any one trial


class Gates(_Section):
    """Order of the gates, what each risk class needs, and every threshold."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    order: tuple[str, ...]
    risk: Mapping[str, Risk]
    limits: Limits
    suite: Suite
    trials: Trials
    evidence_tier: Tier = Field(strict=False)  # below it nothing is evidence
    evidence_days: Positive


class Budget(_Section):
    """How much one run may do."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    proposals: Positive  # a run
    open_proposals: Positive
    attempts: Positive  # candidates put through the gates in one run
    seconds: Positive
    open_pulls: Positive = 5  # pull requests of ours that may wait for a human at once
    nightly_pulls: Positive = 3  # of them, opened within one day


class Worth(_Section):
    """How the worth of a change is weighed: its codemod's value times its safety, 1 to 25, raised by what is measured.

    Each weight is how much the best evidence of its kind adds: 0.5 makes ten fifteen, and 0 ignores it.
    """

    floor: Annotated[float, Field(ge=0)] = 4.0  # below it nothing is proposed
    acceptance: Annotated[float, Field(ge=0, le=1)] = 0.25  # a rule that humans accept less often is only reported
    callers: Annotated[float, Field(ge=0)] = 0.5  # places that call the function
    changes: Annotated[float, Field(ge=0)] = 0.5  # how often its file was changed
    covered: Annotated[float, Field(ge=0)] = 0.5  # how much of it the tests run
    simpler: Annotated[float, Field(ge=0)] = 1.0  # how far its complexity falls
    places: Annotated[float, Field(ge=0)] = 0.5  # how many places are mended at once
    history_days: Positive = 365  # how far back changes are counted


class Review(_Section):
    """What is worth a human's time."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    ruff_rules: tuple[str, ...]  # safe fixes, one rule per proposal
    codemods_off: tuple[str, ...] = ()
    complexity: Positive  # cognitive; above it a function is reported
    duplicate_statements: Positive  # nested ones included; so many that stand in two places are reported
    worth: Worth = Worth()


class Policy(_Section):
    """All policies of one base commit."""

    scope: Scope
    gates: Gates
    budget: Budget
    review: Review

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of these policies."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def is_test(self, path: str) -> bool:
        """Tell whether `path` belongs to the tests."""
        return matches(path, self.scope.tests)

    def is_configuration(self, path: str) -> bool:
        """Tell whether `path` configures lint, tests, types, coverage or packaging."""
        return matches(path, self.scope.configuration)

    def is_frozen(self, path: str) -> bool:
        """Tell whether `path` belongs to the judge."""
        return matches(path, self.scope.frozen)

    def may_touch(self, path: str) -> str:
        """Return "" when a machine may touch `path`, else the rule that forbids it."""
        for label, patterns in (
            ("frozen", self.scope.frozen),
            ("deny", self.scope.deny),
            ("configuration", self.scope.configuration),
        ):
            if (pattern := first_match(path, patterns)) is not None:
                return f"scope.{label}: {pattern}"
        return "" if matches(path, self.scope.allow) else "scope.allow names no such path"

    def decides(self, safety: Safety, results: tuple[GateResult, ...]) -> tuple[str, ...]:
        """Return the reasons why `results` do not carry a change of this risk; empty when they do."""
        ruled = {result.gate: result.ruling for result in results}
        said = {result.gate: f" ({'; '.join(result.reasons)})" for result in results if result.reasons}
        must = self.gates.risk[safety.value].must
        failed = tuple(
            f"{result.gate}: {'; '.join(result.reasons) or result.claim}"
            for result in results
            if result.ruling is Ruling.FAIL
        )
        held = f"must pass where the risk is {safety.value}, but"
        unproved = tuple(
            f"{name}: {held} {ruled.get(name, 'did not run')}{said.get(name, '')}"
            for name in must
            if ruled.get(name) not in (Ruling.PASS, Ruling.FAIL, Ruling.ESCALATE)
        )
        return failed or unproved  # after a failure the rest did not run


def normal(path: str) -> str:
    """Return `path` as protected names are compared: NFKC and case-folded."""
    return unicodedata.normalize("NFKC", path).casefold()


@functools.lru_cache(maxsize=4096)
def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", normal(glob))
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts) + r"\Z")


def first_match(path: str, globs: tuple[str, ...]) -> str | None:
    """Return the first of `globs` that `path` matches, compared case-folded and NFKC."""
    name = normal(path)
    return next((glob for glob in globs if _pattern(glob).match(name)), None)


def matches(path: str, globs: tuple[str, ...]) -> bool:
    """Tell whether `path` matches one of `globs`."""
    return first_match(path, globs) is not None


def parse(texts: Mapping[str, bytes]) -> Policy:
    """Read one YAML text per name in NAMES; raise PolicyError that names file, key and fix."""
    parts = {name: _section(name, texts[name]) for name in NAMES}
    try:
        policy = Policy.model_validate_json(json.dumps(parts, default=str))  # JSON: strict, but lists may be tuples
    except ValidationError as error:
        raise _explained(error) from error
    missing = [safety.value for safety in Safety if safety.value not in policy.gates.risk]
    if missing:
        raise PolicyError(
            f"policies/gates.yaml: risk lacks {', '.join(missing)}", fix="say what each risk class must pass"
        )
    return policy


def _section(name: str, text: bytes) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"policies/{name}.yaml is not YAML", why=str(error).replace("\n", " "), fix="mend the syntax"
        ) from error


def _explained(error: ValidationError) -> PolicyError:
    """Turn pydantic's first complaint into what, where, why and fix; an unknown key is often why another is missing."""
    first = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
    place = [str(part) for part in first["loc"]]
    where = f"policies/{place[0]}.yaml: {'.'.join(place[1:]) or 'the whole file'}"
    if first["type"] != "extra_forbidden":
        return PolicyError("a policy does not say what it can say", where=where, why=first["msg"], fix="correct it")
    close = difflib.get_close_matches(place[-1], _known_keys(), n=1)
    fix = f"did you mean {close[0]!r}?" if close else "remove it"
    return PolicyError(f"unknown key {place[-1]!r}", where=where, why="no policy has such a key", fix=fix)


def _known_keys() -> list[str]:
    sections = (Scope, Gates, Budget, Review, Risk, Limits, Suite, Trials, Worth)
    return sorted({key for section in sections for key in section.model_fields})
