"""Lines to walk through, for panes that list what happened or what differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scantui.tui.terminal import SurvivingWidget


class Line(NamedTuple):
    """A line and its style; `key` is the scan that Enter goes to, "" for none. `e` stops at a problem."""

    text: str
    style: str = ""
    key: str = ""
    is_problem: bool = False


class LineList(SurvivingWidget, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines, one row each, with a cursor; a pane gives it the keys of its place."""

    DEFAULT_CSS = """
    LineList { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    LineList > .lines--cursor { text-style: reverse; }
    """
    COMPONENT_CLASSES = {"lines--cursor"}

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self.cursor = 0

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.lines else None

    @property
    def keys_in_view(self) -> list[str]:
        """The scans of the lines that are seen."""
        top = self.scroll_offset.y
        return [line.key for line in self.lines[top : top + self.size.height] if line.key]

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the cursor stays on its scan, else in its place."""
        known = self.line.key if self.line else ""
        self.lines = lines
        at_scan = (index for index, line in enumerate(lines) if known and line.key == known)
        self.cursor = next(at_scan, max(0, min(self.cursor, len(lines) - 1)))
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.lines))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def action_step(self, lines: int) -> None:
        self.go_to_line(self.cursor + lines)

    def action_page(self, pages: int) -> None:
        self.go_to_line(self.cursor + pages * max(1, self.size.height - 1))

    def action_edge(self, line: int) -> None:
        self.go_to_line(line % len(self.lines) if self.lines else 0)

    def go_to_line(self, index: int) -> None:
        """Put the cursor on a line and bring it into view."""
        self.cursor = max(0, min(index, len(self.lines) - 1))
        top, height = self.scroll_offset.y, max(1, self.size.height)
        self.scroll_to(y=min(self.cursor, max(top, self.cursor - height + 1)), animate=False)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        index, base = y + self.scroll_offset.y, self.rich_style
        if index >= len(self.lines):
            return Strip.blank(self.size.width, base)
        line = self.lines[index]
        if index == self.cursor and self.has_focus:
            base += self.get_component_rich_style("lines--cursor")
        text = Text(line.text, style=line.style)
        text.truncate(self.scrollable_content_region.width, overflow="ellipsis")
        own = base + self.app.console.get_style(line.style, default=Style.null())
        return Strip([Segment(text.plain, own)]).adjust_cell_length(self.size.width, base)
