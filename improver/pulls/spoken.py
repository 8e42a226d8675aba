"""What somebody asks of a proposal in a comment: one command, in a strict grammar; all else in it is data (pure)."""

import difflib
import re
from dataclasses import dataclass

from improver.rationale import one_line

WORDS = ("why", "verify", "retry", "split", "no", "undo-no")
ALONE = ("why", "verify", "split", "undo-no")  # nothing stands after these
SCOPES = ("here", "rule")
USAGE = "/nova why | verify | retry <hint> | split | no [here|rule] [because …] | undo-no"
LONGEST = 1_000  # characters of the line that is read
SHOWN = 40  # characters of a word that nobody knows
SPACES = re.compile(r"[ \t]+")
ADDRESS = re.compile(r"/nova(?:[ \t]+(?P<said>.*))?")
NO = re.compile(r"(?:(?P<scope>here|rule)(?:[ \t]+|$))?(?:because(?:[ \t]+(?P<reason>.*))?)?")


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its word, and what was said with it, as one line of text that nothing obeys.

    Of `no`, the scope is finding, here or rule.
    """

    word: str
    text: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Words that were meant for us and are no command; `meant` is the command they come closest to, or ""."""

    said: str
    why: str
    meant: str = ""


def heard(comment: str) -> Command | Unclear | None:
    """Return the command in the first line that says anything, None when that line is not meant for us."""
    line = next((line for line in comment.split("\n") if line.strip()), "").rstrip()
    found = ADDRESS.fullmatch(line)
    if found is None:
        return None
    if len(line) > LONGEST:
        return Unclear(one_line(line[:SHOWN]), f"the line is longer than {LONGEST} characters")
    word, _, rest = SPACES.sub(" ", found["said"] or "", count=1).partition(" ")
    if word not in WORDS:
        return _unknown(word)
    if word == "no":
        return _no(rest)
    if word in ALONE:
        return Command(word) if not rest else Unclear(one_line(f"{word} {rest}"), "nothing stands after it", word)
    hint = one_line(rest)
    return Command(word, hint) if hint else Unclear(word, "it needs a hint: what should be otherwise")


def _unknown(word: str) -> Unclear:
    if not word:
        return Unclear("", "there is no command")
    close = difflib.get_close_matches(word.casefold(), WORDS, n=1)
    return Unclear(one_line(word[:SHOWN]), "there is no such command", close[0] if close else "")


def _no(rest: str) -> Command | Unclear:
    found = NO.fullmatch(rest)
    if found is None:
        scope = next((scope for scope in SCOPES if rest.startswith((f"{scope} ", f"{scope}\t"))), "")
        meant = " ".join(filter(None, ("no", scope, "because", one_line(rest.removeprefix(scope)))))
        return Unclear(one_line(f"no {rest}"), "a reason begins with `because`", meant)
    reason = one_line(found["reason"] or "")
    if not reason and "because" in rest.split():
        return Unclear(
            one_line(f"no {rest}"), "there is no reason after `because`", f"no {found['scope'] or ''}".strip()
        )
    return Command("no", reason, found["scope"] or "finding")
