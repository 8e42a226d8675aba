"""Collect plugins: one file each in a package, no list to edit."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def modules(package: str) -> list[ModuleType]:
    """Import every module directly inside `package`, in the order of their names."""
    found = importlib.import_module(package)
    names = sorted(info.name for info in pkgutil.iter_modules(found.__path__))
    return [importlib.import_module(f"{package}.{name}") for name in names]


def discover(package: str, kind: type[T]) -> list[T]:
    """Return the values of type `kind` that the modules of `package` define at their top level."""
    found: dict[int, T] = {}
    for module in modules(package):
        found |= {id(value): value for value in vars(module).values() if isinstance(value, kind)}
    return list(found.values())
