"""The place between Textual and its driver: an App whose frames become what the terminal does not show yet."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console, RenderableType
from textual import events

# Whole and partial frames as the compositor hands them to App._display, which is the one way to the terminal.
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from scantui.system.output import takes_output
from scantui.tui.terminal.cells import PLAIN_LOOK, StyleCodes
from scantui.tui.terminal.driver import QUESTION, SteadyDriver
from scantui.tui.terminal.image import Image
from scantui.tui.terminal.key_queue import Afterwards
from scantui.tui.terminal.pace import Pace
from scantui.tui.terminal.survival import SurvivingApp

if TYPE_CHECKING:
    pass

_BLOCKED_SECONDS = 0.02
_LONG_SECONDS = 0.5


class _Frame(CompositorUpdate):
    """What to write, made at the very moment when it is written: Textual may decide not to."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def render_segments(self, console: Console) -> str:
        return self._make()


class LeanDisplay(SurvivingApp):
    """An App that writes to a terminal only the cells that changed, and no faster than it takes them.

    A frame that has to wait is not queued: when its time comes, what is wanted then is compared with what is shown.
    """

    ascii_only = False
    """Whether the terminal shows ASCII alone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Nothing here has a tooltip or a toast: the first frame does not wait for the widgets that show them.
        self._disable_tooltips = self._disable_notifications = True
        self._image = Image()
        self._composed_size: Size | None = None
        self._looks: StyleCodes | None = None
        self._pace = Pace()
        self._frame_due: asyncio.TimerHandle | None = None
        self._is_away = self._is_key_on_its_way = False
        self._afterwards = Afterwards(self.call_later)

    def on_mount(self) -> None:
        """Send no frame while another program has the terminal, and none before that of a key."""
        if isinstance(self._driver, SteadyDriver):
            self._driver.on_key = self.key_comes
        self.app_suspend_signal.subscribe(self, self._leave_terminal, immediate=True)
        self.app_resume_signal.subscribe(self, self._come_back, immediate=True)

    def on_unmount(self) -> None:
        """Stop sending frames, which could otherwise come after the terminal was given back."""
        self._is_away = True
        self._afterwards.close()
        if self._frame_due is not None:
            self._frame_due.cancel()
            self._frame_due = None

    async def on_event(self, event: events.Event) -> None:
        """Note each key and each new size before Textual looks at them: the frame of a key goes before others."""
        if isinstance(event, events.InputEvent):
            self._pace.key_pressed()
            self._afterwards.key_pressed()
            self._is_key_on_its_way = False
        if isinstance(event, events.Resize):
            # The terminal moved its lines about, also when it has its old size again by now.
            self._image.forget_shown()
        await super().on_event(event)

    def after_frame(self, work: Callable[[], object]) -> None:
        """Do something after the frame of a key, which need not show it; at once when no key waits for one."""
        self._afterwards.do(work)

    def key_comes(self) -> None:
        """Note that a key has been read, in the thread that reads it: what is being painted waits for its frame."""
        self._afterwards.key_pressed()
        self._is_key_on_its_way = True

    def puts_off_frame(self) -> bool:
        """Whether the next frame has to wait for a key that is on its way; only once, if it never arrives."""
        is_put_off, self._is_key_on_its_way = self._is_key_on_its_way, False
        return is_put_off

    @property
    def owes_frame(self) -> bool:
        """Whether a key was pressed whose frame was not sent yet."""
        return self._pace.owes_frame

    def terminal_lag(self) -> float:
        """How many seconds the terminal takes for a frame."""
        return self._pace.lag(time.monotonic())

    @property
    def lags(self) -> bool:
        """Whether the terminal takes long for what is sent to it."""
        return self._pace.lags(time.monotonic())

    def write_to_terminal(self, sequence: str) -> None:
        """Write a sequence that is not part of a frame."""
        if sequence and self._driver is not None:
            self._driver.write(sequence)

    def on_cursor_position(self, _: events.CursorPosition) -> None:
        """Note the terminal's answer: it has taken everything written before the question."""
        self._pace.answered(time.monotonic())
        self._show()

    def write_anew(self) -> None:
        """Write all of the next frame, also what the terminal should show already."""
        self._image.forget_shown()

    async def hear_terminal_out(self) -> None:
        """Send no more frames until the app was suspended, and wait for what the terminal still has to answer.

        Then the suspension itself, which holds up all else, takes no time.
        """
        self._is_away = True
        if isinstance(self._driver, SteadyDriver):
            await asyncio.to_thread(self._driver.hear_out)

    def _leave_terminal(self, _: object) -> None:
        self._is_away = True

    def _come_back(self, _: object) -> None:
        self._is_away = False
        self._pace.start_anew()
        self._image.forget_shown()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        self._make_frame(screen, renderable)
        self._afterwards.frame_made()

    def _make_frame(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self.is_headless:
            super()._display(screen, renderable)
        elif not (self._take_in(renderable) or renderable is None):
            self.write_to_terminal(PLAIN_LOOK)
            self._image.forget_shown()
            super()._display(screen, renderable)
        else:
            self._show()

    def takes_pieces_of(self, size: Size) -> bool:
        """Whether the whole screen was composed once in this size, so that parts of it can be replaced."""
        return size == self._composed_size and not self.is_headless and not self.is_inline

    def show_pieces(self, pieces: Iterable[tuple[Region, Iterable[Strip]]]) -> None:
        """Show strips in some regions of the screen."""
        if self._looks is None:
            return
        for region, strips in pieces:
            for y, strip in zip(region.line_range, strips, strict=False):
                self._image.want(region.x, y, self._looks.line_of(strip))
        self._show()
        self._afterwards.frame_made()

    def _take_in(self, update: RenderableType | None) -> bool:
        """Want what Textual composed; False when it is something that cannot be compared."""
        if self._looks is None:
            self._looks = StyleCodes(COLOR_SYSTEMS.get(self.console.color_system or "", ColorSystem.TRUECOLOR))
        line_of = self._looks.line_of
        if isinstance(update, LayoutUpdate):
            lines = [line_of(segment for strip in strips for segment in strip) for strips in update.strips]
            self._image.want_all(lines)
            self._composed_size = update.region.size
            return True
        if not isinstance(update, ChopsUpdate) or self._composed_size is None:
            return False
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                start, stop = max(x, x1), min(end, x2)
                if strip is None or start >= stop:
                    continue
                if (start, stop) != (x, end) or strip.cell_length > end - x:
                    strip = strip.crop(start - x, stop - x)
                self._image.want(start, y, line_of(strip))
        return True

    def _show(self) -> None:
        """Send what is wanted and not shown, or wait until it may go."""
        if self._frame_due is not None:
            self._frame_due.cancel()
            self._frame_due = None
        if self._is_away or self._image.is_shown:
            return
        wait = self._pace.wait(time.monotonic())
        if not wait and not takes_output(sys.__stderr__):
            wait = _BLOCKED_SECONDS
        if wait:
            self._frame_due = asyncio.get_running_loop().call_later(wait, self._show)
        elif not self._write_few():
            frame = cast("RenderableType", _Frame(self._changes))
            with self._driver.gathered() if isinstance(self._driver, SteadyDriver) else nullcontext():
                super()._display(self.screen, frame)

    def _write_few(self) -> bool:
        """Write the clock's digits alone, with nothing around them; False when there is more to write.

        A terminal that takes long is asked how long, the frame of a key counts, and an input line has the cursor.
        """
        is_followed = self._pace.owes_frame or self.terminal_lag() > _LONG_SECONDS or isinstance(self.focused, Input)
        if self._batch_count or not self.is_running or is_followed:
            return False
        few = self._image.few_changes()
        self.write_to_terminal(few)
        return bool(few)

    def _changes(self) -> str:
        question = "" if self._pace.is_asked else QUESTION
        changes = self._image.changes()
        self._pace.sent(time.monotonic(), len(changes))
        return changes + question
