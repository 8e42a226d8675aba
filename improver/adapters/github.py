"""Pull requests, issues and checks of one repository at GitHub; nothing here merges or approves."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from improver.access import HostSettings
from improver.adapters import github_json as shapes
from improver.adapters import github_records as records
from improver.adapters.github_app import Account, open_account
from improver.adapters.github_checks import show
from improver.adapters.github_errors import Reply, messages, refusal
from improver.adapters.github_json import fitted, read
from improver.adapters.github_session import CLOCK, Clock, Line
from improver.errors import ForgeError
from improver.host import Check, Comment, GivenReview, Hosted, Issue, NewPull, Note, Pull

OURS = "nova/"
LONGEST = 65_536  # characters of a body
LABEL_COLOUR = "5319e7"
ROLES = ("maintain", "triage")  # which `permission` calls write and read
VIEWER = "query { viewer { login } }"
READY = """mutation($pull: ID!) {
  markPullRequestReadyForReview(input: {pullRequestId: $pull}) { pullRequest { isDraft } }
}"""
UNREADY = """mutation($pull: ID!) {
  convertPullRequestToDraft(input: {pullRequestId: $pull}) { pullRequest { isDraft } }
}"""


def open_github(settings: HostSettings, remote_url: str, clock: Clock = CLOCK) -> "GitHub":
    """Return the host of the repository that the remote's URL names; nothing is asked of it yet."""
    return GitHub(open_account(settings, remote_url, clock), clock)


