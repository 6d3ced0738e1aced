"""What is written to the terminal: only what changed, never a stale cell, and no faster than it is taken."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region, Size
from textual.pilot import Pilot
from textual.strip import Strip

from scantui.feed import Changed, Created, Heartbeat, Loaded
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.tui.app import ANSI_THEME, ScanTuiApp
from scantui.tui.messages import FilterEntered
from scantui.tui.terminal import LeanDisplay
from tests.tui.chance_events import Beamline
from tests.tui.emulated import EmulatedTerminal
from tests.tui.scenes import NOW_MS, ScriptedFeed, beamline_rows, connected, standing_clock

RED, BLUE_BLANK = Style.parse("bold red"), Style.parse("on blue")


class TerminalDriver(HeadlessDriver):
    """A terminal in the place of a real one: it draws what is written, and answers where its cursor is."""

    is_headless = False

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.terminal = EmulatedTerminal(*options["size"])
        self.answers = True
        self.written = ""

    def write(self, data: str) -> None:
        self.written += data
        self.terminal.write(data)
        if self.answers and "\x1b[6n" in data:
            self.answer()

    def answer(self) -> None:
        self._app.post_message(events.CursorPosition(0, 0))


async def on_terminal(
    feed: ScriptedFeed, size: tuple[int, int], use: Callable[[Pilot[None], TerminalDriver], Awaitable[None]]
) -> None:
    app = ScanTuiApp(feed, "redis://id11:6380", standing_clock)
    app.driver_class = TerminalDriver

    async def drive(pilot: Pilot[Any]) -> None:
        assert isinstance(app._driver, TerminalDriver)
        await pilot.pause()
        await use(pilot, app._driver)
        app.exit()

    await app.run_async(size=size, auto_pilot=drive)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async def poll() -> None:
        while not condition():
            await pilot.pause()

    await asyncio.wait_for(poll(), timeout=60)


async def turns(condition: Callable[[], bool]) -> None:
    """Wait without a pilot, whose pause has the screen composed each time."""

    async def poll() -> None:
        while not condition():  # noqa: ASYNC110 - one turn of the loop, no pause
            await asyncio.sleep(0)

    await asyncio.wait_for(poll(), timeout=60)


def painted_by_textual(app: App[Any]) -> EmulatedTerminal:
    """The present screen, composed and written anew by Textual alone."""
    fresh = EmulatedTerminal(*app.size)
    update: Any = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    fresh.write(update.render_segments(app.console))
    return fresh


async def nothing_stale(pilot: Pilot[None], driver: TerminalDriver) -> None:
    try:
        await until(pilot, lambda: driver.terminal.seen == painted_by_textual(pilot.app).seen)
    except asyncio.TimeoutError:
        pytest.fail(f"shown:\n{driver.terminal.text}\nwanted:\n{painted_by_textual(pilot.app).text}")


KEYS = [*"jkjkgGGhllptrrinMUuso", "space", "pageup", "pagedown", "enter", *["escape"] * 4]


class TestLeanDisplay:
    @pytest.mark.parametrize("size", [(80, 24), (200, 50), (41, 9)])
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_whatever_happens_the_terminal_shows_what_textual_would_paint(
        self, seed: int, size: tuple[int, int]
    ) -> None:
        beamline = Beamline(seed)
        feed = ScriptedFeed(connected(20), Heartbeat(NOW_MS), Loaded(beamline.rows[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            odd = beamline.odd
            for step in range(40):
                driver.answers = odd.random() < 0.7
                feed.tell(*(beamline.event() for _ in range(odd.randrange(3))))
                if odd.random() < 0.7:
                    await pilot.press(odd.choice(KEYS))
                if odd.random() < 0.1:
                    pilot.app.theme = odd.choice(("textual-light", "nord", "textual-dark", ANSI_THEME))
                await pilot.pause()
                if step % 8 == 7:
                    driver.answers = True
                    driver.answer()
                    await nothing_stale(pilot, driver)

        await on_terminal(feed, size, use)

    async def test_a_change_of_state_is_a_few_bytes(self) -> None:
        rows = beamline_rows()
        feed = ScriptedFeed(connected(20), Loaded(rows[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            driver.written = ""
            feed.tell(Changed([rows[-3].replaced(state=ScanState.CLOSED, end_reason="FAILURE")]))
            await until(pilot, lambda: driver.terminal.text.count("FAIL") == 2)
            assert len(driver.written) < 200

        await on_terminal(feed, (80, 24), use)

    async def test_a_second_that_passes_costs_the_digits_of_the_clock(self) -> None:
        feed = ScriptedFeed(connected(20), Heartbeat(NOW_MS), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            app = pilot.app
            assert isinstance(app, ScanTuiApp)
            driver.written = ""
            feed.tell(Heartbeat(NOW_MS + 1000))
            await until(pilot, lambda: app.monitor.connection.now_ms() == NOW_MS + 1000)
            app.monitor.status_line.show()
            await until(pilot, lambda: bool(driver.written))
            assert len(driver.written) <= 40, driver.written
            assert "\x1b[6n" not in driver.written
            await nothing_stale(pilot, driver)

        await on_terminal(feed, (80, 24), use)

    async def test_a_terminal_that_was_resized_and_back_is_written_anew(self) -> None:
        feed = ScriptedFeed(connected(20), Heartbeat(NOW_MS), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            driver.terminal.write("\x1b[5;3Hlines that moved about")
            pilot.app.post_message(events.Resize(pilot.app.size, pilot.app.size))
            await until(pilot, lambda: "moved about" not in driver.terminal.text)
            await nothing_stale(pilot, driver)

        await on_terminal(feed, (80, 24), use)

    async def test_a_terminal_that_grows_is_filled(self) -> None:
        other = Size(120, 40)
        feed = ScriptedFeed(connected(20), Heartbeat(NOW_MS), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            driver.terminal = EmulatedTerminal(*other)
            pilot.app.post_message(events.Resize(other, other))
            await until(pilot, lambda: pilot.app.size == other)
            await nothing_stale(pilot, driver)
            assert "Details" in driver.terminal.text

        await on_terminal(feed, (80, 24), use)

    async def test_a_scan_that_arrives_scrolls_the_others(self) -> None:
        beamline = Beamline(1)
        beamline.TITLES = ("ascan samx 0 1 40 0.1", "dscan phi -2 2 80 0.2", "loopscan 1000 0.1")
        rows = [beamline.created(number) for number in range(40)]
        feed = ScriptedFeed(connected(40), Loaded(rows[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: " 39 " in driver.terminal.text)
            await nothing_stale(pilot, driver)
            driver.written, before = "", driver.terminal.scrolled
            feed.tell(Created([beamline.created(40)]))
            # The header may count the scan a frame before the table shows it.
            await until(pilot, lambda: "41 scans" in driver.terminal.text and driver.terminal.scrolled > before)
            await nothing_stale(pilot, driver)
            assert driver.terminal.scrolled == before + 1
            assert len(driver.written) < 600

        await on_terminal(feed, (80, 24), use)

    async def test_frames_wait_for_a_terminal_that_has_not_answered_and_keys_do_not(self) -> None:
        feed = ScriptedFeed(connected(20), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            driver.answers = False
            app = pilot.app
            assert isinstance(app, ScanTuiApp)
            app.monitor.message_line.show("the last frame that goes")
            await until(pilot, lambda: "the last frame" in driver.terminal.text)
            for text in ("one", "two", "three", "four", "five", "six"):
                app.monitor.message_line.show(text)
                await pilot.pause()
            await until(pilot, lambda: "six" in painted_by_textual(app).text)
            assert "six" not in driver.terminal.text
            await pilot.press("i")
            await until(pilot, lambda: "last hour" in driver.terminal.text)
            driver.answers = True
            driver.answer()
            await nothing_stale(pilot, driver)

        await on_terminal(feed, (80, 24), use)

    async def test_the_frame_of_a_key_does_not_wait_for_the_timer_that_gathers_changes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed = ScriptedFeed(connected(20), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            await nothing_stale(pilot, driver)
            app = pilot.app
            assert isinstance(app, ScanTuiApp)
            resumed: list[int] = []
            timer = app.monitor._update_timer
            timer.pause()
            monkeypatch.setattr(timer, "resume", lambda: resumed.append(1))
            app.monitor.message_line.show("nobody pressed a key")
            await turns(lambda: bool(resumed))
            assert "nobody" not in driver.terminal.text
            app.post_message(events.Key("i", "i"))
            await turns(lambda: "last hour" in driver.terminal.text)

        await on_terminal(feed, (80, 24), use)

    async def test_a_filter_leaves_nothing_of_the_rows_that_go(self) -> None:
        feed = ScriptedFeed(connected(20), Loaded(beamline_rows()[::-1], 0))

        async def use(pilot: Pilot[None], driver: TerminalDriver) -> None:
            await until(pilot, lambda: "loopscan" in driver.terminal.text)
            app = pilot.app
            assert isinstance(app, ScanTuiApp)
            for text in ("state=fail", "name=nothing", ""):
                app.monitor.post_message(FilterEntered(ScanFilter.parse(text)))
                await pilot.pause()
                await nothing_stale(pilot, driver)

        await on_terminal(feed, (80, 24), use)

    def test_textual_still_has_what_the_display_stands_on(self) -> None:
        """When this fails, look at `scantui.tui.terminal.display`: Textual hands its frames on in another way."""
        from textual._compositor import ChopsUpdate, LayoutUpdate

        assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
        assert list(inspect.signature(ChopsUpdate).parameters) == ["chops", "spans", "chop_ends"]
        assert list(inspect.signature(LayoutUpdate).parameters) == ["strips", "region"]
        written = LayoutUpdate([[Strip([Segment("a", RED)])]], Region(0, 0, 1, 1)).render_segments(App().console)
        assert written.endswith("\x1b[0m"), "Textual keeps the look between cells now: is `cells` still needed?"


def test_a_frame_is_put_off_for_a_key_that_was_read_but_once_only() -> None:
    app = LeanDisplay()
    assert not app.puts_off_frame()
    app.key_comes()
    assert app.puts_off_frame()
    assert not app.puts_off_frame()


async def test_work_between_keys_waits_for_the_frame_of_a_key_that_was_read() -> None:
    app = ScanTuiApp(ScriptedFeed(connected(0)), "redis://id11:6380", standing_clock)
    done: list[int] = []

    def work() -> bool:
        done.append(len(done))
        return len(done) == 3

    async with app.run_test() as pilot:
        await pilot.pause()
        app.key_comes()
        app.monitor.between_keys(work)
        assert not done
        app._afterwards.frame_made()
        await pilot.pause()
        assert done == [0, 1, 2]
