"""Call the functions of two trees with the same inputs, each tree in processes of its own, and compare what came of it.

The base answers twice under different hash seeds, so that what is not the same even there decides nothing. The
candidate answers alone: it never sees what would have been right, and whatever it does not answer is a difference.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from improver.experiments import Comparison, Recording
from improver.judging.questions import Ground, Question, questions, watched
from improver.records import Receipt, Tree
from improver.verify.job import Job, Limits
from improver.verify.suite import Rig, staged, write_judge

GUESTS = ("oracle.py", "observing.py", "portrait.py")
PATIENCE, MORE_PATIENCE = 2, 10  # seconds for one call on the base, and on the candidate
LATE = 5  # calls of the base that take too long before the rest is left; the candidate gets one more than the base had
HOLD = 10  # times the base's time that the candidate gets, besides what its late calls may take
SEEDS, CONFIRMING = ("0", "1"), ("2", "3")  # of hashes, on the base; the candidate has the first
TOO_LONG = "takes too long"  # as a guest says it
NONCE = 35  # bytes: the bracket that opens every line, then 32 quoted hexadecimal digits
ASPECTS = ("value", "raised", "arguments", "output", "log", "warnings", "effects", "calls", "undecided")
WORDS = {"raised": "raises", "arguments": "leaves its arguments as", "output": "prints", "log": "logs"}
WORDS |= {"warnings": "warns", "effects": "does", "calls": "calls", "undecided": "", "value": "gives"}
SHOWN, CHARACTERS = 10, 120  # counterexamples told, and characters of each part
Told = Mapping[str, Mapping[str, Any]]  # by number of the question and of its variation


@dataclass(frozen=True, slots=True)
class Answers:
    """What one process told, or why it is not believed."""

    told: Told
    trouble: str = ""
    seconds: float = 0.0

    @property
    def late(self) -> int:
        """Return how many calls took too long."""
        return sum(one.get("undecided") == TOO_LONG for one in self.told.values())


@dataclass
class _Tally:
    """What the answers came to so far."""

    equal: Counter[str]
    kinds: Counter[str]
    undecided: Counter[str]
    differences: list[tuple[str, str]]  # function, sentence

    @property
    def sentences(self) -> list[str]:
        """Return the counterexamples, the first of each function before the second of any."""
        rank = Counter[str]()
        ranked = []
        for function, sentence in self.differences:
            rank[function] += 1
            ranked.append((rank[function], sentence))
        return [*dict.fromkeys(sentence for _, sentence in sorted(ranked, key=lambda one: one[0]))]


def compare(rig: Rig, base: Tree, tree: Tree, functions: Sequence[str], recording: Recording) -> Comparison:
    """Ask base and `tree` the same about `functions` ("path::qualname", or "path::<module>")."""
    ground = Ground(base, tree, rig.layout, recording, rig.policy.gates.trials.generated)
    asked: list[Question] = []
    unasked: Counter[str] = Counter()
    for function in functions:
        found = questions(ground, function)
        if isinstance(found, str):
            unasked[found] += 1
        else:
            asked += found
    names = watched(ground, functions)
    receipt = Receipt(("compare",), counts={"functions": len(functions)}, digest=_digest(asked))
    if not asked:
        return Comparison({}, (), unasked, receipt)
    return _compared(_Oracle(rig, asked, names), base, tree, unasked)


def replayed(rig: Rig, trees: tuple[Tree, Tree], asked: Sequence[Question]) -> Comparison:
    """Ask base and candidate these questions."""
    return _compared(_Oracle(rig, asked, ()), *trees, Counter())


def _digest(asked: Sequence[Question]) -> str:
    return hashlib.sha256("\n".join(map(repr, asked)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Bounds:
    """How long one call may take, how many may take longer, and how long all of them together, in seconds."""

    patience: int
    late: int
    seconds: int


@dataclass(frozen=True, slots=True)
class _Oracle:
    """Puts its questions to any tree."""

    rig: Rig
    asked: Sequence[Question]
    watched: Sequence[str]

    def ask(self, tree: Tree, seed: str, bounds: _Bounds) -> Answers:
        """Return the answers of `tree`, from a fresh process in a sandbox."""
        with staged(self.rig, tree) as stage:
            wishes = {**self._wishes(), "patience": bounds.patience, "late": bounds.late}
            write_judge(self.rig, stage, wishes, tree)
            for name in GUESTS:
                guest = stage.folder / name
                guest.write_bytes(Path(__file__).with_name(name).read_bytes())
                guest.chmod(0o644)
            argv = python_of(self.rig, f"{stage.judge}/oracle.py", f"{stage.judge}/spec.json")
            limits = Limits.of(self.rig.policy.gates.suite.model_copy(update={"seconds": bounds.seconds}))
            ended = self.rig.sandbox.run(Job(argv, stage.mounts, limits, {"PYTHONHASHSEED": seed}, report=True))
        return replace(read_answers(ended.report, ended.trouble), seconds=ended.seconds)

    def of_base(self) -> _Bounds:
        """Return the bounds of the base."""
        return _Bounds(PATIENCE, LATE, self.rig.policy.gates.trials.seconds)

    def of_candidate(self, first: Answers) -> _Bounds:
        """Return the bounds of the candidate: far more than the base took, but not for ever."""
        most = round(HOLD * first.seconds) + MORE_PATIENCE * (first.late + 2)
        return _Bounds(MORE_PATIENCE, first.late + 1, min(self.rig.policy.gates.trials.seconds, most))

    def _wishes(self) -> dict[str, object]:
        paths = {question.function.partition("::")[0] for question in self.asked}
        inputs = [
            {
                "function": one.function,
                "about": one.about,
                "inputs": base64.b64encode(one.data).decode(),
                "varied": one.varied,
                "decorated": one.decorated,
                "names": one.names,
            }
            for one in self.asked
        ]
        modules = {path: self.rig.layout.module_of(path) for path in paths}
        return {"modules": modules, "inputs": inputs, "watched": self.watched}


def python_of(rig: Rig, *words: str) -> tuple[str, ...]:
    """Return a command line that takes the hash seed from the environment, which is all ours."""
    safe_path = ("-P",) if rig.interpreter.version >= (3, 11, 0) else ()
    return (rig.interpreter.python, "-s", *safe_path, "-B", *words)


def read_answers(report: bytes, trouble: str) -> Answers:
    """Return what the guest told, up to the first thing that it cannot have told."""
    nonce, told, ended = report[:NONCE], dict[str, Mapping[str, Any]](), False
    for number, line in enumerate(report.splitlines()):
        if ended or len(nonce) < NONCE or not line.startswith(nonce):
            return Answers({}, "its report holds a line that is not the oracle's")
        try:
            _, kind, *facts = json.loads(line)
        except ValueError:
            return Answers(told, trouble or "its report breaks off")
        ended = kind == "end"
        if (kind == "hello") != (number == 0) or kind not in {"hello", "told", "end"}:
            return Answers({}, "somebody else writes its report")
        if kind == "told" and not _adds(told, facts):
            return Answers({}, "it answers the same question twice")
    return Answers(told, trouble or ("" if ended else "it broke off"))


def _adds(told: dict[str, Mapping[str, Any]], facts: list[Any]) -> bool:
    if len(facts) != 2 or not isinstance(facts[0], str) or not isinstance(facts[1], dict) or facts[0] in told:
        return False
    told[facts[0]] = facts[1]
    return True


# --- the verdict --------------------------------------------------------------------------------------------------


def _compared(oracle: _Oracle, base: Tree, tree: Tree, unasked: Counter[str]) -> Comparison:
    first, second = (oracle.ask(base, seed, oracle.of_base()) for seed in SEEDS)
    names = {"functions": len({one.about for one in oracle.asked})}
    if first.trouble or second.trouble:
        why = f"the base gives no answers: {first.trouble or second.trouble}"
        return Comparison({}, (), unasked, Receipt(("compare",), counts=names, digest=_digest(oracle.asked)), why)
    other = oracle.ask(tree, SEEDS[0], oracle.of_candidate(first))
    steady = _steady(first.told, second.told)
    found = _tally(oracle.asked, first.told, steady, other)
    if found.differences and not other.trouble:
        for seed in CONFIRMING:  # what the base does only sometimes is no difference; what it does not answer stays one
            again = oracle.ask(base, seed, oracle.of_base()).told
            steady -= (first.told.keys() & again.keys()) - _steady(first.told, again)
        found = _tally(oracle.asked, first.told, steady, other)
    counts = {**names, **found.kinds, "undecided": sum(found.undecided.values())}
    receipt = Receipt(("compare",), counts=counts, digest=_digest(oracle.asked))
    differences = found.sentences
    if other.trouble:
        differences.insert(0, f"the candidate does not answer all of {len(first.told)} calls: {other.trouble}")
    more = len(differences) - SHOWN
    shown = (*differences[:SHOWN], *([f"and {more} more"] if more > 0 else []))
    return Comparison(found.equal, shown, unasked + found.undecided, receipt)


def _steady(first: Told, second: Told) -> set[str]:
    return {number for number, told in first.items() if number in second and _same(told, second[number])}


def _same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return all(old.get(aspect) == new.get(aspect) for aspect in ASPECTS)


def _tally(asked: Sequence[Question], told: Told, steady: set[str], other: Answers) -> _Tally:
    tally = _Tally(Counter(), Counter(), Counter(), [])
    for number, old in told.items():
        question = asked[int(number.rstrip("!").partition(".")[0])]
        new = other.told.get(number) or other.told.get(f"{number.partition('.')[0]}!")
        reason = _unfit(old) if number in steady else "differs on every run"
        if not reason and new is None and other.trouble:
            continue  # told once, for all that is missing
        if not reason and (new is None or not _alike(question, number, old, new)):
            tally.differences.append(
                (question.about, _sentence(question, old, new or {"undecided": "there is no answer"}))
            )
        elif reason or (reason := _weak(question, number, old)):
            tally.undecided[reason] += 1
        else:
            tally.equal[question.about] += 1
            tally.kinds["varied" if "." in number else question.kind] += 1
    return tally


def _unfit(old: Mapping[str, Any]) -> str:
    """Return why an answer of the base decides nothing, "" when it may."""
    return str(old.get("undecided", "")) or ("" if old.get("reached") else "does not reach it")


def _alike(question: Question, number: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Tell whether both sides did the same; refusing what nobody gives them, they may refuse it differently."""
    if (question.loose or "." in number) and "raised" in old:
        return "raised" in new
    return _same(old, new)


