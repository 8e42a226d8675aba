"""Which calls become tests: those a person would keep, and of them the fewest that notice the most (pure)."""

import ast
import builtins
import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.source import Function
from improver.verify.noting import is_idle
from improver.writing.choice.by_name import call_in, unnamed
from improver.writing.choice.custom import NOTHING_USUAL, Custom
from improver.writing.choice.inlining import inline
from improver.writing.choice.legible import ONE_LINE
from improver.writing.choice.oddities import is_on_an_object, is_wild, made_up_things, oddity, unasked_signs
from improver.writing.choice.spoken import spared
from improver.writing.choice.suspicion import NEVER_FROZEN, absurd, announces, contradiction
from improver.writing.choice.switches import unclear
from improver.writing.choice.telling import coincides, dullness, finds_nothing, hollow, speaks
from improver.writing.inputs.misfits import given_to, kind_of
from improver.writing.pieces import names_in, stated
from improver.writing.placing import name_of
from improver.writing.words.wording import reproduces

OUTCOMES = ("raises", "warns")  # what a test does not leave out: it would not hold, or make noise
SETUP, CHECKS = 5, 3  # statements and assertions of one test
BLOCKS = 8  # lines of all that a test defines for itself
DEFINES = re.compile(r"@|class |def |(?:async )?with ")
RIVALS = 30  # calls that are compared with one that is chosen
LINE = 110  # characters of one statement
PLACES = re.compile(r"""['"](?:/(?:src|tmp|home|usr|var|etc|opt|root|proc)\b|[A-Z]:\\)|0x[0-9a-fA-F]""")
PENALTY = {"text": 0, "recorded": 0, "generated": 8, "varied": 4, "strange": 4, "after": 8}
ANNOUNCED = frozenset({"TypeError", "KeyError", "IndexError"})  # no slip where the function itself raises it by name
TRIVIAL = ("[]", "{}", "()", "''", "b''", "set()", "None")
WONDERED, SIGN = 15, 40  # what one thing that a reader wonders about weighs, and a number below nothing
MADE_UP = 12  # a fraction, a text that is no word, or a switch that is given either
CHANCE = 20  # a constant that comes back and was given too
IDLE = 40  # an object that is made for a method which needs none
NOUGHT = 4  # what an object is made with, where tests give other numbers
UNNAMED = 16  # an argument that a reader would look for by name
WRONG = 20  # a second thing that is wrong in a call that is refused, and one that no test gives
BESIDE = 30  # what an error weighs that shows a fault which no `raise` has
ASIDE = 12  # one more thing that is looked at in a test
LONE = 30  # one line of a text, which says little of the whole
DULL = 10  # what a point of dullness weighs
NOTHING = re.compile(r"''|\[\]|\{\}|\b(?:frozen)?set\(\)|(?<![\w\])])\(\)")  # no call without arguments
STRING, ODD = re.compile(r"'[^']*'"), frozenset("[]{}()^$*|<>\\%#@!;&?+")  # marks that are pasted into a text
SAID = frozenset({"__name__", "__doc__", "__module__"})  # what a function is known by
RANDOM = frozenset({"urandom", "uuid1", "uuid4", "token_bytes", "token_hex", "token_urlsafe", "SystemRandom"})
DESCRIPTORS = frozenset({"fd", "fileno", "file_descriptor", "pid"})
PRIVATE = re.compile(r"^_(?!$)")


def fit(case: Case, node: Function) -> bool:
    """Tell whether a test of this call would be short, public, stable and not the record of a mistake."""
    texts = [*case.setup, case.call, *(text for _, subject, wanted in case.checks for text in (subject, wanted))]
    if not case.checks or not is_short(case) or any(len(line) > LINE for text in texts for line in text.splitlines()):
        return False
    if any(map(PLACES.search, texts)) or _is_of_a_descriptor(case, node):
        return False
    if case.checks[0][0] == "raises" and not reproduces(case) and _says_little(case, node):
        return False
    if case.origin == "strange" and case.checks[0][0] != "raises":  # nobody said that it may be called so
        return False
    statement = stated(case.call)
    if statement != case.call and case.checks[0][0] != "raises":  # it gives nothing, and what it does stands before
        return False
    if any("\n" in text for text in texts[len(case.setup) :]) or not all(map(is_public, (*case.setup, statement))):
        return False
    if any(not is_public(subject) for kind, subject, _ in case.checks if kind != "raises"):
        return False
    return (
        not case.unlike
        and not contradiction(case, node)
        and not absurd(case)
        and not is_idle(case.setup, case.call)
        and not (case.origin == "varied" and _breaks_order(case.call, node))
    )


