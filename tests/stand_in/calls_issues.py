"""The calls about issues, comments and labels."""

from tests.stand_in.answers import TOO_LONG, Refused, Reply, invalid, text
from tests.stand_in.calls_pulls import TITLE, change
from tests.stand_in.routing import REPO, Request, route
from tests.stand_in.shapes_pull import issue
from tests.stand_in.state import Comment, Label, Thread

READ = "issues:read|pull_requests:read"
WRITE = "issues:write|pull_requests:write"
LABEL = 50  # characters


@route("GET", f"{REPO}/issues", "issues:read")
def issues(request: Request) -> Reply:
    """Answer with issues and pull requests, which are issues too."""
    found = [thread for thread in request.state.threads.values() if _fits(request, thread)]
    sort = request.query.get("sort", "created")
    found.sort(key=lambda thread: (thread.updated if sort == "updated" else thread.created, thread.number))
    rises = request.query.get("direction", "desc") == "asc"
    part, headers = request.part(found if rises else found[::-1])
    return Reply(200, [issue(request.shapes, thread) for thread in part], headers)


def _fits(request: Request, thread: Thread) -> bool:
    has = {name.lower() for name in thread.labels}
    wanted = {name.lower() for name in request.query.get("labels", "").split(",") if name}
    return (
        request.query.get("state", "open") in (thread.state, "all")
        and wanted <= has
        and thread.updated >= request.query.get("since", "")
        and request.query.get("creator", thread.author.login) == thread.author.login
    )


@route("POST", f"{REPO}/issues", "issues:write")
def create_issue(request: Request) -> Reply:
    title = text(request.body, "title", TITLE, "Issue")
    body = text(request.body, "body", TOO_LONG, "Issue") if request.body.get("body") else None
    thread = request.state.new_thread(title, body, request.token)
    if request.state.at_least(request.token.account, "triage") or request.token.kind == "installation":
        add_labels(request, thread, request.body.get("labels", []))  # of others the host drops them, and says nothing
    shape = issue(request.shapes, thread)
    return Reply(201, shape, {"Location": shape["url"]})


@route("GET", f"{REPO}/issues/{{number}}", READ)
def one_issue(request: Request) -> Reply:
    return Reply(200, issue(request.shapes, request.thread()))


@route("PATCH", f"{REPO}/issues/{{number}}", WRITE)
def change_issue(request: Request) -> Reply:
    thread = request.thread()
    change(request, thread, "Issue")
    if "labels" in request.body:
        thread.labels.clear()
        add_labels(request, thread, request.body["labels"])
    return Reply(200, issue(request.shapes, thread))


@route("GET", f"{REPO}/issues/{{number}}/comments", READ)
def comments(request: Request) -> Reply:
    since = request.query.get("since", "")
    part, headers = request.part([said for said in request.thread().comments if said.updated >= since])
    return Reply(200, [request.shapes.comment(said) for said in part], headers)


@route("POST", f"{REPO}/issues/{{number}}/comments", WRITE)
def create_comment(request: Request) -> Reply:
    body = text(request.body, "body", TOO_LONG, "IssueComment")
    by_app = request.token.kind == "installation"
    said = request.state.say(request.thread(), request.token.account, body, by_app=by_app)
    shape = request.shapes.comment(said)
    return Reply(201, shape, {"Location": shape["url"]})


@route("GET", f"{REPO}/issues/comments/{{number}}", READ)
def one_comment(request: Request) -> Reply:
    return Reply(200, request.shapes.comment(_comment(request)))


@route("PATCH", f"{REPO}/issues/comments/{{number}}", WRITE)
def change_comment(request: Request) -> Reply:
    said = _comment(request)
    by_right = request.state.at_least(request.token.account, "write") and request.token.kind != "installation"
    if said.author != request.token.account and not by_right:
        raise Refused(403, "You do not have permission to change this comment.")
    said.body = text(request.body, "body", TOO_LONG, "IssueComment")
    said.updated = request.state.now()
    return Reply(200, request.shapes.comment(said))


def _comment(request: Request) -> Comment:
    said = request.state.comment(int(request.params["number"]))
    if said is None:
        raise Refused(404, "Not Found")
    return said


@route("GET", f"{REPO}/labels", READ)
def labels(request: Request) -> Reply:
    part, headers = request.part(sorted(request.state.labels.values(), key=lambda label: label.name))
    return Reply(200, [request.shapes.label(label) for label in part], headers)


@route("GET", f"{REPO}/labels/{{name}}", READ)
def one_label(request: Request) -> Reply:
    label = request.state.labels.get(request.params["name"].lower())
    if label is None:
        raise Refused(404, "Not Found")
    return Reply(200, request.shapes.label(label))


@route("POST", f"{REPO}/labels", WRITE, role="triage")
def create_label(request: Request) -> Reply:
    name = _label_name(request.body.get("name"))
    color = request.body.get("color", "ededed")
    if name.lower() in request.state.labels:
        raise invalid("Label", "name", "already_exists")
    if len(color) != 6:
        raise invalid("Label", "color")
    label: Label = request.state.label(name, color, request.body.get("description"))
    shape = request.shapes.label(label)
    return Reply(201, shape, {"Location": shape["url"]})


def _label_name(name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise invalid("Label", "name", "missing_field")
    if len(name) > LABEL:
        raise invalid("Label", "name", "custom", f"name is too long (maximum is {LABEL} characters)")
    return name


@route("GET", f"{REPO}/issues/{{number}}/labels", READ)
def labels_of(request: Request) -> Reply:
    thread = request.thread()
    return Reply(200, [request.shapes.label(request.state.label(name)) for name in thread.labels])


@route("POST", f"{REPO}/issues/{{number}}/labels", WRITE, role="triage")
def label_issue(request: Request) -> Reply:
    thread = request.thread()
    sent: object = request.body  # the names, or an object that holds them
    add_labels(request, thread, sent if isinstance(sent, list) else request.body.get("labels", []))
    return Reply(200, [request.shapes.label(request.state.label(name)) for name in thread.labels])


def add_labels(request: Request, thread: Thread, names: list[object]) -> None:
    """Label an issue; a label that the repository has not is made."""
    for sent in names:
        label = request.state.label(_label_name(sent.get("name") if isinstance(sent, dict) else sent))
        if label.name not in thread.labels:
            thread.labels.append(label.name)
            thread.updated = request.state.now()
