"""The driver for an event loop, over the connections of redis.asyncio; the twin of `blocking`.

Rule: redis-py's errors become StoreErrors here, and each reply is awaited for a limited time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from scantui.exceptions import ConnectionFailed, StoreError, TooLargeError
from scantui.store.address import ServerAddress
from scantui.store.drivers.clients import async_client
from scantui.store.drivers.connections import (
    Disconnects,
    TimeLimit,
    adapt,
    allow_for_way,
    answer_within,
    count_anew,
    drop_all,
    leave_no_trace,
)
from scantui.store.drivers.errors import (
    CLIENT_ERRORS,
    PURPOSE,
    ConnectTimeout,
    Contact,
    is_lost_connection,
    refused,
    transaction_results,
    translate,
    unreadable,
)
from scantui.store.drivers.metering import at_most
from scantui.store.drivers.pieces import Pieces
from scantui.store.drivers.receiving import Early, at_hand, is_misread, taken
from scantui.store.operations.requests import (
    ANSWER_SECONDS,
    CLOSING_SECONDS,
    CONNECT_SECONDS,
    FIRST_ANSWER_SECONDS,
    LATE_SECONDS,
    Batch,
    Command,
    Request,
    Transaction,
    Turn,
    Watch,
)


class AsyncRedisDriver:
    """Carries operations to a Redis, for an event loop; its pool of sockets grows with requests made in parallel."""

    def __init__(
        self, client: Redis, label: str, address: ServerAddress | None = None, pools: Sequence[Any] = ()
    ) -> None:
        """Drive a client with protocol 2, undecoded replies, and neither time limits nor retries of its own."""
        self.label = label
        self.disconnects = Disconnects()
        self._contact = Contact(address)
        self._client = client
        self._pools = pools
        self._is_closed = False
        adapt(client.connection_pool, self.disconnects)

    @classmethod
    def at(cls, address: ServerAddress) -> AsyncRedisDriver:
        """A driver for the server at an address; it connects with its first request."""
        client, pools = async_client(address)
        leave_no_trace(client.connection_pool)
        return cls(client, address.label, address, pools)

    def converse(self) -> AsyncRedisConversation:
        if self._is_closed:
            raise ConnectionFailed("the store was closed: open another one")
        self._contact.require_files()
        return AsyncRedisConversation(
            self._client.connection_pool, self.disconnects, self._contact, self._drop_if_closed
        )

    async def drop_idle_connections(self) -> None:
        await self._client.connection_pool.disconnect(inuse_connections=False)

    async def aclose(self) -> None:
        self._is_closed = True
        # What all supported versions of redis-py can do has another name in newer ones.
        close = getattr(self._client, "aclose", self._client.close)
        # An encrypted connection says goodbye to its server, which may never answer; it is dropped then.
        try:
            with suppress(*CLIENT_ERRORS):
                async with answer_within(CLOSING_SECONDS):
                    await close()
                    for pool in self._pools:
                        await pool.disconnect()
        finally:
            # A cancellation may have come between.
            self._drop_if_closed()

    def _drop_if_closed(self) -> None:
        """Drop what is left of the connections once the driver was closed."""
        if self._is_closed:
            for pool in (self._client.connection_pool, *self._pools):
                drop_all(pool)


class AsyncRedisConversation:
    """The requests of one operation; it keeps to one connection while keys are watched."""

    def __init__(
        self, pool: Any, disconnects: Disconnects, contact: Contact, at_end: Callable[[], None] = lambda: None
    ) -> None:
        self._pool = pool
        self._disconnects = disconnects
        self._contact = contact
        self._at_end = at_end
        self._pinned: Any = None

    async def perform(self, request: Request) -> Any:
        is_pinned = self._pinned is not None and not isinstance(request, Watch)
        try:
            return await self._answered(request)
        except CLIENT_ERRORS as error:
            is_lost = is_lost_connection(error)
            self._disconnects.count += is_lost
            if is_pinned or not request.repeatable or not is_lost:
                raise await self._failure(error) from error
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return await self._answered(request)
        except CLIENT_ERRORS as error:
            raise await self._failure(error) from error

    async def _failure(self, error: Exception) -> StoreError:
        """The error to raise for one of the client; if it leaves open what the server is, a look finds out."""
        address = self._contact.address
        if address is not None and self._contact.is_unclear(error):
            from scantui.store.drivers.probing import look_at

            trouble = await look_at(address)
            if trouble is not None:
                return self._contact.failure(trouble.kind, trouble.detail)
        return translate(error, self._contact)

    async def end(self) -> None:
        """Let go of the keys that are still watched, by dropping their connection."""
        if self._pinned is not None:
            # UNWATCH could be refused or never be answered; a server lets go when the connection ends.
            connection, self._pinned = self._pinned, None
            await self._drop(connection)
        self._at_end()

    async def _answered(self, request: Request) -> Any:
        blocks_for = request.blocks_for if isinstance(request, Command) else 0.0
        seconds = ANSWER_SECONDS if self._contact.has_answered else FIRST_ANSWER_SECONDS
        async with answer_within(max(seconds, blocks_for + LATE_SECONDS)) as limit:
            return await self._send(request, limit)

    async def _send(self, request: Request, limit: TimeLimit) -> Any:
        if isinstance(request, Turn):
            return await asyncio.sleep(0)
        if isinstance(request, Batch):
            replies = await self._exchange(request.commands, limit, most=request.most, early=request.early)
            return [refused(reply, self._contact) for reply in replies]
        if isinstance(request, Transaction):
            commands = [Command("MULTI"), *request.commands, Command("EXEC")]
            return transaction_results(await self._exchange(commands, limit))
        if isinstance(request, Watch):
            await self.end()
            (reply,) = await self._exchange([Command("WATCH", *request.keys)], limit, pins=True)
        else:
            (reply,) = await self._exchange([request], limit, pins=self._pinned is not None)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def _exchange(
        self,
        commands: Sequence[Command],
        limit: TimeLimit,
        pins: bool = False,
        most: int = 0,
        early: Early = None,
    ) -> list[Any]:
        """The replies to commands, an exception in place of each that is refused.

        With `pins` the next request goes over the same connection; more bytes than `most` are not read, and `early` is
        applied to each reply. The time `limit` counts anew for each piece, and whenever some bytes come, since a link
        may be slow. redis-py's own pipeline takes several times the work for each command.
        """
        if not commands:
            # An empty piece makes the event loop of Python 3.12 try again and again to send it.
            return []
        pieces = Pieces(commands, early)
        due = pieces.due(0)
        connection, self._pinned = self._pinned, None
        replies: list[Any] = []
        try:
            if connection is None:
                connection = await self._connected()
            await connection.send_packed_command([due])
            came = None
            if self._contact.has_answered:
                allow_for_way(limit, len(due))
                came = partial(count_anew, limit, ANSWER_SECONDS)
            with at_most(connection, most, "_stream", came):
                while len(replies) < len(commands):
                    try:
                        reply = await connection.read_response()
                    except ResponseError as error:
                        reply = error
                    replies.append(taken(reply, pieces.early))
                    replies += islice(at_hand(connection, pieces.early), pieces.sent - len(replies))
                    if pieces.sent < len(commands) and (due := pieces.due(len(replies))):
                        await connection.send_packed_command([due])
                        count_anew(limit, ANSWER_SECONDS)
                        allow_for_way(limit, len(due))
            self._contact.has_answered = True
        except BaseException as error:
            if connection is not None:
                # What is still on its way answers nothing that will be asked.
                await self._drop(connection)
            if is_misread(error, early):
                raise unreadable(error) from error
            if isinstance(error, TooLargeError):
                error.came = tuple(refused(reply, self._contact) for reply in replies)
            raise
        if pins:
            self._pinned = connection
        else:
            await self._pool.release(connection)
        return replies

    async def _connected(self) -> Any:
        """A connection from the pool, which may have to be made."""
        try:
            async with answer_within(CONNECT_SECONDS):
                if self._contact.asks_sentinels:
                    with suppress(*CLIENT_ERRORS):
                        # If it is another one now, the pool drops the connections to the old one.
                        await self._pool.get_master_address()
                return await self._pool.get_connection(*PURPOSE)
        except asyncio.TimeoutError as error:
            raise ConnectTimeout from error

    async def _drop(self, connection: Any) -> None:
        try:
            await connection.disconnect(nowait=True)
        finally:
            await self._pool.release(connection)
