"""A batch without commands: the smallest there is, and no reason to ask anybody."""

from __future__ import annotations

from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.operations.requests import Batch

# Nobody listens there.
NOWHERE = "redis://127.0.0.1:1"


async def test_no_commands_are_answered_by_nothing_and_sent_nowhere() -> None:
    driver = AsyncRedisDriver.at(ServerAddress.parse(NOWHERE))
    assert await driver.converse().perform(Batch([])) == []


def test_nor_are_they_by_a_thread() -> None:
    assert RedisDriver(ServerAddress.parse(NOWHERE)).converse().perform(Batch([])) == []
