"""What a merged change took away and is back is told from what only looks like it."""

import pytest

from improver.records import Edit, File
from improver.returning import came_back

BEFORE = "import a\n\n\ndef f():\n    raise X\n\n\ndef g():\n    raise Y\n"
AFTER = BEFORE.replace("raise X", "raise X from e").replace("raise Y", "raise Y from e")
TWICE = "def f():\n    raise X\n    raise X\n"
TESTS = "import a\n\n\ndef test_f(): assert a.f()\n"


def edit(before: str | None, after: str) -> Edit:
    return Edit("a.py", File(before.encode()) if before is not None else None, File(after.encode()))


@pytest.mark.parametrize(
    ("before", "after", "here", "back"),
    [
        pytest.param(BEFORE, AFTER, BEFORE, True, id="reverted"),
        pytest.param(BEFORE, AFTER, AFTER, False, id="as it was merged"),
        pytest.param(BEFORE, AFTER, AFTER.replace("raise X from e", "raise X"), True, id="one place of two reverted"),
        pytest.param(BEFORE, AFTER, f"# new\n{BEFORE}\nmore()\n", True, id="reverted, and other lines since"),
        pytest.param(BEFORE, AFTER, BEFORE.replace("    ", "\t"), True, id="reverted and reformatted"),
        pytest.param(BEFORE, AFTER, AFTER.replace("raise X from e", "raise Z"), False, id="changed further"),
        pytest.param(TWICE, TWICE.replace("X\n", "X from e\n", 1), TWICE.replace("X\n", "X from e\n", 1), False,
                     id="its like was never mended"),
        pytest.param("a = 1\nb = 2\n", "a = 1\n", "a = 1\nb = 2\n", True, id="what was deleted is there"),
        pytest.param(None, TESTS, "import a\n", False, id="some of what was added is left"),
        pytest.param("x = 1\n", f"x = 1\n{TESTS}", "x = 1\n", True, id="all that was added is gone"),
        pytest.param("x = 1\n", f"x = 1\n{TESTS}", f"x = 1\n{TESTS}y = 2\n", False, id="all that was added is there"),
        pytest.param(BEFORE, BEFORE, BEFORE, False, id="nothing was changed"),
    ],
)  # fmt: skip
def test_what_came_back_is_told(before: str | None, after: str, here: str, *, back: bool) -> None:
    assert came_back([edit(before, after)], {"a.py": File(here.encode())}) is back


def test_a_file_that_is_gone_says_nothing() -> None:
    assert not came_back([edit(BEFORE, AFTER)], {"b.py": File(BEFORE.encode())})
