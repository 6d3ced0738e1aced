"""The monitor as its user meets it: keys pressed, screens read, the store behind it scripted or real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import DataTable

from scantui.exceptions import ConnectionFailed, LoginError, StoreError
from scantui.feed import Changed, Created, Gone, Heartbeat, Loaded, Lost
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.store import AsyncDataStore
from scantui.system.config import DEMO
from scantui.system.state import Memory
from scantui.tui.app import ANSI_THEME, ScanTuiApp
from scantui.tui.messages import FoundOnServer
from scantui.tui.widgets.detail import DetailPane
from tests.tui.pilots import (
    lines,
    message,
    monitor_of,
    rows_seen,
    shown_numbers,
    status,
    table_of,
    until,
    watching,
)
from tests.tui.scenes import (
    NOW_MS,
    SIZE,
    ScriptedFeed,
    SearchedStore,
    beamline_rows,
    connected,
    live_feed,
    night_feed,
    row,
    sample_of,
    standing_clock,
)


async def test_rows_run_from_the_oldest_down_to_the_newest_and_the_cursor_is_on_the_newest() -> None:
    async with watching(night_feed()) as pilot:
        assert shown_numbers(pilot) == list(range(1, 21))
        screen = lines(pilot)
        assert screen[2].split() == ["ST", "NO", "NAME", "AGE", "DUR", "PROGRESS"]
        newest = next(line for line in reversed(rows_seen(pilot)) if "NEW" in line)
        assert newest.split() == ["NEW", "20", "ct", "1.0", "1", "now", "0:02"]
        assert table_of(pilot).at_end
        assert isinstance(table_of(pilot), DataTable)


async def test_each_state_is_a_word_of_its_own() -> None:
    async with watching(night_feed(), (80, 30)) as pilot:
        words = [line.split()[0] for line in lines(pilot)[3:27] if not line.startswith("──")]
        assert set(words) == {"DONE", "FAIL", "ABRT", "LOST", "END", "RUN", "NEW"}
        assert [words[index] for index in (2, 6, 10, 12)] == ["FAIL", "ABRT", "END", "LOST"]


async def test_the_screen_is_there_before_the_store_answers() -> None:
    async with watching(ScriptedFeed()) as pilot:
        assert "CONNECTING" in status(pilot)
        assert "Help" in lines(pilot)[-1]


async def test_a_new_scan_appears_at_the_end_and_its_states_change_in_place() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        newcomer = row(21, state=ScanState.CREATED, title="ascan new")
        feed.tell(Created([newcomer]))
        await until(pilot, lambda: table_of(pilot).cursor_key == newcomer.key)
        feed.tell(Changed([row(21, state=ScanState.CLOSED, title="ascan new", end_reason="FAILURE")]))
        await until(pilot, lambda: any("FAIL" in line and "ascan new" in line for line in lines(pilot)))
        assert shown_numbers(pilot)[-1] == 21


async def test_a_cursor_that_left_the_newest_row_is_held_on_its_scan_until_follow() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("k", "k")
        held = table_of(pilot).cursor_key
        before = rows_seen(pilot)[:18]
        feed.tell(Created([row(number, **sample_of(20) | {"dataset": "next"}) for number in (21, 22)]))
        await until(pilot, lambda: "▼ 2 new (G)" in message(pilot))
        assert table_of(pilot).cursor_key == held
        assert rows_seen(pilot)[:18] == before
        assert "HELD" in status(pilot)
        await pilot.press("G")
        assert table_of(pilot).at_end
        assert "new (G)" not in message(pilot)
        assert "HELD" not in status(pilot)


async def test_of_very_many_scans_older_ones_are_put_above_together_and_none_waits_long() -> None:
    rows = [row(number, age=2000 - number) for number in range(1, 1201)][::-1]
    feed = ScriptedFeed(connected(1200), Heartbeat(NOW_MS), Loaded(rows[:1000], 200))
    async with watching(feed) as pilot:
        board = monitor_of(pilot).board
        assert board.total == 1000
        feed.tell(Loaded(rows[1000:1100], 100), Heartbeat(NOW_MS + 1000))
        await until(pilot, lambda: board.total == 1100)
        feed.tell(Loaded(rows[1100:1150], 50), Gone([rows[1149].key]))
        await until(pilot, lambda: board.is_gone(rows[1149].key))
        feed.tell(Loaded(rows[1150:], 0))
        await until(pilot, lambda: table_of(pilot).row_count == 1200)


async def test_older_scans_that_the_server_does_not_list_are_counted_until_it_is_another() -> None:
    rows = [row(number, age=1000 - number) for number in range(1, 31)]
    feed = ScriptedFeed(connected(900), Heartbeat(NOW_MS), Loaded(rows[::-1], 870), Loaded([], 0, 870))
    async with watching(feed) as pilot:
        assert "30 scans  870 older not listed" in status(pilot)
        assert "870 older scans not listed: / finds them" in message(pilot)
        feed.tell(Loaded([row(900)], 0))
        await until(pilot, lambda: table_of(pilot).row_count == 31)
        assert "870 older not listed" in status(pilot)
        monitor_of(pilot).post_message(FoundOnServer(ScanFilter(), 70, [row(900 + each) for each in range(70)]))
        await until(pilot, lambda: "800 older not listed" in status(pilot))
        feed.tell(connected(31))
        await until(pilot, lambda: "not listed" not in status(pilot))


async def test_older_scans_are_loaded_above_without_moving_the_view() -> None:
    rows = [row(number, age=1000 - number) for number in range(1, 301)]
    feed = ScriptedFeed(connected(300), Heartbeat(NOW_MS), Loaded(rows[200:][::-1], 200))
    async with watching(feed) as pilot:
        await pilot.press("k", "k", "k")
        before, held = rows_seen(pilot), table_of(pilot).cursor_key
        assert "loading 200 more" in status(pilot)
        feed.tell(Loaded(rows[:200][::-1], 0))
        await until(pilot, lambda: table_of(pilot).row_count == 300)
        assert rows_seen(pilot) == before
        assert table_of(pilot).cursor_key == held


async def test_a_scan_that_goes_away_stays_as_a_row_and_says_so() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        feed.tell(Gone([beamline_rows()[-1].key]))
        await until(pilot, lambda: any(line.split()[:2] == ["GONE", "20"] for line in lines(pilot)))


async def test_a_remembered_state_that_is_broken_is_said_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("{")
    async with watching(ScriptedFeed(), memory=Memory(path)) as pilot:
        assert "renamed it to" in message(pilot)
    assert os.listdir(tmp_path) == ["state.json.broken-1"]  # noqa: PTH208 - the event loop is done


@pytest.mark.parametrize("error", [ConnectionFailed("cannot reach id11"), LoginError("refuses the login")])
async def test_a_lost_server_is_told_with_what_is_tried_next_and_the_rows_stay(error: StoreError) -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        feed.tell(Lost(error, attempt=3, retry_in=8.0))
        await until(pilot, lambda: message(pilot) == str(error))
        assert "RETRY 3 in 8s  DOWN 0:00" in status(pilot)
        assert len(shown_numbers(pilot)) == 20
        feed.tell(connected(20), Heartbeat(NOW_MS))
        await until(pilot, lambda: "LIVE" in status(pilot))
        assert message(pilot) == ""
        assert "loading" not in status(pilot)


@pytest.mark.parametrize(
    ("ahead_ms", "said"), [(900, ""), (3400, "clock 3s ahead"), (-120_000, "clock 2m behind"), (-1000, "")]
)
async def test_a_server_whose_clock_is_not_ours_is_said(ahead_ms: int, said: str) -> None:
    async with watching(ScriptedFeed(connected(0), Heartbeat(NOW_MS, ahead_ms))) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        assert ("clock" in status(pilot)) is bool(said)
        assert said in status(pilot)


async def test_a_server_that_cannot_search_is_said() -> None:
    store = SearchedStore([])
    store.cannot_search = "the server has no search module"
    async with watching(ScriptedFeed(connected(0, store), Heartbeat(NOW_MS))) as pilot:
        assert message(pilot).startswith("the server has no search module")


async def test_the_demo_which_has_no_server_does_not_speak_of_one() -> None:
    store = SearchedStore([])
    store.cannot_search = "the server has no search module"
    app = ScanTuiApp(ScriptedFeed(connected(0, store), Heartbeat(NOW_MS)), DEMO, standing_clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        assert message(pilot) == ""


async def test_hostile_text_is_shown_and_not_obeyed() -> None:
    hostile = "a[/]b[red]\x1b]0;owned\x07\x9b31m\u202e\u200b\n\tend"
    bad = ScanSummary(key=row(30).key, problem="BAD\x1b[2Jdocument [/]")
    feed = ScriptedFeed(
        connected(2), Heartbeat(NOW_MS), Loaded([row(1, age=9, title=hostile, dataset=hostile), bad], 0)
    )
    async with watching(feed, (200, 20)) as pilot:
        await pilot.pause()
        screen = "\n".join(lines(pilot))
        assert "a[/]b[red]␛]0;owned␇\ufffd31m\ufffd\ufffd␊␉end" in screen
        assert not set(screen) & set("\x1b\x07\x9b\u202e\u200b\t")
        assert message(pilot) == "BAD␛[2Jdocument [/]"


@pytest.mark.parametrize("size", [(20, 7), (40, 10), (59, 24), (80, 24), (119, 30), (200, 50), (300, 100)])
async def test_it_never_refuses_a_terminal(size: tuple[int, int]) -> None:
    async with watching(night_feed(), size) as pilot:
        assert any("NEW" in line for line in lines(pilot))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert any(line.split()[:2] == ["NEW", "20"] for line in lines(pilot))


async def test_enter_shows_the_details_which_follow_the_cursor_and_never_steal_it(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        for number in (1, 2):
            await store.create_scan({"name": "ct", "number": number, "data_policy": "None"}, {"title": f"ct {number}"})
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: shown_numbers(pilot) == [1, 2])
        assert not monitor_of(pilot).query(DetailPane)
        await pilot.press("enter")
        await until(pilot, lambda: any("ct 2" in line for line in lines(pilot)[-12:]))
        pane = monitor_of(pilot).query_one(DetailPane)
        assert table_of(pilot).has_focus
        assert "HELD" in status(pilot)
        await pilot.press("k")
        await until(pilot, lambda: any("ct 1" in line for line in lines(pilot)[-12:]))
        await pilot.press("tab")
        assert pane.has_focus
        await pilot.press("j", "j")
        assert table_of(pilot).cursor_row == 0
        await pilot.press("q")
        assert not pane.display
        assert table_of(pilot).has_focus


async def test_a_reload_follows_the_store_anew(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("R")
        async with AsyncDataStore.open(store_url) as store:
            await store.create_scan({"name": "after", "number": 9, "data_policy": "None"})
        await until(pilot, lambda: shown_numbers(pilot) == [9])


async def test_a_terminal_without_our_colours_keeps_its_own() -> None:
    async with watching(night_feed(), own_colours_only=True) as pilot:
        assert pilot.app.theme == ANSI_THEME
        assert any("RUN" in line for line in lines(pilot))


async def test_details_of_a_scan_that_went_away_say_so_and_without_a_connection_why_there_are_none() -> None:
    feed = night_feed()
    async with watching(feed, size=(160, 40)) as pilot:
        feed.tell(Lost(ConnectionFailed("cannot reach id11"), attempt=1, retry_in=8.0))
        await until(pilot, lambda: "RETRY" in status(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: any("loaded when the server is back" in line for line in lines(pilot)))
