"""An answer that comes over a slow link is waited for as long as some of it comes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from scantui.exceptions import TooLargeError
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.connections import allow_for_way, answer_within
from scantui.store.drivers.metering import at_most
from scantui.store.operations.requests import ANSWER_SECONDS, Command


class _Stream:
    async def read(self, most: int) -> bytes:
        return b"x" * most


def _connection() -> SimpleNamespace:
    return SimpleNamespace(_parser=SimpleNamespace(_stream=_Stream()))


async def test_each_piece_that_comes_is_noted() -> None:
    connection, came = _connection(), list[int]()
    stream = connection._parser._stream
    with at_most(connection, 0, "_stream", lambda: came.append(1)):
        for _ in range(3):
            await connection._parser._stream.read(1_000_000)
    assert came == [1, 1, 1]
    assert connection._parser._stream is stream


async def test_a_limit_holds_whatever_is_noted() -> None:
    connection = _connection()
    with at_most(connection, 10, "_stream", lambda: None), pytest.raises(TooLargeError, match="more than 10 bytes"):
        await connection._parser._stream.read(11)


async def test_a_parser_that_hides_its_stream_is_left_as_it_is() -> None:
    connection = SimpleNamespace(_parser=object())
    with at_most(connection, 0, "_stream", lambda: None):
        assert vars(connection) == {"_parser": connection._parser}


@pytest.mark.parametrize(("sent", "least", "most"), [(100, 0, 0.5), (4096, 0, 0.5), (80_000, 9.5, 10.5)])
async def test_a_long_request_may_take_longer(sent: int, least: float, most: float) -> None:
    now = asyncio.get_running_loop().time()
    async with answer_within(60) as limit:
        allow_for_way(limit, sent)
        deadline = getattr(limit, "deadline", None) or limit.when()
        assert deadline is not None
        assert least <= deadline - now - 60 <= most


async def test_the_limit_of_a_request_counts_anew_with_what_comes(store_url: str) -> None:
    driver = AsyncRedisDriver.at(ServerAddress.parse(store_url))
    try:
        # The first answer has to be there within its time: what answers may be no Redis.
        deadlines = [await _deadline_after_ping(driver) for _ in range(2)]
    finally:
        await driver.aclose()
    assert deadlines[0] > 50
    assert deadlines[1] <= ANSWER_SECONDS


async def _deadline_after_ping(driver: AsyncRedisDriver) -> float:
    """How many seconds are left of a minute after a request was answered."""
    async with answer_within(60) as limit:
        assert await driver.converse()._exchange([Command("PING")], limit) == [b"PONG"]
        deadline = getattr(limit, "deadline", None) or limit.when()
        assert deadline is not None
        left: float = deadline - asyncio.get_running_loop().time()
        return left
