"""Tests that are rewritten, and nothing else, take a path of their own: a human is asked where they look weaker."""

from dataclasses import replace

import pytest

from improver.gate import Example
from improver.gates.capability import capability
from improver.gates.easy_green import easy_green
from improver.gates.scope import scope
from improver.records import Ruling, Safety
from tests.improver.judging import judged, judged_change

BODY = "    with pytest.raises(Exception):\n        a.go()\n"
BEFORE = f"import pytest\n\nfrom pier import a\n\n\ndef test_a() -> None:\n{BODY}"
AFTER = BEFORE.replace("raises(Exception)", "raises(ValueError)")
DRAWS = "import random\n\n\ndef test_a() -> None:\n    assert random.random() < random.random() + 1\n"
SEEDED = (
    "import random\n\n\ndef test_a() -> None:\n    rng = random.Random(0)\n    assert rng.random() < rng.random() + 1\n"
)


def test_our_own_rewrite_of_a_test_is_a_question_and_a_models_is_refused() -> None:
    example = Example({"tests/test_a.py": BEFORE}, {"tests/test_a.py": AFTER}, Safety.CHANGED_TEST)
    rulings = [
        judged_change(easy_green, example.tree(), replace(example.change(), author=author)).ruling
        for author in ("codemod", "model", "human")
    ]
    assert rulings == [Ruling.ESCALATE, Ruling.FAIL, Ruling.ESCALATE]


@pytest.mark.parametrize(
    ("path", "ruling"),
    [
        pytest.param("tests/test_b.py", Ruling.PASS, id="another test"),
        pytest.param("pier/a.py", Ruling.FAIL, id="the product"),
        pytest.param("tests/conftest.py", Ruling.FAIL, id="a conftest"),
    ],
)
def test_it_leaves_the_product_alone(path: str, ruling: Ruling) -> None:
    after: dict[str, str | None] = {"tests/test_a.py": AFTER, path: "x = 1\n"}
    assert judged(scope, {"tests/test_a.py": BEFORE}, after, Safety.CHANGED_TEST).ruling is ruling


def test_a_seeded_generator_is_no_new_power_of_a_test_that_drew() -> None:
    seeded = judged(capability, {"tests/test_a.py": DRAWS}, {"tests/test_a.py": SEEDED}, Safety.CHANGED_TEST)
    drawing = judged(capability, {"tests/test_a.py": SEEDED}, {"tests/test_a.py": DRAWS}, Safety.CHANGED_TEST)
    assert (seeded.ruling, drawing.ruling) == (Ruling.PASS, Ruling.FAIL)
