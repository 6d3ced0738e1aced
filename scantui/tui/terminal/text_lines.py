"""Lines of text and scroll bars, painted without Textual's way to them, which takes as long as many rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from scantui.tui.terminal.survival import SurvivingWidget

if TYPE_CHECKING:
    from typing_extensions import Self


def strips_of(widget: Widget, region: Region) -> list[Strip]:
    """What is seen in a region of a widget."""
    return (bar_strips(widget, region) if isinstance(widget, ScrollBar) else None) or widget.render_lines(region)


def bar_strips(bar: ScrollBar, crop: Region) -> list[Strip] | None:
    """What is seen of an upright scroll bar, as Textual paints it; None where Textual has to."""
    styles, shape = bar.styles, bar.render()
    is_bare = styles.gutter == (0, 0, 0, 0) and not styles.tint.a and bar.opacity == 1.0
    if not (is_bare and bar.vertical and isinstance(shape, ScrollBarRender) and isinstance(shape.style, Style)):
        return None
    back, thumb = shape.style.bgcolor, shape.style.color
    if back is None or thumb is None:
        return None
    segments = shape.render_bar(
        bar.size.height, shape.virtual_size, shape.window_size, shape.position, bar.size.width, True, back, thumb
    ).segments[crop.y : crop.bottom]
    base = bar.rich_style
    segments = [Segment(text, base + style if style else base) for text, style, _ in segments]
    for line_filter in bar.get_line_filters():
        segments = line_filter.apply(segments, bar.background_colors[1])
    return [Strip([segment], bar.size.width).crop(*crop.column_span) for segment in segments]


class _Painted(msgspec.Struct, frozen=True):
    """The strips of a content, and of a blank line below it, as they look in a place."""

    content: object
    place: tuple[object, ...]
    strips: Sequence[Strip]


class _QuickStatic(Static):
    _painted: _Painted | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint."""
        self._painted = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is seen."""
        content = self.content
        if not isinstance(content, str | Text) or self.screen.selections:
            return super().render_lines(crop)
        place = (
            [node.styles._cache_key for node in self.ancestors_with_self],
            self.size.width,
            self.get_pseudo_class_state(),
            self.get_line_filters(),
        )
        painted = self._painted
        if painted is None or painted.content is not content or painted.place != place:
            text = content if isinstance(content, Text) else Text(content)
            lines = list(text.split("\n", allow_blank=True))
            if not self._is_plain or any(line.cell_len > self.size.width for line in lines):
                return super().render_lines(crop)
            painted = self._painted = _Painted(content, place, [self._strip_of(line) for line in (*lines, Text())])
        last = len(painted.strips) - 1
        return [painted.strips[min(y, last)].crop(*crop.column_span) for y in crop.line_range]

    @property
    def _is_plain(self) -> bool:
        styles, padding = self.styles, self.styles.padding
        is_bare = styles.gutter == padding and not padding.top and not padding.bottom
        return is_bare and not styles.tint.a and self.opacity == styles.text_opacity == 1.0 and not self.loading

    def _strip_of(self, line: Text) -> Strip:
        base, padding = self.rich_style, self.styles.padding
        segments = [Segment(" " * padding.left, base), *self._styled(line)]
        width = padding.width + self.size.width
        segments.append(Segment(" " * (width - sum(segment.cell_length for segment in segments)), base))
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, self.background_colors[1])
        return Strip([segment for segment in segments if segment.text], width)

    def _styled(self, line: Text) -> Iterator[Segment]:
        console, base = self.app.console, self.rich_style
        # Rich gives no style to a text without styled parts.
        whole = base + console.get_style(line.style, default=Style.null())
        for text, style, _ in line.render(console):
            yield Segment(text, base + style if style else whole)


class TextLines(SurvivingWidget, _QuickStatic):
    """A Static that looks the same and is painted quickly, while its lines fit and nothing is around or over them."""
