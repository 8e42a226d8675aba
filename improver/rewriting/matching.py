"""The equal blocks of one file, and what goes in and comes out at each, the names of one paired with the other's."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.codemod import SUPPRESSION, Abstain, Site
from improver.names import EVERYTHING, bound_in
from improver.rewriting.extraction import Cut, Flow, flow_of, function_of
from improver.rewriting.repeats import renamed, repeated

INPUTS, OUTPUTS = 4, 2  # more would say that the block is no thing of its own
COMMENT = re.compile(r"#.*")


@dataclass(frozen=True, slots=True)
class Place:
    """One of the equal blocks, and its local names in their order there."""

    cut: Cut
    names: tuple[str, ...]


def places_of(site: Site) -> list[Place] | Abstain:
    """Return the blocks of this file that are equal to the one that begins at the site."""
    source = site.source
    groups = repeated([source], site.project.duplicate_statements)
    windows = next((group for group in groups if group[0].statements[0] is site.node), [])
    places = [
        Place(Cut(source, function, window.statements), tuple(renamed(window)))
        for window in windows
        if (function := function_of(window.statements[0], source)) is not None
    ]
    if len(places) < 2 or len(places) < len(windows):
        return Abstain("the other places are not in functions of this file's module or classes")
    if EVERYTHING in bound_in(source):
        return Abstain("a star import may bring any name into this file")
    cuts = [place.cut for place in places]
    if len({tuple(COMMENT.findall("".join(cut.lines))) for cut in cuts}) > 1:
        return Abstain("the comments at the places differ")
    whole = all(_is_whole(cut) for cut in cuts)
    return Abstain("the whole function is repeated: one may call the other") if whole else places


def _is_whole(cut: Cut) -> bool:
    """Tell whether the cut is all that its function does."""
    body = cut.function.body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return cut.statements[0] is body[int(documented)] and cut.statements[-1] is body[-1]


def oddity(cut: Cut) -> str:
    """Say why nobody would want this block moved, or ""."""
    if any(SUPPRESSION.search(line) for line in cut.lines):
        return "a suppression stands in the block"
    lists = all(isinstance(node, ast.Expr) for node in cut.statements)
    return "it only lists calls, which read better where they are" if lists else ""


def flows_of(places: Sequence[Place]) -> list[Flow] | Abstain:
    """Return what goes in and comes out at each place, names paired; it must be the same things everywhere."""
    flows: list[Flow] = []
    for place in places:
        flow = flow_of(place.cut)
        if isinstance(flow, Abstain):
            return flow
        pairs = dict(zip(place.names, places[0].names, strict=True))
        paired = Flow(tuple(pairs[name] for name in flow.inputs), tuple(pairs[name] for name in flow.outputs))
        flows.append(flow)
        if paired != flows[0]:
            return Abstain("not the same things go in and come out at each place")
    if len(flows[0].inputs) > INPUTS or len(flows[0].outputs) > OUTPUTS:
        return Abstain("too much goes in or comes out for a function of its own")
    return flows
