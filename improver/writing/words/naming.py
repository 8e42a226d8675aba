"""Names of tests: what a call is about, what is special about it, and what comes of it (pure)."""

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from improver.experiments import Case
from improver.source import Function
from improver.verify.overhearing import is_printed
from improver.writing.pieces import expression, is_literal, slug, statements
from improver.writing.words.absence import MISSING, left_out
from improver.writing.words.blaming import blamed, in_its_words
from improver.writing.words.conditions import decisive
from improver.writing.words.filling import arguments
from improver.writing.words.holding import KINDS
from improver.writing.words.moments import moments
from improver.writing.words.spelling import BARE, apart, in_words, told
from improver.writing.words.states import made_with, states
from improver.writing.words.subjects import BEGUN, COPIED, WHOLE, Subject, called_on, effect, looked, subject
from improver.writing.words.unfit import INVALID, unfit
from improver.writing.words.wording import EMPTY, MUTANT

NAME = 64  # characters, with which a method's line has no more than 88
SAID, BRIEF = 8, 6  # words of a message, and of one that a name has in place of a condition
LEADING = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "by", "to", "for", "from", "with", "without", "and", "or", "is", "are"}
    | {"be", "not", "must", "should", "can", "cannot", "only", "between", "either", "has", "have"}
)
NUMBER = re.compile(r"is_(?:minus_)?[1-9][0-9]*")


def name_for(case: Case, node: Function) -> str:
    """Return a test's name: subject, condition, behaviour."""
    about, comes = subject(case, node), behaviour(case, node)
    condition = _best(about, _first(case, node, about), comes)
    why = "" if condition and not _is_beside(condition, case, node) else _why(case)
    whole = f"test_{about.words}_{why}"
    return whole if why and len(whole) <= NAME else _fitted(about, condition, _beside(condition, comes))


