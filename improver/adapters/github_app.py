"""Who we are to GitHub: the bearer of a token, or an app whose installation is given one for an hour at a time."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jwt

from improver.access import HostSettings, Secret
from improver.adapters.github_errors import NO_TOKEN_FIX, messages
from improver.adapters.github_json import INSTALLATION, TOKEN, read
from improver.adapters.github_session import CLOCK, Clock, Line
from improver.adapters.origin import Origin, derive
from improver.errors import ForgeError

LIVES = 540  # seconds that a signed request to GitHub holds; it allows ten minutes
SKEW = 60  # seconds that its clock may be behind ours
MARGIN = 300.0  # seconds before its end that a token is replaced: no call that began with it outlives it
KEY_FIX = "export NOVA_GITHUB_APP_KEY as the path of the private key (PEM, RSA) that the app's page gave you"


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its number or client id, its private key, and its installation where that is known."""

    identity: str
    key: Secret
    installation: str = ""


class AppToken:
    """Calls return a token of the app's installation on one repository, with a while to live."""

    def __init__(self, app: App, origin: Origin, clock: Clock) -> None:
        self._app = app
        self._origin = origin
        self._clock = clock
        self._line = Line(origin.api, self._signed, clock)
        self._installation = app.installation
        self._held: Secret | None = None
        self._until = 0.0

    def __call__(self) -> str:
        """Return the token, a new one when the last one is about to end."""
        if self._held is None or self._clock.now() + MARGIN >= self._until:
            self._held, self._until = self._fresh()
        return self._held.reveal()

    def _fresh(self) -> tuple[Secret, float]:
        """Return a new token for this repository only, and its end."""
        if not self._installation:
            found = read(INSTALLATION, self._line.get(f"/repos/{self._origin.name}/installation"))
            self._installation = str(found.id)
        asked = {"repositories": [self._origin.name.partition("/")[2]]}
        # A token that was made but lost on the way does no harm: it ends within the hour.
        path = f"/app/installations/{self._installation}/access_tokens"
        reply = self._line.send("POST", path, asked, also=(422,), again=True)
        if reply.status == 422:  # a former name of a repository, which all else still goes by, counts for nothing here
            why, fix = "; ".join(messages(reply)), f"git remote set-url origin {self._origin.web}/OWNER/NAME.git"
            what = f"the app is not installed on a repository {self._origin.name}"
            raise ForgeError(what, where=reply.where, why=why, fix=f"install it there, or if it was renamed: {fix}")
        given = read(TOKEN, reply)
        return Secret(given.token), datetime.fromisoformat(given.expires_at).timestamp()

    def _signed(self) -> str:
        """Return what proves for some minutes that we are the app."""
        now = int(self._clock.now())
        claims = {"iat": now - SKEW, "exp": now + LIVES, "iss": self._app.identity}
        with contextlib.suppress(jwt.PyJWTError, ValueError, TypeError):  # whose words could show a piece of the key
            return jwt.encode(claims, self._app.key.reveal(), algorithm="RS256")
        raise ForgeError("the app's private key cannot sign", fix=KEY_FIX)


@dataclass(frozen=True, slots=True)
class Account:
    """Where a repository is hosted, and the token as which we speak there; each call may bring a newer one."""

    origin: Origin
    token: Callable[[], str]


def open_account(settings: HostSettings, remote_url: str, clock: Clock = CLOCK) -> Account:
    """Return as whom we speak to the host of the remote; nothing is asked of it yet."""
    origin = derive(remote_url, api=settings.api, repository=settings.repository)
    if not (settings.token or settings.app_id):
        raise ForgeError("there is no token", where=origin.web, fix=NO_TOKEN_FIX)
    if not (origin.known or settings.api):
        # A remote's address alone, which a clone may have brought, does not get to see a token.
        why = "the token is for GitHub until somebody says otherwise"
        fix = f"export GITHUB_API_URL={origin.api} if that is its API"
        raise ForgeError("this host is not known", where=origin.web, why=why, fix=fix)
    if settings.token:
        return Account(origin, settings.token.reveal)
    return Account(origin, AppToken(_app(settings), origin, clock))


def _app(settings: HostSettings) -> App:
    if settings.installation and not settings.installation.isdigit():
        fix = "export NOVA_GITHUB_INSTALLATION as a number, or not at all: it is looked up"
        raise ForgeError("the installation is not a number", fix=fix)
    if settings.app_key is None:
        raise ForgeError("the app has no private key", where="NOVA_GITHUB_APP_KEY", fix=KEY_FIX)
    return App(settings.app_id, _key(settings.app_key), settings.installation)


def _key(path: Path) -> Secret:
    try:
        return Secret(path.read_text("ascii"))
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
    raise ForgeError("the app's private key cannot be read", where=str(path), why=why, fix=KEY_FIX)
