"""A server that really loads its data: it answers all along, and with nothing that one could show."""

from __future__ import annotations

import asyncio

import pytest

from scantui.models import ScanState
from scantui.store import DataStore
from scantui.tui.app import ScanTuiApp
from tests.chaos.screen import differences
from tests.chaos.server import MortalRedis, Truth
from tests.chaos.test_chaos import impatient
from tests.conftest import do_without
from tests.servers import NoRealRedis, command, initialise
from tests.tui.pilots import message, shown_numbers, status, until
from tests.tui.scenes import SIZE, live_feed

SCANS = 60
# A key; all of them together take longer than anybody here waits.
SLOWLY = {"key-load-delay": "200000", "loading-process-events-interval-bytes": "1024"}


@pytest.mark.slow
async def test_a_server_that_loads_its_data_is_reported_and_its_scans_are_as_they_were() -> None:
    server = MortalRedis(SLOWLY)
    try:
        server.start()
    except NoRealRedis as error:
        do_without(str(error))
    try:
        initialise(server.url)
        with DataStore(server.url) as publisher:
            scans = publisher.create_scans(
                ({"name": "ct", "number": n, "data_policy": "None"}, {}) for n in range(SCANS)
            )
            publisher.advance_scan(scans[0], ScanState.CLOSED, {"end_reason": "SUCCESS"})
        with server.client() as raw:
            command(raw, "SAVE")
        app = ScanTuiApp(live_feed(server.url, impatient), "loading")
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: app.monitor.board.total == SCANS)
            server.kill()
            revival = asyncio.create_task(asyncio.to_thread(server.revive, saved=True))
            await until(pilot, lambda: "loading" in message(pilot).lower())
            assert message(pilot).startswith("the server is busy: Redis is loading the dataset")
            assert status(pilot).split()[1] == "RETRY"
            assert len(shown_numbers(pilot)) > 10
            with server.client() as raw:
                command(raw, "CONFIG", "SET", "key-load-delay", 0)
            await revival
            await until(pilot, lambda: "LIVE" in status(pilot))
            with server.client() as raw:
                truth = await asyncio.to_thread(Truth, raw)
            await until(pilot, lambda: not differences(app.monitor.board, truth))
            assert app.monitor.board.total == SCANS == len(truth.findable)
    finally:
        server.kill()
        server.stop()
