"""Run a case for the first time and write down what a test could demand of it: inside the sandbox (Python 3.9).

What a case and a check are stands in `checking`, which looks at them again.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import itertools
import re
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

OBSERVED = 10  # things looked at in one case; of those that notice nothing a test keeps none
INNER, SMALL, LONG = 6, 6, 120  # things looked at in what an object holds; items, characters of what is demanded whole
PLAIN = (int, str, bytes, type(None), bool, float)
ASKED = re.compile(r"(?:as|to)_")  # names of what gives an object in another form
MOVES = re.compile(r"clear|reset|set|close|pop|next|remove|update|add")  # names of what changes something
RESULT, ERROR = "result", "error"
LISTED = re.compile(r"^list\((?=result\)$)|(?<=^list\(result)\)$")
INSPECTED = "str(inspect."  # how a check asks for what a function takes
NOISE = frozenset({"args", "add_note", "with_traceback"})  # of an error: its message is demanded already


class Watcher:
    """Runs a case for the first time and finds out what of it can be demanded."""

    def __init__(self, tree: str, guests: Any, phrase: Callable[[], Any], space_of: Callable[[Any], Any]) -> None:
        self.tree, self.phrase, self.space_of = tree, phrase, space_of
        self.checking, self.plain, self.lining = guests["checking"], guests["plain"], guests["lining"]
        self.streams, self.answering = guests["streaming"].Streams, guests["answering"]
        self.overhearing, self.leaving = guests["overhearing"], guests["leaving"]
        self.places: dict[str, Any] = {}  # variables that hold paths in a folder made for this look
        self.said, self.noting = guests["saying"].said, guests["noting"]
        self.imports: set[tuple[str, str]] = set()
        self.reads = ""  # how the iterator was read that the call came to: its first item, or all

    def look(self, case: dict[str, Any], patience: float) -> dict[str, Any]:
        """Return what came of it: `checks` and `imports` to demand them, `type`, or `raised` and `deliberate`."""
        self.imports, self.reads = set(), ""
        self.leaving.LITTER.clear()
        made = self.checking.compiled({**case, "checks": []})
        try:
            with self.checking.within(patience):
                seen, fault = self.checking.came_of(self._look(case, made), made["way"], patience)
        except self.checking.Late:
            return {"late": True}
        except asyncio.CancelledError:
            return {"unfit": "it is cancelled"}
        fault = fault or "it leaves files where it runs" * bool(self.leaving.LITTER)
        return {"unfit": fault} if fault else dict(seen)

    async def _look(self, case: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        space = self.space_of(case["imports"])
        try:
            await self.checking.valued(made["lines"], space)
        except Exception as error:  # noqa: BLE001
            return {"unfit": f"its setup raises {type(error).__name__}"}
        self.places = self.leaving.places_of(space)
        before = self._state(space, case) if made["way"] else await self._before(made, case)
        try:
            if made["way"].startswith(self.checking.CONTEXT):
                async with await self.checking.valued(made["code"], space) as inner:
                    return await self._inside(inner, (space, case, before))
            heard = self.overhearing.Overheard(self.checking, self.tree)
            value, stream = await self._value(made, space, heard)
        except Exception as error:  # noqa: BLE001 - it is an outcome
            read = {"call": f"{self.reads}({case['call']})"} if self.reads and not made["way"] else {}
            return {**self._raised(error), **read}
        if stream and len(value) > self.checking.MOST and made["way"]:
            return {"unfit": "it yields very much"}
        streams = self.streams(self, made)
        value, subject = streams.seen_of(value, drained=stream)
        told = await streams.more(self._came(value, subject, (space, case, before)), value, space)
        return {**heard.demanded(told, self._written), "imports": sorted(self.imports)}

    async def _before(self, made: dict[str, Any], case: dict[str, Any]) -> dict[str, str]:
        """Return how the setup's variables look before the call, in others of their kind: to look may change them."""
        if not case["setup"]:
            return {}
        space = self.space_of(case["imports"])
        await self.checking.valued(made["lines"], space)
        return self._state(space, case)

    async def _value(self, made: dict[str, Any], space: dict[str, Any], heard: Any) -> tuple[Any, bool]:
        """Return what the call comes to, drained of one item more than is looked at, and whether it was a stream."""
        if made["way"] == self.checking.ITERABLE:
            with heard.listening(space):
                return await self.checking.collected(await self.checking.valued(made["bare"], space)), True
        with heard.listening(space):
            value = await self.checking.valued(made["code"], space)
        if not self.checking.is_stream(value):
            return value, False
        self.reads, items = "next", []
        for item in itertools.islice(value, self.checking.MOST + 1):
            self.reads = "list"
            items.append(item)
        return items, True

    async def _inside(self, inner: Any, around: tuple[Any, Any, Any]) -> dict[str, Any]:
        """Return what can be seen within a context that was entered: what it yields, and what it gives."""
        if not hasattr(type(inner), "__aiter__"):
            return self._came(inner, RESULT, around)
        seen = self._object_checks(inner, RESULT)  # before its items are gone
        found = await self.checking.collected(inner)
        if len(found) > self.checking.MOST:
            return {"unfit": "it yields very much"}
        told = self._came(found, self.checking.spoken(RESULT, self.checking.ITERABLE), around)
        return {**told, "checks": [*seen, *told["checks"]][:OBSERVED], "imports": sorted(self.imports)}

    def _came(self, value: Any, subject: str, around: tuple[Any, Any, Any]) -> dict[str, Any]:
        """Return what can be demanded of a value, of what the call changed and what it left alone, so much at most."""
        space, case, before = around
        after = self._state(space, case)
        changed = [one for one in after if before.get(one) != after[one]]
        kept = [one for one in after if case["setup"] and before.get(one) == after[one] != "?"]
        state = self.seen(changed, space)
        checks = [*state] if value is None or self.noting.START in case["setup"] else []
        if value is not None or not checks:
            checks += [*_itself(value, subject, around), *self._checks(value, subject)]
        checks += [one for one in (*state, *self.seen(kept, space)) if one not in checks]
        told = {"checks": checks[:OBSERVED], "imports": sorted(self.imports), "type": type(value).__name__}
        return {**told, "takes": self.answering.asked(value)}

    def seen(self, names: list[str], space: dict[str, Any]) -> list[tuple[str, str, str]]:
        """Return what can be demanded of what has these names, or is come by so."""
        found: list[tuple[str, str, str]] = []
        for name in names:
            with contextlib.suppress(Exception):  # what the call left behind may not let itself be looked at
                found += self._whole(eval(name, space), name)  # noqa: S307
        return found

    def _raised(self, error: Exception) -> dict[str, Any]:
        kind = type(error)
        deliberate = self.overhearing.is_deliberate(error, self.tree, self.checking.WRITTEN)
        told: dict[str, Any] = {"raised": kind.__name__, "deliberate": deliberate, "says": str(error)[:120]}
        name = self._written(kind)
        if name is None or not deliberate:
            return told
        checks = [("raises", name, self.overhearing.words_of(error))]
        if kind.__module__ != "builtins":  # it may hold more than its message
            seen = self._object_checks(error, ERROR)
            checks += [one for one in seen if one[1].rpartition(".")[2] not in NOISE and one[1].startswith(ERROR)]
        return {**told, "checks": checks, "imports": sorted(self.imports)}

    def _written(self, value: Any, *, says: bool = False) -> str | None:
        """Return an expression of `value`, or the one that it says, with its imports remembered; None for none."""
        phrase = self.phrase()
        with contextlib.suppress(Exception):  # a value's own code may do anything
            phrase.told = lambda one: self.leaving.told(one, self.places)
            text: str = self.said(value, phrase) if says else phrase.of(value)
            if value == eval(text, {**self.space_of(phrase.imports), **self.places}):  # noqa: S307
                self.imports |= phrase.imports
                return text
        return None

    def _whole(self, value: Any, subject: str) -> list[tuple[str, str, str]]:
        """Return what can be demanded of a value as a whole: that it is what is written, or what its own text makes."""
        if check := self.check(value, subject):
            return [check]
        text = self._written(value, says=True)
        return [("eq", subject, text)] if text and len(text) <= LONG else []

    def _checks(self, value: Any, subject: str) -> list[tuple[str, str, str]]:
        found = self.check(value, subject)
        return [found] if found else self._object_checks(value, subject)

    def check(self, value: Any, subject: str) -> tuple[str, str, str] | None:
        """Return what can be demanded of a value that `subject` comes to, None where it cannot be written."""
        if self.leaving.is_listing(value, self.places) and not subject.startswith("sorted("):
            value, subject = sorted(value), f"sorted({LISTED.sub('', subject)})"
        if subject.startswith(INSPECTED):
            self.imports.add(("inspect", ""))
        if value is None or isinstance(value, bool):
            return ("is", subject, repr(value))
        floats = self.plain.floats(value)
        if floats is None:
            return None
        text = self._written(value)
        if text is None or len(text) > LONG:
            return None
        return ("approx" if floats else "eq", subject, text)

    def _object_checks(self, value: Any, name: str) -> list[tuple[str, str, str]]:
        """Return what can be demanded of what cannot be written: what it is equal to, its items, plain attributes."""
        is_object = type(value).__module__ != "builtins" or inspect.isfunction(value)
        views = self._views(value, name) if is_object else [*self._parts(value, name), (name, value)]
        found = self._whole(value, name) if is_object else []
        texts: list[Any] = []  # whose lines are demanded
        for subject, seen in views:
            if check := self.check(seen, subject):
                found.append(check)
            elif seen not in texts:
                lines = self.lining.looks_at(seen, subject)
                found += filter(None, (self.check(line, place) for place, line in lines))
                texts += [seen] * bool(lines)
        return found

    def _parts(self, value: Any, name: str) -> Iterator[tuple[str, Any]]:
        """Yield what can be looked at in what is built in: all of it, else its items, which may be objects."""
        whole = self.plain.plain_of(value)
        if whole is not None and self.check(whole, name):
            yield name, whole
            return
        for subject, part in self.plain.parts_of(value, name) if name == RESULT else ():
            is_object = type(part).__module__ != "builtins" and not inspect.isroutine(part)
            yield from self._views(part, subject) if is_object else [(subject, part)]

    def _state(self, space: dict[str, Any], case: dict[str, Any]) -> dict[str, str]:
        """Return what can be looked at in the variables of the setup, and how it looks."""
        names = {node.id for line in case["setup"] for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)}
        found, without, left = {}, self.leaving.without, self.leaving.left(case["setup"])
        for name in sorted(self.noting.watched(names & space.keys(), case) - left):
            value = space[name]
            if type(value) in (list, dict, set, bytearray):
                found[name] = repr(value)
            elif not (type(value).__module__ == "builtins" or inspect.isroutine(value) or self.plain.is_fixed(value)):
                is_whole = not self.leaving.is_fresh(value) and self._written(value, says=True)
                views = [(name, value)] * bool(is_whole) + self._views(value, name)
                found.update({subject: without(_shown(seen)) for subject, seen in views})
        return found

    def _views(self, value: Any, name: str) -> list[tuple[str, Any]]:
        """Return what can be looked at in an object: its items, and its public attributes."""
        if self.leaving.is_fresh(value):
            return list(self.leaving.views(value, name))
        whole = self.plain.plain_of(value)
        views = [] if whole is None else [(name, whole)]
        is_whole = isinstance(whole, (str, bytes)) or self._written(value, says=True)
        views += [*(() if is_whole else self.plain.content_of(value, name)), *_told(value, name)]
        if isinstance(value, BaseException):
            views.append((f"str({name})", str(value)))
        views += self.answering.said(value, name)
        inner = []
        for attribute, seen in _attributes(value):
            if whole is not None and hasattr(whole, attribute):
                continue
            if _is_plain(seen):
                views.append((f"{name}.{attribute}", seen))
            elif (same := self.plain.plain_of(seen)) is not None:
                views.append((f"{name}.{attribute}", same))
            elif _package(seen) == _package(value) and not inspect.isroutine(seen) and not inspect.isclass(seen):
                views += self.plain.content_of(seen, f"{name}.{attribute}")
                inner += [(f"{name}.{attribute}.{one}", what) for one, what in _attributes(seen) if _is_plain(what)]
        return [*views, *inner[:INNER]]


