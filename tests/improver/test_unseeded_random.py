"""Tests that draw other numbers on every run are told apart from those that somebody steers."""

import pytest

from improver.observer import Project
from improver.observers.unseeded_random import unseeded_random
from improver.source import Source
from improver.verify.ruff import RuffTool

PATH = "tests/test_a.py"
HEAD = "import random\n\n\n"


def found(text: str) -> list[tuple[str, str]]:
    source = Source.read(PATH, text.encode())
    assert isinstance(source, Source)
    project = Project({}, {}, RuffTool(), {PATH: source}, tests={PATH: source})
    return [(finding.symbol, finding.message.partition(" draw")[0]) for finding in unseeded_random(project)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{HEAD}def test_f():\n    x = [random.random()]\n    random.shuffle(x)\n    assert f(x)\n",
            [("test_f", "`random.random` and `random.shuffle`")],
            id="numbers and an order",
        ),
        pytest.param(
            "from random import choice as c\n\n\nclass TestA:\n    async def test_f(self):\n        assert f(c(x))\n",
            [("TestA.test_f", "`random.choice`")],
            id="under another name, in a method",
        ),
        pytest.param(
            f"{HEAD}def test_f(box):\n    def pick():\n        return random.choice(box)\n\n    assert pick() in box\n",
            [("test_f", "`random.choice`")],
            id="in a function of its own",
        ),
        pytest.param(f"{HEAD}def test_f():\n    random.seed(1)\n    assert f(random.random())\n", [], id="seeded here"),
        pytest.param(f"{HEAD}random.seed(1)\n\n\ndef test_f():\n    f(random.random())\n", [], id="seeded at the top"),
        pytest.param(f"{HEAD}def test_f(seed):\n    assert f(random.random())\n", [], id="a fixture that seeds"),
        pytest.param(
            f"from hypothesis import given\n{HEAD}@given(x)\ndef test_f(x):\n    assert f(random.random())\n",
            [],
            id="a tool that searches",
        ),
        pytest.param("from shop import random\n\n\ndef test_f():\n    f(random.random())\n", [], id="another random"),
        pytest.param("import random\nrandom = make()\n\n\ndef test_f():\n    f(random.random())\n", [], id="rebound"),
        pytest.param(f"{HEAD}def test_f(r):\n    assert f(r.random())\n", [], id="a generator that is given"),
        pytest.param(f"{HEAD}def test_f():\n    assert f(random.SystemRandom().random())\n", [], id="the system's own"),
        pytest.param(f"{HEAD}def make():\n    return f(random.random())\n", [], id="no test"),
        pytest.param(f"{HEAD}def test_f():\n    assert f(random)\n", [], id="nothing drawn here"),
    ],
)
def test_a_test_that_draws_anew_is_told(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected
