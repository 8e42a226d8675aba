"""Read how often files were changed from one `git log`."""

from collections import Counter

from improver.ports import History

COMMITS = 2_000  # looked at, the last ones: what changed before them says little about what will
DAY = 86_400  # seconds
MARK = "\x01"  # begins a commit; a status is a letter
# What no configuration may change about it; nothing of the user's is run.
LOG = (
    f"--max-count={COMMITS}", f"--format={MARK}%ct", "--name-status", "-z", "--no-merges", "--no-renames",
    "--no-show-signature", "--no-mailmap", "--no-ext-diff", "--no-textconv", "--no-color", "--no-decorate",
)  # fmt: skip


def history_of(log: bytes, days: int) -> History:
    """Return what `log`, made with LOG, says of the `days` before its newest commit."""
    commits = _commits(log)
    newest = max((moment for moment, _ in commits), default=0)
    counted = [(moment, paths) for moment, paths in commits if newest - moment <= days * DAY]
    changes = Counter(path for _, paths in counted for path in paths)
    oldest = min((moment for moment, _ in counted), default=newest)
    return History(len(counted), -((oldest - newest) // DAY), changes)


def _commits(log: bytes) -> list[tuple[int, list[str]]]:
    """Return each commit's time, in seconds, and the paths that it changed; what it added or removed does not count."""
    found: list[tuple[int, list[str]]] = []
    told = iter(log.decode("utf-8", "surrogateescape").split("\0"))
    for word in told:
        if word.startswith(MARK):
            found.append((int(word.removeprefix(MARK)), []))
        elif word and (path := next(told)) and word.strip() == "M":
            found[-1][1].append(path)
    return found
