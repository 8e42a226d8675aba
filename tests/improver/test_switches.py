"""Parameters that turn something on or off, and calls that give them something else."""

import pytest

from improver.judging.functions import definitions
from improver.writing.choice.selecting import weight
from improver.writing.choice.switches import switches, unclear
from tests.improver.calls import case, source

SOUND = definitions(
    source("""\
def sound(sea, loud=False, eve=None, name=None, tide=""):
    if eve and not tide:
        return 1
    return name if sea else 2
""")
)["sound"][-1]


def test_what_is_only_asked_or_off_by_default_is_a_switch() -> None:
    assert switches(SOUND) == {"sea", "loud", "eve", "tide"}


@pytest.mark.parametrize(
    ("call", "count"),
    [
        pytest.param("sound(3, loud=1)", 1, id="a number"),
        pytest.param("sound(3, False, 'a')", 1, id="a text"),
        pytest.param("sound(3, True, eve=False)", 0, id="on and off"),
        pytest.param("sound(3, eve=None)", 0, id="nothing"),
        pytest.param("sound('')", 0, id="what must be given"),
        pytest.param("sound(3, tide='ebb')", 0, id="what is a text by default"),
        pytest.param("sound(3, name='a', eve=evening)", 0, id="no switch, and no literal"),
    ],
)
def test_a_switch_is_best_given_a_truth_value(call: str, count: int) -> None:
    assert unclear(case(call, name="sound"), SOUND) == count


def test_a_truth_value_is_less_to_read_than_a_number_in_its_place() -> None:
    clear, other = (case(f"sound(3, eve={text})", name="sound") for text in ("True", "2"))
    assert weight(clear, SOUND) < weight(other, SOUND)
