"""Notice code that reads the clock: what comes of it is another thing a second later. Inside the sandbox (3.9).

What reads the local zone is another thing elsewhere.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import time
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

READS = frozenset({"time", "monotonic", "perf_counter", "process_time", "thread_time"})
DATES = frozenset({"now", "utcnow", "today"})
# What only logs or waits, for as long as it is told: no business of the call's. The last is our event loop.
OWN = frozenset({"logging", "asyncio", "threading", "concurrent", "queue", "selectors", "checking"})
# Zones in which tests are repeated, too. They are spelled out: no zone file is needed.
FAR_BEHIND, SOUTHERN = "<-11>11", "<+12>-12<+13>,M9.5.0,M4.1.0/3"  # the last is Auckland's: summer time in January
ZONES = (FAR_BEHIND, SOUTHERN)


@contextlib.contextmanager
def local(zone: str) -> Iterator[None]:
    """Let the local time be that of another zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ", None)  # who cleared the environment took it along
        os.environ.update({} if before is None else {"TZ": before})
        time.tzset()


def reads_clock(called: Any) -> bool:
    """Tell whether a function of C code is one that tells the time."""
    name, home = getattr(called, "__name__", ""), getattr(called, "__self__", None)
    if isinstance(home, type) and issubclass(home, datetime.date):
        return name in DATES
    return getattr(called, "__module__", "") == "time" and name.replace("_ns", "") in READS


def _home(frame: Any) -> str:
    return str(frame.f_globals.get("__name__", ""))


@contextlib.contextmanager
def watched(readers: set[str]) -> Iterator[None]:
    """Note the modules whose code reads the clock, that of an event loop included; what only logs or waits may."""

    def seen(frame: Any, event: str, arg: Any) -> None:
        if event == "c_call" and reads_clock(arg):
            module = _home(frame)
            if module.startswith("asyncio.") and frame.f_code.co_name == "time" and frame.f_back is not None:
                module = _home(frame.f_back)
            if module.partition(".")[0] not in OWN:
                readers.add(module)

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        yield
    finally:
        sys.setprofile(before)
