"""Easy green sees each way of asking less, and lets tests grow."""

from dataclasses import replace

import pytest

from improver.gate import Example
from improver.gates.easy_green import easy_green
from improver.records import Ruling, Safety
from tests.improver.judging import judged, judged_change

PATH = "tests/test_boat.py"
TESTS = '''"""Boats float."""

import pytest

from pier import boat

LOADS = [1, 2]


@pytest.fixture
def crew():
    return boat.Crew(3)


def check(draught):
    assert draught < 2


@pytest.mark.parametrize("load", [1, 2, 3])
def test_floats(load, crew):
    expected = 1.5
    assert boat.draught(load) == pytest.approx(expected, abs=1e-9)
    check(boat.draught(load))


def test_sinks():
    with pytest.raises(boat.Sunk, match="full"):
        boat.draught(99)


class TestOars:
    def test_pairs(self):
        for oar in boat.oars():
            assert oar.pair
        assert len(boat.oars()) == 4
'''


def replaced(old: str, new: str) -> str:
    assert TESTS.count(old) == 1, old
    return TESTS.replace(old, new)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(None, id="the file removed"),
        pytest.param(TESTS[: TESTS.index("class")], id="a class of tests removed"),
        pytest.param(replaced("def test_sinks", "def sinks"), id="a test renamed away"),
        pytest.param(replaced("class TestOars", "class Oars"), id="a class renamed away"),
        pytest.param(replaced("def test_sinks", "@pytest.mark.skip\ndef test_sinks"), id="a skip"),
        pytest.param(replaced("def test_sinks", "@pytest.mark.xfail\ndef test_sinks"), id="an expected failure"),
        pytest.param(replaced("def test_sinks", "@pytest.mark.skipif(True, reason='')\ndef test_sinks"), id="a skipif"),
        pytest.param(replaced("    expected =", "    pytest.skip('')\n    expected ="), id="a skip inside"),
        pytest.param(replaced("LOADS", "pytestmark = pytest.mark.slow\nLOADS"), id="a mark for the module"),
        pytest.param(replaced("LOADS", "__test__ = False\nLOADS"), id="no test for the module"),
        pytest.param(replaced("LOADS", "pytest.importorskip('x')\nLOADS"), id="a condition on import"),
        pytest.param(replaced("        assert len(boat.oars()) == 4\n", ""), id="an assertion removed"),
        pytest.param(replaced("== 4", ">= 4"), id="an assertion relaxed"),
        pytest.param(replaced("== 4", "== 4 or True"), id="an assertion that always holds"),
        pytest.param(replaced("assert oar.pair", "assert (oar.pair, 'no pair')"), id="an assertion on a tuple"),
        pytest.param(replaced("1e-9", "1e9"), id="a tolerance widened"),
        pytest.param(replaced("[1, 2, 3]", "[1, 2]"), id="a case removed"),
        pytest.param(replaced("[1, 2, 3]", "LOADS"), id="cases computed instead of listed"),
        pytest.param(replaced("[1, 2, 3]", "[1, 2, pytest.param(3, marks=pytest.mark.skip)]"), id="a case skipped"),
        pytest.param(replaced("boat.Sunk", "Exception"), id="any exception accepted"),
        pytest.param(replaced(', match="full"', ""), id="any message accepted"),
        pytest.param(replaced("    expected = 1.5\n", "    return\n    expected = 1.5\n"), id="a return first"),
        pytest.param(
            replaced("    expected = 1.5\n", "    if load:\n        return\n    expected = 1.5\n"),
            id="a return for some",
        ),
        pytest.param(replaced("    check(b", "    expected = 2.5\n    check(b"), id="a name bound anew"),
        pytest.param(replaced("LOADS", "boat = None\nLOADS"), id="the subject replaced"),
        pytest.param(replaced("LOADS", "from quay import boat\nLOADS"), id="the subject imported from elsewhere"),
        pytest.param(replaced("import boat\n", "import ship, yacht as boat\n"), id="another subject by the same name"),
        pytest.param(
            replaced("        assert len", "        if False:\n            assert len(boat.oars()) == 4\n        len"),
            id="an assertion behind a false condition",
        ),
        pytest.param(
            replaced(
                "        boat.draught(99)",
                "        boat.draught(99)\n\n\ndef test_sinks():\n    assert boat.draught(1) > 0",
            ),
            id="a second definition",
        ),
        pytest.param(
            replaced("def test_sinks():\n", "def test_sinks(monkeypatch):\n    monkeypatch.setattr(boat, 'x', 1)\n"),
            id="the subject patched",
        ),
        pytest.param(
            replaced("import pytest\n", "import pytest\nfrom unittest.mock import patch\n"), id="a mock imported"
        ),
        pytest.param(
            replaced(
                "        assert len(boat.oars()) == 4\n",
                "        try:\n            assert len(boat.oars()) == 4\n        except Exception:\n            pass\n",
            ),
            id="a failure swallowed",
        ),
        pytest.param(f"{TESTS}\n\ndef test_more():\n    boat.draught(1)\n", id="a new test that demands nothing"),
        pytest.param(f"{TESTS}\n\ndef test_more():\n    assert True\n", id="a new test that demands a truth"),
        pytest.param(f"{TESTS}\n\ndef pytest_runtest_makereport(item):\n    pass\n", id="a hook"),
        pytest.param(
            f"{TESTS}\n\n@pytest.fixture(autouse=True)\ndef calm():\n    return 1\n", id="a fixture for every test"
        ),
        pytest.param("def test_floats(:\n", id="a file that does not parse"),
    ],
)
def test_asking_less_fails(after: str | None) -> None:
    result = judged(easy_green, {PATH: TESTS}, {PATH: after}, Safety.NEW_TEST)
    assert result.ruling is Ruling.FAIL, result


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(f"{TESTS}\n\ndef test_more():\n    assert boat.draught(1) > 0\n", id="a new test"),
        pytest.param(replaced("[1, 2, 3]", "[1, 2, 3, 4]"), id="a new case"),
        pytest.param(replaced("import boat\n", "import anchor, boat\n"), id="a name more in an import"),
        pytest.param(replaced("import pytest\n", "import os, pytest\n"), id="a module more in an import"),
        pytest.param(replaced("== 4\n", "== 4\n        assert boat.oars()[0].length > 1\n"), id="a new assertion"),
        pytest.param(replaced("    return boat.Crew(3)", "    return (boat.Crew(3))"), id="other parentheses"),
        pytest.param(replaced('"""Boats float."""', '"""Boats float, mostly."""'), id="another docstring"),
    ],
)
def test_asking_more_passes(after: str) -> None:
    result = judged(easy_green, {PATH: TESTS}, {PATH: after}, Safety.NEW_TEST)
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


