"""Scope lets a machine touch product files, and tests only as new tests."""

from dataclasses import replace

import pytest

from improver.gate import Example
from improver.gates.scope import scope
from improver.records import Ruling, Safety
from tests.improver.judging import judged, judged_change


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("policies/gates.yaml", id="a policy"),
        pytest.param("POLICIES/gates.py", id="a policy in capitals"),
        pytest.param("\uff50olicies/x.py", id="a policy in wide letters"),
        pytest.param(".github/workflows/ci.yml", id="a workflow"),
        pytest.param("docs/CODEOWNERS", id="the owners"),
        pytest.param("pier/.gitattributes", id="git attributes"),
        pytest.param("pyproject.toml", id="the project's configuration"),
        pytest.param("pier/ruff.toml", id="a nested configuration"),
        pytest.param("setup.py", id="code that packaging runs"),
        pytest.param("requirements-dev.txt", id="dependencies"),
        pytest.param("sitecustomize.py", id="code that every start runs"),
        pytest.param("vendor/x.py", id="code of others"),
        pytest.param("README.md", id="not Python"),
        pytest.param("tests/test_a.py", id="a test"),
        pytest.param("pier/conftest.py", id="a conftest"),
    ],
)
def test_a_refactoring_may_not_touch(path: str) -> None:
    result = judged(scope, {}, {path: "x\n"}, Safety.COVERED)
    assert (result.ruling, len(result.reasons)) == (Ruling.FAIL, 1)


@pytest.mark.parametrize(
    ("path", "safety", "ruling"),
    [
        pytest.param("pier/a.py", Safety.PROVED, Ruling.PASS, id="a refactoring of the product"),
        pytest.param("tests/test_a.py", Safety.NEW_TEST, Ruling.PASS, id="a new test among the tests"),
        pytest.param("tests/conftest.py", Safety.NEW_TEST, Ruling.FAIL, id="a new test that is a conftest"),
        pytest.param("pier/a.py", Safety.NEW_TEST, Ruling.FAIL, id="a new test in the product"),
        pytest.param("pier/a.py", Safety.BEHAVIOUR_CHANGE, Ruling.PASS, id="a behaviour change of the product"),
    ],
)
def test_tests_and_product_are_kept_apart(path: str, safety: Safety, ruling: Ruling) -> None:
    assert judged(scope, {}, {path: "x\n"}, safety).ruling is ruling


@pytest.mark.parametrize(
    ("path", "ruling"),
    [
        pytest.param("tests/test_a.py", Ruling.PASS, id="a test"),
        pytest.param("tests/conftest.py", Ruling.FAIL, id="a conftest"),
        pytest.param("policies/gates.yaml", Ruling.FAIL, id="a policy"),
    ],
)
def test_a_person_may_bring_tests_with_a_change_and_no_more(path: str, ruling: Ruling) -> None:
    example = Example({}, {"pier/a.py": "x\n", path: "x\n"}, Safety.BEHAVIOUR_CHANGE)
    change = replace(example.change(), author="human")
    assert judged_change(scope, example.tree(), change).ruling is ruling


OLD = "def test_a():\n    assert depth(5) == 4\n"


@pytest.mark.parametrize(
    ("after", "ruling"),
    [
        pytest.param(f"{OLD}\n\ndef test_b():\n    assert depth(1) == 0\n", Ruling.PASS, id="a test more"),
        pytest.param(f"import pier\n{OLD}", Ruling.PASS, id="an import more"),
        pytest.param(OLD.replace("4", "5"), Ruling.FAIL, id="another expectation"),
        pytest.param("", Ruling.FAIL, id="a test less"),
        pytest.param(None, Ruling.FAIL, id="the file is gone"),
    ],
)
def test_a_change_of_behaviour_may_bring_a_test_and_touches_none(after: str | None, ruling: Ruling) -> None:
    files: dict[str, str | None] = {"pier/a.py": "depth = 2\n", "tests/test_a.py": after}
    judgement = judged(scope, {"pier/a.py": "depth = 1\n", "tests/test_a.py": OLD}, files, Safety.BEHAVIOUR_CHANGE)
    assert judgement.ruling is ruling


def test_a_change_of_behaviour_may_bring_a_file_of_tests_but_no_conftest() -> None:
    rulings = [
        judged(scope, {"pier/a.py": "x = 1\n"}, {"pier/a.py": "x = 2\n", path: OLD}, Safety.BEHAVIOUR_CHANGE).ruling
        for path in ("tests/test_new.py", "tests/conftest.py")
    ]
    assert rulings == [Ruling.PASS, Ruling.FAIL]


def test_one_forbidden_path_is_enough() -> None:
    result = judged(scope, {}, {"pier/a.py": "x\n", "tox.ini": "x\n"}, Safety.COVERED)
    assert result.reasons == ("'tox.ini': scope.configuration: **/tox.ini",)
