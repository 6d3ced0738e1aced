"""Many replies at once: in their order, with refusals in their places, and worked on as they come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import CommandError
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.drivers.packing import packed
from scantui.store.drivers.pieces import FIRST_COMMANDS, PIECE_BYTES, Pieces
from scantui.store.operations.requests import Batch, Command


def doubled(reply: Any) -> Any:
    return reply * 2 if isinstance(reply, bytes) else reply


def buggy(reply: Any) -> Any:
    raise TypeError(f"not foreseen: {type(reply).__name__}")


MANY = Batch([Command("ECHO", "x" * (index % 40_000)) if index % 3 else Command("GET") for index in range(3000)])


async def answers(url: str, request: Batch, is_awaited: bool) -> Any:
    address = ServerAddress.parse(url)
    if is_awaited:
        driver = AsyncRedisDriver.at(address)
        try:
            return await driver.converse().perform(request)
        finally:
            await driver.aclose()
    blocking = RedisDriver(address)
    try:
        return blocking.converse().perform(request)
    finally:
        blocking.close()


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_many_replies_come_in_order_and_refusals_in_their_places(store_url: str, is_awaited: bool) -> None:
    replies = await answers(store_url, MANY, is_awaited)
    assert [type(reply) is CommandError for reply in replies] == [not index % 3 for index in range(3000)]
    assert all(reply == b"x" * (index % 40_000) for index, reply in enumerate(replies) if index % 3)


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_each_reply_may_be_worked_on_as_it_comes(store_url: str, is_awaited: bool) -> None:
    replies = await answers(store_url, Batch(MANY.commands, early=doubled), is_awaited)
    assert [len(reply) for index, reply in enumerate(replies) if index % 3] == [
        2 * (index % 40_000) for index in range(3000) if index % 3
    ]
    assert isinstance(replies[0], CommandError)


@pytest.mark.parametrize("is_awaited", [True, False])
async def test_a_bug_in_that_work_is_not_taken_for_bytes_that_cannot_be_read(store_url: str, is_awaited: bool) -> None:
    with pytest.raises(TypeError, match="not foreseen"):
        await answers(store_url, Batch([Command("PING")], early=buggy), is_awaited)


@given(st.lists(st.integers(0, 3 * PIECE_BYTES), max_size=300), st.integers(1, 50))
def test_pieces_hold_all_commands_once_and_in_their_order(sizes: list[int], drained: int) -> None:
    commands = [Command("JSON.GET", f"scan{index}") for index in range(len(sizes))]
    pieces = Pieces(commands, doubled)
    sent, come = pieces.due(0), 0
    while come < len(commands):
        assert come < pieces.sent, "nothing is on its way, and something is wanted"
        for size in sizes[come : min(come + drained, pieces.sent)]:
            assert pieces.early is not None
            assert pieces.early(bytes(size)) == bytes(2 * size)
            come += 1
        sent += pieces.due(come)
    assert sent == packed(commands)


@given(st.integers(1, PIECE_BYTES // FIRST_COMMANDS))
def test_replies_of_one_size_fill_two_pieces_at_most(size: int) -> None:
    commands = [Command("JSON.GET", f"scan{index}") for index in range(1000)]
    pieces = Pieces(commands, doubled)
    pieces.due(0)
    for come in range(1, len(commands) + 1):
        assert pieces.early is not None
        pieces.early(bytes(size))
        pieces.due(come)
        assert (pieces.sent - come) * size <= 2 * PIECE_BYTES


def test_without_work_on_each_reply_all_commands_are_one_piece() -> None:
    assert Pieces(MANY.commands).due(0) == packed(MANY.commands)
