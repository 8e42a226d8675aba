"""Run ruff over files given as bytes, in one process and a directory of its own, never in the user's tree."""

import hashlib
import io
import json
import subprocess
import sys
import sysconfig
import time
import tokenize
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from improver.errors import EnvironmentUnfit
from improver.ports import RuffFinding, TextEdit
from improver.records import Receipt, Tree
from improver.verify.folders import temporary

CONFIGURATION = (".ruff.toml", "ruff.toml", "pyproject.toml")  # in the order in which ruff prefers them
PYTHON = (".py", ".pyi")


def configuration(tree: Tree) -> dict[str, bytes]:
    """Return the files of `tree` that may configure ruff, by path."""
    return {path: file.data for path, file in tree.items() if path.rsplit("/", 1)[-1] in CONFIGURATION}


@dataclass(frozen=True, slots=True)
class _Ended:
    exit: int
    output: bytes
    complaint: str
    seconds: float

    @property
    def has_looked(self) -> bool:
        """Tell whether ruff came as far as the files; exit 2 is also what its formatter says of a syntax error."""
        return self.exit in {0, 1} or b"invalid-syntax" in self.output


@dataclass(frozen=True, slots=True)
class RuffTool:
    """The ruff of the running environment; implements `ports.Ruff`."""

    seconds: float = 120.0  # wall clock; beyond it something is wrong with the machine

    def findings(
        self, files: Mapping[str, bytes], *, select: str, config: Mapping[str, bytes] | None
    ) -> tuple[list[RuffFinding], Receipt]:
        """Check the Python files of `files`, by POSIX path, with one process.

        `select` is a comma-separated list of rules; "" leaves the choice to the configuration. `config` holds the
        base's configuration files by path and applies directory by directory as ruff itself would; without any
        the run is isolated. A configuration that this ruff does not understand is left out, which the receipt's
        notes say. A rule that `select` names is reported even where the configuration ignores it for all files.
        """
        chosen = ("--select", select) if select else ()
        argv = ("check", "--ignore-noqa", "--no-respect-gitignore", "--output-format", "json", *chosen)
        with temporary("ruff") as root:
            notes = _write(root, files)
            ended, full, more = self._configured(root, argv, config)
            output = ended.output.replace(json.dumps(f"{root}/").strip('"').encode(), b"")
        found = _parsed(output)
        receipt = Receipt(
            argv=full,
            exit=ended.exit,
            seconds=ended.seconds,
            counts={"files": len(files) - len(notes), "findings": len(found)},
            digest=hashlib.sha256(output).hexdigest(),
            notes=(*notes, *more),
        )
        return found, receipt

    def formatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bool:
        """Tell whether `ruff format` under the base's configuration would leave the file as it is.

        A file that ruff cannot read counts as left alone.
        """
        with temporary("ruff") as root:
            _write(root, {path: data})
            ended, _, _ = self._configured(root, ("format", "--check", "--no-respect-gitignore"), config)
        return ended.exit != 1

    def reformatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bytes:
        """Return the file as `ruff format` under the base's configuration leaves it.

        One that ruff cannot read, or that is not UTF-8, stays as it is.
        """
        if _as_utf8(data) != data or self.formatted(path, data, config):
            return data
        with temporary("ruff") as root:
            _write(root, {path: data})
            self._configured(root, ("format", "--no-respect-gitignore"), config)
            return (root / path).read_bytes()

    def _configured(
        self, root: Path, argv: tuple[str, ...], config: Mapping[str, bytes] | None
    ) -> tuple[_Ended, tuple[str, ...], tuple[str, ...]]:
        """Run with the configuration, or without it where ruff refuses it; return the run, its argv and notes."""
        notes: tuple[str, ...] = ()
        if config:
            _configure(root, config)
            configured = (*argv, "--no-cache", ".")
            ended = self._run(root, configured)
            if ended.has_looked:
                return ended, ("ruff", *configured), ()
            notes = (f"the project's ruff configuration was left out: {ended.complaint}",)
        isolated = (*argv, "--isolated", "--config", "exclude=[]", "--no-cache", ".")
        ended = self._run(root, isolated)
        if not ended.has_looked:
            raise EnvironmentUnfit("ruff does not run here", why=ended.complaint, fix="install the locked requirements")
        return ended, ("ruff", *isolated), notes

    def _run(self, root: Path, argv: tuple[str, ...]) -> _Ended:
        started = time.monotonic()
        try:
            ended = subprocess.run(
                (_binary(), *argv),
                cwd=root,
                env={"HOME": str(root), "LANG": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EnvironmentUnfit("ruff does not run here", why=str(error), fix="make test sets it up") from error
        complaint = " ".join(ended.stderr.decode(errors="replace").replace(f"{root}/", "").split())
        return _Ended(ended.returncode, ended.stdout, complaint[:300], time.monotonic() - started)


def _binary() -> str:
    """Return the path of the ruff that is installed beside the running interpreter."""
    places = (Path(sys.executable).parent, Path(sysconfig.get_path("scripts")))
    beside = next((place / "ruff" for place in places if (place / "ruff").is_file()), None)
    if beside is None:
        raise EnvironmentUnfit("ruff is not installed beside this interpreter", fix="install the locked requirements")
    return str(beside)


def _write(root: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write the Python files as UTF-8, which is all that ruff reads; return a note for each one left out."""
    notes = []
    for path, data in files.items():
        text = _as_utf8(data)
        if text is None or not path.endswith(PYTHON):
            notes.append(f"{path} was left out: {'its encoding cannot be read' if text is None else 'not Python'}")
            continue
        _put(root, path, text)
    return tuple(notes)


def _as_utf8(data: bytes) -> bytes | None:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data if encoding.startswith("utf-8") else data.decode(encoding).encode()
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None


def _configure(root: Path, config: Mapping[str, bytes]) -> None:
    """Lay out the configuration; an empty one on top keeps ruff from looking above our directory."""
    for path, data in config.items():
        if PurePosixPath(path).name in CONFIGURATION:
            _put(root, path, _unpinned(data))
    if not any(name in config for name in CONFIGURATION[:2]) and not _speaks_of_ruff(config.get("pyproject.toml")):
        _put(root, "ruff.toml", b"")


def _unpinned(data: bytes) -> bytes:
    """Return the configuration without the pin of ruff's own version: rules are asked of the ruff that is here."""
    lines = data.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.lstrip().startswith(b"required-version"))


def _speaks_of_ruff(pyproject: bytes | None) -> bool:
    try:
        return "ruff" in tomllib.loads((pyproject or b"").decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return True  # ruff shall say what is wrong with it


def _put(root: Path, path: str, data: bytes) -> None:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        raise ValueError(f"not a path inside a tree: {path!r}")
    place = root / parts
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def _parsed(output: bytes) -> list[RuffFinding]:
    return sorted((_finding(item) for item in json.loads(output or b"[]")), key=lambda f: (f.path, f.line, f.column))


def _finding(item: dict[str, Any]) -> RuffFinding:
    fix = item["fix"] or {"applicability": "", "edits": []}
    return RuffFinding(
        code=item["code"] or "",
        path=item["filename"],
        line=item["location"]["row"],
        column=item["location"]["column"],
        message=item["message"],
        applicability=fix["applicability"],
        edits=tuple(
            TextEdit(_position(edit["location"]), _position(edit["end_location"]), edit["content"])
            for edit in fix["edits"]
        ),
    )


def _position(place: dict[str, int]) -> tuple[int, int]:
    return place["row"], place["column"]
