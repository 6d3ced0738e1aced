"""The first header line: which server, whether it answers, how many scans, and the server's clock.

Rule: ages count against the server's clock, never against the local one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec
from rich.text import Text

from scantui.text import printable
from scantui.tui.header import Part, connection_parts, header
from scantui.tui.looks import style_name
from scantui.tui.messages import SecondPassed
from scantui.tui.terminal.text_lines import TextLines
from scantui.words import clock_span, counted, moment, short_span

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.feed import Lost, PlayedEvent

# The server answers once a second; a little longer is still alive.
_LIVE_SECONDS = 3.0
_IDLE_SECONDS = 600.0
_MEMORY_FROM = 0.8
# What all scans have in common stands here instead of in each row.
_COMMON = ("proposal", "session", "collection", "user")
# Ages count by the server's clock: someone who compares them with a watch has to know.
_SKEW_SECONDS = 1.0
# A frame that waits longer for the terminal is felt.
_LAG_SECONDS = 0.5
# A scan is entered in the history a moment after its writer made its key.
_WRITERS_SKEW_SECONDS = 5.0
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class Standing(msgspec.Struct, frozen=True):
    """What the header shows of the servers and the terminal: `lights` are for the connections, `label` for all else.

    `remaining` scans are to be loaded, and `left_out` will not be.
    """

    label: str
    lights: Sequence[Part]
    remaining: int
    left_out: int
    skew: str
    memory: str
    rights: str
    now_ms: int
    alarms: int
    lag_seconds: float

    def line(self, board: Board | None, width: int) -> Text:
        """The header line, with what it shows of a board, which is not there yet in the first frame."""
        parts = [
            *self.lights,
            Part(f"ALARM {self.alarms}" if self.alarms else "", style="reverse"),
            Part(f"LAG {self.lag_seconds:.1f}s" if self.lag_seconds > _LAG_SECONDS else "", 1, style_name("STALL")),
            *(self._parts_of(board) if board is not None else [Part(counted(0, "scan"), 2)]),
        ]
        when = moment(self.now_ms) if self.now_ms else None
        right = [
            Part(self.memory, 1, style_name("STALL")),
            Part(self.rights),
            Part(when.strftime("%H:%M:%S") if when else ""),
        ]
        return header(printable(self.label), parts, right, width)

    def _parts_of(self, board: Board) -> Sequence[Part]:
        is_part = len(board) != board.total
        shown = f"{len(board)} of {counted(board.total, 'scan')}" if is_part else counted(board.total, "scan")
        marked = f"{'only ' if board.only_marked else ''}{len(board.marks)} marked" if board.marks else ""
        sorting = board.sorting
        order = "" if sorting.is_by_time else f"sort:{sorting.column}{' down' if sorting.descending else ''}"
        common = [printable(board.glance.common(column) or "") for column in _COMMON]
        return [
            _hold(board, self.now_ms),
            # How many are marked leaves first.
            Part(shown, 2, short=f"{len(board)} of {board.total}" if is_part else shown),
            Part(f"loading {self.remaining} more" if self.remaining else "", 1),
            _left_out(self.left_out),
            Part(order, 1),
            Part("flat" if board.lines.is_flattened else "", 1),
            Part(marked, 2),
            Part(self.skew, 3),
            _writers_skew(board),
            Part(" ".join(filter(None, common)), 4, style_name("quiet")),
        ]


def _left_out(number: int) -> Part:
    return Part(f"{number} older not listed", 2, short=f"+{number} older") if number else Part("")


def _hold(board: Board, now_ms: int) -> Part:
    if board.is_paused:
        since = clock_span((now_ms - (board.paused_ms or now_ms)) / 1000)
        text = f"PAUSED {since} · {board.paused_new} new · {board.paused_changed} changed"
        return Part(text, 1, style_name("PAUSED"))
    return Part("HELD" if board.held else "", 1, style_name("HELD"))


def _writers_skew(board: Board) -> Part:
    """How far the clock of a writer is from the server's, when it is more than some seconds."""
    ahead_ms, server = board.writer_ahead
    seconds = abs(ahead_ms) / 1000
    if seconds <= _WRITERS_SKEW_SECONDS:
        return Part("")
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    apart = f"{int(seconds / size)} {unit} {'ahead' if ahead_ms > 0 else 'behind'}"
    where = printable(f"{server} " if server else "")
    return Part(f"{where}writer's clock {apart}", 3, short=f"{where}writer {apart}")


