"""Show a check on a commit at GitHub: a check run, or where the token may not make one, a status."""

from urllib.parse import urlencode

from improver.adapters.github_json import CHECK, CHECKS, CheckJson, read
from improver.adapters.github_session import Line
from improver.host import Annotation, Check

BATCH = 50  # annotations that one request takes
LONGEST_TITLE = 255
LONGEST_STATUS = 140
# A status knows no "neither": what is not a success waits for a human.
STATES = {"success": "success", "failure": "failure", "neutral": "pending"}


def show(line: Line, repository: str, check: Check) -> None:
    """Make the check run, or bring up to date the one with the same key; what was cut off is gone on with."""
    if not _run(line, repository, check):  # only apps may write checks, and each its own
        _status(line, repository, check)


def _run(line: Line, repository: str, check: Check) -> bool:
    """Make the check run whole; tell whether the token may."""
    query = urlencode({"check_name": check.name, "filter": "latest", "per_page": 100})
    listed = line.get(f"{repository}/commits/{check.head}/check-runs?{query}", also=(403,))
    if listed.status == 403:
        return False
    made = _made(read(CHECKS, listed).check_runs, check)
    if made is not None:
        return _complete(line, f"{repository}/check-runs/{made.id}", check, made.output.annotations_count)
    asked = {**_output(check, check.annotations[:BATCH]), "name": check.name, "head_sha": check.head}
    reply = line.send("POST", f"{repository}/check-runs", {**asked, "external_id": check.key}, also=(403,))
    if reply.status == 403 or len(check.annotations) <= BATCH:
        return reply.status != 403
    return _complete(line, f"{repository}/check-runs/{read(CHECK, reply).id}", check, BATCH)


def _made(runs: list[CheckJson], check: Check) -> CheckJson | None:
    """Return the latest check run of this name and key on this commit."""
    equal = [run for run in runs if (run.name, run.external_id, run.head_sha) == (check.name, check.key, check.head)]
    return max(equal, key=lambda run: run.id, default=None)


def _complete(line: Line, path: str, check: Check, there: int) -> bool:
    """Say anew what a check run says. Annotations are only ever added: those that are `there` are left out."""
    for start in range(there, max(len(check.annotations), there + 1), BATCH):
        some = check.annotations[start : start + BATCH]
        if line.send("PATCH", path, _output(check, some), also=(403,), again=not some).status == 403:
            return False
    return True


def _output(check: Check, annotations: tuple[Annotation, ...]) -> dict[str, object]:
    return {
        "status": "completed",
        "conclusion": check.conclusion,
        "output": {
            "title": check.title[:LONGEST_TITLE],
            "summary": check.summary,
            "annotations": [
                {
                    "path": one.path,
                    "start_line": one.line,
                    "end_line": one.line,
                    "annotation_level": one.level,
                    "title": one.title[:LONGEST_TITLE],
                    "message": one.text,
                }
                for one in annotations
            ],
        },
    }


def _status(line: Line, repository: str, check: Check) -> None:
    """Say the same in one line, as a commit's status; the latest one of a context counts."""
    asked = {"state": STATES[check.conclusion], "context": check.name, "description": check.title[:LONGEST_STATUS]}
    line.send("POST", f"{repository}/statuses/{check.head}", asked, again=True)
