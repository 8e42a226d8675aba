"""Find calls of one file's functions that tell its mutants from it, in one sandboxed job."""

import ast
import base64
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from improver.experiments import Case, Exploration, Mutant, Raised, Wanted
from improver.ports import Layout
from improver.records import Receipt, Tree
from improver.verify.checking import CAPSYS
from improver.verify.explorer import GUESTS
from improver.verify.job import Ended, Job, Limits
from improver.verify.mutation import edit_between
from improver.verify.overhearing import is_printed
from improver.verify.suite import Rig, staged, write_judge

MARGIN = 10  # seconds that the sandbox waits longer than the guest works
NONCE = 35  # bytes: the bracket that opens every line, then 32 quoted hexadecimal digits
LONGEST = 600  # characters of anything that a case is made of
WAY = re.compile(r"loop|coroutine|awaitable|iterable|context(?:\.[A-Za-z]\w*)?")
RAISED_SHOWN = 40  # of one function
Likened = Sequence[tuple[str, ...]]  # class, method and how it differs from that of Python's container, "" for not


def explored(rig: Rig, base: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
    """Write, vary and run calls of functions of `base`, and try mutants of one file, which they lead to, on them."""
    path = next((one.path for one in mutants), wanted[0].function.partition("::")[0])
    module = rig.layout.module_of(path)
    if module is None:
        return Exploration((), (), {}, Receipt(("explore",)), "its file is no importable module")
    seconds = rig.policy.gates.trials.seconds
    wishes = {
        "path": path,
        "module": module,
        "seconds": seconds,
        **_wishes(base[path].data, wanted, mutants, rig.layout),
    }
    with staged(rig, base) as stage:
        write_judge(rig, stage, wishes, base)
        for name in ("explorer", *GUESTS):
            guest = stage.folder / f"{name}.py"
            guest.write_bytes(Path(__file__).with_name(guest.name).read_bytes())
            guest.chmod(0o644)
        safe_path = ("-P",) if rig.interpreter.version >= (3, 11, 0) else ()
        argv = (
            rig.interpreter.python,
            "-s",
            *safe_path,
            "-B",
            f"{stage.judge}/explorer.py",
            f"{stage.judge}/spec.json",
        )
        limits = Limits.of(rig.policy.gates.suite.model_copy(update={"seconds": seconds + MARGIN}))
        job = Job(argv, stage.mounts, limits, {"PYTHONHASHSEED": "0"}, report=True)
        ended = rig.sandbox.run(job)
    return Reading([one.function for one in wanted], [one.name for one in mutants]).read(job, ended)


def _wishes(source: bytes, wanted: Sequence[Wanted], mutants: Sequence[Mutant], layout: Layout) -> Mapping[str, object]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(wanted):
        numbers[one.about or one.function].append(number)
    functions = [
        {
            "name": one.function.partition("::")[2],
            "module": layout.module_of(one.function.partition("::")[0]),
            "calls": [(kind, base64.b64encode(data).decode()) for kind, data in one.calls],
            "texts": [
                {
                    "imports": text.imports,
                    "prelude": text.prelude,
                    "setup": text.setup,
                    "call": text.call,
                    "origin": text.origin,
                    "way": text.way,
                }
                for text in one.texts
            ],
            "constants": [repr(value) for value in one.constants],
            "vary": one.vary,
        }
        for one in wanted
    ]
    told = [
        {"edit": edit_between(source, one.source), "functions": numbers.get(one.function, []), "name": one.name}
        for one in mutants
    ]
    return {"functions": functions, "mutants": told}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a guest may tell of: functions and mutants by number."""

    functions: Sequence[str]
    mutants: Sequence[str]

    def read(self, job: Job, ended: Ended) -> Exploration:
        """Return what the guest told, as far as it has the form that was asked for."""
        cases: list[Case] = []
        likened: list[Likened] = []
        raised: list[Raised] = []
        left_out: dict[str, str] = {}
        broken: list[str] = []
        done = False
        for kind, *facts in _lines(ended.report):
            if kind == "case":
                cases.append(self._case(*facts))
                likened.append([tuple(map(str, one)) for one in facts[1].get("likened", ())])
            elif kind == "raised":
                case, told = self._case(*facts), facts[1]
                raised.append(Raised(case, str(told["raised"]), str(told["says"]), bool(told["deliberate"])))
            elif kind == "none":
                left_out[self.functions[facts[0]]] = str(facts[1])
            elif kind == "broken":
                broken.append(f"the search for calls of {self.functions[facts[0]]} ended early: {facts[1]}")
            elif kind == "killed":
                self._killed(cases, *facts)
            done = done or kind == "end"
        trouble = ended.trouble or ("" if done else "its report breaks off")
        counts = {"functions": len(self.functions), "calls": len(cases), "mutants": len(self.mutants)}
        counts["noticed"] = len(set().union(*(case.kills for case in cases))) if cases else 0
        digest = hashlib.sha256(repr(cases).encode()).hexdigest()
        tail = tuple(ended.output.decode("utf-8", "replace").strip().splitlines()[-3:]) if trouble else ()
        receipt = Receipt(job.argv, ended.exit, ended.seconds, counts, digest, (*tail, *broken))
        fine = tuple(case for case in told_apart(cases, likened) if _is_readable(case))
        return Exploration(fine, tuple(one for one in raised if _is_readable(one.case)), left_out, receipt, trouble)

    def _case(self, function: int, told: Mapping[str, Any]) -> Case:
        checks = tuple((str(kind), str(subject), str(wanted)) for kind, subject, wanted in told.get("checks", ()))
        asks = (CAPSYS,) if any(is_printed(subject) for _, subject, _ in checks) else ()
        return Case(
            function=self.functions[function],
            call=str(told["call"])[:LONGEST],
            imports=tuple(tuple(map(str, one)) for one in told["imports"]),
            prelude=tuple(map(str, told["prelude"])),
            setup=tuple(map(str, told["setup"])),
            origin=str(told["origin"]),
            checks=checks,
            shows=(frozenset[str](),) * len(checks),
            gives=str(told.get("type", "")),
            way=str(told.get("way", "")),
            asks=asks,
        )

    def _killed(
        self, cases: list[Case], mutant: int, failed: Sequence[tuple[int, Sequence[int]]], late: Sequence[int]
    ) -> None:
        name = self.mutants[mutant]
        for at, checks in failed:
            shows = tuple(one | {name} if number in checks else one for number, one in enumerate(cases[at].shows))
            cases[at] = replace(cases[at], kills=cases[at].kills | {name}, shows=shows)
        for at in late:
            cases[at] = replace(cases[at], hangs=cases[at].hangs | {name})


def told_apart(cases: Sequence[Case], likened: Sequence[Likened]) -> list[Case]:
    """Return the cases with what each does that differs from what Python's containers do, as `likened` tells.

    A class most of whose methods differ most of the time is there to differ: nothing is told of it.
    """
    outcomes: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for kind, method, says in (one for found in likened for one in found):
        outcomes[kind][method].append(bool(says))
    odd = {kind: [2 * sum(found) > len(found) for found in methods.values()] for kind, methods in outcomes.items()}
    meant = {kind for kind, found in odd.items() if len(found) > 1 and 2 * sum(found) > len(found)}
    return [
        replace(case, unlike=tuple((method, says) for kind, method, says in found if says and kind not in meant))
        for case, found in zip(cases, likened, strict=True)
    ]


def _is_readable(case: Case) -> bool:
    """Tell whether all parts of a case are what they are said to be: names, statements and expressions, for us too."""
    words = [part for one in case.imports for part in (*one[0].split("."), *filter(None, one[1:]))]
    texts = [text for kind, *both in case.checks for text in (both[:1] if kind == "raises" else both)]
    try:
        for text in (case.call, *texts):
            ast.parse(text, mode="eval")
        for text in (*case.prelude, *case.setup):
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(word.isidentifier() for word in words) and (not case.way or WAY.fullmatch(case.way) is not None)


def _lines(report: bytes) -> list[list[Any]]:
    """Return the guest's messages up to the first that is not its own."""
    nonce, told = report[:NONCE], list[list[Any]]()
    for line in report.splitlines():
        if len(nonce) < NONCE or not line.startswith(nonce):
            break
        try:
            told.append(json.loads(line)[1:])
        except ValueError:
            break
    return told
