"""A publisher died at point 9 of 31, eleven minutes ago: the screen and every command say so at first sight."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from scantui.board import Board
from scantui.cli.finding import find_scans, look_at
from scantui.export import ExportedScan
from scantui.feed import Feed, Heartbeat, Loaded, Progress
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.cli.silent import AGO, IDENTITY, SUBSCANS, begun_sequence, dead, slow, stuck


async def screen_of(url: str, sees_points: bool = True) -> Board:
    """What a monitor shows as soon as it has looked at all scans."""
    board = Board()
    async with aclosing(Feed(lambda: AsyncDataStore.open(url)).events()) as events:
        async for event in events:
            if isinstance(event, Heartbeat):
                board.tell_time(event.server_ms)
            elif isinstance(event, Loaded):
                board.put(event.rows)
                if not sees_points:
                    break
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


@pytest.mark.parametrize(
    ("state", "shapes"),
    [
        pytest.param(ScanState.CREATED, [], id="created"),
        pytest.param(ScanState.PREPARED, [()], id="prepared"),
        pytest.param(ScanState.STOPPED, [()], id="stopped"),
        pytest.param(ScanState.STARTED, [], id="without streams"),
        pytest.param(ScanState.STARTED, [()], id="without a point"),
        pytest.param(ScanState.STARTED, [(512, 512)], id="without an image"),
    ],
)
async def test_a_scan_without_points_is_silent_too(
    store: DataStore, store_url: str, state: ScanState, shapes: list[tuple[int, ...]]
) -> None:
    scan = stuck(store, store_url, state, shapes)
    board = await screen_of(store_url, sees_points=state is ScanState.STARTED)
    row = board.row(scan.key)
    assert row is not None
    assert (board.word_of(row), board.progress_of(row).endswith("quiet 11m")) == ("STALL", True)
    async with AsyncDataStore.open(store_url) as opened:
        (found,) = await find_scans(opened, ScanFilter.parse("is=problem"))
    assert (found.word, found.progress.endswith("quiet 11m")) == ("STALL", True)


async def test_a_sequence_is_shown_with_the_scans_that_it_consists_of(store: DataStore, store_url: str) -> None:
    sequence = begun_sequence(store, store_url, {**IDENTITY, "number": 6}, AGO)
    inner = begun_sequence(store, store_url, {**IDENTITY, "number": 5}, AGO, group=sequence.key)
    silent = dead(store, store_url, group=inner.key)
    store.append_json(sequence, SUBSCANS, {"key": inner.key})
    store.append_json(inner, SUBSCANS, {"key": silent.key})
    board = await screen_of(store_url)
    row = board.row(inner.key)
    assert row is not None
    async with AsyncDataStore.open(store_url) as opened:
        (found,) = await find_scans(opened, ScanFilter.parse("number=5"))
        (newest,) = await find_scans(opened, ScanFilter.parse("number=5"), newest=1)
        looked = await look_at(opened, row, found.now_ms)
    shown = {(each.word, each.progress) for each in (found, newest, looked)}
    assert shown == {(board.word_of(row), board.progress_of(row))}
    assert "1/4 scans, 1 STALL" in found.progress


async def test_images_that_come_are_no_silence(store: DataStore, store_url: str) -> None:
    scan = stuck(store, store_url, ScanState.STARTED, [(64, 64)])
    store.append(scan, "stream:0", [[0.0] * 64] * 64)
    board = await screen_of(store_url)
    row = board.row(scan.key)
    assert row is not None
    assert (board.word_of(row), board.progress_of(row)) == ("RUN", "not counted")


@pytest.mark.parametrize("state", [ScanState.CREATED, ScanState.PREPARED])
async def test_a_scan_may_wait_some_minutes_before_it_starts(
    store: DataStore, store_url: str, state: ScanState
) -> None:
    stuck(store, store_url, state, seconds_ago=500)
    async with AsyncDataStore.open(store_url) as opened:
        assert not await find_scans(opened, ScanFilter.parse("state=stall"))
