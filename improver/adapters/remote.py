"""The repository at a host, over git: the token is in one process's environment, and only refs of ours are written."""

import base64
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import TimeoutExpired
from urllib.parse import urlsplit

import git

from improver.access import Secret
from improver.adapters.git_command import GitCommand, Output
from improver.adapters.origin import LOOPBACK
from improver.adapters.remote_errors import failure, lost_race
from improver.adapters.repository import FALLBACK_IDENTITY, OURS, authorship, oid
from improver.errors import ForgeError

NETWORK = frozenset({"push", "fetch", "ls-remote"})
LOCAL = frozenset({"hash-object", "mktree", "commit-tree", "cat-file"})
SECONDS = 120.0  # for one exchange; one that stands still is given up sooner
EVIDENCE = "refs/nova/evidence/"
BRANCHES = "refs/heads/nova/"
FILE = "evidence.json"
LARGEST = 8 * 2**20  # bytes of evidence that are read back
MADE = "2000-01-01T00:00:00+00:00"  # of evidence's commits: the same bytes are the same commit
IDENTITY = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
PULL = re.compile(r"refs/pull/(?P<number>[1-9][0-9]{0,8})/head")
READABLE = re.compile(r"refs/heads/[^\s:^~?*\[\\]{1,200}|refs/pull/[0-9]{1,9}/head|refs/nova/evidence/[a-z0-9-]{1,48}")
FETCHING = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance")
SETTINGS: Mapping[str, str] = {
    "http.followRedirects": "false",  # the token is for one host
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "30",
    "credential.helper": "",
    "push.gpgSign": "false",
    "push.recurseSubmodules": "no",
    "push.followTags": "false",
    "fetch.recurseSubmodules": "no",
}
# Nobody is asked, and nothing that is traced shows the header.
SILENT = {"GIT_ASKPASS": "/bin/true", "GIT_TRACE_REDACT": "1", "GIT_TRACE_CURL": "0", "GIT_TRACE_PACKET": "0"}


class GitRemote:
    """One repository behind `url` (https, http on loopback, or a local path), for the objects of the one at `root`.

    Raises ForgeError with what to do when the other side does not answer or refuses.
    """

    def __init__(self, root: Path, url: str, token: Callable[[], str], seconds: float = SECONDS) -> None:
        self.url = url
        self._seconds = seconds
        self._token = token  # asked for anew each time: an app's does not last
        self._root = root
        self._config = {"safe.directory": str(root), **SETTINGS, **_allowed(url)}
        self._kept: dict[str, str] = {}  # evidence that is here, by its ref
        self._local = GitCommand(root, LOCAL, {"safe.directory": str(root)})

    def heads(self) -> dict[str, str]:
        """Return the commit of every branch, by its name without refs/heads/."""
        return {ref.removeprefix("refs/heads/"): head for ref, head in self._refs("refs/heads/*").items()}

    def evidence(self) -> dict[str, str]:
        """Return the object of every ref below refs/nova/evidence/, by the proposal's id."""
        return {ref.removeprefix(EVIDENCE): head for ref, head in self._refs(f"{EVIDENCE}*").items()}

    def pull_heads(self) -> dict[int, str]:
        """Return the head of every pull request, open or not, by its number."""
        found = ((PULL.fullmatch(ref), head) for ref, head in self._refs("refs/pull/*/head").items())
        return {int(ref["number"]): head for ref, head in found if ref}

    def push(self, branch: str, commit: str, expected: str) -> bool:
        """Put `branch` (nova/...) at `commit` if it still stands at `expected` ("" for not there); tell if it did."""
        ref = _our_branch(branch)
        return self._pushed(ref, oid(commit), expected) or self._refs(ref).get(ref) == commit

    def push_evidence(self, proposal: str, data: bytes) -> None:
        """Keep a proposal's evidence beside its branch; a second time changes nothing."""
        blob = self._local.run("hash-object", "-w", "--no-filters", "--stdin", stdin=data).text
        tree = self._local.run("mktree", stdin=f"100644 blob {blob}\t{FILE}\n".encode()).text
        signed = authorship(FALLBACK_IDENTITY, MADE)
        words = f"Evidence of {proposal}\n".encode()
        commit = self._local.run("commit-tree", tree, stdin=words, environment=signed).text
        ref = _evidence_ref(proposal)
        if not self._pushed(ref, commit, "") and self._refs(ref).get(ref) != commit:
            fix = f"see what is there: git ls-remote {self.url} {ref}"
            raise ForgeError(f"other evidence is kept for {proposal}", where=self.url, fix=fix)

    def drop_evidence(self, gone: Mapping[str, str]) -> None:
        """Delete the evidence of these proposals, each if it still is the object that is named beside it."""
        refs = {_evidence_ref(proposal): oid(head) for proposal, head in gone.items()}
        leases = [f"--force-with-lease={ref}:{head}" for ref, head in refs.items()]
        output = self._ask("push", "--porcelain", "--no-verify", *leases, self.url, *(f":{ref}" for ref in refs))
        if output.status != 0 and not lost_race(output):
            raise self._failure("push", output)

    def fetch_evidence(self, proposal: str) -> bytes | None:
        """Return the evidence that was pushed for a proposal, None when there is none that could be."""
        ref = _evidence_ref(proposal)
        if ref not in self._kept:
            self._gather()
        if ref not in self._kept:
            return None
        place = f"{self._kept[ref]}:{FILE}"
        size = self._local.ask("cat-file", "-s", place)
        if size.status != 0 or int(size.text) > LARGEST:
            return None
        return self._local.run("cat-file", "blob", place).stdout

    def _gather(self) -> None:
        """Fetch all evidence that is not here yet, in one exchange: whoever asks for one often asks for all."""
        found = {ref: head for ref, head in self._refs(f"{EVIDENCE}*").items() if READABLE.fullmatch(ref)}
        lacking = [ref for ref, head in found.items() if not self._is_here(head)]
        if lacking:
            self._exchange("fetch", *FETCHING, self.url, *lacking)
        self._kept = {ref: head for ref, head in found.items() if self._is_here(head)}

    def delete(self, branch: str, expected: str) -> bool:
        """Delete `branch` (nova/...) if it still stands at `expected`; tell if it did."""
        return self._pushed(_our_branch(branch), "", oid(expected))

    def fetch(self, ref: str, known: str = "") -> str:
        """Fetch one ref (refs/heads/NAME or refs/pull/N/head) into the object store; return its commit.

        `known` is the commit at which it was seen just now: where that is here, nobody is asked again.
        """
        if not READABLE.fullmatch(ref):
            raise ForgeError(f"{ref!a} is nothing that is fetched", where=self.url)
        if known and self._is_here(known):
            return known
        together = f"{BRANCHES}*" if known and ref.startswith(BRANCHES) else ref  # who asks for one will ask for more
        there = {name: head for name, head in self._refs(together).items() if READABLE.fullmatch(name)}
        found = there.get(ref)
        if found is None:
            raise ForgeError(f"there is no {ref}", where=self.url, fix="it was deleted; run the same command again")
        lacking = [name for name, head in there.items() if name == ref or not self._is_here(head)]
        self._exchange("fetch", *FETCHING, self.url, *lacking)
        if not self._is_here(found):
            raise ForgeError(f"{ref} moved while it was fetched", where=self.url, fix="run the same command again")
        return found

    def _is_here(self, commit: str) -> bool:
        return self._local.ask("cat-file", "-e", f"{commit}^{{commit}}").status == 0

    def _refs(self, pattern: str) -> dict[str, str]:
        listed = self._exchange("ls-remote", "--quiet", "--refs", self.url, pattern).text.splitlines()
        return {ref: head for head, _, ref in (line.partition("\t") for line in listed) if ref}

    def _pushed(self, ref: str, commit: str, expected: str) -> bool:
        """Move `ref` from `expected` to `commit` ("" deletes it); False when it was not there any more."""
        lease = f"--force-with-lease={ref}:{expected}"
        output = self._ask("push", "--porcelain", "--no-verify", lease, self.url, f"{commit}:{ref}")
        if output.status == 0:
            return True
        if lost_race(output):
            return False
        raise self._failure("push", output)

    def _exchange(self, verb: str, *arguments: str) -> Output:
        output = self._ask(verb, *arguments)
        if output.status != 0:
            raise self._failure(verb, output)
        return output

    def _ask(self, verb: str, *arguments: str) -> Output:
        token = Secret(self._token())
        network = GitCommand(self._root, NETWORK, {**self._config, **_opened(self.url, token)})
        process = network.start(verb, *arguments, environment=SILENT)
        try:
            stdout, stderr = process.communicate(timeout=self._seconds)
        except TimeoutExpired:
            _end(process)
            why = f"git {verb} had not ended after {self._seconds:.0f} seconds"
            raise ForgeError("the host does not answer", where=self.url, why=why, fix="try again later") from None
        return Output(process.returncode, stdout, stderr.decode("utf-8", "replace").strip())

    def _failure(self, verb: str, output: Output) -> ForgeError:
        return failure(verb, self.url, output, _hidden(Secret(self._token())))


