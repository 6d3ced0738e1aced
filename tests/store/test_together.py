"""Operations side by side share their round trips, and each ends alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from scantui.exceptions import CommandError, ConnectionFailed, GarbledError, TooLargeError
from scantui.store import AsyncDataStore
from scantui.store.operations.requests import Batch, Command, Operation, Turn
from scantui.store.operations.together import together
from scantui.store.rides import Rides
from tests.servers import command, plain_client
from tests.store.conversation import converse

PING, TIME = Command("PING"), Command("TIME")
PING_ALONE = Batch([PING])


def asking(*requests: Any) -> Operation[list[Any]]:
    """Asks these one after the other, and returns the replies."""
    replies: list[Any] = []
    for request in requests:
        reply = yield request
        replies += [reply]
    return replies


def failing(error: Exception) -> Operation[None]:
    yield PING
    raise error


def test_each_step_is_one_round_trip_and_has_its_own_replies() -> None:
    operations = [asking(PING, Batch([TIME, PING])), asking(Turn(), Batch([])), asking(Batch([TIME, TIME]))]
    results = converse(
        together(operations),
        (Batch([PING, TIME, TIME]), ["pong", 1, 2]),
        (Batch([TIME, PING]), [3, "pong"]),
    )
    assert results == [["pong", [3, "pong"]], [None, []], [[1, 2]]]


def test_a_batch_of_a_limited_size_is_sent_alone_and_fails_alone() -> None:
    too_large = TooLargeError("too large")

    def reading() -> Operation[str]:
        try:
            yield Batch([TIME], 100)
        except TooLargeError as error:
            return str(error)
        return "read"

    results = converse(
        together([asking(PING), reading()]), (PING_ALONE, ["pong"]), (lambda request: request.most == 100, too_large)
    )
    assert results == [["pong"], "too large"]


def test_an_error_ends_only_the_operation_whose_it_is() -> None:
    refused = CommandError("refused")
    results = converse(
        together([asking(PING), failing(CommandError("own")), asking(Batch([PING]))]),
        (Batch([PING] * 3), [refused, "pong", refused]),
    )
    assert results[0] is refused and str(results[1]) == "own" and results[2] == [[refused]]


def test_a_lost_connection_and_garbled_replies_end_all() -> None:
    with pytest.raises(ConnectionFailed):
        converse(together([asking(PING), asking(PING)]), (Batch([PING] * 2), ConnectionFailed("lost")))
    with pytest.raises(GarbledError):
        converse(together([asking(PING), failing(GarbledError("what"))]), (Batch([PING] * 2), ["pong", "pong"]))


class CountingDriver:
    """Counts what is sent, and answers each command with its number; `fails` is raised instead."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.fails: Exception | None = None

    def converse(self) -> CountingDriver:
        return self

    async def perform(self, request: Any) -> Any:
        commands = request.commands if isinstance(request, Batch) else [request]
        self.sent.append(len(commands))
        await asyncio.sleep(0)
        if self.fails is not None:
            raise self.fails
        return list(range(len(commands))) if isinstance(request, Batch) else 0

    async def end(self) -> None:
        pass


async def test_what_waits_is_carried_by_the_next_and_goes_alone_if_nothing_comes() -> None:
    driver: Any = CountingDriver()
    rides = Rides(driver)
    patient = asyncio.create_task(rides.ride(asking(PING, TIME), 60))
    await asyncio.sleep(0)
    assert list(await asyncio.gather(rides.ride(asking(TIME)), rides.carry(asking(PING)))) == [[2], [0]]
    assert await patient == [1, 0]
    assert driver.sent == [3, 1]
    # Which of them comes first does not matter.
    assert list(await asyncio.gather(rides.carry(asking(PING)), rides.ride(asking(TIME)))) == [[0], [1]]
    assert driver.sent.pop() == 2
    assert await rides.ride(asking(PING)) == await rides.ride(asking(PING), 0.001) == await rides.carry(asking(PING))
    assert driver.sent == [3, 1, 1, 1, 1]


async def test_riders_share_the_fate_of_their_round_trip_and_may_leave() -> None:
    driver: Any = CountingDriver()
    rides = Rides(driver)
    leaving, staying = (asyncio.create_task(rides.ride(asking(PING), 60)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    driver.fails = ConnectionFailed("lost")
    for waiting in (rides.carry(asking(PING)), staying):
        with pytest.raises(ConnectionFailed, match="lost"):
            await waiting
    assert driver.sent == [2]


async def test_what_a_monitor_asks_first_goes_over_the_connection_that_it_has(store_url: str) -> None:
    with plain_client(store_url) as client:
        async with AsyncDataStore.open(store_url) as store:
            connected = command(client, "CLIENT", "LIST").count(b"id=")
            newest, counted, status = await asyncio.gather(
                store.monitoring.list_newest(10), store.monitoring.count_scans(), store.monitoring.poll_status([])
            )
            assert command(client, "CLIENT", "LIST").count(b"id=") == connected
    assert (newest.keys, counted) == ([], 0) and status.server_ms
