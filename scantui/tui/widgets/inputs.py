"""An input line without control sequences, also after a paste."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from scantui.text import printable
from scantui.tui.terminal import SurvivingWidget

_LONGEST_LINE = 10_000


class CleanInput(SurvivingWidget, Input):
    """An Input whose value is fit for a terminal, also after a paste; the number of its letters is limited."""

    # Textual's own lays out the whole screen with each letter, though the line has the width of its place.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))

    def __init__(self, *arguments: Any, longest: int = _LONGEST_LINE, **options: Any) -> None:
        # The value is checked as soon as it is set.
        self._longest = longest
        super().__init__(*arguments, **options)

    def validate_value(self, value: str) -> str:
        return printable(value, self._longest)
