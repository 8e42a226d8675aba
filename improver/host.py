"""What the improver asks of a place that hosts pull requests; there is no way to merge or approve in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

MAY_DECIDE = ("admin", "maintain", "write")  # the permissions with which somebody's word on a proposal counts


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something. `association` is what the host says of them here: OWNER, MEMBER, COLLABORATOR, NONE, ..."""

    login: str
    bot: bool = False
    association: str = "NONE"


@dataclass(frozen=True, slots=True)
class Hosted:
    """The repository as the host knows it; `name` is owner/name, also after it was renamed."""

    name: str
    default_branch: str
    archived: bool
    may_push: bool
    page: str  # the address of its page


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request. Times are ISO 8601 UTC, "" where it has not happened."""

    number: int
    node: str  # the id that GraphQL knows it by
    title: str
    body: str
    open: bool
    draft: bool
    branch: str  # its head's name, without refs/heads/
    head: str  # commit
    base_branch: str
    base: str  # commit
    own: bool  # its branch is in this repository, not in a fork
    author: Person
    labels: tuple[str, ...]
    page: str
    created: str
    updated: str
    closed: str = ""
    merge: str = ""  # the commit that merged it
    ended_by: Person | None = None  # who merged or closed it; only `Host.pull` knows

    @property
    def merged(self) -> bool:
        """Tell whether a human merged it."""
        return bool(self.merge)


@dataclass(frozen=True, slots=True)
class NewPull:
    """A pull request to be opened, as a draft."""

    title: str
    body: str
    branch: str
    base_branch: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment below a pull request or an issue."""

    id: int
    number: int  # of the pull request or issue
    author: Person
    text: str
    created: str
    updated: str

    @property
    def edited(self) -> bool:
        """Tell whether it no longer says what it said when it was written."""
        return self.updated != self.created


@dataclass(frozen=True, slots=True)
class GivenReview:
    """A review as somebody gave it; `state` is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING."""

    author: Person
    state: str
    text: str
    commit: str
    submitted: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark at lines [first, last] of a changed file, 1-based, on the side of the change."""

    path: str
    first: int
    last: int
    text: str
    author: Person | None = None  # None: not written yet


@dataclass(frozen=True, slots=True)
class Annotation:
    """One line of a check's annotations; `level` is notice, warning or failure."""

    path: str
    line: int
    level: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check run on one commit; `conclusion` is success, failure or neutral; `key` tells equal ones."""

    name: str
    head: str
    conclusion: str
    title: str
    summary: str
    key: str
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; `author` says whether it may be rewritten."""

    number: int
    title: str
    body: str
    open: bool
    author: Person
    page: str


class Host(Protocol):
    """One repository at a host, as one account sees it.

    Every method raises ForgeError, with what to do, when the host does not answer as promised. Every writing method
    may be called again after it was cut off: it finds what it had made.
    """

    def viewer(self) -> str:
        """Return the login that the token belongs to."""

    def repository(self) -> Hosted:
        """Return the repository; raise ForgeError when there is none for this token."""

    def pulls(self, since: str = "") -> tuple[Pull, ...]:
        """Return every pull request from a branch nova/... of this repository, in any state, oldest first.

        With `since` (ISO 8601 UTC) only those that changed since then.
        """

    def pull(self, number: int) -> Pull:
        """Return one pull request with all that is known of it."""

    def open_pull(self, new: NewPull) -> Pull:
        """Open a draft, or return the open one of this branch."""

    def rewrite_pull(self, number: int, title: str, body: str) -> None:
        """Replace title and body."""

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it."""

    def ready(self, pull: Pull) -> None:
        """Make a draft one that asks for a review."""

    def unready(self, pull: Pull) -> None:
        """Make one that asks for a review a draft again."""

    def label(self, number: int, names: Sequence[str]) -> None:
        """Add labels, making those that the repository does not have."""

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return all comments below a pull request or issue, oldest first."""

    def comment(self, identity: int) -> Comment:
        """Return one comment as it is now."""

    def say(self, number: int, text: str) -> Comment:
        """Write a comment."""

    def rewrite_comment(self, identity: int, text: str) -> None:
        """Replace the text of one of our own comments."""

    def reviews(self, number: int) -> tuple[GivenReview, ...]:
        """Return all reviews of a pull request, oldest first."""

    def notes(self, number: int) -> tuple[Note, ...]:
        """Return all remarks that were made at lines of a pull request."""

    def remark(self, number: int, head: str, notes: Sequence[Note]) -> None:
        """Make remarks at lines of commit `head`, in one review that neither approves nor asks for changes."""

    def check(self, check: Check) -> None:
        """Make or replace the check run of this name on this commit."""

    def permission(self, login: str) -> str:
        """Return what somebody may do here right now: admin, maintain, write, triage, read or none."""

    def issues(self, label: str) -> tuple[Issue, ...]:
        """Return all issues with this label, in any state, oldest first; pull requests are none."""

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue with this label."""

    def rewrite_issue(self, number: int, title: str, body: str) -> None:
        """Replace title and body of an issue, and open it again if it was closed."""


class Remote(Protocol):
    """The repository that a host serves over git; only refs below nova/ are ever written.

    Every method raises ForgeError when the other side does not answer or refuses.
    """

    def heads(self) -> dict[str, str]:
        """Return the commit of every branch, by its name without refs/heads/."""

    def pull_heads(self) -> dict[int, str]:
        """Return the head of every pull request, open or not, by its number."""

    def evidence(self) -> dict[str, str]:
        """Return the object of every ref below refs/nova/evidence/, by the proposal's id."""

    def push(self, branch: str, commit: str, expected: str) -> bool:
        """Put `branch` (nova/...) at `commit` if it still stands at `expected` ("" for not there); tell if it did."""

    def push_evidence(self, proposal: str, data: bytes) -> None:
        """Keep a proposal's evidence beside its branch, at refs/nova/evidence/PROPOSAL."""

    def fetch_evidence(self, proposal: str) -> bytes | None:
        """Return the evidence that was pushed for a proposal, None when there is none."""

    def drop_evidence(self, gone: Mapping[str, str]) -> None:
        """Delete the evidence of these proposals, each if it still is the object that is named beside it."""

    def delete(self, branch: str, expected: str) -> bool:
        """Delete `branch` (nova/...) if it still stands at `expected`; tell if it did."""

    def fetch(self, ref: str, known: str = "") -> str:
        """Fetch one ref (refs/heads/NAME or refs/pull/N/head) into the object store; return its commit.

        `known` is the commit at which it was seen just now: where that is here, nobody is asked again.
        """
