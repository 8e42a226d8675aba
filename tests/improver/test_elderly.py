"""Tests for files that run on Python 2 too ask for nothing that only Python 3 has."""

from collections import Counter
from dataclasses import replace

import pytest

from improver.experiments import MutationRun, Recording
from improver.records import File
from improver.writing.admitting import admitted
from improver.writing.drafting import placed
from improver.writing.layout.assembling import needs_3
from improver.writing.layout.grouping import Written
from improver.writing.placing import Place, place_for
from improver.writing.targets import Weak
from tests.improver.calls import RECEIPT, SEA, case, ground_for, source

SETUP = {"setup.cfg": File(b"[options]\nclassifiers =\n    Programming Language :: Python :: 2.7\n")}
UNITTEST = "import unittest\n\n\nclass SeaTest(unittest.TestCase):\n    def test_x(self):\n        self.assertTrue(1)\n"
PYTEST = "def test_x():\n    assert 1\n"


def place_of(text: str) -> Place:
    found = place_for("pier/a.py", [source(text, "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("check", "text", "needs"),
    [
        pytest.param(("eq", "result", "1"), UNITTEST, False, id="a value"),
        pytest.param(("raises", "ValueError", ""), UNITTEST, False, id="an error"),
        pytest.param(("raises", "ValueError", "no sea"), UNITTEST, True, id="what an error says"),
        pytest.param(("warns", "UserWarning", "''"), UNITTEST, True, id="a warning"),
        pytest.param(("raises", "ValueError", "no sea"), PYTEST, False, id="pytest, which Python 2 has"),
    ],
)
def test_what_only_python_3_has_is_seen(check: tuple[str, str, str], text: str, *, needs: bool) -> None:
    test = Written("test_depth", (replace(case("depth(1)"), checks=(check,)),))
    assert needs_3(test, place_of(text)) is needs


@pytest.mark.parametrize(
    ("says", "product", "test", "elderly"),
    [
        pytest.param(SETUP, "def depth(sea):\n    return sea\n", PYTEST, True, id="the project says so"),
        pytest.param({}, "def depth(sea):\n    return sea\n", PYTEST, False, id="it says nothing"),
        pytest.param(SETUP, "def depth(sea: int):\n    return sea\n", PYTEST, False, id="the product cannot"),
        pytest.param(
            SETUP, "def depth(sea):\n    return sea\n", f"X = f'{{1}}'\n{PYTEST}", False, id="the tests cannot"
        ),
    ],
)
def test_a_place_knows_whether_its_tests_run_on_python_2(
    says: dict[str, File], product: str, test: str, *, elderly: bool
) -> None:
    ground = ground_for(product)
    ground = replace(ground, tree={**ground.tree, **says}, tests=[source(test, "tests/test_a.py")])
    ((place, _),) = placed(ground, [case("depth(1)")])
    assert place.elderly is elderly


@pytest.mark.parametrize("elderly", [True, False])
def test_a_call_whose_test_needs_python_3_stays_out_of_an_elderly_file(*, elderly: bool) -> None:
    refused = replace(case("depth(1)"), checks=(("raises", "ValueError", "no sea"),), kills=frozenset({"m"}))
    weak, dropped = Weak(source(SEA), (), MutationRun({}, (), {}, RECEIPT)), Counter[str]()
    found = admitted(weak, [refused], replace(place_of(UNITTEST), elderly=elderly), dropped)
    assert (len(found), dropped["needs Python 3"]) == ((0, 1) if elderly else (1, 0))
