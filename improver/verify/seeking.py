"""Find calls of one function that a test could make, as source, and what each comes to: inside the sandbox (3.9).

They come from texts and from recorded calls, and are varied. What is told holds twice, on values made anew each time.
"""

from __future__ import annotations

import ast
import base64
import collections
import contextlib
import itertools
import pickle
import sys
import time
from typing import Any, Callable, Iterable, Iterator  # noqa: UP035 - older interpreters run this file

PATIENCE, QUICK = 0.3, 0.05  # seconds for one call at first, and for one that is kept
BASES, MOST = 16, 160  # calls of one function that are varied, and kept in all
ALIKE, OUTLINED = 6, 24  # of one shape that run the same lines, and with texts of different outlines
MET = 2  # and with the same constants of the function
CHAIN = 4  # brackets in a case that is called once more
FRESH = 3  # cases of one path that are varied
TODAY = time.strftime("%Y, ") + str(int(time.strftime("%m"))) + ", " + str(int(time.strftime("%d")))
SECONDS = 3.0  # of processor time for one function
OUTCOMES = ("raises", "warns")  # without which a case is another one
MADE = "made"  # an object of which nobody knows a better name


class Search:
    """Variations of calls, the calls by turns; one that has run a new path is varied too, before the others."""

    def __init__(self, varied: Callable[[dict[str, Any]], Iterator[dict[str, Any]]]) -> None:
        self.varied = varied
        self.open: collections.deque[Iterator[dict[str, Any]]] = collections.deque()
        self.taken = 0
        self.paths: collections.Counter[frozenset[int]] = collections.Counter()
        self.outlines: set[tuple[frozenset[int], str]] = set()
        self.failing: set[frozenset[int]] = set()  # paths that end in an error
        self.kinds: collections.Counter[tuple[frozenset[int], str]] = collections.Counter()

    def wants(self, kind: tuple[frozenset[int], str], outline: str, most: int = ALIKE) -> bool:
        """Tell whether few calls are known that run the same lines and look the same, or none with such texts."""
        is_new = (kind[0], outline) not in self.outlines and kind[0] not in self.failing
        self.outlines.add((kind[0], outline))
        return self.kinds[kind] < (OUTLINED if is_new else most)

    def learn(self, case: dict[str, Any], kind: tuple[frozenset[int], str], seen: dict[str, Any]) -> None:
        """Take up a case that came to something, steady or not: one of a new path, or that gives a function to call."""
        self.failing.update([kind[0]] if "raised" in seen else [])
        given = seen.get("takes", ()) if case["call"].count("(") < CHAIN else ()
        is_value = seen.get("checks") or ("type" in seen and not seen.get("takes"))
        if not is_value and not given:
            return
        self.kinds[kind] += 1
        self.paths[kind[0]] += bool(is_value)
        if not is_value or self.paths[kind[0]] <= (FRESH if seen.get("checks") else 1):
            self.take(case, [{**case, "call": f"{case['call']}({text})", "origin": "varied"} for text in given])

    def take(self, case: dict[str, Any], first: Iterable[dict[str, Any]] = ()) -> None:
        """Yield variations of this case as well, and those that come `first` before them."""
        if self.taken < BASES:
            self.taken += 1
            self.open.appendleft(itertools.chain(first, self.varied(case)))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield a variation of each case in turn until none is left."""
        while self.open:
            ways = self.open.popleft()
            case = next(ways, None)
            if case is not None:
                self.open.append(ways)
                yield case


@contextlib.contextmanager
def traced(path: str, lines: set[int]) -> Iterator[None]:
    """Note the lines of the file at `path` that run."""

    def local(frame: Any, event: str, _arg: Any) -> Any:
        if event == "line":
            lines.add(frame.f_lineno)
        return local

    def opened(frame: Any, _event: str, _arg: Any) -> Any:
        return local if frame.f_code.co_filename == path else None

    before = sys.gettrace()
    sys.settrace(opened)
    try:
        yield
    finally:
        sys.settrace(before)


class Seeker:
    """What is asked about the functions of one module, and the guests that answer."""

    def __init__(
        self, spec: dict[str, Any], guests: dict[str, Any], module: Any, weighed: Any, tell: Callable[..., None]
    ) -> None:
        self.spec, self.module, self.tell = spec, module, tell
        self.weighing = guests["weighing"].Weighing(weighed, guests)
        self.portrait, self.phrasing, self.varying = guests["portrait"], guests["phrasing"], guests["varying"]
        self.checking, self.calling = guests["checking"], guests["calling"]
        self.timing, self.texting, self.saying = guests["timing"], guests["texting"], guests["saying"]
        self.shared = guests["sharing"].Shared(self.phrasing.space_of, self.portrait)
        self.broken, self.likened = guests["containing"].broken, guests["likening"].likened
        self.uses = guests["acting"].uses
        self.altering, self.leaving = guests["altering"].Altering(guests, module), guests["leaving"]
        self.ways_to = guests["awaiting"].Ways(self.checking, self.phrasing.space_of)
        self.watcher = guests["demanding"].Watcher(spec["tree"], guests, self.phrase, self.phrasing.space_of)

    def phrase(self) -> Any:
        """Return what writes values."""
        return self.phrasing.Phrase(self.spec["tree"], self.like, self.saying.written)

    def find(self, function: dict[str, Any]) -> None:
        """Tell the cases of one function that hold twice, or why there are none."""
        target = self.calling.Target(self.module, function["name"], self.phrase)
        bases = list(self.bases(target, function))
        if not bases:
            return
        pool = self.altering.pool(target, function["constants"])
        ends, told, known = time.process_time() + SECONDS, 0, set[str]()
        constants = frozenset(function["constants"])
        level = self.weighing.levelling()
        search = Search(lambda one: self.varying.in_turn((level(one), self.altering.varied(one, target, pool))))
        for case in itertools.chain(bases, search if function["vary"] else ()):
            key = repr((case["setup"], target.spelled(case["call"])))
            if told >= MOST or time.process_time() > ends:
                break
            if key in known:
                continue
            known.add(key)
            self.shared.mended(case)  # nothing is yet: it is the first sight of what they are compared with later
            path, ways = self.path_of(case)
            if self.shared.mended(case):
                continue  # other tests use it too
            met = self.texting.met(case["call"], constants)
            kind = (path, self.varying.shape(case["call"]) + case.pop("stands", "") + met)
            if search.wants(kind, self.texting.outline(case["call"]), MET if met else ALIKE) or not function["vary"]:
                looks = [*self.looks(case, ways, target)]
                told += any(one.get("checks") for one in looks)
                search.learn(case, kind, next((one for one in looks if one.get("checks")), looks[0]))

    def looks(self, case: dict[str, Any], ways: list[str], target: Any) -> Iterator[dict[str, Any]]:
        """Yield what is told of a case in each of these ways, none after one in which it does not end well.

        What is entered is closed again; what is only awaited stays open.
        """
        for way in ways or ("",):
            seen = self.told({**case, "way": way} if way else case, target)
            yield seen
            if "late" in seen or "unfit" in seen or (way == self.checking.CONTEXT and seen.get("checks")):
                return

    def path_of(self, case: dict[str, Any]) -> tuple[frozenset[int], list[str]]:
        """Return the lines of the module's file that a case runs, and the ways to what its call comes to.

        Calls of one path find much the same.
        """
        lines: set[int] = set()
        ways: list[str] = []
        with traced(f"{self.spec['tree']}/{self.spec['path']}", lines), contextlib.suppress(Exception):
            compiled = self.checking.compiled({**case, "checks": []})
            ways = self.ways_to.of(compiled, PATIENCE)
            if ways:
                drained = ("is", self.checking.spoken("result", self.checking.ITERABLE), "None")
                checks = [drained] if ways[-1].startswith(self.checking.CONTEXT) else []
                compiled = self.checking.compiled({**case, "checks": checks, "way": ways[-1]})
                self.checking.unmet(compiled, self.phrasing.space_of, QUICK)
        return frozenset(lines), ways

    def like(self, one: Any, other: Any) -> bool:
        """Tell whether two values can hardly be told apart."""
        first, second = self.portrait.Portrait(), self.portrait.Portrait()
        same = first.of(one) == second.of(other)
        return same and not (first.opaque or first.cut)

    def bases(self, target: Any, function: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the texts, then the recorded calls that can be written."""
        texts = function["texts"]
        recorded = []
        why = ""
        for kind, data in function["calls"]:
            try:
                args, kwargs = pickle.loads(base64.b64decode(data))  # noqa: S301 - what the sandbox is for
                made = target.case(tuple(args), dict(kwargs))
                ast.parse(made["call"], mode="eval")  # what values say of themselves may be no source
                recorded.append({**made, "origin": kind})
            except Exception as error:  # noqa: BLE001 - foreign code may raise anything
                why = f"{error}"[:80] or type(error).__name__
        if not texts and not recorded:
            self.tell("none", why or "no call of it is known")
        for pair in itertools.zip_longest(texts, recorded):
            yield from (case for case in pair if case is not None)

    def told(self, case: dict[str, Any], target: Any) -> dict[str, Any]:
        """Tell a case with what it comes to, if that is the same twice; return what it comes to, or nothing."""
        if TODAY in f"{case['setup']} {case['call']}":  # another thing tomorrow
            return {}
        try:
            before = self.shared.seen(case)
            seen: dict[str, Any] = self.watcher.look(case, PATIENCE)
            if "raised" in seen:
                self.tell("raised", {**case, **seen})
            elif (apart := self.lifted(case, target)) != case:
                after, known = self.watcher.look(apart, PATIENCE), seen.get("checks", [])
                if self.shows_more(after.get("checks", known), known):  # it changes something
                    case, seen = apart, after
            if self.shared.mended(case) or self.shared.seen(case) != before:
                return {}  # other tests use it too
        except BaseException:  # noqa: BLE001 - foreign code may raise anything, and may want to leave
            return {}
        return self.steady(case, seen) if seen.get("checks") else seen

    def shows_more(self, checks: list[Any], known: list[Any]) -> bool:
        """Tell whether one can demand other things of a case, no fewer of them, and no warning less."""
        warns, warned = ([one for one in some if one[0] == self.checking.WARNS] for some in (checks, known))
        return checks != known and len(checks) >= len(known) and warns == warned

    def steady(self, case: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
        """Tell a case with those of its checks that hold twice more, elsewhere, if there are any; return it."""
        merged = sorted({tuple(one) for one in [*case["imports"], *seen["imports"]]})
        whole = {**case, **seen, "imports": merged}
        whole["checks"] = self.timeless(whole)
        for number, zone in enumerate(self.timing.ZONES):
            with self.timing.local(zone), self.leaving.elsewhere(last_first=number > 0):
                unmet, readers = self.unmet(whole)
            if unmet is None or readers or (0 in unmet and whole["checks"][0][0] in OUTCOMES):
                return {}
            whole["checks"] = [one for at, one in enumerate(whole["checks"]) if at not in unmet]
        if whole["checks"] and not self.is_broken(whole):
            self.tell("case", {**whole, "likened": self.compared(whole)})
        return whole

    def is_broken(self, whole: dict[str, Any]) -> bool:
        """Tell whether a case makes of two sets what their items contradict, as far as they say so in time."""
        with contextlib.suppress(BaseException), self.checking.within(PATIENCE):  # foreign code may want to leave
            return bool(self.broken(whole, self.phrasing.space_of))
        return False

    def compared(self, whole: dict[str, Any]) -> list[Any]:
        """Return how what a case does with lookalikes of Python's containers differs, as far as they say so in time."""
        found: list[Any] = []
        with contextlib.suppress(BaseException), self.checking.within(PATIENCE):  # foreign code may want to leave
            for one in self.likened(whole, self.uses, self.phrasing.space_of):
                found.append(one)  # noqa: PERF402 - what was found stays found when the time is over
        return found

    def timeless(self, whole: dict[str, Any]) -> list[Any]:
        """Return the checks that read no clock: all that there are where the call itself does, or ends in an error."""
        checks: list[Any] = whole["checks"]
        call_reads = self.unmet({**whole, "checks": []})[1]
        if checks[0][0] == "raises" or call_reads or not self.unmet(whole)[1]:
            return checks
        return [one for one in checks if not self.unmet({**whole, "checks": [one]})[1]]

    def unmet(self, case: dict[str, Any]) -> tuple[list[int] | None, set[str]]:
        """Return the numbers of the checks that a case does not meet, None when it is late, and who reads the clock."""
        readers: set[str] = set()
        with self.timing.watched(readers):
            compiled = self.checking.compiled(case)
            return self.checking.unmet(compiled, self.phrasing.space_of, QUICK), readers

    def lifted(self, case: dict[str, Any], target: Any) -> dict[str, Any]:
        """Return the case with what the call may change in variables, so that it can be looked at afterwards."""
        tree = ast.parse(case["call"], mode="eval").body
        if not isinstance(tree, ast.Call):
            return case
        setup, taken = list(case["setup"]), names_in(case)
        names = [one.name for one in target.parameters][1 if target.kind in ("method", "class", "making") else 0 :]
        names = [] if target.kind == "operator" else names
        if isinstance(tree.func, ast.Attribute) and isinstance(tree.func.value, ast.Call):
            wanted = self.calling.variable(target.parts[-2] if target.is_method else MADE)
            name = next((one for one in (wanted, MADE) if one not in taken), "")
            if name:
                setup.append(f"{name} = {ast.unparse(tree.func.value)}")
                tree.func.value = ast.Name(name, ast.Load())
                taken.add(name)
        names = [name if name != "self" else self.calling.variable(target.parts[-2]) for name in names]
        for at, value in enumerate(tree.args):
            if (
                isinstance(value, (ast.List, ast.Dict, ast.Set, ast.Call))
                and at < len(names)
                and names[at] not in taken
            ):
                setup.append(f"{names[at]} = {ast.unparse(value)}")
                tree.args[at] = ast.Name(names[at], ast.Load())
        return {**case, "setup": setup, "call": ast.unparse(tree)}


def names_in(case: dict[str, Any]) -> set[str]:
    """Return the names that the imports of a case and the statements before its call bind or use."""
    nodes = [node for line in case["setup"] for node in ast.walk(ast.parse(line))]
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    found |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return found | {one[-1] or one[0].partition(".")[0] for one in case["imports"]}
