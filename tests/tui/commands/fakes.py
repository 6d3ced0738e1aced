"""Small stand-ins for what a group of commands works with, on a board of the night's rows."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any

from textual.message import Message

from scantui.board import Board
from scantui.curves.glyphs import MARK_SETS
from scantui.exceptions import MachineError
from scantui.feed import OpenStore
from scantui.filters import ScanFilter
from scantui.models import ScanSummary
from scantui.system.state import Memory
from scantui.tui.commands.curves import CURVES
from scantui.tui.commands.details import DETAILS
from scantui.tui.commands.groups import Collaborators, CommandGroups
from scantui.tui.commands.targets import Target
from scantui.tui.curves.sight import CurveSight
from scantui.tui.dialogs.choice import Choice
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer
from tests.tui.scenes import NOW_MS, StillStore, beamline_rows


class FakeTable:
    """A table without a screen, in which every row is in view."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._number = 0
        self.cursor_key: str | None = None
        self.looks: list[tuple[Sequence[str], str]] = []
        self.shown_columns = ["state", "number", "name"]
        self.has_focus = True

    @property
    def keys_in_view(self) -> Sequence[str]:
        return [self._board.key_at(index) for index in range(len(self._board))]

    @property
    def at_end(self) -> bool:
        keys = self.keys_in_view
        return not keys or self.cursor_key == keys[-1]

    def action_cursor_down(self) -> None:
        keys = list(self.keys_in_view)
        if self.cursor_key in keys:
            self.cursor_key = keys[min(len(keys) - 1, keys.index(self.cursor_key) + 1)]

    def go_to(self, key: str) -> None:
        assert key in self.keys_in_view
        self.cursor_key = key

    def follow_end(self) -> None:
        self.cursor_key = self.keys_in_view[-1] if self.keys_in_view else None

    def rows_changed(self) -> None:
        if self.cursor_key not in self.keys_in_view:
            self.cursor_key = self.keys_in_view[0] if self.keys_in_view else None

    def fit_columns(self) -> None:
        pass

    def refresh_row(self, row: str) -> None:
        pass

    def refresh(self) -> None:
        pass

    def time_passed(self) -> None:
        pass

    def take_focus(self) -> None:
        self.has_focus = True

    def look(self, columns: Sequence[str], time_format: str) -> None:
        self.looks.append((columns, time_format))


class FakeDialogs:
    """Answers each dialog with the next of `answers`, and notes its title or question and what it offers."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[str] = []
        self.offered: list[str] = []
        self.current = ""
        self.opened: list[object] = []

    def menu(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[str | None], None],
        current: str = "",
        preview: Callable[[str], object] | None = None,
    ) -> None:
        self.asked.append(title)
        self.current = current
        self.offered = [choice.label for choice in choices]
        answer = self.answers.pop(0) if self.answers else None
        if preview is not None:
            for choice in choices:
                preview(choice.value)
        assert answer is None or answer in [choice.value for choice in choices]
        then(answer)

    def prompt(self, question: str, then: Callable[[str | None], None], value: str = "") -> None:
        self.asked.append(question)
        then(self.answers.pop(0) if self.answers else None)

    def confirm(self, question: str, yes: str, act: Callable[[], None]) -> None:
        self.asked.append(question)
        if self.answers and self.answers.pop(0):
            act()

    def open(self, screen: Any, then: Callable[[Any], None] | None = None) -> None:
        self.opened.append(screen)
        if then is not None:
            then(self.answers.pop(0) if self.answers else None)


class FakeLine:
    """The filter bar: it notes what it shows."""

    is_edited = False

    def __init__(self) -> None:
        self.shown = ""
        self.history: list[str] = []
        self.pasted = ""

    def show(self, scan_filter: ScanFilter) -> None:
        self.shown = scan_filter.text

    def edit(self, history: Sequence[str], pasted: str = "") -> None:
        self.is_edited, self.history, self.pasted = True, list(history), pasted


class FakePane:
    """A pane that notes what it is to show."""

    def __init__(self) -> None:
        self.shown_key: str | None = None
        self.problem = ""
        self.told: list[tuple[int, str]] = []

    def follow(self, store: object, key: str) -> None:
        self.shown_key, self.problem = key, ""

    def show_problem(self, key: str | None, sentence: str) -> None:
        self.shown_key, self.problem = key, sentence

    def tell_time(self, now_ms: int, word: str) -> None:
        self.told.append((now_ms, word))


class FakeCurves(FakePane):
    """A pane of curves that notes what it is to read and how often it draws."""

    columns = 80

    def __init__(self) -> None:
        super().__init__()
        self.sight = CurveSight()
        self.overlaid: list[str] = []
        self.is_connected = True
        self.read = self.drawn = 0

    def overlay(self, store: object, keys: Sequence[str]) -> None:
        self.overlaid = list(keys)

    def use_marks(self, name: str) -> None:
        self.sight.change(marks=MARK_SETS[name])

    def set_connected(self, is_connected: bool) -> None:
        self.is_connected = is_connected

    def read_otherwise(self) -> None:
        self.read += 1

    def redraw(self) -> None:
        self.drawn += 1

    def plain_text(self) -> str:
        return "a plot"


class FakePanes:
    """The place of the panes."""

    def __init__(self) -> None:
        self.opened = ""
        self.details = FakePane()
        self.compared = ("", "")
        self.drawing = FakeCurves()
        self.switched = self.zoomed = 0

    @property
    def pane(self) -> FakePane | None:
        return {DETAILS: self.details, CURVES: self.drawing}.get(self.opened)

    @property
    def curves(self) -> FakeCurves | None:
        return self.drawing if self.opened == CURVES else None

    def zoom(self) -> None:
        self.zoomed += 1

    def open(self, name: str) -> FakePane:
        self.opened = name
        return self.details if name == DETAILS else self.drawing

    def compare(self, store: object, older: str, newer: str) -> None:
        self.opened, self.compared = "differences", (older, newer)

    def close(self) -> None:
        self.opened = ""

    def switch_focus(self) -> None:
        self.switched += 1


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
    ) -> None:
        self.seconds = 0.0
        self.board = Board()
        self.table = FakeTable(self.board)
        self.line, self.panes, self.dialogs, self.host = FakeLine(), FakePanes(), FakeDialogs(), FakeHost()
        self.memory = Memory(state)
        self.server = WatchedServer("redis://id11:6380")
        store: Any = StillStore()
        self.server.store = store
        self.said: list[str] = []
        self.errors: list[str] = []
        self.posted: list[Message] = []
        self.work: list[str] = []
        self.timers: list[Callable[[], None]] = []
        self.reconnected = 0
        # Work in the background is closed, and that of one group kept for a test that does it.
        self.kept_group = ""
        self.kept: list[Coroutine[Any, Any, Any]] = []
        self.view = ScanView(self.board, self.table, self._looks_elsewhere, self._set_timer, self._update_lines)
        opener: Any = store
        open_store: OpenStore = opener
        self.groups = CommandGroups(
            Collaborators(
                view=self.view,
                line=self.line,
                panes=self.panes,
                server=self.server,
                dialogs=self.dialogs,
                memory=self.memory,
                host=self.host,
                notify=self.notify,
                start_work=self._start_work,
                post=self.posted.append,
                open_store=open_store,
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

    def _reconnect(self) -> None:
        self.reconnected += 1

    def _start_work(self, work: Coroutine[Any, Any, Any], group: str, exclusive: bool = True) -> Any:
        self.work.append(group)
        if self.kept_group and group.startswith(self.kept_group):
            self.kept.append(work)
        else:
            work.close()
        return None
