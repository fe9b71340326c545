"""Who may be at work beside whom: any number together, or one alone. Knows nothing of what the work is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Gate:
    """For the coroutines of one event loop.

    Whoever wants to be alone waits for those inside, and whoever comes later waits for it.
    """

    def __init__(self) -> None:
        self._door, self._inside, self._left = asyncio.Lock(), 0, asyncio.Event()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Beside whoever else is."""
        async with self._door:
            self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
            self._left.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """With nobody else inside."""
        async with self._door:
            while self._inside:
                self._left.clear()
                await self._left.wait()
            yield
