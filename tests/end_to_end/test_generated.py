"""A project whose build writes a module that git does not keep, as most do that take their version from a tag."""

import sqlite3
from pathlib import Path

import pytest

from tests.end_to_end.projects import PYPROJECT, TINY, improve, made

pytestmark = [pytest.mark.host, pytest.mark.t3]

SCM = {
    **TINY,
    "pyproject.toml": f"{PYPROJECT}\n[tool.setuptools_scm]\nversion_file = 'pier/_version.py'\n",
    ".gitignore": "_version.py\n.nova/\n",
    "pier/__init__.py": "from pier._version import version as version\n",
}


def test_what_the_build_wrote_is_taken_along_and_missed_where_it_is_not(tmp_path: Path) -> None:
    root = made(tmp_path, SCM)
    missed = improve(root)
    assert (missed.status, "No module named 'pier._version'" in missed.err) == (3, True), missed
    assert "not keep must be there, and named in policies/gates.yaml (suite.generated)" in missed.err
    (root / "pier/_version.py").write_text("version = '1.2'\n", "utf-8")
    ended = improve(root)
    assert (ended.status, "baseline  · not in git, as the build made it: pier/_version.py" in ended.out) == (0, True)
    (root / "pier/_version.py").write_text("version = '1.3'\n", "utf-8")
    assert improve(root, "verify", "1").status == 0
    with sqlite3.connect(root / ".nova/ledger.sqlite3") as ledger:
        ((evidence,),) = ledger.execute("SELECT evidence FROM proposals").fetchall()
    ledger.close()
    assert b"pier/_version.py is not in git: as the build made it" in evidence
