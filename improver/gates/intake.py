"""Intake: only plain text files under safe names, saying what they seem to say, reach the other gates."""

import io
import re
import tokenize
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from improver.gate import Candidate, Example, gate
from improver.policy import normal
from improver.records import EXECUTABLE, REGULAR, Edit, File, GateResult, Tree
from improver.source import Source, Unreadable

RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
GIT = re.compile(r"\.git(attributes|modules|config)?|\.lfsconfig|git~[0-9]+", re.IGNORECASE)
FORBIDDEN = set('\\:*?"<>|')
BINARY = re.compile(r"\.(a|bin|class|dll|dylib|egg|exe|gz|jar|o|pth|py[cdo]|so|tar|whl|xz|zip)(\.|$)", re.IGNORECASE)
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
LONE = re.compile("\r(?!\n)")
PLAIN_CONTROLS = set("\t\n\r\f")
INVISIBLE = set("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")  # blank, yet no format characters
HIDDEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # variation selectors can carry hidden bytes
WORD = re.compile(r"\w*[^\W\d_a-zA-Z]\w*")  # a word with a letter beyond ASCII
TITLE = 100  # characters; longer subjects are cut by everything that shows them


@gate(
    cost=1,
    passes=Example({"pier/a.py": "depth = 1\n"}, {"pier/a.py": "depth = 2\n"}),
    fails=Example({"pier/a.py": "depth = 1\n"}, {"pier/a.py": "depth = 2  # \u202e1 = htped\n"}),
)
def intake(candidate: Candidate) -> GateResult:
    """Is this a change that can even be read?"""
    edits, limit = candidate.change.edits, candidate.policy.gates.limits.file_bytes
    reasons = [*_envelope(candidate), *_collisions(candidate.base, edits)]
    for edit in edits:
        found = [*bad_name(edit.path), *_mode(edit)]
        if edit.after is not None:
            found += _bytes(edit.path, edit.after, limit) or _content(edit.path, edit.before, edit.after)
        reasons += [f"{edit.path!a}: {reason}" for reason in found]
    receipt = candidate.inspected({"files": len(edits), "bytes": sum(len(e.after.data) for e in edits if e.after)})
    return candidate.holds("whole text files under safe names, readable as they look", receipt, reasons)


def _envelope(candidate: Candidate) -> Iterator[str]:
    """Yield what is wrong with the change as a record."""
    change = candidate.change
    if not change.edits:
        yield "nothing changes"
    if len(set(change.paths)) < len(change.paths):
        yield "a path is edited twice"
    for edit in change.edits:
        if edit.before != candidate.base.get(edit.path):
            yield f"{edit.path!a}: the file it was made from is not the base's"
        if edit.before == edit.after:
            yield f"{edit.path!a}: nothing changes"
    if (
        not change.title.strip()
        or len(change.title) > TITLE
        or any(_hidden(char, plain=set()) for char in change.title)
    ):
        yield f"the title is not one plain line of at most {TITLE} characters"


def bad_name(path: str) -> Iterator[str]:
    """Yield why `path` is not a name that means the same file everywhere."""
    parts = path.split("/")
    if path.startswith("/") or not path:
        yield "the path is absolute or empty"
    if any(part in {"", ".", ".."} for part in parts):
        yield "the path leaves or repeats its folder"
    if any(_hidden(char, plain=set()) or char in FORBIDDEN for char in path):
        yield "the name holds a character that is invisible or special elsewhere"
    if unicodedata.normalize("NFKC", path) != path:
        yield "the name changes under NFKC"
    for part in parts:
        yield from _bad_part(part)


def _bad_part(part: str) -> Iterator[str]:
    if part.startswith(("-", " ", "~")):
        yield "a name starts like an option, a space or a home folder"
    if part.endswith((" ", ".")) and part not in {".", ".."}:
        yield "a name ends in a space or a dot"
    if RESERVED.fullmatch(part):
        yield "a name is reserved on Windows"
    if GIT.fullmatch(part):
        yield "a name is git's own"
    if len(part.encode(errors="surrogatepass")) > 255:
        yield "a name is too long"


