"""A lane answers many at once without keeping the event loop from anybody else, and gathers what they ask for next."""

import asyncio
from collections.abc import Sequence

from nova.adapters.journal_lane import AT_ONCE, Lane

MANY = 64


def test_of_those_who_are_answered_together_a_few_go_on_in_each_turn_and_ask_together() -> None:
    groups: list[int] = []
    went_on: list[int] = []

    def work(asked: Sequence[int]) -> list[int]:
        groups.append(len(asked))
        return [one + 1 for one in asked]

    async def ask_twice(lane: Lane[int, int], number: int) -> int:
        first = await lane.submit(number)
        went_on[-1] += 1
        return await lane.submit(first)

    async def turn_by_turn() -> None:
        while True:
            went_on.append(0)
            await asyncio.sleep(0)

    async def run() -> list[int]:
        lane = Lane("lane", work, lambda: None)
        turning = asyncio.create_task(turn_by_turn())
        given = await asyncio.gather(*(ask_twice(lane, number) for number in range(MANY)))
        turning.cancel()
        await lane.aclose()
        return given

    assert asyncio.run(run()) == [number + 2 for number in range(MANY)]
    assert groups == [MANY, MANY]
    assert sum(went_on) == MANY
    assert max(went_on) == AT_ONCE
