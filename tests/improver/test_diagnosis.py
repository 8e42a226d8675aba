"""What bubblewrap said becomes a reason and one command."""

import pytest

from improver.verify.diagnosis import APPARMOR, CLONE, INSTALL, LOAD_PROFILE, SPACES, explain

DENIED = "bwrap: setting up uid map: Permission denied"


@pytest.mark.parametrize(
    ("message", "settings", "why", "fix"),
    [
        pytest.param("bwrap: Unknown option --disable-userns", {}, "older than 0.8", INSTALL, id="too old"),
        pytest.param(DENIED, {APPARMOR: "1"}, "/etc/apparmor.d/bwrap", LOAD_PROFILE, id="AppArmor is named"),
        pytest.param(
            DENIED,
            {CLONE: "0", APPARMOR: "1"},
            "switched off",
            "sudo sysctl -w kernel.unprivileged",
            id="Debian switch",
        ),
        pytest.param("bwrap: No space left on device", {SPACES: "0"}, "switched off", "sudo sysctl -w user", id="none"),
        pytest.param(DENIED, {APPARMOR: "0"}, "container or kernel", "--security-opt", id="a container"),
        pytest.param("bwrap: a riddle", {APPARMOR: "1"}, "bwrap: a riddle", "reason above", id="anything else"),
    ],
)
def test_last_words_are_explained(message: str, settings: dict[str, str], why: str, fix: str) -> None:
    found = explain(message, settings)
    assert why in found[0]
    assert found[1].startswith(fix) or fix in found[1]
