"""The public interface of a package's files, read by griffe without running them, and what breaks between two."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import griffe

from improver.verify.folders import temporary

SUFFIXES = (".py", ".pyi")
TRAITS = frozenset({"async", "staticmethod", "classmethod", "property", "cached"})  # griffe's labels, how it is called

Package = griffe.Object | griffe.Alias
Files = tuple[tuple[str, bytes], ...]


def breaks(name: str, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str] | None:
    """Return a sentence for each break of package `name`, None when griffe cannot read it as it was.

    Files come by POSIX path relative to the package's import root. Names with a leading underscore, and those that
    `__all__` leaves out, are no interface; what an `__init__` without `__all__` imports from its own package is.
    To griffe's own list come changed traits: a function becomes async, a method static.
    """
    if not before:
        return []
    old, new = _loaded(name, _files(before)), _loaded(name, _files(after))
    if old is None:
        return None
    if new is None:
        return [f"{name}: the package can no longer be read"]
    with griffe.logger.disable():
        found = {_sentence(breakage) for breakage in griffe.find_breaking_changes(old, new)}
    return sorted({*found, *_changed(old, new)})


def _files(files: Mapping[str, bytes]) -> Files:
    return tuple(sorted((path, data) for path, data in files.items() if path.endswith(SUFFIXES)))


@functools.lru_cache(maxsize=4)  # the base is the same for every candidate
def _loaded(name: str, files: Files) -> Package | None:
    """Load the package statically from a fresh directory; None when there is none of that name."""
    with temporary("interface") as root, griffe.logger.disable():
        for path, data in files:
            _put(root, path, data)
        try:
            package = griffe.load(name, search_paths=[root], allow_inspection=False, store_source=False)
        except (ImportError, griffe.GriffeError):
            return None
    _publish_reexports(package)
    return package


def _publish_reexports(module: Package) -> None:
    """Mark as public what a package's `__init__` without `__all__` imports from that package."""
    for member in module.members.values():
        if member.is_alias:
            named = not member.name.startswith("_") and module.is_init_module and not module.exports
            if named and isinstance(member, griffe.Alias) and member.target_path.startswith(f"{module.package.path}."):
                member.public = True
        elif member.is_module:
            _publish_reexports(member)


def _put(root: Path, path: str, data: bytes) -> None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"not a path inside a tree: {path!r}")
    place = root / parts
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def _sentence(breakage: griffe.Breakage) -> str:
    about = next(
        (value for value in (breakage.old_value, breakage.new_value) if isinstance(value, griffe.Parameter)), None
    )
    place = f"{breakage.obj.path}({about.name})" if about else breakage.obj.path
    kind = breakage.kind.value
    return f"{place}: {kind[0].lower()}{kind[1:]}"


def _changed(old: Package, new: Package) -> Iterator[str]:
    """Yield what griffe does not look at: the traits of public functions and classes."""
    for name, was in old.members.items():
        now = new.members.get(name)
        if now is None or was.is_alias or now.is_alias or not was.is_public:
            continue
        if was.labels & TRAITS != now.labels & TRAITS:
            yield f"{was.path}: was {_traits(was)} and is {_traits(now)}"
        if was.is_module or was.is_class:
            yield from _changed(was, now)


def _traits(function: Package) -> str:
    return " ".join(sorted(function.labels & TRAITS)) or "plain"
