"""What a candidate costs: screened, and verified end to end, beside a worktree with a fresh run of the whole suite."""

import argparse
import resource
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.benches import bench_of, policy_for, tree_of
from benchmarks.candidates import Made, faulty, mixed, turned
from benchmarks.fetching import PACKAGES, WORK, Package, environment, unpacked
from benchmarks.pairing import say, spread, table
from benchmarks.suites import LIMIT, broken, outcomes, steady
from improver.app import gates
from improver.experiments import Look
from improver.gate import Candidate
from improver.judge import judge, ordered
from improver.looking import BATCH
from improver.policy import Policy
from improver.records import Tree
from improver.verify.bench import SandboxBench

SOUND = {"boltons": 5, "click": 8, "sqlite-utils": 12}  # of each hundred
HEAD = (
    "package", "candidates", "naive s", "screening s", "screening ×", "end to end s", "end to end ×",
    "a refusal s", "an acceptance s", "recording s", "accepted", "disagreements",
)  # fmt: skip


def cpu() -> float:
    """Return the processor seconds of this process and of all children it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@dataclass
class Measured:
    """What the candidates of one package cost, in processor seconds, and which were accepted."""

    count: int
    recording: float = 0.0
    screening: float = 0.0
    refusals: list[float] = field(default_factory=list)
    acceptances: list[float] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    sound: list[str] = field(default_factory=list)
    naive: list[float] = field(default_factory=list)
    disagreements: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # why what is sound was not accepted

    @property
    def judging(self) -> float:
        """Return what all gates cost after the screening."""
        return sum(self.refusals) + sum(self.acceptances)


@dataclass(frozen=True, slots=True)
class Site:
    """Where the candidates of one package are judged."""

    package: Package
    tree: Tree
    policy: Policy
    bench: SandboxBench

    def looks(self, made: Sequence[Made]) -> Iterator[Look]:
        """Take the warm first look at all, in batches."""
        for at in range(0, len(made), BATCH):
            batch = made[at : at + BATCH]
            yield from self.bench.experiments.look([{one.path: one.data} for one in batch])

    def refusals(self, one: Made) -> tuple[str, ...]:
        """Put one candidate through all gates; return why policy refuses it."""
        candidate = Candidate(self.tree, one.change(self.tree), self.policy, self.bench)
        results = tuple(judge(ordered(gates(), self.policy), candidate))
        return self.policy.decides(candidate.change.safety, results)

    def naive(self, one: Made | None, seconds: float = LIMIT) -> dict[str, str]:
        """Run the package's whole suite in a tree of its own, with the candidate if there is one, as anybody would.

        Raises TimeoutError when it does not end within `seconds`.
        """
        place = WORK / "worktrees" / f"gating-{self.package.stem}"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(unpacked(self.package), place, ignore=shutil.ignore_patterns("__pycache__"))
        if one is not None:
            (place / one.path).write_bytes(one.data)
        found = steady(self.package, outcomes(environment(self.package), place, seconds))
        shutil.rmtree(place)
        return found


def site_of(package: Package) -> Site:
    """Return the package with its measured baseline."""
    tree, policy = tree_of(unpacked(package)), policy_for(package)
    return Site(package, tree, policy, bench_of(package, tree, policy))


def measured(site: Site, count: int, naive: int) -> Measured:
    """Screen and judge `count` candidates, and run the whole suite on `naive` of them."""
    began = cpu()
    recording = site.bench.experiments.recording()
    found = Measured(count, recording=cpu() - began)
    sound = turned(site.tree, recording, SOUND.get(site.package.name, 5) * count // 100)
    made = mixed(faulty(site.tree, recording, count - len(sound)), sound)
    found.count, found.sound = len(made), [one.name for one in sound]
    began = cpu()
    looks = list(site.looks(made))
    found.screening = cpu() - began
    say(f"{site.package.name}: {sum(bool(look.refused) for look in looks)} of {len(made)} refused at first look")
    refused = {one.name for one, look in zip(made, looks, strict=True) if look.refused}
    for one in made:
        if one.name not in refused:
            _judge(site, one, found)
    _naive(site, made[:: max(1, len(made) // naive)][:naive], found)
    return found


def _judge(site: Site, one: Made, found: Measured) -> None:
    began = cpu()
    why = site.refusals(one)
    spent = cpu() - began
    say(f"{site.package.name}: {spent:.1f} s · {'; '.join(why)[:200] or 'accepted'} · {one.name}")
    (found.refusals if why else found.acceptances).append(spent)
    if not why:
        found.accepted.append(one.name)
    elif one.sound:
        found.told.append(f"{one.name}: {'; '.join(why)}")


def _naive(site: Site, chosen: Sequence[Made], found: Measured) -> None:
    base = site.naive(None)
    for one in chosen:
        began = cpu()
        here = site.naive(one)
        found.naive.append(cpu() - began)
        if one.name in found.accepted and (changed := next(broken(base, here), "")):
            found.disagreements.append(f"{one.name}: accepted, and the suite says {changed}")


def row(name: str, found: Measured) -> tuple[object, ...]:
    """Return one package's row of the table."""
    naive = statistics.median(found.naive)
    each, whole = found.screening / found.count, (found.screening + found.judging) / found.count
    refused = found.count - len(found.accepted)
    return (
        name, found.count, spread(found.naive, 2), f"{each:.3f}", f"{naive / each:.1f}", f"{whole:.3f}",
        f"{naive / whole:.1f}", f"{(each * refused + sum(found.refusals)) / refused:.3f}",
        spread(found.acceptances, 1) if found.acceptances else "–", f"{found.recording:.1f}",
        f"{len(found.accepted)} ({len({*found.accepted} & {*found.sound})} of {len(found.sound)} sound)",
        len(found.disagreements),
    )  # fmt: skip


def details(name: str, found: Measured) -> Iterator[str]:
    """Yield what was accepted without being known as sound, what was sound and refused, and every disagreement."""
    yield f"\n{name}\n"
    yield from (f"- accepted: {one}" for one in found.accepted if one not in found.sound)
    yield from (f"- sound, not accepted: {one}" for one in found.told)
    yield from (f"- DISAGREES: {one}" for one in found.disagreements)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the packages that were asked for, or three; end with 1 where the plain suite disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(SOUND)}")
    parser.add_argument("--count", type=int, default=100, help="candidates of each package")
    parser.add_argument("--naive", type=int, default=10, help="how many of them also get a whole plain run")
    asked = parser.parse_args(arguments)
    wanted = asked.packages or list(SOUND)
    found = {
        package.name: measured(site_of(package), asked.count, asked.naive)
        for package in PACKAGES
        if package.name in wanted
    }
    print(table(HEAD, [row(name, one) for name, one in found.items()]))
    for name, one in found.items():
        print("\n".join(details(name, one)))
    return 1 if any(one.disagreements for one in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
