"""How the connections of redis-py's pools are adapted, each adaptation a class laid over theirs.

Four things are missing in redis-py: it replaces a connection that the other side closed without a trace, it leaves
traces in the server's idle times, before Python 3.11 it can take a cancellation for a time limit of its own, and
without an event loop it waits for a TLS handshake as long as for an answer. Time limits are set here and nowhere else.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from redis.exceptions import ResponseError

# asyncio.wait_for swallows a cancellation now and then before Python 3.12, and so do timeouts of redis-py.
if sys.version_info >= (3, 11):
    from asyncio import Timeout as TimeLimit
    from asyncio import timeout as answer_within
else:
    from async_timeout import Timeout as TimeLimit  # comes with redis on these versions
    from async_timeout import timeout as answer_within

# What is sent before the first answer of a slow link may be on its way for long; bytes, and bytes a second.
_SENT_AT_ONCE, _SLOWEST_LINK = 4096, 8000

__all__ = [
    "Disconnects",
    "TimeLimit",
    "adapt",
    "allow_for_way",
    "answer_within",
    "count_anew",
    "drop_all",
    "leave_no_trace",
    "limit_handshakes",
]


class Disconnects:
    """How many connections the other side closed so far, and the host and port to which the last one was made.

    `place` is empty for a socket, and before the first connection.
    """

    def __init__(self) -> None:
        self.count = 0
        self.place = ""


def adapt(pool: Any, disconnects: Disconnects) -> None:
    """Adapt the connections that a pool makes from now on, and count in `disconnects` those that break."""
    # Innermost first: the count has to see each disconnect, also one that a cancellation caused.
    if sys.version_info < (3, 11):
        _lay_over(pool, _Cancellable)
    _lay_over(pool, _Counted, disconnects=disconnects)
    _lay_over(pool, _Unannounced)


def limit_handshakes(pool: Any) -> None:
    """Have the connections that a blocking pool makes from now on count the TLS handshake as a part of connecting."""
    _lay_over(pool, _Prompt)


def count_anew(limit: TimeLimit, seconds: float) -> None:
    """Let a time limit, entered by `answer_within`, end so many seconds from now."""
    deadline = asyncio.get_running_loop().time() + seconds
    if sys.version_info >= (3, 11):
        limit.reschedule(deadline)
    else:
        limit.update(deadline)


def allow_for_way(limit: TimeLimit, sent: int) -> None:
    """Let a time limit end later, by as long as so many bytes take to a server over a slow link."""
    deadline = limit.when() if sys.version_info >= (3, 11) else limit.deadline
    if sent > _SENT_AT_ONCE and deadline is not None:
        count_anew(limit, deadline - asyncio.get_running_loop().time() + sent / _SLOWEST_LINK)


def drop_all(pool: Any) -> None:
    """Drop all connections of a pool for an event loop, also those in use, without waiting for anything."""
    for connection in (*pool._available_connections, *pool._in_use_connections):
        if connection._writer is not None:
            connection._parser.on_disconnect()
            connection._writer.close()
            connection._reader = connection._writer = None


def leave_no_trace(pool: Any) -> None:
    """Have reads over the connections that a pool makes from now on not count as uses of the keys read."""
    _lay_over(pool, _Untouching)


def _lay_over(pool: Any, layer: type, **attributes: object) -> None:
    kind = pool.connection_class
    pool.connection_class = type(kind.__name__, (layer, kind), attributes)


class _Cancellable:
    async def can_read_destructive(self) -> bool:
        # redis-py looks for data with a time limit of 0; shielded, the look ends by itself, and at once.
        found: bool = await asyncio.shield(super().can_read_destructive())  # type: ignore[misc]
        return found


class _Counted:
    """Notes where a connection goes, and counts one that was closed from the other side, not by this one."""

    disconnects: Disconnects
    _reader: Any = None

    async def connect(self, *arguments: Any, **options: Any) -> None:
        await super().connect(*arguments, **options)  # type: ignore[misc]
        host, port = getattr(self, "host", ""), getattr(self, "port", 0)
        self.disconnects.place = f"{f'[{host}]' if ':' in host else host}:{port}" if host else ""

    async def disconnect(self, *arguments: Any, **options: Any) -> None:
        reader = self._reader
        # The reader of an embedded server knows no exception.
        if reader is not None and (reader.at_eof() or getattr(reader, "exception", lambda: None)() is not None):
            self.disconnects.count += 1
        await super().disconnect(*arguments, **options)  # type: ignore[misc]


class _Prompt:
    socket_timeout: Any
    socket_connect_timeout: Any

    def _connect(self) -> Any:
        answer_timeout, self.socket_timeout = self.socket_timeout, self.socket_connect_timeout
        try:
            sock = super()._connect()  # type: ignore[misc]
        finally:
            self.socket_timeout = answer_timeout
        sock.settimeout(answer_timeout)
        return sock


class _Unannounced:
    """Does not send the name and version of the library, whose answers would cost each connection a round trip."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.driver_info = self.lib_name = self.lib_version = None  # one or the other, as the version of redis-py is


class _Untouching:
    """Asks the server, once a connection, not to reset idle times; the answer is read before that to the next command.

    A server before 7.2 does not know how, and not every user may ask: then idle times say less, and nothing else.
    """

    is_connected: bool
    send_command: Callable[..., Awaitable[None]]
    _owes_answer = False

    async def connect(self, *arguments: Any, **options: Any) -> None:
        was_connected = self.is_connected
        await super().connect(*arguments, **options)  # type: ignore[misc]
        if not was_connected:
            await self.send_command("CLIENT", "NO-TOUCH", "ON")
            self._owes_answer = True

    async def can_read_destructive(self) -> bool:
        # The answer may be there already, which is no reason to give the connection up.
        return False if self._owes_answer else await super().can_read_destructive()  # type: ignore[misc]

    async def read_response(self, *arguments: Any, **options: Any) -> Any:
        if self._owes_answer:
            self._owes_answer = False
            # What ends the connection, such as a password that is wanted, is the answer to the next command too.
            with suppress(ResponseError):
                await super().read_response(*arguments, **options)  # type: ignore[misc]
        return await super().read_response(*arguments, **options)  # type: ignore[misc]

    async def disconnect(self, *arguments: Any, **options: Any) -> None:
        self._owes_answer = False
        await super().disconnect(*arguments, **options)  # type: ignore[misc]
