"""Run git the improver's way: no hooks, no foreign configuration, nothing inherited from the environment."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from types import MappingProxyType

from improver.errors import EnvironmentUnfit, RepositoryError

try:
    import git
except ImportError as error:  # GitPython runs git when it is imported
    raise EnvironmentUnfit("git is not installed", fix="apt-get install git") from error

NONE: Mapping[str, str] = MappingProxyType({})
HARDENED: Mapping[str, str] = MappingProxyType(
    {
        "core.hooksPath": "/dev/null",
        "core.fsmonitor": "false",
        "core.protectHFS": "true",
        "core.protectNTFS": "true",
        "protocol.allow": "never",
        "submodule.recurse": "false",
        "gc.auto": "0",
        "maintenance.auto": "false",
        "i18n.commitEncoding": "utf-8",
        "commit.gpgSign": "false",
    }
)
QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_NO_LAZY_FETCH": "1"}
ISOLATED = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_ATTR_NOSYSTEM": "1"}
# What would point git elsewhere, for example when a hook starts us.
INHERITED = (  # noqa: SIM905 - thirty quoted lines would read worse
    "GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_ATTR_SOURCE GIT_CEILING_DIRECTORIES GIT_COMMON_DIR GIT_CONFIG "
    "GIT_CONFIG_PARAMETERS GIT_DEFAULT_HASH GIT_DIFF_OPTS GIT_DIR GIT_EXEC_PATH GIT_EXTERNAL_DIFF GIT_GLOB_PATHSPECS "
    "GIT_GRAFT_FILE GIT_ICASE_PATHSPECS GIT_IMPLICIT_WORK_TREE GIT_INDEX_FILE GIT_INDEX_VERSION "
    "GIT_INTERNAL_SUPER_PREFIX GIT_LITERAL_PATHSPECS GIT_NAMESPACE GIT_NOGLOB_PATHSPECS GIT_OBJECT_DIRECTORY "
    "GIT_PREFIX GIT_QUARANTINE_PATH GIT_REFLOG_ACTION GIT_REPLACE_REF_BASE GIT_SHALLOW_FILE GIT_TRACE GIT_WORK_TREE "
    "GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE"
).split()
FIXES = (
    ("File exists", "wait for the other git command; if none runs, remove that lock file"),
    ("No space left", "free some disk space"),
    ("Read-only file system", "make the repository writable"),
    ("Permission denied", "give this user write access to the repository"),
)


@dataclass(frozen=True, slots=True)
class Output:
    """How one git process ended."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Return stdout without its last newline; bytes that are not UTF-8 survive as surrogates."""
        return self.stdout.removesuffix(b"\n").decode("utf-8", "surrogateescape")


class GitCommand:
    """Git in one directory, limited to the subcommands in `verbs`.

    `config` is added to the hardened configuration. With `isolated=False` the user's own configuration
    is read as well, to ask what they set; nothing else ever runs that way.
    """

    def __init__(
        self, directory: Path, verbs: frozenset[str], config: Mapping[str, str] = NONE, *, isolated: bool = True
    ) -> None:
        self.directory = directory
        self.verbs = verbs
        self._git = git.Git(directory)
        self._environment = _environment({**HARDENED, **config}) | (ISOLATED if isolated else {})
        self._aside = NONE

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Put new objects into a folder that is gone afterwards; those that are there are read as before."""
        objects = self.run("rev-parse", "--path-format=absolute", "--git-path", "objects").stdout
        with tempfile.TemporaryDirectory(prefix="improve-") as folder:
            known = Path(folder, "info", "alternates")
            known.parent.mkdir()
            known.write_bytes(objects)
            self._aside = {"GIT_OBJECT_DIRECTORY": folder}
            try:
                yield
            finally:
                self._aside = NONE

    def ask(self, verb: str, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] = NONE) -> Output:
        """Run `git verb arguments...`; a non-zero status is an answer, not an error."""
        process = self.start(verb, *arguments, environment=environment)
        stdout, stderr = process.communicate(stdin)
        return Output(process.returncode, stdout, stderr.decode("utf-8", "replace").strip())

    def run(self, verb: str, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] = NONE) -> Output:
        """Run `git verb arguments...`; raise RepositoryError when it fails."""
        output = self.ask(verb, *arguments, stdin=stdin, environment=environment)
        if output.status != 0:
            raise self.failure(verb, output)
        return output

    def start(self, verb: str, *arguments: str, environment: Mapping[str, str] = NONE) -> git.Git.AutoInterrupt:
        """Start `git verb arguments...` with pipes; the caller ends it."""
        if verb not in self.verbs:
            raise RepositoryError(f"git {verb} is not among what this part may run", where=str(self.directory))
        environment = {**self._aside, **environment}
        unset = [word for name in INHERITED if name not in environment for word in ("-u", name)]
        command = ["env", *unset, "git", "-C", str(self.directory), verb, *arguments]
        return self._git.execute(command, istream=PIPE, as_process=True, env={**self._environment, **environment})

    def failure(self, verb: str, output: Output) -> RepositoryError:
        """Return the error that tells why `git verb` ended as `output` says."""
        why = output.stderr or f"it ended with status {output.status}"
        fix = next((fix for sign, fix in FIXES if sign in why), "run `git fsck` and mend what it reports")
        return RepositoryError(f"git {verb} failed", where=str(self.directory), why=why, fix=fix)


def _environment(config: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that quiet git and hand it `config`."""
    pairs = {"GIT_CONFIG_COUNT": str(len(config))}
    for index, (key, value) in enumerate(config.items()):
        pairs |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
    return QUIET | pairs
