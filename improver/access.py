"""What this process may know about a host of pull requests: where it is, and the secrets that open it."""

from dataclasses import dataclass
from pathlib import Path


class Secret:
    """A text that shows itself to nobody who does not ask for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text.strip()  # what was read from a file often ends in a newline

    def __repr__(self) -> str:
        return "Secret(***)" if self._text else "Secret()"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other.reveal()

    def __hash__(self) -> int:
        return hash(self._text)

    def reveal(self) -> str:
        """Return the text; only for a header of a request."""
        return self._text


NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class HostSettings:
    """What surrounds us says of the host; "" and None where it says nothing."""

    token: Secret = NOTHING
    app_id: str = ""
    app_key: Path | None = None  # of the app's private key, in PEM
    installation: str = ""
    api: str = ""  # base URL; derived from the remote when ""
    repository: str = ""  # owner/name; derived from the remote when ""
    summary: Path | None = None  # where a workflow's step writes its Markdown
    event_name: str = ""  # what started the workflow
    event: Path | None = None  # what started it, as JSON
    run: str = ""  # the workflow run's number
