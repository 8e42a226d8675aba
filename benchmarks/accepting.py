"""Mutated candidates through the warm look and the cold verdict, and each through the whole plain suite: who errs."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.candidates import Made, faulty
from benchmarks.fetching import PACKAGES, Package
from benchmarks.gating import Site, site_of
from benchmarks.pairing import say, table
from benchmarks.suites import broken
from improver.app import gates
from improver.gate import Candidate
from improver.records import Ruling

RESULT = Path(__file__).resolve().parent / "accepting.json"
QUICK = ("toolz", "cachetools", "itsdangerous")  # whose whole suites take a second or two
HEAD = ("package", "candidates", "refused warm", "refused cold", "accepted", "false accepts", "refused without cause")


def judged(site: Site, count: int) -> Iterator[dict[str, str]]:
    """Yield for each candidate what became of it, and the first test that the plain suite ends otherwise, if any."""
    made = faulty(site.tree, site.bench.experiments.recording(), count)
    looks = list(site.looks(made))
    say(f"{site.package.name}: {sum(bool(look.refused) for look in looks)} of {len(made)} refused at first look")
    base = site.naive(None)
    for one, look in zip(made, looks, strict=True):
        fate = f"warm: {look.refused}" if look.refused else _cold(site, one)
        changed = next(broken(base, site.naive(one)), "")
        yield {"package": site.package.name, "candidate": one.name, "refused": fate, "plain": changed}


def _cold(site: Site, one: Made) -> str:
    """Return why the clean run on the candidate's own tree refuses it, "" when it does not."""
    verdict = next(gate for gate in gates() if gate.name == "tests")
    result = verdict(Candidate(site.tree, one.change(site.tree), site.policy, site.bench))
    return "" if result.ruling is Ruling.PASS else f"cold: {'; '.join(result.reasons)[:300]}"


def row(name: str, found: Sequence[Mapping[str, str]]) -> tuple[object, ...]:
    """Return one package's row of the table."""
    fates = Counter(one["refused"].partition(":")[0] for one in found)
    wrongly = [one for one in found if not one["refused"] and one["plain"]]
    without = [one for one in found if one["refused"] and not one["plain"]]
    return (name, len(found), fates["warm"], fates["cold"], fates[""], len(wrongly), len(without))


def _shares(packages: Sequence[Package], count: int) -> Iterator[tuple[Package, int]]:
    for number, package in enumerate(packages):
        yield package, count // len(packages) + (number < count % len(packages))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge `--count` candidates; write every one's fate; end with 1 when one was accepted that the suite refuses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(QUICK)}")
    parser.add_argument("--count", type=int, default=1000, help="candidates of all packages together")
    parser.add_argument("--into", type=Path, default=RESULT, help="where the fates are written")
    asked = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if package.name in (asked.packages or QUICK)]
    found: list[dict[str, str]] = []
    for package, count in _shares(chosen, asked.count):
        found += judged(site_of(package), count)
        asked.into.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(table(HEAD, [row(one.name, [each for each in found if each["package"] == one.name]) for one in chosen]))
    return 1 if any(not one["refused"] and one["plain"] for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