def _weak(question: Question, number: str, old: Mapping[str, Any]) -> str:
    """Return why equal answers prove too little, "" when they count."""
    if old.get("absent"):
        return f"ends in {old['absent']}: what it needs is not here"
    if "raised" in old and (question.loose or "." in number):
        return "an input that nobody gives it is refused by both"
    return ""


def _sentence(question: Question, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Name the counterexample: what was called, and the first aspect that differs, before and after."""
    called = question.function.partition("::")[2]
    shown = called if question.kind == "constants" else f"{called}({_plain(str(old.get('inputs', '')))})"
    aspect = next((one for one in ASPECTS if old.get(one) != new.get(one)), "value")
    about = "" if question.about == question.function else f"{question.about.partition('::')[2]}, through "
    return f"{question.about.partition('::')[0]}: {about}{shown} {_what(aspect, old)} before, {_what(aspect, new)} now"


def _what(aspect: str, told: Mapping[str, Any]) -> str:
    """Say what one side did, as to this aspect or, where it has none, as it ended."""
    for one in (aspect, "raised", "value", "undecided"):
        if told.get(one):
            return f"{WORDS[one]} {_plain(str(told[one]))}".strip()
    return f"{WORDS[aspect]} nothing".strip()


def _plain(text: str) -> str:
    """Return foreign text as printable ASCII on one line, shortened."""
    safe = text.encode("ascii", "backslashreplace").decode().replace("`", "'")
    line = "".join(one if one.isprintable() else " " for one in safe)
    return line if len(line) <= CHARACTERS else f"{line[:CHARACTERS]}..."
