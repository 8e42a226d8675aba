"""Fetch what two other clients recorded of GitHub, by version and digest, and read it; nothing of it is kept in git."""

import ast
import base64
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
SOURCES = HERE / "sources.txt"
CACHE = HERE.parents[1] / ".nova" / "recorded"  # which git ignores
PIN = re.compile(r"(?P<name>[\w.]+)==(?P<version>\S+) --hash=sha256:(?P<digest>[0-9a-f]{64})")
SECONDS = 240
HOST = "https://api.github.com"


@dataclass(frozen=True)
class Recording:
    """One request that somebody made, and GitHub's answer. `path` has its query; header names are in lower case."""

    source: str
    method: str
    path: str
    asked: str
    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def bare(self) -> str:
        """Return the path without its query."""
        return self.path.partition("?")[0]


class Unavailable(Exception):
    """The recordings are not here and cannot be had."""


def recordings() -> list[Recording]:
    """Return everything that was recorded; fetch it when it is not here yet. Raise Unavailable."""
    pins = [match.groupdict() for match in PIN.finditer(SOURCES.read_text("utf-8"))]
    paths = [CACHE / f"{pin['name'].lower()}-{pin['version']}.tar.gz" for pin in pins]
    if not all(path.is_file() for path in paths):
        _fetch()
    for path, pin in zip(paths, pins, strict=True):
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != pin["digest"]:
            raise Unavailable(f"{path} is not what {SOURCES.name} says; remove it")
    return [one for path in paths for one in _read(path)]


def _fetch() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    command += ["--require-hashes", "--requirement", str(SOURCES), "--dest", str(CACHE)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"pip did not fetch the recordings: {type(error).__name__}") from error
    if done.returncode != 0:
        raise Unavailable(f"pip did not fetch the recordings: {(done.stderr.strip().splitlines() or ['?'])[-1]}")


def _read(path: Path) -> Iterator[Recording]:
    with tarfile.open(path) as archive:
        for member in archive:
            folder, _, name = member.name.rpartition("/")
            kept = archive.extractfile(member) if member.isfile() else None
            if kept and folder.endswith("/tests/cassettes"):
                yield from _cassette(name, kept.read())
            elif kept and folder.endswith("/tests/ReplayData"):
                yield from _replay(name, kept.read().decode())


def _cassette(name: str, data: bytes) -> Iterator[Recording]:
    """Read one recording of github3.py's: JSON, with bodies as text or packed."""
    for one in json.loads(data)["http_interactions"]:
        asked, answer = one["request"], one["response"]
        body = answer["body"]
        packed = base64.b64decode(body["base64_string"]) if "base64_string" in body else body["string"].encode()
        status = answer["status"]["code"] if "status" in answer else answer["status_code"]
        headers = {
            key: ", ".join(value) if isinstance(value, list) else value for key, value in answer["headers"].items()
        }
        text = asked["body"]["string"] if isinstance(asked["body"], dict) else asked["body"]
        plain = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed
        yield _recording(name, (asked["method"], asked["uri"], text), status, headers, plain)


def _replay(name: str, text: str) -> Iterator[Recording]:
    """Read one recording of PyGithub's: ten lines for each request, the answer's headers as a list of pairs."""
    lines = text.split("\n")
    for start in range(0, len(lines) - 9, 11):
        scheme, method, host, _, path, _, asked, status, headers, body = lines[start : start + 10]
        if status.isdigit():
            pairs = dict(ast.literal_eval(headers))
            yield _recording(name, (method, f"{scheme}://{host}{path}", asked), int(status), pairs, body.encode())


def _recording(
    name: str, asked: tuple[str, str, str], status: int, headers: Mapping[str, str], data: bytes
) -> Recording:
    method, address, text = asked
    parts = urlsplit(address)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lowered = {key.lower(): value for key, value in headers.items()}
    return Recording(name, method, path, text, status, lowered, data)
