"""The calls about who asks: users, permissions, what is left of a rate, and the tokens of an app's installation."""

import time
from datetime import UTC, datetime, timedelta

import jwt
from jwt.types import Options

from tests.stand_in.answers import Json, Refused, Reply
from tests.stand_in.routing import REPO, Request, route
from tests.stand_in.shapes import APP, APP_SLUG, CLIENT, INSTALLATION, SINCE
from tests.stand_in.state import EVERYTHING, State, Token

LEGACY = {"maintain": "write", "triage": "read"}  # `permission` knows no others than admin, write, read and none
LIMIT = 5000


@route("GET", "/user")
def user(request: Request) -> Reply:
    if request.token.kind == "installation":
        raise Refused(403, "Resource not accessible by integration")
    return Reply(200, request.shapes.viewer(request.token.account))


@route("GET", "/rate_limit")
def rate_limit(request: Request) -> Reply:
    left = request.state.calls_left
    rate = {"limit": LIMIT, "remaining": left, "used": LIMIT - left, "reset": int(time.time()) + 3600}
    searching = {"limit": 30, "remaining": 30, "used": 0, "reset": int(time.time()) + 60}
    return Reply(200, {"resources": {"core": rate, "search": searching, "graphql": rate}, "rate": rate})


@route("GET", f"{REPO}/collaborators/{{login}}/permission")
def permission(request: Request) -> Reply:
    account = request.state.accounts.get(request.params["login"])
    if account is None:
        raise Refused(404, f"{request.params['login']} is not a user")
    role = request.state.role(account)
    shape = request.shapes.user(account)
    shape |= {"permissions": request.shapes.permissions(account), "role_name": role}
    return Reply(200, {"permission": LEGACY.get(role, role), "role_name": role, "user": shape})


def app_token(state: State, shown: str) -> Token:
    """Return what a JWT signed with the app's private key allows: to ask for an installation's token."""
    wanted: Options = {"require": ["iat", "exp"]}
    for key in state.app_keys:
        try:
            said = jwt.decode(shown, key, algorithms=["RS256"], issuer=[str(APP), CLIENT], options=wanted)
        except jwt.ExpiredSignatureError as error:
            raise Refused(401, "'Expiration time' claim ('exp') must be a numeric value in the future") from error
        except jwt.InvalidTokenError:
            continue
        if said["exp"] - said["iat"] > 600 + 60:
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        return Token(shown, state.accounts[f"{APP_SLUG}[bot]"], "app", {})
    raise Refused(401, "A JSON web token could not be decoded")


@route("GET", f"{REPO}/installation")
def installation(request: Request) -> Reply:
    _only_the_app(request)
    owner = request.shapes.owner()
    shape: Json = {
        "id": INSTALLATION,
        "app_id": APP,
        "app_slug": APP_SLUG,
        "client_id": CLIENT,
        "account": owner,
        "target_id": owner["id"],
        "target_type": owner["type"],
        "repository_selection": "selected",
        "access_tokens_url": f"{request.shapes.api}/app/installations/{INSTALLATION}/access_tokens",
        "repositories_url": f"{request.shapes.api}/installation/repositories",
        "html_url": f"{request.shapes.web}/settings/installations/{INSTALLATION}",
        "permissions": EVERYTHING | {"metadata": "read"},
        "events": [],
        "created_at": SINCE,
        "updated_at": SINCE,
        **dict.fromkeys(("single_file_name", "suspended_by", "suspended_at")),
    }
    return Reply(200, shape)


def _only_the_app(request: Request) -> None:
    if request.token.kind != "app":
        raise Refused(401, "A JSON web token could not be decoded")


@route("POST", "/app/installations/{number}/access_tokens")
def access_token(request: Request) -> Reply:
    _only_the_app(request)
    if request.params["number"] != str(INSTALLATION):
        raise Refused(404, "Not Found")
    asked: dict[str, str] = request.body.get("permissions") or EVERYTHING
    if not asked.keys() <= EVERYTHING.keys():
        raise Refused(422, "The permissions requested are not granted to this installation.")
    if request.body.get("repositories", [request.state.name.split("/")[1]]) != [request.state.name.split("/")[1]]:
        raise Refused(422, "There is at least one repository that does not exist or is not accessible to it.")
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    value = f"ghs_{request.state.new_id()}"
    request.state.tokens[value] = Token(value, request.token.account, "installation", asked, (), ends)
    shape = {"token": value, "expires_at": ends.isoformat().replace("+00:00", "Z"), "permissions": asked}
    return Reply(201, shape | {"repository_selection": "selected"})
