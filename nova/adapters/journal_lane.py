"""A thread that works off what many coroutines ask for, as many at a time as are waiting."""

import asyncio
import queue
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Generic, TypeVar

from nova.errors import JournalError

AT_ONCE = 3  # coroutines that go on in one turn of the event loop: each computes for a millisecond or so
Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Lane(Generic[Asked, Given]):
    """One thread and its queue.

    `work` gets everything that waits and returns a result or a JournalError for each, in order; `finish` runs
    last; both only ever in this thread. An idle lane begins at once; a busy one gathers while it works, so there
    are no timers. What was submitted is done even when nobody waits for it any more. Of many who are answered together
    only `AT_ONCE` go on before the event loop turns to others, and what they ask for next is gathered from all of them.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[list[Asked]], Sequence[Given | JournalError]],
        finish: Callable[[], None],
    ) -> None:
        self._work = work
        self._finish = finish
        self._queue: queue.SimpleQueue[list[tuple[Asked, asyncio.Future[Given]]] | None] = queue.SimpleQueue()
        self._gathered: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._answered: dict[asyncio.AbstractEventLoop, deque[tuple[asyncio.Future[Given], Given | JournalError]]] = {}
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._started = False
        self._closed = False
        self._ended = False

    def submit(self, asked: Asked) -> "asyncio.Future[Given]":
        """Put `asked` in the queue and return the future of its result; raise JournalError when closed."""
        if self._closed:
            raise JournalError("the journal is closed", fix="open it again")
        if not self._started:
            self._started = True
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Given] = loop.create_future()
        if not self._gathered:
            loop.call_soon(self._gathering, loop)
        self._gathered.append((asked, future))
        return future

    def _gathering(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait for those who are about to go on: what they ask for is handed over, and committed, together."""
        if loop in self._answered:
            loop.call_soon(self._gathering, loop)
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the thread at once what is gathered: it is woken once, and commits once."""
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._queue.put(gathered)
        if self._ended:
            self._abandon()

    async def aclose(self) -> None:
        """Finish what is queued, then end the thread."""
        self._closed = True
        self._hand_over()
        if self._started:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            while batch := self._gather():
                self._deliver([future for _, future in batch], self._work([asked for asked, _ in batch]))
        finally:  # also where `work` broke a promise: nobody may wait for ever
            self._ended = True
            self._finish()
            self._abandon()

    def _gather(self) -> list[tuple[Asked, "asyncio.Future[Given]"]]:
        """Wait for the first one, then take all that are there; nothing when it is time to end."""
        first = self._queue.get()
        if first is None:
            return []
        batch = [*first]
        for _ in range(self._queue.qsize()):  # nobody else takes from this queue
            following = self._queue.get_nowait()
            if following is None:
                self._queue.put(None)
                break
            batch += following
        return batch

    def _abandon(self) -> None:
        with suppress(queue.Empty):
            while True:
                for _, future in self._queue.get_nowait() or ():
                    self._deliver([future], [JournalError("the journal's thread has ended", fix="start nova again")])

    def _deliver(self, futures: Sequence["asyncio.Future[Given]"], given: Sequence[Given | JournalError]) -> None:
        """Hand results to the event loops that wait for them, once for each loop; one that has ended wants none."""
        answered = [*zip(futures, given, strict=True)]
        loops = {future.get_loop() for future in futures}
        for loop in loops:
            mine = answered if len(loops) == 1 else [pair for pair in answered if pair[0].get_loop() is loop]
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._answer, loop, mine)

    def _answer(
        self, loop: asyncio.AbstractEventLoop, answered: list[tuple["asyncio.Future[Given]", Given | JournalError]]
    ) -> None:
        """Queue results in their loop: those who wait go on a few in each turn, so that nobody else waits for all."""
        if loop not in self._answered:
            self._answered[loop] = deque()
            loop.call_soon(self._settle, loop)
        self._answered[loop].extend(answered)

    def _settle(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the next few go on; a turn after the last ones, when they have asked again, nobody is waited for."""
        waiting = self._answered[loop]
        if not waiting:
            del self._answered[loop]
            return
        for _ in range(min(AT_ONCE, len(waiting))):
            future, given = waiting.popleft()
            if future.done():  # its coroutine was cancelled
                continue
            if isinstance(given, JournalError):
                future.set_exception(given)
            else:
                future.set_result(given)
        loop.call_soon(self._settle, loop)
