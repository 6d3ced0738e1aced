"""An input line without control sequences, also after a paste."""

from __future__ import annotations

from textual.widgets import Input

from scantui.text import printable
from scantui.tui.terminal import SurvivingWidget

_LONGEST_LINE = 10_000


class CleanInput(SurvivingWidget, Input):
    """An Input whose value is fit for a terminal, also after a paste."""

    def validate_value(self, value: str) -> str:
        return printable(value, _LONGEST_LINE)
