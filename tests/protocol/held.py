"""Every call that the improver makes of GitHub is one that GitHub describes, and so is every answer we tested it with.

Not collected by itself: `make test-protocol` installs the checker and runs it.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from improver.access import HostSettings, Secret
from improver.adapters.github import GitHub, open_github
from improver.errors import ForgeError
from improver.host import Annotation, Check, Host, NewPull, Note
from tests.improver.test_github_contract import BELOW, CALLS
from tests.protocol.between import GRAPHQL, Exchange, Recorder, checker, queries_held, recorder
from tests.protocol.description import Paths, prepare
from tests.stand_in import Hub, stand_in
from tests.stand_in.answers import Refused
from tests.stand_in.faults import Fault, broken, expired, missing, rate_limited

TOOLS = Path(__file__).parents[2] / "build" / "protocol"
BRANCH = "nova/one"
pytestmark = pytest.mark.host


@dataclass(frozen=True)
class Bench:
    """A host, and what stands before it."""

    hub: Hub
    recorder: Recorder
    paths: Paths

    def program(self, settings: HostSettings) -> GitHub:
        """Return the adapter as the program would open it."""
        return open_github(settings, self.hub.git_url)

    def settings(self, token: str = "") -> HostSettings:
        """Return settings that lead through the checker."""
        return HostSettings(token=Secret(token), api=self.recorder.url, repository=self.hub.name)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Return a host with one changed branch, reached only through the checker."""
    described = prepare(TOOLS)
    with (
        stand_in(tmp_path_factory.mktemp("host") / "hub") as hub,
        checker(TOOLS, described, hub.url) as port,
        recorder(hub.url, port) as between,
    ):
        hub.server.public = between.url
        hub.human("owner").push("main", {"a.py": "x = 1\n" * 20}, "Begin")
        for branch in (BRANCH, "nova/two", "nova/three"):
            hub.human("nova-bot").push(branch, {"a.py": "x = 1\n" * 10 + f"x = '{branch}'\n" + "x = 1\n" * 9})
        yield Bench(hub, between, Paths(described))


def everything(hub: Hub, branch: str, number: int) -> dict[str, Callable[[Host], object]]:
    """Return a use of every method of the port, in an order in which one can follow the other."""
    head = hub.bare.heads()[branch]
    notes = tuple(Annotation("a.py", line, "notice", "why", "because") for line in range(1, 61))
    said = 2 * (number - 1) + 1  # which comment of the pull request
    return {
        "viewer": lambda host: host.viewer(),
        "repository": lambda host: host.repository(),
        "open_pull": lambda host: [host.open_pull(NewPull("Say why", "Body", branch, "main")) for _ in range(2)],
        "pulls": lambda host: [host.pulls(), host.pulls("2020-01-01T00:00:00+00:00")],
        "pull": lambda host: host.pull(number),
        "rewrite_pull": lambda host: host.rewrite_pull(number, "Say it", "Better"),
        "label": lambda host: [host.label(number, ("nova", "risk:safe")) for _ in range(2)],
        "say": lambda host: host.say(number, f"Said {said}"),
        "comments": lambda host: host.comments(number),
        "comment": lambda host: host.comment(host.comments(number)[0].id),
        "rewrite_comment": lambda host: host.rewrite_comment(host.comments(number)[0].id, "Said better"),
        "remark": lambda host: host.remark(number, head, [Note("a.py", 10, 11, "two"), Note("a.py", 11, 11, "one")]),
        "reviews": lambda host: host.reviews(number),
        "notes": lambda host: host.notes(number),
        "check": lambda host: [host.check(Check("nova", head, "neutral", "T", "S", "key", notes)) for _ in range(2)],
        "permission": lambda host: [host.permission(login) for login in ("maintainer", "triager", "nobody-here")],
        "open_issue": lambda host: host.open_issue(f"Night {number}", "Body", "nova:night"),
        "issues": lambda host: host.issues("nova:night"),
        "rewrite_issue": lambda host: host.rewrite_issue(host.issues("nova:night")[0].number, "Day", "Body"),
        "ready": lambda host: host.ready(host.pull(number)),
        "unready": lambda host: host.unready(host.pull(number)),
        "close_pull": lambda host: [host.close_pull(number), host.pull(number)],
    }


