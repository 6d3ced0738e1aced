"""The counters of a scan as a table in its details: last value, extremes, mean, and the curve in a few cells; pure."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from scantui.curves.choice import INDEX, ChannelInfo
from scantui.curves.glyphs import MarkSet
from scantui.curves.legend import time_text, value_text
from scantui.curves.lines import cut, shown
from scantui.curves.series import Series
from scantui.curves.sparkline import sparkline
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.looks import style_name
from scantui.tui.widgets.detail_info import DetailLine

_LONGEST_NAME, _NUMBER_WIDTH, _SPARK_CELLS = 20, 10, 12
# A curve in a few cells needs no more values than these.
_MOST_VALUES = 512
_HEADINGS = ("min", "mean", "max")


def counter_lines(sight: ScanSight, marks: MarkSet) -> list[DetailLine]:
    """Return a line for each counter that has points, below their headings; none without points."""
    choice, figure = sight.choice, sight.figure
    counters = [(choice.channel(name), figure.series(name)) for name in choice.counters if name != INDEX]
    rows = [_cells(channel, series, marks) for channel, series in counters if series.stop]
    if not rows:
        return []
    name_width, last_width = (max(cell_len(row[place]) for row in rows) for place in (0, 1))
    # Also a long number stands apart from the one before it.
    width = max(_NUMBER_WIDTH, *(2 + cell_len(number) for row in rows for number in row[2:-1]))
    heads = "".join(f"{heading:>{width}}" for heading in _HEADINGS)
    head = Text(f"{'counters':<{2 + name_width}}  {'last':>{last_width}}{heads}", style="bold")
    lines = [DetailLine(head, ("counters",), indent=4)]
    for (channel, series), row in zip([each for each in counters if each[1].stop], rows, strict=True):
        name, last, *numbers, line = row
        text = Text(f"  {set_cell_size(name, name_width)}  {' ' * (last_width - cell_len(last))}{last}")
        text.append("".join(f"{number:>{width}}" for number in numbers))
        text.append(f"  {line}", style="cyan")
        if series.sampled > 1:
            text.append(f"  1 in {series.sampled} points", style=style_name("quiet"))
        lines.append(DetailLine(text, ("counter", channel.name), indent=4))
    return lines


def _cells(channel: ChannelInfo, series: Series, marks: MarkSet) -> tuple[str, ...]:
    def text(value: float) -> str:
        return time_text(value) if channel.is_time else value_text(value, channel.decimals)

    unit = f" {shown(channel.unit, marks.ascii_only)}" if channel.unit and not channel.is_time else ""
    has_finite = series.least <= series.greatest
    numbers = (series.least, series.mean, series.greatest) if has_finite else ()
    values = series.values[:: max(1, len(series.values) // _MOST_VALUES)]
    return (
        cut(shown(channel.label, marks.ascii_only), _LONGEST_NAME, marks.ascii_only),
        text(series.last) + unit,
        *([text(number) for number in numbers] or ["-"] * len(_HEADINGS)),
        sparkline(values, _SPARK_CELLS, marks),
    )
