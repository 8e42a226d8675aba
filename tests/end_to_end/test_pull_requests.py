"""From a planted fault to what a human decides at the host, and back into the ranking; a host and a push over HTTP."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.projects import DEPTH, IDENTITY, QUICK, TINY, Ended, git, improve, made
from tests.stand_in import Hub

pytestmark = pytest.mark.host
FIRST_LINE = '''\
"""Files of the pier."""


def first_line(path: str) -> str:
    """Return the first line of a file."""
    handle = open(path, encoding="utf-8")
    line = handle.readline()
    handle.close()
    return line.strip()
'''
TESTS = '''\
"""Tests of the pier."""

import pytest

from pier.a import depth
from pier.b import first_line
from pier.c import last_line


def test_a_depth_is_read():
    assert depth("4") == 4


def test_anything_else_is_refused():
    with pytest.raises(LookupError):
        depth("deep")


def test_lines_are_read(tmp_path):
    file = tmp_path / "log"
    file.write_text("one\\ntwo\\n")
    assert (first_line(str(file)), last_line(str(file))) == ("one", "one")
'''
PIER = {
    **TINY,
    "policies/gates.yaml": QUICK,
    "pier/a.py": DEPTH,
    "pier/b.py": FIRST_LINE,
    "pier/c.py": FIRST_LINE.replace("first", "last"),
    "tests/test_a.py": TESTS,
}


@dataclass(frozen=True)
class Checkout:
    """A project that is served by a host, as somebody has it on their machine."""

    root: Path
    hub: Hub
    token: str

    @classmethod
    def of(cls, folder: Path, hub: Hub) -> "Checkout":
        """Return a fresh clone of what the host serves, without any ledger."""
        git(folder.parent, "clone", "--quiet", str(hub.bare.path), str(folder))
        for key, value in {**IDENTITY, "remote.origin.url": hub.git_url}.items():
            git(folder, "config", key, value)
        return cls(folder, hub, hub.installation_token())

    def improve(self, *arguments: str) -> Ended:
        """Run the command with a token of a program's account, as a workflow does."""
        surroundings = {"GITHUB_API_URL": self.hub.api, "GITHUB_REPOSITORY": self.hub.name}
        ended = improve(self.root, *arguments, **surroundings, NOVA_GITHUB_TOKEN=self.token)
        assert self.token not in ended.out + ended.err
        return ended

    def pull(self) -> None:
        """Bring main up to date, as a human does."""
        git(self.root, "fetch", "--quiet", str(self.hub.bare.path), "main")
        git(self.root, "reset", "--quiet", "--hard", "FETCH_HEAD")

    def first(self) -> str:
        """Return the rule that a run would propose first."""
        (found,) = self.improve("run", "--dry-run", "--max", "1", "--json").data["proposals"]
        return str(found["rule"])

    def decisions(self) -> list[tuple[str, str, str, str]]:
        """Return what `improve decisions` shows: rule, decision, scope and reason."""
        rows = self.improve("decisions", "--json").data["decisions"]
        return [(row["rule"], row["decision"], row["scope"], row["reason"]) for row in rows]


@pytest.fixture
def work(tmp_path: Path, hub: Hub) -> Checkout:
    hub.load(made(tmp_path / "source", PIER))
    return Checkout.of(tmp_path / "work", hub)


def opened(work: Checkout, hub: Hub) -> int:
    """Let the improver open a pull request for what is planted in b.py; return its number."""
    ended = work.improve("run", "--open-pr", "--only", "open_with", "--paths", "pier/b.py", "--json")
    assert ended.status == 0, ended.err
    (pull,) = ended.data["pulls"]
    thread = hub.thread(pull["number"])
    assert (pull["act"], thread.title) == ("opened", pull["text"])
    assert thread.head is not None
    assert not thread.head.draft
    calls = [call.template for call in hub.calls if call.method == "POST" and call.status in (200, 201)]
    assert "/graphql" in calls[calls.index("/repos/{owner}/{repo}/pulls") :]  # a draft, until all else is done
    return int(pull["number"])


def test_what_a_human_merges_is_verified_learned_and_ranked_higher(work: Checkout, hub: Hub) -> None:
    number = opened(work, hub)
    asked = hub.human("owner").comment(number, "/nova verify")
    answered = work.improve("answer", "--pr", str(number), "--comment", str(asked.id), "--json")
    assert (answered.data["outcome"], answered.data["reason"]) == ("said", "verified"), answered.err
    assert hub.thread(number).comments[-1].body.startswith("Every gate ran again on a fresh baseline")
    assert work.first() == "explicit_cause"

    merge = hub.human("owner").merge(number)
    synced = work.improve("sync", "--json").data
    assert [one["what"] for one in synced["changes"]] == ["approved"]
    assert work.improve("sync", "--json").data["outcome"] == "nothing_new"
    (listed,) = work.improve("list", "--all", "--json").data["proposals"]
    assert (listed["state"], listed["merge"]) == ("approved", merge)
    assert work.decisions() == [("open_with", "approved", "finding", "")]

    work.pull()
    assert work.first() == "open_with"  # of c.py: what b.py had is merged, and its rule counts for more


def test_what_a_human_closes_is_never_proposed_again_until_the_no_is_taken_back(
    work: Checkout, hub: Hub, tmp_path: Path
) -> None:
    number = opened(work, hub)
    hub.human("owner").comment(number, "We read files this way.")
    hub.human("owner").close(number)
    again = work.improve("run", "--open-pr", "--only", "open_with", "--paths", "pier/b.py", "--json").data
    reason = "rejected in proposal #1: We read files this way."
    assert (again["outcome"], again["funnel"]["drops"], again["pulls"]) == ("all_suppressed", {reason: 1}, [])
    no = ("open_with", "rejected", "finding", "We read files this way.")
    assert work.decisions() == [no]

    fresh = Checkout.of(tmp_path / "fresh", hub)
    elsewhere = fresh.improve("run", "--open-pr", "--only", "open_with", "--paths", "pier/b.py", "--json").data
    assert (elsewhere["outcome"], elsewhere["funnel"]["drops"]) == ("all_suppressed", {reason: 1})
    assert fresh.decisions() == [no]

    asked = hub.human("writer").comment(number, "/nova undo-no")
    answered = fresh.improve("answer", "--pr", str(number), "--comment", str(asked.id), "--json").data
    assert (answered["outcome"], answered["reason"]) == ("said", "undo-no")
    assert fresh.decisions() == [no, ("open_with", "undone", "finding", "")]
    revived = work.improve("run", "--open-pr", "--only", "open_with", "--paths", "pier/b.py", "--json").data
    assert [(one["act"], one["number"] > number) for one in revived["pulls"]] == [("opened", True)]
