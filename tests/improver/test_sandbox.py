"""Every tier ends what misbehaves, says why, and leaves nobody behind."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from improver.errors import SandboxError
from improver.records import Tier
from improver.verify.job import MIB
from improver.verify.sandbox import Ended, Job, Limits, Mount, Sandbox, best_sandbox, sandbox_at

pytestmark = pytest.mark.host

ROOT = Path(__file__).parents[2]
SMALL = Limits(seconds=20, memory_mib=512, processes=16, file_mib=64, output_mib=1)
BRIEF = Limits(seconds=1, memory_mib=512, processes=16, file_mib=64, output_mib=1)


@pytest.fixture(
    scope="module", params=[pytest.param(tier, marks=pytest.mark.t3 if tier is Tier.T3 else ()) for tier in Tier]
)
def box(request: pytest.FixtureRequest) -> Sandbox:
    """Return a sandbox of each tier that this machine can give."""
    try:
        return sandbox_at(request.param, sys.executable)
    except SandboxError as error:
        pytest.skip(f"tier {request.param} is not to be had here: {error.hint.why}")


def script(box: Sandbox, code: str, limits: Limits = SMALL, *arguments: str) -> Ended:
    """Run Python `code` in `box`."""
    return box.run(Job((box.python, "-I", "-S", "-c", code, *arguments), limits=limits, report=True))


def alive(marker: str) -> list[str]:
    """Return the processes of this machine that carry `marker` on their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in path.read_bytes() and int(path.parent.name) != os.getpid():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def until(holds: Callable[[], object], seconds: float = 10) -> bool:
    """Look again and again until `holds`, at most for `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
    return False


@pytest.fixture
def marker() -> Iterator[str]:
    """Return a word that is on no command line, and demand that none is left with it."""
    word = secrets.token_hex(12)
    yield word
    assert alive(word) == []


def test_a_job_that_ends_by_itself_gives_its_exit_code_output_and_report(box: Sandbox) -> None:
    code = (
        "import os, sys; print('out'); print('err', file=sys.stderr); print(repr(sys.stdin.read()), flush=True);"
        "os.write(int(os.environ['NOVA_REPORT_FD']), b'told'); sys.exit(3)"
    )
    ended = script(box, code)
    assert (ended.exit, ended.trouble, ended.report) == (3, "", b"told")
    assert sorted(ended.output.split()) == [b"''", b"err", b"out"]


def test_what_was_reported_cannot_be_read_back(box: Sandbox) -> None:
    code = (
        "import os; end = int(os.environ['NOVA_REPORT_FD']); os.write(end, b'told');"
        "print(os.read(end, 9), flush=True); os.open(f'/proc/self/fd/{end}', os.O_RDONLY)"
    )
    ended = script(box, code)
    assert (ended.exit, ended.report) == (1, b"told")
    assert ended.output.startswith(b"b''")
    assert b"No such device or address" in ended.output or b"Permission denied" in ended.output


def test_the_environment_is_ours_alone_and_the_scratch_directory_is_writable(box: Sandbox) -> None:
    code = (
        "import os; names = sorted(os.environ); scratch = os.environ['NOVA_SCRATCH']; assert os.getcwd() == scratch;"
        "[open(os.path.join(os.environ[n], 'f'), 'w').close() for n in ('NOVA_SCRATCH', 'HOME', 'TMPDIR')];"
        "print(os.environ['TZ'], os.environ['LANG'], os.environ['EXTRA'], *names)"
    )
    ended = box.run(Job((box.python, "-I", "-S", "-c", code), limits=SMALL, env={"EXTRA": "1"}))
    ours = "EXTRA GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM HOME LANG LOGNAME NOVA_SCRATCH PATH PYTHONDONTWRITEBYTECODE"
    more = "PYTHONHASHSEED PYTHONNOUSERSITE TMPDIR TZ USER"
    assert ended.output.decode().replace(" PWD", "").replace(" LC_CTYPE", "") == f"UTC C.UTF-8 1 {ours} {more}\n"


def test_a_mount_is_seen_where_the_sandbox_says_and_root_is_not_who_reads_it(box: Sandbox) -> None:
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "inner"  # below a directory that only its owner may enter
        inner.mkdir(mode=0o755)
        (inner / "file").write_text("content")
        mount = Mount(inner, "/src")
        code = "import os, sys; print(open(sys.argv[1] + '/file').read(), os.getuid() == 0)"
        argv = (box.python, "-I", "-S", "-c", code, box.seen(mount))
        ended = box.run(Job(argv, (mount,), SMALL))
    assert (ended.output, ended.exit) == (b"content False\n", 0)


@pytest.mark.parametrize(
    ("code", "limits", "trouble"),
    [
        pytest.param("import time; time.sleep(60)", BRIEF, "timed out after 1 s", id="a sleeper"),
        pytest.param(
            "import signal\nfor n in range(1, 32):\n try: signal.signal(n, signal.SIG_IGN)\n except OSError: pass\n"
            "while True: pass",
            BRIEF,
            "timed out after 1 s",
            id="a loop deaf to signals",
        ),
        pytest.param("while True: print('x' * 1000)", SMALL, "printed more than 1 MiB", id="a flood of output"),
        pytest.param(
            "import os\nwhile True: os.write(int(os.environ['NOVA_REPORT_FD']), bytes(65536))",
            SMALL,
            "reported more than 64 MiB",
            id="a flood of reports",
        ),
        pytest.param("x = bytearray(1 << 30)", SMALL, "ran out of memory", id="one memory hog"),
        pytest.param(
            "import os, time\nfor _ in range(3): os.fork()\nx = bytearray(b'x') * (200 << 20)\ntime.sleep(60)",
            SMALL,
            "ran out of memory",
            id="many modest hogs",
        ),
        pytest.param("import os; os.kill(os.getpid(), 9)", SMALL, "killed by signal 9", id="a suicide"),
        pytest.param("import ctypes; ctypes.string_at(0)", SMALL, "killed by signal 11", id="a segmentation fault"),
    ],
)
def test_what_misbehaves_is_ended_and_called_trouble(box: Sandbox, code: str, limits: Limits, trouble: str) -> None:
    ended = script(box, code, limits)
    assert (ended.trouble, ended.exit) == (trouble, None)
    assert ended.seconds < limits.seconds + 3
    assert len(ended.output) <= MIB


def test_a_fork_bomb_is_contained_and_nobody_survives(box: Sandbox, marker: str) -> None:
    code = "import os\nwhile True:\n try: os.fork()\n except OSError: pass"
    ended = script(box, code, BRIEF, marker)
    assert ended.trouble in ("timed out after 1 s", "started more than 16 processes")
    assert ended.seconds < 6


@pytest.mark.parametrize("ending", ["pass", "time.sleep(60)"], ids=["after a quiet end", "after a timeout"])
def test_a_daemon_of_its_own_session_does_not_survive(box: Sandbox, marker: str, ending: str) -> None:
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n os.setsid()\n if os.fork() == 0:\n"
        "  os.closerange(0, 250)\n  time.sleep(60)\n os._exit(0)\n"
        f"os.wait()\n{ending}"
    )
    ended = script(box, code, BRIEF, marker)
    assert ended.trouble == ("" if ending == "pass" else "timed out after 1 s")


def test_no_file_and_no_directory_can_fill_the_disk(box: Sandbox) -> None:
    code = (
        "import os, sys\nblock = bytes(1 << 20)\n"
        "try:\n with open(os.environ['NOVA_SCRATCH'] + '/one', 'wb') as f:\n  for _ in range(65): f.write(block)\n"
        "except OSError as error: print('one', error.strerror, flush=True)\n"
        "number = 0\n"
        "while True:\n"
        " number += 1\n"
        " with open(os.environ['NOVA_SCRATCH'] + f'/{number}', 'wb') as f:\n  for _ in range(60): f.write(block)\n"
    )
    ended = script(box, code)
    assert ended.output.startswith(b"one File too large\n")
    if box.tier in (Tier.T3, Tier.T2):
        assert ended.output.rstrip().endswith(b"No space left on device")
        assert (ended.exit, ended.trouble) == (1, "")
    else:
        assert ended.trouble == "wrote more than 256 MiB to its scratch directory"


@pytest.mark.t3
def test_no_writable_place_of_the_full_tier_is_without_a_bound(strongest: Sandbox) -> None:
    code = (
        "import os\n"
        "for root in ('/', '/dev', '/dev/shm', '/tmp', '/home/sbx', '/scratch', '/src', '/usr', '/proc'):\n"
        " try:\n"
        "  open(root + '/probe', 'w').close()\n"
        "  s = os.statvfs(root)\n  print(root, s.f_blocks * s.f_frsize >> 20)\n"
        " except OSError as error: print(root, error.strerror)\n"
    )
    said = script(strongest, code).output.decode().splitlines()
    assert said == [
        "/ Read-only file system",
        "/dev Read-only file system",
        "/dev/shm 64",
        "/tmp 64",
        "/home/sbx 16",
        "/scratch 256",
        "/src No such file or directory",
        "/usr Read-only file system",
        "/proc No such file or directory",
    ]


@pytest.mark.t3
def test_loopback_is_an_empty_network_of_its_own_and_only_where_the_limits_say_so(strongest: Sandbox) -> None:
    code = (
        "import socket\n"
        "try:\n server = socket.create_server(('127.0.0.1', 0))\n socket.create_connection(server.getsockname())\n"
        " print('reached')\nexcept OSError as error: print(error.strerror)\n"
        "print(*[line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]])"
    )
    assert script(strongest, code).output.decode().splitlines() == ["Address family not supported by protocol", "lo"]
    allowed = Limits(seconds=20, memory_mib=512, processes=16, loopback=True)
    assert script(strongest, code, allowed).output.decode().splitlines() == ["reached", "lo"]


def test_a_link_to_the_interpreter_works_and_shows_nothing_beside_it(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    link = tmp_path / "bin" / "python"
    link.parent.mkdir()
    link.symlink_to(Path(sys.executable).resolve())
    linked = sandbox_at(box.tier, str(link))
    code = "import sys; print(sys.prefix == sys.base_prefix, flush=True); print(open(sys.argv[1]).read())"
    said = script(linked, code, SMALL, str(tmp_path / "secret")).output.decode().splitlines()
    ends = {Tier.T1: "PermissionError", Tier.T0: "secret"}
    assert said[0] == "True"
    assert said[-1].startswith(ends.get(box.tier, "FileNotFoundError"))


def test_the_time_of_grandchildren_is_counted(box: Sandbox) -> None:
    code = (
        "import os, time\nif os.fork() == 0:\n"
        " end = time.process_time() + 0.3\n while time.process_time() < end: pass\n os._exit(0)\nos.wait()"
    )
    ended = script(box, code)
    assert ended.exit == 0
    assert 0.3 <= ended.cpu_seconds <= ended.seconds + 1


def test_a_command_that_does_not_exist_is_no_success(box: Sandbox) -> None:
    ended = box.run(Job(("/nowhere/at/all",), limits=SMALL))
    assert ended.exit == 127
    assert b"/nowhere/at/all" in ended.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_when_the_supervisor_is_ended_nobody_and_nothing_survives(
    box: Sandbox, marker: str, number: signal.Signals, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    code = (
        "import sys; from improver.records import Tier; from improver.verify.sandbox import *\n"
        "inner = 'import os, time, sys; os.fork(); os.setsid() if os.fork() == 0 else 0; time.sleep(60)'\n"
        "box = sandbox_at(Tier(sys.argv[1]), sys.executable)\n"
        "box.run(Job((sys.executable, '-I', '-S', '-c', inner, 'inner' + sys.argv[2])))"
    )
    argv = (sys.executable, "-c", code, box.tier, marker)
    with subprocess.Popen(argv, env={"TMPDIR": str(tmp_path)}, cwd=ROOT, stderr=subprocess.PIPE) as supervisor:
        assert until(lambda: len(alive("inner" + marker)) >= 4)
        supervisor.send_signal(number)
        supervisor.wait(10)
    assert supervisor.returncode == -number
    assert until(lambda: alive(marker) == [])
    if number is signal.SIGINT:
        assert list(tmp_path.iterdir()) == []


def test_without_bubblewrap_a_lower_tier_is_taken_and_says_what_would_raise_it() -> None:
    found = best_sandbox(sys.executable, hide_bwrap=True)
    assert found.tier in (Tier.T1, Tier.T0)
    assert (found.why, found.fix) == ("bubblewrap is not installed", "sudo apt install bubblewrap")
    assert found.gaps != ()


@pytest.mark.t3
def test_the_full_tier_has_no_excuse_and_no_gap(strongest: Sandbox) -> None:
    assert (strongest.tier, strongest.why, strongest.fix, strongest.gaps) == (Tier.T3, "", "", ())
