"""GitHub's JSON as the records of the port (pure)."""

from improver.adapters.github_json import (
    CommentJson,
    IssueJson,
    NoteJson,
    PullJson,
    RepositoryJson,
    ReviewJson,
    User,
)
from improver.host import Comment, GivenReview, Hosted, Issue, Note, Person, Pull

GHOST = "ghost"  # whom GitHub shows for an account that was deleted


def person(user: User | None, association: str, *, through_app: bool = False) -> Person:
    """Return who did it. What an app wrote in somebody's name is not that somebody's word."""
    if user is None:
        return Person(GHOST, association=association)
    bot = through_app or user.type != "User" or user.login.endswith("[bot]")
    return Person(user.login, bot, association)


def pull(found: PullJson, closed_by: User | None = None) -> Pull:
    """Return a pull request; `closed_by` is known to nobody but its issue."""
    own = found.head.repo is not None and found.base.repo is not None and found.head.repo.id == found.base.repo.id
    ended = found.merged_by or closed_by
    return Pull(
        number=found.number,
        node=found.node_id,
        title=found.title,
        body=found.body,
        open=found.state == "open",
        draft=found.draft,
        branch=found.head.ref,
        head=found.head.sha,
        base_branch=found.base.ref,
        base=found.base.sha,
        own=own,
        author=person(found.user, found.author_association),
        labels=tuple(label.name for label in found.labels),
        page=found.html_url,
        created=found.created_at,
        updated=found.updated_at,
        closed=found.closed_at,
        # Before it is merged GitHub names there the commit of a trial.
        merge=(found.merge_commit_sha or found.head.sha) if found.merged_at else "",
        ended_by=person(ended, "NONE") if ended else None,
    )


def hosted(found: RepositoryJson) -> Hosted:
    """Return a repository."""
    return Hosted(found.full_name, found.default_branch, found.archived, found.permissions.push, found.html_url)


def comment(found: CommentJson) -> Comment:
    """Return a comment."""
    author = person(found.user, found.author_association, through_app=found.performed_via_github_app is not None)
    number = int(found.issue_url.rpartition("/")[2])
    return Comment(found.id, number, author, found.body, found.created_at, found.updated_at)


def review(found: ReviewJson) -> GivenReview:
    """Return a review."""
    author = person(found.user, found.author_association)
    return GivenReview(author, found.state, found.body, found.commit_id, found.submitted_at)


def note(found: NoteJson) -> Note:
    """Return a remark; one that is made on a whole file stands at line 1."""
    last = found.line or found.original_line or 1
    first = (found.start_line if found.line else found.original_start_line) or last
    return Note(found.path, first, last, found.body, person(found.user, found.author_association))


def issue(found: IssueJson) -> Issue:
    """Return an issue."""
    author = person(found.user, found.author_association)
    return Issue(found.number, found.title, found.body, found.state == "open", author, found.html_url)
