"""The queue: how many jobs run at a time, in the order in which they came."""

import asyncio
from collections import deque


class Turns:
    """``slots`` places; whoever waits longest gets the next free one."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._taken: set[str] = set()
        self._waiting: deque[tuple[str, asyncio.Future[None]]] = deque()

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return len(self._taken)

    def try_take(self, name: str, *, force: bool = False) -> bool:
        """Take a place if one is free and nobody waits, or in any case with ``force``."""
        free = len(self._taken) < self._slots and not self._waiting
        if name in self._taken or free or force:
            self._taken.add(name)
            return True
        return False

    async def take(self, name: str) -> None:
        """Wait for a place."""
        if self.try_take(name):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release(name)
            else:
                self._waiting.remove((name, turn))
            raise

    def release(self, name: str) -> None:
        """Give a place back, if it was taken."""
        self._taken.discard(name)
        while self._waiting and len(self._taken) < self._slots:
            other, turn = self._waiting.popleft()
            if not turn.done():
                self._taken.add(other)
                turn.set_result(None)
