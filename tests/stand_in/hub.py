"""The stand-in for GitHub: one repository over a real bare one, served on loopback, its people and its faults."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stand_in.bare import Bare
from tests.stand_in.faults import Call, Faults
from tests.stand_in.human import Human
from tests.stand_in.server import ENTERPRISE, Server
from tests.stand_in.shapes import APP, APP_SLUG, INSTALLATION
from tests.stand_in.state import EVERYTHING, ROLES, Account, State, Thread, Token

PEOPLE = {  # login: role, and what is said of them
    "owner": ("admin", "OWNER"),
    "maintainer": ("maintain", "MEMBER"),
    "writer": ("write", "COLLABORATOR"),
    "triager": ("triage", "COLLABORATOR"),
    "reader": ("read", "COLLABORATOR"),
    "stranger": ("none", "NONE"),
    "nova-bot": ("write", "COLLABORATOR"),  # a user's account that a program uses
    f"{APP_SLUG}[bot]": ("none", "NONE"),  # an app; its installation's tokens may write
    "dependabot[bot]": ("none", "NONE"),
}


class Hub:
    """What a test holds of the stand-in."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.state = State(Bare(folder / "served.git"), name)
        self.state.bare.create(self.state.default_branch)
        self.faults = Faults()
        self.server = Server(self.state, self.faults)
        self.account(name.split("/", maxsplit=1)[0], "none")
        for login, (role, association) in PEOPLE.items():
            self.account(login, role, association)

    @property
    def name(self) -> str:
        """Return owner/name as it is now."""
        return self.state.name

    @property
    def url(self) -> str:
        """Return where the pages would be."""
        return self.server.url

    @property
    def api(self) -> str:
        """Return where the API is, as at an Enterprise host; below `url` itself it is too, as at github.com."""
        return self.url + ENTERPRISE

    @property
    def git_url(self) -> str:
        """Return what to clone, fetch and push; it holds no token."""
        return f"{self.url}/{self.name}.git"

    @property
    def bare(self) -> Bare:
        """Return the repository itself."""
        return self.state.bare

    @property
    def calls(self) -> list[Call]:
        """Return every call since the last `faults.restart()`."""
        return list(self.faults.calls)

    def account(self, login: str, role: str, association: str = "NONE") -> Account:
        """Make an account that may do here what `role` may (none, read, triage, write, maintain or admin)."""
        known = self.state.accounts.get(login)
        account = known or Account(login, self.state.new_id(), login.endswith("[bot]"), association)
        self.state.accounts[login] = account
        self.permit(login, role)
        return account

    def permit(self, login: str, role: str) -> None:
        """Give somebody another role."""
        if role not in ROLES:
            raise ValueError(f"{role} is none of {', '.join(ROLES)}")
        self.state.roles[login] = role

    def token(self, login: str, *, may: dict[str, str] | None = None, scopes: tuple[str, ...] = ("repo",)) -> str:
        """Return a new token of somebody: with permissions a fine-grained one, else a classic one with scopes."""
        kind, prefix = ("classic", "ghp") if may is None else ("fine", "github_pat")
        return self._keep(Token(f"{prefix}_{self.state.new_id()}", self.state.accounts[login], kind, may or {}, scopes))

    def installation_token(self, may: dict[str, str] | None = None) -> str:
        """Return a token such as a workflow is given: of an app's installation in this repository."""
        account = self.state.accounts[f"{APP_SLUG}[bot]"]
        granted = EVERYTHING if may is None else may
        ends = datetime.now(UTC) + timedelta(hours=1)
        return self._keep(Token(f"ghs_{self.state.new_id()}", account, "installation", granted, (), ends))

    def _keep(self, token: Token) -> str:
        self.state.tokens[token.value] = token
        return token.value

    def revoke(self, token: str) -> None:
        """Make a token worth nothing."""
        del self.state.tokens[token]

    def app_key(self) -> Path:
        """Register a new key of the app; return the file of its private half (PEM)."""
        key = rsa.generate_private_key(65537, 2048)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.state.app_keys.append(public)
        path = self.folder / f"app-{len(self.state.app_keys)}.pem"
        private = serialization.PrivateFormat.TraditionalOpenSSL
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
        path.chmod(0o600)
        return path

    @property
    def app(self) -> tuple[int, int]:
        """Return the ids of the app and of its installation."""
        return APP, INSTALLATION

    def human(self, login: str) -> Human:
        """Return somebody, to act in their name."""
        return Human(self.state, self.state.accounts[login])

    def thread(self, number: int) -> Thread:
        """Return a pull request or issue as the host keeps it."""
        return self.state.threads[number]

    def load(self, repository: Path) -> None:
        """Take over all branches of a repository on this disk."""
        self.bare.git("fetch", "--quiet", "--force", str(repository), "+refs/heads/*:refs/heads/*")

    def protect(self, *branches: str) -> None:
        """Let nobody push to these branches any longer, and to no others."""
        self.bare.protect(list(branches))

    def rename(self, name: str) -> None:
        """Give the repository another owner/name; calls by the former one are sent on."""
        with self.state.lock:
            self.state.former.append(self.state.name)
            self.state.name = name
            self.account(name.split("/", maxsplit=1)[0], "none")

    def archive(self) -> None:
        """Make the repository one that is only read."""
        self.state.archived = True

    def unarchive(self) -> None:
        """Make it one that can be changed again."""
        self.state.archived = False


@contextmanager
def stand_in(folder: Path, name: str = "acme/shop") -> Iterator[Hub]:
    """Serve a repository `name`, empty at first, from a new folder; `main` is protected."""
    hub = Hub(folder, name)
    hub.protect("main")
    thread = threading.Thread(target=hub.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.server.closing.set()
        hub.server.shutdown()
        hub.server.server_close()
        thread.join()
    if hub.server.broke:
        raise RuntimeError("the stand-in itself broke:\n" + "\n".join(hub.server.broke))
