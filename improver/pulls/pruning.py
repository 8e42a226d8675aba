"""Drop the evidence that nobody can ask about any more, so that it does not pile up at a host for ever."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from improver.errors import ImproverError
from improver.host import Remote
from improver.pulls.publishing import Seen
from improver.verify.evidence import read

# Far longer than evidence may be verified again, and as long as GitHub keeps a workflow's logs. What was decided
# stands in the pull request itself and needs no evidence.
LASTS = timedelta(days=90)
MOST = 200  # at once; the next time has the rest
NAME = re.compile(r"(?P<commit>[0-9a-f]{8})-[a-z0-9-]{1,39}")  # as every proposal of ours is called


def prune(remote: Remote, seen: Seen, at: datetime) -> tuple[str, ...]:
    """Drop the evidence of pull requests that ended long ago, and what replaced ones left; return whose it was."""
    kept = needed(seen, at)
    ended = {one.mark.proposal for one in seen.ours}
    gone = dict[str, str]()
    for name, head in sorted(remote.evidence().items()):
        known = NAME.fullmatch(name)
        if known is None or known["commit"] in kept or len(gone) == MOST:
            continue
        if name in ended or _is_old(remote.fetch_evidence(name), at):
            gone[name] = head
    if gone:
        remote.drop_evidence(gone)
    return tuple(gone)


def needed(seen: Seen, at: datetime) -> Collection[str]:
    """Return how the commits begin whose evidence is kept whatever its age.

    Those are what a branch of ours stands at, what an open pull request proposes, and what one did that ended lately.
    """
    marked = [
        one.mark.commit
        for one in seen.ours
        if one.pull.open or not one.pull.closed or at - datetime.fromisoformat(one.pull.closed) < LASTS
    ]
    return {commit[:8] for commit in (*seen.heads.values(), *(one.pull.head for one in seen.open), *marked)}


def _is_old(data: bytes | None, at: datetime) -> bool:
    """Tell whether evidence was made long ago; what cannot be read tells nothing of its age, and stays."""
    try:
        return at - datetime.fromisoformat(read(data or b"").made) >= LASTS
    except ImproverError:
        return False
