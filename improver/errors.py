"""Every error the improver raises, drawn as a tree.

ImproverError           exit  a broken promise, told as what, where, why and fix
├── UsageError             2  what was typed cannot be meant
├── PolicyError            2  a policy file does not say what policies can say
├── EnvironmentUnfit       3  this machine, or this project, cannot do the job as it stands
│   ├── RepositoryError    3  git has nothing we could work on
│   ├── BaselineError      3  the project's own tests do not hold before any change
│   └── SandboxError       3  the sandbox is missing, or does not hold
├── ForgeError             5  the place where proposals live did not answer
├── LedgerError            3  the ledger cannot be read or written
└── RefusedByPolicy        6  a human's rule forbids it
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """Where it happened, why, and the one thing to do about it."""

    where: str = ""
    why: str = ""
    fix: str = ""


class ImproverError(Exception):
    """A promise that could not be kept; `exit_code` is what the process ends with."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = Hint(where, why, fix)

    def __str__(self) -> str:
        """Render what, where, why and fix, a line each."""
        lines = [self.what]
        for label, text in (("where", self.hint.where), ("why", self.hint.why), ("fix", self.hint.fix)):
            if text:
                lines.append(f"  {label}: {text}")
        return "\n".join(lines)


class UsageError(ImproverError):
    """What was typed cannot be meant."""

    exit_code = 2


class PolicyError(ImproverError):
    """A policy file does not say what policies can say."""

    exit_code = 2


class EnvironmentUnfit(ImproverError):
    """This machine, or this project, cannot do the job as it stands."""

    exit_code = 3


class RepositoryError(EnvironmentUnfit):
    """Git has nothing we could work on."""


class BaselineError(EnvironmentUnfit):
    """The project's own tests do not hold before any change."""


class SandboxError(EnvironmentUnfit):
    """The sandbox is missing, or does not hold."""


class ForgeError(ImproverError):
    """The place where proposals live did not answer."""

    exit_code = 5


class LedgerError(EnvironmentUnfit):
    """The ledger cannot be read or written."""


class RefusedByPolicy(ImproverError):
    """A human's rule forbids it."""

    exit_code = 6


@contextmanager
def interruptible() -> Iterator[None]:
    """Let an interruption through as what it is: libcst, cut short in the midst of its work, breaks by a KeyError."""
    try:
        yield
    except KeyError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, KeyboardInterrupt):
            cause = cause.__context__
        if cause is not None:
            raise KeyboardInterrupt from None
        raise
