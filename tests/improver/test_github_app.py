"""An app signs for itself, finds its installation, and is given tokens that are renewed before they end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from improver.access import HostSettings, Secret
from improver.adapters.github_app import Account, open_account
from improver.adapters.github_session import Line
from improver.errors import ForgeError
from tests.improver.loopback import TOKEN, Answer, Hours, Loopback, keeps_quiet, serving

pytestmark = pytest.mark.host
TOKENS = "POST /app/installations/34/access_tokens"
LOOKED_UP = "GET /repos/ada/engine/installation"


@pytest.fixture
def host() -> Iterator[Loopback]:
    with serving() as loopback:
        yield loopback


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, traditional, serialization.NoEncryption())


@pytest.fixture
def key_path(key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "app.pem"
    path.write_bytes(pem(key))
    return path


def settings(host: Loopback, key: Path | None, installation: str = "") -> HostSettings:
    return HostSettings(app_id="12", app_key=key, installation=installation, api=host.url, repository="ada/engine")


def given(token: str, until: float) -> Answer:
    at = datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Answer({"token": token, "expires_at": at, "permissions": {"contents": "write"}}, 201)


def account(host: Loopback, hours: Hours, key: Path | None, installation: str = "") -> Account:
    return open_account(settings(host, key, installation), "", hours.clock)


def test_an_app_is_given_a_token_for_this_repository_only(
    host: Loopback, hours: Hours, key: rsa.RSAPrivateKey, key_path: Path
) -> None:
    host.on(LOOKED_UP, Answer({"id": 34, "account": {"login": "ada"}}))
    host.on(TOKENS, given("ghs_first", hours.time + 3600))
    assert account(host, hours, key_path).token() == "ghs_first"
    assert host.calls == [LOOKED_UP, TOKENS]
    assert host.last("POST") == {"repositories": ["engine"]}
    for one in host.asked:
        signed = one.headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(signed, key.public_key(), ["RS256"], options={"verify_exp": False, "verify_iat": False})
        assert claims == {"iss": "12", "iat": int(hours.time) - 60, "exp": int(hours.time) + 540}


def test_a_token_is_renewed_before_it_ends(host: Loopback, hours: Hours, key_path: Path) -> None:
    host.on(TOKENS, given("ghs_first", hours.time + 3600), given("ghs_second", hours.time + 7200))
    token = account(host, hours, key_path, "34").token
    seen = []
    for _ in range(4):
        seen.append(token())
        hours.sleep(1200)
    assert seen == ["ghs_first", "ghs_first", "ghs_first", "ghs_second"]
    assert host.calls == [TOKENS, TOKENS]


def test_a_line_speaks_with_the_newest_token(host: Loopback, hours: Hours, key_path: Path) -> None:
    host.on(TOKENS, given("ghs_first", hours.time + 3600), given("ghs_second", hours.time + 7200))
    host.on("GET /x", Answer({}))
    line = Line(host.url, account(host, hours, key_path, "34").token, hours.clock)
    line.get("/x")
    hours.sleep(3500)
    line.get("/x")
    sent = [one.headers["authorization"] for one in host.asked if one.method == "GET"]
    assert sent == ["Bearer ghs_first", "Bearer ghs_second"]


@pytest.mark.parametrize(
    ("request_made", "answer", "what"),
    [
        pytest.param(LOOKED_UP, Answer({"message": "Not Found"}, 404), "the host knows no such thing", id="not there"),
        pytest.param(
            LOOKED_UP, Answer({"message": "A JSON web token could not be decoded"}, 401), "token", id="refused"
        ),
        pytest.param(
            TOKENS,
            Answer({"message": "There is at least one repository that does not exist"}, 422),
            "the app is not installed on a repository ada/engine",
            id="renamed",
        ),
        pytest.param(TOKENS, Answer({"token": "ghs_first"}, 201), "the host's answer lacks", id="without an end"),
        pytest.param(
            TOKENS,
            Answer({"token": "ghs_first", "expires_at": "soon"}, 201),
            "the host's answer lacks",
            id="an odd end",
        ),
    ],
)
def test_what_the_host_refuses_is_told_without_the_key(
    request_made: str, answer: Answer, what: str, host: Loopback, hours: Hours, key_path: Path
) -> None:
    host.on(request_made, answer)
    host.on(LOOKED_UP, Answer({"id": 34}))
    with pytest.raises(ForgeError, match=what) as error:
        account(host, hours, key_path).token()
    assert keeps_quiet(error.value, "ghs_first", key_path.read_text().splitlines()[1])


@pytest.mark.parametrize(
    "text", [b"", b"canary", b"-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----\n", b"\xff"]
)
def test_what_is_no_key_is_refused_unseen(text: bytes, host: Loopback, hours: Hours, tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_bytes(text)
    with pytest.raises(ForgeError, match="the app's private key") as error:
        account(host, hours, tmp_path / "app.pem").token()
    assert keeps_quiet(error.value, "canary")
    assert host.asked == []


def test_a_key_of_another_kind_is_refused(host: Loopback, hours: Hours, tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ForgeError, match="the app's private key cannot sign"):
        account(host, hours, tmp_path / "app.pem").token()


@pytest.mark.parametrize(
    ("installation", "what"),
    [("", "the app has no private key"), ("../34", "the installation is not a number")],
)
def test_half_an_app_is_refused(installation: str, what: str, host: Loopback, hours: Hours) -> None:
    with pytest.raises(ForgeError, match=what):
        account(host, hours, None, installation)


def test_a_missing_key_is_refused(host: Loopback, hours: Hours, tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="the app's private key cannot be read"):
        account(host, hours, tmp_path / "nowhere.pem")


def test_a_plain_token_comes_before_the_app() -> None:
    found = open_account(HostSettings(token=Secret(TOKEN), app_id="12"), "https://github.com/ada/engine.git")
    assert (found.token(), found.origin.name, found.origin.api) == (TOKEN, "ada/engine", "https://api.github.com")
    assert TOKEN not in repr(found)


def test_no_token_is_told_with_the_permissions_it_needs() -> None:
    with pytest.raises(ForgeError) as error:
        open_account(HostSettings(), "https://github.com/ada/engine.git")
    assert error.value.what == "there is no token"
    assert error.value.hint.fix == (
        "export NOVA_GITHUB_TOKEN=... with contents, pull requests, checks and issues: write"
    )


def test_a_remote_alone_does_not_get_to_see_a_token() -> None:
    with pytest.raises(ForgeError, match="this host is not known") as error:
        open_account(HostSettings(token=Secret(TOKEN)), "https://ghe.example/ada/engine.git")
    assert error.value.hint.fix == "export GITHUB_API_URL=https://ghe.example/api/v3 if that is its API"
    said = HostSettings(token=Secret(TOKEN), api="https://ghe.example/api/v3")
    assert open_account(said, "https://ghe.example/ada/engine.git").token() == TOKEN
