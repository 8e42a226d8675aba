"""Give a coroutine a time limit that costs nothing where it never waits."""

import asyncio
import types
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, TypeVar

T = TypeVar("T")


class OverTimeError(Exception):
    """The coroutine was cut off; a TimeoutError of its own is something else."""


async def within(seconds: float, awaitable: Awaitable[T]) -> T:
    """Return what the awaitable returns; raise OverTimeError if it waits longer than `seconds` in all.

    It runs up to its first wait at once. Only then a timer is needed, and many bodies never get there.
    """
    coroutine = _as_coroutine(awaitable)
    try:
        waits_for = coroutine.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    try:
        async with asyncio.timeout(seconds) as clock:
            return await _rest(coroutine, waits_for)
    except TimeoutError as error:
        if not clock.expired():
            raise
        raise OverTimeError from error


def _as_coroutine(awaitable: Awaitable[T]) -> Coroutine[Any, Any, T]:
    if isinstance(awaitable, types.CoroutineType):
        return awaitable

    async def waiting() -> T:
        return await awaitable

    return waiting()


@types.coroutine
def _rest(coroutine: Coroutine[Any, Any, T], waits_for: object) -> Generator[object, Any, T]:
    """Go on with a coroutine that has begun and waits for something: `yield from`, from its second step on."""
    while True:
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
