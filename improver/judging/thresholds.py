"""Configuration of linters, tests, types and coverage as flat keys, and which changes of it may lower a bar."""

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping

JUDGES = re.compile(r"tool\.(pytest|ruff|mypy|coverage|pyright|basedpyright|pylint|flake8|bandit|tox|importlinter)\b")
PACKAGING = re.compile(r"(metadata|options|bdist|sdist|egg_info|project|build-system)\b")
HIGHER = re.compile(r"(fail.under|minimum|min.similarity|min.coverage)\Z")
MORE = re.compile(r"((extend.)?(select|fixable)|enable(.error.code)?|strict|source|testpaths)\Z")
STRICTER = re.compile(r"(strict\w*|warn_\w+|disallow_\w+|no_implicit_\w+|branch|xfail_strict|enabled?)\Z")


def lowered(path: str, before: str | None, after: str | None) -> Iterator[str]:
    """Yield every key of the configuration file `path` whose change could make a check easier to pass."""
    old, new = (_flat(path, text) for text in (before, after))
    if old is None or new is None:
        yield "cannot be read as configuration"
        return
    for key in sorted(old.keys() | new.keys()):
        if _judges(path, key) and not _tightens(key, old.get(key), new.get(key)):
            yield f"{key}: {old.get(key, 'absent')} -> {new.get(key, 'absent')}"


def _flat(path: str, text: str | None) -> dict[str, object] | None:
    """Return the keys of a TOML or INI text with their values, None when it is neither."""
    if text is None:
        return {}
    try:
        if path.endswith(".toml"):
            return dict(_leaves("", tomllib.loads(text)))
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
    except (tomllib.TOMLDecodeError, configparser.Error):
        return None
    return {f"{section}.{key}": value for section in parser.sections() for key, value in parser.items(section)}


def _leaves(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def _judges(path: str, key: str) -> bool:
    if path.rsplit("/", 1)[-1] == "pyproject.toml":
        return JUDGES.match(key) is not None
    return PACKAGING.match(key) is None


def _tightens(key: str, old: object, new: object) -> bool:
    """Tell whether nothing gets easier when `old` (None: absent) becomes `new`."""
    if old == new:
        return True
    if HIGHER.search(key):
        return _number(new) >= _number(old)
    if MORE.search(key) and isinstance(old, list) and isinstance(new, list):
        return set(map(str, old)) <= set(map(str, new))
    return bool(STRICTER.search(key)) and str(new).lower() == "true"


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0
