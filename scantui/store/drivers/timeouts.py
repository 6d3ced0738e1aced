"""A time limit for what an event loop awaits, and cancellations that arrive, the same on all versions of Python.

Rule: nothing else measures time in the asynchronous driver.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

# asyncio.wait_for swallows a cancellation now and then before Python 3.12, and so do timeouts of the client's own.
if sys.version_info >= (3, 11):
    from asyncio import timeout as answer_within
else:
    from async_timeout import timeout as answer_within  # comes with redis on these versions

__all__ = ["answer_within", "let_be_cancelled"]


def let_be_cancelled(pool: Any) -> None:
    """See that no connection of a pool takes a cancellation for its own.

    Before it hands one out, redis-py looks for data on it with a time limit of 0, which before Python 3.11 cannot be
    told from a cancellation that comes then.
    """
    if sys.version_info < (3, 11):
        kind = pool.connection_class
        pool.connection_class = type(kind.__name__, (_Cancellable, kind), {})


class _Cancellable:
    async def can_read_destructive(self) -> bool:
        # The look goes on by itself, and ends at once.
        found: bool = await asyncio.shield(super().can_read_destructive())  # type: ignore[misc]
        return found
