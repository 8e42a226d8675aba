"""Under which circumstances tests are repeated: what differs in each round, and how a round is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from improver.verify.timing import FAR_BEHIND, SOUTHERN

DAY = 86_400
SUMMER_ZONE = "EST5EDT,M3.2.0,M11.1.0"  # New York's rules, spelled out: no zone file is needed
ASCII = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
QUIET = {"PYTHONIOENCODING": "utf-8:backslashreplace"}  # what pytest itself prints is not at stake


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One thing that differs from the straight run: the environment of the process, and wishes to repeater.py."""

    name: str
    env: Mapping[str, str] = field(default_factory=dict)
    wish: Mapping[str, object] = field(default_factory=dict)


Round = tuple[Circumstance, ...]
ALONE = Circumstance("alone")


def hash_seed(number: int) -> Circumstance:
    """Return another hash seed than that of the straight run, which is 0."""
    return Circumstance(f"hash seed {number}", {"PYTHONHASHSEED": str(number)})


def shuffled(seed: int) -> Circumstance:
    """Return an order that `seed` alone decides."""
    return Circumstance("shuffled order", wish={"order": "shuffled", "seed": seed})


def rounds(seed: int) -> Iterator[Round]:
    """Yield rounds without end, those that find most first; each is one process in which several things differ."""
    yield (
        Circumstance("reversed order", wish={"order": "reversed"}),
        hash_seed(1),
        Circumstance("a clock one day ahead", wish={"ahead": DAY}),
        Circumstance("another working directory", wish={"folder": True}),
        Circumstance("lowest random draws", wish={"draws": "lowest"}),
        Circumstance("a time zone 11 hours behind", {"TZ": FAR_BEHIND}),
    )
    yield (
        shuffled(seed),
        hash_seed(2),
        Circumstance("a clock one year ahead", wish={"ahead": 366 * DAY}),
        Circumstance("an ASCII locale", {**ASCII, **QUIET}),
        Circumstance("another home and temporary directory", wish={"home": True}),
        Circumstance("highest random draws", wish={"draws": "highest"}),
        Circumstance("summer time in January", {"TZ": SOUTHERN}),
    )
    yield (
        hash_seed(3),
        Circumstance("a time zone 14 hours ahead", {"TZ": "<+14>-14"}),
        Circumstance("a clock 75 years ahead", wish={"ahead": 75 * 366 * DAY}),
    )
    yield hash_seed(4), Circumstance("a clock before the hour is changed", {"TZ": SUMMER_ZONE}, {"summer": True})
    number = 5
    while True:
        yield hash_seed(number), shuffled(seed + number)
        number += 1


def named(together: Round) -> str:
    """Return a round as a phrase."""
    return " with ".join(one.name for one in together)


def environment(together: Round) -> dict[str, str]:
    """Return what the processes of a round find in their environment beside the usual."""
    return {name: value for one in together for name, value in one.env.items()}


def wishes(together: Round) -> dict[str, object]:
    """Return what the guest brings about in a round."""
    return {name: value for one in together for name, value in one.wish.items()}
