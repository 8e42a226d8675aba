"""Calls a stand-in for its own tests, with nothing but the standard library."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stand_in import Hub
from tests.stand_in.bare import environment


@dataclass(frozen=True)
class Said:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """Somebody with a token."""

    hub: Hub
    token: str

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        """Make one call; `path` is below /repos/OWNER/NAME, or begins with a slash and is taken as it is."""
        whole = path if path.startswith("/") else f"/repos/{self.hub.name}/{path}".rstrip("/")
        url = (self.hub.url if whole == "/graphql" else self.hub.api) + whole
        sent = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310 - on loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return Said(answer.status, json.loads(answer.read() or b"null"), dict(answer.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Said(error.code, json.loads(error.read() or b"null"), dict(error.headers))

    def git(self, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run git in a folder, with the token in the environment only."""
        basic = b64encode(f"x-access-token:{self.token}".encode()).decode()
        env = environment() | {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{self.hub.url}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
            "HOME": os.devnull,
        }
        return subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
