"""Keeps the screen alive when there is a bug: an internal error becomes a sentence and a traceback in the log.

Rule: what a bug breaks is left out, and everything else goes on; only a screen that cannot be built ends the program.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.worker import Worker, WorkerFailed, WorkerState

if TYPE_CHECKING:
    from textual.widget import Widget as _Widget
else:
    # Textual takes the first base of a widget's class for what it inherits its looks from.
    _Widget = object

# A file and a line of it.
_CodeLine = tuple[str, int]
_log = logging.getLogger(__name__)
_ERROR_STYLE = Style.parse("bold red")
# How often the same error happened when the log mentions it again.
_MENTIONED = (10, 100, 1000, 10_000, 100_000)


def error_sentence(error: BaseException) -> str:
    """What the screen shows of an internal error; its own words may hold anything, a password included."""
    return f"Internal error ({type(error).__name__}), see scantui.log"


class InternalErrors:
    """The internal errors of a run: each is logged once with its traceback, and counted when it happens again."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, tuple[_CodeLine, ...]]] = Counter()

    @property
    def total(self) -> int:
        """How many there were, repeated ones included."""
        return self._counts.total()

    def note(self, error: BaseException) -> bool:
        """Log an error unless the same one is logged already; returns whether it is new."""
        kind, frames = type(error).__name__, tuple(_frames(error.__traceback__))
        self._counts[kind, frames] += 1
        count = self._counts[kind, frames]
        if count == 1:
            _log.error("internal error (%s)", kind, exc_info=error)
        elif count in _MENTIONED:
            _log.error("internal error (%s) in %s, line %d: %d times so far", kind, *(frames or [("?", 0)])[-1], count)
        return count == 1


class SurvivingApp(App[None]):
    """An App that goes on after an internal error, and keeps as `fault` the one that ended it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.internal_errors = InternalErrors()
        self.fault: Exception | None = None
        self._is_given_up = False

    async def run_async(self, **options: Any) -> None:
        """Run until the program is left; an error in a callback of the event loop is an internal error too."""
        loop = asyncio.get_running_loop()
        before = loop.get_exception_handler()
        loop.set_exception_handler(self._take_loop_error)
        try:
            await super().run_async(**options)
        finally:
            loop.set_exception_handler(before)

    def _take_loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and "handle" in context and self.can_go_on:
            self.internal_error(error)
        else:
            loop.default_exception_handler(context)

    def show_internal_error(self, sentence: str) -> None:
        """Show a sentence about an internal error."""

    @property
    def can_go_on(self) -> bool:
        """Whether there is a screen that can show what went wrong."""
        return False

    def internal_error(self, error: BaseException) -> None:
        """Log an internal error, and show that there was one."""
        self.internal_errors.note(error)
        self.show_internal_error(error_sentence(error))

    def give_up(self, error: Exception) -> None:
        """End the program for an error that the screen cannot live with."""
        self._is_given_up = True
        self._handle_exception(error)

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            if not self.can_go_on:
                raise
            self.internal_error(error)

    def _handle_exception(self, error: Exception) -> None:
        """Go on, or keep the error and end: Textual would show it with all local variables, passwords too."""
        error = error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
        if self.can_go_on and not self._is_given_up:
            self.internal_error(error)
        elif self.is_headless:
            super()._handle_exception(error)
        elif self.fault is None:
            self.fault = error
            self._close_messages_no_wait()
        else:
            _log.error("after the error that ended it", exc_info=error)


class Surviving(_Widget):
    """Makes a widget or a screen go on after an internal error; it is to be the first base of its class."""

    ESSENTIAL: tuple[type[Message], ...] = (events.Compose,)
    """Messages without which it cannot live: an error in one of these ends the program."""

    async def _dispatch_message(self, message: Message) -> None:
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            app = self.app
            if not isinstance(app, SurvivingApp):
                raise
            if isinstance(message, self.ESSENTIAL):
                app.give_up(error)
            else:
                app.internal_error(error)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Report a worker that failed; it was started by this widget."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            if not isinstance(self.app, SurvivingApp):
                raise event.worker.error
            self.app.internal_error(event.worker.error)
            self.worker_failed(event.worker.group, event.worker.error)

    def worker_failed(self, group: str, error: BaseException) -> None:
        """Called after an internal error in a worker of this widget."""


class SurvivingWidget(Surviving):
    """A widget that shows, when it cannot be rendered, the internal error in its place."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render the lines of a region."""
        try:
            return super().render_lines(crop)
        except Exception as error:
            app = self.app
            if not isinstance(app, SurvivingApp):
                raise
            if app.internal_errors.note(error):
                # Afterwards: within a frame no other widget may change.
                self.call_later(app.show_internal_error, error_sentence(error))
            lines = [error_sentence(error) if y == crop.y else "" for y in crop.line_range]
            return [_line(line, crop) for line in lines]


def _line(text: str, crop: Region) -> Strip:
    strip = Strip([Segment(text, _ERROR_STYLE)] if text else [])
    return strip.crop(crop.x).adjust_cell_length(crop.width)


def _frames(traceback: TracebackType | None) -> Iterator[_CodeLine]:
    """The places through which an error went, the one that raised it last."""
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next