def _itself(value: Any, subject: str, around: tuple[Any, Any, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield that a call gives what a variable before it stands for, and no other that is equal."""
    space, case, _ = around
    made = (node for line in case["setup"] for node in ast.parse(line).body if isinstance(node, ast.Assign))
    names = [one.id for node in made for one in node.targets if isinstance(one, ast.Name)]
    if subject == RESULT and case["call"] not in names and type(value) not in PLAIN:
        yield from (("is", subject, name) for name in dict.fromkeys(names) if space.get(name) is value)


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public attributes of an object by name."""
    for attribute in sorted(one for one in dir(value) if not one.startswith("_")):
        with contextlib.suppress(Exception):  # a property runs foreign code
            seen = getattr(value, attribute)
            if (attribute, type(seen)) != ("name", int):  # of an open file that has none
                yield attribute, seen


def _is_plain(value: Any) -> bool:
    return type(value) in PLAIN or (type(value) in (list, tuple, dict, set) and len(value) < SMALL)


def _package(value: Any) -> str:
    return str(type(value).__module__).partition(".")[0]


def _told(value: Any, name: str) -> list[tuple[str, Any]]:
    """Return what functions tell that were made for this one object, or function, and what it says it is as another.

    None of them needs arguments.
    """
    views = []
    for attribute in sorted(one for one in dir(type(value)) if ASKED.match(one)):
        with contextlib.suppress(Exception):  # it runs foreign code
            reads = getattr(type(value), attribute)
            if inspect.isfunction(reads) and len(inspect.signature(reads).parameters) == 1:
                views.append((f"{name}.{attribute}()", getattr(value, attribute)()))
    for attribute, reads in sorted(getattr(value, "__dict__", {}).items()):
        if inspect.isfunction(reads) and not attribute.startswith("_") and not MOVES.search(attribute):
            with contextlib.suppress(Exception):  # it may need arguments, and runs foreign code
                views.append((f"{name}.{attribute}()", reads()))
    return views


def _shown(value: Any) -> str:
    with contextlib.suppress(Exception):  # foreign code
        return repr(value)
    return "?"
