"""Hold Ctrl-C back while the event loop runs: raised in the midst of its work, what it was about to do is lost."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Notes a Ctrl-C that comes while it is held back, and raises it as soon as nothing is lost by that.

    A second one is raised at once. A process that handles or ignores Ctrl-C in its own way keeps doing so.
    """

    def __init__(self) -> None:
        self._came = False
        self._let = False

    @contextmanager
    def handled(self) -> Iterator[None]:
        """Handle it inside the block, held back at first, and raise what is still held back behind it.

        For the main thread, once.
        """
        if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            yield
            return
        signal.signal(signal.SIGINT, self._note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._raise_if_it_came()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it back inside the block, and raise it behind if it may be raised there."""
        before, self._let = self._let, False
        try:
            yield
        finally:
            self._let = before
        if before:
            self._raise_if_it_came()

    @contextmanager
    def let(self) -> Iterator[None]:
        """Raise it inside the block, at once if it came before: for work that may be cut short anywhere."""
        before = self._let
        try:
            self._let = True
            self._raise_if_it_came()
            yield
        finally:
            self._let = before

    def _raise_if_it_came(self) -> None:
        if self._came:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        again, self._came = self._came, True  # also where it is raised: a finaliser that runs just then swallows it
        if self._let or again:
            signal.default_int_handler(number, frame)
