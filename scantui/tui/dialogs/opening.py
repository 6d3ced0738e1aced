"""Opens what asks the user something over the monitor; each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeVar

from scantui.tui.dialogs.choice import Choice

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.widget import Widget

Result = TypeVar("Result")


class OverMonitor:
    """The dialogs over the screen of a widget; `then` gets the answer, or None when there was none."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget

    def menu(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[str | None], None],
        current: str = "",
        preview: Callable[[str], object] | None = None,
    ) -> None:
        """Ask for one of several choices; the answer is its value. `preview` shows the value under the cursor."""
        from scantui.tui.dialogs.menu import Menu

        self.open(Menu(title, choices, current, preview), then)

    def mark(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[list[str] | None], None],
        marked: Collection[str] = (),
        current: str = "",
    ) -> None:
        """Ask for one or more of several choices; the answer is their values."""
        from scantui.tui.dialogs.mark_menu import MarkMenu

        self.open(MarkMenu(title, choices, marked, current), then)

    def prompt(self, question: str, then: Callable[[str | None], None], value: str = "") -> None:
        """Ask for a text; `value` is offered."""
        from scantui.tui.dialogs.prompt import Prompt

        self.open(Prompt(question, value), then)

    def confirm(self, question: str, yes: str, act: Callable[[], None]) -> None:
        """Ask before doing what cannot be undone; `yes` describes it."""

        def answer(chosen: str | None) -> None:
            if chosen == "yes":
                act()

        self.menu(question, [Choice("no", "no", "n"), Choice("yes", f"yes, {yes}", "y")], answer)

    def open(self, screen: Screen[Result], then: Callable[[Result | None], None] | None = None) -> None:
        """Open a screen over the monitor."""
        self._widget.app.push_screen(screen, then)
