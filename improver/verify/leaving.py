"""What a call leaves behind in files and folders, told without where they lie: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import contextlib
import os
import pathlib
import re
import shutil
import tempfile
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

FILES = 4  # of a folder that are looked into
NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)*")
FRESH: list[str] = []  # folders that were made since the last look ended
HERE: set[str] = set()  # what lies where this process runs
PLACE: list[str] = []  # where that is
LITTER: list[str] = []  # what the last looks left there besides; "." for one that went elsewhere


def watch(checking: Any) -> None:
    """Note every temporary folder that is made in this process, and remove it when a look of `checking` has ended."""
    make, within = tempfile.mkdtemp, checking.within

    def noted(suffix: Any = None, prefix: Any = None, dir: Any = None) -> Any:  # noqa: A002 - as it is called
        made = make(suffix, prefix, dir)
        FRESH.append(str(made))
        return made

    @contextlib.contextmanager
    def tidied(seconds: float) -> Iterator[None]:
        try:
            with within(seconds):
                yield
        finally:
            clear()

    tempfile.mkdtemp, checking.within = noted, tidied


def settle() -> None:
    """Take for given where this process runs, and what lies there."""
    PLACE[:] = [os.getcwd()]  # noqa: PTH109 - text
    HERE.clear()
    HERE.update(os.listdir())  # noqa: PTH208 - names


def clear() -> None:
    """Remove the folders that were made since the last look, and what it left where this process runs, back there.

    Before `settle` nobody knows what lay there already: all of that stays.
    """
    _return()
    left = [name for name in os.listdir() if PLACE and name not in HERE]  # noqa: PTH208 - names
    LITTER.extend(left)
    for path in (*FRESH, *left):
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            pathlib.Path(path).unlink()
    FRESH.clear()


def _return() -> None:
    """Go back to where this process runs; who left for good left that behind."""
    with contextlib.suppress(OSError):  # where it is now may be gone
        if [os.getcwd()] == PLACE:  # noqa: PTH109 - text
            return
    if PLACE:
        LITTER.append(os.curdir)
        os.chdir(PLACE[0])


@contextlib.contextmanager
def elsewhere(*, last_first: bool) -> Iterator[None]:
    """Let folders tell what is in them by name, or the other way around and files be made with other rights."""
    listed, scanned, rights = os.listdir, os.scandir, os.umask(0o077 if last_first else 0o022)
    os.listdir = lambda path=None: sorted(listed(path), reverse=last_first)  # type: ignore[assignment]
    os.scandir = lambda path=None: _Ordered(scanned(path), last_first=last_first)  # type: ignore[assignment]
    try:
        yield
    finally:
        os.listdir, os.scandir = listed, scanned
        os.umask(rights)


class _Ordered:
    """What is in a folder, by name."""

    def __init__(self, entries: Any, *, last_first: bool) -> None:
        with entries:
            self.left = sorted(entries, key=lambda one: os.fspath(one.name), reverse=not last_first)

    def __iter__(self) -> _Ordered:
        return self

    def __next__(self) -> Any:
        if not self.left:
            raise StopIteration
        return self.left.pop()

    def __enter__(self) -> _Ordered:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget what is left."""
        self.left = []


def places_of(space: dict[str, Any]) -> dict[str, Any]:
    """Return the variables that hold paths in folders that were made for this look."""
    return {name: value for name, value in space.items() if is_fresh(value)}


def is_fresh(value: Any) -> bool:
    """Tell whether a value is the path of something in a folder that was made for this look, or of that folder."""
    is_path = issubclass(type(value), pathlib.Path)  # isinstance would ask the value itself, which may note that
    return is_path and any(_below(str(value), one) is not None for one in FRESH)


def _below(text: str, folder: str) -> str | None:
    """Return what of a path comes after that of a folder, "" for the folder itself; None where it is elsewhere."""
    if text == folder:
        return ""
    return text[len(folder) + 1 :] if text.startswith(f"{folder}/") else None


def told(text: str, places: dict[str, Any]) -> str | None:
    """Return an expression of the path `text` by the variables that hold paths, None where none is near enough."""
    exact = [name for name, place in places.items() if str(place) == text]
    if exact:
        return min(exact, key=lambda name: (len(name), name))
    for name, place in sorted(places.items(), key=lambda one: (-len(str(one[1])), one[0])):
        rest = _below(text, str(place))
        if rest and NAME.fullmatch(rest):
            return " / ".join([name, *map(repr, rest.split("/"))])
    return None


def without(text: str) -> str:
    """Return a text without the folders that were made for this look."""
    for folder in FRESH:
        text = text.replace(folder, "")
    return text


def is_listing(value: Any, places: dict[str, Any]) -> bool:
    """Tell whether a list is of several paths, in whatever order the disk has them."""
    several = type(value) is list and len(value) > 1
    return several and all(isinstance(one, (str, pathlib.Path)) and told(str(one), places) for one in value)


def views(path: Any, name: str) -> list[tuple[str, Any]]:
    """Return what can be looked at where a path leads: a file's text, what is in a folder, or that there is nothing."""
    if path.is_dir():
        inner = sorted(one for one in path.rglob("*") if one.is_file())[:FILES]
        texts = [(told(str(one), {name: path}), one) for one in inner]
        return [*_list(path, name), *(view for place, one in texts if place for view in _read(one, f"({place})"))]
    if path.is_file():
        return _read(path, name)
    return [(f"{name}.exists()", path.exists())]


def _list(path: Any, name: str) -> list[tuple[str, Any]]:
    """Return how what is in a folder is looked at, in an order that no disk decides."""
    inner = sorted(path.iterdir())
    if not inner and str(path) not in FRESH:
        return [(f"{name}.is_dir()", True)]
    return [(f"{'sorted' if len(inner) > 1 else 'list'}({name}.iterdir())", inner)]


def left(setup: list[str]) -> set[str]:
    """Return the names of what was entered before a call, and left."""
    nodes = [node for line in setup for node in ast.parse(line).body]
    entered = [one.optional_vars for node in nodes if isinstance(node, (ast.With, ast.AsyncWith)) for one in node.items]
    return {one.id for one in entered if isinstance(one, ast.Name)}


def _read(path: Any, name: str) -> list[tuple[str, Any]]:
    """Return what a file holds: as text where every platform reads the same, else as bytes."""
    data = path.read_bytes()
    if data.isascii() and b"\r" not in data:
        return [(f"{name}.read_text()", data.decode())]
    return [(f"{name}.read_bytes()", data)]
