"""What came of the canaries is kept, and gates that let one through publish nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from improver.adapters.canary_record import FILE, CanaryRecord, forbids, keep, last, recorded
from improver.canaries import Entry, Record
from improver.errors import EnvironmentUnfit
from improver.records import GateResult, Receipt, Ruling

GATES = "a" * 64
HELD = CanaryRecord(
    GATES, "2026-01-01T00:00:00+00:00", refused=1, escalated=0, passed=1, through=(), blocked=(), broken=()
)


def judged(entry: Entry, ruling: Ruling, broken: tuple[str, ...] = ()) -> Record:
    return Record(entry, (GateResult("size", "is it small?", ruling, Receipt(("size",))),), broken, frozenset({"size"}))


def test_a_run_is_counted_and_named() -> None:
    attack = Entry(id="T01", title="an attack", expected="reject", gate="size")
    control = Entry(id="C01", title="a control", expected="pass")
    records = [
        judged(attack, Ruling.FAIL),
        judged(attack.model_copy(update={"id": "T02"}), Ruling.PASS),
        judged(control, Ruling.PASS),
        judged(control.model_copy(update={"id": "C02"}), Ruling.FAIL),
        judged(attack.model_copy(update={"id": "T03"}), Ruling.FAIL, ("size: ValueError: no",)),
    ]
    assert recorded(records, GATES, HELD.at) == replace(
        HELD, refused=2, through=("T02",), blocked=("C02",), broken=("T03",)
    )


def test_the_last_record_is_read_back(tmp_path: Path) -> None:
    assert last(tmp_path) is None
    for record in (HELD, replace(HELD, through=("T02",))):
        keep(tmp_path, record)
        assert last(tmp_path) == record
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_damaged_record_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(EnvironmentUnfit, match="cannot be read") as told:
        last(tmp_path)
    assert told.value.hint.fix == "delete it, then improve canaries"
    assert (tmp_path / FILE).read_text() == "{}"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(None, "", id="nobody asked yet"),
        pytest.param(HELD, "", id="all were refused"),
        pytest.param(replace(HELD, blocked=("C02",)), "", id="a control that is refused endangers nobody"),
        pytest.param(
            replace(HELD, through=("T02",)), "a gate let known-bad changes through: T02", id="one got through"
        ),
        pytest.param(replace(HELD, broken=("T03",)), "a gate broke at known changes: T03", id="a gate broke"),
        pytest.param(replace(HELD, through=("T02",), gate_code="b" * 64), "", id="the gates are others now"),
    ],
)
def test_gates_that_let_one_through_publish_nothing(record: CanaryRecord | None, expected: str) -> None:
    assert forbids(record, GATES) == expected
