"""Pull requests, issues, reviews and remarks as the host writes them."""

from dataclasses import replace

from tests.stand_in.answers import Json
from tests.stand_in.shapes import REPOSITORY, Shapes
from tests.stand_in.state import Account, Head, Note, Review, Thread, node


def issue(shapes: Shapes, thread: Thread) -> Json:
    """Return an issue, or a pull request as one."""
    url = f"{shapes.repo_api}/issues/{thread.number}"
    kind = "pull" if thread.head else "issues"
    shape: Json = {
        "id": thread.id,
        "node_id": node("PR" if thread.head else "I", thread.id),
        "url": url,
        "repository_url": shapes.repo_api,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": f"{shapes.page}/{kind}/{thread.number}",
        **_told(shapes, thread),
        "comments": len(thread.comments),
        "closed_by": shapes.user(thread.closed_by) if thread.closed_by else None,
        "state_reason": "completed" if thread.closed and not thread.head else None,
        "performed_via_github_app": shapes.app() if thread.by_app else None,
    }
    if thread.head:
        shape["pull_request"] = _as_issue(shapes, thread, thread.head)
        shape["draft"] = thread.head.draft
    return shape


def _as_issue(shapes: Shapes, thread: Thread, head: Head) -> Json:
    page = f"{shapes.page}/pull/{thread.number}"
    return {
        "url": f"{shapes.repo_api}/pulls/{thread.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": head.merged,
    }


def _told(shapes: Shapes, thread: Thread) -> Json:
    """Return what an issue and a pull request tell alike."""
    return {
        "number": thread.number,
        "state": thread.state,
        "title": thread.title,
        **shapes.said(thread.body),
        "user": shapes.user(thread.author),
        "labels": shapes.labels(thread.labels),
        "created_at": thread.created,
        "updated_at": thread.updated,
        "closed_at": thread.closed,
        "author_association": thread.author.association,
        "locked": False,
        "assignees": [],
        **dict.fromkeys(("assignee", "milestone", "active_lock_reason")),
    }


def pull(shapes: Shapes, thread: Thread, viewer: Account) -> Json:
    """Return a pull request as it stands in a list."""
    head = headed(thread)
    url = f"{shapes.repo_api}/pulls/{thread.number}"
    at_issue = f"{shapes.repo_api}/issues/{thread.number}"
    page = f"{shapes.page}/pull/{thread.number}"
    urls = {
        "commits_url": f"{url}/commits",
        "review_comments_url": f"{url}/comments",
        "review_comment_url": f"{shapes.repo_api}/pulls/comments{{/number}}",
        "comments_url": f"{at_issue}/comments",
        "statuses_url": f"{shapes.repo_api}/statuses/{head.sha}",
    }
    links = {key.removesuffix("_url"): {"href": value} for key, value in urls.items()}
    more = {"self": {"href": url}, "html": {"href": page}, "issue": {"href": at_issue}}
    return {
        "id": thread.id,
        "node_id": node("PR", thread.id),
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": at_issue,
        **urls,
        **_told(shapes, thread),
        "merged_at": head.merged,
        "merge_commit_sha": head.merge or head.trial,
        "draft": head.draft,
        "auto_merge": None,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _head(shapes, head, viewer),
        "base": _end(shapes, head.base_ref, head.base_sha, viewer),
        "_links": links | more,
    }


def _end(shapes: Shapes, ref: str, sha: str, viewer: Account) -> Json:
    owner = shapes.state.name.split("/", maxsplit=1)[0]
    repository = shapes.repository(viewer)
    return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "user": shapes.owner(), "repo": repository}


def _head(shapes: Shapes, head: Head, viewer: Account) -> Json:
    """Return the end that is proposed; a fork is another repository, whose branches have any name they like."""
    if not head.fork:
        return _end(shapes, head.ref, head.sha, viewer)
    name = f"{head.fork}/{shapes.state.name.split('/')[1]}"
    there = replace(shapes, state=replace(shapes.state, name=name))
    end = _end(there, head.ref, head.sha, viewer)
    return end | {"repo": end["repo"] | {"id": REPOSITORY + 1, "fork": True}}


def whole_pull(shapes: Shapes, thread: Thread, viewer: Account) -> Json:
    """Return a pull request as its own page tells it."""
    head = headed(thread)
    files, added, deleted = shapes.state.bare.size(head.base_sha, head.sha)
    fits = None if thread.closed or not head.tried else head.trial is not None
    return pull(shapes, thread, viewer) | {
        "merged": head.merged is not None,
        "merged_by": shapes.user(thread.closed_by) if head.merged and thread.closed_by else None,
        "mergeable": fits,
        "rebaseable": fits,
        "mergeable_state": {None: "unknown", False: "dirty"}.get(fits, "draft" if head.draft else "clean"),
        "comments": len(thread.comments),
        "review_comments": len(head.notes),
        "maintainer_can_modify": False,
        "commits": shapes.state.bare.count(head.base_sha, head.sha),
        "additions": added,
        "deletions": deleted,
        "changed_files": files,
    }


def headed(thread: Thread) -> Head:
    """Return what makes this one a pull request."""
    if thread.head is None:
        raise ValueError(f"{thread.number} is an issue")
    return thread.head


def review(shapes: Shapes, thread: Thread, given: Review) -> Json:
    """Return a review."""
    page = f"{shapes.page}/pull/{thread.number}#pullrequestreview-{given.id}"
    url = f"{shapes.repo_api}/pulls/{thread.number}"
    shape = {
        "id": given.id,
        "node_id": node("PRR", given.id),
        "user": shapes.user(given.author),
        **shapes.said(given.body),
        "state": given.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": given.author.association,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "commit_id": given.commit,
    }
    return shape if given.state == "PENDING" else shape | {"submitted_at": given.submitted}


def note(shapes: Shapes, thread: Thread, made: Note) -> Json:
    """Return a remark at lines of a diff; where it is now is null once a later push changed the file."""
    page = f"{shapes.page}/pull/{thread.number}#discussion_r{made.id}"
    url = f"{shapes.repo_api}/pulls/comments/{made.id}"
    over = f"{shapes.repo_api}/pulls/{thread.number}"
    head = headed(thread).sha
    bare = shapes.state.bare
    stays = bare.asks("rev-parse", f"{made.commit}:{made.path}") == bare.asks("rev-parse", f"{head}:{made.path}")
    position = made.hunk.count("\n")
    return {
        "id": made.id,
        "node_id": node("PRRC", made.id),
        "url": url,
        "html_url": page,
        "pull_request_url": over,
        "pull_request_review_id": made.review,
        "diff_hunk": made.hunk,
        "path": made.path,
        "commit_id": head if stays else made.commit,
        "original_commit_id": made.commit,
        "user": shapes.user(made.author),
        **shapes.said(made.body),
        "created_at": made.created,
        "updated_at": made.created,
        "author_association": made.author.association,
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": over}},
        "subject_type": "line",
        "side": made.side,
        "line": made.line if stays else None,
        "start_line": made.start_line if stays else None,
        "start_side": made.start_side,
        "position": position if stays else None,
        "original_line": made.line,
        "original_start_line": made.start_line,
        "original_position": position,
    }