class ConnectionStatus:
    """How the store is doing, from the events of the feed; `clock` counts seconds and never jumps.

    `label` names the server at its present address; `rights` says what may be done there.
    """

    def __init__(self, label: str, clock: Callable[[], float]) -> None:
        # Alerts that were not looked at yet.
        self.alarms = 0
        # How long the last frame waited for the terminal.
        self.lag_seconds = 0.0
        self.label = label
        self.rights = ""
        self.memory = ""
        self._clock = clock
        self._started = clock()
        self._answered: float | None = None
        self._server_ms = 0
        self._server_seen = 0.0
        self._ahead_ms = 0
        self._newest = self._started
        self._lost: Lost | None = None
        self._lost_at = 0.0
        self._down_since: float | None = None
        self.remaining = 0
        self.left_out = 0
        # Scans known before a connection was lost are not loaded again.
        self._has_loaded = False
        self._ended = False
        self._failed = False

    def take_in(self, event: PlayedEvent) -> None:
        """Note what an event of the feed means for the connection."""
        # Imported with the first event: the first frame does not wait.
        from scantui.feed.events import (
            Changed,
            Connected,
            Connecting,
            Created,
            Ended,
            Gone,
            Heartbeat,
            Loaded,
            Lost,
            Rewound,
        )

        now = self._clock()
        self._ended, self._failed = isinstance(event, Ended), False
        if isinstance(event, Lost):
            self._lost, self._lost_at, self.remaining = event, now, 0
            self._down_since = now if self._down_since is None else self._down_since
            return
        if isinstance(event, Connecting | Ended):
            return
        self._lost, self._down_since, self._answered = None, None, now
        if isinstance(event, Heartbeat):
            self._server_ms, self._server_seen, self._ahead_ms = event.server_ms, now, event.ahead_ms
        elif isinstance(event, Connected):
            self.remaining = 0 if self._has_loaded else event.total
            self.left_out = 0
        elif isinstance(event, Loaded):
            self.remaining, self._has_loaded = event.remaining, True
            self.left_out = event.left_out or self.left_out
        elif isinstance(event, Rewound):
            self._server_ms, self._server_seen, self._newest = event.server_ms, now, now
            self.remaining, self._has_loaded = 0, True
        elif isinstance(event, Created | Changed | Gone):
            self._newest = now

    def note_found(self, number: int) -> None:
        """Note that a search brought scans that were not listed."""
        self.left_out = max(0, self.left_out - number)

    def note_memory(self, share: float) -> None:
        """Note which part of its memory the server uses: nearly all of it costs data, and then no scan can start."""
        self.memory = f"MEM {share:.0%}" if share >= _MEMORY_FROM else ""

    def fail(self) -> None:
        """Note that the feed ended with an internal error."""
        self._failed = True

    def now_ms(self) -> int:
        """The server's clock in milliseconds since 1970; 0 as long as it is not known."""
        return self._server_ms + int((self._clock() - self._server_seen) * 1000) if self._server_ms else 0

    def line(self, board: Board | None, width: int, mode: str = "") -> Text:
        """The header line, as wide as the terminal; a `mode` other than watching a server stands for LIVE."""
        words = "  ".join(filter(None, (mode, self.word().removeprefix("LIVE").strip()))) if mode else self.word()
        standing = Standing(
            label=self.label,
            lights=connection_parts(words),
            remaining=self.remaining,
            left_out=self.left_out,
            skew="" if mode else self.skew,
            memory=self.memory,
            rights=self.rights,
            now_ms=self.now_ms(),
            alarms=self.alarms,
            lag_seconds=self.lag_seconds,
        )
        return standing.line(board, width)

    @property
    def skew(self) -> str:
        """How far the server's clock is from the local one, when it is more than a second."""
        span = abs(self._ahead_ms) / 1000
        return (
            f"clock {short_span(round(span))} {'ahead' if self._ahead_ms > 0 else 'behind'}"
            if span > _SKEW_SECONDS
            else ""
        )

    @property
    def seconds_down(self) -> float | None:
        """For how long the server cannot be used, None while it can."""
        return None if self._down_since is None else self._clock() - self._down_since

    @property
    def seconds_to_retry(self) -> int:
        """When the server is tried again, in seconds; 0 while it is connected, or tried."""
        return 0 if self._lost is None else max(0, round(self._lost.retry_in - (self._clock() - self._lost_at)))

    def word(self) -> str:
        """LIVE, IDLE, RETRY, DOWN, ENDED, ERROR, or CONNECTING before the first answer."""
        now = self._clock()
        if self._failed:
            return "ERROR  R:Reconnect"
        if self._ended:
            return "ENDED"
        if self._lost is not None:
            left, seconds = self.seconds_to_retry, self.seconds_down
            down = clock_span(seconds) if seconds is not None else ""
            return f"RETRY {self._lost.attempt} {f'in {left}s' if left else 'now'}  DOWN {down}"
        if self._answered is None:
            return "CONNECTING"
        silent = now - self._answered
        if silent > _LIVE_SECONDS:
            return f"LIVE {int(silent)}s"
        idle = now - self._newest
        return f"IDLE {short_span(idle)}" if idle > _IDLE_SECONDS else "LIVE"


class HeaderLine(Protocol):
    """What makes the header line of a board."""

    def line(self, board: Board | None, width: int, mode: str = "") -> Text: ...


class StatusLine(TextLines):
    """The header line of a board; each second it posts SecondPassed."""

    def __init__(self, connection: HeaderLine) -> None:
        super().__init__(id="status", markup=False)
        self.mode = ""
        self._board: Board | None = None
        self._connection = connection
        self._shown: Text | None = None

    def show_board(self, board: Board) -> None:
        """Show the numbers of a board from now on; until then there are no scans."""
        self._board = board

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Show how things are now."""
        text = self._connection.line(self._board, self.app.size.width, self.mode)
        if self._shown is None or text.plain != self._shown.plain or text.spans != self._shown.spans:
            self._shown = text
            self.update(text, layout=False)

    def forget_shown(self) -> None:
        """Let the next call show the line again."""
        self._shown = None

    def _tick(self) -> None:
        self.post_message(SecondPassed())
