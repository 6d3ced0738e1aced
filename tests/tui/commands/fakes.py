"""Small stand-ins for what a group of commands works with, on a board of the night's rows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any

from textual.message import Message

from scantui.board import Board
from scantui.exceptions import MachineError
from scantui.models import ScanSummary
from scantui.system.state import Memory
from scantui.tui.commands.command import DETAILS
from scantui.tui.commands.groups import CommandGroups
from scantui.tui.commands.lazy_groups import Collaborators
from scantui.tui.commands.targets import Target
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer, WatchedServers
from tests.tui.commands.fake_views import FakeDialogs, FakeLine, FakePanes, FakeTable, to_the_end
from tests.tui.scenes import NOW_MS, StillStore, beamline_rows


class FakeHost:
    """The application: it notes what it is asked for."""

    def __init__(self) -> None:
        self.copied: list[str] = []
        self.rung: list[str] = []
        self.printed: list[str] = []
        self.theme_name = ""
        self.redrawn = 0
        self.has_quit = False
        self.refuses_copies = False

    def fit_for_terminal(self, text: str) -> str:
        return text

    def copy_by_terminal(self, text: str) -> None:
        if self.refuses_copies:
            raise MachineError("too long for the terminal")
        self.copied.append(text)

    def notify_by_terminal(self, text: str) -> None:
        self.rung.append(text)

    def leave_screen_for(self, text: str) -> None:
        self.printed.append(text)

    def theme_names(self) -> Iterable[str]:
        return ["nord", "textual-dark"]

    def use_theme(self, name: str) -> None:
        self.theme_name = name

    def redraw(self) -> None:
        self.redrawn += 1

    def terminal_lag(self) -> float:
        return 0.0

    async def action_quit(self) -> None:
        self.has_quit = True


class Bench:
    """All groups of commands on fakes; `said` has the sentences of the message line."""

    def __init__(
        self,
        rows: Sequence[ScanSummary] | None = None,
        state: Path | None = None,
        night: NightSettings | None = None,
        others: Sequence[WatchedServer] = (),
    ) -> None:
        self.seconds = 0.0
        self.board = Board()
        self.table = FakeTable(self.board)
        self.line, self.panes, self.dialogs, self.host = FakeLine(), FakePanes(), FakeDialogs(), FakeHost()
        self.memory = Memory(state)
        self.server = WatchedServer("redis://id11:6380")
        store: Any = StillStore()
        self.server.store = store
        self.servers = WatchedServers([self.server, *others])
        self.said: list[str] = []
        self.errors: list[str] = []
        self.posted: list[Message] = []
        self.work: list[str] = []
        self.timers: list[Callable[[], None]] = []
        self.reconnected = 0
        # Work in the background is closed, and that of one group kept for a test that does it.
        self.kept_group = ""
        self.kept: list[Coroutine[Any, Any, Any]] = []
        self.view = ScanView(
            self.board,
            self.table,
            self._looks_elsewhere,
            self._set_timer,
            self._update_lines,
            self._after_frame,
            to_the_end,
        )
        opener: Any = store
        self.server.open_store = opener
        self.groups = CommandGroups(
            Collaborators(
                view=self.view,
                line=self.line,
                panes=self.panes,
                servers=self.servers,
                dialogs=self.dialogs,
                memory=self.memory,
                host=self.host,
                notify=self.notify,
                start_work=self._start_work,
                post=self.posted.append,
                now_ms=lambda: NOW_MS,
                log_lines=tuple,
                reconnect=self._reconnect,
                run_later=self.run,
                night=night or NightSettings(),
                clock=lambda: self.seconds,
            )
        )
        self.view.changed(self.board.put(beamline_rows() if rows is None else rows) | self.board.settle())
        self.view.tell_time(NOW_MS)
        self.table.follow_end()

    def run(self, name: str, *answers: Any) -> object:
        """Run a command, whose dialogs get these answers."""
        self.dialogs.answers = list(answers)
        return self.groups.run(name)

    def notify(self, text: str, is_error: bool = False) -> None:
        if text:
            (self.errors if is_error else self.said).append(text)

    @property
    def numbers(self) -> list[int]:
        """The numbers of the scans shown."""
        return [self.number_of(self.board.key_at(index)) for index in range(len(self.board))]

    @property
    def number(self) -> int:
        """The number of the scan under the cursor."""
        return self.number_of(self.table.cursor_key or "")

    def go_to(self, number: int) -> None:
        self.groups.rows.go_to(Target(number=number))

    def number_of(self, key: str) -> int:
        row = self.board.row(key)
        return row.identity.number if row and row.identity else 0

    def _looks_elsewhere(self) -> bool:
        return self.panes.opened == DETAILS or self.line.is_edited

    def _set_timer(self, _: float, go_on: Callable[[], None]) -> None:
        self.timers.append(go_on)

    def _update_lines(self) -> None:
        if hasattr(self, "groups"):
            self.groups.watching.look()

    def _after_frame(self, work: Callable[[], object]) -> None:
        work()

    def _reconnect(self) -> None:
        self.reconnected += 1

    def _start_work(self, work: Coroutine[Any, Any, Any], group: str, exclusive: bool = True) -> Any:
        self.work.append(group)
        if self.kept_group and group.startswith(self.kept_group):
            self.kept.append(work)
        else:
            work.close()
        return None
