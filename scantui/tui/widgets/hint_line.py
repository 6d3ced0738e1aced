"""The hint line: what can be done where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget
from textual.widgets import Static

from scantui.tui.commands.command import KeyCommand, Place
from scantui.tui.commands.shown import hint_line
from scantui.tui.terminal import SurvivingWidget


class HintLine(SurvivingWidget, Static):
    """Shows the hints of a place; `commands` gives all commands in force."""

    def __init__(self, commands: Callable[[], list[KeyCommand]]) -> None:
        super().__init__(id="hints", markup=False)
        self.place = Place.MONITOR
        self._commands = commands

    def show_place_of(self, widget: Widget | None) -> None:
        """Show the hints of the place where a widget has the keyboard."""
        path = widget.ancestors_with_self if widget is not None else []
        places = [place for place in (getattr(each, "PLACE", None) for each in path) if isinstance(place, Place)]
        self.place = places[0] if places else Place.MONITOR
        self.show(hint_line(self._commands(), self.place))

    def show(self, hint: str) -> None:
        """Show a hint of something that lies over the monitor."""
        self.update(hint, layout=False)