def _is_beside(condition: str, case: Case, node: Function) -> bool:
    """Tell whether a condition says less than an error does: what more is not given, of which the error does not speak.

    So it is with what the object is like, and with a text of which only that it cannot be read is known.
    """
    if f"_{INVALID}_" in condition or condition in states(case, node):
        return True
    words = condition.removeprefix("without_").removeprefix("with_empty_")
    is_lacking = words != condition and {*words.split("_or_")} <= {*map(slug, arguments(case, node))}
    return is_lacking and not set(words.split("_")) - {"or"} <= set(_spoken(case.checks[0][2]))


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a test can have, the best first: those that say what matters, and those that only tell it apart."""

    strong: tuple[str, ...]
    weak: tuple[str, ...] = ()


def names_for(case: Case, node: Function) -> Names:
    """Return the names that the test of one call can have."""
    about, comes = subject(case, node), behaviour(case, node)
    first = _first(case, node, about)
    more = [one for one in apart(case, node) if not about.repeats(one)]
    best = _best(about, first, comes)
    strong = [(best, _beside(best, comes)), *((one, comes) for one in first), *(("", one) for one in _messages(case))]
    strong += [(one, comes) for one in (*more, *moments(case))]
    weak = [(best, said) for said in (*_messages(case), *_valued(case))]
    weak += [(one, comes) for one in (*_steps(case), *(f"with_{one}" for one in _constants(case)))]
    return Names(*(_unlike(_fitted(about, *pair) for pair in pairs) for pairs in (strong, weak)))


def _first(case: Case, node: Function, about: Subject) -> list[str]:
    """Return the conditions that a name may have, the best first."""
    special, usual = decisive(case, node)
    clear = [] if about.about else told(case, node)  # what a parameter stands for is all there is to say
    lead = [*(one for one in clear if one == BARE or one.startswith(MISSING)), *left_out(case, node)]
    told_of = (*lead, *blamed(case, node, special), *unfit(case, node), *special, *clear)
    rest = (*states(case, node), *made_with(case, node), *left_out(case, node, partly=True), *usual)
    found = dict.fromkeys((*told_of, *rest))
    is_hollow = any(one.startswith("of_empty_") for one in found) and not case.checks[0][1].endswith("TypeError")
    fair = [one for one in found if not (is_hollow and one.removeprefix("of_") in KINDS)]  # it is not for its type
    if not (fair or "__" in case.function) and behaviour(case, node) in ("is_true", "is_false"):
        fair = apart(case, node)
    said = [in_its_words(one, case, node) for one in fair if not about.repeats(one)]
    return [_unstuttered(one, about) for one in said]


def _unstuttered(condition: str, about: Subject) -> str:
    """Return a condition without the word that the subject ends with: box_of_3 for box_with_box_3."""
    head = f"with_{about.short or about.words}_"
    return f"of_{condition.removeprefix(head)}" if condition.startswith(head) else condition


def _best(about: Subject, conditions: Sequence[str], comes: str) -> str:
    """Return the first condition that a name has room for beside the rest."""
    return next((one for one in conditions if f"_{one}" in _fitted(about, one, comes)), "")


def _beside(condition: str, comes: str) -> str:
    """Return what a call comes to as it stands beside a condition; a number without one says nothing."""
    return "" if not condition and NUMBER.fullmatch(comes) else comes


def _unlike(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def table_names(cases: Sequence[Case], columns: Sequence[str], node: Function) -> Names:
    """Return the names that the table of calls that differ in these arguments can have."""
    comes = {behaviour(case, node) for case in cases}
    same = next(iter(comes)) if len(comes) == 1 else ""
    plain, *others = bare_names(cases[0], columns, node)
    return Names(_unlike((_fitted(subject(cases[0], node), "", same) if same else plain, *others)))


def bare_names(case: Case, columns: Sequence[str], node: Function) -> list[str]:
    """Return the names of a call, or of a table of calls like it, that say only what is called."""
    varied = "_and_".join(slug(name) for name in columns if slug(name))
    about = subject(case, node)
    return [_fitted(about, condition, "") for condition in ("", "edge_cases", f"by_{varied}")]


def _fitted(about: Subject, condition: str, comes: str) -> str:
    """Return the name that says most and is short enough; what is left out is left out whole."""
    vital = ("", comes) if comes.startswith("raises_") else (condition, "")
    tries = [(words, *more) for more in ((condition, comes), vital, ("", "")) for words in (about.words, about.short)]
    for parts in tries:
        name = "_".join(("test", *filter(None, parts)))
        if len(name) <= NAME and parts[0]:
            return name
    return shortened(f"test_{about.words}")


def shortened(name: str) -> str:
    """Return a name without its last words where it is too long."""
    return name if len(name) <= NAME else name[: NAME + 1].rpartition("_")[0]


def told_apart(firsts: Sequence[str], more: Callable[[int], Names], taken: Collection[str]) -> list[str]:
    """Return a name for each test, none `taken` and none twice: the first of each where no other has it.

    Tests that would share a name each get one of their `more` that no other of them could have. One may keep it, so
    that none needs a weak one, and a number stands only where there is nothing else.
    """
    found: dict[int, str] = {}
    groups: dict[str, list[int]] = {}
    for at, name in enumerate(firsts):
        groups.setdefault(name, []).append(at)
    used = {*taken, *(name for name, places in groups.items() if len(places) == 1)}
    for name, places in groups.items():
        if len(places) == 1 and name not in taken:
            found[places[0]] = name
            continue
        own = _own({at: more(at) for at in places}, used | {name}, keeps=name not in taken)
        for at in places:
            found[at] = own.get(at) or next(one for one in numbered(name) if one not in used)
            used.add(found[at])
    return [found[at] for at in range(len(firsts))]


def _own(choices: Mapping[int, Names], used: Collection[str], *, keeps: bool) -> dict[int, str]:
    """Map tests to names that no other of them could have; all of them, but for one where one `keeps` the name."""
    found: dict[int, str] = {}
    for lists in ({at: one.strong for at, one in choices.items()}, {at: one.weak for at, one in choices.items()}):
        left = [at for at in choices if at not in found]
        if keeps and len(left) == 1:
            break
        for at in left:
            others = {*used, *found.values()}.union(*(lists[one] for one in left if one != at))
            if free := next((one for one in lists[at] if one not in others), ""):
                found[at] = free
    return found


def numbered(name: str) -> Iterator[str]:
    """Yield a name, then the same with a number, from two on."""
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


# --- what comes of a call -----------------------------------------------------------------------------------------


def behaviour(case: Case, node: Function) -> str:
    """Return the words for what a call comes to; "" where the subject says it, or there are none that are short."""
    kind, text, wanted = case.checks[0]
    if kind in ("raises", "warns"):
        return f"{kind}_{slug(text)}"
    if is_printed(text):
        return "prints"
    read = expression(case.call)
    root, part = looked(text)
    if case.function.rpartition(".")[2] in COPIED and (isinstance(read, ast.Attribute) or (part and root == "result")):
        return f"keeps_{slug(read.attr) if isinstance(read, ast.Attribute) else part}"
    if subject(case, node).whole:
        return ""
    if text.startswith(BEGUN):
        first = in_words(ast.literal_eval(wanted)[0]) if is_literal(wanted) else ""
        return f"begins_with_{first}" if first else "goes_on"
    if text not in WHOLE and (one := effect(case, node)) is not None:
        return f"effect_on_{slug(one.name)}"
    if text not in WHOLE and (len(case.checks) > 1 or case.origin == "after" or not part):
        return ""
    return _returned(case, node) or _value(text, kind, wanted) or _given_text(case, text, wanted)


def _returned(case: Case, node: Function) -> str:
    """Return the words for a number or a text that a function hands on: one of its lines returns what it was given.

    An object that a method hands on is its own.
    """
    kind, text, wanted = case.checks[0]
    if kind == "is" and wanted == called_on(case.call):
        return "returns_itself"
    ends = {one.value.id for one in ast.walk(node) if isinstance(one, ast.Return) and isinstance(one.value, ast.Name)}
    given = [one for name, one in arguments(case, node).items() if name in ends and one.given and one.text is not None]
    plain = [one for one in given if isinstance(one.text, ast.Constant | ast.Name)]
    same = [slug(one.name) for one in plain if ast.unparse(one.text or ast.Name("")) == wanted]
    return f"returns_{same[0]}" if text == "result" and len(same) == 1 and wanted not in EMPTY else ""


def _given_text(case: Case, text: str, wanted: str) -> str:
    """Return the words for a text that a call comes to where a fault is in giving that one."""
    value = ast.literal_eval(wanted) if is_literal(wanted) else None
    given = [fault["old"] for fault in map(MUTANT.match, case.kills) if fault is not None]
    is_given = isinstance(value, str) and any(one in (f"return '{value}'", f'return "{value}"') for one in given)
    return f"is_{said}" if text in WHOLE and is_given and (said := in_words(value, range(2, 17))) else ""


def _value(text: str, kind: str, wanted: str) -> str:
    if kind == "is":
        return f"is_{wanted.lower()}" if is_literal(wanted) else f"is_same_{slug(wanted)}"
    if wanted in EMPTY:
        return "is_empty"
    number = is_literal(wanted) and isinstance(ast.literal_eval(wanted), int | float)
    return f"is_{said}" if number and text in WHOLE and (said := _number(ast.literal_eval(wanted))) else ""


def _number(value: float) -> str:
    return in_words(value) if abs(value) < 100 and float(value).is_integer() else ""


def _why(case: Case) -> str:
    """Return the words for an error with all that it says, "" where that is one word or too many."""
    words = _spoken(case.checks[0][2])
    return next((one for one in _messages(case)[:1] if len(words) <= BRIEF), "")


def _messages(case: Case) -> list[str]:
    """Return the words for an error with the first words of what it says, as many as may be first, none cut short."""
    kind, error, pattern = case.checks[0]
    words = _spoken(pattern) if kind == "raises" and "\\(" not in pattern else []
    heads = [_ended(words[:count]) for count in range(min(len(words), SAID), 1, -1)]
    return [*dict.fromkeys(f"raises_{slug(error)}_{'_'.join(head)}" for head in heads if len(head) > 1)]


def _spoken(pattern: str) -> list[str]:
    """Return the words and numbers of a pattern."""
    return re.findall(r"[a-z]+|\d+", pattern.lower())


def _ended(words: Sequence[str]) -> Sequence[str]:
    """Return words without the last ones that only lead to what follows.

    >>> _ended(["key", "name", "found", "without"]), _ended(["a", "label", "must", "not"])
    (['key', 'name', 'found'], ['a', 'label'])
    """
    return _ended(words[:-1]) if words and words[-1] in LEADING else words


def _steps(case: Case) -> list[str]:
    """Return the words for what is done to the object before: after_extend."""
    lines = [statements(text)[0] for text in case.setup]
    calls = [line.value for line in lines if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)]
    return [f"after_{slug(one.func.attr)}" for one in calls if isinstance(one.func, ast.Attribute)]


def _valued(case: Case) -> list[str]:
    """Return the words for the value that a call comes to: a short one as it is, of a list its size."""
    kind, text, wanted = case.checks[0]
    if kind == "raises" or text not in WHOLE or not is_literal(wanted):
        return []
    value = ast.literal_eval(wanted)
    if isinstance(value, list):
        return [f"gives_{len(value)}_item{'s' * (len(value) != 1)}"]
    return [f"is_{said}"] if (said := in_words(value, range(1, 17))) else []


def _constants(case: Case) -> list[str]:
    """Return what the statements of a test give by name, and the plain values that they write, in words."""
    nodes = [one for text in (*case.setup, case.call) for line in statements(text) for one in ast.walk(line)]
    found = [slug(one.arg) for one in nodes if isinstance(one, ast.keyword) and one.arg]
    found += [in_words(one.value, range(1, 17)) for one in nodes if isinstance(one, ast.Constant)]
    return [one for one in dict.fromkeys(found) if one and one not in ("none", "true", "false")]
