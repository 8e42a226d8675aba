"""Tell why git did not get through to a host, in words a human can act on."""

import re
from collections.abc import Sequence

from improver.adapters.git_command import Output
from improver.errors import ForgeError
from improver.rationale import one_line

SHOWN = 400  # characters of what the other side said
RACES = ("(stale info)", "cannot lock ref", "reference already exists", "remote ref does not exist", "(fetch first)")
# What git or the host says -> what it means, and what to do. The first that fits is told.
MEANINGS = (
    ("archived", "the repository is archived", "unarchive it, or publish elsewhere"),
    (
        r"protected branch|GH006|GH013|rule violations|hook declined",
        "the host protects this branch",
        "let the token's account push to nova/* in the branch rules",
    ),
    (
        r"authentication failed|could not read (username|password)|error: 401|invalid (username|credentials)",
        "the host does not know the token",
        "make a new one, and export it as NOVA_GITHUB_TOKEN",
    ),
    (
        r"error: 403|permission to .* denied|write access .* not granted|not permitted",
        "the token may not do this",
        "give it contents: write on this repository",
    ),
    (
        r"redirect|error: 30\d|moved permanently",
        "the repository moved",
        "point the remote at its new name: git remote set-url origin URL",
    ),
    (
        r"not found|error: 404|does not appear to be a git repository|does not exist",
        "there is no such repository, or the token does not see it",
        "check the remote's URL and what the token is for",
    ),
    (
        r"could not resolve|failed to connect|connection (refused|reset)|timed out|too slow|hung up|empty reply|"
        r"error: 5\d\d|early eof|unexpected disconnect|recv failure|couldn't connect",
        "the host does not answer",
        "try again later; what was done before stays",
    ),
)


def lost_race(output: Output) -> bool:
    """Tell whether a push was refused because the ref had moved meanwhile."""
    said = output.stdout.decode("utf-8", "replace") + output.stderr
    return any(words in said for words in RACES)


def failure(verb: str, url: str, output: Output, hidden: Sequence[str]) -> ForgeError:
    """Return the error that tells why `git verb` ended as `output` says; nothing in `hidden` is in it."""
    rejected = [line for line in output.stdout.decode("utf-8", "replace").splitlines() if line.startswith("!")]
    said = "\n".join([output.stderr, *rejected])
    for what, fix in ((what, fix) for sign, what, fix in MEANINGS if re.search(sign, said, re.IGNORECASE)):
        return ForgeError(what, where=url, why=_shown(said, hidden), fix=fix)
    why = _shown(said, hidden) or f"it ended with status {output.status}"
    return ForgeError(f"git {verb} failed at the host", where=url, why=why, fix="try again; else report the line above")


def _shown(text: str, hidden: Sequence[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, "***")
    return one_line(text)[:SHOWN]
