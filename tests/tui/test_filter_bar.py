"""The filter bar: what is typed, pasted, completed and recalled in it, and the search that Enter starts."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.widgets import Input

from scantui.feed import Created, Heartbeat, Loaded
from scantui.filters import ScanFilter
from scantui.system.state import Memory
from scantui.tui.app import ScanTuiApp
from scantui.tui.dialogs.create_scan import CreateScan
from scantui.tui.widgets.filter_bar import FilterBar
from tests.tui.pilots import (
    lines,
    message,
    monitor_of,
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
    night_feed,
    row,
    standing_clock,
)


async def test_the_rows_follow_the_filter_while_it_is_typed_and_escape_brings_the_old_one_back() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", *"name=ct")
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]
        assert "5 of 20 scans" in status(pilot)
        await pilot.press("escape")
        assert len(shown_numbers(pilot)) == 20
        assert table_of(pilot).has_focus


async def test_a_letter_of_the_filter_lays_out_nothing() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", "s")
        await pilot.pause()
        laid_out: list[object] = []
        signal = pilot.app.screen.screen_layout_refresh_signal
        signal.subscribe(table_of(pilot), laid_out.append, immediate=True)
        await pilot.press("a")
        await pilot.pause()
        assert laid_out == []


async def test_a_filter_that_cannot_be_read_says_where_and_the_last_good_result_stays() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", *"name=ct")
        monitor_of(pilot).query_one(Input).value = "name=ct nam=x"
        await pilot.pause()
        assert message(pilot) == "column 9: scans have no field 'nam': did you mean name?"
        assert monitor_of(pilot).query_one(FilterBar).has_class("-refused")
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]
        await pilot.press("enter")
        assert monitor_of(pilot).query_one(Input).has_focus


async def test_enter_searches_the_server_with_the_filters_keyword_arguments() -> None:
    store = SearchedStore([row(500, age=90_000, name="ct"), row(501, age=80_000, name="ct")])
    rows = beamline_rows()
    feed = ScriptedFeed(connected(20, store), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))
    async with watching(feed) as pilot:
        await pilot.press("slash", *"name=ct", "space", *"!number=2", "enter")
        await until(pilot, lambda: "found" in message(pilot).lower())
        assert store.asked == [{"name": "ct"}]
        assert shown_numbers(pilot) == [500, 501, 7, 12, 17, 20]


async def test_the_filters_of_before_come_back_with_the_arrows_also_in_the_next_run(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    async with watching(night_feed(), memory=memory) as pilot:
        await pilot.press("slash", *"name=ct", "enter")
        await pilot.press("slash", "end", "ctrl+u", *"samx", "enter")
    async with watching(night_feed(), memory=Memory(tmp_path / "state.json")) as pilot:
        line = monitor_of(pilot).query_one(Input)
        await pilot.press("slash", *"new", "up")
        assert line.value == "samx"
        await pilot.press("up")
        assert line.value == "name=ct"
        await pilot.press("up", "down", "down")
        assert line.value == "new"


async def test_arriving_scans_pass_the_same_filter() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("slash", *"name=ct", "enter")
        feed.tell(Created([row(21, name="ct"), row(22, name="ascan")]))
        await until(pilot, lambda: 21 in shown_numbers(pilot))
        assert 22 not in shown_numbers(pilot)


async def test_what_is_typed_ahead_of_the_filter_bar_goes_into_it() -> None:
    async with watching(night_feed()) as pilot:
        for key in ("slash", "q", "C"):
            pilot.app.post_message(events.Key(key, "/" if key == "slash" else key))
        await until(pilot, lambda: monitor_of(pilot).query_one(Input).value == "qC")
        assert pilot.app.is_running
        assert not isinstance(pilot.app.screen, CreateScan)


async def test_what_is_pasted_cannot_command_the_terminal() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash")
        monitor_of(pilot).query_one(Input).post_message(events.Paste("a\x9b31mX\x1b]0;x\x07\u202eb\x0e"))
        await until(pilot, lambda: monitor_of(pilot).query_one(Input).value != "")
        assert not set("\x9b\x1b\x07\u202e\x0e") & set("".join(lines(pilot)))


async def test_what_is_pasted_into_the_table_becomes_the_filter() -> None:
    async with watching(night_feed()) as pilot:
        table_of(pilot).post_message(events.Paste("name=ct\nmore"))
        await until(pilot, lambda: monitor_of(pilot).query_one(Input).value == "name=ct")
        assert monitor_of(pilot).query_one(Input).has_focus
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]


async def test_how_a_filter_was_read_is_shown_while_it_is_typed_when_it_is_kept_and_at_the_start() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash")
        for text, how in (
            ("name is ct", "Read as name is ct"),
            ("ct and 1.0", 'Read as text "ct" "1.0"; quote it for the text itself'),
            ("name=ct", ""),
            ("fail or abrt", 'Read as state or text "fail" or state or text "abrt"; quote it for the text itself'),
        ):
            monitor_of(pilot).query_one(Input).value = text
            await pilot.pause()
            assert message(pilot) == how
        await pilot.press("enter")
        await pilot.pause()
        assert message(pilot).startswith("Read as ")
        assert len(shown_numbers(pilot)) == 3
    app = ScanTuiApp(night_feed(), "redis://id11:6380", standing_clock)
    app.monitor.start_filter = ScanFilter.parse("name is ct")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "5 of 20 scans" in status(pilot))
        assert message(pilot) == "Read as name is ct"
