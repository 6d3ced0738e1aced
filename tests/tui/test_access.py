"""Other servers, chosen with b: their rows in the place of the old ones, under the same filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scantui.exceptions import MachineError
from scantui.feed import Created, Heartbeat, Loaded
from scantui.models import ScanState
from scantui.publishing.run import PUBLISHER
from scantui.store import AsyncDataStore, DataStore
from scantui.tui.app import ScanTuiApp
from scantui.tui.dialogs.mark_menu import MarkMenu
from tests.readme import viewer_rules
from tests.servers import RealRedis, command, initialise, plain_client
from tests.tui.pilots import create_by_form, lines, message, monitor_of, shown_numbers, status, until, watching
from tests.tui.scenes import NOW_MS, SIZE, ScriptedFeed, connected, live_feed, night_feed, row, standing_clock

WATCHED = "redis://id11:6380"


def three_rows() -> ScriptedFeed:
    rows = [row(number, age=60, name=name, title=name) for number, name in ((100, "ct"), (101, "ascan"), (102, "ct"))]
    return ScriptedFeed(connected(3), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))


async def test_another_server_shows_its_own_rows_under_its_name_and_keeps_the_filter() -> None:
    first, second = night_feed(), three_rows()
    feeds: dict[str, Any] = {"id15": second, WATCHED: night_feed()}
    async with watching(first, servers=(WATCHED, "id15"), feed_of=feeds.__getitem__) as pilot:
        await pilot.press("slash", *"name=ct", "enter")
        await until(pilot, lambda: shown_numbers(pilot) == [2, 7, 12, 17, 20])
        before = monitor_of(pilot)
        await pilot.press("b")
        assert isinstance(pilot.app.screen, MarkMenu)
        await pilot.press("j", "enter")
        await until(pilot, lambda: monitor_of(pilot) is not before and shown_numbers(pilot) == [100, 102])
        assert status(pilot).startswith(" id15  ● LIVE")
        assert "name=ct" in lines(pilot)[1]
        assert monitor_of(pilot).board.total == 3
        first.tell(Created([row(21, name="ct")]))
        second.tell(Created([row(103, name="ct")]))
        await until(pilot, lambda: 103 in shown_numbers(pilot))
        assert shown_numbers(pilot) == [100, 102, 103]
        await pilot.press("b", "k", "enter")
        await until(pilot, lambda: 20 in shown_numbers(pilot))
        assert status(pilot).startswith(f" {WATCHED}  ● LIVE")


async def test_a_server_that_cannot_be_had_leaves_everything_as_it_was() -> None:
    def refuse(name: str) -> Any:
        raise MachineError(f"the password file of {name} cannot be read")

    async with watching(night_feed(), servers=(WATCHED, "id15"), feed_of=refuse) as pilot:
        await pilot.press("b", "j", "enter")
        await until(pilot, lambda: message(pilot) == "the password file of id15 cannot be read")
        assert len(shown_numbers(pilot)) == 20


async def test_a_test_scan_that_runs_is_closed_before_another_server_is_watched(store_url: str) -> None:
    feed = live_feed(store_url)
    async with (
        AsyncDataStore.open(store_url) as store,
        watching(feed, servers=(WATCHED, "id15"), feed_of=lambda _: three_rows()) as pilot,
    ):
        await create_by_form(pilot, points=100000, interval=0.01)
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("b", "j", "enter")
        await until(pilot, lambda: status(pilot).startswith(" id15  ● LIVE"))
        scan = await store.load_scan((await store.get_last_scan()).key)
        assert (scan.state, scan.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")


async def test_a_test_scan_that_is_left_open_is_remembered_when_another_server_is_watched(
    start_redis: Callable[..., RealRedis],
) -> None:
    server = start_redis()
    initialise(server.url)
    feed = live_feed(server.url)
    async with watching(feed, servers=(WATCHED, "id15"), feed_of=lambda _: three_rows()) as pilot:
        await create_by_form(pilot, points=100000, interval=0.01)
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        with DataStore(server.url) as store:
            (key,) = store.search_existing_scans().keys
        server.stop()
        await until(pilot, lambda: "RETRY" in status(pilot))
        await pilot.press("b", "j", "enter")
        await until(pilot, lambda: status(pilot).startswith(" id15  ● LIVE"))
        assert isinstance(pilot.app, ScanTuiApp)
        assert pilot.app.test_scans_left_open == [key]


async def test_a_user_who_only_reads_sees_everything_and_is_told_before_a_form_opens(
    start_redis: Callable[..., RealRedis],
) -> None:
    server = start_redis()
    initialise(server.url)
    with DataStore(server.url) as writer, plain_client(server.url) as admin:
        ours = writer.create_scan({"name": "ct", "number": 1, "data_policy": "None"}, {"publisher": PUBLISHER})
        command(admin, *viewer_rules("s3cret"))
        async with watching(live_feed(f"redis://viewer:s3cret@127.0.0.1:{server.port}")) as pilot:
            await until(pilot, lambda: shown_numbers(pilot) == [1] and "  RO  " in status(pilot))
            for key in "CDX":
                await pilot.press(key)
                await until(pilot, lambda: message(pilot).startswith("not allowed: this user may only read"))
                assert pilot.app.screen is monitor_of(pilot)
                await pilot.press("i")
                await until(pilot, lambda: "1 NEW" in message(pilot))
            await pilot.press("slash", *"name=c*", "enter")
            await until(pilot, lambda: not message(pilot))
            writer.advance_scan(ours, ScanState.CLOSED, {"end_reason": "FAILURE"})
            await until(pilot, lambda: any(line.startswith("FAIL") for line in lines(pilot)))
            await pilot.press("enter")
            await until(pilot, lambda: any("FAILURE" in line for line in lines(pilot)))
            await pilot.press("escape", "R")
            await until(pilot, lambda: "LIVE" in status(pilot) and "  RO  " in status(pilot))
        refused = {str(entry["object"]).lower() for entry in admin.acl_log()}
        # What the search would like to know about the index; nothing was tried that writes.
        assert refused <= {"ft.config", "ft.tagvals"}


async def test_who_may_write_sees_that_too_and_read_only_is_what_was_asked_for() -> None:
    async with watching(night_feed()) as pilot:
        await until(pilot, lambda: "  RW  " in status(pilot))
    app = ScanTuiApp(night_feed(), WATCHED, standing_clock)
    app.monitor.servers.forbid_writing()
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        assert "  RO  " in status(pilot)