class GitHub:
    """One repository at GitHub, as one account sees it."""

    def __init__(self, account: Account, clock: Clock = CLOCK) -> None:
        self.account = account
        self._line = Line(account.origin.api, account.token, clock)
        self._name = account.origin.name
        self._viewer = ""

    def viewer(self) -> str:
        """Return the login that the token belongs to; apps, too, may ask for it this way."""
        if not self._viewer:
            found = fitted(shapes.VIEWER, self._line.graphql(VIEWER, {}), f"POST {self._line.api}/graphql")
            self._viewer = found.viewer.login
        return self._viewer

    def repository(self) -> Hosted:
        """Return the repository. After it was renamed, everything goes to its new name from here on."""
        found = records.hosted(read(shapes.REPOSITORY, self._line.get(self._at(""))))
        self._name = found.name
        return found

    def pulls(self, since: str = "") -> tuple[Pull, ...]:
        """Return every pull request from a branch nova/... of this repository, oldest first."""
        found: dict[int, Pull] = {}  # by number: a list that changes while it is read shows one twice
        oldest = datetime.fromisoformat(since) if since else None
        query = {"state": "all", "sort": "updated", "direction": "desc"}
        for reply in self._line.pages(self._at("/pulls"), query):
            page = [records.pull(one) for one in read(shapes.PULLS, reply)]
            new = [one for one in page if oldest is None or datetime.fromisoformat(one.updated) >= oldest]
            found |= {one.number: one for one in new if one.own and one.branch.startswith(OURS)}
            if len(new) < len(page):
                break
        return tuple(found[number] for number in sorted(found))

    def pull(self, number: int) -> Pull:
        """Return one pull request; who closed it is written in its issue only."""
        found = read(shapes.PULL, self._line.get(self._at(f"/pulls/{number}")))
        if found.state == "open" or found.merged_by:
            return records.pull(found)
        return records.pull(found, read(shapes.ISSUE, self._line.get(self._at(f"/issues/{number}"))).closed_by)

    def open_pull(self, new: NewPull) -> Pull:
        """Open a draft, or return the open one of this branch."""
        body = {"title": new.title, "body": bounded(new.body, "the pull request's body"), "draft": True}
        asked = {**body, "head": new.branch, "base": new.base_branch}
        reply = self._line.send("POST", self._at("/pulls"), asked, also=(422,))
        if reply.status != 422:
            return records.pull(read(shapes.PULL, reply))
        text = "; ".join(messages(reply))
        if "pull request already exists" in text:
            return self._open_one(new, reply)
        if "draft pull requests are not" in text.lower():
            fix = "make the repository public, or take a plan with drafts: nothing is shown before its gates are green"
            raise ForgeError("this repository has no draft pull requests", where=reply.where, why=text, fix=fix)
        raise refusal(reply)

    def rewrite_pull(self, number: int, title: str, body: str) -> None:
        """Replace title and body."""
        asked = {"title": title, "body": bounded(body, "the pull request's body")}
        self._line.send("PATCH", self._at(f"/pulls/{number}"), asked)

    def close_pull(self, number: int) -> None:
        """Close a pull request without merging it."""
        self._line.send("PATCH", self._at(f"/pulls/{number}"), {"state": "closed"})

    def ready(self, pull: Pull) -> None:
        """Make a draft one that asks for a review; GitHub refuses to do it twice."""
        if self._is_draft(pull):
            self._line.graphql(READY, {"pull": pull.node})

    def unready(self, pull: Pull) -> None:
        """Make one that asks for a review a draft again."""
        if not self._is_draft(pull):
            self._line.graphql(UNREADY, {"pull": pull.node})

    def label(self, number: int, names: Sequence[str]) -> None:
        """Add labels, making those that the repository does not have; it takes no two that differ in case only."""
        there = {
            label.name.casefold()
            for reply in self._line.pages(self._at("/labels"))
            for label in read(shapes.LABELS, reply)
        }
        for name in names:
            if name.casefold() not in there:
                asked = {"name": name, "color": LABEL_COLOUR}
                made = self._line.send("POST", self._at("/labels"), asked, also=(422,), again=True)
                if made.status == 422 and "already_exists" not in " ".join(messages(made)):
                    raise refusal(made)
        if names:
            self._line.send("POST", self._at(f"/issues/{number}/labels"), {"labels": list(names)}, again=True)

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Return all comments below a pull request or issue, oldest first."""
        pages = self._line.pages(self._at(f"/issues/{number}/comments"))
        return tuple(records.comment(one) for reply in pages for one in read(shapes.COMMENTS, reply))

    def comment(self, identity: int) -> Comment:
        """Return one comment as it is now."""
        return records.comment(read(shapes.COMMENT, self._line.get(self._at(f"/issues/comments/{identity}"))))

    def say(self, number: int, text: str) -> Comment:
        """Write a comment, or return the one in which we said just that."""
        bounded(text, "the comment")
        for one in self.comments(number):
            if one.author.login == self.viewer() and _same(one.text, text):
                return one
        reply = self._line.send("POST", self._at(f"/issues/{number}/comments"), {"body": text})
        return records.comment(read(shapes.COMMENT, reply))

    def rewrite_comment(self, identity: int, text: str) -> None:
        """Replace the text of one of our own comments."""
        self._line.send("PATCH", self._at(f"/issues/comments/{identity}"), {"body": bounded(text, "the comment")})

    def reviews(self, number: int) -> tuple[GivenReview, ...]:
        """Return all reviews of a pull request, oldest first."""
        pages = self._line.pages(self._at(f"/pulls/{number}/reviews"))
        return tuple(records.review(one) for reply in pages for one in read(shapes.REVIEWS, reply))

    def notes(self, number: int) -> tuple[Note, ...]:
        """Return all remarks that were made at lines of a pull request."""
        pages = self._line.pages(self._at(f"/pulls/{number}/comments"))
        return tuple(records.note(one) for reply in pages for one in read(shapes.NOTES, reply))

    def remark(self, number: int, head: str, notes: Sequence[Note]) -> None:
        """Make those remarks at lines of commit `head` that we have not made yet, in one review."""
        made = [one for one in self.notes(number) if one.author is not None and one.author.login == self.viewer()]
        left = [one for one in notes if not any(it.path == one.path and _same(it.text, one.text) for it in made)]
        if not left:
            return
        asked = {"commit_id": head, "event": "COMMENT", "body": "", "comments": [_line_note(one) for one in left]}
        self._line.send("POST", self._at(f"/pulls/{number}/reviews"), asked)

    def check(self, check: Check) -> None:
        """Make or replace the check run of this name on this commit; a plain token leaves a status instead."""
        bounded(check.summary, "the check's summary", LONGEST - 1)
        show(self._line, self._at(""), check)

    def permission(self, login: str) -> str:
        """Return what somebody may do here right now: admin, maintain, write, triage, read or none."""
        reply = self._line.get(self._at(f"/collaborators/{quote(login, safe='')}/permission"), also=(404,))
        if reply.status == 404:
            return "none"
        found = read(shapes.PERMISSION, reply)
        return found.role_name if found.role_name in ROLES else found.permission

    def issues(self, label: str) -> tuple[Issue, ...]:
        """Return all issues with this label, in any state, oldest first; pull requests are none."""
        query = {"labels": label, "state": "all", "sort": "created", "direction": "asc"}
        pages = self._line.pages(self._at("/issues"), query)
        found = [one for reply in pages for one in read(shapes.ISSUES, reply) if one.pull_request is None]
        return tuple(records.issue(one) for one in found)

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        """Open an issue with this label, or return the open one of ours with this title."""
        bounded(body, "the issue's body")
        for one in self.issues(label):
            if one.open and one.title == title and one.author.login == self.viewer():
                return one
        asked = {"title": title, "body": body, "labels": [label]}
        return records.issue(read(shapes.ISSUE, self._line.send("POST", self._at("/issues"), asked)))

    def rewrite_issue(self, number: int, title: str, body: str) -> None:
        """Replace title and body of an issue, and open it again if it was closed."""
        asked = {"title": title, "body": bounded(body, "the issue's body"), "state": "open"}
        self._line.send("PATCH", self._at(f"/issues/{number}"), asked)

    def _at(self, path: str) -> str:
        return f"/repos/{self._name}{path}"

    def _is_draft(self, pull: Pull) -> bool:
        return read(shapes.PULL, self._line.get(self._at(f"/pulls/{pull.number}"))).draft

    def _open_one(self, new: NewPull, reply: Reply) -> Pull:
        """Return the open pull request of this branch, which the host says there is."""
        head = f"{self._name.partition('/')[0]}:{new.branch}"
        query = {"state": "open", "head": head, "base": new.base_branch}
        for one in read(shapes.PULLS, self._line.get(f"{self._at('/pulls')}?{urlencode(query)}")):
            if one.head.ref == new.branch and one.base.ref == new.base_branch:
                return records.pull(one)
        raise refusal(reply)


def bounded(text: str, what: str, longest: int = LONGEST) -> str:
    """Return `text` if the host takes one so long."""
    if len(text) <= longest:
        return text
    why = f"it has {len(text):,} characters, the host takes {longest:,}"
    raise ForgeError(f"{what} is too long", why=why, fix="shorten what it is made of")


def _same(one: str, other: str) -> bool:
    """Tell whether two texts are the same once the host has taken them: it turns line ends and trims."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


def _line_note(note: Note) -> dict[str, object]:
    """Return a remark as GitHub takes it; one line has no start."""
    at: dict[str, object] = {
        "path": note.path,
        "line": note.last,
        "side": "RIGHT",
        "body": bounded(note.text, note.path),
    }
    return at | ({"start_line": note.first, "start_side": "RIGHT"} if note.first != note.last else {})
