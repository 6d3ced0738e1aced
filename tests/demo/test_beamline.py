"""The history is consistent, and a newcomer soon sees everything that can happen to a scan."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

import pytest

from scantui.curves.choice import choose
from scantui.curves.scan_figure import ScanFigure
from scantui.demo.beamline import HISTORY_SCANS, HISTORY_SECONDS, fill_history, operate
from scantui.demo.embedded import EmbeddedServer
from scantui.models import ScanState, ScanSummary
from scantui.store.aio import AsyncDataStore
from scantui.words import duration, seconds_of, state_word
from tests.demo.conftest import NOON, Playback, seeded

SEED = 11


async def summaries(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    loaded = await store.load_summaries(keys)
    return [summary for summary in loaded if isinstance(summary, ScanSummary)]


async def created(store: AsyncDataStore) -> list[str]:
    """The keys of all scans that were created, including deleted ones."""
    return [ref.key for ref in (await store.wait_for_news("0-0", {}, 1)).created]


async def all_summaries(store: AsyncDataStore) -> list[ScanSummary]:
    return await summaries(store, (await store.search_existing_scans()).keys)


async def play(server: EmbeddedServer, pauses: int = 10_000, seconds: float = math.inf, seed: int = SEED) -> Playback:
    """Operate for a number of pauses or seconds, on simulated time."""
    time = Playback(pauses, seconds)
    async with await server.open_dated_store(time.clock) as store:
        with pytest.raises(asyncio.CancelledError):
            await operate(store, seeded(seed), time.pause, time.clock)
    return time


@pytest.mark.usefixtures("fresh_ulids")
async def test_history_is_oldest_first_and_spreads_over_hours(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await fill_history(server, seeded(SEED), NOON)
    scans = await all_summaries(store)
    assert len(scans) == HISTORY_SCANS
    started = [seconds_of(scan.start_time) or 0.0 for scan in scans]
    assert started == sorted(started)
    assert [scan.created_ms // 1000 for scan in scans] == [int(second) for second in started]
    assert NOON - HISTORY_SECONDS <= started[0] < NOON - 0.9 * HISTORY_SECONDS
    assert started[-1] > NOON - 3600
    assert all(scan.state_ms / 1000 < NOON - 60 for scan in scans)
    (entry, last), created = await store.get_last_scan(), [scan.key for scan in scans]
    assert (last, int(entry.split("-")[0])) == (created[-1], scans[-1].created_ms)


async def test_history_has_points_to_draw(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await fill_history(server, seeded(SEED), NOON)
    scans = [await store.load_scan(key) for key in (await store.search_existing_scans()).keys]
    figures = [ScanFigure(scan.key, choose(scan.info, scan.streams), is_open=False) for scan in scans]
    assert {figure.choice.kind for figure in figures} == {"curve", "mesh", "spectrum", "values"}
    for scan, figure in zip(scans, figures, strict=True):
        for name in figure.wanted:
            figure.series(name).add_points(await store.read_points(scan, name))
        assert len({figure.series(name).stop for name in figure.wanted}) <= 1
        assert all(figure.series(name).stop for name in figure.wanted)


async def test_history_has_every_outcome_and_sensible_durations(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await fill_history(server, seeded(SEED), NOON)
    scans = await all_summaries(store)
    words = [state_word(scan) for scan in scans]
    assert set(words) == {"DONE", "ABRT", "FAIL"}
    assert words.count("DONE") > HISTORY_SCANS / 2
    assert all(0.01 < (duration(scan, int(NOON * 1000)) or 0) < 90 for scan in scans)
    proposals = {scan.identity.proposal for scan in scans if scan.identity}
    assert proposals == {"blc15001", "ihma123", "hc5432"}
    assert (await store.search_existing_scans(proposal="ih*")).keys


async def test_the_first_scan_starts_at_once(server: EmbeddedServer, store: AsyncDataStore) -> None:
    time = await play(server, pauses=1)
    (scan,) = await all_summaries(store)
    assert time.now - NOON < 1
    assert seconds_of(scan.start_time) == NOON


async def test_a_newcomer_sees_every_outcome_within_two_minutes(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await play(server, seconds=110)
    first: dict[str, float] = {}
    for scan in await all_summaries(store):
        first[state_word(scan)] = min(scan.state_ms / 1000 - NOON, first.get(state_word(scan), math.inf))
    assert first.keys() == {"DONE", "FAIL", "ABRT", "LOST"}
    assert max(first.values()) < 120
    assert first["LOST"] > 70


async def test_a_curve_a_mesh_and_spectra_are_measured_within_two_minutes(
    server: EmbeddedServer, store: AsyncDataStore
) -> None:
    await play(server, seconds=118)
    kinds = set()
    for key in (await store.search_existing_scans()).keys:
        scan = await store.load_scan(key)
        kinds.add(choose(scan.info, scan.streams).kind)
    assert kinds == {"curve", "mesh", "spectrum", "values"}


async def test_the_lost_scan_is_deleted_in_the_end(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await play(server, seconds=120)
    keys = await created(store)
    (gone,) = (await store.monitoring.poll_status(keys)).gone
    assert gone in keys[:3]


async def test_the_silent_scan_starts_within_half_a_minute_and_stays_open(
    server: EmbeddedServer, store: AsyncDataStore
) -> None:
    time = await play(server, seconds=60)
    scans = await all_summaries(store)
    (silent,) = [scan for scan in scans if scan.state is ScanState.STARTED]
    assert (seconds_of(silent.start_time) or 0) < NOON + 30
    assert time.now > silent.state_ms / 1000 + 30


async def test_two_sessions_bursts_and_sequences_are_there(server: EmbeddedServer, store: AsyncDataStore) -> None:
    await play(server, seconds=120)
    scans = await all_summaries(store)
    assert {scan.identity.session for scan in scans if scan.identity} == {"exafs", "optics"}
    (parent, *_) = [scan for scan in scans if scan.identity and scan.identity.name == "sequence"]
    assert len([scan for scan in scans if scan.parent == parent.key]) == 3
    short = [seconds_of(scan.start_time) or 0 for scan in scans if scan.title == "loopscan 2 0.05"]
    assert len(short) >= 12
    assert short[11] - short[0] < 4


@pytest.mark.parametrize("turns", range(1, 60, 2))
async def test_cancelled_anywhere_it_stops_there_and_then(server: EmbeddedServer, turns: int) -> None:
    time = Playback(pauses=500)
    async with await server.open_store() as store:
        work = asyncio.ensure_future(operate(store, seeded(SEED), time.pause, time.clock))
        for _ in range(turns):
            await asyncio.sleep(0)
        left = time.left
        work.cancel()
        await asyncio.wait([work])
        assert work.cancelled()
        assert time.left == left
        # A scan of which the demo had not heard yet that it was created can only stay so.
        assert {scan.state for scan in await all_summaries(store)} <= {ScanState.CLOSED, ScanState.CREATED}


@pytest.mark.parametrize("pauses", [0, 1, 2, 7, 12, 40, 60, 95, 120])
async def test_left_at_any_time_it_closes_what_is_open(
    server: EmbeddedServer, store: AsyncDataStore, pauses: int
) -> None:
    await play(server, pauses)
    running = [scan for scan in await all_summaries(store) if scan.is_open]
    assert all(scan.title and scan.title.startswith("loopscan") for scan in running)
    assert len(running) <= 1


@pytest.mark.usefixtures("fresh_ulids")
async def test_a_seed_gives_the_same_beamline_again() -> None:
    async def reported(seed: int) -> list[object]:
        server = await EmbeddedServer.start()
        await play(server, seconds=50, seed=seed)
        async with await server.open_store() as store:
            scans = await all_summaries(store)
            return [(scan.identity, scan.title, scan.start_time, scan.end_time, scan.end_reason) for scan in scans]

    assert await reported(5) == await reported(5)
    assert await reported(5) != await reported(6)
