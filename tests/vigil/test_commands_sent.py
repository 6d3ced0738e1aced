"""What rules cost: the server itself saw which commands a monitor sends with and without them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from scantui.alerts import read_rule
from scantui.feed import Feed
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from scantui.tui.app import ScanTuiApp
from scantui.tui.night import NightSettings
from tests.test_harmless import Overheard

PULSES = 6
PLAIN = ("end", "fail", "abort", "stall", "start", "match", "server", "not saved", "silent=20m")
COUNTER = "diode:i0"


def publish(url: str) -> str:
    """Some closed scans and a running one; returns the key of its counter."""
    with DataStore(url) as store:
        for number in range(9):
            scan = store.create_scan({"name": "ascan", "number": number, "data_policy": "None"}, {"save": False})
            store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "FAILURE"})
        scan = store.create_scan({"name": "ascan", "number": 10, "data_policy": "None"}, {"npoints": 100})
        for name in (COUNTER, "diode:i1"):
            scan = store.create_stream(scan, name, float)
        scan = store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
        store.append(scan, COUNTER, [1.0])
        return scan.streams[COUNTER].key


async def sent(url: str, when: Sequence[str]) -> list[list[str]]:
    """The commands of a monitor with a rule that waits for this, in its first seconds."""

    async def opened() -> AsyncDataStore:
        return await AsyncDataStore.open(url)

    rules = [read_rule("night", when, armed=True)] if when else []
    app = ScanTuiApp(Feed(opened), url, night=NightSettings(rules=rules))
    overheard = Overheard(url)
    with overheard.listening():
        async with app.run_test(size=(80, 24)) as pilot:
            while Counter(words[0] for words in overheard.commands)["TIME"] <= PULSES:
                await pilot.pause()
    return overheard.commands


@pytest.mark.slow
async def test_only_counters_and_memory_cost_commands(store_url: str) -> None:
    counter = publish(store_url)
    without = {words[0] for words in await sent(store_url, ())}
    assert {words[0] for words in await sent(store_url, PLAIN)} <= without
    memory = {words[0] for words in await sent(store_url, ("memory=80%",))}
    assert memory <= without | {"INFO"}
    values = await sent(store_url, ("value i0<1e4 for 10s",))
    assert {words[0] for words in values} <= without | {"JSON.GET", "XREVRANGE"}
    looks = [words for words in values if words[0] == "XREVRANGE" and words[1] == counter]
    assert 1 <= len([words for words in looks if words[-1] == "2"]) <= PULSES + 1
