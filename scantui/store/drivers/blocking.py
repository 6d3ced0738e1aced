"""The socket traffic of the blocking driver: a client, and the requests of one operation carried out.

Rule: what is asked and what a reply means is an operation's; here it is sent, repeated at most once, and translated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from scantui.exceptions import GarbledError, StoreError
from scantui.store.address import ServerAddress
from scantui.store.drivers.errors import CLIENT_ERRORS, PURPOSE, carried_out, is_lost_connection, proceed, translate
from scantui.store.drivers.packing import pack_quickly, packed
from scantui.store.operations.requests import (
    ANSWER_SECONDS,
    NO_LIMIT,
    Batch,
    Command,
    Operation,
    Request,
    Result,
    Turn,
    Watch,
)


def new_client(address: ServerAddress) -> redis.Redis:
    """A client that answers in raw replies, whose timeouts and retries are ours."""
    client = redis.Redis(
        **address.client_settings(),
        protocol=2,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        max_connections=NO_LIMIT,
    )
    client.response_callbacks.clear()
    pack_quickly(client.connection_pool)
    return client


def carry_out(client: redis.Redis, operation: Operation[Result]) -> Result:
    """Take an operation to its end, and return its result."""
    conversation = Conversation(client)
    try:
        request = next(operation)
        while True:
            try:
                reply = conversation.perform(request)
            except StoreError as error:
                request = operation.throw(error)
            else:
                request = proceed(operation, reply)
    except StopIteration as finished:
        return cast(Result, finished.value)
    except GarbledError:
        client.connection_pool.disconnect(inuse_connections=False)
        raise  # and whatever else is on its way over these connections answers something else
    finally:
        operation.close()
        conversation.end()


class Conversation:
    """The requests of one operation, carried out; it keeps to one connection while keys are watched."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._watching: Any = None

    def perform(self, request: Request) -> Any:
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            is_pinned = self._watching is not None and not isinstance(request, Watch)
            if is_pinned or not request.repeatable or not is_lost_connection(error):
                raise translate(error) from None
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            raise translate(error) from None

    def end(self) -> None:
        """Let go of the keys that are still watched, by dropping their connection; it waits for nobody."""
        if self._watching is not None:
            watching, self._watching = self._watching, None
            # The server is not asked to let go of the keys: it may refuse, or never answer. It does when this one ends.
            if watching.connection is not None:
                watching.connection.disconnect()
            watching.watching = False
            watching.reset()

    def _send(self, request: Request) -> Any:
        if isinstance(request, Command):
            return (self._client if self._watching is None else self._watching).execute_command(*request)
        if isinstance(request, Turn):
            return None  # threads take their turns by themselves
        if isinstance(request, Watch):
            self.end()
            self._watching = self._client.pipeline(transaction=True)
            return self._watching.watch(*request.keys)
        if isinstance(request, Batch):
            replies = self._exchange(request.commands)
            return [translate(reply) if isinstance(reply, Exception) else reply for reply in replies]
        if self._watching is None:
            return carried_out(self._exchange([Command("MULTI"), *request.commands, Command("EXEC")]))
        pipeline, self._watching = self._watching, None
        pipeline.multi()
        # EXEC lets go of the keys, also when it is refused: the client library's UNWATCH would hide why.
        pipeline.watching = False
        with pipeline:
            for command in request.commands:
                pipeline.execute_command(*command)
            return pipeline.execute()

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to commands that are sent in one piece, an exception in the place of each that is refused.

        The client library does the same with several times the work for each command.
        """
        if not commands:
            return []
        pool: Any = self._client.connection_pool
        connection: Any = pool.get_connection(*PURPOSE)
        try:
            connection.send_packed_command([packed(commands)])
            replies: list[Any] = []
            for _ in commands:
                try:
                    replies.append(connection.read_response())
                except ResponseError as error:
                    replies.append(error)
            return replies
        except BaseException:
            # What is still on its way answers nothing that anybody will ask.
            connection.disconnect()
            raise
        finally:
            pool.release(connection)
