"""Run one call that is written as source, and tell which of its checks fail: inside the sandbox (Python 3.9).

A case is a mapping: `imports` (module, name, bound to), `prelude` and `setup` (statements), `call` (an expression),
`way` (how its value is come by, as `spoken` writes it, "" where no event loop is needed) and `checks`, each (kind,
subject, expected) in source text; the call's value is `result` to a subject, and `capsys` has what the call prints.
Kinds: is, eq, approx, and raises, where the subject is the type and expected a pattern; it comes first, and `error` is
what was raised to the subjects after it. So does warns, with the code of a pattern, or of None.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import io
import itertools
import math
import re
import selectors
import signal
import threading
import warnings
from types import SimpleNamespace
from typing import Any, Callable, Coroutine, Iterator  # noqa: UP035 - older interpreters run this file

MOST = 50  # items that an iterator is drained of
WAIT_FACTOR = 4
RESULT, ERROR, WARNS, CAPSYS, HEARD = "result", "error", "warns", "capsys", "__heard__"
LOOP, COROUTINE, AWAITABLE, ITERABLE, CONTEXT = "loop", "coroutine", "awaitable", "iterable", "context"
MODE, WRITTEN = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, "<case>"  # how what a case says is compiled, and where it stands
SOON = 1.0  # seconds: a deadline that is nearer may be met one day and missed the next
SPARE = 3  # turns of the loop in which what the call left behind may end


class Late(BaseException):
    """The case took too long."""


RUNG: list[int] = []  # the clocks that rang since a case began


def ring(signal: int, _frame: object) -> None:
    """End the case that is running."""
    RUNG.append(signal)
    raise Late


def watch_the_time() -> None:
    """Let `within` end what takes too long, in this process."""
    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPROF, ring)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Late after so many seconds of processor time, or some times as many of waiting, swallowed or not."""
    RUNG.clear()
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds)  # again and again: a task may swallow what ends it
    signal.setitimer(signal.ITIMER_REAL, WAIT_FACTOR * seconds, WAIT_FACTOR * seconds)
    try:
        yield
    finally:
        _disarm()
    if RUNG:
        raise Late


def _disarm() -> None:
    """Stop both clocks, even if one of them rings meanwhile."""
    try:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Late:
        _disarm()
        raise


def spoken(call: str, way: str) -> str:
    """Return the expression by which a call's value is come by: the call awaited, drained, or as it is."""
    made: Any = ast.parse(call, mode="eval").body
    if way in (COROUTINE, AWAITABLE):
        return ast.unparse(ast.Await(made))
    if way == ITERABLE:
        name = ast.Name("each" if any(getattr(one, "id", "") == "item" for one in ast.walk(made)) else "item")
        return ast.unparse(ast.ListComp(name, [ast.comprehension(name, made, [], 1)]))
    if way.startswith(f"{CONTEXT}."):
        return ast.unparse(ast.Call(ast.Attribute(made, way.partition(".")[2], ast.Load()), [], []))
    return call


def compiled(case: dict[str, Any]) -> dict[str, Any]:
    """Return the case with its texts compiled, annotations as in a test, so that it can run many times."""
    lines = compile("\n".join([*case["prelude"], *case["setup"]]), WRITTEN, "exec", MODE, dont_inherit=True)
    bare = compile(case["call"], WRITTEN, "eval", MODE)
    way = case.get("way") or (LOOP if (lines.co_flags | bare.co_flags) & inspect.CO_COROUTINE else "")
    code = compile(spoken(case["call"], way), WRITTEN, "eval", MODE) if way else bare
    made = {**case, "way": way, "lines": lines, "bare": bare, "code": code}
    made["tests"] = [
        (kind, compile(subject, "<check>", "eval", MODE), text if kind == "raises" else compile(text, "<c>", "eval"))
        for kind, subject, text in case.get("checks", ())
    ]
    made["hears"] = any(kind == WARNS or f"{CAPSYS}." in subject for kind, subject, _ in case.get("checks", ()))
    return made


def unmet(case: dict[str, Any], space_of: Callable[[Any], dict[str, Any]], patience: float) -> list[int] | None:
    """Return the numbers of the checks that a compiled case does not meet, None when it takes too long."""
    everything = list(range(len(case["tests"])))
    try:
        with within(patience):
            found: list[int] = came_of(_unmet(case, space_of(case["imports"]), everything), case["way"], patience)[0]
            return found
    except Late:
        return None
    except BaseException:  # noqa: BLE001 - foreign code may raise anything
        return everything


async def _unmet(case: dict[str, Any], space: dict[str, Any], everything: list[int]) -> list[int]:
    await valued(case["lines"], space)
    tests, code, enters = case["tests"], case["code"], case["way"].startswith(CONTEXT)
    if tests and tests[0][0] == "raises":
        try:
            value = eval(code, space)  # noqa: S307 - here, since what awaits it must not see a StopIteration
            value = await value if code.co_flags & inspect.CO_COROUTINE else value
            await _entered(value) if enters else drained(value)
        except eval(tests[0][1], space) as error:  # noqa: S307
            if tests[0][2] and re.search(tests[0][2], str(error)) is None:
                return everything
            space[ERROR] = error
            return [at for at in everything[1:] if not await _meets(tests[at], space)]
        return everything
    with overheard(space) if case["hears"] else contextlib.nullcontext():
        value = await valued(code, space)
    if not enters:
        space[RESULT] = value
        return [at for at in everything if not await _meets(tests[at], space)]
    async with value as space[RESULT]:
        return [at for at in everything if not await _meets(tests[at], space)]


