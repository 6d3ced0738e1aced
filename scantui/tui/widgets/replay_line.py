"""The line of a replay: how far it is in its recording, and its own keys while it has the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rich.text import Text
from textual.widgets import Static

from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.looks import style_name
from scantui.tui.terminal import SurvivingWidget
from scantui.words import clock_span

_PLAYING, _PAUSED = "▶", "■"
_DONE, _REST, _HERE = "━", "─", "●"


class Playback(Protocol):
    """What plays a recording; times are in seconds from its start, `length` is 0 while it is not known."""

    speed: float
    length: float
    is_paused: bool
    has_ended: bool

    def clock(self) -> float: ...

    async def measure(self) -> None: ...

    def toggle_pause(self) -> None: ...

    def seek(self, seconds: float) -> None: ...

    def step(self) -> None: ...


class ReplayLine(SurvivingWidget, Static, can_focus=True):
    """Shows the position in the recording; `play_on` starts the events again after their end."""

    PLACE = Place.REPLAY
    BINDINGS = bindings_of(commands_at(PLACE))
    DEFAULT_CSS = """
    ReplayLine { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    ReplayLine:focus { background: $primary; color: $text; }
    """

    def __init__(self, playback: Playback, play_on: Callable[[], None]) -> None:
        super().__init__(id="replay", markup=False)
        self._playback = playback
        self._play_on = play_on
        self._shown = ""

    def on_mount(self) -> None:
        self.run_worker(self._measure(), exit_on_error=False)
        self.set_interval(1.0, self.show)

    async def _measure(self) -> None:
        await self._playback.measure()
        self.show()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Show where the playback is."""
        playback = self._playback
        line = replay_line(playback.clock(), playback.length, playback.is_paused, self.size.width)
        if line.plain != self._shown:
            self._shown = line.plain
            self.update(line, layout=False)

    def action_pause(self) -> None:
        self._playback.toggle_pause()
        self.show()

    def action_seek(self, seconds: int) -> None:
        self._playback.seek(seconds)
        self._go_on()

    def action_next_event(self) -> None:
        self._playback.step()
        self.show()

    def _go_on(self) -> None:
        if self._playback.has_ended:
            self._play_on()
        self.call_after_refresh(self.show)


def replay_line(at: float, length: float, is_paused: bool, width: int) -> Text:
    """The position as times and as a line, as wide as there is room."""
    begin = f"{_PAUSED if is_paused else _PLAYING} {clock_span(at)} "
    end = f" {clock_span(length)}" if length else ""
    if is_paused:
        end = f"{end}  paused"
    cells = max(0, width - len(begin) - len(end) - 1)
    line = Text(no_wrap=True, end="").append(begin, style_name("key"))
    if cells and length:
        done = min(cells, round(min(1.0, at / length) * cells))
        line.append(_DONE * done).append(_HERE).append(_REST * (cells - done), style_name("quiet"))
    return line.append(end)
