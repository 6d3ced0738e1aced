"""A publisher died at point 9 of 31, eleven minutes ago: the screen and every command say so at first sight."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import Any

import pytest

from scantui.board import Board
from scantui.cli.finding import find_scans, look_at
from scantui.export import ExportedScan
from scantui.feed import Feed, Heartbeat, Loaded, Progress
from scantui.filters import ScanFilter
from scantui.models import Scan, ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.servers import command, plain_client

AGO = 11 * 60
IDENTITY = {"name": "ascan", "number": 7, "data_policy": "None"}
TOP = {"master": {"scalars": ["axis:samx"]}, "scalars": ["timer:elapsed_time", "timer:epoch"]}
INFO = {"title": "ascan samx 0 1 30 1", "npoints": 31, "acquisition_chain": {"axis": TOP}}


def publish(store: DataStore, url: str, epochs: list[float], started: float, **info: Any) -> Scan:
    """A running scan whose points came at these times, and which started so many seconds ago."""
    scan = store.create_scan(IDENTITY, {**INFO, **info})
    for name in ("axis:samx", "timer:elapsed_time", "timer:epoch"):
        scan = store.create_stream(scan, name, float)
    scan = store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
    for each in epochs:
        for name in scan.streams:
            store.append(scan, name, each)
    with plain_client(url) as client:
        # The server's own times cannot be made to lie in the past in another way.
        command(client, "DEL", scan.state_stream)
        for state in range(3):
            ms = int((time.time() - started) * 1000) + state
            command(client, "XADD", scan.state_stream, f"{ms}-0", "state", state)
    return scan


def dead(store: DataStore, url: str) -> Scan:
    now = time.time()
    return publish(store, url, [now - AGO - 9 + point for point in range(9)], AGO + 10)


def slow(store: DataStore, url: str) -> Scan:
    """Five minutes a point, the last one six minutes ago."""
    now = time.time()
    return publish(store, url, [now - 960, now - 660, now - 360], 1260)


async def screen_of(url: str) -> Board:
    """What a monitor shows as soon as it has looked at all scans."""
    board = Board()
    async with aclosing(Feed(lambda: AsyncDataStore.open(url)).events()) as events:
        async for event in events:
            if isinstance(event, Heartbeat):
                board.tell_time(event.server_ms)
            elif isinstance(event, Loaded):
                board.put(event.rows)
            elif isinstance(event, Progress):
                board.note_progress(event.points, event.seen)
                break
    return board


async def test_the_screen_shows_it_at_first_sight(store: DataStore, store_url: str) -> None:
    scan = dead(store, store_url)
    board = await screen_of(store_url)
    row = board.row(scan.key)
    assert row is not None
    assert (board.word_of(row), board.progress_of(row)) == ("STALL", "29% quiet 11m")


@pytest.mark.parametrize("text", ["state=stall", "is=problem", "number=7 state=stall", "is=open"])
async def test_searches_find_it(store: DataStore, store_url: str, text: str) -> None:
    scan = dead(store, store_url)
    async with AsyncDataStore.open(store_url) as opened:
        (found,) = await find_scans(opened, ScanFilter.parse(text))
        (row,) = [each for each in await opened.load_summaries([scan.key]) if not isinstance(each, Exception)]
        looked: ExportedScan = await look_at(opened, row, found.now_ms)
    assert (found.word, found.progress) == ("STALL", "29% quiet 11m")
    assert (looked.word, looked.progress) == ("STALL", "29% quiet 11m")


async def test_a_scan_with_five_minutes_a_point_is_not_stalled_after_six(store: DataStore, store_url: str) -> None:
    slow(store, store_url)
    async with AsyncDataStore.open(store_url) as opened:
        assert not await find_scans(opened, ScanFilter.parse("state=stall"))
    board = await screen_of(store_url)
    assert board.counts() == {"RUN": 1}
