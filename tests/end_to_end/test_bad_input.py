"""Whatever is wrong with a project gets a clear error and the right exit code, and nothing is lost."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.projects import (
    DEPTH,
    TESTS,
    TINY,
    Ended,
    branches,
    command,
    committed,
    environment,
    git,
    improve,
    made,
    packaged,
    user_state,
    write,
)
from tests.improver.test_ordinary_user import as_nobody

pytestmark = [pytest.mark.host, pytest.mark.t3]

SHORT = packaged("gates", ("flake_runs: 2", "flake_runs: 1"), ("seconds: 600", "seconds: 4"))
PATIENT = SHORT.replace("seconds: 4", "seconds: 20")
LEAN = packaged("gates", ("flake_runs: 2", "flake_runs: 1"), ("memory_mib: 4096", "memory_mib: 400"))
CROWDED = packaged("gates", ("flake_runs: 2", "flake_runs: 1"), ("processes: 64", "processes: 24"))


def told(ended: Ended) -> dict[str, str]:
    """Return what, where, why and fix of the error on stderr."""
    labels = {"improve: ": "what", "  where: ": "where", "  why: ": "why", "  fix: ": "fix"}
    lines = ended.err.splitlines()
    return {
        name: line.removeprefix(label) for label, name in labels.items() for line in lines if line.startswith(label)
    }


# --- not a project to work on -------------------------------------------------------------------------------------


def _nowhere(folder: Path) -> Path:
    return folder / "missing"


def _plain(folder: Path) -> Path:
    write(folder, TINY)
    return folder


def _bare(folder: Path) -> Path:
    git(folder, "init", "--quiet", "--bare", ".")
    return folder


def _unborn(folder: Path) -> Path:
    write(folder, TINY)
    git(folder, "init", "--quiet", ".")
    return folder


def _testless(folder: Path) -> Path:
    return made(folder, {"pyproject.toml": TINY["pyproject.toml"], "pier/__init__.py": "", "pier/a.py": DEPTH})


def _only_skipped(folder: Path) -> Path:
    return made(folder, {**TINY, "tests/test_a.py": '"""None."""\n'})


def _misspelt(folder: Path) -> Path:
    return made(folder, {**TINY, "policies/gates.yaml": packaged("gates", ("flake_runs", "flake_run"))})


def _broken_policy(folder: Path) -> Path:
    return made(folder, {**TINY, "policies/budget.yaml": "proposals: [5\n"})


def _unknown_gate(folder: Path) -> Path:
    return made(folder, {**TINY, "policies/gates.yaml": packaged("gates", ("[intake, scope,", "[intake, scop,"))})


def _broken_project(folder: Path) -> Path:
    return made(folder, {**TINY, "pyproject.toml": "[project\n"})


def _future(folder: Path) -> Path:
    return made(folder, {**TINY, "pyproject.toml": '[project]\nname = "pier"\nrequires-python = ">=3.99"\n'})


@pytest.mark.parametrize(
    ("make", "status", "what", "fix"),
    [
        pytest.param(_nowhere, 3, "there is no such directory", "git repository", id="a directory that is not there"),
        pytest.param(_plain, 3, "this is not a git repository", "git init", id="no repository"),
        pytest.param(_bare, 3, "this is a bare repository", "git clone", id="a bare repository"),
        pytest.param(_unborn, 3, "this repository has no commit yet", "git commit", id="an unborn branch"),
        pytest.param(_testless, 3, "there are no tests", "add tests", id="a project without tests"),
        pytest.param(_only_skipped, 3, "the project's tests give no verdict", "pytest", id="test files without a test"),
        pytest.param(_misspelt, 2, "unknown key 'flake_run'", "did you mean 'flake_runs'?", id="a typo in a policy"),
        pytest.param(_unknown_gate, 2, "unknown gate 'scop'", "did you mean 'scope'?", id="a typo in a gate's name"),
        pytest.param(_broken_policy, 2, "policies/budget.yaml is not YAML", "mend the syntax", id="a broken policy"),
        pytest.param(_broken_project, 3, "a file cannot be read", "mend it", id="a broken pyproject.toml"),
        pytest.param(_future, 3, "the project has no environment", "--python", id="a Python that is not here"),
    ],
)
def test_what_cannot_be_worked_on_is_refused(
    make: Callable[[Path], Path], status: int, what: str, fix: str, tmp_path: Path
) -> None:
    ended = improve(make(tmp_path))
    said = told(ended)
    assert (ended.status, what in said["what"], fix in said["fix"]) == (status, True, True), ended
    assert "Traceback" not in ended.err


def test_an_error_is_also_told_as_json(tmp_path: Path) -> None:
    ended = improve(tmp_path, "run", "--json")
    found = ended.data
    assert (ended.status, found["outcome"], found["reason"]) == (3, "error", "this is not a git repository")
    assert found["next"] == ["git init && git add -A && git commit -m start"]


def test_a_repository_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a directory away")
    root = made(tmp_path)
    os.chown(root, 65534, 65534)
    os.chown(root / ".git", 65534, 65534)
    ended = improve(root)
    assert (ended.status, told(ended)["what"]) == (3, "this repository belongs to somebody else")
    assert not (root / ".nova").exists()


# --- heads and other trees ----------------------------------------------------------------------------------------


def test_a_detached_head_is_no_obstacle(tmp_path: Path) -> None:
    root = made(tmp_path)
    git(root, "checkout", "--quiet", "--detach")
    before = user_state(root)
    ended = improve(root, "run", "--json")
    assert (ended.status, [one["rule"] for one in ended.data["proposals"]]) == (0, ["explicit_cause"])
    assert user_state(root) == before


def test_a_submodule_is_left_alone(tmp_path: Path) -> None:
    other = made(tmp_path / "other", {"lib.py": DEPTH})
    root = made(tmp_path / "main")
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    committed(root, {})
    before = user_state(root)
    ended = improve(root, "run", "--json")
    assert [one["path"] for one in ended.data["proposals"]] == ["pier/a.py"]
    assert user_state(root) == before
    assert git(root, "rev-parse", f"{branches(root)[0]}:sub") == git(root, "rev-parse", "HEAD:sub")


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    root = made(
        tmp_path,
        {
            **TINY,
            "pier/broken.py": "def half(:\n",
            "pier/latin.py": b'"""Caf\xe9."""\n',
            "pier/large.py": '"""Large."""\n\n' + "A = 1\n" * 350_000,
            "pier/null.py": b"A = '\0'\n",
            "pier/deep.py": "A = " + "(" * 5000 + ")" * 5000 + "\n",
        },
    )
    assert (root / "pier/large.py").stat().st_size > 2_000_000
    ended = improve(root, "run", "--json")
    left_out = [line for line in ended.err.splitlines() if "is left out" in line]
    assert [line.split()[2] for line in left_out] == [
        f"pier/{name}.py" for name in ("broken", "deep", "large", "latin", "null")
    ]
    assert (ended.status, [one["path"] for one in ended.data["proposals"]]) == (0, ["pier/a.py"])


# --- the baseline -------------------------------------------------------------------------------------------------

RED = '\n\ndef test_the_tide_turns():\n    assert depth("4") == 5\n'


def test_a_red_baseline_names_its_tests(tmp_path: Path) -> None:
    root = made(tmp_path, {**TINY, "tests/test_a.py": TESTS + RED})
    ended = improve(root)
    said = told(ended)
    assert (ended.status, said["what"].endswith("1 red")) == (3, True), ended
    assert said["where"] == "tests/test_a.py::test_the_tide_turns"
    assert "--tolerate-red" in said["fix"]
    assert branches(root) == []

    tolerated = improve(root, "run", "--tolerate-red", "--json")
    assert (tolerated.status, [one["rule"] for one in tolerated.data["proposals"]]) == (0, ["explicit_cause"])
    evidence = improve(root, "show", "1", "--evidence").out
    assert '"failed":1' in evidence
    assert improve(root, "verify", "1").status == 0


HANG = "\n\ndef test_hang():\n    import threading\n    threading.Event().wait()\n"
FLOOD = "\n\ndef test_flood(capfd):\n    with capfd.disabled():\n        while True:\n            print('x' * 65536)\n"
FORK = """

