"""Take a warm first look at many patches inside the sandbox: collect once, then fork, patch and run impacted tests.

Started as ``python -I -P -B warmer.py SPEC`` under the project's own interpreter (3.9 or later): the standard library,
pytest and the judge's other guest files only. A server collects everything and forks a child for each patch that
changes function bodies alone; any other patch gets a child that imports and collects for itself. They work on a copy
of the tree, so that what a test starts finds the patch on disk too. A refusal counts only after an unpatched child ran
the same tests in the same order and found what the base's suite found.
"""

from __future__ import annotations

import base64
import functools
import gc
import importlib
import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

Say = Callable[..., None]
Child = Callable[..., None]  # its arguments: the patch or None, the wanted tests, where to say what was seen
WAIT = 120.0  # seconds for a child to say what it does


def loaded(name: str) -> ModuleType:
    """Return the part of the judge with this name, which nothing else can import."""
    if f"_{name}" in sys.modules:
        return sys.modules[f"_{name}"]
    place = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = sys.modules[f"_{name}"] = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def own_places(number: int) -> None:
    """Let this process write its temporary files where no other child does."""
    place = f"{os.environ['NOVA_SCRATCH']}/{number}"
    Path(place).mkdir(parents=True)
    os.environ.update(TMPDIR=place, HYPOTHESIS_STORAGE_DIRECTORY=f"{place}/hypothesis")
    tempfile.tempdir = None


# --- looking ------------------------------------------------------------------------------------------------------


class Looker:
    """Judges patches by children of this process; `child` makes the body of one from a patch (None: no patch)."""

    def __init__(self, spec: dict[str, Any], copy: Any, say: Say) -> None:
        self.spec, self.copy, self.say = spec, copy, say
        self.known: dict[tuple[str, ...], int] = {}  # how many of these tests held without a patch
        self.trouble = ""
        self.children = 0

    def look(self, number: int, tests: Sequence[str], child: Child) -> str:
        """Judge patch `number` by `tests` and tell what was seen, or return why it cannot be judged by such a child."""
        if self.trouble:
            return self.trouble
        patch = self.spec["patches"][number]
        with self.copy.patched(patch["files"]):
            ended = self.fork(functools.partial(child, patch, self.wanted(tests)))
        if ended.said and ended.said[0][0] == "again":
            return str(ended.said[0][1])
        ran = sum(facts[0] == "begin" for facts in ended.said)
        refused, cold = self.verdict(ended, tests, ran)
        if refused and not self.holds(tests[: max(ran, 1)], child):
            return self.trouble
        self.say("look", number, refused, cold, ran, ended.cpu)
        return ""

    def wanted(self, tests: Sequence[str]) -> list[tuple[str, str, float]]:
        """Return tests with what the base's suite found and how long it took."""
        return [(node, *self.spec["expected"][node]) for node in tests]

    def fork(self, body: Callable[[Say], None]) -> Any:
        """Run `body` in a child with a place of its own, which is gone afterwards."""
        self.children += 1
        number = os.getpid() * 100_000 + self.children

        def live(say: Say) -> None:
            own_places(number)
            body(say)

        def patience(facts: list[Any]) -> float:
            return float(facts[2]) if facts and facts[0] == "begin" else WAIT

        ended = loaded("forking").forked(live, patience)
        shutil.rmtree(f"{os.environ['NOVA_SCRATCH']}/{number}", ignore_errors=True)
        return ended

    def verdict(self, ended: Any, tests: Sequence[str], ran: int) -> tuple[str, str]:
        """Return why the patch is refused and why it cannot be judged, at most one of them."""
        test = tests[max(ran, 1) - 1]
        if ended.how == "patience":
            return "", f"{test} did not end in time"
        if ended.how == f"signal {int(signal.SIGXCPU)}":
            return f"{test}: it takes far more CPU time than at base", ""
        if ended.how:
            return f"{test}: the run broke off ({ended.how})", ""
        for _, number, now, why in (facts for facts in ended.said if facts[0] == "differs"):
            was = self.spec["expected"][tests[number]][0]
            return f"{test}: {was} at base, {now} now" + (f" ({why})" if why else ""), ""
        return "", ""

    def holds(self, tests: Sequence[str], child: Child) -> bool:
        """Tell whether these tests have the base's outcomes without any patch; if not, nothing is judged any more."""
        key = tuple(tests)
        if any(known[: len(key)] == key and count >= len(key) for known, count in self.known.items()):
            return True
        ended = self.fork(functools.partial(child, None, self.wanted(tests)))
        refused, cold = self.verdict(ended, tests, sum(facts[0] == "begin" for facts in ended.said))
        if refused or cold:
            self.trouble = f"without any change, too: {refused or cold}"
            return False
        self.known[key] = len(key)
        return True


