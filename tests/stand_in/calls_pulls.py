"""The calls about pull requests themselves."""

from tests.stand_in.answers import TOO_LONG, Json, Refused, Reply, invalid, text
from tests.stand_in.pulling import open_pull, reopen, try_merging
from tests.stand_in.routing import REPO, Request, route
from tests.stand_in.shapes_pull import headed, pull, whole_pull
from tests.stand_in.state import Head, Thread

READ = "pull_requests:read"
WRITE = "pull_requests:write"
TITLE = 256  # characters


@route("GET", REPO)
def repository(request: Request) -> Reply:
    return Reply(200, request.shapes.whole_repository(request.token.account))


@route("GET", f"{REPO}/pulls", READ)
def pulls(request: Request) -> Reply:
    found = [thread for thread in request.state.threads.values() if thread.head and _fits(request, thread)]
    sort = request.query.get("sort", "created")
    falls = request.query.get("direction", "desc" if sort == "created" else "asc") == "desc"
    found.sort(key=lambda thread: (thread.updated if sort == "updated" else thread.created, thread.number))
    part, headers = request.part(found[::-1] if falls else found)
    return Reply(200, [pull(request.shapes, thread, request.token.account) for thread in part], headers)


def _fits(request: Request, thread: Thread) -> bool:
    head = headed(thread)
    state = request.query.get("state", "open")
    wanted = request.query.get("head", "")
    owner = head.fork or request.state.name.split("/")[0]
    return (
        state in (thread.state, "all")
        and request.query.get("base", head.base_ref) == head.base_ref
        and (":" not in wanted or wanted == f"{owner}:{head.ref}")  # without an owner the host does not filter
    )


@route("POST", f"{REPO}/pulls", WRITE)
def create_pull(request: Request) -> Reply:
    body = request.body
    owner = request.state.name.split("/")[0]
    ref = text(body, "head", TITLE, "PullRequest")
    head = Head(
        ref.removeprefix(f"{owner}:"), "", text(body, "base", TITLE, "PullRequest"), "", bool(body.get("draft"))
    )
    title = text(body, "title", TITLE, "PullRequest")
    opened = open_pull(request.state, request.token, (title, _body(body, "PullRequest")), head)
    shape = whole_pull(request.shapes, opened, request.token.account)
    return Reply(201, shape, {"Location": shape["url"]})


def _body(body: Json, resource: str) -> str | None:
    return text(body, "body", TOO_LONG, resource) if body.get("body") else None


@route("GET", f"{REPO}/pulls/{{number}}", READ)
def one_pull(request: Request) -> Reply:
    thread = request.thread(pull=True)
    try_merging(request.state, thread)
    return Reply(200, whole_pull(request.shapes, thread, request.token.account))


@route("PATCH", f"{REPO}/pulls/{{number}}", WRITE)
def change_pull(request: Request) -> Reply:
    thread = request.thread(pull=True)
    change(request, thread, "PullRequest")
    return Reply(200, whole_pull(request.shapes, thread, request.token.account))


def change(request: Request, thread: Thread, resource: str) -> None:
    """Give an issue or pull request the title, body and state that were sent."""
    by_right = request.state.at_least(request.token.account, "triage") or request.token.kind == "installation"
    if thread.author != request.token.account and not by_right:
        raise Refused(403, "You do not have permission to change this.")
    body = request.body
    title = text(body, "title", TITLE, resource) if "title" in body else thread.title
    said = _body(body, resource) if "body" in body else thread.body
    if (title, said) != (thread.title, thread.body):
        thread.title, thread.body, thread.updated = title, said, request.state.now()
    state = body.get("state", thread.state)
    if state not in ("open", "closed"):
        raise invalid(resource, "state")
    if state == "closed":
        request.state.end(thread, request.token.account)
    elif thread.closed:
        reopen(request.state, thread)
