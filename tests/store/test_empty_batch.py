"""A batch without commands: the smallest there is, and no reason to ask anybody."""

from __future__ import annotations

from redis.asyncio import Redis

from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncConversation
from scantui.store.drivers.blocking import Conversation, new_client
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.requests import Batch

# Nobody listens there.
NOWHERE = "redis://127.0.0.1:1"


async def test_no_commands_are_answered_by_nothing_and_sent_nowhere() -> None:
    client = Redis.from_url(NOWHERE, protocol=2)
    assert await AsyncConversation(client, Disconnects()).perform(Batch([])) == []


def test_nor_are_they_by_a_thread() -> None:
    assert Conversation(new_client(ServerAddress.parse(NOWHERE))).perform(Batch([])) == []
