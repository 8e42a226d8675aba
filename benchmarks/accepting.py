"""Mutated candidates through the warm look and the cold verdict, and each through the whole plain suite: who errs."""

import argparse
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.candidates import Made, faults_of, spread
from benchmarks.fetching import PACKAGES
from benchmarks.gating import Site, site_of
from benchmarks.pairing import say, table
from benchmarks.suites import broken
from improver.app import gates
from improver.gate import Candidate
from improver.looking import BATCH
from improver.records import Ruling
from improver.verify.bench import PATIENCE_FACTOR, PATIENCE_SECONDS

RESULT = Path(__file__).resolve().parent / "accepting.json"
QUICK = ("toolz", "cachetools", "itsdangerous")  # whose whole suites take a second or two
SHARE = 4  # faults of one function at most: a thousand of the three packages
HEAD = ("package", "candidates", "refused warm", "refused cold", "accepted", "false accepts", "refused without cause")
Fate = Mapping[str, str]  # package, candidate, why it is refused ("" when it is not), what the plain suite says


def judged(site: Site, made: Sequence[Made]) -> Iterator[list[Fate]]:
    """Yield, batch by batch, each candidate's fate and the first test that the plain suite ends otherwise, if any."""
    began = time.monotonic()
    base = site.naive(None)
    if base[""] != "exit 0":
        raise RuntimeError(f"the plain suite of {site.package.name} is red at base ({base['']}): nothing can be told")
    seconds = PATIENCE_SECONDS + PATIENCE_FACTOR * (time.monotonic() - began)
    for at in range(0, len(made), BATCH):
        batch = made[at : at + BATCH]
        pairs = zip(batch, site.looks(batch), strict=True)
        refused = {one.name: f"warm: {look.refused}" if look.refused else _cold(site, one) for one, look in pairs}
        yield [
            {
                "package": site.package.name,
                "candidate": one.name,
                "refused": refused[one.name],
                "plain": _plain(site, one, base, seconds),
            }
            for one in batch
        ]


def _cold(site: Site, one: Made) -> str:
    """Return why the clean run on the candidate's own tree refuses it, "" when it does not."""
    verdict = next(gate for gate in gates() if gate.name == "tests")
    result = verdict(Candidate(site.tree, one.change(site.tree), site.policy, site.bench))
    return "" if result.ruling is Ruling.PASS else f"cold: {'; '.join(result.reasons)[:300]}"


def _plain(site: Site, one: Made, base: Mapping[str, str], seconds: float) -> str:
    """Return the first test that the plain suite ends otherwise than at base, "" when there is none."""
    try:
        return next(broken(base, site.naive(one, seconds)), "")
    except TimeoutError as error:
        return str(error)


def left(sites: Iterable[Site], count: int, found: Sequence[Fate]) -> Iterator[tuple[Site, list[Made]]]:
    """Yield what is still to be judged of each package, of `count` in all: each has its share by the faults it has."""
    pools = [(site, faults_of(site.tree, site.bench.experiments.recording(), SHARE)) for site in sites]
    ends = list(itertools.accumulate((len(pool) for _, pool in pools), initial=0))
    known = {(one["package"], one["candidate"]) for one in found}
    for number, (site, pool) in enumerate(pools):
        wanted = count * ends[number + 1] // ends[-1] - count * ends[number] // ends[-1]
        done = sum(one["package"] == site.package.name for one in found)
        fresh = [one for one in pool if (site.package.name, one.name) not in known]
        yield site, spread(fresh, max(0, wanted - done))


def row(name: str, found: Sequence[Fate]) -> tuple[object, ...]:
    """Return one package's row of the table."""
    fates = Counter(one["refused"].partition(":")[0] for one in found)
    wrongly = [one for one in found if not one["refused"] and one["plain"]]
    without = [one for one in found if one["refused"] and not one["plain"]]
    return (name, len(found), fates["warm"], fates["cold"], fates[""], len(wrongly), len(without))


def _keep(found: Sequence[Fate], place: Path) -> None:
    fresh = place.with_suffix(".new")
    fresh.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    fresh.replace(place)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge until there are `--count`, those in the file included; end with 1 when one was accepted wrongly.

    Every candidate's fate is written after each batch, so that a run that was interrupted is gone on with.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(QUICK)}")
    parser.add_argument("--count", type=int, default=1000, help="candidates of all packages together")
    parser.add_argument("--into", type=Path, default=RESULT, help="where fates are kept; delete it to start afresh")
    asked = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if package.name in (asked.packages or QUICK)]
    found: list[Fate] = json.loads(asked.into.read_text("utf-8")) if asked.into.exists() else []
    names = {package.name for package in chosen}
    for site, made in left([site_of(package) for package in chosen], asked.count, found):
        for batch in judged(site, made) if made else ():
            found += batch
            _keep(found, asked.into)
            say(f"{site.package.name}: {sum(one['package'] in names for one in found)} of {asked.count}")
    print(table(HEAD, [row(one.name, [each for each in found if each["package"] == one.name]) for one in chosen]))
    return 1 if any(not one["refused"] and one["plain"] for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