def _collisions(base: Tree, edits: Iterable[Edit]) -> Iterator[str]:
    """Yield each new path that some file system would take for an existing one."""
    new = [edit.path for edit in edits if edit.before is None]
    if not new:
        return
    spellings: dict[str, set[str]] = {}
    for name in (*base, *new):
        for prefix in _prefixes(name):
            spellings.setdefault(normal(prefix), set()).add(prefix)
    gone = {edit.path for edit in edits if edit.after is None}
    for path in new:
        if any(len(spellings[normal(prefix)]) > 1 for prefix in _prefixes(path)):
            yield f"{path!a}: differs only in case or form from an existing name"
        files = (base.keys() | set(new)) - gone - {path}
        if any(prefix in files for prefix in _prefixes(path)) or any(other.startswith(f"{path}/") for other in files):
            yield f"{path!a}: is a file where a folder is, or the other way round"


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _mode(edit: Edit) -> Iterator[str]:
    before = edit.before.mode if edit.before else REGULAR
    if before not in {REGULAR, EXECUTABLE}:
        yield f"mode {before} is not a plain file's"
    if edit.after and edit.after.mode != before:
        yield f"mode {edit.after.mode} instead of {before}"


def _bytes(path: str, file: File, limit: int) -> list[str]:
    """Return why `file` is not a text of bearable size."""
    if len(file.data) > limit:
        return [f"{len(file.data)} bytes are more than {limit}"]
    if b"\0" in file.data or BINARY.search(path):
        return ["binary files are not read"]
    return []


def _content(path: str, before: File | None, after: File) -> list[str]:
    """Return what is wrong with the new text, seen against the old one."""
    old, new = (_text(path, file) for file in (before or File(b""), after))
    if isinstance(new, Unreadable):
        return [new.reason]
    if isinstance(old, Unreadable):
        return [f"the base file cannot be read: {old.reason}"]
    reasons = [*_new_hidden(old, new), *_new_words(old, new)]
    if path.endswith(".py"):
        reasons += [*_encoding(before, after), *_new_identifiers(old, new)]
    return reasons


def _text(path: str, file: File) -> str | Unreadable:
    if path.endswith(".py"):
        source = Source.read(path, file.data)
        return source.text if isinstance(source, Source) else source
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Unreadable(path, f"not UTF-8: {error.reason} at byte {error.start}")


def _encoding(before: File | None, after: File) -> Iterator[str]:
    """Yield a change of byte order mark or encoding cookie; a new file is UTF-8 without either."""
    old, new = (_declared(file.data) if file else ("utf-8", ()) for file in (before, after))
    if old != new:
        yield f"the declared encoding changes to {new[0]}"


def _declared(data: bytes) -> tuple[str, tuple[bytes, ...]]:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    found = [COOKIE.match(line) for line in data.split(b"\n", 2)[:2]]
    return encoding, tuple(match.group(1).lower() for match in found if match)


def _hidden(char: str, plain: set[str] | None = None) -> bool:
    """Tell whether a reader cannot see `char`, or cannot see what it does."""
    if char in INVISIBLE or SELECTORS.match(char):
        return True
    return char not in (PLAIN_CONTROLS if plain is None else plain) and unicodedata.category(char) in HIDDEN


def _new_hidden(old: str, new: str) -> Iterator[str]:
    gained = Counter(filter(_hidden, new)) - Counter(filter(_hidden, old))
    if len(LONE.findall(new)) > len(LONE.findall(old)) and ("\n" in new or not old):
        yield "adds a carriage return that shows no new line"
    for char in sorted(gained):
        yield f"adds the invisible character U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()


def _new_words(old: str, new: str) -> Iterator[str]:
    """Yield each new word that mixes Latin with a look-alike script."""
    for word in sorted(set(WORD.findall(new)) - set(WORD.findall(old))):
        if "LATIN" in (scripts := _scripts(word)) and scripts & {"CYRILLIC", "ARMENIAN", "CHEROKEE"}:
            yield f"the word {word!a} mixes look-alike scripts"


def _new_identifiers(old: str, new: str) -> Iterator[str]:
    """Yield each new identifier that the compiler reads otherwise, or that mixes or brings in a script."""
    known = _identifiers(old)
    scripts = {"LATIN"}.union(*map(_scripts, known))
    for name in sorted(_identifiers(new) - known):
        if unicodedata.normalize("NFKC", name) != name:
            yield f"the identifier {name!a} changes under NFKC"
        elif len(_scripts(name)) > 1 or not _scripts(name) <= scripts:
            yield f"the identifier {name!a} mixes or brings in a script"


def _identifiers(text: str) -> set[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return {token.string for token in tokens if token.type == tokenize.NAME and not token.string.isascii()}


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(char, "UNNAMED").split()[0].split("-")[0] for char in word if char.isalpha()}
