"""What can go wrong on the way, switched on by a test; and every call that was made."""

import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from tests.stand_in.answers import Refused

Kind = Literal["refuse", "cut", "torn", "slow"]


@dataclass(frozen=True)
class Fault:
    """`refuse` answers so instead; `cut` resets the connection; `torn` ends it in mid-body; `slow` waits first.

    With `done` the call has had its effect before the connection is reset.
    """

    kind: Kind
    done: bool = False
    seconds: float = 0
    refusal: Refused | None = None


@dataclass
class Call:
    """One call: `template` is its path with {names} for what varies; `status` 0 means that it was cut."""

    method: str
    path: str
    template: str = ""
    status: int = 0
    login: str = ""


def cut() -> Fault:
    """Reset the connection before anything is done."""
    return Fault("cut")


def cut_after() -> Fault:
    """Do what was asked, and reset the connection before a word of the answer."""
    return Fault("cut", done=True)


def torn() -> Fault:
    """Do what was asked, and end the connection in the middle of the answer's body."""
    return Fault("torn", done=True)


def slow(seconds: float) -> Fault:
    """Answer late."""
    return Fault("slow", seconds=seconds)


def expired() -> Fault:
    """Say that the token is none (any longer)."""
    return Fault("refuse", refusal=Refused(401, "Bad credentials"))


def rate_limited(seconds: int = 60) -> Fault:
    """Say that there are no calls left for so many seconds."""
    reset = str(int(time.time()) + seconds)
    headers = {"X_RateLimit_Limit": "5000", "X_RateLimit_Remaining": "0", "X_RateLimit_Reset": reset}
    refusal = Refused(403, "API rate limit exceeded for user ID 1.", X_RateLimit_Used="5000", **headers)
    return Fault("refuse", refusal=refusal)


def secondary(seconds: int = 1) -> Fault:
    """Say that the calls come too fast."""
    words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Fault("refuse", refusal=Refused(403, words, Retry_After=str(seconds)))


def missing() -> Fault:
    """Say that there is no such thing, which is also what a token without rights is told."""
    return Fault("refuse", refusal=Refused(404, "Not Found"))


def conflict() -> Fault:
    """Say that somebody else was there first."""
    return Fault("refuse", refusal=Refused(409, "Conflict"))


def broken(status: int = 502) -> Fault:
    """Fail on the host's side."""
    return Fault("refuse", refusal=Refused(status, "Server Error"))


@dataclass
class Planned:
    """A fault for the next `times` calls of this method whose path holds `path`."""

    fault: Fault
    method: str
    path: str
    times: int


@dataclass
class Faults:
    """Decides which call goes wrong. Calls are counted from 1 since the last `restart`."""

    calls: list[Call] = field(default_factory=list)
    _planned: list[Planned] = field(default_factory=list)
    _at: dict[int, Fault] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, fault: Fault, method: str = "", path: str = "", times: int = 1) -> None:
        """Let the next calls that fit go wrong."""
        with self._lock:
            self._planned.append(Planned(fault, method, path, times))

    def at(self, number: int, fault: Fault) -> None:
        """Let the call of this number go wrong."""
        with self._lock:
            self._at[number] = fault

    def restart(self) -> None:
        """Forget all calls and all faults."""
        with self._lock:
            self.calls.clear()
            self._planned.clear()
            self._at.clear()

    def begin(self, call: Call) -> Fault | None:
        """Note a call; return what shall go wrong with it."""
        with self._lock:
            self.calls.append(call)
            if fault := self._at.pop(len(self.calls), None):
                return fault
            for planned in self._planned:
                if planned.times and planned.method in ("", call.method) and planned.path in call.path:
                    planned.times -= 1
                    return planned.fault
        return None
