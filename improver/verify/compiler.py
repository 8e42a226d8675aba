"""Compile files as pytest would, with its assertions rewritten, and tell the byte code: nothing of them is run.

Started like runner.py, which lies beside it, by an interpreter of 3.9 or later: the standard library and pytest only.
A file that it cannot compile, or only with a warning, is left to the run that would show what is said of it.
"""

from __future__ import annotations

import base64
import importlib
import importlib.util
import io
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any


def compiled(rewrite: Any, place: Path) -> bytes:
    """Return what pytest would write into the cache for the file at `place`, b"" when it would warn or fail."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            stamp, code = rewrite._rewrite_test(place, None)  # noqa: SLF001 - pytest has no public name for it
        except (SyntaxError, ValueError, Warning, RecursionError):
            return b""
    rewrite._write_pyc_fp(buffer, stamp, code)  # noqa: SLF001
    return buffer.getvalue()


def main() -> None:
    """Write one line for each file that the spec names: its path, the tail of the cached file's name, its bytes."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    place = importlib.util.spec_from_file_location("_runner", Path(__file__).with_name("runner.py"))
    assert place is not None
    assert place.loader is not None
    runner = importlib.util.module_from_spec(place)
    place.loader.exec_module(runner)
    sys.meta_path.append(runner.LentFinder(spec["lent"]))
    rewrite = importlib.import_module("_pytest.assertion.rewrite")
    with os.fdopen(int(os.environ.pop("NOVA_REPORT_FD")), "w", encoding="ascii") as report:
        for path in spec["tests"]:
            if data := compiled(rewrite, Path(spec["tree"], path)):
                print(json.dumps([path, rewrite.PYC_TAIL, base64.b64encode(data).decode("ascii")]), file=report)


if __name__ == "__main__":
    main()
