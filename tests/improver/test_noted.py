"""Words for tests that look at what a callback was handed."""

import pytest

from improver.experiments import Case
from improver.writing.layout.statements import laid_out
from improver.writing.words.noted import noted

HOOK = "def hook(event, name):\n    seen.append((event, name))"
MADE = "bell = watch(1, hook=hook)"


def looking(wanted: str, *setup: str, call: str = "seen", subject: str = "result", kind: str = "eq") -> Case:
    return Case("pier/a.py::watch", call, setup=setup, checks=((kind, subject, wanted),))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param(looking("[1]", "seen = []", MADE, call="bell.a"), "", id="it looks at something else"),
        pytest.param(looking("[1]", "seen = [0]", "seen.append(1)"), "", id="a list of the test's own"),
        pytest.param(looking("[Bell(1)]", "seen = []", HOOK, MADE), "calls_hook", id="what is noted is no plain value"),
        pytest.param(
            looking("[('set', 'a')]", "seen = []", HOOK, MADE, "bell.a = 2"), "calls_hook_for_set", id="a text"
        ),
        pytest.param(
            looking("[1, 2]", "seen = []", call="ring(2, on_ring=seen.append)", subject="seen"),
            "calls_on_ring",
            id="numbers",
        ),
        pytest.param(looking("['a', 'a', 'b']", "seen = []", HOOK, MADE), "calls_hook_for_a_b", id="each text once"),
        pytest.param(looking("['a b', '%']", "seen = []", HOOK, MADE), "calls_hook", id="texts that are no words"),
        pytest.param(looking("['a', 'b', 'c', 'd']", "seen = []", HOOK, MADE), "calls_hook", id="many texts"),
        pytest.param(
            looking("[]", "seen = []", HOOK, MADE, "bell.a = 2"), "does_not_call_hook_at_set", id="not at all"
        ),
        pytest.param(
            looking("[]", "seen = []", HOOK, MADE, "bell.go(2)"), "does_not_call_hook_at_go", id="not for this"
        ),
    ],
)
def test_a_name_says_what_is_noted(case: Case, said: str) -> None:
    assert noted(case) == said


def test_what_has_a_name_gets_no_other_where_it_is_long() -> None:
    notes = "[('get', 'append'), ('call', 'append')]"
    assert laid_out([f"assert seen == {notes}"], 40) == [
        "assert seen == [",
        "    ('get', 'append'),",
        "    ('call', 'append'),",
        "]",
    ]
    assert laid_out([f"assert noted(1) == {notes}"], 40)[0] == "result = noted(1)"
