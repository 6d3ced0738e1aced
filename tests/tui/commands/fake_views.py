"""Stand-ins for the widgets that commands work with: table, dialogs, filter line and panes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from scantui.board import Board
from scantui.curves.glyphs import MARK_SETS
from scantui.filters import ScanFilter
from scantui.tui.commands.command import CURVES, DETAILS
from scantui.tui.curves.sight import CurveSight
from scantui.tui.dialogs.choice import Choice


def to_the_end(work: Callable[[], bool]) -> None:
    """Do some work in one turn: no keys come between."""
    while not work():
        pass


class FakeTable:
    """A table without a screen, in which every row is in view."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._number = 0
        self.cursor_key: str | None = None
        self.looks: list[tuple[Sequence[str], str, bool]] = []
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

    def painting_end(self) -> Iterator[str]:
        yield from ()

    def forget_row(self, key: str) -> None:
        pass

    def show_row(self, key: str) -> None:
        pass

    def refresh_rules(self) -> None: ...

    def notes_changed(self) -> None:
        self.fit_columns()

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

    def look(self, columns: Sequence[str], time_format: str, rules: bool) -> None:
        self.looks.append((columns, time_format, rules))


class FakeDialogs:
    """Answers each dialog with the next of `answers`, and notes its title or question and what it offers."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.asked: list[str] = []
        self.offered: list[str] = []
        self.current = ""
        self.marked: list[str] = []
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

    def mark(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[list[str] | None], None],
        marked: Collection[str] = (),
        current: str = "",
    ) -> None:
        self.asked.append(title)
        self.current, self.marked = current, sorted(marked)
        self.offered = [choice.label for choice in choices]
        answer = self.answers.pop(0) if self.answers else None
        assert answer is None or {*answer} <= {choice.value for choice in choices}
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

    def overlay(self, keys: Sequence[str]) -> None:
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
        self._pair = ("", "")
        self.drawing = FakeCurves()
        self.switched = self.zoomed = 0

    @property
    def pane(self) -> FakePane | None:
        return {DETAILS: self.details, CURVES: self.drawing}.get(self.opened)

    @property
    def curves(self) -> FakeCurves | None:
        return self.drawing if self.opened == CURVES else None

    @property
    def compared(self) -> tuple[str, ...]:
        return self._pair if self.opened == "differences" else ()

    def zoom(self) -> None:
        self.zoomed += 1

    def open(self, name: str) -> FakePane:
        self.opened = name
        return self.details if name == DETAILS else self.drawing

    def compare(self, stores: object, keys: tuple[str, str], servers: tuple[str, str]) -> None:
        self.opened, self._pair = "differences", keys

    def close(self) -> None:
        self.opened = ""

    def switch_focus(self) -> None:
        self.switched += 1
