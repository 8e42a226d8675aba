"""What a change's own words do, state and claim: hidden or live text, numbers, files, and the kind of the change."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from enum import StrEnum

from improver.judging.remarks import instructions

LIVE = (  # what a hosting site, or a program that reads commits, acts on
    ("markup", re.compile(r"<[a-z!/?][^>]*>|&#?\w+;", re.IGNORECASE)),
    ("a link", re.compile(r"\w://|\bwww\.\w|\]\s*\(|\bmailto:", re.IGNORECASE)),
    ("a mention", re.compile(r"(?<![\w.])@[\w-]")),
    ("a reference to an issue", re.compile(r"(?:(?<!\w)|\b\w[\w.-]*/[\w.-]+)#\d|\bgh-\d", re.IGNORECASE)),
    ("a trailer", re.compile(r"(?:^|\n)\s*(?:[A-Za-z]+(?:-[A-Za-z]+)+|BREAKING CHANGE):\s")),
    ("an order to a pipeline", re.compile(r"\[(?:skip|no|ci)[ -](?:ci|skip|actions)\]", re.IGNORECASE)),
    ("a heading, a table or a fence", re.compile(r"(?:^|\n)\s*(?:#{1,6}\s|\||```|~~~|---)")),
)
COMMENT = re.compile(r"<!--")
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,_:]\d+)*(?![\w])")
NAMED_NUMBER = re.compile(r"\b(?:python|pep|rfc|utf|iso|latin|http|unicode)[- ]?\d[\d.]*", re.IGNORECASE)
_AMOUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|dozens? of|hundred|thousand|many|several|\d+)"
_THAN = r"(?:as|the|faster|slower|smaller|less|fewer|more|quicker)"
FACTOR = re.compile(rf"\b(?:twice|thrice|{_AMOUNT}(?: times|-?fold))\s+{_THAN}\b")
FILE = re.compile(r"(?<![\w/.-])[\w./-]*\w\.(?:cfg|ini|ipynb|json|lock|md|pyi?|rst|sh|toml|txt|ya?ml)\b")
CALLED = re.compile(r"\b([A-Za-z_]\w*)\(\)")


class Kind(StrEnum):
    """What words say a change is; each can be held against the code."""

    SAME = "it says that behaviour stays as it is"
    WORDS = "it says that only words or layout change"
    TYPO = "it says that it corrects a spelling"
    RENAME = "it says that it renames"
    ANNOTATIONS = "it says that it annotates"
    IMPORTS = "it says that it tidies imports"
    TESTS_ONLY = "it says that only tests change"
    A_TEST = "it says that it adds a test"


_ANY = r"(?:(?!of\b|with\b|for\b|from\b|in\b|to\b|and\b|handl|pars|extract|read|strip|support)[\w'-]+ ){0,3}"
_TEXTS = r"(?:code )?(?:comments?|docs?|docstrings?|documentation|wording)"
_LAYOUT = rf"(?:{_TEXTS}|words|text|whitespace|formatting|layout)"
_ENDS = r"(?:$|[.,;:!]| (?:in|of|for|on|about|at|better|again|typos?)\b)"
_BEHAVIOUR = r"(?:behaviou?r|functionality|functional\w*|logic|semantics?)"
TITLES = (  # how a title begins
    (
        Kind.WORDS,
        rf"(?:docs?|documentation|comments?|style|format(?:ting)?)(?:\([^)]*\))?!?:|re-?format\b|{_TEXTS} only",
    ),
    (
        Kind.WORDS,
        rf"(?:fix|mend|correct|re-?word|word|improve|clarify|update|add|extend|polish|tidy|shorten)(?:es|s|ed)? {_ANY}"
        rf"{_TEXTS}{_ENDS}",
    ),
    (Kind.RENAME, r"renam(?:e|es|ed|ing)\b"),
    (Kind.ANNOTATIONS, rf"annotat(?:e|es|ed|ing)\b|add {_ANY}(?:type )?(?:annotations?|hints?)\b"),
    (Kind.IMPORTS, rf"(?:sort|order|organi[sz]e|tidy|group)(?:s|ed)? {_ANY}imports\b|removes? {_ANY}unused imports?\b"),
    (Kind.TESTS_ONLY, r"tests?(?:\([^)]*\))?!?:"),
    (Kind.A_TEST, rf"(?:add|write)s? {_ANY}tests?\b"),
)
ANYWHERE = (
    (
        Kind.SAME,
        rf"\bno (?:\w+ )?{_BEHAVIOUR}(?:al)? (?:change|difference)s?|\b{_BEHAVIOUR} (?:is|are|stays?|remains?|was)"
        r" (?:\w+ )?(?:the same|unchanged|identical|preserved|kept|intact|untouched|as it was)"
        rf"|\b(?:without|not|never|n't) (?:\w+ )?(?:chang|alter|affect)\w* (?:\w+ )?{_BEHAVIOUR}"
        rf"|\b(?:preserv|keep)\w* (?:\w+ )?{_BEHAVIOUR}|\b{_BEHAVIOUR}[- ](?:preserving|neutral)"
        r"|\bpurely cosmetic|\bcosmetic only|\bnothing (?:else )?changes\b|\bno-?op\b",
    ),
    (
        Kind.WORDS,
        rf"\b(?:only|just|merely|nothing but) (?:a |an |the |some )?{_LAYOUT}\b|\b{_LAYOUT}(?: changes?)?[- ]only\b",
    ),
    (Kind.TYPO, r"\btypos?\b|\bmis-?spel\w+|\bspelling\b"),
    (Kind.RENAME, r"\b(?:only|just) (?:a )?renam\w+|\brenam\w+[- ]only\b"),
    (Kind.ANNOTATIONS, r"\b(?:only|just) (?:type )?(?:annotations?|hints?)\b|\bannotations?[- ]only\b"),
    (Kind.TESTS_ONLY, r"\bonly (?:the )?tests? (?:change|is|are)\b|\btests?[- ]only\b"),
)


def claimed(title: str, why: str) -> Iterator[tuple[Kind, str]]:
    """Yield each kind of change that the words claim, with the words that do; a kind once."""
    head, whole = (" ".join(_folded(text).split()) for text in (title, f"{title} . {why}"))
    seen = set[Kind]()
    found = [(kind, re.match(pattern, head)) for kind, pattern in TITLES]
    found += [(kind, re.search(pattern, whole)) for kind, pattern in ANYWHERE]
    for kind, match in found:
        if match and kind not in seen:
            seen.add(kind)
            yield kind, match.group().strip()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def concealed(text: str) -> Iterator[str]:
    """Yield what of `text` its reader does not see, whoever wrote it."""
    if COMMENT.search(text):
        yield "holds a comment that is not shown"
    for char in sorted({char for char in text if _unseen(char)}):
        yield f"holds the invisible character U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def _unseen(char: str) -> bool:
    return char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def live(text: str) -> Iterator[str]:
    """Yield what of `text` does something, or speaks to its judge, instead of saying something."""
    for name, pattern in LIVE:
        if match := pattern.search(text):
            yield f"holds {name}: {match.group().strip()[:30]!a}"
    yield from sorted(instructions(text))


def unbacked(text: str, known: Collection[str]) -> Iterator[str]:
    """Yield each number, and each "ten times faster", in `text` that is not among the numbers that are `known`."""
    plain = NAMED_NUMBER.sub(" ", FILE.sub(" ", unicodedata.normalize("NFKC", text)))
    for number in dict.fromkeys(NUMBER.findall(plain)):
        if number not in known:
            yield f"states the number {number}, which no receipt holds"
    for match in FACTOR.finditer(plain.casefold()):
        yield f"states {match.group()!a}, which no receipt holds"


def numbers(text: str) -> frozenset[str]:
    """Return the numbers that stand in `text`, also within words."""
    return frozenset((*re.findall(r"\d+", text), *NUMBER.findall(text)))


def strangers(text: str, paths: Collection[str], content: str) -> Iterator[str]:
    """Yield each file that `text` names and the change does not touch, each function it calls that is not there."""
    for name in dict.fromkeys(FILE.findall(text)):
        if name not in content and not any(path == name or path.endswith(f"/{name.lstrip('./')}") for path in paths):
            yield f"names {name}, which the change does not touch"
    for name in dict.fromkeys(CALLED.findall(text)):
        if not re.search(rf"\b{name}\b", content):
            yield f"names {name}(), which stands in no touched file"
