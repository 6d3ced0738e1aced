"""The requests of one operation, carried out over redis.asyncio; the twin of `blocking_conversation`.

Rule: what fails becomes one of our errors here, and each answer is waited for so long and no longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from scantui.store.drivers.connections import Disconnects
from scantui.store.drivers.errors import CLIENT_ERRORS, PURPOSE, carried_out, is_lost_connection, translate
from scantui.store.drivers.packing import packed
from scantui.store.drivers.timeouts import answer_within
from scantui.store.operations.requests import ANSWER_SECONDS, LATE_SECONDS, Batch, Command, Request, Turn, Watch


class AsyncConversation:
    """The requests of one operation, carried out; it keeps to one connection while keys are watched."""

    def __init__(self, client: Redis, disconnects: Disconnects) -> None:
        self._client = client
        self._disconnects = disconnects
        self._watching: Any = None

    async def perform(self, request: Request) -> Any:
        try:
            return await self._answered(request)
        except CLIENT_ERRORS as error:
            is_pinned = self._watching is not None and not isinstance(request, Watch)
            is_lost = is_lost_connection(error)
            self._disconnects.count += is_lost
            if is_pinned or not request.repeatable or not is_lost:
                raise translate(error) from None
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return await self._answered(request)
        except CLIENT_ERRORS as error:
            raise translate(error) from None

    async def end(self) -> None:
        """Let go of the keys that are still watched, by dropping their connection; it waits for nobody."""
        if self._watching is not None:
            watching, self._watching = self._watching, None
            # The server is not asked to let go of the keys: it may refuse, or never answer. It does when this one ends.
            if watching.connection is not None:
                await watching.connection.disconnect(nowait=True)
            watching.watching = False
            await watching.reset()

    async def _answered(self, request: Request) -> Any:
        blocks_for = request.blocks_for if isinstance(request, Command) else 0.0
        patience = max(ANSWER_SECONDS, blocks_for + LATE_SECONDS)
        async with answer_within(patience):
            return await self._send(request)

    async def _send(self, request: Request) -> Any:
        if isinstance(request, Command):
            return await (self._client if self._watching is None else self._watching).execute_command(*request)
        if isinstance(request, Turn):
            return await asyncio.sleep(0)
        if isinstance(request, Watch):
            await self.end()
            self._watching = self._client.pipeline(transaction=True)
            return await self._watching.watch(*request.keys)
        if isinstance(request, Batch):
            replies = await self._exchange(request.commands)
            return [translate(reply) if isinstance(reply, Exception) else reply for reply in replies]
        if self._watching is None:
            return carried_out(await self._exchange([Command("MULTI"), *request.commands, Command("EXEC")]))
        pipeline, self._watching = self._watching, None
        pipeline.multi()
        # EXEC lets go of the keys, also when it is refused: the client library's UNWATCH would hide why.
        pipeline.watching = False
        async with pipeline:
            for command in request.commands:
                pipeline.execute_command(*command)
            return await pipeline.execute()

    async def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to commands that are sent in one piece, an exception in the place of each that is refused.

        The client library does the same with several times the work for each command.
        """
        if not commands:
            # An empty piece makes the event loop of Python 3.12 try again and again to send it.
            return []
        pool: Any = self._client.connection_pool
        connection = await pool.get_connection(*PURPOSE)
        try:
            await connection.send_packed_command([packed(commands)])
            replies: list[Any] = []
            for _ in commands:
                try:
                    replies.append(await connection.read_response())
                except ResponseError as error:
                    replies.append(error)
            return replies
        except BaseException:
            # What is still on its way answers nothing that anybody will ask.
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)
