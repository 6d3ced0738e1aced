"""Cancellations that come while redis-py looks at a connection with a time limit of its own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from scantui.store.drivers.connections import Disconnects, adapt, answer_within, count_anew


class Looking:
    """A connection on which nothing waits, as redis-py before 8 finds out."""

    async def can_read_destructive(self) -> bool:
        try:
            async with answer_within(0):
                await asyncio.Event().wait()
        except asyncio.TimeoutError:
            return False
        return True


def connection() -> Looking:
    pool = SimpleNamespace(connection_class=Looking)
    adapt(pool, Disconnects())
    made: Looking = pool.connection_class()
    return made


async def test_a_cancellation_during_the_look_is_one() -> None:
    looking = asyncio.create_task(connection().can_read_destructive())
    await asyncio.sleep(0)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking


async def test_nothing_is_found_where_nothing_is() -> None:
    assert not await connection().can_read_destructive()


async def test_a_limit_counts_anew_from_a_later_moment() -> None:
    with pytest.raises(asyncio.TimeoutError):
        async with answer_within(3600) as limit:
            count_anew(limit, 0)
            await asyncio.Event().wait()
