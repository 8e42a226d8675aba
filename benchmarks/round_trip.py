"""Take every file of real packages through parse, no-op and write, and hold every codemod to its duties on them."""

import argparse
import ast
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst

from benchmarks.duties import CODEMODS, Ground, Tally, ground_of, held, twin
from benchmarks.fetching import PACKAGES, unpacked
from benchmarks.pairing import say, table
from improver.codemod import Abstain, At, Codemod, Site, region_of, replaced, spliced
from improver.observer import Project
from improver.records import Finding
from improver.rewriting.splicing import Splice, edited
from improver.scan import answering
from improver.source import Source

FILES = ("sources", "files", "lines", "regions", "not Python", "not libcst's", "changed by a round trip", "seconds")
PLACES = ("codemod", "places", "rewritten", "comments dropped", "faults")


def round_trip(source: Source, project: Project) -> Iterator[tuple[str, bool]]:
    """Yield each way in which an edit that changes nothing is written, and whether the file came out otherwise."""
    same = {source.path: source.data}
    yield "lines", replaced(source, 1, len(source.lines), "".join(source.lines)) != same
    yield "splices", edited(source, [Splice((1, 0), (1, 0), "")]) != same
    regions = {region_of(source, node): node for node in source.parents if isinstance(node, ast.stmt)}
    for region, node in regions.items():
        finding = Finding("", "round_trip", source.path, "", 1, 0, "")
        result = spliced(Site(source, node, finding, project), At, region=region)
        why = result.reason if isinstance(result, Abstain) else "written otherwise"
        yield f"lines {region.first} to {region.last}: {why}", result != same


def files_row(ground: Ground, faults: list[str]) -> tuple[object, ...]:
    """Take every file of a package through the round trip; return its row without the time, and add to `faults`."""
    sources, ways, unread, known = ground.project.sources, 0, 0, len(faults)
    for source in sources.values():
        try:
            if cst.parse_module(source.data).bytes != source.data:
                faults.append(f"{ground.name} {source.path}: libcst writes the whole file otherwise")
        except cst.ParserSyntaxError:
            unread += 1
        for way, changed in round_trip(source, ground.project):
            ways += 1
            if changed:
                faults.append(f"{ground.name} {source.path}, {way}")
    lines = sum(len(source.lines) for source in sources.values())
    regions = ways - 2 * len(sources)
    return (ground.name, len(sources), lines, regions, len(ground.unreadable), unread, len(faults) - known)


def hold(folder: Path, ground: Ground, only: Sequence[str]) -> None:
    """Hold the codemods to their duties, and to make the same of the files in their Windows form."""
    windows = ground_of(folder, {codemod.name: Tally() for codemod in CODEMODS}, windows=True)
    elsewhere = grouped(windows)
    for (rule, path), found in grouped(ground).items():
        codemod = answering(CODEMODS, rule)
        if codemod is None or (only and codemod.name not in only):
            continue
        made = held(ground, codemod, found)
        there = windows.drafted(codemod, elsewhere.get((rule, path), found))
        if there != {path: twin(data) for path, data in made.items()} and is_twin(ground, windows, made):
            ground.blame(codemod, found[0], "with a byte order mark and CRLF it makes something else")


def is_twin(ground: Ground, windows: Ground, made: dict[str, bytes]) -> bool:
    """Tell whether all files of `made` have a Windows form."""
    return all(windows.project.tree[path].data != ground.project.tree[path].data for path in made)


def grouped(ground: Ground) -> dict[tuple[str, str], list[Finding]]:
    """Return what was found by rule and file."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in ground.found:
        groups[finding.rule, finding.path].append(finding)
    return groups


def places_row(codemod: Codemod, tally: Tally) -> tuple[object, ...]:
    """Return one codemod's row."""
    return (codemod.name, tally.places, tally.rewritten, tally.dropped, len(tally.faults))


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the packages that were asked for, or all; end with 1 when a file or a codemod is at fault."""
    names = [package.name for package in PACKAGES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(names)}; none means all")
    parser.add_argument("--folder", type=Path, help="work on the Python files of this folder instead")
    parser.add_argument("--only", action="append", default=[], metavar="CODEMOD", help="leave out all else")
    asked = parser.parse_args(arguments)
    folders = [unpacked(one) for one in PACKAGES if not asked.packages or one.name in asked.packages]
    tally = {codemod.name: Tally() for codemod in CODEMODS}
    rows: list[tuple[object, ...]] = []
    faults: list[str] = []
    for folder in [asked.folder] if asked.folder else folders:
        began = time.monotonic()
        ground = ground_of(folder, tally)
        row = () if asked.only else files_row(ground, faults)
        hold(folder, ground, asked.only)
        rows.append((*row, f"{time.monotonic() - began:.0f}"))
        say(f"{folder.name}: {len(ground.found)} findings, {rows[-1][-1]} s")
    print(table(FILES if not asked.only else FILES[-1:], rows))
    print("\n" + table(PLACES, [places_row(codemod, tally[codemod.name]) for codemod in CODEMODS]))
    faults += [fault for one in tally.values() for fault in one.faults]
    print("\n" + ("\n".join(f"- {fault}" for fault in faults) or "No fault."))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
