"""A guest's children: what is heard of them, and how they end."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from improver.verify.forking import Say, bound_cpu, forked


def busy(_say: Say) -> None:
    bound_cpu(1)
    while True:
        pass


def killed(say: Say) -> None:
    say("begin", 0)
    os.kill(os.getpid(), signal.SIGKILL)


def told_by_another(say: Say) -> None:
    if not os.fork():
        say("not mine")
        os._exit(0)
    os.wait()
    say("mine")


def broken(_say: Say) -> None:
    raise LookupError("no")


@pytest.mark.parametrize(
    ("body", "said", "how"),
    [
        pytest.param(lambda say: say("a", 1), [["a", 1], ["end"]], "", id="one that ends"),
        pytest.param(lambda _say: os._exit(3), [], "exit 3", id="one that leaves"),
        pytest.param(killed, [["begin", 0]], "signal 9", id="one that is killed"),
        pytest.param(busy, [], f"signal {int(signal.SIGXCPU)}", id="one that takes too much CPU time"),
        pytest.param(broken, [["broke", "LookupError: no"]], "LookupError: no", id="one that breaks"),
        pytest.param(told_by_another, [["mine"], ["end"]], "", id="one whose own child speaks"),
    ],
)  # fmt: skip
def test_how_a_child_ends(body: Any, said: list[list[object]], how: str) -> None:
    ended = forked(body)
    assert (ended.said, ended.how, ended.cpu > 0) == (said, how, True)


def test_a_child_that_says_nothing_for_too_long_is_ended_with_what_it_started() -> None:
    started: list[int] = []

    def body(say: Say) -> None:
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        say("started", child.pid)
        signal.pause()

    def heard(facts: list[Any]) -> None:
        started.append(facts[1])

    ended = forked(body, patience=lambda facts: 0.2 if facts else 60, heard=heard)
    assert ended.how == "patience"
    assert gone(started[0])


def gone(pid: int) -> bool:
    """Wait until a killed process runs no more; nobody may have reaped it yet."""
    for _ in range(1000):
        try:
            with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a pseudo file
                if file.read().rpartition(")")[2].split()[0] in "ZX":
                    return True
        except FileNotFoundError:
            return True
        os.sched_yield()
    return False
