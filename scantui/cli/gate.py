"""Lets a command ask many servers without holding itself up: all are reached before the first is asked much.

Rule: what the answers cost this process must not look like a server that is slow.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Generic, TypeVar

Server = TypeVar("Server")

_AT_ONCE = 8


class Gate(Generic[Server]):
    """Knows which servers are reached; a server's turn comes when all are, or after some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._reached: set[Server] = set()
        self._expected: set[Server] = set()
        self._all_reached = asyncio.Event()
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def expect(self, servers: Iterable[Server]) -> None:
        """Let the turns wait for these servers."""
        self._expected.update(servers)

    def note(self, server: Server, *, is_reached: bool) -> None:
        """Note that a server is reached, or cannot be."""
        if is_reached:
            self._reached.add(server)
        self._expected.discard(server)
        if not self._expected:
            self._all_reached.set()

    def has_reached(self, server: Server) -> bool:
        """Whether a server is reached."""
        return server in self._reached

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None, None]:
        """Wait until a server may be asked."""
        if self._expected:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._all_reached.wait(), self._seconds)
        async with self._turns:
            yield