def _is_of_a_descriptor(case: Case, node: Function) -> bool:
    """Tell whether a file is meant by a number that only the process knows which the test runs in."""
    call = call_in(ast.parse(case.call), case)
    given = given_to(call, node) if call is not None else ()
    return any(place.arg in DESCRIPTORS and kind_of(value) == "int" for place, _, value in given)


def is_short(case: Case) -> bool:
    """Tell whether a reader can follow the call and what comes before it."""
    if any(len(line) > LINE for text in (*case.setup, case.call) for line in text.splitlines()):
        return False
    return len(case.setup) <= SETUP and sum(_blocks(text) for text in case.setup) <= BLOCKS


def _blocks(text: str) -> int:
    """Return how many lines a definition in a setup has; a statement of another kind may have but one."""
    count = text.count("\n") + 1
    return count if DEFINES.match(text) else (BLOCKS + 1) * (count - 1)


def _says_little(case: Case, node: Function) -> bool:
    """Tell whether an error may be a slip, or is of a kind that much else raises and says nothing of its own."""
    _, kind, pattern = case.checks[0]
    if kind in NEVER_FROZEN:
        if pattern and any(f"`raise {kind}(" in one for one in case.kills):  # in words of the product's own
            return False
        due = kind in ANNOUNCED or (kind, node.name) == ("AttributeError", "__getattr__")
        return not due or not announces(node, kind)
    return not pattern and hasattr(builtins, kind)


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
    names = [node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr not in SAID]
    names += [node.id for node in nodes if isinstance(node, ast.Name)]
    names += [node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg]
    return not any(PRIVATE.match(name) or name in RANDOM for name in names) and "__" not in " ".join(names)


def cost(case: Case) -> int:
    """Return how much there is to read in a test of this call, and how odd it looks."""
    text = " ".join((*case.setup, case.call))
    wanted = " ".join(f"{subject} {value}" for _, subject, value in case.checks)
    odd = sum(not " " <= one <= "~" for one in text + wanted) + text.count("\\n")
    odd += (
        sum(one in ODD for part in STRING.findall(text) for one in part) if case.origin in ("varied", "strange") else 0
    )
    odd += 2 * len(re.findall(r"['\"] \* \d+", text))
    prelude = sum(line.count("\n") + 1 for line in case.prelude)
    trivial = 20 * any(value in TRIVIAL for _, _, value in case.checks)
    trivial += 16 * (len(NOTHING.findall(text)) + hollow(case) * finds_nothing(case))
    return (
        trivial
        + len(text)
        + len(wanted)
        + 12 * len(case.setup)
        + 6 * len(case.checks)
        + ASIDE * (len(case.checks) - 1)
        + LONE * sum(bool(ONE_LINE.search(subject)) for _, subject, _ in case.checks)
        + 6 * odd
        + 5 * prelude
        + PENALTY[case.origin]
        + WONDERED * oddity(case)
        + MADE_UP * made_up_things(case)
        + DULL * dullness(case)
        - spared(case)
    )


def weight(case: Case, node: Function, custom: Custom = NOTHING_USUAL) -> int:
    """Return how much speaks against a test of this call of `node`."""
    is_beside = bool(case.checks) and case.checks[0][0] == "raises" and not any("raise " in one for one in case.kills)
    needless = max(0, len(custom.wrongs(case, node)) - 1) + custom.usage.unheard(case, node)
    odd = SIGN * unasked_signs(case, node) + BESIDE * is_beside + IDLE * is_on_an_object(case, node)
    odd += CHANCE * coincides(case, node) + MADE_UP * unclear(case, node)
    odd += NOUGHT * custom.usage.noughts(case, node)
    return cost(case) + odd + WRONG * needless + UNNAMED * unnamed(case, node) - custom.usage.familiar(case, node)


def chosen(cases: Iterable[Case], node_of: Callable[[str], Function], custom: Custom = NOTHING_USUAL) -> list[Case]:
    """Return the fewest, shortest calls that together notice all that any fit call notices, the best first.

    An odd call is made for what no plain one notices, and one that is odder than that for nothing.
    """
    trim = [trimmed(case) for case in cases if case.kills]
    good = [case for case in trim if case.kills and fit(case, node_of(case.function))]
    odds = {case: oddity(case) + unasked_signs(case, node_of(case.function)) for case in good}
    weigh = functools.cache(lambda case: weight(case, node_of(case.function), custom))
    kept = _fewest([case for case in good if not odds[case]], weigh)
    rest = [_beside(case, _noticed(kept)) for case in good if odds[case] and not is_wild(case, node_of(case.function))]
    return [*kept, *_fewest([case for case in rest if case.kills], weigh)]


def _beside(case: Case, known: frozenset[str]) -> Case:
    """Return the case with what it notices beside what is known, and no more checks than that needs."""
    shows = tuple(one - known for one in case.shows)
    fresh = replace(case, kills=case.kills - known, shows=shows)
    return trimmed(fresh) if fresh.kills and known else fresh