def _end(process: git.Git.AutoInterrupt) -> None:
    """End git without waiting for what it started: that ends by itself when nobody reads what it says."""
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()
    if process.proc is not None:
        process.proc.wait()


def _allowed(url: str) -> dict[str, str]:
    """Return the one protocol that `url` needs as configuration; raise ForgeError for one that is not safe."""
    parts = urlsplit(url)
    scheme = parts.scheme or "file"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    if "@" in parts.netloc:
        raise ForgeError("a remote's URL carries no credentials", fix="export NOVA_GITHUB_TOKEN instead")
    if scheme not in ("https", "http", "file") or (scheme == "http" and host not in LOOPBACK):
        raise ForgeError(f"git does not speak {scheme} to {parts.hostname or url}", fix="use https")
    if scheme == "file" and not parts.path.startswith("/"):
        raise ForgeError(f"{url!a} is no absolute path", fix="give the whole path")
    return {f"protocol.{scheme}.allow": "always"}


def _opened(url: str, token: Secret) -> dict[str, str]:
    """Return the header that opens the host of `url`, as configuration; what a checkout left behind is dropped."""
    parts = urlsplit(url)
    if not token or not parts.netloc:
        return {}
    place = f"http.{parts.scheme}://{parts.netloc}/"
    return {f"{place}.extraheader": "", f"{place}.extraHeader": f"Authorization: Basic {_basic(token)}"}


def _basic(token: Secret) -> str:
    return base64.b64encode(f"x-access-token:{token.reveal()}".encode()).decode()


def _hidden(token: Secret) -> tuple[str, ...]:
    return (token.reveal(), _basic(token)) if token else ()


def _our_branch(branch: str) -> str:
    if not OURS.fullmatch(branch):
        raise ForgeError(f"the improver writes no branch called {branch!a}", fix="ours are nova/[a-z0-9-]{1,48}")
    return f"refs/heads/{branch}"


def _evidence_ref(proposal: str) -> str:
    if not IDENTITY.fullmatch(proposal):
        raise ForgeError(f"{proposal!a} is no proposal of ours")
    return f"{EVIDENCE}{proposal}"
