"""Counts the bytes of replies: what is longer than a limit is left unread, and the connection is given up.

Rule: this needs no right on the server, and so holds for every user and whatever was published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from scantui.exceptions import TooLargeError

_WITHOUT_LIMIT = nullcontext()


def at_most(
    connection: Any, most: int, source: str, came: Callable[[], None] | None = None
) -> AbstractContextManager[None]:
    """Let a connection of redis-py read at most this many bytes, 0 for any number; TooLargeError for more.

    `source` is where its parser reads from: `_stream` in an event loop, `_sock` in threads. `came` is called whenever
    some bytes have come.
    """
    if not most and (came is None or getattr(connection._parser, source, None) is None):
        return _WITHOUT_LIMIT
    return _metered(connection, most, source, came)


@contextmanager
def _metered(connection: Any, most: int, source: str, came: Callable[[], None] | None) -> Iterator[None]:
    parser = connection._parser
    whole = getattr(parser, source)
    setattr(parser, source, _Metered(whole, most, came))
    try:
        yield
    finally:
        # A parser that was disconnected meanwhile keeps nothing to read from.
        if isinstance(getattr(parser, source), _Metered):
            setattr(parser, source, whole)


class _Metered:
    """A stream or a socket that counts what is read; all else it passes on."""

    def __init__(self, whole: Any, most: int, came: Callable[[], None] | None) -> None:
        self._whole = whole
        self._came = came
        self._most = self._left = most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    async def read(self, most: int) -> bytes:
        data: bytes = await self._whole.read(most)
        self._count(len(data))
        return data

    def recv_into(self, *arguments: Any) -> int:
        count: int = self._whole.recv_into(*arguments)
        self._count(count)
        return count

    def _count(self, count: int) -> None:
        if self._came is not None:
            self._came()
        self._left -= count
        if self._most and self._left < 0:
            raise TooLargeError(f"what the server holds has more than {self._most} bytes, and is not read")
