"""What root sees of the sandbox, an ordinary user sees too: the same tests, run once more as nobody."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.host, pytest.mark.t3]
ROOT = Path(__file__).parents[2]
# $1 is a directory that only root may enter, $2 the interpreter's home below it, then the command: show the home alone.
SHOWN = """set -e
closed=$1; home=$2; shift 2
mount -t tmpfs none /sys && mkdir /sys/home && mount --bind "$home" /sys/home
mount -t tmpfs -o mode=755 none "$closed" && mkdir -p "$home" && mount --bind /sys/home "$home"
umount /sys/home /sys
exec "$@"
"""
AS_NOBODY = ("/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--")


def as_nobody(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command line that runs `argv` as an ordinary user who can reach this interpreter."""
    home = Path(sys.base_prefix)
    closed = [parent for parent in home.parents if not parent.stat().st_mode & 0o001]
    if not closed:
        return (*AS_NOBODY, *argv)
    namespace = ("/usr/bin/unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c", SHOWN, "shown")
    return (*namespace, str(closed[-1]), str(home), *AS_NOBODY, *argv)


@pytest.fixture
def mine() -> Iterator[Path]:
    """Return a directory of nobody's own (pytest keeps those it makes to their owner)."""
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests of the sandbox already run as an ordinary user")
@pytest.mark.parametrize("module", ["test_sandbox", "test_probes"])
def test_an_ordinary_user_gets_the_same(module: str, mine: Path) -> None:
    options = ("-q", "-rs", "-p", "no:cacheprovider", f"--basetemp={mine / 'tmp'}")
    argv = as_nobody(
        (sys.executable, "-m", "pytest", *options, "-k", "not T2 and not T0", f"tests/improver/{module}.py")
    )
    environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(mine), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "skipped" not in done.stdout


BASIC = "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_raw,sys_chroot,mknod,audit_write,setfcap"
ASK = (
    "import sys; from improver.verify.sandbox import *; box = best_sandbox(sys.executable);"
    "count = box.probe().counts['probes']; assert count == len(box.promises) > 2;"
    "ended = box.run(Job((sys.executable, '-c', 'import os; print(os.getuid())')));"
    "print(box.tier, bool(box.why) == bool(box.fix) == (box.tier != 'T3'), ended.output.strip() != b'0')"
)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give away")
@pytest.mark.parametrize(
    ("rights", "dropped"),
    [
        pytest.param("-all," + ",".join(f"+{name}" for name in BASIC.split(",")), True, id="the rights of a container"),
        pytest.param("-all", False, id="no right at all"),
        pytest.param("-sys_admin", True, id="all rights but mounting"),
    ],
)
def test_root_with_few_rights_still_gets_a_sandbox_that_holds(rights: str, dropped: bool) -> None:
    argv = ("/usr/bin/setpriv", f"--bounding-set={rights}", "--inh-caps=-all", sys.executable, "-c", ASK)
    done = subprocess.run(argv, cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tier, explained, nobody = done.stdout.split()
    assert tier in ("T1", "T3")
    assert (explained, nobody) == ("True", str(dropped or tier == "T3"))
