"""The calls about reviews, and remarks at lines of a diff."""

from tests.stand_in.answers import Json, Refused, Reply
from tests.stand_in.bare import Spot
from tests.stand_in.routing import REPO, Request, route
from tests.stand_in.shapes_pull import headed, note, review
from tests.stand_in.state import Note, Review, Thread

READ = "pull_requests:read"
WRITE = "pull_requests:write"
STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED", None: "PENDING"}


@route("GET", f"{REPO}/pulls/{{number}}/reviews", READ)
def reviews(request: Request) -> Reply:
    thread = request.thread(pull=True)
    me = request.token.account
    seen = [given for given in headed(thread).reviews if given.state != "PENDING" or given.author == me]
    part, headers = request.part(seen)
    return Reply(200, [review(request.shapes, thread, given) for given in part], headers)


@route("GET", f"{REPO}/pulls/{{number}}/comments", READ)
def notes(request: Request) -> Reply:
    thread = request.thread(pull=True)
    part, headers = request.part(headed(thread).notes)
    return Reply(200, [note(request.shapes, thread, made) for made in part], headers)


@route("POST", f"{REPO}/pulls/{{number}}/reviews", WRITE)
def create_review(request: Request) -> Reply:
    thread = request.thread(pull=True)
    head = headed(thread)
    commit = request.body.get("commit_id") or head.sha
    made = Review(request.state.new_id(), request.token.account, _state(request, thread), _body(request), commit, "")
    if not request.state.bare.holds(commit, head.sha):
        raise unprocessable("commit_id is not part of the pull request")
    written = [_note(request, thread, made, sent) for sent in request.body.get("comments") or []]
    made.submitted = thread.updated = request.state.now()
    head.reviews.append(made)
    head.notes.extend(written)
    return Reply(200, review(request.shapes, thread, made))


def unprocessable(message: str) -> Refused:
    """Return the refusal of a review."""
    return Refused(422, "Unprocessable Entity", [message])


def _state(request: Request, thread: Thread) -> str:
    event = request.body.get("event")
    if event not in STATES:
        raise unprocessable("Variable $event of type PullRequestReviewEvent was provided invalid value")
    if event in ("APPROVE", "REQUEST_CHANGES") and thread.author == request.token.account:
        doing = "approve" if event == "APPROVE" else "request changes on"
        raise unprocessable(f"Review Can not {doing} your own pull request")
    return STATES[event]


def _body(request: Request) -> str:
    body: str = request.body.get("body") or ""
    event = request.body.get("event")
    if not body and (event == "REQUEST_CHANGES" or (event == "COMMENT" and not request.body.get("comments"))):
        raise unprocessable("Review body can't be blank")
    return body


def _note(request: Request, thread: Thread, made: Review, sent: Json) -> Note:
    head = headed(thread)
    found = request.state.bare.spots(head.base_sha, made.commit, sent["path"])
    if not found:
        raise unprocessable("Path could not be resolved")
    spot = _spot(found, sent.get("line"), sent.get("side") or "RIGHT")
    start = sent.get("start_line")
    if start is not None:
        first = _spot(found, start, sent.get("start_side") or spot.side)
        if first.hunk != spot.hunk or start >= spot.line:
            raise unprocessable("Start line must precede the end line, in the same hunk")
    if not sent.get("body"):
        raise unprocessable("Body can't be blank")
    return Note(
        id=request.state.new_id(),
        review=made.id,
        author=made.author,
        path=sent["path"],
        line=spot.line,
        side=spot.side,
        start_line=start,
        start_side=(sent.get("start_side") or spot.side) if start is not None else None,
        hunk=found[spot],
        body=sent["body"],
        commit=made.commit,
        created=request.state.now(),
    )


def _spot(found: dict[Spot, str], line: object, side: str) -> Spot:
    """Return where a line is in the diff; refuse one that the diff does not show."""
    for spot in found:
        if (spot.side, spot.line) == (side, line):
            return spot
    raise unprocessable("Line could not be resolved")
