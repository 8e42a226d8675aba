"""Wherever the network goes away while a command is answered or a verdict is read, the next try finishes it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from improver.errors import ForgeError
from improver.hosting.adopting import sync
from improver.hosting.answers import Asked, Desk
from improver.pulls.marking import signed
from tests.end_to_end.hosted import Scene, make_project, opened, propose
from tests.end_to_end.test_publish_cut import changes
from tests.stand_in import Hub, stand_in
from tests.stand_in.faults import Fault, cut, cut_after

pytestmark = pytest.mark.host
REST = 60  # calls: more than one command makes
Act = Callable[[Scene], None]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_project(tmp_path_factory.mktemp("cut") / "project")
    with opened(root) as improver:
        propose(improver)
    return root


def refused(made: Scene) -> None:
    """Answer the last comment."""
    said = [one for one in made.hub.thread(1).comments if one.body.startswith("/nova")]
    with opened(made.root, made.hub, made.token) as improver:
        Desk(improver, made.hosting(improver), lambda _: None).answer(Asked(1, said[-1].id))


def learned(made: Scene) -> None:
    """Read what was decided, as `improve sync` does."""
    with opened(made.root, made.hub, made.token) as improver:
        hosting = made.hosting(improver)
        sync(improver, hosting.host, hosting.remote)


def say_no(hub: Hub) -> None:
    hub.human("owner").comment(1, "/nova no because odd")


def close(hub: Hub) -> None:
    hub.human("owner").close(1)


def come_to(made: Scene) -> tuple[str, list[tuple[str, str]], int, int]:
    """Return what became of it: the state there, the verdicts here, how often we answered and asked."""
    with opened(made.root) as improver:
        given = [(one.verdict.decision, one.verdict.reason) for one in improver.ledger.decisions()]
    thread = made.hub.thread(1)
    answers, questions = (sum(len(signed(one.body, kind)) for one in thread.comments) for kind in ("answer", "asked"))
    return thread.state, given, answers, questions


@dataclass(frozen=True)
class Case:
    """What a human does, how we go about it, and what becomes of it."""

    before: Callable[[Hub], None]
    work: Act
    end: tuple[str, list[tuple[str, str]], int, int]


COMMAND = Case(say_no, refused, ("closed", [("rejected", "odd")], 1, 0))
CLOSING = Case(close, learned, ("closed", [("rejected", "")], 0, 1))


def tried(project: Path, folder: Path, case: Case, faults: dict[int, Fault]) -> list[int]:
    """Do the work on a new host, with these faults, until it is done; return which calls wrote in the last try."""
    with stand_in(folder / "hub") as hub:
        made = Scene.set(project, hub).clone(folder / "project")
        made.publish()
        case.before(hub)
        hub.faults.restart()
        for number, fault in faults.items():
            hub.faults.at(number, fault)
        if faults:
            with pytest.raises(ForgeError):
                case.work(made)
            hub.faults.restart()
        case.work(made)
        calls = [number for number, call in enumerate(hub.calls, 1) if changes(call)]
        learned(made)
        assert come_to(made) == case.end
        return calls


@pytest.mark.parametrize("case", [pytest.param(COMMAND, id="a command"), pytest.param(CLOSING, id="a closing")])
@pytest.mark.parametrize(
    "fault", [pytest.param(cut(), id="before it is done"), pytest.param(cut_after(), id="after it was done")]
)
def test_cut_at_every_write_the_next_try_finishes(project: Path, tmp_path: Path, case: Case, fault: Fault) -> None:
    calls = tried(project, tmp_path / "whole", case, {})
    for number in calls:
        rest = dict.fromkeys(range(number + 1, number + REST), cut())
        tried(project, tmp_path / f"{number}", case, {number: fault, **rest})
    assert len(calls) >= 2  # who we are, and what is said
