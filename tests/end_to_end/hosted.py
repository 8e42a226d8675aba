"""A project with proposals made by hand and a stand-in for its host, and a whole publish between the two."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from improver.access import HostSettings, Secret
from improver.adapters.github import open_github
from improver.adapters.github_session import Clock
from improver.adapters.local_forge import LocalForge
from improver.app import Improver, open_improver
from improver.hosting.offering import Hosting, hosting_at, publish
from improver.proposing import Ground, Judged, Publisher
from improver.pulls.submitting import Done
from improver.records import Change, Edit, File, Finding, GateResult, Receipt, Ruling, Safety, Tier
from improver.settings import read_settings
from tests.end_to_end.projects import IDENTITY
from tests.improver.benches import FakeBench
from tests.stand_in import Hub


def git(root: Path, *arguments: str) -> str:
    options = [word for name, value in IDENTITY.items() for word in ("-c", f"{name}={value}")]
    done = subprocess.run(["git", *options, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make_project(root: Path, files: Sequence[str] = ("a.py",)) -> Path:
    """Make a project whose files all hold the same line."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    for name in files:
        (root / name).write_bytes(b"x = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    return root


def commit_all(root: Path, **files: str) -> str:
    """Commit files of the project, named without their suffix; return the commit."""
    for name, text in files.items():
        (root / f"{name}.py").write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "go on")
    return git(root, "rev-parse", "HEAD")


@contextmanager
def opened(root: Path, hub: Hub | None = None, token: str = "") -> Iterator[Improver]:
    """Open the project as a process with this token would."""
    settings = read_settings(root, None)
    host = HostSettings(token=Secret(token), api=hub.api, repository=hub.name) if hub else HostSettings()
    with open_improver(replace(settings, host=host)) as improver:
        yield improver


def propose(
    improver: Improver,
    title: str = "Say two",
    *,
    path: str = "a.py",
    rule: str = "say_two",
    safety: Safety = Safety.CONFINED,
    failing: str = "",
) -> int:
    """Make a proposal that changes one file, by hand: what its gates say was never asked of them."""
    head = improver.repository.head
    policy = improver.policy(head)
    ground = Ground(
        head, improver.repository.tree(head), policy, FakeBench(), "g" * 64, {"ruff": "1"}, Tier.T3, "s" * 64, ""
    )
    before = ground.tree[path]
    change = Change(
        rule,
        safety,
        (Edit(path, before, File(before.data.replace(b"x = 1", b"x = 2"))),),
        f"{title} in {path}",
        "two is more",
        "the number" if safety is Safety.CONFINED else "",
    )
    found = Finding(f"key-{path}", rule, path, "x", 1, 0, "it says one")
    publisher = Publisher(
        improver.repository,
        LocalForge(improver.ledger),
        ground,
        lambda: datetime.now(UTC),
        lambda: f"{title} {path} {head}",
    )
    results = tuple(_ruled(name, Ruling.FAIL if name == failing else Ruling.PASS) for name in policy.gates.order)
    judged = Judged(change, (found,), results, "nobody counts")
    return publisher.propose(judged, keep=True).number


def _ruled(gate: str, ruling: Ruling) -> GateResult:
    return GateResult(gate, f"{gate} holds", ruling, Receipt((gate,), counts={"files": 1}))


@dataclass(frozen=True)
class Scene:
    """A project that is served by a hub, and the token of a program that may write there."""

    root: Path
    hub: Hub
    token: str

    @classmethod
    def set(cls, root: Path, hub: Hub) -> "Scene":
        """Serve the project's main branch as it is now."""
        hub.bare.git("fetch", "--quiet", "--force", str(root), "+refs/heads/main:refs/heads/main")
        return cls(root, hub, hub.installation_token())

    def clone(self, folder: Path) -> "Scene":
        """Return the same project as another machine has it, ledger included."""
        shutil.copytree(self.root, folder)
        return replace(self, root=folder)

    def hosting(self, improver: Improver) -> Hosting:
        """Return the host, where nobody waits between two attempts."""
        clock = Clock(sleep=lambda _: None)
        return hosting_at(improver, open_github(improver.settings.host, self.hub.git_url, clock))

    def publish(self, *numbers: int) -> list[Done]:
        """Publish as `improve publish` does."""
        with opened(self.root, self.hub, self.token) as improver:
            return publish(improver, self.hosting(improver), numbers, lambda _: None)
