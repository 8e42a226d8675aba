"""The docstring of a new test names what it kills, as readers and linters want it."""

import pytest

from improver.verify.ruff import RuffTool
from improver.writing.words.wording import docstring


def test_a_docstring_names_what_it_kills_and_says_what_it_is() -> None:
    assert docstring(["a.py:6: `>` → `>=`"], 100) == [
        '"""Kill `>` -> `>=` at a.py:6. Characterises current behaviour, not a spec."""'
    ]
    many = docstring([f"a.py:{line}: `{line}` → `0`" for line in (10, 9, 8, 7)], 100)
    assert many == [
        '"""Kill small faults that went unnoticed.', "",
        "- `7` -> `0` at a.py:7,", "- `8` -> `0` at a.py:8,", "- `9` -> `0` at a.py:9,",
        "- and 1 more.", "", "Characterises current behaviour, not a spec.", '"""',
    ]  # fmt: skip
    alike = docstring([f"a.py:{at}: `>` → `>=`{more}" for at in (7, 8, 9) for more in ("", " at column 9")], 100)
    assert alike[2:6] == [*(f"- `>` -> `>=` at a.py:{at}{end}" for at, end in ((7, ","), (8, ","), (9, "."))), ""]


@pytest.mark.parametrize("convention", ["google", "numpy", "pep257"])
def test_no_linter_of_docstrings_minds_one_of_ours(convention: str) -> None:
    texts = [docstring([f"a.py:{line}: `{line}` → `0`" for line in range(count)], 90) for count in (1, 2, 9)]
    tests = ["\n    ".join([f"def test_{number}():", *lines]) for number, lines in enumerate(texts)]
    text = "\n\n\n".join(['"""Tests."""', *tests, ""]).replace("    \n", "\n")
    config = {"ruff.toml": f"lint.pydocstyle.convention = '{convention}'\n".encode()}
    assert RuffTool().findings({"a.py": text.encode()}, select="D,W", config=config)[0] == []
