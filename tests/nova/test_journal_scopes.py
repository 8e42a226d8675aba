"""No read of one scope ever returns, counts or mentions what another scope recorded."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from nova.adapters.journal import SqliteJournal
from nova.contracts import Entry, RunRecord, Scope, Standing, ToolUse
from nova.errors import JournalError
from tests.nova.journaling import ended, ending, entry_of, run_of, use_of

PARTS = ("", "acme", "Acme", "acme ", "a%", "acme' OR '1'='1", "北")
SCOPES = st.builds(
    Scope, tenant=st.sampled_from(PARTS[1:]), client=st.sampled_from(PARTS), branch=st.sampled_from(PARTS)
)
SESSION = "session"
ACTS = ("begin", "open", "close", "tool", "used", "settle", "feedback", "read")
STEPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.sampled_from(ACTS)), min_size=1, max_size=25)


def canary(side: int) -> str:
    return f"canary-{side}-of-its-scope"


class Sides:
    """Two scopes on one journal; every text that a side records holds its canary."""

    def __init__(self, journal: SqliteJournal, scopes: tuple[Scope, Scope]) -> None:
        self.journal = journal
        self.scopes = scopes
        self.crossings: list[str] = []

    async def act(self, side: int, number: int, act: str) -> None:
        """Do one act; one that is out of order is refused, and the refusal may not tell either."""
        run = f"r{side}{number}"
        try:
            await self.acts(side, run)[act]()
        except JournalError as error:
            self.look(side, str(error))

    def acts(self, side: int, run: str) -> dict[str, Callable[[], Awaitable[object]]]:
        mark, journal, scope = canary(side), self.journal, self.scopes[side]
        child = entry_of(run, 1, scope, task=mark)
        return {
            "begin": lambda: journal.record(
                [run_of(run, scope, session=SESSION, text=mark), entry_of(run, 0, scope, task=mark)]
            ),
            "open": lambda: journal.record([child]),
            "close": lambda: journal.record([ending(child, mark)]),
            "tool": lambda: self.tool(side, use_of(run, arguments=mark)),
            "used": lambda: journal.record([ended(use_of(run), mark)]),
            "settle": lambda: journal.record([Standing(run=run, owner=mark, state="done", at=1.0)]),
            "feedback": lambda: journal.feedback(run, scope, good=True, because=mark, at=2.0),
            "read": lambda: self.read(side),
        }

    async def tool(self, side: int, use: ToolUse) -> None:
        self.look(side, repr(await self.journal.record([use])))

    async def read(self, side: int) -> None:
        """Ask everything as one side, also about the other side's runs by name."""
        journal, scope = self.journal, self.scopes[side]
        found: list[object] = []
        for state in ("", "open", "done"):
            for session in ("", SESSION):
                found += await journal.runs(scope, session=session, state=state)
        for owner in (0, 1):
            for number in range(3):
                run = f"r{owner}{number}"
                told = [
                    await journal.find(run, scope),
                    *await journal.entries(run, scope),
                    *await journal.uses(run, scope),
                    *await journal.opinions(run, scope),
                ]
                found += told
                if owner != side and told != [None]:
                    self.crossings.append(f"{side} sees {run}")
        self.crossings += [f"{side} sees {one!r}" for one in found if self.foreign(side, one)]
        self.look(side, repr(found))

    def foreign(self, side: int, one: object) -> bool:
        return isinstance(one, Entry | RunRecord) and one.scope != self.scopes[side]

    def look(self, side: int, text: str) -> None:
        if canary(1 - side) in text:
            self.crossings.append(text)


@settings(max_examples=60)
@given(st.tuples(SCOPES, SCOPES).filter(lambda both: both[0] != both[1]), STEPS)
def test_nothing_crosses_from_one_scope_to_another(
    scopes: tuple[Scope, Scope], steps: list[tuple[int, int, str]]
) -> None:
    async def run(folder: str) -> list[str]:
        async with SqliteJournal(Path(folder) / "journal") as journal:
            sides = Sides(journal, scopes)
            for side in (0, 1):
                for act in ("begin", "open", "tool", "used", "feedback"):
                    await sides.act(side, 0, act)
            for side, number, act in steps:
                await sides.act(side, number, act)
            await sides.read(0)
            await sides.read(1)
            await foreign_feedback(sides)
            return sides.crossings

    with tempfile.TemporaryDirectory() as folder:
        assert asyncio.run(run(folder)) == []


async def foreign_feedback(sides: Sides) -> None:
    """Speak of the other side's runs: it must be as if there were none."""
    for side in (0, 1):
        run = f"r{1 - side}0"
        try:
            await sides.journal.feedback(run, sides.scopes[side], good=False, because="", at=3.0)
        except JournalError as error:
            if error.what != f"there is no run {run}":
                sides.crossings.append(str(error))
        else:
            sides.crossings.append(f"{side} spoke of {run}")
