"""Connections that were closed from the other side, counted although the client library replaces them without a word.

Rule: what we close ourselves, as when somebody stops waiting for an answer, is no break.
"""

from __future__ import annotations

from typing import Any


class Disconnects:
    """How many connections broke so far."""

    def __init__(self) -> None:
        self.count = 0


def count_disconnects(pool: Any, disconnects: Disconnects) -> None:
    """See that the connections which an asynchronous pool makes from now on count their disconnects."""
    kind = pool.connection_class
    pool.connection_class = type(kind.__name__, (_Counted, kind), {"disconnects": disconnects})


class _Counted:
    """Laid over a connection of the client library, which finds out that it was closed when it is used again."""

    disconnects: Disconnects
    _reader: Any = None

    async def disconnect(self, *arguments: Any, **options: Any) -> None:
        reader = self._reader
        if reader is not None and (reader.at_eof() or reader.exception() is not None):
            self.disconnects.count += 1
        await super().disconnect(*arguments, **options)  # type: ignore[misc]
