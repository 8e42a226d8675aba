"""How old a line is comes from real commits."""

from pathlib import Path

import pytest

from improver.adapters.ages import FIRST, Ages
from improver.adapters.repository import open_repository
from improver.codemod import Abstain, apply, findings
from improver.codemods.commented_code import CommentedCode
from improver.observer import Project
from improver.records import File
from improver.source import Source
from improver.verify.ruff import RuffTool
from tests.improver.test_history import commit, git

BEFORE = "def f(rows):\n    return g(rows)\n"
AFTER = "def f(rows):\n    # rows = g(rows)\n    # return len(rows)\n    return g(rows)\n"


def head_of(root: Path) -> str:
    with open_repository(root) as repository:
        return repository.head


def planted(root: Path, *days: int) -> Ages:
    """Make a repository whose first commit lacks the comment that the second brings, and ask the last one."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    first, *others = days
    commit(root, 10000, {"a.py": BEFORE.encode(), "é b.py": b"1\n"})
    commit(root, first, {"a.py": AFTER.encode()})
    for day in others:
        commit(root, day, {"c.py": str(day).encode()})
    return Ages(root, head_of(root))


def test_each_line_has_the_age_of_its_last_change(tmp_path: Path) -> None:
    ages = planted(tmp_path / "app", 10100, 10150)
    assert list(ages("a.py")) == [FIRST, 50, 50, FIRST]
    assert list(ages("é b.py")) == [FIRST]


def test_new_indentation_makes_nothing_younger(tmp_path: Path) -> None:
    ages = planted(tmp_path / "app", 10100)
    commit(tmp_path / "app", 10200, {"a.py": AFTER.replace("    ", "\t").encode()})
    assert list(Ages(tmp_path / "app", head_of(tmp_path / "app"))("a.py")) == [FIRST, 100, 100, FIRST]
    assert list(ages("a.py")) == [FIRST, 0, 0, FIRST]


def test_what_is_not_there_has_no_age(tmp_path: Path) -> None:
    ages = planted(tmp_path / "app", 10100)
    assert list(ages("gone.py")) == []
    assert list(Ages(tmp_path / "app", "0" * 40)("a.py")) == []


def test_configuration_of_the_repository_changes_nothing(tmp_path: Path) -> None:
    ages = planted(tmp_path / "app", 10100, 10150)
    git(tmp_path / "app", "config", "blame.ignoreRevsFile", "gone")
    git(tmp_path / "app", "config", "blame.showEmail", "true")
    assert list(ages("a.py")) == [FIRST, 50, 50, FIRST]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        pytest.param(10191, "it is younger than 90 days: somebody may want it back", id="89 days"),
        pytest.param(10190, "", id="90 days"),
    ],
)
def test_young_code_is_left_in_its_comment(day: int, reason: str, tmp_path: Path) -> None:
    source = Source.read("a.py", AFTER.encode())
    assert isinstance(source, Source)
    (finding,) = findings([CommentedCode()], source)
    ages = planted(tmp_path / "app", day, 10280)
    project = Project({"a.py": source}, {"a.py": File(source.data)}, RuffTool(), ages=ages)
    found = apply(CommentedCode(), finding, source, project)
    assert (found.reason if isinstance(found, Abstain) else "") == reason