async def valued(code: Any, space: dict[str, Any]) -> Any:
    """Return what compiled code comes to, awaited where it awaits something."""
    value = eval(code, space)  # noqa: S307 - the sandbox is for that
    return await value if code.co_flags & inspect.CO_COROUTINE else value


async def _entered(manager: Any) -> None:
    async with manager:
        pass


async def _meets(test: tuple[str, Any, Any], space: dict[str, Any]) -> bool:
    """Tell whether one check holds; one that cannot be made does not."""
    kind, subject, expected = test
    try:
        if kind == WARNS:
            category, words = eval(subject, space), eval(expected, space) or ""  # noqa: S307
            return any(isinstance(one, category) and re.search(words, str(one)) for one in space[HEARD])
        return _is_met(kind, await valued(subject, space), eval(expected, space))  # noqa: S307
    except Exception:  # noqa: BLE001 - foreign code may raise anything
        return False


def _is_met(kind: str, found: Any, wanted: Any) -> bool:
    if kind == "is":
        return found is wanted
    if kind == "approx":
        many: bool = isinstance(wanted, (list, tuple))
        pairs = zip(found, wanted) if many else [(found, wanted)]  # noqa: B905 - 3.9
        return (not many or len(found) == len(wanted)) and all(
            math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12) for one, other in pairs
        )
    return bool(found == wanted)


@contextlib.contextmanager
def overheard(space: dict[str, Any]) -> Iterator[None]:
    """Leave in the space of a call what it prints, and its warnings, every one as if it were the first."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        yield
    texts = [one.buffer.getvalue().decode("utf-8", "replace") for one in (out, err)]
    space[CAPSYS] = SimpleNamespace(readouterr=lambda: SimpleNamespace(out=texts[0], err=texts[1]))
    space[HEARD] = [one.message for one in seen or ()]


def drained(value: Any) -> Any:
    """Return what an iterator yields, anything else as it is."""
    return list(itertools.islice(value, MOST)) if is_stream(value) else value


def is_stream(value: Any) -> bool:
    """Tell whether a value is an iterator that remembers nothing else."""
    kind = type(value)
    return inspect.isgenerator(value) or (hasattr(kind, "__next__") and not hasattr(kind, "read"))


# --- event loops --------------------------------------------------------------------------------------------------


class Selector(selectors.DefaultSelector):
    """Waits for what comes soon; nothing else can come where nobody else is there to bring it."""

    def __init__(self, patience: float) -> None:
        super().__init__()
        self.patience = patience

    def select(self, timeout: float | None = None) -> Any:
        """Wait, or be late at once."""
        alone = len(self.get_map()) <= 1 and threading.active_count() == 1  # the loop's own pipe is always there
        if alone and (timeout is None or timeout > self.patience):
            raise Late
        return super().select(timeout)


class Loop(asyncio.SelectorEventLoop):
    """An event loop for one case, which notices when chance decides what comes first."""

    def __init__(self, patience: float) -> None:
        super().__init__(Selector(patience))
        self.due: set[object] = set()
        self.races = False

    def call_at(  # type: ignore[override] # a tuple of types is newer than 3.9
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """Note what is due soon: a second deadline beside it, or one that is never reached, is a race."""
        mark = object()

        def reached(*given: Any) -> None:
            self.due.discard(mark)
            callback(*given)

        if 0 < when - self.time() < SOON:
            self.races = self.races or bool(self.due)
            self.due.add(mark)
        return super().call_at(when, reached, *args, context=context)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> tuple[Any, str]:
        """Return what a coroutine comes to, and why no test should be made of it, if there is a reason."""
        value = self.run_until_complete(coroutine)
        self.run_until_complete(_turns())
        if asyncio.all_tasks(self):
            return value, "it leaves tasks behind"
        return value, "it runs a race against the clock" if self.races or self.due else ""

    def tidy(self) -> None:
        """End all that is left, as `asyncio.run` does."""
        left = asyncio.all_tasks(self)
        for task in left:
            task.cancel()
        if left:
            self.run_until_complete(asyncio.wait(left))
        self.run_until_complete(self.shutdown_asyncgens())


async def _turns() -> None:
    for _ in range(SPARE):
        await asyncio.sleep(0)


def came_of(coroutine: Coroutine[Any, Any, Any], way: str, patience: float) -> tuple[Any, str]:
    """Return what a coroutine comes to, in an event loop if its `way` needs one, and why it makes no test ("")."""
    if not way:
        return _finished(coroutine), ""
    loop = Loop(WAIT_FACTOR * patience)
    asyncio.set_event_loop(loop)
    try:
        return loop.run(coroutine)
    finally:
        try:
            with contextlib.suppress(RuntimeError):  # it was ended in the midst of the loop's own code
                loop.tidy()
        finally:
            asyncio.events._set_running_loop(None)  # noqa: SLF001 - for who writes event loops
            asyncio.set_event_loop(None)
            with contextlib.suppress(RuntimeError):
                loop.close()


def _finished(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine comes to that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("no running event loop, and it waits")


async def collected(values: Any) -> list[Any]:
    """Return what an asynchronous iterable yields, one item more than is looked at at most."""
    found = []
    async for value in values:
        found.append(value)
        if len(found) > MOST:
            break
    return found
