"""Why a run of the suite is no verdict, and where it fares otherwise than the base's run did."""

from collections.abc import Iterator, Mapping

from improver.ports import SuiteRun
from improver.verify.report import REACHED
from improver.verify.suite import CANARY_EXIT

SHOWN = 10


def strayed(base: SuiteRun, now: SuiteRun) -> list[str]:
    """Say all that keeps the run `now` from being an honest one in which every test fares as at `base`."""
    return [
        *([f"the baseline has no verdict: {base.trouble}"] if base.trouble else []),
        *dishonest(now),
        *_differences(base.manifest, now.manifest),
        *(["the tests' own code is not what it was at base"] if now.code != base.code and now.manifest else []),
    ]


def dishonest(run: SuiteRun) -> Iterator[str]:
    """Yield why this run is no verdict; the canary fails, so an honest one never ends with 0."""
    if run.trouble:
        yield run.trouble
    elif not run.manifest:
        yield "no test ran"
    elif (run.canary, run.canaries) != ("failed", 1):
        yield f"one canary must fail, but {run.canaries} ran and the outcome was: {run.canary}"
    elif run.receipt.exit != CANARY_EXIT:
        yield f"the run ended with {run.receipt.exit} although the canary must fail it with {CANARY_EXIT}"


def _differences(base: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the tests that are missing, new or differ, at most SHOWN and how many more."""
    if not now:
        return []
    reasons = [f"{REACHED}: {what}, as nothing did at base" for what in sorted(_reached(now) - _reached(base))]
    reasons += [
        f"{test}: {base.get(test, 'not there')} at base, {now.get(test, 'not there')} now"
        for test in sorted(base.keys() | now.keys())
        if base.get(test) != now.get(test) and test != REACHED
    ]
    more = len(reasons) - SHOWN
    return reasons[:SHOWN] + ([f"and {more} more"] if more > 0 else [])


def _reached(manifest: Mapping[str, str]) -> set[str]:
    return set(manifest[REACHED].split(", ")) if REACHED in manifest else set()
