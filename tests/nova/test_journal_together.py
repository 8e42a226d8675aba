"""What is recorded together is recorded whole or not at all: a settlement or a tool use with what closes by it."""

import asyncio
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.contracts import Entry, Standing
from nova.errors import JournalError
from tests.nova.journaling import ACME, closed, ending, entry_of, run_of, use_of


def test_a_settlement_closes_and_opens_what_comes_with_it(tmp_path: Path) -> None:
    async def script() -> tuple[Entry, ...]:
        async with SqliteJournal(tmp_path / "j") as journal:
            await journal.record([run_of("r1"), entry_of("r1")])
            also = (entry_of("r1", 1), ending(entry_of("r1")))
            await journal.record([*also, Standing(run="r1", owner="count", state="open", at=1.0)])
            assert (await journal.runs(ACME))[0].owner == "count"
            return await journal.entries("r1", ACME)

    assert asyncio.run(script()) == (closed(entry_of("r1")), entry_of("r1", 1))


def test_a_settlement_that_is_refused_closes_nothing(tmp_path: Path) -> None:
    async def script() -> tuple[Entry, ...]:
        async with SqliteJournal(tmp_path / "j") as journal:
            await journal.record([run_of("r1"), entry_of("r1")])
            with pytest.raises(JournalError, match="refused a write"):
                await journal.record([ending(entry_of("r1")), Standing(run="r1", owner="count", state="lost", at=1.0)])
            return await journal.entries("r1", ACME)

    assert asyncio.run(script()) == (entry_of("r1"),)


def test_a_use_of_before_comes_back_and_what_was_closed_is_on_record(tmp_path: Path) -> None:
    async def script() -> None:
        async with SqliteJournal(tmp_path / "j") as journal:
            await journal.record([run_of("r1"), entry_of("r1")])
            assert await journal.record([use_of("r1", 0)]) is None
            again = journal.record([ending(entry_of("r1")), use_of("r1", 0)])
            others = [journal.record([run_of(f"s{number}"), entry_of(f"s{number}")]) for number in range(70)]
            earlier, *_ = await asyncio.gather(again, *others)
            assert earlier == use_of("r1", 0)
            assert await journal.entries("r1", ACME) == (closed(entry_of("r1")),)
            assert len(await journal.runs(ACME, limit=100)) == len(others) + 1

    asyncio.run(script())
