"""Wherever the network goes away while a proposal is published, the next run finishes it, and does nothing twice."""

from pathlib import Path

import pytest

from improver.errors import ForgeError
from improver.pulls.presenting import CHECK, is_complete
from tests.end_to_end.hosted import Scene, make_project, opened, propose
from tests.stand_in import Hub, stand_in
from tests.stand_in.faults import Call, Fault, cut, cut_after

pytestmark = pytest.mark.host
REST = 60  # calls: more than a publish makes


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_project(tmp_path_factory.mktemp("cut") / "project")
    with opened(root) as improver:
        propose(improver)
    return root


def scene(project: Path, folder: Path, hub: Hub) -> Scene:
    return Scene.set(project, hub).clone(folder)


def writes(project: Path, folder: Path) -> list[int]:
    """Publish once undisturbed; return the numbers of the calls that change something.

    Where all is cut from some call on, what only reads leaves what the last write before it left.
    """
    with stand_in(folder / "hub") as hub:
        made = scene(project, folder / "project", hub)
        made.publish()
        assert_whole(made)
        return [number for number, call in enumerate(hub.calls, 1) if changes(call)]


def changes(call: Call) -> bool:
    return call.method != "GET" and not call.path.endswith("git-upload-pack")


def assert_whole(made: Scene) -> None:
    """Expect one branch, one pull request with all that belongs to it, and nothing left over."""
    hub = made.hub
    with opened(made.root) as improver:
        (proposal,) = improver.ledger.proposals()
        (publication,) = improver.ledger.publications()
    branches = hub.bare.heads()
    branch = publication.branch
    assert set(branches) == {"main", branch}
    assert branches[branch] == proposal.draft.commit == publication.commit
    (thread,) = hub.state.threads.values()
    assert thread.head is not None
    assert (thread.number, thread.state, thread.head.draft) == (publication.pull, "open", False)
    assert sorted(thread.labels) == ["nova", "nova:codemod", "risk:confined"]
    assert is_complete(thread.body or "")
    assert thread.comments == []
    assert [(one.name, one.head) for one in hub.state.checks.values()] == [(CHECK, proposal.draft.commit)]
    kept = hub.bare.git("for-each-ref", "--format=%(refname)", "refs/nova/").split()
    assert kept == [f"refs/nova/evidence/{proposal.draft.id}"]


@pytest.mark.parametrize(
    "fault", [pytest.param(cut(), id="before it is done"), pytest.param(cut_after(), id="after it was done")]
)
def test_cut_at_every_write_the_next_run_finishes(project: Path, tmp_path: Path, fault: Fault) -> None:
    calls = writes(project, tmp_path / "whole")
    survived = 0
    for number in calls:
        with stand_in(tmp_path / f"hub-{number}") as hub:
            made = scene(project, tmp_path / f"project-{number}", hub)
            hub.faults.at(number, fault)
            for later in range(number + 1, number + REST):
                hub.faults.at(later, cut())
            with pytest.raises(ForgeError) as caught:
                made.publish()
            assert made.token not in str(caught.value)
            assert caught.value.hint.fix
            hub.faults.restart()
            made.publish()
            assert_whole(made)
            survived += 1
    assert survived == len(calls) >= 10  # two pushes, the pull request, labels, check, ready, complete
