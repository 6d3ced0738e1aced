"""A monitor does no harm: what it sends was seen by the server itself, key by key and second by second."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from typing import Any

import pytest
import redis
from textual.pilot import Pilot

from scantui.feed import Feed
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from scantui.store.operations.rights import LOOKS, READS
from scantui.tui.app import ScanTuiApp
from scantui.tui.commands.command import Place
from scantui.tui.commands.table import COMMANDS
from scantui.tui.widgets.scan_table import ScanTable
from tests.readme import viewer_rules

END = "this is the end"
# Whose cost grows with the number of keys.
OF_ALL_KEYS = {"SCAN", "KEYS", "FT.SEARCH", "FT.AGGREGATE", "RANDOMKEY"}
NEVER = {"KEYS", "FLUSHALL", "FLUSHDB", "CONFIG", "SHUTDOWN", "DEBUG", "EVAL", "SAVE", "BGSAVE", "MONITOR", "SWAPDB"}
# What the client library says at the beginning of a connection, and what may be refused without harm.
CONNECTING = {"CLIENT", "HELLO", "SELECT"}
ASKED_BESIDES = {"ACL", "INFO", "FT.CONFIG", "FT.TAGVALS", "MEMORY", "XLEN"}
MOST_COMMANDS, MOST_ROUND_TRIPS = 30, 2
PULSES = 8


class Overheard:
    """The commands that others sent to the server since, each as its words."""

    def __init__(self, url: str) -> None:
        self.commands: list[list[str]] = []
        self._client = redis.Redis.from_url(url)
        self._came = threading.Condition()

    @contextmanager
    def listening(self) -> Iterator[Overheard]:
        with self._client as client, client.monitor() as monitor:
            thread = threading.Thread(target=self._listen, args=(monitor,))
            thread.start()
            try:
                yield self
            finally:
                client.echo(END)
                thread.join()

    def _listen(self, monitor: Any) -> None:
        for heard in monitor.listen():
            words = heard["command"].split(" ")
            if words[0].upper() == "ECHO" and END in heard["command"]:
                return
            self.commands.append([words[0].upper(), *words[1:]])

    @property
    def names(self) -> set[str]:
        return {words[0] for words in self.commands}

    def writing(self) -> set[str]:
        """Those commands that the server itself says write, or rule over it."""
        with self._client as client:
            known = client.execute_command("COMMAND")
            flags = {name.upper(): set(about["flags"]) for name, about in known.items()}
        return {name for name in self.names if flags.get(name, {"unknown"}) & {"write", "admin", "unknown"}}


@asynccontextmanager
async def monitor_on(url: str, *, read_only: bool) -> AsyncIterator[Pilot[None]]:
    async def opened() -> AsyncDataStore:
        return await AsyncDataStore.open(url)

    app = ScanTuiApp(Feed(opened), url)
    if read_only:
        app.monitor.servers.forbid_writing()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.monitor.query_one(ScanTable)
        while not table.row_count or "loading" in str(app.monitor.connection.line(app.monitor.board, 200)):
            await pilot.pause()
        yield pilot


async def press_everything(pilot: Pilot[None]) -> None:
    """Each key of the monitor, and each answer that may be given to what it asks."""
    app = pilot.app
    assert isinstance(app, ScanTuiApp)
    keys = [key for command in COMMANDS if command.place is Place.MONITOR for key in command.keys.split(",")]
    for key in dict.fromkeys(keys):
        # But for leaving, and for the plain text, which needs a terminal.
        if key not in ("q", "P"):
            await pilot.press(key, "y", "enter", "escape", "escape")


def publish(url: str, count: int) -> None:
    with DataStore(url) as store:
        info = {"title": "ascan", "npoints": 10, "publisher": "scantui"}
        store.create_scans(({"name": "ascan", "number": n, "data_policy": "None"}, info) for n in range(count))


@pytest.mark.slow
@pytest.mark.parametrize("read_only", [True, False], ids=["read-only", "with keys that write"])
async def test_a_monitor_that_only_reads_sends_nothing_that_writes(store_url: str, read_only: bool) -> None:
    publish(store_url, 20)
    overheard = Overheard(store_url)
    with overheard.listening():
        async with monitor_on(store_url, read_only=read_only) as pilot:
            await press_everything(pilot)
    assert len(overheard.commands) > 100
    assert not overheard.names & NEVER
    assert "SCAN" not in overheard.names
    if read_only:
        assert overheard.names <= {words[0] for words in (*READS, *LOOKS)} | CONNECTING | ASKED_BESIDES
    # With keys that write this test would see it.
    assert overheard.writing() == set() if read_only else {"JSON.SET", "XADD"} <= overheard.writing()


def test_the_readme_gives_a_user_who_only_reads_the_rights_that_are_looked_at() -> None:
    given = {word[1:].upper() for word in viewer_rules("") if word.startswith("+")}
    looked_at = {words[0] for words in READS} | {"|".join(words[:2]) for words in LOOKS}
    assert looked_at <= given
    besides = {*CONNECTING, "ACL", "INFO", "PING", "DISCARD", "XLEN", "FT.AGGREGATE"}
    assert {right.partition("|")[0] for right in given - looked_at} == besides


@pytest.mark.slow
def is_count(words: Sequence[str]) -> bool:
    """Whether a search asks for the number of scans alone."""
    return words[0] == "FT.SEARCH" and list(words[-3:]) == ["LIMIT", "0", "0"]


async def test_a_second_with_a_thousand_open_scans_costs_the_server_little(store_url: str) -> None:
    publish(store_url, 1000)
    with DataStore(store_url) as store:
        for key in store.search_existing_scans().keys[-30:]:
            scan = store.create_stream(key, "diode:current", float)
            store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
    overheard = Overheard(store_url)
    blocked, connections = [], []
    async with monitor_on(store_url, read_only=True) as pilot:
        with redis.Redis.from_url(store_url) as client:
            before = len(client.client_list())
            with overheard.listening():
                # The server's time is asked for once in each second at most.
                while Counter(words[0] for words in overheard.commands)["TIME"] <= PULSES:
                    clients = client.client_list()
                    blocked.append(sum("b" in each["flags"] for each in clients))
                    connections.append(len(clients))
                    await pilot.pause()
    ours = [words for words in overheard.commands if words[0] not in ("CLIENT", "INFO", "PING")]
    pulses = [index for index, words in enumerate(ours) if words[0] == "TIME"]
    for start, end in pairwise(pulses):
        second = [words[0] for words in ours[start:end]]
        assert len(second) <= MOST_COMMANDS * MOST_ROUND_TRIPS
        assert second.count("XREAD") + 1 <= MOST_ROUND_TRIPS, second
        # The index is asked for its count now and then, which lists nothing.
        listing = [words for words in ours[start:end] if words[0] in OF_ALL_KEYS and not is_count(words)]
        assert not listing and not set(second) & NEVER
    assert overheard.writing() == set()
    assert max(blocked) == 1
    assert max(connections) <= before + 1  # of those that were there two are ours; the other listens
