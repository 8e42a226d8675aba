"""People, the repository, labels, comments and checks as the host writes them: every key that it promises is there."""

from dataclasses import dataclass
from urllib.parse import quote

from tests.stand_in.answers import Json
from tests.stand_in.state import Account, CheckRun, Comment, Label, State, Status, node

SINCE = "2024-01-01T00:00:00Z"
APP = 4711
APP_SLUG = "nova"
CLIENT = "Iv23nova"
INSTALLATION = 99
REPOSITORY = 1296269
USER_PARTS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPOSITORY_PARTS = (
    "archive_url /{archive_format}{/ref},assignees_url /assignees{/user},blobs_url /git/blobs{/sha},"
    "branches_url /branches{/branch},collaborators_url /collaborators{/collaborator},"
    "comments_url /comments{/number},commits_url /commits{/sha},compare_url /compare/{base}...{head},"
    "contents_url /contents/{+path},contributors_url /contributors,deployments_url /deployments,"
    "downloads_url /downloads,events_url /events,forks_url /forks,git_commits_url /git/commits{/sha},"
    "git_refs_url /git/refs{/sha},git_tags_url /git/tags{/sha},hooks_url /hooks,"
    "issue_comment_url /issues/comments{/number},issue_events_url /issues/events{/number},"
    "issues_url /issues{/number},keys_url /keys{/key_id},labels_url /labels{/name},languages_url /languages,"
    "merges_url /merges,milestones_url /milestones{/number},"
    "notifications_url /notifications{?since;all;participating},pulls_url /pulls{/number},"
    "releases_url /releases{/id},stargazers_url /stargazers,statuses_url /statuses/{sha},"
    "subscribers_url /subscribers,subscription_url /subscription,tags_url /tags,teams_url /teams,"
    "trees_url /git/trees{/sha},url "
)


