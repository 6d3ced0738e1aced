"""The monitor as its user meets it: keys pressed, screens read, the store behind it scripted or real."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Static

from scantui.exceptions import ConnectionFailed, LoginError, StoreError
from scantui.feed import Changed, Created, Gone, Heartbeat, Loaded, Lost
from scantui.models import FoundScans, ScanState, ScanSummary
from scantui.store import AsyncDataStore
from scantui.system.config import DEMO
from scantui.system.state import Memory
from scantui.tui.app import ANSI_THEME, ScanTuiApp
from scantui.tui.dialogs.create_scan import CreateScan
from scantui.tui.dialogs.help import HelpScreen
from scantui.tui.dialogs.log import LogScreen
from scantui.tui.widgets.detail import DetailPane
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.message_line import MessageLine
from scantui.tui.widgets.scan_table import ScanTable
from tests.tui.scenes import (
    NOW_MS,
    SIZE,
    ScriptedFeed,
    StillStore,
    beamline_rows,
    connected,
    live_feed,
    night_feed,
    row,
    standing_clock,
)


@asynccontextmanager
async def watching(feed: Any, size: tuple[int, int] = SIZE, **settings: Any) -> AsyncIterator[Pilot[None]]:
    app = ScanTuiApp(feed, "redis://id11:6380", standing_clock, **settings)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        yield pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Let the program go on until something is true; a test that waits in vain fails."""

    async def poll() -> None:
        while not (await answer if isinstance(answer := condition(), Awaitable) else answer):
            await pilot.pause()

    await asyncio.wait_for(poll(), timeout=60)


async def create_by_form(pilot: Pilot[None], **values: object) -> None:
    """Have test scans created with these values in the form, and the others as they are offered."""
    await until(pilot, lambda: "LIVE" in status(pilot))
    await pilot.press("C")
    for field, value in values.items():
        pilot.app.screen.query_one(f"#{field}", Input).value = str(value)
    await pilot.press("enter")


def monitor_of(pilot: Pilot[None]) -> Any:
    app = pilot.app
    assert isinstance(app, ScanTuiApp)
    return app.monitor


def table_of(pilot: Pilot[None]) -> ScanTable:
    table: ScanTable = monitor_of(pilot).query_one(ScanTable)
    return table


def lines(pilot: Pilot[None]) -> list[str]:
    """What stands on the screen, line by line."""
    width, height = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips()
    assert len(strips) == height
    return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in strips]


def rows_seen(pilot: Pilot[None]) -> list[str]:
    """The lines of the table, without header and scroll bar."""
    return [line[: pilot.app.size.width - 1].rstrip() for line in lines(pilot)[3:-2]]


def message(pilot: Pilot[None]) -> str:
    return str(monitor_of(pilot).query_one(MessageLine).content)


def status(pilot: Pilot[None]) -> str:
    return str(monitor_of(pilot).query_one("#status", Static).content)


def shown_numbers(pilot: Pilot[None]) -> list[int]:
    board = monitor_of(pilot).board
    return [board.row_at(index).identity.number for index in range(len(board))]


async def test_rows_run_from_the_oldest_down_to_the_newest_and_the_cursor_is_on_the_newest() -> None:
    async with watching(night_feed()) as pilot:
        assert shown_numbers(pilot) == list(range(1, 21))
        screen = lines(pilot)
        assert screen[2].split() == ["ST", "NO", "NAME", "DATASET", "AGE", "DUR", "PROGRESS"]
        newest = next(line for line in reversed(rows_seen(pilot)) if "NEW" in line)
        assert newest.split() == ["NEW", "20", "ct", "1.0", "1", "sample_0003", "2s", "0:02"]
        assert table_of(pilot).at_end
        assert isinstance(table_of(pilot), DataTable)


async def test_each_state_is_a_word_of_its_own() -> None:
    async with watching(night_feed(), (80, 30)) as pilot:
        words = [line.split()[0] for line in lines(pilot)[3:23]]
        assert set(words) == {"DONE", "FAIL", "ABRT", "LOST", "END", "RUN", "NEW"}
        assert [words[index] for index in (2, 6, 10, 12)] == ["FAIL", "ABRT", "END", "LOST"]


