"""Keep arguments of calls as pickles that are made without running the project's code.

A class of the tree that pickles itself is left out: what it does might be noticed.
"""

from __future__ import annotations

import copyreg
import hashlib
import math
import pickle
import re
import sys
import types
from collections import Counter, deque
from typing import Any

TRIES = 4  # calls looked at for each one that may be kept
SHARE = 4  # a test gets this part of the tries that are left
KINDS = 8  # types of one parameter that are noted
QUOTES = "''"  # after the name of a parameter: what the texts begin with that it is given
DULL = 12  # calls that cannot be kept, one after the other, after which a function's are looked at no more
VARARGS, VARKEYWORDS = 0x4, 0x8
PROTOCOL = 4

HOOKS = ("__reduce_ex__", "__reduce__", "__getstate__", "__getnewargs_ex__", "__getnewargs__")
READS = ("__getattribute__", "__getattr__", "__dict__", "__class__", "__slots__")
VIEWS = ("items", "keys", "__iter__", "__getitem__", "__len__", "copy")
CONTAINERS = (dict, list, set, frozenset, deque, bytearray)
BUILT_IN = (
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    types.BuiltinFunctionType,
)

KNOWN = re.compile(
    rb"(?:AKIA|ASIA)[0-9A-Z]{16}|gh[opsur]_\w{30}|github_pat_\w{20}|glpat-[\w-]{20}|xox[abeoprs]-[\w-]{10}"
    rb"|sk-[\w-]{20}|sk_live_\w{10}|AIza[\w-]{30}|eyJ[\w-]{10,}\.eyJ|-----BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s:@]+@"
)
NAMED = rb"(?i:secret|passw|passphrase|api_?key|access_?key|private_?key|(?:auth|access|refresh)_?token|credential)"
FIELD = re.compile(NAMED + rb"[a-z_]{0,12}\x94(?:\x8c[^\x00]|X[^\x00]|C[^\x00]|h)")  # a key, and a text as its value
NAME_OF = type.__dict__["__name__"].__get__  # whatever a type of types makes of its name
PARAMETER = re.compile(NAMED.decode())
OPAQUE = re.compile(rb"[A-Za-z0-9+/_=-]{20,}")
BITS = 3.9  # of entropy a character, above which mixed letters and digits look made by chance
HEXADECIMAL = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32,}(?![0-9a-f])")


class Unfit(Exception):
    """A call that cannot be kept, and why."""


class Bounded:
    """A file in memory that takes only so much."""

    def __init__(self, most: int) -> None:
        self.most, self.parts, self.size = most, list[bytes](), 0

    def write(self, data: Any) -> int:
        """Take more, or refuse all."""
        self.size += len(data)
        if self.size > self.most:
            raise Unfit("huge")
        self.parts.append(bytes(data))
        return len(data)


class Pickler(pickle.Pickler):
    """A pickler that calls nothing that stands in the tree or was made up as it ran."""

    dispatch_table = copyreg.dispatch_table.copy()  # as it is before the project can add to it
    tree = "/"
    tame: dict[type, bool] = {}  # noqa: RUF012 - one for all

    def reducer_override(self, value: Any) -> Any:
        """Refuse a value whose own code would run."""
        kind = type(value)
        known = self.tame.get(kind)
        if known is None:
            known = self.tame[kind] = is_tame(kind, self.tree)
        if not known:
            raise Unfit("pickles itself" if kind.__module__ != "itertools" else "unpicklable")
        if kind is types.FunctionType and type(value.__module__) is not str:
            raise Unfit("unpicklable")  # pickle would look through all modules for it
        return NotImplemented


def is_tame(kind: type, tree: str) -> bool:
    """Tell whether pickling a `kind` runs code of the standard library and of installed packages alone."""
    if kind.__module__ == "itertools" and sys.version_info >= (3, 12):
        return False  # it warns
    names = (*HOOKS, *READS, *(VIEWS if issubclass(kind, CONTAINERS) else ()))
    found = [vars(cls)[name] for cls in type.__dict__["__mro__"].__get__(kind) for name in names if name in vars(cls)]
    return all(_is_tame_part(part, tree) for part in found)


def _is_tame_part(part: object, tree: str) -> bool:
    if isinstance(part, (staticmethod, classmethod)):
        part = part.__func__
    if isinstance(part, types.FunctionType):
        file = part.__code__.co_filename
        return file.startswith(("/", "<frozen ")) and not file.startswith(tree)
    return isinstance(part, (*BUILT_IN, str, tuple, list, dict)) or part is None or part is object.__class__


def looks_secret(data: bytes) -> bool:
    """Tell whether a pickle seems to hold a password, a key or the like."""
    if KNOWN.search(data) or FIELD.search(data):
        return True
    return any(_is_random(word) for word in OPAQUE.findall(data)) or any(
        _entropy(word) > 3 for word in HEXADECIMAL.findall(data)
    )


def _is_random(word: bytes) -> bool:
    kinds = (re.search(rb"[a-z]", word), re.search(rb"[A-Z]", word), re.search(rb"[0-9]", word))
    return all(kinds) and _entropy(word) > BITS


def _entropy(word: bytes) -> float:
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())


