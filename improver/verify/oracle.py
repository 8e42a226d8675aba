"""Call functions of one tree with given inputs and tell what came of each: runs inside the sandbox, without pytest.

Started as ``python -s -P -B oracle.py SPEC`` beside ``runner.py``, ``observing.py`` and ``portrait.py`` (Python 3.9 or
later, standard library only). It knows nothing of the other tree, so it cannot tell what the right outcome would be.

What is observed of one call: the value (drained, awaited, described in full), or the exception with its arguments,
notes and cause; the arguments afterwards; what was printed, logged and warned; files, processes and sockets in the
order they were asked for; and calls, in order, of the unchanged functions that the spec names.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import importlib.util
import json
import os
import pickle
import signal
import sys
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Tuple  # noqa: UP035 - older interpreters run this file

SHORT = 300  # characters of an aspect told as they are; of a longer one a digest and its beginning
TOO_LONG = "takes too long"
MODULE = "<module>"
Inputs = Tuple[Tuple[Any, ...], Dict[str, Any]]  # noqa: UP006 - older interpreters run this line


class NoPytest:
    """Let nobody find pytest here: code that behaves well only in its company must not have it."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Refuse."""
        if name.partition(".")[0] in {"pytest", "_pytest"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


# --- inputs -------------------------------------------------------------------------------------------------------


def versions(item: dict[str, Any]) -> Iterator[tuple[str, Callable[[], Inputs]]]:
    """Yield the input and its variations, each with a number and a way to build it anew."""
    data = base64.b64decode(item["inputs"])

    def plain() -> Inputs:
        args, kwargs = pickle.loads(data)  # noqa: S301 - what the sandbox is for
        return tuple(args), dict(kwargs)

    yield "", plain
    for number in range(item["varied"]):
        if varied(plain(), number) is None:
            return
        yield f".{number}", lambda number=number: varied(plain(), number)  # type: ignore[misc]


def varied(inputs: Inputs, number: int) -> Inputs | None:
    """Return `inputs` with one of its values slightly different, None when there is none that can be."""
    args, kwargs = inputs
    places: list[Any] = [at for at, value in enumerate(args) if type(value) in CHANGES]
    places += [name for name, value in kwargs.items() if type(value) in CHANGES]
    if not places:
        return None
    place = places[number % len(places)]
    value = kwargs[place] if isinstance(place, str) else args[place]
    other = CHANGES[type(value)](value, number // len(places))
    if isinstance(place, str):
        return args, {**kwargs, place: other}
    return (*args[:place], other, *args[place + 1 :]), kwargs


def rearranged(value: Any, number: int) -> Any:
    """Return a sequence that is reversed, shortened, lengthened, or whose items are slightly different."""
    other = renewed(value)
    ways = (
        lambda: value[::-1] + value[:1],
        lambda: value + other + value[::-1] + other,
        lambda: value[:-1],
        lambda: other,
        lambda: value + value,
        lambda: value[len(value) // 2 :] + value[: len(value) // 2],
        lambda: value[1:],
        lambda: value[:0],
    )
    return ways[number % len(ways)]()


def renewed(value: Any) -> Any:
    """Return a sequence of as many items, each of them slightly different."""
    if isinstance(value, str):
        return "".join(chr(ord(one) + 1) if one < "~" else one for one in value)
    if isinstance(value, bytes):
        return bytes(one ^ 1 for one in value)
    return type(value)(CHANGES[type(one)](one, 0) if type(one) in CHANGES else one for one in value)


def moved(value: int, number: int) -> int:
    """Return another whole number."""
    return (value + 1, value - 1, 2 * value + 1, 0, -value)[number % 5]


CHANGES: dict[type, Callable[[Any, int], Any]] = {
    bool: lambda value, _: not value,
    int: moved,
    float: lambda value, number: value / 2 + number,
    str: rearranged,
    bytes: rearranged,
    list: rearranged,
    tuple: rearranged,
    dict: lambda value, number: dict(list(value.items())[::-1][number:]),
}


# --- the run ------------------------------------------------------------------------------------------------------


def loaded(name: str) -> Any:
    """Load a file beside this one, with builtins of its own that nobody else can replace."""
    place = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    module.__dict__["__builtins__"] = dict(vars(builtins))
    place.loader.exec_module(module)
    return module


def answers(call: Any, late: type[BaseException], item: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what came of an input and of its variations."""
    if item["function"].endswith(f"::{MODULE}"):
        yield "", call.constants(item)
        return
    try:
        for number, build in versions(item):
            shown = call.portrait.Portrait().call(*build())
            yield number, {**call.run(item, build()), "reached": call.reached, "inputs": shown}
    except BaseException as error:  # noqa: BLE001 - imports and unpickling run foreign code
        why = TOO_LONG if isinstance(error, late) else f"cannot be called: {type(error).__name__}"
        yield "!", {"undecided": why}


def strangers(frame: Any, home: str) -> Iterator[str]:
    """Yield who, besides the files beside this one, is about to write a line of the report."""
    for one in (frame, frame.f_back):
        if one is None or not one.f_code.co_filename.startswith(home):
            yield "somebody else"


def brief(aspect: object, top: str) -> object:
    """Return an aspect without where the tree lies, a long one as its digest and its beginning."""
    if not isinstance(aspect, str):
        return aspect
    aspect = aspect.replace(top, "")
    if len(aspect) <= SHORT:
        return aspect
    return f"{aspect[:SHORT]}… {hashlib.sha256(aspect.encode('utf-8', 'surrogatepass')).hexdigest()}"


def main() -> None:
    """Answer every input that the spec names, in order."""
    leave = os._exit
    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).parent)]
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    runner, portrait, observing = loaded("runner"), loaded("portrait"), loaded("observing")
    home = str(Path(__file__).parent)
    say = runner.reporter(int(os.environ.pop("NOVA_REPORT_FD")), lambda frame, _: strangers(frame, home))
    del sys.argv[1:]
    runner.prepare(spec)
    sys.meta_path.insert(0, NoPytest())
    signal.signal(signal.SIGALRM, observing.ring)
    call, late = observing.Call(observing.Tree(spec["tree"], spec["modules"]), spec, portrait), 0
    say("hello")
    for index, item in enumerate(spec["inputs"]):
        for number, told in answers(call, observing.Late, item):
            say(
                "told",
                f"{index}{number}",
                {name: brief(aspect, spec["tree"]) for name, aspect in told.items() if aspect},
            )
            late += told.get("undecided") == TOO_LONG
        if late >= spec["late"]:
            break
    say("end")
    leave(0)


if __name__ == "__main__":
    main()
