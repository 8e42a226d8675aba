"""Every error Nova raises, drawn as a tree.

NovaError              a broken promise, told as what, where, why and fix
├── ContractError         a value at a seam does not fit its contract
├── RoutingError          nobody can be found for a task
├── HandoffError          a handoff cannot be made
│   ├── LoopDetected          the same task reached the same agent twice in one run
│   └── BudgetExceeded        the run's purse is empty
├── ModelError            a model did not answer usefully
│   ├── ModelUnavailable      there is no model to ask
│   └── ModelRefused          the model declined
├── ToolError             a tool did not do its one thing
├── JournalError          the journal cannot be read or written
├── UsageError            what was typed does not fit, or names nothing here
├── SettingsError         the surroundings are not fit to work in
├── PipelineError         a pipeline file does not say what pipelines can say
└── PolicyError           a policy file does not say what policies can say
"""


class NovaError(Exception):
    """A promise that could not be kept; `exit_code` is what the process ends with."""

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        """Render what, where, why and fix, a line each."""
        told = (("where", self.where), ("why", self.why), ("fix", self.fix))
        return "\n".join([self.what, *(f"  {label}: {text}" for label, text in told if text)])


class ContractError(NovaError):
    """A value at a seam does not fit its contract."""


class RoutingError(NovaError):
    """Nobody can be found for a task."""


class HandoffError(NovaError):
    """A handoff cannot be made."""


class LoopDetected(HandoffError):
    """The same task reached the same agent twice in one run."""


class BudgetExceeded(HandoffError):
    """The run's purse is empty."""

    exit_code = 4


class ModelError(NovaError):
    """A model did not answer usefully."""

    exit_code = 5


class ModelUnavailable(ModelError):
    """There is no model to ask."""

    exit_code = 3


class ModelRefused(ModelError):
    """The model declined."""


class ToolError(NovaError):
    """A tool did not do its one thing."""


class JournalError(NovaError):
    """The journal cannot be read or written."""

    exit_code = 3


class UsageError(NovaError):
    """What was typed does not fit, or names nothing here."""

    exit_code = 2


class SettingsError(NovaError):
    """The surroundings are not fit to work in."""

    exit_code = 3


class PipelineError(NovaError):
    """A pipeline file does not say what pipelines can say."""

    exit_code = 2


class PolicyError(NovaError):
    """A policy file does not say what policies can say."""

    exit_code = 2
