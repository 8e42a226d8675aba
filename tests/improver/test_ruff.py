"""RuffTool reports what ruff says of bytes, under the base's configuration, and leaves receipts that travel."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from improver.ports import RuffFinding, TextEdit
from improver.verify.ruff import RuffTool

PARENTHESES = b"x = abs((1))\n"
RUFF = RuffTool()


@pytest.fixture(autouse=True)
def strange_place(tmp_path: Path) -> Iterator[None]:
    """Stand in a folder whose own configuration would turn everything off."""
    (tmp_path / "ruff.toml").write_text('exclude = ["*"]\n', encoding="utf-8")
    with chdir(tmp_path):
        yield


def codes(files: dict[str, bytes], select: str, config: dict[str, bytes] | None = None) -> list[tuple[str, str]]:
    found, _ = RUFF.findings(files, select=select, config=config)
    return [(item.path, item.code) for item in found]


def test_a_finding_carries_its_place_and_the_edits_of_its_fix() -> None:
    found, _ = RUFF.findings({"a.py": b'y = "\xc3\xa9", f((1))\n'}, select="UP034", config=None)
    edit = TextEdit((1, 12), (1, 15), "1")
    assert found == [RuffFinding("UP034", "a.py", 1, 12, "Avoid extraneous parentheses", "safe", (edit,))]


def test_a_receipt_says_the_same_wherever_it_is_made() -> None:
    receipts = [RUFF.findings({"p/a.py": PARENTHESES}, select="UP034", config=None)[1] for _ in range(2)]
    assert receipts[0].digest == receipts[1].digest
    assert receipts[0].argv == receipts[1].argv
    assert receipts[0].argv[:2] == ("ruff", "check")
    assert not any(os.sep in argument for argument in receipts[0].argv)
    assert (receipts[0].exit, receipts[0].counts) == (1, {"files": 1, "findings": 1})
    clean = RUFF.findings({"p/a.py": b"x = 1\n"}, select="UP034", config=None)[1]
    assert (clean.exit, clean.counts, clean.digest) == (
        0,
        {"files": 1, "findings": 0},
        hashlib.sha256(b"[]").hexdigest(),
    )
    assert 0 < clean.seconds < 60


def test_suppressions_and_the_usual_exclusions_do_not_count_without_configuration() -> None:
    files = {"build/a.py": b"x = f((1))  # noqa: UP034\n", "venv/b.py": b"# ruff: noqa\nx = f((1))\n"}
    assert codes(files, "UP034") == [("build/a.py", "UP034"), ("venv/b.py", "UP034")]


ON = b"[lint]\nselect = ['UP034']\n"
OFF = b"[lint]\nselect = []\n"
SPEECHLESS = b"[project]\nname = 'x'\n"


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param({"ruff.toml": ON}, ["a.py", "p/b.py", "p/q/c.py"], id="one on top rules everything"),
        pytest.param({"ruff.toml": ON, "p/ruff.toml": OFF}, ["a.py"], id="a nested one rules its folder and below"),
        pytest.param({"ruff.toml": OFF, "p/q/.ruff.toml": ON}, ["p/q/c.py"], id="the nearest wins"),
        pytest.param({"p/ruff.toml": OFF}, ["a.py"], id="without one on top, ruff's default rules hold there"),
        pytest.param(
            {"pyproject.toml": b"[tool.ruff]\nexclude = ['p']\n[tool.ruff.lint]\nselect = ['UP034']\n"},
            ["a.py"],
            id="what the project excludes is left out",
        ),
        pytest.param(
            {"ruff.toml": ON, "p/pyproject.toml": SPEECHLESS},
            ["a.py", "p/b.py", "p/q/c.py"],
            id="a pyproject without ruff is no configuration of ruff",
        ),
    ],
)
def test_configuration_applies_by_folder_as_ruff_applies_it(config: dict[str, bytes], expected: list[str]) -> None:
    files = {"a.py": PARENTHESES, "p/b.py": PARENTHESES, "p/q/c.py": PARENTHESES}
    assert [path for path, _ in codes(files, "", config)] == expected


def test_the_target_version_comes_from_the_project() -> None:
    files = {"a.py": b"from typing import List\n\nx: List[int]\n"}
    old = {"pyproject.toml": b"[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.8'\n"}
    assert codes(files, "UP006", old) == []
    assert codes(files, "UP006", None) == [("a.py", "UP006")]


def test_a_configuration_among_the_candidates_files_is_not_read() -> None:
    files = {"a.py": PARENTHESES, "ruff.toml": b"[lint]\nper-file-ignores = {'*' = ['ALL']}\n"}
    found, receipt = RUFF.findings(files, select="UP034", config=None)
    assert [item.path for item in found] == ["a.py"]
    assert receipt.notes == ("ruff.toml was left out: not Python",)


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(
            b"required-version = '>=99'\n[lint]\nselect = ['UP034']\n", id="a pin of another ruff is passed over"
        ),
        pytest.param(b"no-such-key = 1\n", id="an unknown key"),
        pytest.param(b"[lint\n", id="no TOML at all"),
        pytest.param(b"extend = 'missing.toml'\n", id="an extension that is not there"),
    ],
)
def test_a_configuration_of_another_ruff_does_not_stop_the_run(config: bytes) -> None:
    found, receipt = RUFF.findings({"a.py": PARENTHESES}, select="UP034", config={"ruff.toml": config})
    assert [item.code for item in found] == ["UP034"]
    assert [note.split(":")[0] for note in receipt.notes] == (
        [] if config.startswith(b"required") else ["the project's ruff configuration was left out"]
    )


def test_other_encodings_are_read_and_what_cannot_be_read_is_noted() -> None:
    files = {"a.py": b"# coding: latin-1\nx = '\xe9', f((1))\n", "b.py": b"# coding: klingon\nx = f((1))\n"}
    found, receipt = RUFF.findings(files, select="UP034", config=None)
    assert [(item.path, item.line, item.column) for item in found] == [("a.py", 2, 12)]
    assert receipt.notes == ("b.py was left out: its encoding cannot be read",)
    assert receipt.counts == {"files": 1, "findings": 1}


def test_a_syntax_error_is_a_finding() -> None:
    assert {code for _, code in codes({"a.py": b"def f(:\n"}, "UP034")} == {"invalid-syntax"}


def test_a_path_that_leaves_the_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="not a path inside a tree"):
        RUFF.findings({"../a.py": PARENTHESES}, select="UP034", config=None)


@pytest.mark.parametrize(
    ("data", "config", "formatted"),
    [
        pytest.param(b'x = "a"\n', None, True, id="a formatted file stays"),
        pytest.param(b"x = 'a'\n", None, False, id="a file with other quotes would change"),
        pytest.param(
            b"x = 'a'\n", {"ruff.toml": b"format.quote-style = 'single'\n"}, True, id="the base's style counts"
        ),
        pytest.param(b"x = (\n", None, True, id="what cannot be parsed is left alone"),
    ],
)
def test_formatted_tells_whether_ruff_would_leave_the_file(
    data: bytes, config: dict[str, bytes] | None, formatted: bool
) -> None:
    assert RUFF.formatted("p/a.py", data, config) is formatted


@pytest.mark.parametrize(
    ("data", "config", "whole"),
    [
        pytest.param(b"x = 'a'\n", None, b'x = "a"\n', id="what is laid out otherwise"),
        pytest.param(
            b"x = f(\n    1\n)\r\n",
            {"ruff.toml": b"line-length = 9\n"},
            b"x = f(1)\n",
            id="a line of the base's length",
        ),
        pytest.param(b"x = (\n", None, b"x = (\n", id="what cannot be parsed"),
        pytest.param(
            b"# coding: latin-1\nx = '\xe9'\n", None, b"# coding: latin-1\nx = '\xe9'\n", id="another encoding"
        ),
    ],
)
def test_a_file_is_formatted_as_the_base_says(data: bytes, config: dict[str, bytes] | None, whole: bytes) -> None:
    assert RUFF.reformatted("a.py", data, config) == whole
