"""The first header line: which server, whether it answers, how many scans, and the server's clock.

Rule: ages count against the server's clock, never against the local one.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from scantui.board import Board
from scantui.feed import Changed, Connected, Connecting, Created, Ended, Event, Gone, Heartbeat, Loaded, Lost
from scantui.text import printable
from scantui.tui.messages import SecondPassed
from scantui.tui.terminal import SurvivingWidget
from scantui.words import clock_span, moment, short_span

# The server answers once a second; a little longer is still alive.
_LIVE_SECONDS = 3.0
_IDLE_SECONDS = 600.0
_RIGHT_WIDTH = 15
# Ages count by the server's clock: someone who compares them with a watch has to know.
_SKEW_SECONDS = 1.0
# A frame that waits longer for the terminal is felt.
_LAG_SECONDS = 0.5


def _hold_word(board: Board, now_ms: int) -> str:
    if board.is_paused:
        since = clock_span((now_ms - (board.paused_ms or now_ms)) / 1000)
        return f"PAUSED {since} · {board.paused_new} new · {board.paused_changed} changed"
    return "HELD" if board.held else ""


class ConnectionStatus:
    """How the store is doing, from the events of the feed; `clock` counts seconds and never jumps."""

    def __init__(self, label: str, clock: Callable[[], float]) -> None:
        self._label = printable(label)
        self.reads_only = False
        # Alerts that nobody has looked at.
        self.alarms = 0
        # How long the last frame waited for the terminal.
        self.lag_seconds = 0.0
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
        self._remaining = 0
        # Scans known before a connection was lost are not loaded again.
        self._has_loaded = False
        self._ended = False
        self._failed = False

    def take_in(self, event: Event) -> None:
        """Note what an event of the feed means for the connection."""
        now = self._clock()
        self._ended, self._failed = isinstance(event, Ended), False
        if isinstance(event, Lost):
            self._lost, self._lost_at, self._remaining = event, now, 0
            self._down_since = now if self._down_since is None else self._down_since
            return
        if isinstance(event, Connecting | Ended):
            return
        self._lost, self._down_since, self._answered = None, None, now
        if isinstance(event, Heartbeat):
            self._server_ms, self._server_seen, self._ahead_ms = event.server_ms, now, event.ahead_ms
        elif isinstance(event, Connected):
            self._remaining = 0 if self._has_loaded else event.total
        elif isinstance(event, Loaded):
            self._remaining, self._has_loaded = event.remaining, True
        elif isinstance(event, Created | Changed | Gone):
            self._newest = now

    def fail(self) -> None:
        """Note that the feed ended with an internal error."""
        self._failed = True

    def now_ms(self) -> int:
        """The server's clock in milliseconds since 1970; 0 as long as it is not known."""
        return self._server_ms + int((self._clock() - self._server_seen) * 1000) if self._server_ms else 0

    def line(self, board: Board, width: int, mode: str = "") -> str:
        """The header line, as wide as the terminal; a `mode` other than watching a server stands for LIVE."""
        shown = str(board.total) if len(board) == board.total else f"{len(board)}/{board.total}"
        loading = f"  loading {self._remaining} more" if self._remaining else ""
        word = " ".join(filter(None, (mode, self.word().removeprefix("LIVE").strip()))) if mode else self.word()
        alarms = f"ALARM {self.alarms}" if self.alarms else ""
        lag = f"LAG {self.lag_seconds:.1f}s" if self.lag_seconds > _LAG_SECONDS else ""
        skew = "" if mode else self._skew()
        words = [self._label, word, alarms, lag, _hold_word(board, self.now_ms()), shown + loading, skew]
        if not board.sorting.is_by_time or board.sorting.descending:
            words.append(f"sort:{board.sorting.column}{' down' if board.sorting.descending else ''}")
        if board.marks:
            words.append(f"{'only ' if board.only_marked else ''}{len(board.marks)} marked")
        if len("  ".join(filter(None, words))) > width - _RIGHT_WIDTH:
            del words[0]  # rather than a number that lost its last digits
        left = " " + "  ".join(filter(None, words))
        now_ms = self.now_ms()
        when = moment(now_ms) if now_ms else None
        right = ("RO" if self.reads_only else "RW") + (when.strftime("  %H:%M:%S") if when else "")
        return left[: max(0, width - len(right) - 2)].ljust(width - len(right) - 1) + right

    def _skew(self) -> str:
        """How far the server's clock is from the local one, when it is more than a second."""
        span = abs(self._ahead_ms) / 1000
        return f"clock {short_span(span)} {'ahead' if self._ahead_ms > 0 else 'behind'}" if span > _SKEW_SECONDS else ""

    def word(self) -> str:
        """LIVE, IDLE, RETRY, DOWN, ENDED, ERROR, or CONNECTING before the first answer."""
        now = self._clock()
        if self._failed:
            return "ERROR  R:Reconnect"
        if self._ended:
            return "ENDED"
        if self._lost is not None:
            left = max(0, round(self._lost.retry_in - (now - self._lost_at)))
            down = clock_span(now - self._down_since) if self._down_since is not None else ""
            return f"RETRY {self._lost.attempt} {f'in {left}s' if left else 'now'}  DOWN {down}"
        if self._answered is None:
            return "CONNECTING"
        silent = now - self._answered
        if silent > _LIVE_SECONDS:
            return f"LIVE {int(silent)}s"
        idle = now - self._newest
        return f"IDLE {short_span(idle)}" if idle > _IDLE_SECONDS else "LIVE"


class StatusLine(SurvivingWidget, Static):
    """The header line of a board; each second it posts SecondPassed."""

    def __init__(self, board: Board, connection: ConnectionStatus) -> None:
        super().__init__(id="status", markup=False)
        self.mode = ""
        self._board = board
        self._connection = connection
        self._shown = ""

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tick)

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Show how things are now."""
        text = self._connection.line(self._board, self.app.size.width, self.mode)
        if text != self._shown:
            self._shown = text
            alarm = f"ALARM {self._connection.alarms}"
            start = text.find(alarm) if self._connection.alarms else -1
            content = Content(text)
            self.update(content if start < 0 else content.stylize("reverse", start, start + len(alarm)), layout=False)

    def _tick(self) -> None:
        self.post_message(SecondPassed())
