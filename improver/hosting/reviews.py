"""Review a pull request where it lives, and say there what was found, or what an account of a review says."""

from dataclasses import dataclass

from improver.acts import between, look_at
from improver.app import Improver
from improver.errors import ForgeError, UsageError
from improver.host import Pull, Remote
from improver.hosting.offering import Hosting
from improver.preparing import Tell, Wish
from improver.pulls.posting import ARTIFACT, Ground, Posted, post
from improver.pulls.remarking import Told, told_of
from improver.reviewing import SUGGESTED, Review


@dataclass(frozen=True, slots=True)
class Stale:
    """Why an account is not said: what it is about is no more, or not the only one."""

    reason: str


def review_pull(
    improver: Improver, hosting: Hosting, number: int, wish: Wish, tell: Tell
) -> tuple[Review, Told, Posted]:
    """Review pull request `number` and say at the host what is new in it."""
    pull = expect_open(hosting.host.pull(number))
    base, head = fetched(improver, hosting.remote, pull)
    review = look_at(improver, between(improver, f"{base}..{head}"), wish, tell)
    told = told_of(review, base, head)
    return review, told, post(hosting.host, pull, told, ground_of(improver, told))


def post_account(improver: Improver, hosting: Hosting, told: Told, number: int) -> Posted | Stale:
    """Say at the host what an account says that anybody may have written; what is no longer so is not said."""
    pull = hosting.host.pull(number)
    if not pull.open:
        return Stale(f"pull request #{number} is closed")
    base, head = fetched(improver, hosting.remote, pull)
    if (told.base, told.head) != (base, head):
        now = f"{base[:12]}..{head[:12]}"
        return Stale(f"it is of {told.base[:12]}..{told.head[:12]}, and pull request #{number} is {now} now")
    return post(hosting.host, pull, told, ground_of(improver, told), ARTIFACT)


def number_at(hosting: Hosting, commit: str) -> int | Stale:
    """Return the one open pull request whose head is `commit`; the host's own git says which those are."""
    numbers = [number for number, head in sorted(hosting.remote.pull_heads().items()) if head == commit]
    found = [number for number in numbers if hosting.host.pull(number).open]
    if len(found) == 1:
        return found[0]
    told = " and ".join(f"#{number}" for number in found)
    return Stale(f"{told or 'no open pull request'} {'are' if found else 'is'} at {commit[:12]}")


def expect_open(pull: Pull) -> Pull:
    """Return `pull`; raise UsageError when it was merged or closed."""
    if not pull.open:
        raise UsageError(f"pull request #{pull.number} is closed", fix="name an open one")
    return pull


def fetched(improver: Improver, remote: Remote, pull: Pull) -> tuple[str, str]:
    """Return where the change parted from its base, and its head, both in the object store now."""
    head = remote.fetch(f"refs/pull/{pull.number}/head")
    if head != pull.head:
        why = f"it was at {pull.head[:12]} and is at {head[:12]}"
        raise ForgeError(f"pull request #{pull.number} moved while it was read", why=why, fix="run the command again")
    return improver.repository.fork_point(remote.fetch(f"refs/heads/{pull.base_branch}"), head), head


def ground_of(improver: Improver, told: Told) -> Ground:
    """Return what the objects of both commits say, and the codemods whose rewrites may be suggested."""
    safe = {codemod.name for codemod in improver.codemods if codemod.SAFETY in SUGGESTED}
    repository = improver.repository
    return Ground(repository.tree(told.base), repository.tree(told.head), safe)
