"""The driver for threads, over the connections of redis-py; the twin of `aio`.

Rule: what is asked and what a reply means is an operation's; here it is sent, repeated at most once, and translated.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from redis.exceptions import ResponseError

from scantui.exceptions import ConnectionFailed, StoreError, TooLargeError
from scantui.store.address import ServerAddress
from scantui.store.drivers.clients import blocking_client
from scantui.store.drivers.connections import limit_handshakes
from scantui.store.drivers.errors import (
    CLIENT_ERRORS,
    PURPOSE,
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
        self._contact = Contact(address)
        self._client, pools = blocking_client(address)
        limit_handshakes(self._client.connection_pool)
        # The client's own close() leaves the pool's sockets open in redis-py 5.0.0.
        self._close = weakref.finalize(self, _disconnect, pools)

    def converse(self) -> RedisConversation:
        if not self._close.alive:
            raise ConnectionFailed("the store was closed: open another one")
        self._contact.require_files()
        return RedisConversation(self._client.connection_pool, self._contact)

    def drop_idle_connections(self) -> None:
        self._client.connection_pool.disconnect(inuse_connections=False)

    def close(self) -> None:
        self._close()


class RedisConversation:
    """The requests of one operation; it keeps to one connection while keys are watched."""

    def __init__(self, pool: Any, contact: Contact) -> None:
        self._pool = pool
        self._contact = contact
        self._pinned: Any = None

    def perform(self, request: Request) -> Any:
        is_pinned = self._pinned is not None and not isinstance(request, Watch)
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            if is_pinned or not request.repeatable or not is_lost_connection(error):
                raise self._failure(error) from error
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> StoreError:
        """The error to raise for one of the client; if it leaves open what the server is, a look finds out."""
        address = self._contact.address
        if address is not None and self._contact.is_unclear(error):
            from scantui.store.drivers.probing import look_at_blocking

            trouble = look_at_blocking(address)
            if trouble is not None:
                return self._contact.failure(trouble.kind, trouble.detail)
        return translate(error, self._contact)

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
            replies = self._exchange(request.commands, most=request.most, early=request.early)
            return [refused(reply, self._contact) for reply in replies]
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

    def _exchange(
        self,
        commands: Sequence[Command],
        pins: bool = False,
        most: int = 0,
        early: Early = None,
    ) -> list[Any]:
        """The replies to commands, an exception in place of each that is refused.

        With `pins` the next request goes over the same connection; more bytes than `most` are not read, and `early` is
        applied to each reply. redis-py's own pipeline takes several times the work for each command.
        """
        if not commands:
            return []
        pieces = Pieces(commands, early)
        due = pieces.due(0)
        connection, self._pinned = self._pinned, None
        replies: list[Any] = []
        try:
            if connection is None:
                if self._contact.asks_sentinels:
                    with suppress(*CLIENT_ERRORS):
                        # If it is another one now, the pool drops the connections to the old one.
                        self._pool.get_master_address()
                connection = self._pool.get_connection(*PURPOSE)
            connection.send_packed_command([due])
            with at_most(connection, most, "_sock"):
                while len(replies) < len(commands):
                    try:
                        reply = connection.read_response()
                    except ResponseError as error:
                        reply = error
                    replies.append(taken(reply, pieces.early))
                    replies += islice(at_hand(connection, pieces.early), pieces.sent - len(replies))
                    if pieces.sent < len(commands) and (due := pieces.due(len(replies))):
                        connection.send_packed_command([due])
            self._contact.has_answered = True
        except BaseException as error:
            if connection is not None:
                # What is still on its way answers nothing that will be asked.
                self._drop(connection)
            if is_misread(error, early):
                raise unreadable(error) from error
            if isinstance(error, TooLargeError):
                error.came = tuple(refused(reply, self._contact) for reply in replies)
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


def _disconnect(pools: Sequence[Any]) -> None:
    for pool in pools:
        pool.disconnect()
