"""The hint line: what can be done where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import events
from textual.widget import Widget

from scantui.tui.commands.command import PANE_TITLES, KeyCommand, Place
from scantui.tui.commands.keys import shown_key
from scantui.tui.commands.shown import hint_line
from scantui.tui.looks import style_name
from scantui.tui.terminal.text_lines import TextLines

_GAP = "  "
_ENDING = 2


class HintLine(TextLines):
    """Shows the hints of a place; `commands` gives all commands in force. A click on a hint presses its key."""

    def __init__(self, commands: Callable[[], list[KeyCommand]]) -> None:
        super().__init__(id="hints", markup=False)
        self.place = Place.MONITOR
        self._commands = commands
        self._hint = ""
        self._hints: list[str] = []

    def show_place_of(self, widget: Widget | None) -> None:
        """Show the hints of the place where a widget has the keyboard."""
        path = widget.ancestors_with_self if widget is not None else []
        places = [place for place in (getattr(each, "PLACE", None) for each in path) if isinstance(place, Place)]
        self.place = places[0] if places else Place.MONITOR
        self.show(hint_line(self._commands(), self.place))

    def show(self, hint: str) -> None:
        """Show keys with a word for each; two blanks part them."""
        self._hint = hint
        self._hints = _fitting(hint.split(_GAP), self.app.size.width - 2, self.place in PANE_TITLES)
        line = Text(no_wrap=True)
        for each in self._hints:
            keys, _, word = each.partition(" ")
            line.append(_GAP if line.plain else "").append(keys, style_name("key")).append(f" {word}")
        self.update(line, layout=False)

    def forget_shown(self) -> None:
        """Show the hints again."""
        self.show(self._hint)

    def on_resize(self) -> None:
        """Show as many hints as have room."""
        self.show(self._hint)

    def on_click(self, event: events.Click) -> None:
        """Press the key of the hint that was clicked."""
        x = event.x - self.gutter.left
        for each in self._hints:
            if 0 <= x < len(each):
                shown = each.partition(" ")[0]
                known = {shown_key(key): key for command in self._commands() for key in command.keys.split(",")}
                if shown in known:
                    self.app.simulate_key(known[shown])
                return
            x -= len(each) + len(_GAP)


def _fitting(hints: list[str], width: int, keeps_end: bool) -> list[str]:
    """As many hints as have room, the most important ones first; of a pane always how to leave it."""
    end = hints[-_ENDING:] if keeps_end else []
    hints = hints[: len(hints) - len(end)]
    while len(hints) > 1 and len(_GAP.join([*hints, *end])) > width:
        hints = hints[:-1]
    return [*hints, *end]