async def test_the_screen_is_there_before_the_store_answers() -> None:
    async with watching(ScriptedFeed()) as pilot:
        assert "CONNECTING" in status(pilot)
        assert "Quit" in lines(pilot)[-1]


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
        before = rows_seen(pilot)
        feed.tell(Created([row(21, title="one"), row(22, title="two")]))
        await until(pilot, lambda: "▼ 2 new (G)" in message(pilot))
        assert table_of(pilot).cursor_key == held
        assert rows_seen(pilot) == before
        assert "HELD" in status(pilot)
        await pilot.press("G")
        assert table_of(pilot).at_end
        assert "new (G)" not in message(pilot)
        assert "HELD" not in status(pilot)


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


async def test_the_rows_follow_the_filter_while_it_is_typed_and_escape_brings_the_old_one_back() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", *"name=ct")
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]
        assert "5/20" in status(pilot)
        await pilot.press("escape")
        assert len(shown_numbers(pilot)) == 20
        assert table_of(pilot).has_focus


async def test_a_filter_that_nothing_passes_says_how_it_was_read() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash")
        monitor_of(pilot).query_one(Input).value = "name=none -1"
        await pilot.pause()
        assert message(pilot).startswith('No scans match: name is none, not text "1"; -1 excludes "1"')
        monitor_of(pilot).query_one(Input).value = "name=ct"
        await pilot.pause()
        assert message(pilot) == ""


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
        await until(pilot, lambda: "match" in message(pilot))
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


async def test_a_remembered_state_that_is_broken_is_said_and_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("{")
    async with watching(ScriptedFeed(), memory=Memory(path)) as pilot:
        assert "was set aside" in message(pilot)
    assert os.listdir(tmp_path) == ["state.json.broken-1"]  # noqa: PTH208 - the event loop is done


async def test_the_log_shows_what_was_met() -> None:
    async with watching(night_feed(), log_lines=lambda: ["one [/] line", "an\x1bother"]) as pilot:
        await pilot.press("L")
        assert isinstance(pilot.app.screen, LogScreen)
        text = "\n".join(lines(pilot))
        assert "one [/] line" in text
        assert "an␛other" in text
        await pilot.press("L")
        assert not isinstance(pilot.app.screen, LogScreen)


async def test_u_switches_the_filter_off_and_on_with_the_cursor_on_its_scan() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", *"name=ct", "enter", "k")
        held = table_of(pilot).cursor_key
        await pilot.press("u")
        assert (len(shown_numbers(pilot)), table_of(pilot).cursor_key) == (20, held)
        await pilot.press("u")
        assert (len(shown_numbers(pilot)), table_of(pilot).cursor_key) == (5, held)


async def test_arriving_scans_pass_the_same_filter() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("slash", *"name=ct", "enter")
        feed.tell(Created([row(21, name="ct"), row(22, name="ascan")]))
        await until(pilot, lambda: 21 in shown_numbers(pilot))
        assert 22 not in shown_numbers(pilot)


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


async def test_a_feed_that_breaks_is_a_sentence_and_no_end() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        feed.tell(ZeroDivisionError("secret words"))
        await until(pilot, lambda: "ZeroDivisionError" in message(pilot))
        assert "secret" not in message(pilot)
        assert len(shown_numbers(pilot)) == 20


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


async def test_help_lists_every_key_and_finds_what_is_typed() -> None:
    async with watching(night_feed(), (80, 110)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        text = "\n".join(lines(pilot))
        for word in ("Filter off/on", "Oldest scan", "Newest scan, and follow", "Quit", "GONE", "name=ascan*"):
            assert word in text
        await pilot.press(*"quit")
        text = "\n".join(lines(pilot))
        assert "Quit" in text
        assert "Oldest scan" not in text
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_the_hint_line_tells_what_can_be_done_where_the_keyboard_is() -> None:
    async with watching(night_feed()) as pilot:
        assert "q:Quit" in lines(pilot)[-1]
        await pilot.press("slash")
        assert "Tab:Complete" in lines(pilot)[-1]
        await pilot.press("escape")
        assert "q:Quit" in lines(pilot)[-1]


@pytest.mark.parametrize("size", [(20, 7), (40, 10), (59, 24), (80, 24), (119, 30), (200, 50), (300, 100)])
async def test_it_never_refuses_a_terminal(size: tuple[int, int]) -> None:
    async with watching(night_feed(), size) as pilot:
        assert any("NEW" in line for line in lines(pilot))
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert any(line.split()[:2] == ["NEW", "20"] for line in lines(pilot))


async def test_the_form_names_the_field_that_will_not_do_and_loses_nothing() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("C")
        form = pilot.app.screen
        assert isinstance(form, CreateScan)
        assert form.query_one("#number", Input).value == "21"
        assert form.query_one("#session", Input).value == "id11"
        form.query_one("#points", Input).value = "many"
        form.query_one("#name", Input).value = "kept"
        await pilot.press("enter")
        assert str(form.query_one("#problem", Static).content) == "points takes a whole number, not 'many'"
        assert form.query_one("#points", Input).has_focus
        assert form.query_one("#name", Input).value == "kept"
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, CreateScan)


