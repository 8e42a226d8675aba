"""The workflows that answer people, step by step as they are written: a review of a fork's change, a command."""

from pathlib import Path

import pytest
import yaml

from tests.end_to_end.projects import TINY, git, made
from tests.end_to_end.test_hosted_review import CHANGED
from tests.end_to_end.workflow import ROOT, Workflow
from tests.stand_in import Hub

pytestmark = pytest.mark.host
EVENT = "${{{{ github.event.{} }}}}"


@pytest.fixture
def served(tmp_path: Path, hub: Hub) -> Hub:
    """Return a host with one project, in which one thing can be improved."""
    hub.load(made(tmp_path / "source", TINY))
    return hub


def condition(file: str, job: str) -> str:
    """Return when a job runs, as it is written."""
    return str(yaml.safe_load((ROOT / ".github/workflows" / file).read_text("utf-8"))["jobs"][job]["if"])


def said(hub: Hub, number: int) -> list[str]:
    return [comment.body for comment in hub.thread(number).comments]


def test_a_forks_change_is_reviewed_without_a_token_and_told_by_another_workflow(served: Hub, tmp_path: Path) -> None:
    number = served.human("stranger").open_fork("widths", CHANGED, "Read widths")
    base = served.bare.heads()["main"]
    head = git(served.bare.path, "rev-parse", f"refs/pull/{number}/head").strip()
    given = {EVENT.format("pull_request.base.sha"): base, EVENT.format("pull_request.head.sha"): head}
    review = Workflow(tmp_path / "review", served, "review.yml", given, f"refs/pull/{number}/head").run()
    assert [job.result for job in review.jobs.values()] == ["success"], review.jobs
    assert served.calls == []  # nothing was asked of the host
    assert review.jobs["review"].summary.startswith("**")

    given = {EVENT.format("workflow_run.head_sha"): head, condition("review-comment.yml", "comment"): "true"}
    comment = Workflow(tmp_path / "comment", served, "review-comment.yml", given)
    comment.artifacts.parent.mkdir()
    review.artifacts.rename(comment.artifacts)
    assert [job.result for job in comment.run().jobs.values()] == ["success"], comment.jobs
    (told,) = said(served, number)
    assert "`explicit_cause` at `pier/a.py:17`" in told
    assert "vouches for nothing" in told


def test_a_command_is_answered_and_what_it_runs_runs_without_a_token(served: Hub, tmp_path: Path) -> None:
    main = served.bare.heads()["main"]
    night = Workflow(tmp_path / "night", served).run()
    assert night.jobs["publish"].result == "success", night.jobs
    (number,) = [number for number, thread in served.state.threads.items() if thread.head is not None]

    def asked(by: str, text: str) -> Workflow:
        comment = served.human(by).comment(number, text)
        given = {EVENT.format("issue.number"): str(number), EVENT.format("comment.id"): str(comment.id)}
        given |= {condition("commands.yml", "answer"): "true"}
        return Workflow(tmp_path / f"comment-{comment.id}", served, "commands.yml", given).run()

    verified = asked("owner", "/nova verify")
    assert [job.result for job in verified.jobs.values()] == ["success"] * 3, verified.jobs
    assert {step.asked for step in verified.jobs["run"].steps.values()} == {0}
    assert said(served, number)[-1].startswith("Every gate ran again on a fresh baseline")

    why = asked("owner", "/nova why")
    assert [job.result for job in why.jobs.values()] == ["success", "skipped", "skipped"]
    assert said(served, number)[-1].startswith("**What was found**")

    count = len(said(served, number))
    assert asked("stranger", "/nova no").jobs["answer"].result == "success"
    assert len(said(served, number)) == count + 1  # what the stranger said, and no answer
    assert served.bare.heads()["main"] == main
