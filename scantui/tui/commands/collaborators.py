"""What groups of commands work with; in tests these are small fakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker import Worker

    from scantui.filters import ScanFilter
    from scantui.store import AsyncDataStore
    from scantui.tui.curves.sight import CurveSight
    from scantui.tui.dialogs.choice import Choice

Result = TypeVar("Result")


class Notify(Protocol):
    """Shows a sentence on the message line."""

    def __call__(self, text: str, is_error: bool = False) -> None: ...


class Dialogs(Protocol):
    """Opens dialogs; `then` gets the answer, or None when there was none."""

    def menu(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[str | None], None],
        current: str = "",
        preview: Callable[[str], object] | None = None,
    ) -> None: ...

    def mark(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[list[str] | None], None],
        marked: Collection[str] = (),
        current: str = "",
    ) -> None: ...

    def prompt(self, question: str, then: Callable[[str | None], None], value: str = "") -> None: ...

    def confirm(self, question: str, yes: str, act: Callable[[], None]) -> None: ...

    def open(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None: ...


class StartWork(Protocol):
    """Runs a coroutine in the background; an `exclusive` one ends others of its group."""

    def __call__(self, work: Coroutine[Any, Any, Result], group: str, exclusive: bool = True) -> Worker[Result]: ...


class Table(Protocol):
    """The table of scans: its cursor and its columns."""

    @property
    def cursor_key(self) -> str | None: ...

    @property
    def keys_in_view(self) -> Sequence[str]: ...

    @property
    def at_end(self) -> bool: ...

    @property
    def shown_columns(self) -> list[str]: ...

    def action_cursor_down(self) -> None: ...

    def go_to(self, key: str) -> None: ...

    def follow_end(self) -> None: ...

    def rows_changed(self) -> None: ...

    def painting_end(self) -> Iterator[str]: ...

    def forget_row(self, key: str) -> None: ...

    def show_row(self, key: str) -> None: ...

    def fit_columns(self) -> None: ...

    def notes_changed(self) -> None: ...

    def refresh_row(self, row: str) -> object: ...

    def refresh(self) -> object: ...

    def refresh_rules(self) -> None: ...

    def time_passed(self) -> None: ...

    def take_focus(self) -> None: ...

    def look(self, columns: Sequence[str], time_format: str, rules: bool) -> None: ...


class FilterLine(Protocol):
    """The filter bar."""

    @property
    def is_edited(self) -> bool: ...

    def show(self, scan_filter: ScanFilter) -> None: ...

    def edit(self, history: Sequence[str], pasted: str = "") -> None: ...


class Host(Protocol):
    """The application and its terminal."""

    def fit_for_terminal(self, text: str) -> str: ...

    def copy_by_terminal(self, text: str) -> None: ...

    def notify_by_terminal(self, text: str) -> None: ...

    def leave_screen_for(self, text: str) -> None: ...

    @property
    def theme_name(self) -> str: ...

    def theme_names(self) -> Iterable[str]: ...

    def use_theme(self, name: str) -> None: ...

    def redraw(self) -> None: ...

    def terminal_lag(self) -> float: ...

    async def action_quit(self) -> None: ...


class Pane(Protocol):
    """A pane that shows one scan."""

    @property
    def shown_key(self) -> str | None: ...

    def follow(self, store: AsyncDataStore, key: str) -> None: ...

    def show_problem(self, key: str | None, sentence: str) -> None: ...

    def tell_time(self, now_ms: int, word: str) -> None: ...


class CurvesControl(Protocol):
    """The pane that draws curves, as its commands use it."""

    sight: CurveSight

    @property
    def columns(self) -> int: ...

    def overlay(self, keys: Sequence[str]) -> None: ...

    def use_marks(self, name: str) -> None: ...

    def set_connected(self, is_connected: bool) -> None: ...

    def read_otherwise(self) -> None: ...

    def redraw(self) -> None: ...

    def plain_text(self) -> str: ...


class PaneHost(Protocol):
    """The place next to the table, where one pane at a time is open."""

    @property
    def opened(self) -> str: ...

    @property
    def pane(self) -> Pane | None: ...

    @property
    def curves(self) -> CurvesControl | None: ...

    @property
    def compared(self) -> Sequence[str]: ...

    def open(self, name: str) -> Pane: ...

    def compare(
        self, stores: tuple[AsyncDataStore, AsyncDataStore], keys: tuple[str, str], servers: tuple[str, str]
    ) -> None: ...

    def close(self) -> None: ...

    def switch_focus(self) -> None: ...

    def zoom(self) -> None: ...
