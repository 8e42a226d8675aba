"""Find the repository at a path, or refuse it with the reason and the fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from improver.adapters.git_command import GitCommand, Output
from improver.errors import RepositoryError

FOLDER = ".nova"
PROBES = frozenset({"rev-parse", "config", "symbolic-ref", "for-each-ref", "cat-file"})
SETTINGS = r"^(user\.(name|email)|core\.(autocrlf|eol|safecrlf)|remote\.origin\.url)$"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository was found, and what its user configured for themselves (lower-case keys)."""

    root: Path
    head: str  # commit id
    branch: str | None  # None: the head is detached
    settings: Mapping[str, str]


def find(path: Path) -> Place:
    """Return where the repository of `path` is, its head and the user's settings; nothing is written."""
    if not path.is_dir():
        raise RepositoryError("there is no such directory", where=str(path), fix="give the path of a git repository")
    probe = GitCommand(path.resolve(), PROBES, isolated=False)
    root = Path(_work_tree(probe))
    probe = GitCommand(root, PROBES, isolated=False)
    listed = probe.ask("config", "--null", "--get-regexp", SETTINGS).text
    settings = dict(item.partition("\n")[::2] for item in listed.split("\0") if item)
    return Place(root, _head(probe), _branch(probe), settings)


def _work_tree(probe: GitCommand) -> str:
    """Return the root of the work tree. Whose repositories to trust is the user's word: their own git decides."""
    bare = probe.ask("rev-parse", "--is-bare-repository")
    if bare.status != 0:
        raise _refusal(probe, bare)
    where = str(probe.directory)
    if bare.text == "true":
        fix = f"clone it and work there: git clone {where} work"
        raise RepositoryError("this is a bare repository", where=where, why="it has no files to read", fix=fix)
    root = probe.ask("rev-parse", "--show-toplevel")
    if root.status != 0:
        fix = "give the directory that holds .git"
        raise RepositoryError("this is the inside of a .git directory", where=where, why=root.stderr, fix=fix)
    return root.text


def _refusal(probe: GitCommand, output: Output) -> RepositoryError:
    where = str(probe.directory)
    if "dubious ownership" in output.stderr:
        return RepositoryError(
            "this repository belongs to somebody else",
            where=where,
            why="its configuration could run commands as you",
            fix=f"run as its owner, or if you trust it: git config --global --add safe.directory {where}",
        )
    if "not a git repository" in output.stderr and not (probe.directory / ".git").exists():
        fix = "git init && git add -A && git commit -m start"
        return RepositoryError("this is not a git repository", where=where, why="no .git above it", fix=fix)
    fix = "mend it (`git fsck`, `git config --list`) or clone it anew"
    return RepositoryError("this repository is damaged", where=where, why=output.stderr, fix=fix)


def _head(probe: GitCommand) -> str:
    where = str(probe.directory)
    head = probe.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.status == 0 and probe.ask("cat-file", "-e", f"{head.text}^{{tree}}").status == 0:
        return head.text
    branch = probe.ask("symbolic-ref", "--quiet", "HEAD")
    listed = probe.ask("for-each-ref", "--format=%(refname)", branch.text)
    if branch.status == 0 and (listed.status, listed.stdout, listed.stderr) == (0, b"", ""):
        fix = "git add -A && git commit -m start"
        raise RepositoryError("this repository has no commit yet", where=where, why="a base commit is needed", fix=fix)
    fix = "mend it (`git fsck`) or clone it anew"
    raise RepositoryError("this repository is damaged", where=where, why="HEAD names a commit that is missing", fix=fix)


def _branch(probe: GitCommand) -> str | None:
    head = probe.ask("symbolic-ref", "--quiet", "HEAD")
    return head.text.removeprefix("refs/heads/") if head.status == 0 else None


def data_folder(root: Path) -> Path:
    """Return `root`/.nova, made when missing, with a .gitignore that keeps all of it out of `git status`."""
    data = root / FOLDER
    ignore = data / ".gitignore"
    if data.is_symlink() or ignore.is_symlink() or (data.exists() and not data.is_dir()):
        raise RepositoryError(f"{FOLDER} is not a directory of ours", where=str(data), fix="move it away")
    try:
        data.mkdir(exist_ok=True)
        if not ignore.exists():
            ignore.write_text("*\n", encoding="ascii")
        ignored = "*" in ignore.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        fix = "make the directory writable, and free some space if the disk is full"
        raise RepositoryError(f"{FOLDER} cannot be made", where=str(data), why=str(error), fix=fix) from error
    if not ignored:
        raise RepositoryError(f"{FOLDER} is not ignored by git", where=str(ignore), fix="put a line with * into it")
    return data
