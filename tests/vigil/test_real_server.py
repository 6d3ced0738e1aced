"""Rules on the feed of a real server that dies: the clock of the rules goes on when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from scantui.alerts import read_rule
from scantui.feed import Feed, Heartbeat, Lost
from scantui.store import AsyncDataStore
from scantui.vigil.alarms import Alarms
from tests.servers import RealRedis, initialise


async def test_a_server_that_died_calls_after_a_minute_and_again_when_the_rule_wants_it(
    start_redis: Callable[..., RealRedis],
) -> None:
    server = start_redis()
    initialise(server.url)
    clock = [0.0]

    async def opened() -> AsyncDataStore:
        return await AsyncDataStore.open(server.url)

    rules = [read_rule("once", ["server"]), read_rule("often", ["server"], again="10m")]
    alarms = Alarms(rules, lambda: clock[0])
    texts: list[tuple[str, str]] = []
    async with aclosing(Feed(opened).events()) as events:
        async for event in events:
            await alarms.take_in(event)
            if isinstance(event, Heartbeat):
                server.stop()
            if isinstance(event, Lost):
                break
        for clock[0] in (59, 61, 100, 659, 700):
            texts += [(alert.rule.name, alert.text) for alert in alarms.due()]
    assert texts == [
        ("once", "Server DOWN for 1m"),
        ("often", "Server DOWN for 1m"),
        ("often", "Server DOWN for 11m"),
    ]