def promised(port: type) -> set[str]:
    """Return the names of what a protocol asks for."""
    return {name for name in vars(port) if not name.startswith("_")}


def held(bench: Bench, exchanges: list[Exchange]) -> dict[str, int]:
    """Return how often each described call was made; fail where the checker found anything, or does not know it."""
    wrong = {f"{one.method} {one.path} {one.status} {found}" for one in exchanges for found in one.violations}
    assert not wrong, "\n".join(sorted(wrong))
    counted: dict[str, int] = {}
    for one in exchanges:
        template = GRAPHQL if one.path == GRAPHQL else bench.paths.template(one.method, one.path)
        assert template is not None, one
        counted[f"{one.method} {template}"] = counted.get(f"{one.method} {template}", 0) + 1
    return counted


def test_the_checker_sees_a_wrong_request_and_a_wrong_answer(bench: Bench) -> None:
    bench.recorder.exchanges.clear()
    host = bench.program(bench.settings(bench.hub.token("nova-bot")))
    with pytest.raises(ForgeError):
        host._line.send("POST", f"/repos/{bench.hub.name}/pulls", {"title": "no head, no base"})
    bench.hub.faults.next(Fault("refuse", refusal=Refused(200, "no repository")))
    with pytest.raises(ForgeError):
        host.repository()
    with pytest.raises(ForgeError):
        host._line.get("/nothing/like/this")
    wrong_request, wrong_answer, unknown = (one.violations for one in bench.recorder.exchanges)
    assert any("request.body" in found and "head" in found for found in wrong_request)
    assert any("response" in found and "full_name" in found for found in wrong_answer)
    assert any("route not found" in found for found in unknown)


def test_the_schema_sees_a_wrong_query_and_a_wrong_answer() -> None:
    right = {"query": "query { viewer { login } }", "variables": {}, "data": {"viewer": {"login": "nova-bot"}}}
    wrong = [right | {"query": "query { viewer { nothing } }"}, right | {"data": {"viewer": {"login": None}}}]
    found = queries_held(TOOLS, [right, *wrong])
    assert found[0] == []
    assert "nothing" in found[1][0]
    assert "User.login" in found[2][0]


def test_every_call_and_every_answer_is_as_github_describes_it(bench: Bench) -> None:
    bench.recorder.exchanges.clear()
    hub = bench.hub
    bench.recorder.queries.clear()
    bench.hub.faults.restart()
    app = bench.settings()
    apps = HostSettings(app_id=str(hub.app[0]), app_key=hub.app_key(), api=app.api, repository=app.repository)
    fine = hub.token("nova-bot", may=dict.fromkeys(("contents", "pull_requests", "issues", "statuses"), "write"))
    for settings, branch in (
        (bench.settings(hub.token("nova-bot")), BRANCH),
        (apps, "nova/two"),
        (bench.settings(fine), "nova/three"),
    ):
        host = bench.program(settings)
        uses = everything(hub, branch, len(hub.state.threads) + 1)
        assert set(uses) == promised(Host)
        for use in uses.values():
            use(host)
    counted = held(bench, bench.recorder.exchanges)
    described = [call for call in counted if GRAPHQL not in call]
    told = [f"{times:4d}  {call}" for call, times in sorted(counted.items())]
    queries = {query["query"]: query for query in bench.recorder.queries}.values()
    assert queries_held(TOOLS, bench.recorder.queries) == [[] for _ in bench.recorder.queries]
    told += [f"{len(described)} distinct calls and {len(queries)} queries, {len(bench.recorder.exchanges)} in all:"]
    told += ["0 violations"]
    sys.stdout.write("\n" + "\n".join(told) + "\n")
    seen = {f"{call.method} {call.template.replace(BELOW, '')}" for call in hub.calls}
    assert sorted(seen) == CALLS  # which are all that the adapter makes, as its own tests show
    assert (len(described), len(queries)) == (len(CALLS) - 1, 3)


