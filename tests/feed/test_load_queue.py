"""A backlog hands out each scan once, newest first, and has two chunks on their way at most."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import ConnectionFailed, ScanNotFoundError, ScanValidationError, StoreError
from scantui.feed import CHUNK, load_rows
from scantui.feed.load_queue import LARGEST_CHUNK, LoadingWindow, LoadQueue
from scantui.models import ScanSummary


class Loader:
    """Loads rows and notes what was asked for; the keys that are `gone` have none."""

    def __init__(self, gone: Sequence[str] = ()) -> None:
        self.asked: list[list[str]] = []
        self.gone = gone
        self.was_cancelled = False
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def __call__(self, keys: Sequence[str]) -> list[ScanSummary]:
        self.asked.append(list(keys))
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        return [ScanSummary(key=key) for key in keys if key not in self.gone]


async def test_the_last_come_first_and_the_next_chunks_are_asked_for_at_once() -> None:
    loader = Loader(gone=["f"])
    backlog = LoadQueue(loader, LoadingWindow(2), lambda: 0.0)
    backlog.add("abcdefg")
    assert len(backlog) == 7
    keys, rows, remaining = await backlog.take()
    assert (keys, [row.key for row in rows], remaining, len(backlog)) == (["g", "f"], ["g"], 5, 5)
    await asyncio.sleep(0)
    assert loader.asked == [["g", "f"], ["e", "d"], ["c", "b"]]
    assert [chunk.keys for chunk in [await backlog.take(), await backlog.take()]] == [["e", "d"], ["c", "b"]]
    assert await backlog.take() == (["a"], [ScanSummary(key="a")], 0)
    assert not backlog
    assert await backlog.take() == ([], [], 0)


class FarAway(LoadingWindow):
    """The window for a server far away, in small."""

    def note(self, seconds: float, rows: Sequence[ScanSummary]) -> None:
        self.ahead = 3


async def test_from_far_away_what_has_come_is_taken_together_and_more_is_asked_for_before_that() -> None:
    loader = Loader()
    queue = LoadQueue(loader, FarAway(1))
    queue.add("abcdefgh")
    await queue.take()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(loader.asked) == 5, "one was taken, and four are held"
    assert [(*chunk.keys, chunk.remaining) for chunk in await queue.take_ready()] == [("g", 6), ("f", 5)]
    await queue.close()


async def test_a_key_that_is_there_or_on_its_way_is_not_loaded_again() -> None:
    loader = Loader()
    backlog = LoadQueue(loader, LoadingWindow(1), lambda: 0.0)
    backlog.add("abc")
    await backlog.take()
    backlog.add("abx")
    assert len(backlog) == 3
    while backlog:
        await backlog.take()
    assert sorted(key for keys in loader.asked for key in keys) == ["a", "b", "c", "x"]


async def test_an_error_comes_with_its_chunk() -> None:
    async def load(keys: Sequence[str]) -> list[ScanSummary]:
        if "a" in keys:
            raise ConnectionFailed("lost")
        return []

    backlog = LoadQueue(load, LoadingWindow(1), lambda: 0.0)
    backlog.add("ab")
    assert await backlog.take_ready() == [(["b"], [], 1)]
    with pytest.raises(ConnectionFailed):
        await backlog.take()
    await backlog.close()


async def test_closing_gives_up_what_is_on_its_way() -> None:
    loader = Loader()
    backlog = LoadQueue(loader, LoadingWindow(1), lambda: 0.0)
    backlog.add("abc")
    await backlog.take()
    loader.may_answer.clear()
    await asyncio.sleep(0)
    await backlog.close()
    assert loader.was_cancelled
    await backlog.close()


async def test_what_fails_after_the_end_is_ignored() -> None:
    async def load(keys: Sequence[str]) -> list[ScanSummary]:
        raise ConnectionFailed("lost")

    backlog = LoadQueue(load, LoadingWindow(1), lambda: 0.0)
    backlog.add("abc")
    with pytest.raises(ConnectionFailed):
        await backlog.take()
    await backlog.close()
    assert len(backlog) == 1


def after(*seconds: float) -> tuple[int, int]:
    """The chunk and how many are on their way, after chunks that took so long."""
    window = LoadingWindow()
    for each in seconds:
        window.note(each, [ScanSummary(key="a", title="ascan samx 0 1 10 0.1")])
    return window.chunk, window.ahead


def test_from_a_server_nearby_small_chunks_come_however_busy_the_machine_is() -> None:
    assert after() == after(0.006) == after(0.006, 0.004, 0.03) == (CHUNK, 2)


def test_from_a_server_far_away_more_is_on_its_way_within_limits() -> None:
    assert after(0.4) == (200, 2)
    assert after(0.4, 0.4) == (266, 3)
    assert after(*[0.4] * 9) == (LARGEST_CHUNK, 6)
    assert after(*[30.0] * 9) == (LARGEST_CHUNK, 6)
    chunk, ahead = after(*[0.1] * 9)
    assert chunk * ahead == 500


def test_a_line_that_is_full_gets_less_until_answers_are_quick_again() -> None:
    full = [0.4] * 9
    assert after(*full, 1.3) == (300, 3)
    assert after(*full, *[4.0] * 5) == (CHUNK, 2)
    assert after(*full, *[4.0] * 5, *[0.4] * 4) == (LARGEST_CHUNK, 6)


@given(lengths=st.lists(st.lists(st.integers(0, 200_000), max_size=300), min_size=1))
def test_rows_with_long_titles_come_fewer_at_once(lengths: list[list[int]]) -> None:
    window = LoadingWindow()
    for chunk in lengths:
        window.note(0.4, [ScanSummary(key="a", title="x" * length) for length in chunk])
    mean = next((sum(chunk) // len(chunk) for chunk in reversed(lengths) if chunk), 0)
    assert 1 <= window.chunk <= LARGEST_CHUNK
    assert window.chunk == 1 or window.chunk * (650 + mean) <= 210 << 10


async def test_the_queue_adapts_to_the_time_that_its_chunks_take() -> None:
    loader, times = Loader(), iter(range(99))
    queue = LoadQueue(loader, clock=lambda: next(times))
    queue.add(f"k{number}" for number in range(5000))
    while queue:
        await queue.take()
    assert len(loader.asked[0]) == CHUNK
    assert max(map(len, loader.asked)) == LARGEST_CHUNK
    assert sum(map(len, loader.asked)) == 5000


class Shelf:
    """A store whose scans are all there, but for some keys with an error in their place."""

    def __init__(self, **errors: StoreError) -> None:
        self.errors = errors
        self.at_once = 0

    async def load_summaries(self, keys: Sequence[str]) -> list[ScanSummary | StoreError]:
        self.at_once = max(self.at_once, len(keys))
        return [self.errors.get(key) or ScanSummary(key=key) for key in keys]


async def test_many_rows_come_in_the_order_of_their_keys_without_those_that_are_gone() -> None:
    shelf: Any = Shelf(k7=ScanNotFoundError("gone"), k150=ScanValidationError("odd"))
    keys = [f"k{number}" for number in range(2 * LARGEST_CHUNK + 5)]
    rows = await load_rows(shelf, keys)
    assert [row.key for row in rows] == [key for key in keys if key != "k7"]
    assert [row.problem for row in rows if row.problem] == ["odd"]
    assert CHUNK < shelf.at_once <= LARGEST_CHUNK


async def test_what_the_server_refuses_just_now_is_no_fault_of_one_of_many_scans() -> None:
    shelf: Any = Shelf(k150=ConnectionFailed("gone"))
    with pytest.raises(ConnectionFailed):
        await load_rows(shelf, [f"k{number}" for number in range(2 * LARGEST_CHUNK + 5)])
