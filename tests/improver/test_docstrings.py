"""The docstring of a new test names what it kills, as readers and linters want it."""

import pytest

from improver.verify.ruff import RuffTool
from improver.writing.words.wording import docstring


def test_a_docstring_names_the_mutant_that_says_the_most_and_no_line() -> None:
    assert docstring(["a.py:6: `>` → `>=`"], 100) == ['"""Catch `>` changed to `>=` in a.py."""']
    usual = ["a.py:6: `return sea` → `return None`", "a.py:7: `raise Dry` → `pass`", "a.py:8: `sea` → `(not (sea))`"]
    assert docstring([*usual, "a.py:9: `4` → `5`", "a.py:10: `é` → `e`"], 100) == [
        '"""Catch `4` changed to `5` in a.py."""'
    ]
    assert docstring(usual, 100) == ['"""Catch `return sea` changed to `return None` in a.py."""']
    assert docstring([r"a.py:6: `'\d'` → `''`"], 100) == [
        r'r"""Catch `{0}\d{0}` changed to `{0}{0}` in a.py."""'.format("'")
    ]
    assert docstring(["a.py:6: `é` → `e`"], 100) == ['"""Catch a small fault in a.py."""']


@pytest.mark.parametrize("convention", ["google", "numpy", "pep257"])
def test_no_linter_of_docstrings_minds_one_of_ours(convention: str) -> None:
    kills = ["a.py:6: `>` → `>=`", "a.py:6: `dry` → `(not (dry))`", "a.py:6: `raise Dry` → `pass`", "a.py:6: `é` → `e`"]
    texts = [docstring([one], 90) for one in kills]
    tests = ["\n    ".join([f"def test_{number}():", *lines]) for number, lines in enumerate(texts)]
    text = "\n\n\n".join(['"""Tests."""', *tests, ""]).replace("    \n", "\n")
    config = {"ruff.toml": f"lint.pydocstyle.convention = '{convention}'\n".encode()}
    assert RuffTool().findings({"a.py": text.encode()}, select="D,W", config=config)[0] == []