def _fewest(good: Sequence[Case], weigh: Callable[[Case], int]) -> list[Case]:
    """Return the fewest, shortest calls that together notice all that any notices, the best first."""
    left = [(case, weigh(case)) for case in good]
    kept: list[Case] = []
    noticed: set[str] = set()
    while left:
        best, _ = max(left, key=lambda one: (len(one[0].kills - noticed) / (40 + one[1]), -one[1], one[0].call))
        kept.append(best)
        noticed |= best.kills
        left = [one for one in left if one[0].kills - noticed]
    return _simplest(needed(kept, weigh), good, weigh)


def _simplest(kept: list[Case], good: Sequence[Case], weigh: Callable[[Case], int]) -> list[Case]:
    """Return calls that notice as much as `kept` do together, each the easiest to read of those that do its part."""
    found = list(kept)
    for case in kept:
        at = next(at for at, one in enumerate(found) if one is case)
        others = _noticed(one for one in found if one is not case)
        wanted = case.kills - others
        if not wanted:  # what stands in another's place does the part of this one too
            del found[at]
            continue
        rivals = [one for one in good if wanted <= one.kills]
        rivals.sort(key=lambda one: (weigh(one), one.call))
        found[at] = min(
            (_lean(one, others) for one in (case, *rivals[:RIVALS])), key=lambda one: (weigh(one), one.call)
        )
    return found


def trimmed(case: Case) -> Case:
    """Return the case with no more assertions than a reader follows, and nothing that they do not need."""
    if len(case.shows) != len(case.checks):
        return bare(replace(case, checks=case.checks[:CHECKS], shows=()))
    kept = [0] if case.checks[0][0] in OUTCOMES else []
    while len(kept) < CHECKS:
        seen = frozenset().union(*(case.shows[at] for at in kept))
        fresh = [(len(shows - seen), speaks(case, one)) for one, shows in zip(case.checks, case.shows, strict=True)]
        best = max(range(len(fresh)), key=lambda at: (*fresh[at], -at))
        if not case.shows[best] - seen:
            break
        kept.append(best)
    if kept == [0] and _is_mute(case) and len(case.checks) > 1:
        kept.append(min(range(1, len(case.checks)), key=lambda at: (len(case.checks[at][2]), at)))
    return with_checks(case, sorted(kept) or [0])


def _is_mute(case: Case) -> bool:
    """Tell whether nothing is demanded of what an error says."""
    kind, _, pattern = case.checks[0]
    return kind == "raises" and not pattern


def with_checks(case: Case, kept: Sequence[int]) -> Case:
    """Return the case with these of its checks, and what they notice."""
    checks, shows = tuple(case.checks[at] for at in kept), tuple(case.shows[at] for at in kept)
    return bare(inline(replace(case, checks=checks, shows=shows, kills=frozenset().union(*shows))))


def bare(case: Case) -> Case:
    """Return the case without variables and imports that nothing uses."""
    texts = [case.call, *(text for _, *both in case.checks for text in both if text)]
    kept: list[str] = []
    for line in reversed(case.setup):
        node = ast.parse(line).body[0]
        names = {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}
        if not names or names & names_in((*texts, *kept)):
            kept.append(line)
    used = names_in((*texts, *kept, *case.prelude))
    imports = tuple(one for one in case.imports if name_of(one) in used)
    asks = tuple(one for one in case.asks if one in used)
    return replace(case, setup=tuple(reversed(kept)), imports=imports, asks=asks)


def needed(cases: Sequence[Case], weigh: Callable[[Case], int]) -> list[Case]:
    """Return the cases without those whose kills the others have as well, and those without checks of that kind."""
    kept = list(cases)
    for case in sorted(cases, key=weigh, reverse=True):
        others = _noticed(one for one in kept if one is not case)
        if case.kills <= others:
            kept.remove(case)
    for at, case in enumerate(kept):
        kept[at] = _lean(case, _noticed(one for one in kept if one is not case))
    return kept


def _lean(case: Case, others: frozenset[str]) -> Case:
    """Return the case without the checks that notice nothing but what `others` or its other checks do."""
    kept = list(range(len(case.shows)))
    for number in reversed(kept[:]):
        rest = [one for one in kept if one != number]
        known = others.union(*(case.shows[one] for one in rest))
        if case.checks[number][0] in OUTCOMES or (len(rest) == 1 and _is_mute(case)):
            continue
        if rest and case.shows[number] <= known:
            kept = rest
    return with_checks(case, kept) if len(kept) < len(case.shows) else case


def _noticed(cases: Iterable[Case]) -> frozenset[str]:
    return frozenset().union(*(one.kills for one in cases))
