"""A remote's URL is read as the host, its API and owner/name, or refused with the fix."""

import pytest

from improver.adapters.origin import Origin, derive
from improver.errors import UsageError

GITHUB = Origin("https://github.com", "https://api.github.com", "ada/engine")
ENTERPRISE = Origin("https://ghe.example", "https://ghe.example/api/v3", "ada/engine")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://github.com/ada/engine.git", GITHUB, id="https"),
        pytest.param("https://github.com/ada/engine/", GITHUB, id="https without .git"),
        pytest.param("https://GitHub.com:443/ada/engine", GITHUB, id="https with its own port"),
        pytest.param("https://ada:canary@github.com/ada/engine", GITHUB, id="https with a credential"),
        pytest.param("https://x-access-token:canary@www.github.com/ada/engine", GITHUB, id="www"),
        pytest.param("git@github.com:ada/engine.git", GITHUB, id="ssh, the short way"),
        pytest.param("github.com:ada/engine", GITHUB, id="ssh without a user"),
        pytest.param("ssh://git@github.com/ada/engine.git", GITHUB, id="ssh"),
        pytest.param("ssh://git@ssh.github.com:443/ada/engine.git", GITHUB, id="ssh through the https port"),
        pytest.param("git@ghe.example:ada/engine.git", ENTERPRISE, id="enterprise over ssh"),
        pytest.param("ssh://git@ghe.example:2222/ada/engine.git", ENTERPRISE, id="enterprise over ssh on a port"),
        pytest.param("https://ghe.example/ada/engine.git", ENTERPRISE, id="enterprise over https"),
        pytest.param(
            "https://ghe.example:8443/ada/engine.git",
            Origin("https://ghe.example:8443", "https://ghe.example:8443/api/v3", "ada/engine"),
            id="enterprise on a port",
        ),
        pytest.param(
            "git@acme.ghe.com:ada/engine.git",
            Origin("https://acme.ghe.com", "https://api.acme.ghe.com", "ada/engine"),
            id="enterprise in the cloud",
        ),
        pytest.param(
            "http://127.0.0.1:8080/ada/engine.git",
            Origin("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v3", "ada/engine"),
            id="this machine",
        ),
        pytest.param(
            "http://[::1]:8080/ada/engine.git",
            Origin("http://[::1]:8080", "http://[::1]:8080/api/v3", "ada/engine"),
            id="this machine in the newer protocol",
        ),
    ],
)
def test_a_remote_is_read(url: str, expected: Origin) -> None:
    assert derive(url) == expected


@pytest.mark.parametrize(
    ("api", "repository", "expected"),
    [
        pytest.param("https://ghe.example/api/v3/", "", ENTERPRISE, id="the API of the remote's host"),
        pytest.param(
            "https://ghe.example/api/v3",
            "grace/compiler",
            Origin("https://ghe.example", "https://ghe.example/api/v3", "grace/compiler"),
            id="both",
        ),
        pytest.param(
            "",
            "grace/compiler",
            Origin("https://ghe.example", "https://ghe.example/api/v3", "grace/compiler"),
            id="a repository at the remote's host",
        ),
    ],
)
def test_what_surrounds_us_wins_over_the_remote(api: str, repository: str, expected: Origin) -> None:
    assert derive("https://ghe.example/ada/engine", api=api, repository=repository) == expected


def test_a_local_remote_is_no_obstacle_where_all_is_said() -> None:
    found = derive("/srv/engine.git", api="https://api.github.com", repository="ada/engine")
    assert found == GITHUB


def test_the_cloud_enterprises_api_has_its_pages_beside_it() -> None:
    found = derive("", api="https://api.acme.ghe.com", repository="ada/engine")
    assert found == Origin("https://acme.ghe.com", "https://api.acme.ghe.com", "ada/engine")


@pytest.mark.parametrize(
    ("url", "api", "what"),
    [
        pytest.param("/srv/engine.git", "", "the remote is not at a host of pull requests", id="a path"),
        pytest.param("../engine", "", "the remote is not at a host of pull requests", id="a relative path"),
        pytest.param("C:/engine", "", "the remote is not at a host of pull requests", id="a drive"),
        pytest.param("file:///srv/engine.git", "", "the remote is not at a host of pull requests", id="a file"),
        pytest.param("ext::sh -c id", "", "the remote is not at a host of pull requests", id="a command"),
        pytest.param("", "", "the remote is not at a host of pull requests", id="nothing"),
        pytest.param("https://github.com/ada", "", "the remote names no owner/name", id="no name"),
        pytest.param("https://github.com/ada/..", "", "the remote names no owner/name", id="a name that climbs"),
        pytest.param("https://github.com/ada/engine/pulls", "", "the remote names no owner/name", id="a page"),
        pytest.param("https://github.com/ada/en%67ine", "", "the remote names no owner/name", id="an escaped name"),
        pytest.param("git@gitlab.com:ada/engine.git", "", "gitlab.com is not a GitHub", id="another host"),
        pytest.param("http://github.com/ada/engine", "", "a token would travel in the clear", id="http"),
        pytest.param("https://ghe.example:99999/ada/engine", "", "the port is no port", id="a port beyond all"),
        pytest.param("https:///ada/engine", "", "this is no address of a host", id="no host"),
        pytest.param("https://[::1/ada/engine", "", "this is no address of a host", id="half an address"),
        pytest.param("https://gh e/ada/engine", "", "this is no address of a host", id="a host with a blank"),
        pytest.param("https://-x/ada/engine", "", "this is no address of a host", id="a host like an option"),
        pytest.param("https://github.com/ada/engine", "api.github.com", "this is no address of a host", id="a bad API"),
        pytest.param(
            "https://other.example/ada/engine",
            "https://api.github.com",
            "the remote belongs to another host",
            id="an API of another host",
        ),
    ],
)
def test_what_is_no_host_of_ours_is_refused(url: str, api: str, what: str) -> None:
    with pytest.raises(UsageError) as refused:
        derive(url, api=api)
    assert (refused.value.what, bool(refused.value.hint.fix)) == (what, True)


@pytest.mark.parametrize("url", ["https://ada:canary@gitlab.com/a/b", "https://canary@h/x", "ftp://canary@h/x?canary"])
def test_a_refusal_keeps_the_credential_to_itself(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        derive(url)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("origin", "known"),
    [
        pytest.param(GITHUB, True, id="GitHub"),
        pytest.param(Origin("https://acme.ghe.com", "https://api.acme.ghe.com", "a/b"), True, id="its cloud"),
        pytest.param(ENTERPRISE, False, id="somebody's own server"),
        pytest.param(Origin("https://github.com.evil.example", "", "a/b"), False, id="a name that looks like it"),
    ],
)
def test_a_host_that_is_githubs_own_is_known(origin: Origin, known: bool) -> None:
    assert origin.known is known
