"""Proposals to publish in tests, made by hand, and the objects behind them in memory."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from improver.policy import Budget
from improver.proposing import account_of
from improver.pulls.publishing import Offer, Seen, Why, held
from improver.pulls.submitting import Batch, Desk, Done, look, settle, submit
from improver.rationale import commit_message
from improver.records import File, Finding, Tree
from improver.verify.evidence import Evidence
from tests.improver.hosting import FakeHost
from tests.improver.test_evidence import EVIDENCE

MAIN, MOVED = "0" * 40, "1" * 40  # where the main branch of a fake stands at first, and where it may move to
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BEFORE, AFTER = {"a.py": File(b"x = 1\n"), "b.py": File(b"y = 1\n")}, {"a.py": File(b"x = 2\n")}
BUDGET = Budget(proposals=5, open_proposals=20, attempts=40, seconds=60)


def finding(key: str, path: str = "a.py", message: str = "it stays open") -> Finding:
    return Finding(key, "open_with", path, "f", 3, 4, message, {"lines": 2})


def evidence(keys: Sequence[str] = ("key-1",), base: str = MAIN, **changes: object) -> Evidence:
    """Return evidence about findings with these keys."""
    plain = replace(EVIDENCE, base=base, findings=tuple(map(finding, keys)), made="2026-01-01T00:00:00+00:00")
    return replace(plain, **changes)  # type: ignore[arg-type]


def offer(proved: Evidence | None = None, path: str = "a.py") -> Offer:
    """Return a proposal with this evidence; its commit depends on it alone."""
    proved = replace(proved or evidence(), tree="")
    proved = replace(proved, tree=hashlib.sha1(proved.to_bytes(), usedforsecurity=False).hexdigest())
    commit = hashlib.sha1(proved.to_bytes(), usedforsecurity=False).hexdigest()
    return Offer(f"{commit[:8]}-open-with-a", commit, path, proved)


@dataclass
class MemoryCommits:
    """Commits as one repository would hold them: message, tree, parents and time."""

    messages: dict[str, str] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=lambda: {MAIN: BEFORE, MOVED: BEFORE})
    above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    moments: dict[str, datetime] = field(default_factory=dict)

    def add(self, made: Offer) -> Offer:
        """Take in the commit of a proposal."""
        self.messages[made.commit] = commit_message(account_of(made.evidence, ""))
        self.trees[made.commit] = {**BEFORE, **AFTER}
        self.above[made.commit] = (made.evidence.base,)
        return made

    def tree(self, commit: str) -> Tree:
        return self.trees[commit]

    def parents(self, commit: str) -> tuple[str, ...]:
        return self.above[commit]

    def message(self, commit: str) -> str:
        return self.messages.get(commit, "Mend it by hand\n")

    def moment(self, commit: str) -> datetime:
        return self.moments.get(commit, NOON)


@dataclass
class Office:
    """A host in memory, the objects here, and what a publishing run does with both."""

    host: FakeHost = field(default_factory=FakeHost)
    commits: MemoryCommits = field(default_factory=MemoryCommits)
    budget: Budget = BUDGET
    at: datetime = NOON

    @property
    def desk(self) -> Desk:
        return Desk(self.host, self.host.remote, self.commits, self.budget, self.at)

    def seen(self) -> Seen:
        return look(self.host, self.host.remote)

    def publish(self, *offers: Offer, said: Why = lambda _: "") -> list[Done]:
        """Do what one run does: settle, look again, submit."""
        desk = self.desk
        done = settle(desk, look(desk.host, desk.remote))
        seen = look(desk.host, desk.remote)
        batch = Batch(seen, held(seen, said))
        return done + [one for made in offers for one in submit(desk, batch, self.commits.add(made))]

    def move_main(self) -> None:
        self.host.remote.branches["main"] = MOVED
