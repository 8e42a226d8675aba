"""The nightly workflow, step by step as it is written: who may do what, how each job ends, and what it says."""

from pathlib import Path

import pytest

from tests.end_to_end.projects import DEPTH, TINY, made
from tests.end_to_end.workflow import Workflow
from tests.stand_in import Hub

pytestmark = pytest.mark.host
BEFORE, LEARN, FIND, AGAIN, PUBLISH, REPORT = (
    "take what was learned before",
    "learn what humans decided",
    "find and prove",
    "prove again",
    "publish",
    "report",
)


@pytest.fixture
def served(tmp_path: Path, hub: Hub) -> Hub:
    """Return a host with one project, in which one thing can be improved."""
    hub.load(made(tmp_path / "source", TINY))
    return hub


def codes(night: Workflow, job: str) -> dict[str, int]:
    """Return the exit code of every step that ran."""
    return {name: step.code for name, step in night.jobs[job].steps.items()}


def dashboard(hub: Hub) -> str:
    """Return the first line of the dashboard."""
    (found,) = [thread for thread in hub.state.threads.values() if "nova:dashboard" in thread.labels]
    return str(found.body).splitlines()[0]


def test_one_night_opens_a_pull_request_and_the_next_finds_it_there(served: Hub, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = Workflow(tmp_path / "first", served, cache=cache).run()
    outs = {name: step.out for job in first.jobs.values() for name, step in job.steps.items()}
    assert {name: job.result for name, job in first.jobs.items()} == dict.fromkeys(first.jobs, "success"), outs
    assert codes(first, "propose") == {BEFORE: 0, LEARN: 0, FIND: 0, "hand over": 0}
    assert codes(first, "gate") == {"take over": 0, AGAIN: 0, "hand over": 0}
    assert codes(first, "canaries") == {"ask the canaries": 0, "set aside what came of it": 0, "hand over": 0}
    assert codes(first, "publish")[PUBLISH] == codes(first, "publish")[REPORT] == 0
    for job, step in (("propose", FIND), ("gate", AGAIN)):  # what runs proposed code asks the host for nothing
        assert first.jobs[job].steps[step].asked == 0
    assert first.jobs["propose"].summary.startswith("**1 proposal waits unpublished**\n")
    assert first.jobs["gate"].summary.startswith("**1 of 1 proposals hold when they are judged again**\n")
    assert first.jobs["publish"].summary.startswith("**1 pull request waits for you; 1 proposed last night**\n")
    assert dashboard(served) == "**1 pull request waits for you; 1 proposed last night**"
    (pull,) = [thread for thread in served.state.threads.values() if thread.head is not None]
    assert pull.head is not None
    assert (pull.head.draft, pull.labels) == (False, ["nova", "nova:codemod", "risk:confined"])

    second = Workflow(tmp_path / "second", served, cache=cache).run()
    assert [job.result for job in second.jobs.values()] == ["success", "skipped", "success", "success"]
    assert "same as open proposal `#1`" in second.jobs["propose"].summary
    assert PUBLISH not in second.jobs["publish"].steps
    assert dashboard(served) == "**1 pull request waits for you**"

    served.human("owner").close(pull.number)
    third = Workflow(tmp_path / "third", served, cache=cache).run()
    assert [job.result for job in third.jobs.values()] == ["success", "skipped", "success", "success"]
    quiet = "**Nothing waits for you: 1 finding seen last night; what was found is rejected or already proposed**"
    assert dashboard(served) == quiet
    assert third.jobs["publish"].summary.startswith(f"{quiet}\n\n## Rejected by you\n\n- [ ] Keep the cause of ")

    served.state.threads.clear()  # what is known of it now stands in what was kept
    fourth = Workflow(tmp_path / "fourth", served, cache=cache).run()
    assert [job.result for job in fourth.jobs.values()] == ["success", "skipped", "success", "success"]
    assert dashboard(served) == quiet


def test_what_was_altered_on_its_way_is_not_published_and_said(served: Hub, tmp_path: Path) -> None:
    def alter(job: str, artifacts: Path) -> None:
        if job == "propose":
            (evidence,) = (artifacts / "handed/bundle").glob("*.evidence.json")
            evidence.write_bytes(evidence.read_bytes().replace(b'"pass"', b'"fail"', 1))

    night = Workflow(tmp_path / "night", served, between=alter).run()
    assert [job.result for job in night.jobs.values()] == ["success", "failure", "success", "failure"]
    assert codes(night, "gate")[AGAIN] == codes(night, "publish")[PUBLISH] == 2
    assert codes(night, "publish")[REPORT] == 0
    assert [thread for thread in served.state.threads.values() if thread.head is not None] == []
    assert dashboard(served).startswith("**1 problem: publishing broke: this is no bundle of proposals")


def test_a_project_that_is_red_says_so_and_nothing_goes_on(served: Hub, tmp_path: Path) -> None:
    served.human("owner").push("main", {"pier/a.py": DEPTH.replace("int(text)", "int(text) + 1")})
    night = Workflow(tmp_path / "night", served).run()
    assert [job.result for job in night.jobs.values()] == ["failure", "skipped", "success", "success"]
    assert codes(night, "propose")[FIND] == 3
    assert dashboard(served).startswith("**1 problem: the last run did not come to its end (error): ")


def test_gates_that_let_a_known_bad_change_through_publish_nothing(served: Hub, tmp_path: Path) -> None:
    night = Workflow(tmp_path / "night", served, through=("T01",)).run()
    assert [job.result for job in night.jobs.values()] == ["success", "success", "failure", "success"]
    assert PUBLISH not in night.jobs["publish"].steps
    assert [thread for thread in served.state.threads.values() if thread.head is not None] == []
    assert "T01" in dashboard(served)
