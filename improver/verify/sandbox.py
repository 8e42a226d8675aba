"""Where foreign code runs: the strongest confinement that works on this machine, tried for real."""

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from improver.errors import SandboxError
from improver.records import Receipt, Tier
from improver.verify import diagnosis, probes
from improver.verify.bubblewrap import BWRAP, Bubblewrap
from improver.verify.confinement import Confinement
from improver.verify.folders import sweep
from improver.verify.interpreter import probe as interpreter_of
from improver.verify.job import Ended, Job, Limits, Mount
from improver.verify.supervisor import supervise
from improver.verify.warded import Warded
from improver.verify.wiring import wired

__all__ = ["Ended", "Job", "Limits", "Mount", "Sandbox", "best_sandbox", "sandbox_at"]

TRIAL = Limits(seconds=30, memory_mib=1024, processes=16, file_mib=1, output_mib=1)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A confinement that was seen to work; `why` says why it is no stronger one, `fix` the command that raises it.

    What `python` needs to start is always mounted, under its own path.
    """

    confinement: Confinement
    python: str
    why: str = ""
    fix: str = ""

    @property
    def tier(self) -> Tier:
        """Return how strong it is."""
        return self.confinement.tier

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return what it does not promise, a phrase each."""
        return self.confinement.gaps

    @property
    def promises(self) -> tuple[str, ...]:
        """Return the attempts of the probes that it promises to stop."""
        return self.confinement.promises

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`."""
        return self.confinement.seen(mount)

    def run(self, job: Job) -> Ended:
        """Run `job` to its end; raise SandboxError when it could not be confined."""
        try:
            with contextlib.ExitStack() as stack:
                pipes = stack.enter_context(wired(job))
                return supervise(job, self.confinement.command(job, pipes.wires, stack), pipes)
        except OSError as error:
            fix = "free what is short: disk space in TMPDIR, open files, memory"
            raise SandboxError("the sandbox cannot be set up", why=str(error), fix=fix) from error

    def probe(self) -> Receipt:
        """Try to break out in every way this tier promises to stop; raise SandboxError if one way is open."""
        return probes.attack(self)


def best_sandbox(python: str, *, hide_bwrap: bool = False) -> Sandbox:
    """Return the strongest sandbox that runs `python` here; `hide_bwrap` acts as if bubblewrap were missing.

    What a killed run left behind is removed first.
    Raises SandboxError when not even the lowest tier works.
    """
    sweep()
    refused: list[SandboxError] = []
    for tier in Tier:
        try:
            found = sandbox_at(tier, python, hide_bwrap=hide_bwrap)
        except SandboxError as error:
            refused.append(error)
            continue
        hint = refused[0].hint if refused else None
        return replace(found, why=hint.why, fix=hint.fix) if hint else found
    raise refused[-1]


def sandbox_at(tier: Tier, python: str, *, hide_bwrap: bool = False) -> Sandbox:
    """Return a sandbox of exactly `tier` that was seen to run `python`; raise SandboxError with why and fix."""
    known = interpreter_of(python)
    own = tuple(Mount(Path(folder), folder) for folder in known.folders)
    wrapped = tier in (Tier.T3, Tier.T2)
    if wrapped and (hide_bwrap or not Path(BWRAP).exists()):
        raise SandboxError(f"no sandbox of tier {tier}", why="bubblewrap is not installed", fix=diagnosis.INSTALL)
    confinement = Bubblewrap(own, known.links, tier is Tier.T3) if wrapped else Warded(own, landlock=tier is Tier.T1)
    made = Sandbox(confinement, python)
    try:
        ended = made.run(Job((python, "-I", "-S", "-c", "print('in')"), limits=TRIAL))
    except SandboxError as error:
        why, fix = diagnosis.explain(error.hint.why, _settings()) if wrapped else (error.hint.why, "")
        raise SandboxError(f"no sandbox of tier {tier}", why=why, fix=fix) from error
    if ended.output != b"in\n":
        said = ended.output.decode("utf-8", "replace").strip().splitlines()
        why = f"{python} does not run in it: {ended.trouble or (said[-1] if said else f'exit {ended.exit}')}"
        fix = "let every user read it: chmod -R o+rX on its directory, or use one outside your home directory"
        raise SandboxError(f"no sandbox of tier {tier}", why=why, fix=fix)
    return made


def _settings() -> dict[str, str]:
    """Return the kernel settings that decide about user namespaces, those that exist."""
    paths = {name: Path("/proc/sys", name) for name in diagnosis.SETTINGS}
    found: dict[str, str] = {}
    for name, path in paths.items():
        with contextlib.suppress(OSError):
            found[name] = path.read_text(encoding="ascii").strip()
    return found
