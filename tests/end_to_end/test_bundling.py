"""A bundle of proposals: what the job with the token takes from it, and what it refuses without running any of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from improver.acts import improve
from improver.adapters.bundle_files import BundleFolder, Rejudged
from improver.cli.commands.publish import outcome_of
from improver.errors import UsageError
from improver.hosting.bundling import publish_bundle, rejudge, write_bundle
from improver.preparing import Wish
from improver.pulls.publishing import offer_of
from improver.pulls.submitting import Done
from improver.records import Safety
from improver.request import Request
from tests.end_to_end.hosted import Scene, commit_all, git, make_project, opened, propose
from tests.end_to_end.projects import DEPTH, PYPROJECT, TESTS
from tests.stand_in import Hub

pytestmark = pytest.mark.host


def written(root: Path, folder: Path, **how: object) -> Path:
    """Write a bundle of one proposal made by hand, as the job that proposes does."""
    with opened(root) as improver:
        number = propose(improver, **how)  # type: ignore[arg-type]
        write_bundle(improver, folder, [number])
    return folder


def uphold(root: Path, folder: Path, *differs: str) -> None:
    """Write beside a bundle what a re-run might have said."""
    with opened(root) as improver:
        bundle = BundleFolder(folder, improver.repository.root)
        bundle.judged(Rejudged(one.id, one.commit, one.evidence.digest, "f" * 64, differs) for one in bundle.offers())


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return make_project(tmp_path / "made", ("a.py", "conftest.py"))


def published(folder: Path, made: Path, hub: Hub, place: Path) -> list[Done]:
    """Publish a bundle from a checkout that never saw its proposals."""
    place.mkdir()
    git(place, "clone", "-q", "--no-local", "--single-branch", str(made), "fresh")
    scene = Scene.set(made, hub)
    with opened(place / "fresh", hub, scene.token) as improver:
        return publish_bundle(improver, scene.hosting(improver), folder, lambda _: None)


def test_what_was_upheld_is_published_from_a_checkout_that_never_saw_it(made: Path, hub: Hub, tmp_path: Path) -> None:
    folder = written(made, tmp_path / "bundle")
    uphold(made, folder)
    (done,) = published(folder, made, hub, tmp_path / "one")
    assert done.offer is not None
    assert (done.act, outcome_of([done])) == ("opened", "published")
    assert hub.bare.heads()[done.offer.branch] == done.offer.commit
    (again,) = published(folder, made, hub, tmp_path / "two")
    assert again.act == "there"
    assert len(hub.state.threads) == 1


def test_an_empty_bundle_publishes_nothing(made: Path, hub: Hub, tmp_path: Path) -> None:
    with opened(made) as improver:
        assert write_bundle(improver, tmp_path / "bundle", []) == 0
    assert published(tmp_path / "bundle", made, hub, tmp_path / "one") == []


def test_what_nobody_upheld_is_skipped(made: Path, hub: Hub, tmp_path: Path) -> None:
    folder = written(made, tmp_path / "bundle")
    (done,) = published(folder, made, hub, tmp_path / "one")
    assert (done.act, done.text) == ("skipped", "nobody judged it again: improve verify --bundle DIR")
    uphold(made, folder, "gate tests: ruling pass -> fail")
    (done,) = published(folder, made, hub, tmp_path / "two")
    assert (done.act, done.text) == ("skipped", "gate tests: ruling pass -> fail")
    body = json.loads((folder / "verdict.json").read_text())
    body["proposals"][0] |= {"differs": [], "commit": "0" * 40}
    (folder / "verdict.json").write_text(json.dumps(body))
    (done,) = published(folder, made, hub, tmp_path / "three")
    assert (done.act, done.text) == ("skipped", "nobody judged it again: improve verify --bundle DIR")


def test_what_was_made_for_another_commit_is_skipped(made: Path, hub: Hub, tmp_path: Path) -> None:
    folder = written(made, tmp_path / "bundle")
    uphold(made, folder)
    commit_all(made, b="y = 1\n")
    (done,) = published(folder, made, hub, tmp_path / "one")
    assert (done.act, done.text.partition(",")[0][:15]) == ("skipped", "it was made for")


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        pytest.param({"path": "conftest.py"}, "scope: ", id="a path that no machine touches"),
        pytest.param({"failing": "tests"}, "tests: tests holds", id="a gate that failed, told as if it were no matter"),
        pytest.param({"safety": Safety.PROVED, "title": "Say\u202etwo"}, "intake: ", id="a title that hides"),
    ],
)
def test_what_policy_forbids_is_refused_whoever_upheld_it(
    made: Path, hub: Hub, tmp_path: Path, how: dict[str, object], reason: str
) -> None:
    folder = written(made, tmp_path / "bundle", **how)
    uphold(made, folder)
    (done,) = published(folder, made, hub, tmp_path / "one")
    assert (done.act, done.text.startswith(reason), outcome_of([done])) == ("refused", True, "refused"), done.text
    assert set(hub.bare.heads()) == {"main"}


def test_what_may_not_be_published_is_not_even_written(made: Path, tmp_path: Path) -> None:
    with opened(made) as improver:
        number = propose(improver, safety=Safety.BEHAVIOUR_CHANGE)
        assert write_bundle(improver, tmp_path / "bundle", [number]) == 0


def test_a_change_of_behaviour_that_no_test_reproduces_is_refused_though_somebody_wrote_it(
    made: Path, hub: Hub, tmp_path: Path
) -> None:
    folder = tmp_path / "bundle"
    with opened(made) as improver:
        draft = improver.ledger.proposal(propose(improver, safety=Safety.BEHAVIOUR_CHANGE)).draft
        BundleFolder(folder, made).write([offer_of(draft)], [draft.branch], improver.repository.head)
    uphold(made, folder)
    (done,) = published(folder, made, hub, tmp_path / "one")
    assert (done.act, done.text) == ("refused", "policy publishes this behaviour change only with a reproducing test")
    assert set(hub.bare.heads()) == {"main"}


def alter_evidence(folder: Path) -> None:
    (path,) = folder.glob("*.evidence.json")
    path.write_bytes(path.read_bytes().replace(b"two is more", b"two is less"))


def alter_list(folder: Path, **changes: str) -> None:
    body = json.loads((folder / "proposals.json").read_text())
    body["proposals"][0] |= changes
    (folder / "proposals.json").write_text(json.dumps(body))


def link_out(folder: Path) -> None:
    (path,) = folder.glob("*.evidence.json")
    path.unlink()
    path.symlink_to("/etc/passwd")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(alter_evidence, id="altered evidence"),
        pytest.param(lambda folder: alter_list(folder, id="../../etc"), id="a name that leaves the folder"),
        pytest.param(lambda folder: alter_list(folder, evidence="0" * 64), id="another digest"),
        pytest.param(lambda folder: alter_list(folder, commit="HEAD"), id="no commit"),
        pytest.param(link_out, id="a link out of the folder"),
        pytest.param(lambda folder: (folder / "proposals.bundle").write_bytes(b"no bundle"), id="no bundle"),
        pytest.param(lambda folder: (folder / "proposals.bundle").unlink(), id="no commits"),
        pytest.param(lambda folder: (folder / "proposals.json").write_text("[1"), id="no JSON"),
        pytest.param(lambda folder: (folder / "proposals.json").unlink(), id="no list"),
    ],
)
def test_what_is_no_bundle_is_said_and_nothing_is_asked(
    made: Path, hub: Hub, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    folder = written(made, tmp_path / "bundle")
    uphold(made, folder)
    spoil(folder)
    with pytest.raises(UsageError, match="this is no bundle of proposals"):
        published(folder, made, hub, tmp_path / "one")
    assert [call for call in hub.calls if call.method != "GET"] == []


def test_a_real_proposal_is_upheld_by_a_real_re_run(tmp_path: Path, hub: Hub) -> None:
    root = tmp_path / "pier"
    files = {"pyproject.toml": PYPROJECT, "pier/__init__.py": '"""A pier."""\n', "pier/a.py": DEPTH}
    for name, text in (files | {"tests/test_a.py": TESTS}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    with opened(root) as improver:
        report = improve(improver, Request(1, ("explicit_cause",)), Wish(), (), lambda _: None)
        write_bundle(improver, tmp_path / "bundle", [one.number for one in report.proposals])
        (found,) = rejudge(improver, tmp_path / "bundle", lambda _: None)
    assert found.differs == ()
    (done,) = published(tmp_path / "bundle", root, hub, tmp_path / "one")
    assert done.act == "opened"
