"""The lines of a table: each is painted from the model when it is seen, and kept until it changes."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.text import Text
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

from scantui.tui.widgets.virtual_table.model import RowModel, row_cells
from scantui.tui.widgets.virtual_table.model_table import ModelTable
from scantui.tui.widgets.virtual_table.painting import PaintedLine, paint_cells

if TYPE_CHECKING:
    from typing_extensions import Self

LINES_KEPT = 400


class PaintedTable(ModelTable):
    """A ModelTable that paints lines; its subclass knows which rows are in view and where the cursor is."""

    GAP = 0
    """How many columns at the right end of each column's width are left blank: less than a padding at both sides."""

    def __init__(self, model: RowModel, **options: Any) -> None:
        # The base class calls watchers while it is built, so what they read has to be there before.
        self._cursor_key: str | None = None
        self._lines: LRUCache[tuple[str | None, bool], PaintedLine] = LRUCache(LINES_KEPT)
        self._lines_look: tuple[object, ...] = ()
        super().__init__(model, **options)

    def section_at(self, index: int) -> Hashable:
        """What a row belongs to, None when rows are not parted: a rule stands above a row of another section."""
        return None

    @property
    def has_rules(self) -> bool:
        """Whether rules part rows of different sections just now."""
        return False

    def rule_at(self, index: int) -> Text:
        """The text of the rule above a row."""
        return Text()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint; without regions everything is built anew, also the lines that are kept."""
        if not regions and repaint:
            self._forget_lines()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Textual calls this when rules of the style sheet changed."""
        self._part_styles.clear()
        super().notify_style_update()

    def _forget_lines(self) -> None:
        self._lines.clear()

    def _forget_line(self, key: str) -> None:
        for cursor in (False, True):
            self._lines.discard((key, cursor))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is seen, forgetting kept lines when the look or width of all lines changed."""
        look = (self.rich_style, self.size.width, self.get_pseudo_class_state(), self.show_cursor)
        if look != self._lines_look:
            self._look_changed(look)
        if self.styles.gutter != (0, 0, 0, 0) or self.opacity != 1.0 or self.styles.tint.a:
            return super().render_lines(crop)
        # With nothing around or over the lines they are the whole look, and Textual's way to them takes twice as long.
        lines = [self.render_line(y) for y in crop.line_range]
        filters, background = self.get_line_filters(), self.background_colors[1]
        for line_filter in filters:
            lines = [line.apply_filter(line_filter, background) for line in lines]
        return lines if crop.column_span == (0, self.size.width) else [line.crop(*crop.column_span) for line in lines]

    def _look_changed(self, look: tuple[object, ...]) -> None:
        """Forget the lines that look different: without the keyboard that is often the cursor's alone."""
        before, styles = self._lines_look, self._part_styles.copy()
        self._lines_look = look
        self._part_styles.clear()
        is_state_alone = before and (before[:2], before[3:]) == (look[:2], look[3:])
        for (header, fixed, cursor), style in styles.items() if is_state_alone else ():
            if not cursor and self._part_style(header=header, fixed=fixed, cursor=cursor) != style:
                is_state_alone = False
        if not is_state_alone or not styles:
            self._forget_lines()
        for kept in [kept for kept in tuple(self._lines.keys()) if kept[1]]:
            self._lines.discard(kept)

    def render_line(self, y: int) -> Strip:
        """Render the line `y` of the widget: the header, the row that is seen there, or a blank."""
        width = self.size.width
        if y < self._header_lines:
            if y > 0:
                return Strip.blank(width, self.get_component_styles("datatable--header").rich_style)
            line = self._kept_line(None, cursor=False)
        else:
            rule = self._rule_on(y - self._header_lines)
            if rule is not None:
                return self._paint_rule(rule)
            key = self._key_on(y - self._header_lines)
            line = None if key is None else self._kept_line(key, cursor=key == self._cursor_key)
        return Strip.blank(width, self.rich_style) if line is None else line.crop(self.scroll_offset.x, width)

    def _key_on(self, line: int) -> str | None:
        """What the table last took in counts, so that no line runs ahead of the others before `rows_changed()`."""
        raise NotImplementedError

    def _rule_on(self, line: int) -> Text | None:
        """The text of the rule on a line, None where a row is."""
        raise NotImplementedError

    def _paint_rule(self, text: Text) -> Strip:
        """A rule goes over the whole width, and does not scroll sideways."""
        segments = text.render(self.app.console)
        base = self.rich_style
        strip = Strip([Segment(part, base + style if style else base) for part, style, _ in segments])
        return strip.adjust_cell_length(self.size.width, base)

    def _kept_line(self, key: str | None, *, cursor: bool) -> PaintedLine | None:
        """The line of a row, or without a key of the header; None when the row is gone, unknown to the table."""
        line = self._lines.get((key, cursor))
        if line is None:
            try:
                index = None if key is None else self.model.index_of(key)
            except KeyError:
                return None
            line = self._paint_line(index, cursor=cursor)
            self._lines.set((key, cursor), line)
        return line

    def _paint_line(self, index: int | None, *, cursor: bool) -> PaintedLine:
        columns, header = self.ordered_columns, index is None
        cells = [column.label for column in columns] if index is None else row_cells(self.model, index, len(columns))
        sized = list(zip((column.width for column in columns), cells, strict=True))
        fixed, moving = (self._part_style(header=header, fixed=fixed, cursor=cursor) for fixed in (True, False))
        paint = partial(paint_cells, padding=self.cell_padding, gap=self.GAP, console=self.app.console)
        parts = sized[: self.fixed_columns], sized[self.fixed_columns :]
        return PaintedLine(fixed=paint(parts[0], fixed), moving=paint(parts[1], moving), after=moving.base)
