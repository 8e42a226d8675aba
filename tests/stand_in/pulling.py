"""What happens to pull requests when branches move, and when somebody opens, merges or reopens one."""

from tests.stand_in.answers import Refused, invalid
from tests.stand_in.shapes_pull import headed
from tests.stand_in.state import Account, Head, State, Thread, Token


def open_pull(state: State, token: Token, thread: tuple[str, str | None], head: Head) -> Thread:
    """Open a pull request of this title and body; refuse what the host refuses."""
    heads = state.bare.heads()
    if head.base_ref not in heads:
        raise invalid("PullRequest", "base")
    if head.ref not in heads:
        raise invalid("PullRequest", "head")
    if any(_same(other, head) for other in state.threads.values()):
        owner = state.name.split("/")[0]
        raise _custom(f"A pull request already exists for {owner}:{head.ref}.")
    head.sha, head.base_sha = heads[head.ref], heads[head.base_ref]
    if state.bare.count(head.base_sha, head.sha) == 0:
        raise _custom(f"No commits between {head.base_ref} and {head.ref}")
    opened = state.new_thread(*thread, token, head)
    state.bare.move(f"refs/pull/{opened.number}/head", head.sha)
    return opened


def _same(other: Thread, head: Head) -> bool:
    """Tell whether another pull request is open from the same branch to the same branch."""
    if other.head is None or other.closed:
        return False
    theirs = (other.head.fork, other.head.ref, other.head.base_ref)
    return theirs == (head.fork, head.ref, head.base_ref)


def _custom(message: str) -> Refused:
    return Refused(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])


def try_merging(state: State, thread: Thread) -> None:
    """Make the commit that a merge would make now, as the host does some time after a pull request was opened."""
    head = headed(thread)
    base = state.bare.commit(f"refs/heads/{head.base_ref}")
    if not thread.closed and base and head.tried != (base, head.sha):
        head.tried = (base, head.sha)
        head.trial = state.bare.merged(base, head.sha, f"Merge {head.sha} into {base}")


def branches_moved(state: State, account: Account) -> None:
    """Follow what a push by `account` did to the branches of open pull requests."""
    heads = state.bare.heads()
    for thread in list(state.threads.values()):
        if thread.head and not thread.closed:
            _follow(state, thread, heads, account)
    _notice_merged(state, heads, account)


def _follow(state: State, thread: Thread, heads: dict[str, str], account: Account) -> None:
    head = headed(thread)
    sha = head.sha if head.fork else heads.get(head.ref)
    if sha is None or head.base_ref not in heads:
        state.end(thread, account)
    elif sha != head.sha:
        head.sha, head.base_sha = sha, heads[head.base_ref]
        thread.updated = state.now()
        state.bare.move(f"refs/pull/{thread.number}/head", sha)
        if state.bare.holds(sha, head.base_sha):  # nothing is left to propose
            state.end(thread, account)


def _notice_merged(state: State, heads: dict[str, str], account: Account) -> None:
    """Mark as merged what has reached its base branch on another way."""
    for base in {thread.head.base_ref for thread in state.threads.values() if thread.head and not thread.closed}:
        listed = state.bare.git("for-each-ref", "--format=%(refname)", f"--merged={heads[base]}", "refs/pull/")
        for ref in listed.splitlines():
            thread = state.threads[int(ref.split("/")[2])]
            if not thread.closed and headed(thread).base_ref == base:
                merged(state, thread, heads[base], account)


def merged(state: State, thread: Thread, commit: str, account: Account) -> None:
    """Close a pull request as merged by `commit`."""
    state.end(thread, account)
    head = headed(thread)
    head.merge, head.merged = commit, thread.closed


def reopen(state: State, thread: Thread) -> None:
    """Open again what was closed; refuse what was merged, or whose branch is gone or was rewritten."""
    if thread.head is not None:
        now = thread.head.sha if thread.head.fork else state.bare.commit(f"refs/heads/{thread.head.ref}")
        if thread.head.merged or now is None or not state.bare.holds(thread.head.sha, now):
            raise _custom("state cannot be changed.")
        if any(_same(other, thread.head) for other in state.threads.values()):
            raise _custom("state cannot be changed. There is already an open pull request from this branch.")
    thread.closed, thread.closed_by = None, None
    thread.updated = state.now()
