"""Change a circumstance of a run before any foreign code is there, then run the tests as runner.py does.

Started like runner.py, which lies beside it, but not isolated from its environment: hash seed, zone and locale come
from there. The clock is shifted in time.time, time_ns, clock_gettime(CLOCK_REALTIME), localtime, gmtime, ctime,
asctime and strftime without a moment, and in datetime's now, utcnow and today. It is not shifted for file times,
monotonic clocks, child processes and C code that asks the system itself. Draws are changed in the functions of
`random` until somebody seeds them, not in generators of one's own, `secrets` or `os.urandom`.

PYTEST_DONT_REWRITE: it holds no assertions, and projects that turn warnings into errors must not trip over it.
"""

from __future__ import annotations

import datetime
import importlib.util
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

HALF_AN_HOUR, HOUR, HOURS_OF_A_YEAR = 1800, 3600, 366 * 24
FEW = 64  # draws of one test that are extreme; a loop that waits for another draw ends
NEARLY = 0.0001  # how near to 0 or 1 an extreme draw is


# --- the clock ----------------------------------------------------------------------------------------------------


class Told:
    """A function that is no descriptor: where a built-in function stood, it is not bound to the object either."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = self.__qualname__ = function.__name__

    def __call__(self, *words: Any) -> Any:
        """Call the function; those of `time` take no keywords."""
        return self.function(*words)


def shift_clock(offset: int) -> None:
    """Let the wall clock be `offset` seconds ahead."""
    real = {name: getattr(time, name) for name in ("time", "time_ns", "clock_gettime", "asctime", "strftime")}
    spoken = {name: getattr(time, name) for name in ("localtime", "gmtime", "ctime")}

    def clock_gettime(clock: int) -> float:
        return float(real["clock_gettime"](clock) + (offset if clock == time.CLOCK_REALTIME else 0))

    def moment(name: str) -> Callable[..., Any]:
        return lambda seconds=None: spoken[name](now() if seconds is None else seconds)

    def now() -> float:
        return float(real["time"]() + offset)

    local = moment("localtime")
    changed: dict[str, Callable[..., Any]] = {
        "time": now,
        "time_ns": lambda: real["time_ns"]() + offset * 1_000_000_000,
        "clock_gettime": clock_gettime,
        "asctime": lambda *moments: real["asctime"](*(moments or (local(),))),
        "strftime": lambda form, *moments: real["strftime"](form, *(moments or (local(),))),
        **{name: moment(name) for name in spoken},
    }
    freezer = freezegun()
    for name, function in changed.items():
        function.__name__ = name
        setattr(time, name, Told(function))
    shift_dates(offset)
    if freezer is not None:
        acquaint(freezer)


def freezegun() -> Any:
    """Import what freezes clocks, if it is there, before any is shifted: its classes have a metaclass, as ours have."""
    return importlib.import_module("freezegun.api") if importlib.util.find_spec("freezegun") else None


def acquaint(freezer: Any) -> None:
    """Have freezegun take the shifted clock for the real one, which it replaces and puts back (as of its 1.5)."""
    names = {f"real_{name}": getattr(time, name) for name in ("time", "time_ns", "localtime", "gmtime", "strftime")}
    names |= {"real_date": datetime.date, "real_datetime": datetime.datetime}
    known = {name: value for name, value in names.items() if hasattr(freezer, name)}
    vars(freezer).update(known)
    ids: set[int] = getattr(freezer, "_real_time_object_ids", set())
    ids.update(map(id, known.values()))


class Kind(type):
    """The type of a shifted class: of it is what is of the real one."""

    real: type

    def __instancecheck__(cls, value: object) -> bool:
        """Tell whether `value` is a real one; a class that somebody derived is asked as usual."""
        return isinstance(value, cls.real) if "real" in vars(cls) else type.__instancecheck__(cls, value)

    def __subclasscheck__(cls, other: type) -> bool:
        """Tell whether `other` derives from the real one."""
        return issubclass(other, cls.real) if "real" in vars(cls) else type.__subclasscheck__(cls, other)


class Date(datetime.date, metaclass=Kind):
    """datetime.date, whose today is that of `time.time`."""

    real = datetime.date

    def __repr__(self) -> str:
        return f"datetime.{super().__repr__()}" if type(self) is Date else super().__repr__()


class Moment(datetime.datetime, metaclass=Kind):
    """datetime.datetime, whose now and today are those of `time.time`."""

    real = datetime.datetime
    ahead = datetime.timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """Return this moment."""
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        """Return this moment, and warn where the real one does."""
        return super().utcnow() + cls.ahead

    def __repr__(self) -> str:
        return f"datetime.{super().__repr__()}" if type(self) is Moment else super().__repr__()


def shift_dates(offset: int) -> None:
    """Put the subclasses in the place of datetime's two classes: their today and utcnow ask the clock in C."""
    Moment.ahead = datetime.timedelta(seconds=offset)
    for name, kind in (("date", Date), ("datetime", Moment)):
        kind.__name__ = kind.__qualname__ = name
        kind.__module__ = "datetime"
        setattr(datetime, name, kind)


