"""A pull request is reviewed where it lives, by the gates of its base, and what is stale is not said."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from improver.app import Improver, open_improver
from improver.cli.main import main
from improver.errors import ForgeError, UsageError
from improver.host import Person, Pull
from improver.hosting.offering import Hosting
from improver.hosting.reviews import Stale, number_at, post_account, review_pull
from improver.preparing import Wish
from improver.pulls.marking import marks
from improver.pulls.posting import CHECK, Posted
from improver.pulls.remarking import Told, read
from improver.request import Event
from improver.settings import read_settings
from tests.improver.hosting import FakeHost

BEFORE = "def double(number):\n    return 2 * number\n"
AFTER = (
    BEFORE
    + "\n\ndef load(text):\n    try:\n        return int(text)\n    except ValueError:\n        raise KeyError(text)\n"
)
TEST = "from shop import double\n\n\ndef test_double():\n    assert double(2) == 4\n"
REF = "refs/pull/7/head"


def git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.invalid")
    done = subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Path, str, str]:
    """Return a project, the head of its main branch and that of a change which is on no branch here."""
    for name, text in (("shop.py", BEFORE), ("test_shop.py", TEST), (".gitignore", ".nova/\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    for words in (("init", "-qb", "main"), ("add", "-A"), ("commit", "-qm", "start")):
        git(tmp_path, *words)
    base = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "shop.py").write_text(AFTER, encoding="utf-8")
    git(tmp_path, "commit", "-qam", "Load numbers")
    head = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "reset", "-q", "--hard", base)
    return tmp_path, base, head


@pytest.fixture
def improver(shop: tuple[Path, str, str]) -> Iterator[Improver]:
    with open_improver(read_settings(shop[0], None)) as opened:
        yield opened


def pulled(shop: tuple[Path, str, str], number: int = 7, *, is_open: bool = True) -> tuple[FakeHost, Hosting]:
    host = FakeHost()
    host.remote.branches = {"main": shop[1]}
    host.remote.refs = {f"refs/pull/{number}/head": shop[2]}
    add(host, number, shop[2], is_open=is_open)
    return host, Hosting(host, host.remote)


def add(host: FakeHost, number: int, head: str, *, is_open: bool = True) -> None:
    host.remote.refs[f"refs/pull/{number}/head"] = head
    host.pulled[number] = Pull(
        number=number,
        node=f"PR_{number}",
        title="Load numbers",
        body="",
        open=is_open,
        draft=False,
        branch="load",
        head=head,
        base_branch="main",
        base="",
        own=False,
        author=Person("stranger"),
        labels=(),
        page="",
        created="",
        updated="",
    )


def account(shop: tuple[Path, str, str], **fields: object) -> Told:
    told = {
        "schema": "nova/improve/1",
        "outcome": "refused",
        "base": shop[1],
        "head": shop[2],
        "reason": "refused: lint: bad",
        "gates": {"lint": "fail"},
        "refusals": ["lint: bad"],
        "questions": [],
        "findings": [],
        "suggestions": [],
        "unchecked": [],
    }
    return read(json.dumps({**told, **fields}).encode())


def silent(event: Event) -> None:
    assert event.text


@pytest.mark.host
def test_a_change_is_judged_at_its_base_and_told_once(shop: tuple[Path, str, str], improver: Improver) -> None:
    host, hosting = pulled(shop)
    review, told, posted = review_pull(improver, hosting, 7, Wish(), silent)
    assert (told.base, told.head) == shop[1:]
    assert [one.rule for one in review.findings] == ["explicit_cause"]
    assert (posted.comment, posted.suggestions) == ("written", 1)
    (note,) = host.notes(7)
    assert (note.path, note.first, note.last) == ("shop.py", 8, 9)
    assert "```suggestion\n    except ValueError as error:\n        raise KeyError(text) from error\n```" in note.text
    assert host.checks[CHECK, shop[2]].conclusion in ("neutral", "failure")
    again = review_pull(improver, hosting, 7, Wish(), silent)[2]
    assert (again.comment, again.suggestions) == ("unchanged", 0)
    assert git(shop[0], "status", "--porcelain") == ""


def test_an_account_from_elsewhere_is_said_where_it_belongs(shop: tuple[Path, str, str], improver: Improver) -> None:
    host, hosting = pulled(shop)
    assert number_at(hosting, shop[2]) == 7
    assert post_account(improver, hosting, account(shop), 7) == Posted("written", 0, "failure")
    (comment,) = host.comments(7)
    assert "vouches for nothing" in comment.text
    assert marks(comment.text, "review") == [{"head": shop[2]}]


@pytest.mark.parametrize("field", ["head", "base"])
def test_what_is_said_of_another_commit_is_not_said(
    field: str, shop: tuple[Path, str, str], improver: Improver
) -> None:
    host, hosting = pulled(shop)
    found = post_account(improver, hosting, account(shop, **{field: "a" * 40}), 7)
    assert isinstance(found, Stale)
    assert found.reason.startswith("it is of ")
    assert (host.comments(7), host.checks) == ((), {})


def test_a_pull_request_that_moves_while_it_is_read_is_read_again(
    shop: tuple[Path, str, str], improver: Improver
) -> None:
    host, hosting = pulled(shop)
    host.remote.refs[REF] = shop[1]
    with pytest.raises(ForgeError, match="moved while it was read"):
        post_account(improver, hosting, account(shop), 7)


def test_what_is_closed_is_left_alone(shop: tuple[Path, str, str], improver: Improver) -> None:
    host, hosting = pulled(shop, is_open=False)
    assert post_account(improver, hosting, account(shop), 7) == Stale("pull request #7 is closed")
    assert number_at(hosting, shop[2]) == Stale(f"no open pull request is at {shop[2][:12]}")
    with pytest.raises(UsageError, match="#7 is closed"):
        review_pull(improver, hosting, 7, Wish(), silent)
    assert host.comments(7) == ()


def test_of_two_at_one_commit_neither_is_taken_for_the_other(shop: tuple[Path, str, str]) -> None:
    host, hosting = pulled(shop)
    add(host, 9, shop[2])
    assert number_at(hosting, shop[2]) == Stale(f"#7 and #9 are at {shop[2][:12]}")


@pytest.mark.parametrize(
    "words",
    [
        ["--pr", "7", "--staged"],
        ["--diff", "a..b", "--pr", "7"],
        ["--post", __file__],
        ["--at", "a" * 40],
        ["--post", __file__, "--diff", "a..b", "--at", "a" * 40],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_together_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", *words]) == 2
    assert "  fix: " in capsys.readouterr().err
