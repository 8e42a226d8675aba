"""Evidence: canonical bytes that bind verdicts to base, tree, policy, gate code and tools, and their digest."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from improver.errors import ImproverError
from improver.records import Finding, GateResult, Receipt, Safety, Tier

JUDGE_FOLDERS = ("gates", "judging", "verify", "defaults")
JUDGE_FILES = (  # what those folders stand on, and what decides where they run and what is still bound by them
    *("errors.py", "experiments.py", "gate.py", "judge.py", "names.py", "policy.py", "ports.py", "records.py"),
    *("source.py", "discover.py", "canaries.py", "preparing.py", "verifying.py"),
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was proved about one tree against one base; times are ISO 8601 UTC."""

    base: str
    tree: str
    rule: str  # what the change declares about itself: rule, risk, and the one observable that differs
    safety: Safety
    observable: str
    author: str
    title: str  # its words: all that a proposal's text may say comes from here
    why: str
    safe_when: str
    findings: tuple[Finding, ...]
    refused: tuple[str, ...]  # what else was tried for this place, with the gate that refused it
    policy: str
    gate_code: str
    tools: Mapping[str, str]
    tier: Tier
    sandbox: str  # digest of the sandbox's argument vector
    baseline: Receipt
    gates: tuple[GateResult, ...]
    nonce: str
    made: str
    expires: str
    version: int = 1

    def claims(self) -> dict[str, object]:
        """Return what the claims digest covers: no times, nonce or expiry."""
        return {
            "version": self.version,
            "base": self.base,
            "tree": self.tree,
            "rule": self.rule,
            "safety": self.safety.value,
            "observable": self.observable,
            "author": self.author,
            "title": self.title,
            "why": self.why,
            "safe_when": self.safe_when,
            "findings": [[one.key, one.rule, one.path, one.symbol, one.message] for one in self.findings],
            "refused": list(self.refused),
            "policy": self.policy,
            "gate_code": self.gate_code,
            "tools": dict(self.tools),
            "tier": self.tier.value,
            "sandbox": self.sandbox,
            "gates": [
                [result.gate, result.claim, result.ruling.value, dict(result.receipt.counts), list(result.reasons)]
                for result in self.gates
            ],
        }

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes, times and nonce included; the commit carries it, so no byte is free."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def claims_digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of the claims."""
        return hashlib.sha256(canonical(self.claims())).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the canonical bytes, the claims digest included."""
        body = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return canonical(body | {"claims_digest": self.claims_digest})


_ADAPTER: TypeAdapter[Evidence] = TypeAdapter(Evidence)


def canonical(value: object) -> bytes:
    """Return `value` as JSON with sorted keys and no spaces, one final newline."""
    text = json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} is no part of evidence")


def read(data: bytes) -> Evidence:
    """Read evidence bytes; refuse what is not canonical or whose digest does not fit its claims."""
    if not data:
        why = "it is empty: the proposal came from a pull request whose evidence was not there"
        raise ImproverError("this is not evidence", why=why, fix="let a run make the change anew")
    try:
        body = json.loads(data)
        stated = body.pop("claims_digest")
        evidence = _ADAPTER.validate_json(json.dumps(body))
    except (ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
        why = str(error).split("\n")[0]
        raise ImproverError("this is not evidence", why=why, fix="re-make it: improve verify N") from error
    if evidence.claims_digest != stated or evidence.to_bytes() != data:
        why = "its digest does not fit its claims"
        raise ImproverError("the evidence was altered", why=why, fix="re-make the proposal")
    return evidence


def nonce_of(data: bytes) -> str:
    """Return the nonce of evidence bytes, "" when they are none."""
    try:
        return read(data).nonce
    except ImproverError:
        return ""


def differences(old: Evidence, new: Evidence) -> list[str]:
    """Say in sentences where the claims of two evidences differ."""
    before, after = old.claims(), new.claims()
    lines = [
        f"{name}: {before[name]} -> {after[name]}" for name in before if name != "gates" and before[name] != after[name]
    ]
    old_gates = {result.gate: result for result in old.gates}
    new_gates = {result.gate: result for result in new.gates}
    for name in sorted(old_gates.keys() | new_gates.keys()):
        lines += _gate_difference(name, old_gates.get(name), new_gates.get(name))
    return lines


def _gate_difference(name: str, old: GateResult | None, new: GateResult | None) -> list[str]:
    if old is None or new is None:
        return [f"gate {name}: {'only in the re-run' if old is None else 'missing from the re-run'}"]
    lines = [
        f"gate {name}: {field} {getattr(old, field)} -> {getattr(new, field)}"
        for field in ("claim", "ruling", "reasons")
        if getattr(old, field) != getattr(new, field)
    ]
    if dict(old.receipt.counts) != dict(new.receipt.counts):
        lines.append(f"gate {name}: counts {dict(old.receipt.counts)} -> {dict(new.receipt.counts)}")
    return lines


def gate_code_digest(files: Mapping[str, bytes]) -> str:
    """Digest the judge's own code; `files` maps paths relative to the `improver` package to bytes."""
    chosen = {path: data for path, data in files.items() if _belongs_to_judge(path)}
    whole = hashlib.sha256()
    for path in sorted(chosen):
        whole.update(f"{path}\0{hashlib.sha256(chosen[path]).hexdigest()}\n".encode())
    return whole.hexdigest()


def running_code() -> dict[str, bytes]:
    """Read the files of the `improver` package that runs now."""
    root = Path(__file__).resolve().parent.parent
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def _belongs_to_judge(path: str) -> bool:
    head, _, rest = path.partition("/")
    return head in JUDGE_FOLDERS if rest else path in JUDGE_FILES


def without_machine(receipt: Receipt, places: Iterable[tuple[str, str]]) -> Receipt:
    """Return the receipt with paths of this machine replaced by stable words."""
    argv = receipt.argv
    for place, word in places:
        argv = tuple(part.replace(place, word) for part in argv)
    return dataclasses.replace(receipt, argv=argv)
