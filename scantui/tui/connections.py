"""The header of several servers: a light for each, or with many how many there are of each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from scantui.columns import short_server
from scantui.fitting import width_of
from scantui.text import printable
from scantui.tui.header import Part
from scantui.tui.looks import style_name
from scantui.tui.widgets.status_line import ConnectionStatus, Standing
from scantui.words import clock_span

if TYPE_CHECKING:
    from scantui.board import Board

_LIVE, _RETRY, _DOWN, _CONNECTING = "LIVE", "RETRY", "DOWN", "CONNECTING"
_LIGHTS = {_LIVE: "●", _RETRY: "◐", _DOWN: "○", _CONNECTING: "◐"}
# For this long a lost server is expected back.
_DOWN_SECONDS = 60.0
# What the lights leave to the rest of the header.
_REST = 34
_GAP = "  "


class ConnectionStatuses:
    """How the stores of several servers are doing, by the names of the servers; `wall_ms` is the clock of the list."""

    def __init__(self, servers: Mapping[str, ConnectionStatus], wall_ms: Callable[[], int]) -> None:
        self.alarms = 0
        self.lag_seconds = 0.0
        self.rights = ""
        self._servers = servers
        self._wall_ms = wall_ms

    def now_ms(self) -> int:
        """The clock of the list in milliseconds since 1970; 0 as long as no server has answered."""
        return self._wall_ms() if any(status.now_ms() for status in self._servers.values()) else 0

    def line(self, board: Board | None, width: int, mode: str = "") -> Text:
        """The header line, as wide as the terminal."""
        statuses = self._servers.values()
        standing = Standing(
            label="",
            lights=[Part(mode), *lights(self._servers, width - _REST)],
            remaining=sum(status.remaining for status in statuses),
            left_out=sum(status.left_out for status in statuses),
            skew=self._named("skew"),
            memory=self._named("memory"),
            rights=self.rights,
            now_ms=self.now_ms(),
            alarms=self.alarms,
            lag_seconds=self.lag_seconds,
        )
        return standing.line(board, width)

    def _named(self, what: str) -> str:
        """What only some servers have to show, each with its name."""
        shown = [(name, getattr(status, what)) for name, status in self._servers.items()]
        return _GAP.join(printable(f"{short_server(name)} {text}") for name, text in shown if text)


def word_of(status: ConnectionStatus) -> str:
    """LIVE, RETRY, DOWN or CONNECTING."""
    down = status.seconds_down
    if down is not None:
        return _DOWN if down >= _DOWN_SECONDS else _RETRY
    word = status.word().partition(" ")[0]
    return {"ERROR": _DOWN, "IDLE": _LIVE}.get(word, word)


def light_of(status: ConnectionStatus) -> str:
    """The light of a server, and unless it is well, what is the matter: `◐ RETRY 3s`, `○ DOWN 12:03`."""
    word = word_of(status)
    light = _LIGHTS.get(word, "")
    if word == _RETRY:
        left = status.seconds_to_retry
        return f"{light} {word} {f'{left}s' if left else 'now'}"
    if word == _DOWN and status.seconds_down is not None:
        return f"{light} {word} {clock_span(status.seconds_down)}"
    silent = status.word()
    if word == _LIVE:
        return f"{_LIGHTS[_RETRY]} {silent}" if silent.startswith("LIVE ") else light
    return f"{light} {silent}".strip()


def lights(servers: Mapping[str, ConnectionStatus], room: int) -> Sequence[Part]:
    """A light for each server, or how many there are of each word if the lights are wider than the room."""
    parts = [
        Part(f"{printable(short_server(name))} {light_of(status)}", style=style_name(_style_of(status)))
        for name, status in servers.items()
    ]
    if sum(len(_GAP) + width_of(part.text) for part in parts) <= room:
        return parts
    counted = Counter(word_of(status) for status in servers.values())
    return [
        Part(f"{counted[word]} {word}", style=style_name(_style(word)))
        for word in (_LIVE, _CONNECTING, _RETRY, _DOWN)
        if counted[word]
    ]


def _style_of(status: ConnectionStatus) -> str:
    is_silent = status.word().startswith("LIVE ")
    return _style(_RETRY if is_silent else word_of(status))


def _style(word: str) -> str:
    return "IDLE" if word == _CONNECTING else word
