"""What the stand-in remembers: accounts, tokens, one repository's pull requests, issues, checks and labels."""

import base64
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.stand_in.bare import Bare

ROLES = ("none", "read", "triage", "write", "maintain", "admin")  # each may do what those before it may
EVERYTHING = dict.fromkeys(("contents", "pull_requests", "issues", "checks", "statuses", "metadata"), "write")


@dataclass(frozen=True)
class Account:
    """Somebody, or some program; `association` is what is said of them beside their words."""

    login: str
    id: int
    bot: bool
    association: str


@dataclass(frozen=True)
class Token:
    """What a caller shows. `kind` is classic (scopes), fine (permissions) or installation (of an app)."""

    value: str
    account: Account
    kind: str
    may: dict[str, str]  # permission: read or write
    scopes: tuple[str, ...] = ("repo",)
    expires: datetime | None = None


@dataclass
class Label:
    id: int
    name: str
    color: str
    description: str | None


@dataclass
class Comment:
    id: int
    number: int
    author: Account
    body: str
    created: str
    updated: str
    by_app: bool


@dataclass
class Review:
    id: int
    author: Account
    state: str
    body: str
    commit: str
    submitted: str


@dataclass
class Note:
    """A remark at a line of a pull request's diff."""

    id: int
    review: int
    author: Account
    path: str
    line: int
    side: str
    start_line: int | None
    start_side: str | None
    hunk: str
    body: str
    commit: str
    created: str


@dataclass
class Head:
    """What makes an issue a pull request."""

    ref: str
    sha: str
    base_ref: str
    base_sha: str
    draft: bool
    fork: str = ""  # whose fork the branch is in; "" for this repository
    trial: str | None = None  # the commit of a merge that was only tried
    tried: tuple[str, str] | None = None  # base and head that were tried
    merge: str | None = None
    merged: str | None = None  # when
    reviews: list[Review] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass
class Thread:
    """An issue; with a head it is a pull request. Both share one row of numbers."""

    number: int
    id: int
    title: str
    body: str | None
    author: Account
    created: str
    updated: str
    by_app: bool
    closed: str | None = None
    closed_by: Account | None = None
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    head: Head | None = None

    @property
    def state(self) -> str:
        return "closed" if self.closed else "open"


@dataclass
class CheckRun:
    id: int
    name: str
    head: str
    status: str
    conclusion: str | None
    started: str | None
    completed: str | None
    external: str | None
    details: str | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[dict[str, object]] = field(default_factory=list)


@dataclass
class Status:
    id: int
    sha: str
    state: str
    context: str
    description: str | None
    target: str | None
    creator: Account
    created: str


@dataclass
class State:
    """The whole of it. Whoever reads or changes it holds `lock`."""

    bare: Bare
    name: str  # owner/name
    default_branch: str = "main"
    archived: bool = False
    former: list[str] = field(default_factory=list)  # names it had before it was renamed
    accounts: dict[str, Account] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    checks: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    app_keys: list[bytes] = field(default_factory=list)  # public, PEM
    lock: threading.RLock = field(default_factory=threading.RLock)
    calls_left: int = 5000
    _last_id: int = 1000
    _now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0) - timedelta(days=1))

    def new_id(self) -> int:
        """Return a number that nothing has yet."""
        self._last_id += 1
        return self._last_id

    def now(self) -> str:
        """Return the time, one second later than when last asked: the order of all that happened is plain."""
        self._now += timedelta(seconds=1)
        return self._now.isoformat().replace("+00:00", "Z")

    def role(self, account: Account) -> str:
        """Return what somebody may do here."""
        return self.roles.get(account.login, "none")

    def at_least(self, account: Account, role: str) -> bool:
        """Tell whether somebody may do what `role` may."""
        return ROLES.index(self.role(account)) >= ROLES.index(role)

    def label(self, name: str, color: str = "ededed", description: str | None = None) -> Label:
        """Return the label of this name, made if there is none; the case of letters does not tell labels apart."""
        if name.lower() not in self.labels:
            self.labels[name.lower()] = Label(self.new_id(), name, color, description)
        return self.labels[name.lower()]

    def new_thread(self, title: str, body: str | None, token: Token, head: Head | None = None) -> Thread:
        """Open an issue or pull request."""
        now = self.now()
        number = len(self.threads) + 1
        by_app = token.kind == "installation"
        thread = Thread(number, self.new_id(), title, body, token.account, now, now, by_app, head=head)
        self.threads[number] = thread
        return thread

    def say(self, thread: Thread, author: Account, body: str, *, by_app: bool = False) -> Comment:
        """Write a comment."""
        now = self.now()
        comment = Comment(self.new_id(), thread.number, author, body, now, now, by_app)
        thread.comments.append(comment)
        thread.updated = now
        return comment

    def end(self, thread: Thread, account: Account) -> None:
        """Close an issue or pull request."""
        if not thread.closed:
            thread.closed = thread.updated = self.now()
            thread.closed_by = account

    def comment(self, identity: int) -> Comment | None:
        """Return the comment of this id."""
        return next((said for thread in self.threads.values() for said in thread.comments if said.id == identity), None)


def node(prefix: str, identity: int) -> str:
    """Return the id by which GraphQL knows something."""
    return f"{prefix}_{base64.urlsafe_b64encode(identity.to_bytes(6)).decode().rstrip('=')}"
