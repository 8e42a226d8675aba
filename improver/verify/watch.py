"""The second half of the runner: a pytest plugin that tells each outcome as it happens, and adds the canary."""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

EARLY = ("_pytest.doctest", "_pytest.runner", "_pytest.skipping", "_pytest.terminal", "_pytest.unittest")
MESSAGE = 300  # characters of a failure's message


class Watch:
    """Tell what pytest reports, what a test really raised, and what of pytest or of a test was replaced.

    `integrity` is the module of that name.
    """

    def __init__(self, say: Callable[..., None], spec: dict[str, Any], canary: str, integrity: Any) -> None:
        self.say, self.canary, self.host, self.integrity = say, canary, tuple(spec["host"]), integrity
        self.near = integrity.Standing(integrity.NEAR)
        self.raised: dict[str, str] = {}
        self.plugins: set[str] = set()
        self.functions: dict[str, object] = {}
        self.hooks: dict[str, object] = {}
        self.codes: dict[str, str] = {}

    def pytest_load_initial_conftests(self) -> None:
        """Note pytest's functions after installed plugins and before the project's own code."""
        for name in EARLY:
            importlib.import_module(name)
        self.functions = self.integrity.functions(self.integrity.everywhere())

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Note who listens before the project's tests are imported."""
        self.plugins = self.integrity.plugins_of(session.config)
        self.hooks = self.integrity.hooks_of(session.config)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, session: Any, config: Any, items: list[Any]) -> None:
        """Leave out what cannot run here, and put the canary at the end."""
        away = [item for item in items if self._is_host(item)]
        if away:
            items[:] = [item for item in items if not self._is_host(item)]
            config.hook.pytest_deselected(items=away)
        self.say("host", len(away))
        self.codes = {str(item.nodeid): self.integrity.code_of_test(item) for item in items}
        items.append(canary_of(session, items, self.canary))

    def _is_host(self, item: Any) -> bool:
        return item.get_closest_marker("host") is not None or str(item.nodeid).startswith(self.host or "\0")

    def pytest_collectreport(self, report: Any) -> None:
        """Tell what could not be collected."""
        if report.failed:
            self.say("phase", str(report.nodeid), "collect", f"error: {last_line(report)}")
            self.say("why", str(report.nodeid), last_line(report))
        elif report.skipped:
            self.say("phase", str(report.nodeid), "collect", outcome_of(report))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> None:
        """Look for what was replaced before the last test, the canary."""
        if item.name == self.canary:
            self.tell_replaced(item.config)

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, None]:
        """Note what the test raised before anybody else can make it something else, and whether it is what it was."""
        node = str(item.nodeid)
        known, near = self.codes.get(node), self.near.now()
        before = self.integrity.code_of_test(item)
        outcome = yield
        self.raised[node] = outcome.excinfo[0].__name__ if outcome.excinfo else ""
        changed = differences(near, self.near.now())
        if known is not None and {before, self.integrity.code_of_test(item)} != {known}:
            changed.append("its code")
        if changed := [*changed, *self.integrity.altered(item)]:
            self.say("replaced", [f"{name} in {node}" for name in changed])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell the outcome of one phase of one test."""
        node, text = str(report.nodeid), outcome_of(report)
        raised = self.raised.pop(node, "") if report.when == "call" else ""
        if raised and text == "passed":
            text = f"passed despite {raised}"
        self.say("subtest" if hasattr(report, "context") else "phase", node, report.when, text)
        if report.failed:
            self.say("why", node, message_of(report))

    def pytest_internalerror(self, excrepr: Any) -> None:
        """Tell that pytest itself broke."""
        self.say("internal", str(excrepr).strip().split("\n")[-1][:MESSAGE])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: Any) -> None:
        """Look once more for what was replaced."""
        self.tell_replaced(session.config)
        codes = sorted((re.sub(r"\b0x[0-9a-fA-F]+\b", "", node), code) for node, code in self.codes.items())
        self.say("tests", hashlib.sha256(repr(codes).encode()).hexdigest())

    def tell_replaced(self, config: Any) -> None:
        """Tell what is not what it was before the project's code ran, and which plugins and hooks are new."""
        changed = differences(self.functions, self.integrity.functions(self.integrity.everywhere()))
        now, plugins = self.integrity.hooks_of(config), self.integrity.plugins_of(config)
        known = {name for name, _ in config.pluginmanager.list_name_plugin()}
        new = {name for name in now.keys() - self.hooks.keys() if name.rpartition(" of ")[2] not in known}
        hooks = [f"hook {name}" for name in (*differences(self.hooks, now), *sorted(new))]
        self.say("replaced", [*changed, *hooks, *(f"plugin {name}" for name in sorted(plugins - self.plugins))])


def differences(before: dict[str, object], now: dict[str, object]) -> list[str]:
    """Return the names of what is another or gone."""
    if now is before:
        return []
    return sorted(name for name, value in before.items() if now.get(name) != value)


def run(say: Callable[..., None], spec: dict[str, Any], listeners: list[Any]) -> int:
    """Run pytest under the trusted configuration, with our own plugins, and return its exit status."""
    tree = spec["tree"]
    argv = ["-c", spec["ini"], "--rootdir", tree, "--confcutdir", tree, "-p", "no:cacheprovider"]
    argv += ["-q", "--tb=line", "--color=no", "--no-header", "--disable-warnings", "--continue-on-collection-errors"]
    for plugin in spec["plugins"]:
        argv += ["-p", plugin]
    say("versions", ".".join(map(str, sys.version_info[:3])), pytest.__version__)
    return int(pytest.main([*argv, *spec["tests"]], plugins=listeners))


# --- reading reports ----------------------------------------------------------------------------------------------


def outcome_of(report: Any) -> str:
    """Return a report's outcome with the reason of a skip or an expected failure."""
    if hasattr(report, "wasxfail"):
        return f"x{'failed' if report.skipped else report.outcome}: {report.wasxfail}"
    if report.skipped:
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        return f"skipped: {reason[9:] if reason.startswith('Skipped: ') else reason}"
    return str(report.outcome)


def last_line(report: Any) -> str:
    """Return the last line of an error: the exception, without place and traceback."""
    lines = [line for line in str(report.longrepr).split("\n") if line.strip()]
    errors = [line for line in lines if line.startswith("E ")] or lines
    return re.sub(r"^E\s+", "", errors[-1])[:MESSAGE] if errors else ""


def message_of(report: Any) -> str:
    """Return the first line of what a failed test said."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return last_line(report) if crash is None else str(crash.message).split("\n")[0][:MESSAGE]


# --- the canary ---------------------------------------------------------------------------------------------------


def canary_of(session: Any, items: list[Any], name: str) -> Any:
    """Return a test that fails, made like the project's own: a function of the module with the fewest fixtures."""

    def canary() -> None:
        raise AssertionError(f"{name} fails, as it must")

    modules = {id(node): node for item in items if (node := item.getparent(pytest.Module)) is not None}
    parents = [node for node in modules.values() if isinstance(node.obj, types.ModuleType)]
    plain = [node for node in parents if not list(node.iter_markers())] or [_loose(session)]
    made = [pytest.Function.from_parent(parent, name=name, callobj=canary) for parent in plain]
    return min(made, key=lambda item: len(item.fixturenames))


def _loose(session: Any) -> Any:
    """Return an empty test module of our own, for a suite that has no plain one."""
    path = Path(os.environ["NOVA_SCRATCH"]) / "test_loose.py"
    path.touch()
    return pytest.Module.from_parent(session, path=path)