def until_the_hour_is_changed() -> int:
    """Return in how many seconds it is half an hour before the next change of summer time here, 0 when none comes."""
    now = int(time.time())
    for hours in range(HOURS_OF_A_YEAR):
        later = now + hours * HOUR
        if time.localtime(later).tm_isdst != time.localtime(later + HOUR).tm_isdst:
            return hours * HOUR + HOUR - later % HOUR - HALF_AN_HOUR
    return 0


# --- draws --------------------------------------------------------------------------------------------------------


class Extreme(random.Random):
    """A generator whose first draws of each test are the lowest or the highest, until it is seeded."""

    def __init__(self, *, highest: bool) -> None:
        super().__init__(0)
        self.highest, self.left = highest, FEW

    def refill(self) -> None:
        """Begin anew, for the next test."""
        self.left = FEW if self.left >= 0 else -1

    def seed(self, a: Any = None, version: int = 2) -> None:
        """Draw as seeded from now on."""
        self.left = -1
        super().seed(a, version)

    def setstate(self, state: Any) -> None:
        """Draw as that state does from now on."""
        self.left = -1
        super().setstate(state)

    def is_extreme(self) -> bool:
        """Use up one extreme draw, if one is left."""
        self.left -= self.left > 0
        return self.left > 0

    def random(self) -> float:
        """Draw from 0 to 1."""
        drawn = super().random()
        return (1 - NEARLY if self.highest else NEARLY) if self.is_extreme() else drawn

    def getrandbits(self, k: int) -> int:
        """Draw `k` bits."""
        drawn = super().getrandbits(k)
        return ((1 << k) - 1 if self.highest else 0) if self.is_extreme() else drawn

    def _randbelow(self, n: int) -> int:
        """Draw below `n`: what shuffle, choice, sample and randint ask."""
        drawn = int(self.random() * n)
        return drawn if not self.highest or self.left <= 0 else n - 1


def draw_extremes(highest: bool) -> Extreme:  # noqa: FBT001 - the one choice there is
    """Let the functions of `random` draw extremes and return their generator."""
    made = Extreme(highest=highest)
    hidden = random.seed.__self__  # type: ignore[attr-defined] # the functions are its methods
    for name in dir(random):
        if getattr(getattr(random, name), "__self__", None) is hidden:
            setattr(random, name, getattr(made, name))
    return made


# --- as a plugin of pytest ----------------------------------------------------------------------------------------

ORDER: dict[str, Any] = {}
DRAWS: list[Extreme] = []


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Put the tests in another order; what belongs to one file stays together."""
    if ORDER.get("order") == "reversed":
        items.reverse()
    if ORDER.get("order") == "shuffled":
        chance = random.Random(ORDER["seed"])  # noqa: S311 - an order, not a secret
        places = sorted({str(item.nodeid).split("::", 1)[0] for item in items})
        chance.shuffle(places)
        keys = {id(item): (places.index(str(item.nodeid).split("::", 1)[0]), chance.random()) for item in items}
        items.sort(key=lambda item: keys[id(item)])


def pytest_runtest_setup() -> None:
    """Let each test draw extremes first."""
    for draws in DRAWS:
        draws.refill()


# --- the run ------------------------------------------------------------------------------------------------------


def settle(wish: dict[str, Any]) -> None:
    """Bring about the circumstances that do not need another environment."""
    ORDER.update(wish)
    offset = until_the_hour_is_changed() if wish.get("summer") else wish.get("ahead", 0)
    if offset:
        shift_clock(offset)
    if "draws" in wish:
        DRAWS.append(draw_extremes(wish["draws"] == "highest"))
    if "home" in wish:
        for variable, name in (("HOME", "another home"), ("TMPDIR", "another tmp")):
            place = Path(os.environ["NOVA_SCRATCH"], name)
            place.mkdir()
            os.environ[variable] = str(place)
        tempfile.tempdir = None


def elsewhere() -> str:
    """Make a directory to work in that is not the tree."""
    place = Path(os.environ["NOVA_SCRATCH"], "elsewhere")
    place.mkdir()
    return str(place)


def main() -> None:
    """Settle, and run the tests that the spec names."""
    folder = Path(__file__).parent
    sys.path[:] = [entry for entry in sys.path if entry != str(folder)]  # older interpreters put it there
    wish = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["circumstance"]
    settle(wish)
    place = importlib.util.spec_from_file_location("_runner", folder / "runner.py")
    assert place is not None
    assert place.loader is not None
    runner = importlib.util.module_from_spec(place)
    place.loader.exec_module(runner)
    prepared = runner.prepare

    def prepare(spec: dict[str, Any]) -> None:
        prepared(spec)
        spec["plugins"].append("_repeater")
        if "folder" in wish:
            os.chdir(elsewhere())

    sys.modules["_repeater"] = sys.modules[__name__]
    runner.prepare = prepare  # type: ignore[attr-defined] # a module loaded by its place
    runner.main()


if __name__ == "__main__":
    main()
