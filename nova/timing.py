"""Give a coroutine a time limit that costs nothing where it never waits."""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


class OverTimeError(Exception):
    """The coroutine was cut off; a TimeoutError of its own is something else."""


async def within(seconds: float, awaitable: Awaitable[T], waits: Callable[[], None]) -> T:
    """Return what the awaitable returns; raise OverTimeError if it waits longer than `seconds` in all.

    It runs up to its first wait at once. Only then a timer is needed, and many bodies never get there. `waits` is
    called each time it begins to wait.
    """
    coroutine = _as_coroutine(awaitable)
    try:
        waits_for = coroutine.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    task = asyncio.current_task()
    assert task is not None, "whoever waits does so in a task"
    limit = _Limit(task)
    clock = asyncio.get_running_loop().call_later(seconds, limit.cut)
    try:
        return await _rest(coroutine, waits_for, waits)
    except asyncio.CancelledError as error:
        if limit.reached and task.cancelling() == limit.before + 1:
            raise OverTimeError from error
        raise
    finally:
        clock.cancel()
        if limit.reached:
            task.uncancel()


class _Limit:
    """Cancels a task once, and remembers it; somebody else may cancel it too."""

    def __init__(self, task: "asyncio.Task[object]") -> None:
        self._task = task
        self.before = task.cancelling()
        self.reached = False

    def cut(self) -> None:
        """Cancel the task because its time is over."""
        self.reached = True
        self._task.cancel()


def _as_coroutine(awaitable: Awaitable[T]) -> Coroutine[Any, Any, T]:
    if isinstance(awaitable, types.CoroutineType):
        return awaitable

    async def waiting() -> T:
        return await awaitable

    return waiting()


@types.coroutine
def _rest(coroutine: Coroutine[Any, Any, T], waits_for: object, waits: Callable[[], None]) -> Generator[object, Any, T]:
    """Go on with a coroutine that has begun and waits for something: `yield from`, from its second step on."""
    while True:
        waits()
        try:
            sent = yield waits_for
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:  # noqa: BLE001  # whatever is thrown in is the coroutine's, cancelling above all
            thrown: BaseException | None = error
        else:
            thrown = None
        try:
            waits_for = coroutine.send(sent) if thrown is None else coroutine.throw(thrown)
        except StopIteration as ended:
            value: T = ended.value
            return value
