"""Which rules answer all places of a file or none: a file in two styles is worse than one in the old."""

import pytest

from improver.app import codemods
from improver.records import Finding
from improver.scan import Group

CODEMODS = {one.name: one for one in codemods()}


@pytest.mark.parametrize(
    ("name", "rule", "is_whole"),
    [
        ("explicit_cause", "explicit_cause", True),
        ("guard_clauses", "guard_clauses", True),
        ("named_flags", "named_flags", True),
        ("ruff_fix", "ruff:UP032", True),
        ("ruff_fix", "ruff:PIE790", False),
        ("mutable_default", "mutable_default", False),
    ],
)
def test_a_rule_of_style_takes_a_file_whole(name: str, rule: str, *, is_whole: bool) -> None:
    group = Group(CODEMODS[name], (Finding("k", rule, "pier/a.py", "", 1, 0, "old"),))
    assert group.is_whole is is_whole
