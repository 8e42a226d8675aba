"""Which repository at which host a remote's URL means; a credential in it is dropped (pure)."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from improver.errors import UsageError

HTTP = {"http": 80, "https": 443}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}/[A-Za-z0-9._-]{1,100}")  # owner/name
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]{2,45}\]")
SCP = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[^@/:\s]{2,}):(?!//)(?P<path>\S+)")  # user@host:owner/name.git
LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
ALIASES = {"ssh.github.com": "github.com", "www.github.com": "github.com"}
OTHERS = ("gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "dev.azure.com", "ssh.dev.azure.com")
FIX = "give the remote a URL such as https://github.com/owner/name, or export GITHUB_API_URL and GITHUB_REPOSITORY"


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository: `web` is where its pages are, `api` where its host answers, `name` is owner/name."""

    web: str
    api: str
    name: str

    @property
    def known(self) -> bool:
        """Tell whether the host is GitHub's own, which any token of GitHub may be shown to."""
        host = urlsplit(self.web).hostname or ""
        return self.web.startswith("https://") and (host == "github.com" or host.endswith(".ghe.com"))


def derive(url: str, *, api: str = "", repository: str = "") -> Origin:
    """Return what the remote `url` means; `api` and `repository` win over what it says. Raise UsageError."""
    where = shown(url)
    if not (api and repository):
        web, name = _read(url, where)
        if api and urlsplit(web_of(api)).hostname != urlsplit(web).hostname:
            why = f"the remote is at {web}, GITHUB_API_URL is {shown(api)}"
            raise UsageError("the remote belongs to another host", where=where, why=why, fix=FIX)
        return Origin(web_of(api) or web, _base(api) or api_of(web), _name(repository or name, where))
    return Origin(web_of(api), _base(api), _name(repository, "GITHUB_REPOSITORY"))


def shown(url: str) -> str:
    """Return a URL without what could be a credential in it, for a message."""
    return re.sub(r"[?#].*", "", re.sub(r"//[^/]*@", "//", url))


def api_of(web: str) -> str:
    """Return the address of the API of the host whose pages are at `web`."""
    scheme, _, host = web.partition("://")
    if host == "github.com" or host.endswith(".ghe.com"):
        return f"{scheme}://api.{host}"
    return f"{web}/api/v3"


def web_of(api: str) -> str:
    """Return where the pages are of the host whose API is at `api`, "" for ""."""
    base = _base(api).removesuffix("/api/v3")
    scheme, _, host = base.partition("://")
    return f"{scheme}://{host.removeprefix('api.')}" if host == "api.github.com" or host.endswith(".ghe.com") else base


def _base(api: str) -> str:
    if not api:
        return ""
    where = f"GITHUB_API_URL={shown(api)}"
    parts = _split(api, where)
    return _address(parts, where) + parts.path.rstrip("/")


def _read(url: str, where: str) -> tuple[str, str]:
    """Return the pages' address and owner/name that a remote's URL names."""
    if "://" in url:
        parts = _split(url, where)
        if parts.scheme in HTTP:
            return _address(parts, where), parts.path
        if parts.scheme in ("ssh", "git+ssh"):
            return _web(parts.hostname or "", where), parts.path
    elif found := SCP.fullmatch(url):
        return _web(found["host"].lower(), where), found["path"]
    raise UsageError("the remote is not at a host of pull requests", where=where, fix=FIX)


def _split(url: str, where: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise UsageError("this is no address of a host", where=where, fix=FIX) from error


def _web(host: str, where: str) -> str:
    """Return the pages' address of a host that is reached by ssh; its port there says nothing of the pages'."""
    return _address(_split(f"https://{host}", where), where)


def _address(parts: SplitResult, where: str) -> str:
    """Return scheme, host and port; raise UsageError where a token could be read on the way, or is not for."""
    host = ALIASES.get(parts.hostname or "", parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    try:
        port = parts.port
    except ValueError as error:
        raise UsageError("the port is no port", where=where, why=str(error), fix=FIX) from error
    if parts.scheme not in HTTP or not HOST.fullmatch(host):
        raise UsageError("this is no address of a host", where=where, fix=FIX)
    if host in OTHERS:
        raise UsageError(f"{host} is not a GitHub", where=where, why="its API is another one", fix=FIX)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise UsageError("a token would travel in the clear", where=where, why="it is http", fix="use https")
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, HTTP[parts.scheme]) else "")


def _name(path: str, where: str) -> str:
    name = path.strip("/").removesuffix(".git")
    if not NAME.fullmatch(name) or name.split("/")[1] in (".", ".."):
        raise UsageError("the remote names no owner/name", where=where, fix=FIX)
    return name
