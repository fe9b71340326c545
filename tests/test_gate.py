"""Whoever is alone has nobody beside it, and everyone gets through."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from pipeline.gate import Gate


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_alone_means_alone(visits: list[tuple[bool, int, int]]) -> None:
    inside: list[bool] = []
    done = []

    async def visit(gate: Gate, alone: bool, wait: int, stay: int) -> None:
        for _ in range(wait):
            await asyncio.sleep(0)
        async with gate.alone() if alone else gate.together():
            inside.append(alone)
            for _ in range(stay):
                assert inside == [True] or not any(inside)
                await asyncio.sleep(0)
            inside.remove(alone)
        done.append(alone)

    async def everyone() -> None:
        gate = Gate()
        await asyncio.wait_for(asyncio.gather(*(visit(gate, *each) for each in visits)), 5)

    asyncio.run(everyone())
    assert len(done) == len(visits)
