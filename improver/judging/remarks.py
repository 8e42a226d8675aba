"""What a text tells its readers besides the code: silenced checks, secrets, orders to reviewers, licences."""

import ast
import functools
import io
import itertools
import math
import re
import tokenize
import unicodedata
from collections import Counter
from collections.abc import Iterator

from improver.source import Source, below

SUPPRESSIONS = re.compile(
    r"\b(noqa|nosec|nosemgrep|type:\s*ignore|pyright:\s*(?:ignore|basic)|mypy:\s*[\w-]+|pylint:\s*(?:disable|skip)\S*"
    r"|pragma:\s*no\s?\w+|ruff:\s*\w+|flake8:\s*noqa|fmt:\s*\w+|yapf:\s*disable|isort:\s*\w+|coverage:\s*\w+"
    r"|noinspection|lint:\s*ignore|codeql)",
    re.IGNORECASE,
)
_VERDICT = r"(?:approv\w*|lgtm|accept\w*|merge\w*|pass(?:es|ed)?\b|green|safe)"
_READER = (
    r"(?:reviewer|review\s+model|reviewing|assistant|language\s+model|llm|gate\s?keeper|judge|grader|auditor|bot)s?"
)
INSTRUCTIONS = (
    re.compile(r"(?:ignore|disregard|forget|override)\W+(?:\w+\W+){0,3}(?:instruction|prompt|rule|polic|guideline)"),
    re.compile(
        rf"{_READER}\W+(?:\w+\W+){{0,4}}(?:must|should|shall|will|can|may|please|to)\W+(?:\w+\W+){{0,5}}{_VERDICT}"
    ),
    re.compile(rf"(?:answer|reply|respond|vote)\W+(?:\w+\W+){{0,3}}{_VERDICT}"),
    re.compile(
        r"(?:do\s+not|don't|never)\W+(?:flag|report|mention|reveal|review|question)\W+(?:this|it|that|these|the)\b"
    ),
    re.compile(r"(?:^|\n)\W*(?:system|assistant)\s*(?:prompt|message|note)?\s*:"),
    re.compile(r"<\|?\s*/?(?:im_start|im_end|system|endoftext)\b|\[/?inst\]"),
    re.compile(r"you\s+are\s+(?:now\s+)?an?\s+(?:\w+\s+){0,3}(?:assistant|reviewer|model|agent|ai)\b"),
    re.compile(r"already\s+(?:been\s+)?(?:approved|verified|reviewed|audited)\s+by"),
)
LICENCE = re.compile(
    r"(?:copyright\s*(?:\(c\)|©|\d)|©\s*\d|spdx-license|\b[al]?gpl\b|all\s+rights\s+reserved)[^\n]*", re.I
)
KNOWN_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[opsur]_\w{30,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20}|\bxox[abeoprs]-[\w-]{10,}"
    r"|\bsk-[\w-]{20,}|\b[sr]k_(?:live|test)_\w{16,}|\bAIza[\w-]{35}|\bnpm_\w{36}|\bpypi-\w{20,}|\bhf_\w{30,}"
    r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY|://[^\s/:@'\"]+:[^\s/@'\"]+@"
)
_SECRET_NAME = re.compile(r"secret|passw|passphrase|api_?key|access_?key|private_?key|auth_?token|credential", re.I)
_OPAQUE = re.compile(r"[A-Za-z0-9+/_=.~-]{20,}\Z")
RANDOM_BITS = 4.2  # bits a character; prose and identifiers of such length stay below when letters and digits mix
HEX_BITS = 3.0


def suppressions(source: Source) -> Counter[str]:
    """Count the comments of `source` that silence a checker, by kind."""
    found = [kind for comment in _comments(source) for kind in SUPPRESSIONS.findall(comment)]
    kinds = [" ".join(re.findall(r"[\w-]+", kind.lower())) for kind in found]
    return Counter(f"silences a check: {kind}" for kind in kinds)


def prose(source: Source) -> str:
    """Return what `source` says in words: its comments and strings, a line each."""
    return "\n".join([*_comments(source), *_literals(source.tree)])


@functools.lru_cache(maxsize=8)
def _comments(source: Source) -> tuple[str, ...]:
    tokens = tokenize.generate_tokens(io.StringIO(source.text, newline="").readline)
    return tuple(token.string for token in tokens if token.type == tokenize.COMMENT)


def instructions(text: str) -> Counter[str]:
    """Count the phrases in `text` that speak to whoever reviews it rather than to its reader."""
    lines = [re.sub(r"^[\s#*\"'>/;-]+", "", line) for line in text.splitlines()]
    folded = unicodedata.normalize("NFKC", "\n".join(lines)).casefold()
    found = [match.group() for pattern in INSTRUCTIONS for match in pattern.finditer(folded)]
    return Counter(f"speaks to the reviewer: {' '.join(phrase.split())[:60]!a}" for phrase in found)


def licences(text: str) -> Counter[str]:
    """Count the lines of `text` that state a licence or a copyright."""
    return Counter(f"states a licence: {match.group()[:60]!a}" for match in LICENCE.finditer(text))


def secrets(text: str, tree: ast.Module | None) -> Counter[str]:
    """Count what looks like a secret: known forms anywhere, opaque or telling literals in Python."""
    found = Counter(f"holds a secret: {match.group()[:6]}..." for match in KNOWN_SECRETS.finditer(text))
    if tree is not None:
        found.update(f"holds an opaque literal: {value[:6]!a}..." for value in _literals(tree) if _random(value))
        found.update(f"holds a secret in {name}" for name in _named_secrets(tree))
    return found


def _literals(tree: ast.Module) -> Iterator[str]:
    for node in below(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


def _random(value: str) -> bool:
    """Tell whether `value` looks drawn by lot: no spaces, mixed kinds of characters, high entropy."""
    if not _OPAQUE.match(value):
        return False
    if len(value) >= 32 and re.fullmatch(r"[0-9a-fA-F]+", value):
        return entropy(value) >= HEX_BITS
    mixed = all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    rising = sum(ord(b) - ord(a) == 1 for a, b in itertools.pairwise(value))
    return mixed and entropy(value) >= RANDOM_BITS and rising < len(value) // 2


def entropy(value: str) -> float:
    """Return the Shannon entropy of `value` in bits a character."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def _named_secrets(tree: ast.Module) -> Iterator[str]:
    """Yield each name that tells of a secret and is bound to a literal of some length."""
    for node in below(tree):
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign):
            pairs = [(node.target, node.value)] if node.value else []
        elif isinstance(node, ast.keyword):
            pairs = [(ast.Name(node.arg or ""), node.value)]
        else:
            continue
        for target, value in pairs:
            name = getattr(target, "id", getattr(target, "attr", ""))
            text = value.value if isinstance(value, ast.Constant) else ""
            if _SECRET_NAME.search(name) and isinstance(text, str) and len(text) >= 8 and " " not in text:
                yield name