def test_what_people_did_is_told_as_github_describes_it(bench: Bench) -> None:
    bench.recorder.exchanges.clear()
    hub = bench.hub
    host = bench.program(bench.settings(hub.token("nova-bot")))
    maintainer = hub.human("maintainer")
    fork = hub.human("reader").open_fork(BRANCH, {"c.py": "z = 1\n"}, "From a fork")
    hub.human("nova-bot").push("nova/five", {"d.py": "z = 1\n" * 9})
    ours = host.open_pull(NewPull("Five", "Body", "nova/five", "main")).number
    host.remark(ours, hub.bare.heads()["nova/five"], [Note("d.py", 2, 3, "here")])
    hub.human("writer").push("nova/five", {"d.py": "z = 2\n"})
    for state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
        maintainer.review(ours, state, "So.")
    hub.human("dependabot[bot]").comment(ours, "Beep")
    maintainer.label(ours, "nova:no-here")
    maintainer.ready(ours)
    maintainer.merge(ours)
    assert [pull.own for pull in host.pulls() if pull.number in (fork, ours)] == [True]
    assert host.pull(fork).own is False
    assert host.pull(ours).merged
    assert [review.state for review in host.reviews(ours)][1:] == ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"]
    assert [(note.first, note.last) for note in host.notes(ours)] == [(2, 3)]
    assert host.comments(ours)[0].author.bot
    held(bench, bench.recorder.exchanges)


def test_what_else_the_stand_in_answers_is_as_github_describes_it(bench: Bench) -> None:
    bench.recorder.exchanges.clear()
    hub = bench.hub
    line = bench.program(bench.settings(hub.token("nova-bot")))._line
    number = hub.human("reader").open_issue("An issue", labels=("night",))
    head = hub.bare.heads()["main"]
    bench.program(bench.settings(hub.installation_token())).check(
        Check("nova", head, "failure", "T", "S", "key", (Annotation("a.py", 1, "failure", "why", "because"),))
    )
    (run,) = [run.id for run in hub.state.checks.values() if run.head == head]
    here = f"/repos/{hub.name}"
    line.send("POST", f"{here}/statuses/{head}", {"state": "success", "context": "tests", "description": "well"})
    for path in (f"commits/{head}/status", "labels/night", f"issues/{number}/labels", f"check-runs/{run}/annotations"):
        line.get(f"{here}/{path}")
    line.get("/user")
    line.get("/rate_limit")
    held(bench, bench.recorder.exchanges)


def test_the_refusals_that_our_tests_play_are_answers_that_github_describes(bench: Bench) -> None:
    bench.recorder.exchanges.clear()
    hub = bench.hub
    host = bench.program(bench.settings(hub.token("nova-bot")))
    number = len(hub.state.threads) + 1
    hub.human("nova-bot").push("nova/four", {"b.py": "y = 1\n"})
    host.open_pull(NewPull("Four", "Body", "nova/four", "main"))
    refused: list[Callable[[], object]] = [
        lambda: host.open_pull(NewPull("None", "Body", "nova/none", "main")),
        lambda: host.open_pull(NewPull("None", "Body", "main", "main")),
        lambda: host.remark(number, hub.bare.heads()["nova/four"], [Note("a.py", 1, 1, "not in the diff")]),
        lambda: host.comment(1),
        lambda: host.pull(999),
    ]
    for use in refused:
        with pytest.raises(ForgeError):
            use()
    for fault, times in ((expired(), 1), (missing(), 1), (rate_limited(3600), 1), (broken(503), 3)):
        hub.faults.next(fault, path=f"/pulls/{number}", times=times)
        with pytest.raises(ForgeError):
            host.pull(number)
    statuses = {one.status for one in bench.recorder.exchanges}
    assert {401, 403, 404, 422, 503} <= statuses
    held(bench, bench.recorder.exchanges)
