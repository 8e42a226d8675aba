"""Ctrl-C ends the crew's work whenever it comes; raised inside the event loop, it left a run waiting forever."""

import itertools
import random
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from improver.crew.interruption import Interruption
from improver.crew.office import Assignment, staffed
from tests.improver.test_crew import PROJECT, TREE, found_by

PATIENCE = 20  # seconds after which a run that was interrupted should have ended
PRESSES = 50


@pytest.fixture
def alarmed() -> Iterator[None]:
    """Give SIGALRM back afterwards."""
    before = signal.getsignal(signal.SIGALRM)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def press(moment: float) -> None:
    """Press Ctrl-C in `moment` seconds; fail in the midst of a run that has not ended long after."""
    late = iter((False, True))

    def pressed(*_: object) -> None:
        if next(late):
            pytest.fail("it never ended")
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGALRM, pressed)
    signal.setitimer(signal.ITIMER_REAL, moment, PATIENCE)


def busy(data: Path, moment: float) -> None:
    """Hand one step after another on until the key is pressed."""
    with staffed(data, Assignment("run", "0" * 40, 1, 1000.0, 1_000_000)) as office:
        press(moment)
        for group in found_by():
            office.draft(group, PROJECT, TREE)
        for worth in itertools.count(1.0):
            office.ranked(found_by(), lambda _, worth=worth: worth)  # type: ignore[misc]


@pytest.mark.host  # a recorder of lines, where the key is pressed inside it, waits for its own lock
@pytest.mark.usefixtures("alarmed")
@pytest.mark.filterwarnings("ignore:(?s).*KeyboardInterrupt:pytest.PytestUnraisableExceptionWarning")  # by a finaliser
def test_it_is_never_lost_and_nothing_waits_for_what_it_broke_off(tmp_path: Path) -> None:
    ended = list[str]()
    for seed in range(PRESSES):
        moment = random.Random(seed).uniform(0.0005, 0.03)  # noqa: S311 - no secret is drawn
        with pytest.raises(KeyboardInterrupt):
            busy(tmp_path / str(seed), moment)
        with sqlite3.connect(tmp_path / str(seed) / "journal.sqlite3") as journal:
            ended += [row[0] for row in journal.execute("SELECT state FROM settlements")]
        journal.close()
    assert set(ended) == {"failed"}
    assert len(ended) > PRESSES / 2  # of a run that was cut off before its first step nothing is on record
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def held_back(reached: list[str]) -> None:
    """Press the key where it is held back, then let it through."""
    interruption = Interruption()
    with interruption.handled(), interruption.let():
        with interruption.held():
            signal.raise_signal(signal.SIGINT)
            reached.append("inside")
        reached.append("behind")


def insistent(reached: list[str]) -> None:
    """Press the key twice where it is held back."""
    with Interruption().handled():
        signal.raise_signal(signal.SIGINT)
        reached.append("inside")
        signal.raise_signal(signal.SIGINT)
        reached.append("behind")


def late(reached: list[str]) -> None:
    """Press the key where it is held back, before work that may be cut short anywhere."""
    interruption = Interruption()
    with interruption.handled():
        signal.raise_signal(signal.SIGINT)
        reached.append("inside")
        with interruption.let():
            reached.append("behind")


def never_let(reached: list[str]) -> None:
    """Press the key where it is held back to the end."""
    with Interruption().handled():
        signal.raise_signal(signal.SIGINT)
        reached.append("inside")


@pytest.mark.parametrize("run", [held_back, insistent, late, never_let], ids=lambda run: run.__name__)
def test_it_waits_while_it_is_held_back_unless_it_is_pressed_again(run: Callable[[list[str]], None]) -> None:
    reached = list[str]()
    with pytest.raises(KeyboardInterrupt):
        run(reached)
    assert reached == ["inside"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        interruption = Interruption()
        with interruption.handled(), interruption.let():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
