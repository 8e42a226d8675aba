"""Find calls of one function that a test could make, as source, and what each comes to: inside the sandbox (3.9).

They come from texts and from recorded calls, and are varied. What is told holds twice, on values made anew each time.
"""

from __future__ import annotations

import ast
import base64
import itertools
import pickle
import time
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

PATIENCE, QUICK = 0.3, 0.05  # seconds for one call at first, and for one that is kept
BASES, MOST = 10, 160  # calls of one function that are varied, and kept in all
TODAY = time.strftime("%Y, ") + str(int(time.strftime("%m"))) + ", " + str(int(time.strftime("%d")))
SECONDS = 3.0  # of processor time for one function


class Seeker:
    """What is asked about the functions of one module, and the guests that answer."""

    def __init__(self, spec: dict[str, Any], guests: dict[str, Any], module: Any, tell: Callable[..., None]) -> None:
        self.spec, self.module, self.tell = spec, module, tell
        self.portrait, self.phrasing, self.varying = guests["portrait"], guests["phrasing"], guests["varying"]
        self.checking, self.calling = guests["checking"], guests["calling"]
        self.watcher = guests["demanding"].Watcher(spec["tree"], self.checking, self.phrase, self.phrasing.space_of)

    def phrase(self) -> Any:
        """Return what writes values."""
        return self.phrasing.Phrase(self.spec["tree"], self.like)

    def find(self, function: dict[str, Any]) -> None:
        """Tell the cases of one function that hold twice, or why there are none."""
        target = self.calling.Target(self.module, function["name"], self.phrase)
        bases = list(self.bases(target, function))
        if not bases:
            return
        pool = self.varying.Pool(ast.literal_eval(one) for one in function["constants"])
        ends, told, known = time.process_time() + SECONDS, 0, set[str]()
        for case in itertools.chain(bases, self.varied(bases[:BASES], target, pool)):
            key = repr((case["setup"], case["call"]))
            if key in known:
                continue
            known.add(key)
            told += self.told(case, target)
            if told >= MOST or time.process_time() > ends:
                break

    def like(self, one: Any, other: Any) -> bool:
        """Tell whether two values can hardly be told apart."""
        first, second = self.portrait.Portrait(), self.portrait.Portrait()
        same = first.of(one) == second.of(other)
        return same and not (first.opaque or first.cut)

    def bases(self, target: Any, function: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the texts, then the recorded calls that can be written."""
        texts = [{**case, "origin": "text"} for case in function["texts"]]
        recorded = []
        why = ""
        for kind, data in function["calls"]:
            try:
                args, kwargs = pickle.loads(base64.b64decode(data))  # noqa: S301 - what the sandbox is for
                recorded.append({**target.case(tuple(args), dict(kwargs)), "origin": kind})
            except Exception as error:  # noqa: BLE001 - foreign code may raise anything
                why = f"{error}"[:80] or type(error).__name__
        if not texts and not recorded:
            self.tell("none", why or "no call of it is known")
        for pair in itertools.zip_longest(texts, recorded):
            yield from (case for case in pair if case is not None)

    def varied(self, bases: list[dict[str, Any]], target: Any, pool: Any) -> Iterator[dict[str, Any]]:
        """Yield variations of the bases, the bases by turns."""
        ways = [self.varying.variations(case["call"], target.defaults, pool) for case in bases]
        for turn in itertools.zip_longest(*ways):
            for case, call in zip(bases, turn):  # noqa: B905 - as many, and 3.9 has no strict
                if call is not None:
                    yield {**case, "call": call, "origin": "varied"}

    def told(self, case: dict[str, Any], target: Any) -> bool:
        """Tell a case with what it comes to, if that is the same twice; return whether it can be demanded."""
        if TODAY in f"{case['setup']} {case['call']}":  # what it comes to is another thing tomorrow
            return False
        try:
            seen = self.watcher.look(case, PATIENCE)
            if "raised" in seen:
                self.tell("raised", {**case, **seen})
            elif (apart := self.lifted(case, target)) != case:
                after, known = self.watcher.look(apart, PATIENCE), seen.get("checks", [])
                if after.get("checks", known) != known and len(after["checks"]) >= len(known):  # it changes something
                    case, seen = apart, after
        except Exception:  # noqa: BLE001 - foreign code may raise anything
            return False
        return bool(seen.get("checks")) and self.steady(case, seen)

    def steady(self, case: dict[str, Any], seen: dict[str, Any]) -> bool:
        """Tell a case with those of its checks that hold twice more, if there are any."""
        merged = sorted({tuple(one) for one in [*case["imports"], *seen["imports"]]})
        whole = {**case, **seen, "imports": merged}
        for _ in range(2):
            unmet = self.checking.unmet(self.checking.compiled(whole), self.phrasing.space_of, QUICK)
            if unmet is None or (0 in unmet and whole["checks"][0][0] == "raises"):
                return False
            whole["checks"] = [one for at, one in enumerate(whole["checks"]) if at not in unmet]
        if whole["checks"]:
            self.tell("case", whole)
        return bool(whole["checks"])

    def lifted(self, case: dict[str, Any], target: Any) -> dict[str, Any]:
        """Return the case with what the call may change in variables, so that it can be looked at afterwards."""
        tree = ast.parse(case["call"], mode="eval").body
        if not isinstance(tree, ast.Call):
            return case
        setup, taken = list(case["setup"]), {name for _, name, *_ in case["imports"]}
        names = [one.name for one in target.parameters][1 if target.kind in ("method", "class", "making") else 0 :]
        if isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Call):
            name = self.calling.variable(target.parts[-2] if target.is_method else "made")
            setup.append(f"{name} = {ast.unparse(tree.func.value)}")
            tree.func.value = ast.Name(name, ast.Load())
        for at, value in enumerate(tree.args):
            if (
                isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Call))
                and at < len(names)
                and names[at] not in taken
            ):
                setup.append(f"{names[at]} = {ast.unparse(value)}")
                tree.args[at] = ast.Name(names[at], ast.Load())
        return {**case, "setup": setup, "call": ast.unparse(tree)}
