"""The calls about check runs and commit statuses."""

from tests.stand_in.answers import TOO_LONG, Json, Refused, Reply, invalid, page, text
from tests.stand_in.routing import REPO, Request, route
from tests.stand_in.state import CheckRun, Status

CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out")
STATUSES = ("queued", "in_progress", "completed")
STATES = ("error", "failure", "pending", "success")
ANNOTATIONS = 50  # in one request
LEVELS = ("notice", "warning", "failure")


@route("POST", f"{REPO}/check-runs", "checks:write")
def create_check(request: Request) -> Reply:
    _only_apps(request)
    name = text(request.body, "name", 256, "CheckRun")
    head = request.state.bare.commit(text(request.body, "head_sha", 64, "CheckRun"))
    if head is None or head != request.body["head_sha"]:
        raise Refused(422, "No commit found for SHA: " + str(request.body["head_sha"]))
    run = CheckRun(request.state.new_id(), name, head, "queued", None, request.state.now(), None, None, None)
    _fill(request, run)
    request.state.checks[run.id] = run
    shape = request.shapes.check(run)
    return Reply(201, shape, {"Location": shape["url"]})


@route("PATCH", f"{REPO}/check-runs/{{number}}", "checks:write")
def change_check(request: Request) -> Reply:
    _only_apps(request)
    run = request.state.checks.get(int(request.params["number"]))
    if run is None:
        raise Refused(404, "Not Found")
    run.name = request.body.get("name", run.name)
    _fill(request, run)
    return Reply(200, request.shapes.check(run))


def _only_apps(request: Request) -> None:
    if request.token.kind != "installation":
        raise Refused(403, "You must authenticate via a GitHub App.")


def _fill(request: Request, run: CheckRun) -> None:
    body = request.body
    output = body.get("output") or {}
    _valid_output(output)
    if body.get("conclusion", run.conclusion) not in (*CONCLUSIONS, None):
        raise invalid("CheckRun", "conclusion")
    if body.get("status", run.status) not in STATUSES:
        raise invalid("CheckRun", "status")
    run.conclusion = body.get("conclusion", run.conclusion)
    run.status = "completed" if body.get("conclusion") else body.get("status", run.status)
    if run.status == "completed":
        if run.conclusion is None:
            raise invalid("CheckRun", "conclusion", "missing_field")
        run.completed = body.get("completed_at") or request.state.now()
    run.started = body.get("started_at", run.started)
    run.external = body.get("external_id", run.external)
    run.details = body.get("details_url", run.details)
    run.title = output.get("title", run.title)
    run.summary = output.get("summary", run.summary)
    run.text = output.get("text", run.text)
    run.annotations.extend(output.get("annotations", []))  # the host adds them to those that are there


def _valid_output(output: Json) -> None:
    if output:
        text(output, "title", TOO_LONG, "CheckRun")
        text(output, "summary", TOO_LONG - 1, "CheckRun")
    notes = output.get("annotations", [])
    if len(notes) > ANNOTATIONS:
        raise Refused(
            422, f"Invalid request. No more than {ANNOTATIONS} items are allowed; {len(notes)} were supplied."
        )
    for sent in notes:
        lines = (sent.get("start_line"), sent.get("end_line"))
        if not all(isinstance(line, int) and line > 0 for line in lines) or lines[0] > lines[1]:
            raise invalid("CheckRun", "annotations")
        if sent.get("annotation_level") not in LEVELS or not sent.get("path") or not sent.get("message"):
            raise invalid("CheckRun", "annotations")


@route("GET", f"{REPO}/commits/{{ref}}/check-runs", "checks:read")
def checks(request: Request) -> Reply:
    sha = _commit(request)
    runs = [run for run in request.state.checks.values() if run.head == sha and _fits(request, run)]
    if request.query.get("filter", "latest") == "latest":
        runs = list({run.name: run for run in runs}.values())
    part, headers = request.part(runs[::-1])
    return Reply(200, {"total_count": len(runs), "check_runs": [request.shapes.check(run) for run in part]}, headers)


def _fits(request: Request, run: CheckRun) -> bool:
    named = request.query.get("check_name", run.name) == run.name
    return named and request.query.get("status", run.status) == run.status


@route("GET", f"{REPO}/check-runs/{{number}}/annotations", "checks:read")
def annotations(request: Request) -> Reply:
    run = request.state.checks.get(int(request.params["number"]))
    if run is None:
        raise Refused(404, "Not Found")
    nothing = dict.fromkeys(("start_column", "end_column", "title", "raw_details"))
    blob = f"{request.shapes.page}/blob/{run.head}"
    found: list[Json] = [nothing | {"blob_href": blob} | sent for sent in run.annotations]
    part, headers = page(found, request.query, request.url)
    return Reply(200, list(part), headers)


def _commit(request: Request) -> str:
    sha = request.state.bare.commit(request.params["ref"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {request.params['ref']}")
    return sha


@route("POST", f"{REPO}/statuses/{{sha}}", "statuses:write", role="write")
def create_status(request: Request) -> Reply:
    sha = request.state.bare.commit(request.params["sha"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {request.params['sha']}")
    if request.body.get("state") not in STATES:
        raise invalid("Status", "state")
    creator = request.token.account
    context = request.body.get("context", "default")
    told = (request.body.get("description"), request.body.get("target_url"), creator, request.state.now())
    made = Status(request.state.new_id(), sha, request.body["state"], context, *told)
    request.state.statuses.append(made)
    shape = request.shapes.status(made) | {"creator": request.shapes.user(creator)}
    return Reply(201, shape, {"Location": shape["url"]})


@route("GET", f"{REPO}/commits/{{ref}}/status", "statuses:read")
def combined_status(request: Request) -> Reply:
    sha = _commit(request)
    latest = {made.context: made for made in request.state.statuses if made.sha == sha}
    states = {made.state for made in latest.values()}
    failed = "failure" if states & {"error", "failure"} else "pending"
    url = f"{request.shapes.repo_api}/commits/{sha}"
    shape: Json = {
        "state": "success" if states == {"success"} else failed,
        "sha": sha,
        "total_count": len(latest),
        "statuses": [request.shapes.status(made) for made in latest.values()],
        "repository": request.shapes.repository(request.token.account),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Reply(200, shape)
