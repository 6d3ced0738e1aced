"""Bugs, put in by the test: the screen stays and shows a sentence, and the log has each traceback once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from scantui.board import Board
from scantui.feed import Created, Heartbeat, Loaded
from scantui.tui.commands.rows import RowCommands
from scantui.tui.dialogs.help import HelpScreen
from scantui.tui.monitor import Monitor
from scantui.tui.terminal.survival import InternalErrors, SurvivingApp
from scantui.tui.terminal.text_lines import TextLines
from scantui.tui.widgets.board_rows import BoardRows
from scantui.tui.widgets.message_line import MessageLine
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.widgets.status_line import StatusLine
from tests.tui.pilots import lines, message, monitor_of, shown_numbers, status, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, StillStore, beamline_rows, connected, night_feed, row

SENTENCE = "Internal error (TypeError), see scantui.log"
SECRET = "redis://me:s3cret@host"  # noqa: S105 - it is looked for


def broken(*_: object, **__: object) -> Any:
    raise TypeError(SECRET)


class BrokenStore(StillStore):
    """A store with a bug in what the details and the search call."""

    async def load_details(self, key: str, known: object = None) -> Any:
        broken()

    async def search_existing_scans(self, **criteria: object) -> Any:
        broken()


def tracebacks(caplog: pytest.LogCaptureFixture) -> int:
    return sum(record.exc_info is not None for record in caplog.records)


async def sees_it(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: message(pilot).startswith(SENTENCE))
    assert pilot.app.is_running
    assert SECRET not in "".join(lines(pilot))


def break_method(owner: type, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(owner, name, broken)


@pytest.mark.parametrize(
    "breaks",
    [
        break_method(RowCommands, "_sort_by"),
        break_method(Monitor, "action_command"),
        break_method(Board, "sort_by"),
        break_method(ScanTable, "rows_changed"),
    ],
    ids=["command", "action", "board", "widget"],
)
async def test_a_bug_that_a_key_meets_is_shown_and_the_next_key_works(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[pytest.MonkeyPatch], None]
) -> None:
    async with watching(night_feed(), internal_errors=1) as pilot:
        with monkeypatch.context() as patch:
            breaks(patch)
            await pilot.press("S")
            await sees_it(pilot)
        assert tracebacks(caplog) == 1
        await pilot.press("i")
        await until(pilot, lambda: "12 DONE" in message(pilot))


async def test_a_bug_in_the_feed_is_shown_and_r_starts_it_again(caplog: pytest.LogCaptureFixture) -> None:
    feed = night_feed()
    async with watching(feed, internal_errors=1) as pilot:
        feed.tell(TypeError(SECRET))
        await sees_it(pilot)
        assert message(pilot) == f"{SENTENCE}. R reconnects"
        assert "ERROR" in status(pilot)
        assert len(shown_numbers(pilot)) == 20
        assert tracebacks(caplog) == 1
        feed.tell(connected(20), Heartbeat(NOW_MS), Created([row(21)]))
        await pilot.press("R")
        await until(pilot, lambda: 21 in shown_numbers(pilot))
        assert "LIVE" in status(pilot)


async def test_a_bug_in_taking_in_an_event_loses_that_event_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = night_feed()
    async with watching(feed, internal_errors=1) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(Board, "put", broken)
            feed.tell(Created([row(21)]))
            await sees_it(pilot)
        feed.tell(Created([row(22)]))
        await until(pilot, lambda: shown_numbers(pilot)[-1] == 22)


async def test_bugs_in_the_workers_of_details_and_search_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    # What is read of rows that ended early would fail too.
    rows = [scan for scan in reversed(beamline_rows()) if scan.end_reason in (None, "SUCCESS")]
    feed = ScriptedFeed(connected(len(rows), BrokenStore()), Heartbeat(NOW_MS), Loaded(rows, 0))
    async with watching(feed, internal_errors=2) as pilot:
        await pilot.press("enter")
        await sees_it(pilot)
        assert sum(SENTENCE in line for line in lines(pilot)) == 2, "in the pane and on the message line"
        await pilot.press("escape", "i", "slash", *"name=ct", "enter")
        await sees_it(pilot)
        assert tracebacks(caplog) == 2


async def test_a_line_that_cannot_be_painted_shows_the_sentence_in_the_place_of_the_table(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with watching(night_feed(), internal_errors=None) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(BoardRows, "cells_at", broken)
            monitor_of(pilot).table.refresh()
            await sees_it(pilot)
            assert SENTENCE in lines(pilot)[2]
            assert "? Help" in lines(pilot)[-1]
            monitor_of(pilot).table.refresh()
            await pilot.pause()
            # Rows that came may have failed once too, while they were painted ahead.
            assert tracebacks(caplog) in {1, 2}
        monitor_of(pilot).table.refresh()
        await until(pilot, lambda: "NAME" in lines(pilot)[2])


@pytest.mark.parametrize("widget", [StatusLine, MessageLine])
async def test_a_line_around_the_table_that_cannot_be_rendered_leaves_the_rest(
    monkeypatch: pytest.MonkeyPatch, widget: type[Static]
) -> None:
    async with watching(night_feed(), internal_errors=None) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(widget, "_strip_of" if issubclass(widget, TextLines) else "render_line", broken)
            pilot.app.screen.query_one(widget).refresh()
            await until(pilot, lambda: any(SENTENCE in line for line in lines(pilot)))
            await pilot.press("k")
            assert any(line.split()[:2] == ["RUN", "19"] for line in lines(pilot))


async def test_a_timer_that_fails_is_shown_and_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[None] = []

    def fail_twice() -> None:
        called.append(None)
        if len(called) <= 2:
            broken()

    async with watching(night_feed(), internal_errors=2) as pilot:
        pilot.app.screen.set_interval(0.001, fail_twice)
        await until(pilot, lambda: len(called) > 3)
        await sees_it(pilot)
        assert tracebacks(caplog) == 1


async def test_a_callback_of_the_event_loop_that_fails_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    async with watching(night_feed(), internal_errors=1) as pilot:
        loop, app = asyncio.get_running_loop(), pilot.app
        assert isinstance(app, SurvivingApp)
        # As it is while the program runs; a pilot does without.
        loop.set_exception_handler(app._take_loop_error)
        loop.call_soon(broken)
        await sees_it(pilot)
        assert tracebacks(caplog) == 1


async def test_a_dialog_that_cannot_be_built_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(night_feed(), internal_errors=1) as pilot:
        with monkeypatch.context() as patch:
            patch.setattr(HelpScreen, "compose", broken)
            await pilot.press("question_mark")
            await sees_it(pilot)
            await until(pilot, lambda: pilot.app.screen is monitor_of(pilot))
        await pilot.press("i")
        await until(pilot, lambda: "12 DONE" in message(pilot))


async def test_a_monitor_that_cannot_be_built_ends_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Monitor, "compose", broken)
    with pytest.raises(TypeError):
        async with watching(night_feed()):
            pass


def test_the_same_error_is_logged_once_and_then_counted(caplog: pytest.LogCaptureFixture) -> None:
    errors = InternalErrors()

    def note() -> bool:
        try:
            broken()
        except TypeError as error:
            return errors.note(error)
        return False

    assert [note() for _ in range(12)] == [True] + [False] * 11
    assert tracebacks(caplog) == 1
    assert caplog.records[-1].getMessage().endswith("10 times so far")
    assert errors.total == 12
    assert errors.note(TypeError("elsewhere"))
