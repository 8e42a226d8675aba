"""Run one call that is written as source, and tell which of its checks fail: inside the sandbox (Python 3.9).

A case is a mapping: `imports` (module, name, bound to), `prelude` and `setup` (statements), `call` (an expression) and
`checks`, each (kind, subject, expected) in source text; the call's value is `result` to a subject. Kinds: is, eq,
approx, and raises, where the subject is the type and expected a pattern; it comes first, and `error` is what was raised
to the subjects after it.
"""

from __future__ import annotations

import contextlib
import inspect
import itertools
import math
import re
import signal
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

MOST = 50  # items that an iterator is drained of
WAIT_FACTOR = 4
RESULT, ERROR = "result", "error"


class Late(BaseException):
    """The case took too long."""


def ring(_signal: int, _frame: object) -> None:
    """End the case that is running."""
    raise Late


def watch_the_time() -> None:
    """Let `within` end what takes too long, in this process."""
    signal.signal(signal.SIGALRM, ring)
    signal.signal(signal.SIGPROF, ring)


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Late after so many seconds of processor time, or some times as many of waiting."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, WAIT_FACTOR * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def compiled(case: dict[str, Any]) -> dict[str, Any]:
    """Return the case with its texts compiled, so that it can run many times."""
    lines = "\n".join([*case["prelude"], *case["setup"]])
    made = {**case, "lines": compile(lines, "<case>", "exec"), "code": compile(case["call"], "<case>", "eval")}
    made["tests"] = [
        (kind, compile(subject, "<check>", "eval"), expected if kind == "raises" else compile(expected, "<c>", "eval"))
        for kind, subject, expected in case.get("checks", ())
    ]
    return made


def unmet(case: dict[str, Any], space_of: Callable[[Any], dict[str, Any]], patience: float) -> list[int] | None:
    """Return the numbers of the checks that a compiled case does not meet, None when it takes too long."""
    everything = list(range(len(case["tests"])))
    try:
        with within(patience):
            return _unmet(case, space_of(case["imports"]), everything)
    except Late:
        return None
    except BaseException:  # noqa: BLE001 - foreign code may raise anything
        return everything


def _unmet(case: dict[str, Any], space: dict[str, Any], everything: list[int]) -> list[int]:
    exec(case["lines"], space)  # noqa: S102 - the sandbox is for that
    tests = case["tests"]
    if tests and tests[0][0] == "raises":
        _, kind, pattern = tests[0]
        try:
            drained(eval(case["code"], space))  # noqa: S307
        except eval(kind, space) as error:  # noqa: S307
            if pattern and re.search(pattern, str(error)) is None:
                return everything
            space[ERROR] = error
            return [at for at in everything[1:] if not _meets(tests[at], space)]
        return everything
    space[RESULT] = eval(case["code"], space)  # noqa: S307
    return [at for at in everything if not _meets(tests[at], space)]


def _meets(test: tuple[str, Any, Any], space: dict[str, Any]) -> bool:
    """Tell whether one check holds; one that cannot be made does not."""
    kind, subject, expected = test
    try:
        return _is_met(kind, eval(subject, space), eval(expected, space))  # noqa: S307
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


def drained(value: Any) -> Any:
    """Return what an iterator yields, anything else as it is."""
    return list(itertools.islice(value, MOST)) if is_stream(value) else value


def is_stream(value: Any) -> bool:
    """Tell whether a value is an iterator that remembers nothing else."""
    kind = type(value)
    return inspect.isgenerator(value) or (hasattr(kind, "__next__") and not hasattr(kind, "read"))