def serve(spec: dict[str, Any], copy: Any, near: Sequence[int], say: Say) -> None:
    """Collect everything once, then judge the patches `near` by children that swap function bodies."""
    stock, watcher = loaded("grafting").Stock(spec["tree"]), loaded("sampling").Watcher(spec["tree"], loaded)

    def then(session: Any) -> None:
        stock.take()
        for number in near:
            for path in spec["patches"][number]["files"]:
                stock.compile(f"{spec['tree']}/{path}", Path(spec["tree"], path).read_bytes())
        copy.close()
        sys.dont_write_bytecode = True
        gc.collect()
        gc.freeze()
        threads = len([*Path("/proc/self/task").iterdir()])
        say("imported", sorted(sys.modules.keys() & getattr(sys, "stdlib_module_names", ())))
        looker = Looker(spec, copy, say)
        for number in near:
            say("taking", number)
            child = functools.partial(_near, (session, watcher, stock))
            if threads > 1 or looker.look(number, spec["patches"][number]["near"], child):
                say("again", number)

    sys.dont_write_bytecode = False  # children that import anew find compiled files in the copy
    loaded("sampling").collect(spec, spec["tests"], watcher, then)


def _near(held: tuple[Any, Any, Any], patch: dict[str, Any] | None, wanted: Any, say: Say) -> None:
    """Be the child of the server: swap, then run."""
    session, watcher, stock = held
    for path, data in ({} if patch is None else patch["files"]).items():
        reason = loaded("grafting").swap(base64.b64decode(data), f"{watcher.tree}/{path}", stock)
        if reason:
            say("again", reason)
            return
    loaded("sampling").run_tests(session, watcher, wanted, say)


def _far(spec: dict[str, Any], _patch: dict[str, Any] | None, wanted: Any, say: Say) -> None:
    """Be a child that imports and collects for itself what the tests need, the patch being in the copy."""
    watcher = loaded("sampling").Watcher(spec["tree"], loaded)
    files = list(dict.fromkeys(node.split("::")[0] for node, _, _ in wanted))
    ran: list[bool] = []

    def then(session: Any) -> None:
        ran.append(True)
        loaded("sampling").run_tests(session, watcher, wanted, say)

    loaded("sampling").collect(spec, files, watcher, then)
    if not ran:
        raise RuntimeError("the tests could not be collected")


def moved(spec: dict[str, Any], copy: Any) -> dict[str, Any]:
    """Return the spec with the copy in place of the tree, its trusted configuration too."""
    tree = spec["tree"]
    ini = Path(os.environ["NOVA_SCRATCH"], "trusted.ini")
    ini.write_text(Path(spec["movable"]).read_text("utf-8").replace(spec["marker"], copy.top), "utf-8")
    roots = [re.sub(f"^{re.escape(tree)}(?=/|$)", copy.top, root) for root in spec["roots"]]
    return {**spec, "tree": copy.top, "roots": roots, "ini": str(ini)}


def main() -> None:
    """Look at every patch of the spec and tell what was seen of each."""
    forking = loaded("forking")
    forking.HELD.append(int(os.environ.pop("NOVA_REPORT_FD")))
    forking.hide()
    say = forking.speaker(forking.HELD[0], os.urandom(16).hex())
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    copy = loaded("copying").Copy(spec["tree"], os.environ["NOVA_SCRATCH"])
    spec = moved(spec, copy)
    loaded("runner").prepare(spec)
    loaded("watch")
    for name in importlib.import_module("_pytest.config").default_plugins:
        importlib.import_module(f"_pytest.{name}")  # so that no child has to
    say("hello")
    near = [number for number, patch in enumerate(spec["patches"]) if patch["near"]]
    far = [number for number, patch in enumerate(spec["patches"]) if not patch["near"]]
    if near or len(far) > 1:
        far += served(spec, copy, near, say)
    copy.close()
    looker = Looker(spec, copy, say)
    for number in far:
        say("taking", number)
        if reason := looker.look(number, spec["patches"][number]["far"], functools.partial(_far, spec)):
            say("look", number, "", reason, 0, 0.0)
    say("end")


def served(spec: dict[str, Any], copy: Any, near: Sequence[int], say: Say) -> list[int]:
    """Let a server judge the patches `near`; return those that it left to children that import for themselves."""
    heaps: dict[str, list[Any]] = defaultdict(list)

    def heard(facts: list[Any]) -> None:
        kind, *rest = facts
        if kind == "imported":
            for name in rest[0]:
                importlib.import_module(name)  # so that no child has to
        if kind in {"taking", "look"}:
            say(*facts)
        heaps[kind] += rest[:1]

    ended = loaded("forking").forked(lambda own: serve(spec, copy, near, own), heard=heard)
    told = {*heaps["look"], *heaps["again"]}
    for number in set(heaps["taking"]) - told:
        copy.renew()
        say("look", number, "", f"it ended the server ({ended.how})", 0, 0.0)
    return heaps["again"] + [number for number in near if number not in {*told, *heaps["taking"]}]


if __name__ == "__main__":
    main()
