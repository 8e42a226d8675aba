"""The committed filters refuse what they should on both machines, and are what the generator makes."""

import errno
import struct
from pathlib import Path

import pytest

from improver.verify.bubblewrap import FILTERS

ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
I386 = 0x40000003
X32 = 0x40000000
CALLS = {  # name -> number on x86_64, on aarch64 (None: it has no such call); from the kernel's tables
    "read": (0, 63), "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "truncate": (76, 45),
    "ftruncate": (77, 46), "ioctl": (16, 29), "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203),
    "clone": (56, 220), "clone3": (435, 435), "fork": (57, None), "execve": (59, 221), "ptrace": (101, 117),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "move_mount": (429, 429), "open_tree": (428, 428),
    "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442), "setns": (308, 268),
    "unshare": (272, 97), "personality": (135, 92), "pidfd_getfd": (438, 438), "open_by_handle_at": (304, 265),
    "init_module": (175, 105), "kexec_load": (246, 104), "futex": (202, 98), "landlock_restrict_self": (446, 446),
}  # fmt: skip
EPERM, NO_FAMILY, NO_CALL = REFUSE | errno.EPERM, REFUSE | errno.EAFNOSUPPORT, REFUSE | errno.ENOSYS
HIGH = 1 << 40  # the kernel ignores the upper half of an int argument; a filter that does not can be fooled
FILES = sorted(path.name for path in FILTERS.glob("*.bpf"))


def verdict(code: bytes, call: int, arguments: tuple[int, ...] = (), audit: int = AUDIT["x86_64"]) -> int:
    """Run the classic BPF program `code` on one system call, as the kernel would."""
    padded = [argument % (1 << 64) for argument in (*arguments, *[0] * (6 - len(arguments)))]
    data = struct.pack("<IIQ6Q", call, audit, 0, *padded)
    program = list(struct.iter_unpack("<HBBI", code))
    place = accumulator = 0
    while True:
        operation, yes, no, value = program[place]
        place += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x05:
            place += value
        elif operation == 0x06:
            return int(value)
        else:
            holds = {0x15: accumulator == value, 0x25: accumulator > value, 0x35: accumulator >= value}[operation]
            place += yes if holds else no


def ask(machine: str, sockets: str, call: str, *arguments: int) -> int | None:
    """Return what the filter says to `call`, or None where the machine has no such call."""
    number = CALLS[call][list(AUDIT).index(machine)]
    code = (FILTERS / f"{machine}-{sockets}.bpf").read_bytes()
    return None if number is None else verdict(code, number, arguments, AUDIT[machine])


@pytest.mark.parametrize("sockets", ["none", "unix", "inet"])
@pytest.mark.parametrize("machine", AUDIT)
def test_powers_are_refused_and_daily_work_is_not(machine: str, sockets: str) -> None:
    daily = {"read", "ftruncate", "connect", "fork", "execve", "futex", "landlock_restrict_self", "clone", "ioctl"}
    argued = {"open", "openat", "openat2", "truncate", "socket", "socketpair", "clone3"}
    assert {call: ask(machine, sockets, call) for call in daily} == {
        call: None if ask(machine, sockets, call) is None else ALLOW for call in daily
    }
    others = CALLS.keys() - daily - argued
    assert {call: ask(machine, sockets, call) for call in others} == dict.fromkeys(others, EPERM)
    assert ask(machine, sockets, "clone3") == NO_CALL


@pytest.mark.parametrize("machine", AUDIT)
@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        pytest.param("clone", (0x10000000 | 17,), EPERM, id="a user namespace is refused"),
        pytest.param("clone", (0x40000000 | 17,), EPERM, id="a network namespace is refused"),
        pytest.param("clone", (0x3D0F00,), ALLOW, id="a thread is allowed"),
        pytest.param("ioctl", (0, 0x5412), EPERM, id="typing into the terminal is refused"),
        pytest.param("ioctl", (0, 0x5412 | HIGH), EPERM, id="typing with a stray upper half is refused"),
        pytest.param("ioctl", (0, 0x541C), EPERM, id="pasting into the console is refused"),
        pytest.param("ioctl", (0, 0x5401), ALLOW, id="asking for terminal settings is allowed"),
        pytest.param("socket", (1, 1), ALLOW, id="a local socket is allowed"),
        pytest.param("socket", (2, 1), NO_FAMILY, id="an IPv4 socket is refused"),
        pytest.param("socket", (16, 3), NO_FAMILY, id="a netlink socket is refused"),
        pytest.param("socket", (2 | HIGH, 1), NO_FAMILY, id="an IPv4 socket with a stray upper half is refused"),
        pytest.param("socketpair", (1, 1), ALLOW, id="a local pair is allowed"),
        pytest.param("socketpair", (2, 1), NO_FAMILY, id="any other pair is refused"),
        pytest.param("openat", (0, 0, 0o1000), ALLOW, id="emptying a file is a matter of the mounts"),
    ],
)
def test_arguments_decide_in_the_everyday_filter(
    machine: str, call: str, arguments: tuple[int, ...], expected: int
) -> None:
    assert ask(machine, "unix", call, *arguments) == expected


@pytest.mark.parametrize("machine", AUDIT)
def test_the_loopback_filter_allows_three_families_and_no_other(machine: str) -> None:
    allowed = [family for family in range(64) if ask(machine, "inet", "socket", family, 1) == ALLOW]
    assert allowed == [1, 2, 10]
    assert ask(machine, "inet", "socket", 16 | HIGH, 3) == NO_FAMILY


@pytest.mark.parametrize("machine", AUDIT)
def test_the_filter_of_the_lower_tier_allows_no_socket_and_no_quiet_truncation(machine: str) -> None:
    assert {ask(machine, "none", "socket", family, 1) for family in range(64)} == {NO_FAMILY}
    assert ask(machine, "none", "socketpair", 1, 1) == ALLOW
    assert ask(machine, "none", "truncate") == EPERM
    assert ask(machine, "none", "openat2") == NO_CALL
    assert ask(machine, "none", "openat", 0, 0, 0o1000) == EPERM
    assert ask(machine, "none", "openat", 0, 0, 0o1001) == ALLOW


@pytest.mark.parametrize("name", FILES)
def test_calls_of_another_machine_are_killed(name: str) -> None:
    code = (FILTERS / name).read_bytes()
    assert verdict(code, 1, audit=I386) == KILL
    if name.startswith("x86_64"):
        assert verdict(code, X32 | 1, audit=AUDIT["x86_64"]) == KILL


def test_there_is_a_filter_for_each_machine_and_policy() -> None:
    assert set(FILES) == {f"{machine}-{policy}.bpf" for machine in AUDIT for policy in ("none", "unix", "inet")}


@pytest.mark.host
def test_the_generator_makes_the_committed_bytes(tmp_path: Path) -> None:
    seccomp = pytest.importorskip("improver.verify.seccomp", reason="needs libseccomp and pyseccomp")
    if seccomp.library() != seccomp.MADE_WITH:
        pytest.skip(f"made with libseccomp {seccomp.MADE_WITH}, this machine has {seccomp.library()}")
    made = {path.name: path.read_bytes() for path in seccomp.write(tmp_path)}
    assert made == {name: (FILTERS / name).read_bytes() for name in FILES}
