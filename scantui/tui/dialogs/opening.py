"""Opens what asks back over the monitor; each is imported when it is first opened, not before the first frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

    from scantui.tui.dialogs.choice import Choice


def open_menu(app: App[Any], title: str, choices: Sequence[Choice], then: Callable[[str | None], None]) -> None:
    """Have one of some choices made; `then` gets its value, or None when nothing was chosen."""
    from scantui.tui.dialogs.menu import Menu

    app.push_screen(Menu(title, choices), then)


def open_prompt(app: App[Any], question: str, then: Callable[[str | None], None], value: str = "") -> None:
    """Have a text typed; `then` gets it, or None."""
    from scantui.tui.dialogs.prompt import Prompt

    app.push_screen(Prompt(question, value), then)
