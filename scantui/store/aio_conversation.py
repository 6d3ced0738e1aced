"""The requests of one operation, carried out over redis.asyncio; the twin of `blocking_conversation`.

Rule: what fails becomes one of our errors here, and each answer is waited for so long and no longer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from redis.asyncio import Redis

from scantui.store.faults import CLIENT_ERRORS, is_lost_connection, translate
from scantui.store.patience import answer_within
from scantui.store.requests import ANSWER_SECONDS, LATE_SECONDS, Batch, Command, Request, Transaction, Turn, Watch


class AsyncConversation:
    """The requests of one operation, carried out; it keeps to one connection while keys are watched."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._watching: Any = None
        self.repeated = 0

    async def perform(self, request: Request) -> Any:
        try:
            return await self._answered(request)
        except CLIENT_ERRORS as error:
            is_pinned = self._watching is not None and not isinstance(request, Watch)
            if is_pinned or not request.repeatable or not is_lost_connection(error):
                raise translate(error) from None
        self.repeated += 1
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
        if isinstance(request, Transaction):
            pipeline = self._client.pipeline(transaction=True) if self._watching is None else self._watching
            self._watching = None
            pipeline.multi()
        else:
            pipeline = self._client.pipeline(transaction=False)
        async with pipeline:
            for command in request.commands:
                pipeline.execute_command(*command)
            replies = await pipeline.execute(raise_on_error=False)
        if isinstance(request, Batch):
            return [translate(reply) if isinstance(reply, Exception) else reply for reply in replies]
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies
