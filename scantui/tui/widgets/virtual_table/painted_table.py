"""The lines of a table: each is painted from the model when it is seen, and kept until it changes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.cache import LRUCache
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip

from scantui.tui.terminal import LeanScreen
from scantui.tui.widgets.virtual_table.model import RowModel, row_cells
from scantui.tui.widgets.virtual_table.model_table import ModelTable
from scantui.tui.widgets.virtual_table.painting import PaintedLine, paint_cells

if TYPE_CHECKING:
    from typing_extensions import Self

LINES_KEPT, _RULES_KEPT = 400, 64


class PaintedTable(ModelTable):
    """A ModelTable that paints lines; its subclass knows which rows are in view and where the cursor is."""

    GAP = 0
    """How many columns at the right end of each column's width are left blank: less than a padding at both sides."""

    def __init__(self, model: RowModel, **options: Any) -> None:
        # The base class calls watchers while it is built, so what they read has to be there before.
        self._cursor_key: str | None = None
        self._lines: LRUCache[tuple[str | None, bool], PaintedLine] = LRUCache(LINES_KEPT)
        self._rules: LRUCache[tuple[object, ...], Strip] = LRUCache(_RULES_KEPT)
        self._rule_styles: dict[Style | None, Style] = {}
        self._lines_look: tuple[object, ...] = ()
        self._look_sources: tuple[object, ...] = ()
        self._is_plain, self._background = False, Color(0, 0, 0)
        self._keeps_lines = False
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
        """Repaint; without regions everything is rebuilt, also the lines that are kept."""
        if not regions and repaint and not self._keeps_lines:
            self._forget_lines()
            self._forget_rules()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _on_focus(self, event: events.Focus) -> None:
        event.prevent_default()
        with self._lines_kept():
            super()._on_focus(event)

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        # The key that took the keyboard away is answered by what got it.
        self._after_frame(partial(self._blurred, event))

    def _after_frame(self, work: Callable[[], object]) -> None:
        screen = self.screen
        if isinstance(screen, LeanScreen):
            screen.after_frame(work)
        else:
            work()

    def _blurred(self, event: events.Blur) -> None:
        if self.is_attached and self.screen.focused is not self:
            with self._lines_kept():
                super()._on_blur(event)

    @contextmanager
    def _lines_kept(self) -> Iterator[None]:
        """Keep the lines that look as before when the widget gets or loses the keyboard."""
        self._keeps_lines = True
        try:
            yield
        finally:
            self._keeps_lines = False

    def notify_style_update(self) -> None:
        """Textual calls this when rules of the style sheet changed."""
        self._part_styles.clear()
        super().notify_style_update()

    def _repaint_lines(self) -> None:
        self._forget_lines()
        super()._repaint_lines()

    def _forget_lines(self) -> None:
        self._lines.clear()

    def _forget_rules(self) -> None:
        self._rules.clear()
        self._rule_styles.clear()

    def _forget_line(self, key: str) -> None:
        for cursor in (False, True):
            self._lines.discard((key, cursor))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is seen, forgetting kept lines when the look or width of all lines changed."""
        # What a widget looks like follows from its styles and those around it: finding out takes as long as some lines.
        sources = (
            [node.styles._cache_key for node in self.ancestors_with_self],
            self.size.width,
            self.get_pseudo_class_state(),
            self.show_cursor,
            self.get_line_filters(),
        )
        if sources != self._look_sources:
            self._look_sources = sources
            self._background = self.background_colors[1]
            look = (self.rich_style, *sources[1:], self._background)
            if look != self._lines_look:
                self._look_changed(look)
            self._is_plain = not (self.styles.gutter != (0, 0, 0, 0) or self.opacity != 1.0 or self.styles.tint.a)
        if not self._is_plain:
            return super().render_lines(crop)
        # With nothing around or over the lines they are the whole look, and Textual's way to them takes twice as long.
        lines = self._lines_at(crop.line_range, crop.right)
        return [line if line.cell_length == crop.width else line.crop(*crop.column_span) for line in lines]

    def _seen_style(self, style: Style) -> Style:
        """The style as the filters of the app leave it: they change looks, never texts."""
        segments = [Segment(" ", style)]
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, self._background)
        return segments[0].style or style

    def _look_changed(self, look: tuple[object, ...]) -> None:
        """Forget the lines that look different: without the keyboard that is often the cursor's alone."""
        before, styles = self._lines_look, self._part_styles.copy()
        self._lines_look = look
        self._part_styles.clear()
        self._forget_rules()
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
        return self._lines_at([y], self.size.width)[0]

    def _lines_at(self, places: Iterable[int], width: int) -> list[Strip]:
        """Some lines of the widget from its left edge, so wide."""
        header, left = self._header_lines, self.scroll_offset.x
        lines = (self._line_at(y, y - header, left, width) for y in places)
        return [Strip.blank(width, self._style_over_base(None)) if line is None else line for line in lines]

    def _line_at(self, y: int, row: int, left: int, width: int) -> Strip | None:
        """The line `y` of the widget, which is that of `row` in view below the header; None for a blank."""
        if row < 0:
            if y > 0:
                style = self.get_component_styles("datatable--header").rich_style
                return Strip.blank(width, self._seen_style(style))
            line = self._kept_line(None, cursor=False)
        else:
            rule = self._rule_on(row)
            if rule is not None:
                return self._paint_rule(rule, width)
            key = self._key_on(row)
            line = None if key is None else self._kept_line(key, cursor=key == self._cursor_key)
        return None if line is None else line.crop(left, width)

    def _key_on(self, line: int) -> str | None:
        """What the table last took in counts, so that no line runs ahead of the others before `rows_changed()`."""
        raise NotImplementedError

    def _rule_on(self, line: int) -> Text | None:
        """The text of the rule on a line, None where a row is."""
        raise NotImplementedError

    def _paint_rule(self, text: Text, width: int) -> Strip:
        """A rule goes over the whole width, and does not scroll sideways."""
        known = (text.plain, tuple(text.spans), width)
        strip = self._rules.get(known)
        if strip is None:
            segments = text.render(self.app.console)
            strip = Strip([Segment(part, self._style_over_base(style)) for part, style, _ in segments])
            strip = strip.adjust_cell_length(width, self._style_over_base(None))
            self._rules.set(known, strip)
        return strip

    def _style_over_base(self, own: Style | None) -> Style:
        """A style of a rule, or without one that of a blank, as it goes to the terminal."""
        style = self._rule_styles.get(own)
        if style is None:
            base = self.rich_style
            style = self._rule_styles[own] = self._seen_style(base + own if own else base)
        return style

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