async def test_a_test_scan_needs_a_connection() -> None:
    async with watching(ScriptedFeed()) as pilot:
        await pilot.press("C")
        assert not isinstance(pilot.app.screen, CreateScan)
        assert "needs a connection" in message(pilot)


async def test_a_test_scan_is_created_in_the_store_and_its_row_shows_how_it_ends(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        form = pilot.app.screen
        form.query_one("#points", Input).value = "3"
        form.query_one("#interval", Input).value = "0"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("DONE") for line in lines(pilot)))
        async with AsyncDataStore.open(store_url) as store:
            (key,) = (await store.search_existing_scans(name="test_scan")).keys
            scan = await store.load_scan(key)
        assert (scan.state, scan.info["end_reason"], scan.info["publisher"]) == (ScanState.CLOSED, "SUCCESS", "scantui")
        assert sorted(scan.streams) == ["scantui:sine", "timer:elapsed_time"]


async def test_quitting_closes_a_test_scan_that_still_runs(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        pilot.app.screen.query_one("#interval", Input).value = "3600"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("q")
    async with AsyncDataStore.open(store_url) as store:
        scan = await store.load_scan((await store.get_last_scan()).key)
    assert (scan.state, scan.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")


class SearchedStore(StillStore):
    """A store that finds the rows it was given, and notes what it was asked."""

    def __init__(self, rows: list[ScanSummary]) -> None:
        self.cannot_search = ""
        self.asked: list[dict[str, object]] = []
        self._rows = {row.key: row for row in rows}

    async def search_existing_scans(self, **criteria: object) -> FoundScans:
        self.asked.append(criteria)
        return FoundScans("0-0", sorted(self._rows))

    async def load_summaries(self, keys: list[str]) -> list[ScanSummary]:
        return [self._rows[key] for key in keys]


@pytest.mark.parametrize("size", [(40, 10), (80, 24)])
async def test_the_form_is_walked_with_the_arrows_and_says_what_is_wrong_on_a_small_terminal(
    size: tuple[int, int],
) -> None:
    async with watching(night_feed(), size) as pilot:
        await pilot.press("C", *["down"] * 8, "x", "enter")
        form = pilot.app.screen
        assert form.query_one("#points", Input).has_focus
        assert any("points takes a whole number" in line for line in lines(pilot))
        assert form.query_one("#points", Input).value == "x"


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


async def test_the_largest_number_there_is_does_not_keep_the_form_from_opening() -> None:
    rows = [row(2**63 - 1, age=3)]
    async with watching(ScriptedFeed(connected(1), Heartbeat(NOW_MS), Loaded(rows, 0))) as pilot:
        await pilot.press("C")
        assert pilot.app.screen.query_one("#number", Input).value == str(2**63 - 1)


async def test_ctrl_q_closes_a_running_test_scan_too(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        pilot.app.screen.query_one("#interval", Input).value = "3600"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("ctrl+q")
    async with AsyncDataStore.open(store_url) as store:
        assert (await store.load_scan((await store.get_last_scan()).key)).info["end_reason"] == "USER_ABORT"


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


async def test_what_is_pasted_into_the_table_becomes_the_filter() -> None:
    async with watching(night_feed()) as pilot:
        table_of(pilot).post_message(events.Paste("name=ct\nmore"))
        await until(pilot, lambda: monitor_of(pilot).query_one(Input).value == "name=ct")
        assert monitor_of(pilot).query_one(Input).has_focus
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]


async def test_a_reload_follows_the_store_anew(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("R")
        async with AsyncDataStore.open(store_url) as store:
            await store.create_scan({"name": "after", "number": 9, "data_policy": "None"})
        await until(pilot, lambda: shown_numbers(pilot) == [9])


async def test_the_marked_rows_and_a_digest_are_left_behind() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("g", "space")
        words = monitor_of(pilot).parting_words().splitlines()
    assert words[0].endswith("DONE 1 loopscan 1000 0.1") or "DONE 1" in words[0]
    assert words[1] == "redis://id11:6380: 20 of 20 scans shown"
    assert "12 DONE" in words[2]


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
        await until(pilot, lambda: any("read when the server is back" in line for line in lines(pilot)))
