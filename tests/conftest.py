"""Fixtures of all tests: the sandbox of this machine and a stand-in for GitHub, made only when a test asks."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from improver.records import Tier
from improver.verify.sandbox import Sandbox, best_sandbox
from tests.stand_in import Hub, stand_in


def pytest_configure() -> None:
    """Let Ctrl-C through, which a job in the background and its children ignore; put no bound on examples' times."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes says how busy the machine is, and nothing about the code.
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")


@pytest.fixture(scope="session")
def strongest() -> Sandbox:
    """Return the strongest sandbox that works here for the running interpreter."""
    return best_sandbox(sys.executable)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """Return a stand-in for GitHub that serves an empty repository acme/shop on loopback."""
    with stand_in(tmp_path / "hub") as served:
        yield served


@pytest.fixture(autouse=True)
def _full_tier(request: pytest.FixtureRequest) -> None:
    """Skip a test marked `t3` where this machine cannot give that tier, and say why and what would."""
    if request.node.get_closest_marker("t3") is None:
        return
    found: Sandbox = request.getfixturevalue("strongest")
    if found.tier is not Tier.T3:
        pytest.skip(f"needs sandbox tier T3, this machine gives {found.tier}: {found.why}; to get it: {found.fix}")
