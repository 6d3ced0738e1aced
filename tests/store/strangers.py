"""Servers on loopback that are not the Redis that a user expects, each in a few bytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec


class Stranger(msgspec.Struct, frozen=True):
    """What a server sends to a client that connects, or in answer to each command; then it closes, or it stays."""

    greeting: bytes = b""
    answer: bytes = b""
    stays: bool = False


@asynccontextmanager
async def listening(stranger: Stranger) -> AsyncIterator[int]:
    """Its port; the server ends with the block."""
    handling: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        handling.add(task)
        try:
            writer.write(stranger.greeting)
            while not stranger.greeting and (sent := await reader.read(65536)):
                writer.write(stranger.answer * max(1, (b"\r\n" + sent).count(b"\r\n*")))
                if not stranger.stays:
                    break
            writer.close()
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in handling:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
