"""A host of pull requests in memory, for what decides about them; the real one is held to `tests/stand_in`."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.errors import ForgeError
from improver.host import Check, Comment, GivenReview, Hosted, Issue, NewPull, Note, Person, Pull

PAGE = "http://127.0.0.1/shop/shop"
BOT = Person("nova-bot", bot=True, association="COLLABORATOR")
OWNER = Person("owner", association="OWNER")
SHOP = Hosted("shop/shop", "main", archived=False, may_push=True, page=PAGE)


@dataclass
class FakeRemote:
    """Branches and evidence as a host's git would hold them."""

    branches: dict[str, str] = field(default_factory=lambda: {"main": "0" * 40})
    kept: dict[str, bytes] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)  # what else can be fetched

    def heads(self) -> dict[str, str]:
        return dict(self.branches)

    def pull_heads(self) -> dict[int, str]:
        return {int(ref.split("/")[2]): commit for ref, commit in self.refs.items() if ref.startswith("refs/pull/")}

    def evidence(self) -> dict[str, str]:
        return {name: f"{number:040x}" for number, name in enumerate(self.kept)}

    def push(self, branch: str, commit: str, expected: str) -> bool:
        assert branch.startswith("nova/")
        if self.branches.get(branch, "") not in (expected, commit):
            return False
        self.branches[branch] = commit
        return True

    def push_evidence(self, proposal: str, data: bytes) -> None:
        self.kept[proposal] = data

    def fetch_evidence(self, proposal: str) -> bytes | None:
        return self.kept.get(proposal)

    def drop_evidence(self, gone: Mapping[str, str]) -> None:
        there = self.evidence()
        for proposal, head in gone.items():
            if there.get(proposal) == head:
                del self.kept[proposal]

    def delete(self, branch: str, expected: str) -> bool:
        assert branch.startswith("nova/")
        if self.branches.get(branch) != expected:
            return False
        del self.branches[branch]
        return True

    def fetch(self, ref: str, known: str = "") -> str:  # noqa: ARG002 - the port's
        found = self.refs.get(ref) or self.branches.get(ref.removeprefix("refs/heads/"))
        if found is None:
            raise ForgeError(f"there is no {ref}")
        return found


