"""The driver for threads, over the connections of redis-py; the twin of `aio`.

Rule: what is asked and what a reply means is an operation's; here it is sent, repeated at most once, and translated.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from scantui.exceptions import ConnectionFailed
from scantui.store.address import ServerAddress
from scantui.store.drivers.errors import (
    CLIENT_ERRORS,
    PURPOSE,
    is_lost_connection,
    is_unreadable,
    refused,
    transaction_results,
    translate,
    unreadable,
)
from scantui.store.drivers.packing import packed
from scantui.store.operations.requests import (
    ANSWER_SECONDS,
    NO_LIMIT,
    Batch,
    Command,
    Request,
    Transaction,
    Turn,
    Watch,
)


class RedisDriver:
    """Carries operations to a Redis, for threads; its pool of sockets grows with the requests made in parallel."""

    def __init__(self, address: ServerAddress) -> None:
        """Drive the server at an address; the first request connects."""
        self.label = address.label
        self._client = redis.Redis(
            **address.client_settings(),
            protocol=2,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=NO_LIMIT,
        )
        # The client's own close() leaves the pool's sockets open in redis-py 5.0.0.
        self._close = weakref.finalize(self, self._client.connection_pool.disconnect)

    def converse(self) -> RedisConversation:
        if not self._close.alive:
            raise ConnectionFailed("the store was closed: open another one")
        return RedisConversation(self._client.connection_pool)

    def drop_idle_connections(self) -> None:
        self._client.connection_pool.disconnect(inuse_connections=False)

    def close(self) -> None:
        self._close()


class RedisConversation:
    """The requests of one operation; it keeps to one connection while keys are watched."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._pinned: Any = None

    def perform(self, request: Request) -> Any:
        is_pinned = self._pinned is not None and not isinstance(request, Watch)
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            if is_pinned or not request.repeatable or not is_lost_connection(error):
                raise translate(error) from error
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            raise translate(error) from error

    def end(self) -> None:
        """Let go of the keys that are still watched, by dropping their connection."""
        if self._pinned is not None:
            # UNWATCH could be refused or never be answered; a server lets go when the connection ends.
            connection, self._pinned = self._pinned, None
            self._drop(connection)

    def _send(self, request: Request) -> Any:
        if isinstance(request, Turn):
            return None  # threads take their turns by themselves
        if isinstance(request, Batch):
            return [refused(reply) for reply in self._exchange(request.commands)]
        if isinstance(request, Transaction):
            commands = [Command("MULTI"), *request.commands, Command("EXEC")]
            return transaction_results(self._exchange(commands))
        if isinstance(request, Watch):
            self.end()
            (reply,) = self._exchange([Command("WATCH", *request.keys)], pins=True)
        else:
            (reply,) = self._exchange([request], pins=self._pinned is not None)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _exchange(self, commands: Sequence[Command], pins: bool = False) -> list[Any]:
        """The replies to commands that are sent in one piece, an exception in the place of each that is refused.

        With `pins` the next request goes over the same connection. redis-py's own pipeline takes several times the
        work for each command.
        """
        if not commands:
            return []
        sent = [packed(commands)]
        connection, self._pinned = self._pinned, None
        try:
            if connection is None:
                connection = self._pool.get_connection(*PURPOSE)
            connection.send_packed_command(sent)
            replies: list[Any] = []
            for _ in commands:
                try:
                    replies.append(connection.read_response())
                except ResponseError as error:
                    replies.append(error)
        except BaseException as error:
            if connection is not None:
                # What is still on its way answers nothing that will be asked.
                self._drop(connection)
            if is_unreadable(error):
                raise unreadable(error) from error
            raise
        if pins:
            self._pinned = connection
        else:
            self._pool.release(connection)
        return replies

    def _drop(self, connection: Any) -> None:
        try:
            connection.disconnect()
        finally:
            self._pool.release(connection)
