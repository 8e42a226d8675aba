"""The probes get through where a tier promises nothing, are stopped where it does, and one way out is an error."""

import json
import sys
from dataclasses import dataclass, field, replace

import pytest

from improver.errors import SandboxError
from improver.records import Tier
from improver.verify import intruder
from improver.verify.job import Ended, Job, Mount
from improver.verify.probes import attack, attempts
from improver.verify.sandbox import Sandbox, sandbox_at

pytestmark = pytest.mark.host
EVERY = {attempt.__name__ for attempt in intruder.ATTEMPTS}


def at(tier: Tier) -> Sandbox:
    """Return the sandbox of `tier`, or skip where it is not to be had."""
    try:
        return sandbox_at(tier, sys.executable)
    except SandboxError as error:
        pytest.skip(f"tier {tier} is not to be had here: {error.hint.why}")


@pytest.mark.parametrize("tier", [pytest.param(tier, marks=pytest.mark.t3 if tier is Tier.T3 else ()) for tier in Tier])
def test_a_tier_stops_what_it_promises_and_says_what_it_does_not(tier: Tier) -> None:
    box = at(tier)
    receipt, promised = box.probe(), set(box.promises)
    assert receipt.counts == {"probes": len(promised)}
    assert {note.removeprefix("not promised: ").split(":")[0] for note in receipt.notes} == EVERY
    assert {note for note in receipt.notes if note.startswith("not promised")} == {
        f"not promised: {name}" for name in EVERY - promised
    }


@pytest.mark.t3
def test_the_full_tier_promises_to_stop_every_attempt(strongest: Sandbox) -> None:
    assert set(strongest.promises) == EVERY


@dataclass(frozen=True)
class Leaky:
    """A sandbox of the lowest tier that claims to be another and spoils each job in one way."""

    inner: Sandbox
    tier: Tier = Tier.T0
    promises: tuple[str, ...] = ("inherited", "fork")
    spoil: dict[str, object] = field(default_factory=dict)

    @property
    def python(self) -> str:
        return self.inner.python

    def seen(self, mount: Mount) -> str:
        return self.inner.seen(mount)

    def run(self, job: Job) -> Ended:
        env = {"STRANGER": "1"} if "env" in self.spoil else {}
        processes = int(str(self.spoil.get("processes", job.limits.processes)))
        return self.inner.run(replace(job, env=env, limits=replace(job.limits, processes=processes)))


@pytest.mark.t3  # a machine that gives the full tier does not itself stop any attempt
def test_where_nothing_stops_it_every_attempt_succeeds() -> None:
    said, ended, taken = attempts(Leaky(at(Tier.T0), spoil={"env": True, "processes": 400}))
    assert ended.trouble == ""
    got_through = {name for name, answer in said.items() if answer == ""} | set(taken)
    assert got_through == EVERY


@pytest.mark.t3
@pytest.mark.parametrize(
    ("leak", "spoil"),
    [
        pytest.param("inherited", {"env": True}, id="a variable of the host leaks in"),
        pytest.param("fork", {"processes": 400}, id="the limit on processes does not bind"),
        *(pytest.param(name, {}, id=f"it cannot stop {name}") for name in sorted(EVERY - {"inherited", "fork"})),
    ],
)
def test_one_open_way_is_an_error_that_names_it(leak: str, spoil: dict[str, object]) -> None:
    with pytest.raises(SandboxError, match=f"tier T0 does not hold: {leak}\n"):
        attack(Leaky(at(Tier.T0), promises=(leak,), spoil=spoil))


def test_an_intruder_that_does_not_report_proves_nothing() -> None:
    @dataclass(frozen=True)
    class Mute(Leaky):
        def run(self, job: Job) -> Ended:
            return replace(super().run(job), report=json.dumps({"inherited": "refused"}).encode())

    with pytest.raises(SandboxError, match="does not hold: fork"):
        attack(Mute(at(Tier.T0)))
