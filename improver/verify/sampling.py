"""Run chosen tests of one collected pytest session, up to the first whose outcome is not the base's (Python 3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

Say = Callable[..., None]
CPU_SECONDS, CPU_FACTOR = 10, 20  # of one test: this much, and this many times what it took at base
WAIT_SECONDS, WAIT_FACTOR = 60, 60  # the same of the wall clock, for a child that waits
NOT_THERE = "not there"


class Watcher:
    """A pytest plugin that holds what became of each test, in the words of a manifest."""

    def __init__(self, tree: str, loaded: Callable[[str], Any]) -> None:
        self.tree, self.watch, self.entries = tree, loaded("watch"), loaded("entries")
        self.bound_cpu = loaded("forking").bound_cpu
        self.phases: dict[str, dict[str, str]] = {}
        self.whys: dict[str, str] = {}

    def pytest_collectreport(self, report: Any) -> None:
        """Note what could not be collected."""
        if report.failed:
            self.whys[str(report.nodeid)] = f"error: {self.watch.last_line(report)}"

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note the outcome of one phase of one test."""
        node, text = str(report.nodeid), self.entries.normal(self.watch.outcome_of(report), self.tree)
        phases = self.phases.setdefault(node, {})
        if hasattr(report, "context"):
            phases["subtests"] = ", ".join(filter(None, (phases.get("subtests"), text)))
        else:
            phases[report.when] = text
        if report.failed:
            self.whys.setdefault(node, self.watch.message_of(report))

    def entry(self, node: str) -> str:
        """Return the manifest entry of a test that ran."""
        return str(self.entries.entry(self.phases.get(node, {})))

    def why(self, node: str) -> str:
        """Return what was said about a test, or about the file that it is in."""
        said = self.whys.get(node) or self.whys.get(node.partition("::")[0], "")
        return str(self.entries.placed(said, self.tree))


def run_tests(session: Any, watcher: Watcher, wanted: Sequence[tuple[str, str, float]], say: Say) -> None:
    """Run tests, each (node id, entry at base, seconds at base), up to the first that differs."""
    items = {str(item.nodeid): item for item in session.items}
    chosen = [items.get(node) for node, _, _ in wanted]
    for number, (node, expected, seconds) in enumerate(wanted):
        say("begin", number, WAIT_SECONDS + WAIT_FACTOR * seconds)
        watcher.bound_cpu(CPU_SECONDS + CPU_FACTOR * seconds)
        item = chosen[number]
        if item is not None:
            following = next((one for one in chosen[number + 1 :] if one is not None), None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        now = NOT_THERE if item is None else watcher.entry(node)
        if now != expected:
            say("differs", number, now, watcher.why(node))
            return


def collect(spec: dict[str, Any], where: Sequence[str], watcher: Watcher, then: Callable[[Any], None]) -> None:
    """Start pytest under the trusted configuration, collect `where`, and call `then` in place of running tests."""

    class Loop:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: Any) -> object:
            then(session)
            return True

    tree = spec["tree"]
    argv = ["-c", spec["ini"], "--rootdir", tree, "--confcutdir", tree, "-p", "no:cacheprovider"]
    argv += ["-q", "--tb=line", "--color=no", "--no-header", "--disable-warnings", "--continue-on-collection-errors"]
    argv += [word for plugin in spec["plugins"] for word in ("-p", plugin)]
    status = pytest.main([*argv, *where], plugins=[watcher, Loop()])
    if status not in (0, 1, 5):
        raise RuntimeError(f"pytest ended with status {int(status)}")