def test_another_arrangement_is_left_to_a_human() -> None:
    result = judged(easy_green, {PATH: TESTS}, {PATH: replaced("Crew(3)", "Crew(4)")}, Safety.NEW_TEST)
    assert result.ruling is Ruling.ESCALATE
    assert result.reasons == (f"{PATH}: crew no longer has: return boat.Crew(3)",)


def test_another_arrangement_along_with_the_product_fails() -> None:
    base = {PATH: TESTS, "pier/boat.py": "x = 1\n"}
    result = judged(easy_green, base, {PATH: replaced("expected = 1.5", "expected = 2.5"), "pier/boat.py": "x = 2\n"})
    assert (result.ruling, len(result.reasons)) == (Ruling.FAIL, 2)


@pytest.mark.parametrize(
    ("base", "after"),
    [
        pytest.param({}, {"tests/conftest.py": "x = 1\n"}, id="a new conftest"),
        pytest.param({"tests/a.json": "1\n"}, {"tests/a.json": "2\n"}, id="changed material"),
        pytest.param({}, {"pytest.ini": "[pytest]\naddopts = --co\n"}, id="a new pytest.ini"),
        pytest.param({}, {"pier/ruff.toml": "lint.select = []\n"}, id="a nested ruff.toml"),
        pytest.param(
            {"pyproject.toml": "[tool.coverage.report]\nfail_under = 90\n"},
            {"pyproject.toml": "[tool.coverage.report]\nfail_under = 80\n"},
            id="a lower threshold",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.ruff.lint]\nselect = ['E', 'F']\n"},
            {"pyproject.toml": "[tool.ruff.lint]\nselect = ['E']\n"},
            id="fewer rules",
        ),
        pytest.param(
            {"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, {"pyproject.toml": "[tool.mypy]\n"}, id="not strict"
        ),
        pytest.param(
            {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-ra'\n"},
            {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-ra -k boat'\n"},
            id="tests chosen",
        ),
        pytest.param(
            {"setup.cfg": "[tool:pytest]\nxfail_strict = true\n"},
            {"setup.cfg": "[tool:pytest]\nxfail_strict = false\n"},
            id="passes that were failures",
        ),
        pytest.param({"tox.ini": "[tox]\n"}, {"tox.ini": "[tox\n"}, id="a configuration that cannot be read"),
    ],
)
def test_what_decides_about_tests_is_not_lowered(base: dict[str, str], after: dict[str, str | None]) -> None:
    assert judged(easy_green, base, after).ruling is Ruling.FAIL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("[tool.coverage.report]\nfail_under = 80", "[tool.coverage.report]\nfail_under = 90", id="higher"),
        pytest.param("[tool.ruff.lint]\nselect = ['E']", "[tool.ruff.lint]\nselect = ['E', 'F']", id="more rules"),
        pytest.param("[tool.mypy]\n", "[tool.mypy]\nwarn_unreachable = true", id="stricter"),
        pytest.param("[project]\nname = 'a'", "[project]\nname = 'b'", id="packaging, which is scope's"),
    ],
)
def test_what_is_raised_passes(before: str, after: str) -> None:
    assert judged(easy_green, {"pyproject.toml": before}, {"pyproject.toml": after}).ruling is Ruling.PASS


def test_the_receipt_counts_what_was_compared() -> None:
    result = judged(easy_green, {PATH: TESTS}, {PATH: replaced("== 4", ">= 4")}, Safety.NEW_TEST)
    assert result.reasons == (f"{PATH}: TestOars.test_pairs no longer has: assert len(boat.oars()) == 4",)
    assert result.receipt.counts == {"tests": 1, "settings": 0, "weaker": 1}


def test_a_person_who_skips_a_new_test_is_asked_about_it() -> None:
    skipped = (
        f"{TESTS}\n\n@pytest.mark.skipif(True, reason='later')\ndef test_later() -> None:\n    assert boat.oars()\n"
    )
    example = Example({PATH: TESTS, "pier/a.py": "a = 1\n"}, {PATH: skipped, "pier/a.py": "a = 2\n"})
    by_machine, by_person = example.change(), replace(example.change(), author="human")
    rulings = [judged_change(easy_green, example.tree(), change).ruling for change in (by_machine, by_person)]
    assert rulings == [Ruling.FAIL, Ruling.ESCALATE]
