"""A few real faults in each run of the tests; `python -m tests.chaos` does it for minutes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from textual.pilot import Pilot

from scantui.exceptions import ScanTuiError
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from scantui.tui.app import ScanTuiApp
from scantui.tui.widgets.scan_table import ScanTable
from tests.chaos.faults import FAULTS
from tests.chaos.proxy import Proxy
from tests.chaos.run import Figures, on_stage, play, quiet
from tests.chaos.screen import differences
from tests.chaos.server import Truth
from tests.chaos.stage import Scene, wait
from tests.conftest import do_without
from tests.servers import NoRealRedis, plain_client
from tests.store.conftest import AwaitedStore
from tests.tui.scenes import SIZE, live_feed

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
RATE = 40.0
PACE = 0.1


async def impatient(seconds: float) -> None:
    """Pauses of a feed that knows its server to be of the same machine."""
    await wait(seconds * PACE)


@asynccontextmanager
async def scene_of(seed: int) -> AsyncIterator[Scene]:
    try:
        async with on_stage(seed, RATE, PACE, impatient) as scene:
            yield scene
    except NoRealRedis as error:
        do_without(str(error))


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("connections_killed", "spoilt", "killed", "trimmed_while_away", "foreign_history", "flushed"),
        ("set_back", "out_of_memory", "unindexed", "connections_reset", "ids_ahead", "flushed", "garbled"),
        ("killed_and_emptied", "other_protocol", "loading", "cut", "busy", "dawdling"),
        ("other_master", "trimmed_live", "failed_over", "large_entries", "moved"),
    ],
)
async def test_after_faults_the_rows_are_the_scans_of_the_store(names: tuple[str, ...]) -> None:
    figures = Figures()
    async with scene_of(len(names[0])) as scene:
        await quiet(scene, figures)
        scene.publishers.start()
        await play(scene, names, figures, lambda name: None)
        assert figures.compared > 0
        assert figures.faults.total() == len(names)


@pytest.mark.slow
async def test_the_whole_screen_outlives_faults() -> None:
    async with scene_of(5) as scene:
        app = ScanTuiApp(live_feed(scene.proxy.url(scene.server.url), impatient), "chaos")
        async with app.run_test(size=SIZE) as pilot:
            for name in ("killed", "garbled", "flushed", "connections_reset"):
                await FAULTS[name](scene)
            await quiet(scene, Figures())
            await until_right(pilot, app, scene)
            table: ScanTable = app.monitor.query_one(ScanTable)
            assert table.row_count == len(app.monitor.board)
            assert app.is_running


async def until_right(pilot: Pilot[None], app: ScanTuiApp, scene: Scene) -> None:
    """Wait until the rows on the screen are the scans of the store."""

    async def poll() -> None:
        wrong = ["not looked yet"]
        while wrong:
            # Rows that are neither on the screen nor open are asked about in turn: here all are.
            await pilot.pause(0.1)
            with scene.server.client() as raw:
                wrong = differences(app.monitor.board, await asyncio.to_thread(Truth, raw))

    await asyncio.wait_for(poll(), 150)


# Invalid answers


@pytest.mark.parametrize(
    "garbage",
    [b":x\r\n", b"$x\r\n", b"?\r\n", b"*x\r\n", b":5\r\n", b"*1\r\n:1\r\n", b"$-1\r\n", b"*1\r\n*2\r\n+x\r\n*0\r\n"],
)
@pytest.mark.parametrize("flavour", ["blocking", "async"])
async def test_nonsense_is_a_store_error_and_the_next_answer_is_sound(
    store_url: str, garbage: bytes, flavour: str
) -> None:
    with plain_client(store_url) as client:
        port = client.connection_pool.connection_kwargs.get("port", 6379)
    with Proxy(port) as proxy:
        url = proxy.url(store_url)
        opened: Any = DataStore(url) if flavour == "blocking" else await AsyncDataStore.open(url)
        store = AwaitedStore(opened)
        scan = await store.create_scan(IDENTITY)
        attempts: list[Callable[[], Awaitable[object]]] = [
            lambda: store.load_summaries([scan.key]),
            lambda: store.load_details(scan.key),
            lambda: store.list_scans(),
            lambda: store.poll_status([scan.key]),
            lambda: store.wait_for_news("1-0", {}, 0),
            lambda: store.get_last_scan(),
            lambda: store.advance_scan(scan, ScanState.PREPARED),
        ]
        for attempt in attempts:
            proxy.answer(garbage)
            with suppress(ScanTuiError):
                await attempt()
            proxy.answer(b"")
        assert await store.load_scan(scan.key) == scan
        await store.close()
