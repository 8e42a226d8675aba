"""Which calls become tests: those a person would keep, and of them the fewest that notice the most (pure)."""

import ast
import contextlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.source import Function
from improver.writing.suspicion import NEVER_FROZEN, contradiction

SETUP, CHECKS = 5, 3  # statements and assertions of one test
LINE = 110  # characters of one statement
PLACES = re.compile(r"""['"](?:/(?:src|tmp|home|usr|var|etc|opt|root|proc)\b|[A-Z]:\\)|0x[0-9a-fA-F]""")
PENALTY = {"text": 0, "recorded": 0, "generated": 8, "varied": 4}
TRIVIAL = ("[]", "{}", "()", "''", "b''", "set()", "None")
NOTHING = ("''", "[]", "{}", "()")
STRING, ODD = re.compile(r"'[^']*'"), frozenset("[]{}()^$*|<>\\%#@!;&?+")  # marks that are pasted into a text
PRIVATE = re.compile(r"^_(?!$)")


def fit(case: Case, node: Function) -> bool:
    """Tell whether a test of this call would be short, public, stable and not the record of a mistake."""
    texts = [*case.setup, case.call, *(text for _, subject, wanted in case.checks for text in (subject, wanted))]
    if not case.checks or len(case.setup) > SETUP or any(len(text) > LINE or PLACES.search(text) for text in texts):
        return False
    if case.checks[0][0] == "raises" and (case.checks[0][1] in NEVER_FROZEN or not case.checks[0][2]):
        return False
    if any("\n" in text for text in texts) or not all(map(is_public, (*case.setup, case.call))):
        return False
    if any(not is_public(subject) for kind, subject, _ in case.checks if kind != "raises"):
        return False
    return not contradiction(case, node) and not (case.origin == "varied" and _breaks_order(case.call, node))


def _breaks_order(text: str, node: Function) -> bool:
    """Tell whether a function that speaks of sorted input gets a list that is not."""
    if "sorted" not in f"{node.name} {ast.get_docstring(node) or ''}":
        return False
    for part in ast.walk(ast.parse(text)):
        if isinstance(part, ast.List | ast.Tuple) and all(isinstance(one, ast.Constant) for one in part.elts):
            values = [one.value for one in part.elts if isinstance(one, ast.Constant)]
            with contextlib.suppress(TypeError):
                if values != sorted(values):  # type: ignore[type-var]
                    return True
    return False


def is_public(text: str) -> bool:
    """Tell whether code uses no name that is private, special or random."""
    nodes = [*ast.walk(ast.parse(text))]
    names = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    names += [node.id for node in nodes if isinstance(node, ast.Name)]
    return not any(PRIVATE.match(name) for name in names) and "__" not in " ".join(names)


def cost(case: Case) -> int:
    """Return how much there is to read in a test of this call, and how odd it looks."""
    text = " ".join((*case.setup, case.call))
    wanted = " ".join(f"{subject} {value}" for _, subject, value in case.checks)
    odd = sum(not " " <= one <= "~" for one in text + wanted) + text.count("\\n")
    odd += sum(one in ODD for part in STRING.findall(text) for one in part) if case.origin == "varied" else 0
    prelude = sum(line.count("\n") + 1 for line in case.prelude)
    trivial = 20 * any(value in TRIVIAL for _, _, value in case.checks) + 8 * sum(text.count(one) for one in NOTHING)
    return (
        trivial
        + len(text)
        + len(wanted)
        + 12 * len(case.setup)
        + 6 * len(case.checks)
        + 6 * odd
        + 5 * prelude
        + PENALTY[case.origin]
    )


def chosen(cases: Iterable[Case], node_of: Callable[[str], Function]) -> list[Case]:
    """Return the fewest, shortest calls that together notice all that any fit call notices, the best first."""
    good = [trimmed(case) for case in cases if case.kills and fit(case, node_of(case.function))]
    left = [(case, cost(case)) for case in good]
    kept: list[Case] = []
    noticed: set[str] = set()
    while left:
        best, _ = max(left, key=lambda one: (len(one[0].kills - noticed) / (40 + one[1]), -one[1], one[0].call))
        kept.append(best)
        noticed |= best.kills
        left = [one for one in left if one[0].kills - noticed]
    return needed(kept)


def trimmed(case: Case) -> Case:
    """Return the case with no more assertions than a reader follows, and no variable that nothing uses."""
    checks = case.checks[:CHECKS]
    later = [case.call, *(subject for _, subject, _ in checks)]
    kept: list[str] = []
    for line in reversed(case.setup):
        node = ast.parse(line).body[0]
        names = {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}
        used = {part.id for text in (*later, *kept) for part in ast.walk(ast.parse(text)) if isinstance(part, ast.Name)}
        if not names or names & used:
            kept.append(line)
    return replace(case, checks=checks, setup=tuple(reversed(kept)))


def needed(cases: Sequence[Case]) -> list[Case]:
    """Return the cases without those whose kills the others have as well."""
    kept = list(cases)
    for case in sorted(cases, key=cost, reverse=True):
        others = set().union(*(one.kills for one in kept if one is not case)) if len(kept) > 1 else set()
        if case.kills <= others:
            kept.remove(case)
    return kept