@dataclass
class FakeHost:
    """Pull requests, issues and comments as a host would hold them; the last methods are what humans do there."""

    remote: FakeRemote = field(default_factory=FakeRemote)
    me: str = BOT.login
    hosted: Hosted = SHOP
    permissions: dict[str, str] = field(default_factory=lambda: {"owner": "admin", "stranger": "read"})
    pulled: dict[int, Pull] = field(default_factory=dict)
    said: dict[int, Comment] = field(default_factory=dict)
    given: dict[int, list[GivenReview]] = field(default_factory=dict)
    noted: dict[int, list[Note]] = field(default_factory=dict)
    checks: dict[tuple[str, str], Check] = field(default_factory=dict)
    issued: dict[int, tuple[Issue, str]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _moments: "itertools.count[int]" = field(default_factory=lambda: itertools.count(0))

    def now(self) -> str:
        minute, second = divmod(next(self._moments), 60)
        return f"2026-01-01T00:{minute:02}:{second:02}+00:00"

    # --- the port -----------------------------------------------------------------------------------------------

    def viewer(self) -> str:
        return self.me

    def repository(self) -> Hosted:
        return self.hosted

    def pulls(self, since: str = "") -> tuple[Pull, ...]:
        return tuple(
            replace(self._seen(number), ended_by=None)
            for number, one in sorted(self.pulled.items())
            if one.own and one.branch.startswith("nova/") and one.updated >= since
        )

    def pull(self, number: int) -> Pull:
        if number not in self.pulled:
            raise ForgeError(f"there is no pull request #{number}")
        return self._seen(number)

    def open_pull(self, new: NewPull) -> Pull:
        for one in self.pulled.values():
            if one.open and one.branch == new.branch:
                return self._seen(one.number)
        if new.branch not in self.remote.branches:
            raise ForgeError(f"there is no branch {new.branch}")
        at = self.now()
        made = Pull(
            number=next(self._numbers),
            node=f"PR_{at}",
            title=new.title,
            body=new.body,
            open=True,
            draft=True,
            branch=new.branch,
            head=self.remote.branches[new.branch],
            base_branch=new.base_branch,
            base=self.remote.branches[new.base_branch],
            own=True,
            author=replace(BOT, login=self.me),
            labels=(),
            page=f"{PAGE}/pull",
            created=at,
            updated=at,
        )
        self.pulled[made.number] = made
        return made

    def rewrite_pull(self, number: int, title: str, body: str) -> None:
        self._change(number, title=title, body=body)

    def close_pull(self, number: int) -> None:
        self.close(number, replace(BOT, login=self.me))

    def ready(self, pull: Pull) -> None:
        self._change(pull.number, draft=False)

    def unready(self, pull: Pull) -> None:
        self._change(pull.number, draft=True)

    def label(self, number: int, names: Sequence[str]) -> None:
        have = self.pulled[number].labels
        self._change(number, labels=(*have, *(name for name in names if name not in have)))

    def comments(self, number: int) -> tuple[Comment, ...]:
        return tuple(one for one in self.said.values() if one.number == number)

    def comment(self, identity: int) -> Comment:
        if identity not in self.said:
            raise ForgeError(f"there is no comment {identity}")
        return self.said[identity]

    def say(self, number: int, text: str) -> Comment:
        return self.write(number, text, replace(BOT, login=self.me))

    def rewrite_comment(self, identity: int, text: str) -> None:
        assert self.said[identity].author.login == self.me
        self.edit(identity, text)

    def reviews(self, number: int) -> tuple[GivenReview, ...]:
        return tuple(self.given.get(number, ()))

    def notes(self, number: int) -> tuple[Note, ...]:
        return tuple(self.noted.get(number, ()))

    def remark(self, number: int, head: str, notes: Sequence[Note]) -> None:
        assert head == self._seen(number).head
        me = replace(BOT, login=self.me)
        self.noted.setdefault(number, []).extend(replace(note, author=me) for note in notes)

    def check(self, check: Check) -> None:
        self.checks[check.name, check.head] = check

    def permission(self, login: str) -> str:
        return self.permissions.get(login, "none")

    def issues(self, label: str) -> tuple[Issue, ...]:
        return tuple(issue for issue, given in self.issued.values() if given == label)

    def open_issue(self, title: str, body: str, label: str) -> Issue:
        number = next(self._numbers)
        made = Issue(number, title, body, open=True, author=replace(BOT, login=self.me), page=f"{PAGE}/issues/{number}")
        self.issued[number] = (made, label)
        return made

    def rewrite_issue(self, number: int, title: str, body: str) -> None:
        issue, label = self.issued[number]
        self.issued[number] = (replace(issue, title=title, body=body, open=True), label)

    # --- what humans do -----------------------------------------------------------------------------------------

    def accept(self, number: int, by: Person = OWNER) -> None:
        """Merge, as a human does on the page."""
        self._change(number, open=False, merge="f" * 40, ended_by=by, closed=self.now())

    def close(self, number: int, by: Person = OWNER) -> None:
        self._change(number, open=False, ended_by=by, closed=self.now())

    def reopen(self, number: int) -> None:
        self._change(number, open=True, ended_by=None, closed="")

    def write(self, number: int, text: str, by: Person = OWNER) -> Comment:
        at, identity = self.now(), next(self._numbers) + 1000
        self.said[identity] = Comment(identity, number, by, text, at, at)
        self._touch(number)
        return self.said[identity]

    def edit(self, identity: int, text: str) -> None:
        self.said[identity] = replace(self.said[identity], text=text, updated=self.now())

    def give(self, number: int, state: str, text: str, by: Person = OWNER) -> None:
        review = GivenReview(by, state, text, self._seen(number).head, self.now())
        self.given.setdefault(number, []).append(review)
        self._touch(number)

    def _seen(self, number: int) -> Pull:
        """Return a pull request with the head that its branch has now."""
        one = self.pulled[number]
        return replace(one, head=self.remote.branches.get(one.branch, one.head)) if one.open else one

    def _touch(self, number: int) -> None:
        """Let a pull request be changed by what was said about it; an edited comment changes none."""
        if number in self.pulled:
            self._change(number)

    def _change(self, number: int, **fields: object) -> None:
        self.pulled[number] = replace(self._seen(number), updated=self.now(), **fields)  # type: ignore[arg-type]