def test_fork():
    import os
    import time
    while True:
        if os.fork() == 0:
            time.sleep(60)
"""
FILL = """

def test_fill(tmp_path):
    for number in range(1000):
        (tmp_path / str(number)).write_bytes(bytes(10_000_000))
"""
LEAVE = "\n\ndef test_leave():\n    import os\n    os._exit(0)\n"
EAT = "\n\ndef test_eat():\n    held = []\n    while True:\n        held.append(bytearray(50_000_000))\n"
KILL = "\n\ndef test_kill():\n    import os\n    os.kill(os.getpid(), 9)\n"


@pytest.mark.parametrize(
    ("test", "policy", "why"),
    [
        pytest.param(HANG, SHORT, "timed out after 4 s", id="a suite that hangs"),
        pytest.param(FLOOD, SHORT, "MiB", id="a suite that floods its output"),
        pytest.param(FORK, CROWDED, "", id="a suite that forks"),
        pytest.param(FILL, PATIENT, "No space left", id="a suite that fills the disk"),
        pytest.param(LEAVE, SHORT, "", id="a suite that leaves with os._exit(0)"),
        pytest.param(EAT, LEAN, "emory", id="a suite that eats all memory"),
        pytest.param(KILL, SHORT, "signal 9", id="a suite that kills itself"),
    ],
)
def test_a_wild_suite_ends_with_a_clear_error(test: str, policy: str, why: str, tmp_path: Path) -> None:
    root = made(tmp_path, {**TINY, "policies/gates.yaml": policy, "tests/test_a.py": TESTS + test})
    before = user_state(root)
    began = time.monotonic()
    ended = improve(root)
    said = told(ended)
    assert ended.status == 3, ended
    assert said["what"].startswith("the project's tests "), said
    assert why in said["why"], said
    assert said["fix"]
    assert (branches(root), user_state(root)) == ([], before)
    assert time.monotonic() - began < 30


# --- the machine --------------------------------------------------------------------------------------------------


def test_without_bubblewrap_the_tier_is_lower_and_nothing_is_evidence(tmp_path: Path) -> None:
    root = made(tmp_path)
    ended = improve(root, NOVA_NO_BWRAP="1")
    loud = [line for line in ended.err.splitlines() if "NOT EVIDENCE" in line]
    assert (ended.status, len(loud)) == (0, 1), ended
    assert "bubblewrap is not installed" in loud[0]
    assert "sudo apt install bubblewrap" in loud[0]
    shown = improve(root, "show", "1", "--json").data
    assert "NOT EVIDENCE" in shown["text"].splitlines()[1]
    assert (shown["publishable"], shown["draft"]) == (False, True)
    doctor = improve(root, "doctor", "--json", NOVA_NO_BWRAP="1").data
    assert (doctor["outcome"], doctor["tier"] in ("T1", "T0"), doctor["fix"]) == (
        "lower_tier",
        True,
        "sudo apt install bubblewrap",
    )


ON_A_FULL_DISK = """
mount -t tmpfs -o size=2m none "$1" && cp -r "$2/." "$1/" || exit 99
dd if=/dev/zero of="$1/.git/fill" 2>/dev/null
cd "$1"; shift 2; "$@"
code=$?
rm .git/fill && git fsck --strict && test -z "$(git for-each-ref refs/heads/nova)" || exit 98
exit $code
"""


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    root = made(tmp_path / "seed")
    small = tmp_path / "small"
    small.mkdir()
    argv = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", ON_A_FULL_DISK, "sh", str(small), str(root)]
    done = subprocess.run(
        [*argv, *command(small)], env=environment(), capture_output=True, text=True, check=False, timeout=120
    )
    ended = Ended(done.returncode, done.stdout, done.stderr)
    said = told(ended)
    assert (ended.status, "Traceback" in ended.err) == (3, False), ended
    assert "space" in said["fix"], said


def test_an_ordinary_user_gets_the_full_tier(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("the other tests already run as an ordinary user")
    root = made(Path(subprocess.check_output(["mktemp", "-d"], text=True).strip()))
    root.chmod(0o755)
    subprocess.run(["chown", "-R", "65534:65534", str(root)], check=True)
    own = environment(HOME=str(root), TMPDIR="/tmp", PYTHONDONTWRITEBYTECODE="1")
    argv = as_nobody(tuple(command(root, "run", "--json")))
    done = subprocess.run(argv, cwd="/", env=own, capture_output=True, text=True, check=False, timeout=120)
    ended = Ended(done.returncode, done.stdout, done.stderr)
    assert (ended.status, ended.data["outcome"]) == (0, "proposed"), ended
    assert "tier T3" in ended.err
    assert "NOT EVIDENCE" not in ended.err
    subprocess.run(["rm", "-rf", str(root)], check=True)


def test_a_projects_own_modules_never_run_in_the_improver(tmp_path: Path) -> None:
    trap = "raise SystemExit('the project ran in the improver')\n"
    root = made(tmp_path, {**TINY, "click.py": trap, "yaml.py": trap, "libcst/__init__.py": trap})
    argv = [sys.executable, "-m", "improver", "codemods"]
    done = subprocess.run(argv, cwd=root, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, "the project ran" in done.stdout + done.stderr) == (0, False), done
