"""The list of choices in a menu."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList


class ChoiceList(OptionList):
    """Choices, the highlighted one in a single colour: that of a key could not be read on the colour of the cursor."""

    def render_line(self, y: int) -> Strip:
        """The line `y` of the list."""
        strip = super().render_line(y)
        cursor = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        parts = [(text, style or Style.null()) for text, style, _ in strip]
        if not parts or parts[-1][1].bgcolor != cursor.bgcolor:
            return strip
        ink = Style(color=cursor.color)
        return Strip([Segment(text, style + ink) for text, style in parts], strip.cell_length)
