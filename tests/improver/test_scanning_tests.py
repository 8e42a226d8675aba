"""Codemods of tests see tests alone, and codemods of the product never see one."""

from improver.scan import draft, groups, scan
from tests.improver.renewing import RENEW, Renew, project_of, tree_of

OLD = 'A = "old"\n'
TREE = {"a.py": OLD, "tests/test_a.py": OLD, "tests/conftest.py": OLD, "vendor/test_b.py": OLD}


class RenewTests(Renew):
    """Does the same to tests."""

    TESTS = True


def test_a_codemod_of_tests_sees_the_tests_that_may_be_touched_and_nothing_else() -> None:
    found = scan(project_of(tree_of(TREE)), [], [RenewTests()], [])
    assert [one.path for one in found.findings] == ["tests/test_a.py"]


def test_any_other_codemod_sees_no_test() -> None:
    found = scan(project_of(tree_of(TREE)), [], [RENEW], [])
    assert [one.path for one in found.findings] == ["a.py"]


def test_a_change_of_a_test_is_drafted() -> None:
    tree, codemod = tree_of(TREE), RenewTests()
    project = project_of(tree)
    group = groups(scan(project, [], [codemod], []).findings, [codemod])[0]
    change = draft(group, project, tree).change
    assert change is not None
    edited = [(edit.path, edit.after.data) for edit in change.edits if edit.after]
    assert edited == [("tests/test_a.py", b'A = "new"\n')]