@dataclass(frozen=True)
class Shapes:
    """Writes what the stand-in remembers. `api` and `web` are where this caller reaches it, without a last slash."""

    state: State
    api: str
    web: str
    full: bool  # the caller asked for bodies as HTML and as text too

    @property
    def repo_api(self) -> str:
        return f"{self.api}/repos/{self.state.name}"

    @property
    def page(self) -> str:
        return f"{self.web}/{self.state.name}"

    def user(self, account: Account) -> Json:
        """Return a simple user."""
        api = f"{self.api}/users/{quote(account.login)}"
        page = f"apps/{account.login.removesuffix('[bot]')}" if account.bot else account.login
        shape = {
            "login": account.login,
            "id": account.id,
            "node_id": node("BOT" if account.bot else "U", account.id),
            "avatar_url": f"{self.web}/avatars/{account.id}",
            "gravatar_id": "",
            "url": api,
            "html_url": f"{self.web}/{page}",
            "type": "Bot" if account.bot else "User",
            "user_view_type": "public",
            "site_admin": False,
        }
        return shape | {key: api + part for key, part in USER_PARTS.items()}

    def viewer(self, account: Account) -> Json:
        """Return the user who asks, with what only users themselves see."""
        nothing = dict.fromkeys(("bio", "company", "email", "hireable", "location", "name", "twitter_username"))
        counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
        own = dict.fromkeys(
            ("collaborators", "disk_usage", "owned_private_repos", "private_gists", "total_private_repos"), 0
        )
        more = {"blog": "", "created_at": SINCE, "updated_at": SINCE, "two_factor_authentication": True}
        return self.user(account) | nothing | counts | own | more

    def owner(self) -> Json:
        """Return whose repository it is."""
        return self.user(self.state.accounts[self.state.name.split("/")[0]])

    def permissions(self, account: Account) -> dict[str, bool]:
        """Return what somebody may do, as a repository says it."""
        roles = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
        return {name: self.state.at_least(account, role) for name, role in roles.items()}

    def repository(self, account: Account) -> Json:
        """Return the repository as `account` sees it."""
        opened = sum(not thread.closed for thread in self.state.threads.values())
        shape: Json = {
            "id": REPOSITORY,
            "node_id": node("R", REPOSITORY),
            "name": self.state.name.split("/")[1],
            "full_name": self.state.name,
            "private": True,
            "visibility": "private",
            "owner": self.owner(),
            "html_url": self.page,
            "git_url": f"git:{self.page.partition(':')[2]}.git",
            "ssh_url": f"git@{self.web.partition('//')[2]}:{self.state.name}.git",
            "clone_url": f"{self.page}.git",
            "svn_url": self.page,
            "default_branch": self.state.default_branch,
            "archived": self.state.archived,
            "permissions": self.permissions(account),
            "topics": [],
            "open_issues": opened,
            "open_issues_count": opened,
            **dict.fromkeys(("created_at", "updated_at", "pushed_at"), SINCE),
        }
        nothing = dict.fromkeys(("description", "homepage", "language", "license", "mirror_url"))
        no = ("fork", "disabled", "is_template", "has_pages", "has_discussions", "allow_auto_merge", "allow_forking")
        yes = ("has_issues", "has_projects", "has_wiki", "has_downloads")
        zero = ("forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count")
        parts = (part.split(" ") for part in REPOSITORY_PARTS.split(","))
        urls = {key: self.repo_api + path for key, path in parts}
        return shape | nothing | dict.fromkeys(no, False) | dict.fromkeys(yes, True) | dict.fromkeys(zero, 0) | urls

    def whole_repository(self, account: Account) -> Json:
        """Return the repository with what only its own page tells."""
        merging = dict.fromkeys(("allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"), True)
        return self.repository(account) | {"network_count": 0, "subscribers_count": 0, **merging}

    def label(self, label: Label) -> Json:
        return {
            "id": label.id,
            "node_id": node("LA", label.id),
            "url": f"{self.repo_api}/labels/{quote(label.name)}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description,
        }

    def labels(self, names: list[str]) -> list[Json]:
        """Return the labels of an issue or pull request; none goes without a description there."""
        found = [self.label(self.state.label(name)) for name in names]
        return [label | {"description": label["description"] or ""} for label in found]

    def said(self, body: str | None) -> Json:
        """Return a body in the forms that were asked for."""
        return {"body": body} | ({"body_html": f"<p>{body or ''}</p>", "body_text": body or ""} if self.full else {})

    def comment(self, comment: Comment) -> Json:
        """Return a comment below an issue or pull request."""
        thread = self.state.threads[comment.number]
        kind = "pull" if thread.head else "issues"
        return {
            "id": comment.id,
            "node_id": node("IC", comment.id),
            "url": f"{self.repo_api}/issues/comments/{comment.id}",
            "html_url": f"{self.page}/{kind}/{comment.number}#issuecomment-{comment.id}",
            "issue_url": f"{self.repo_api}/issues/{comment.number}",
            "user": self.user(comment.author),
            "created_at": comment.created,
            "updated_at": comment.updated,
            "author_association": comment.author.association,
            "performed_via_github_app": self.app() if comment.by_app else None,
            **self.said(comment.body),
        }

    def app(self) -> Json:
        """Return the app whose installation the bot's tokens are of."""
        return {
            "id": APP,
            "slug": APP_SLUG,
            "node_id": node("A", APP),
            "client_id": CLIENT,
            "owner": self.owner(),
            "name": "Nova",
            "description": "",
            "external_url": self.page,
            "html_url": f"{self.web}/apps/{APP_SLUG}",
            "created_at": SINCE,
            "updated_at": SINCE,
            "permissions": {"checks": "write", "contents": "write", "issues": "write", "metadata": "read"},
            "events": [],
        }

    def check(self, run: CheckRun) -> Json:
        """Return a check run."""
        url = f"{self.repo_api}/check-runs/{run.id}"
        return {
            "id": run.id,
            "node_id": node("CR", run.id),
            "name": run.name,
            "head_sha": run.head,
            "external_id": run.external or "",
            "url": url,
            "html_url": f"{self.page}/runs/{run.id}",
            "details_url": run.details or self.page,
            "status": run.status,
            "conclusion": run.conclusion,
            "started_at": run.started,
            "completed_at": run.completed,
            "output": {
                "title": run.title,
                "summary": run.summary,
                "text": run.text,
                "annotations_count": len(run.annotations),
                "annotations_url": f"{url}/annotations",
            },
            "check_suite": {"id": 5},
            "app": self.app(),
            "pull_requests": [],
        }

    def status(self, status: Status) -> Json:
        """Return a commit's status without its creator."""
        return {
            "id": status.id,
            "node_id": node("SC", status.id),
            "url": f"{self.repo_api}/statuses/{status.sha}",
            "avatar_url": f"{self.web}/avatars/{status.creator.id}",
            "state": status.state,
            "context": status.context,
            "description": status.description,
            "target_url": status.target,
            "created_at": status.created,
            "updated_at": status.created,
        }