class Taker:
    """The calls of one function: a sample of the distinct ones, by digest, early and late tests alike."""

    def __init__(self, keeper: Keeper, name: str, code: types.CodeType) -> None:
        self.keeper, self.name, self.code = keeper, name, code
        self.left, self.share, self.dull, self.number = keeper.most * TRIES, 0, 0, -1
        self.kept: dict[bytes, bytes] = {}
        self.kinds: dict[str, dict[str, None]] = {}  # names of types by parameter, in their order

    def wants(self) -> bool:
        """Tell whether another call of the running test should be looked at."""
        if self.number != self.keeper.number:
            self.number, self.share = self.keeper.number, -(-self.left // SHARE)
        return self.share > 0

    def take(self, frame: types.FrameType) -> None:
        """Look at the call that begins with `frame`, and keep it if it can be."""
        self.left, self.share = self.left - 1, self.share - 1
        try:
            self._note(frame)
            self._keep(pickled(frame, self.keeper.bytes))
            self.dull = 0
        except Unfit as why:
            self._leave_out(str(why))
        except Exception:  # noqa: BLE001 - pickle raises whatever it likes
            self._leave_out("unpicklable")

    def _note(self, frame: types.FrameType) -> None:
        """Note of which types the arguments are, those that no parameter names by that which takes them all.

        Items of a list or a tuple are noted by its name with brackets, of a text what it begins with, in quotes.
        """
        code, found = frame.f_code, frame.f_locals
        last = code.co_argcount + code.co_kwonlyargcount
        given = [(name, found[name]) for name in code.co_varnames[:last]]
        if code.co_flags & VARARGS:
            given += [(code.co_varnames[last], one) for one in found[code.co_varnames[last]][:KINDS]]
        for name, value in given:
            if type(value) is str and value:
                self.kinds.setdefault(f"{name}{QUOTES}", {})[beginning(value)] = None
        given += [(f"{name}[]", one) for name, value in given if type(value) in (list, tuple) for one in value[:KINDS]]
        for name, value in given:
            known = self.kinds.setdefault(name, {})
            if len(known) < KINDS:
                known[NAME_OF(type(value))] = None
        forget(found)

    def _leave_out(self, why: str) -> None:
        self.keeper.left_out[why] += 1
        self.dull += 1
        if self.dull >= DULL and not self.kept:
            self.left = self.share = 0

    def _keep(self, data: bytes) -> None:
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest in self.kept:
            return
        if looks_secret(data):
            raise Unfit("secret-looking")
        self.kept[digest] = data
        self.keeper.size += len(data)
        if len(self.kept) > self.keeper.most:
            self.keeper.size -= len(self.kept.pop(max(self.kept)))
        if self.keeper.size > self.keeper.budget:
            self.keeper.shrink()


def beginning(text: str) -> str:
    """Return of which kind the first character of a text is: a blank, a digit, a letter or a mark.

    >>> [beginning(one) for one in (" a", "0x1f", "tide", "-1")]
    ['blank', 'digit', 'letter', 'mark']
    """
    first = text[0]
    return "blank" if first.isspace() else "digit" if first.isdigit() else "letter" if first.isalpha() else "mark"


def forget(found: dict[str, Any]) -> None:
    """Let go of the locals of a frame, where they are a copy that would keep them alive until the call ends."""
    if sys.version_info[:2] == (3, 12):
        found.clear()


def pickled(frame: types.FrameType, most: int) -> bytes:
    """Return (args, kwargs) of a call that begins with `frame`; raise Unfit when it cannot be kept."""
    code, found = frame.f_code, frame.f_locals
    names, count, flags = code.co_varnames, code.co_argcount, code.co_flags
    last = count + code.co_kwonlyargcount
    args = [found[name] for name in names[:count]]
    kwargs = {name: found[name] for name in names[count:last]}
    if any(PARAMETER.search(name) and type(found[name]) in (str, bytes) and found[name] for name in names[:last]):
        raise Unfit("secret-looking")
    if flags & VARARGS:
        args += found[names[last]]
    if flags & VARKEYWORDS:
        kwargs.update(found[names[last + bool(flags & VARARGS)]])
    forget(found)
    sink = Bounded(most)
    Pickler(sink, PROTOCOL).dump((tuple(args), kwargs))
    return b"".join(sink.parts)


class Keeper:
    """All calls that are kept, within bounds for one call, one function and all together."""

    def __init__(self, wish: dict[str, int], tree: str) -> None:
        self.most, self.bytes, self.budget, self.seconds = (
            wish["calls"],
            wish["call_bytes"],
            wish["budget"],
            wish["seconds"],
        )
        self.left_out: Counter[str] = Counter()
        self.takers: dict[tuple[str, int], Taker] = {}
        self.number = self.size = 0
        Pickler.tree = f"{tree}/"

    def taker(self, name: str, code: types.CodeType) -> Taker:
        """Return who takes the calls of the function `name`, which may be compiled again.

        Of a coroutine and of what yields, a call begins when somebody first waits for it.
        """
        return self.takers.setdefault((name, code.co_firstlineno), Taker(self, name, code))

    def shrink(self) -> None:
        """Make room: drop the larger half of what a call may be, until all fit."""
        while self.size > self.budget:
            self.bytes //= 2
            for taker in self.takers.values():
                for digest, data in list(taker.kept.items()):
                    if len(data) > self.bytes:
                        del taker.kept[digest]
                        self.size -= len(data)
                        self.left_out["huge"] += 1

    def kinds(self) -> dict[str, dict[str, list[str]]]:
        """Return the types of the arguments that were seen, by function and parameter."""
        found: dict[str, dict[str, list[str]]] = {}
        for (name, _), taker in self.takers.items():
            known = found.setdefault(name, {})
            known.update({one: [*dict.fromkeys([*known.get(one, ()), *kinds])] for one, kinds in taker.kinds.items()})
        return found

    def candidates(self) -> list[tuple[str, str, int, list[bytes]]]:
        """Return name, file, first line and calls of each function that has some, smallest call first."""
        return [
            (name, taker.code.co_filename, line, sorted(taker.kept.values(), key=lambda data: (len(data), data)))
            for (name, line), taker in sorted(self.takers.items())
            if taker.kept
        ]
