"""What can be taken out of the curves: positions to copy, and points as csv; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scantui.curves.choice import PlotChoice
from scantui.curves.curve import Curve, pairs_of, point_at
from scantui.curves.series import Series
from scantui.curves.shapes import shapes_of
from scantui.exceptions import UsageError
from scantui.text import printable
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.dialogs.choice import Choice

_NO_CURVES = "there are no curves to write"
_DIGITS = 10


def inspected_text(curve: Curve, index: int) -> str:
    """Return `x y` of one point, to copy."""
    return " ".join(f"{value:.{_DIGITS}g}" for value in point_at(curve, index))


def positions_of(curve: Curve, inspector: int | None) -> dict[str, float]:
    """Return the positions of a curve by their names: the inspected point, peak, cen and com, where there are any."""
    shapes = shapes_of(*pairs_of(curve))
    found = {
        "inspector": None if inspector is None else point_at(curve, inspector)[0],
        "peak": shapes.peak[0] if shapes.peak else None,
        "cen": shapes.cen,
        "com": shapes.com,
    }
    return {name: x for name, x in found.items() if x is not None and math.isfinite(x)}


def position_choices(curve: Curve, choice: PlotChoice, inspector: int | None, *, with_commands: bool) -> list[Choice]:
    """Return the positions to copy; `with_commands`, also BLISS commands that would move the motor there."""
    positions = positions_of(curve, inspector)
    texts = {name: f"{x:.{_DIGITS}g}" for name, x in positions.items()}
    if inspector is not None and "inspector" in texts:
        texts["inspector"] = inspected_text(curve, inspector)
    choices = [Choice(text, f"{name:<10} {text}", name[1 if name == "com" else 0]) for name, text in texts.items()]
    channel = choice.channel(choice.x)
    if with_commands and channel.is_axis:
        motor = printable(channel.label)
        commands = {name: f"umv {motor} {x:.{_DIGITS}g}" for name, x in positions.items()}
        choices += [Choice(text, f"{name:<10} {text}") for name, text in commands.items()]
    return choices


def points_table(drawn: Sequence[tuple[str, ScanSight]]) -> tuple[list[str], list[list[float]]]:
    """Return the header and the points of scans, each named unless it is the only one.

    Raises UsageError if nothing is drawn over an axis, or if not every point is kept.
    """
    if not drawn or drawn[0][1].choice.kind not in ("curve", "mesh"):
        raise UsageError(_NO_CURVES)
    header, columns = ["index"], list[Series]()
    for name, sight in drawn:
        series = {each: sight.figure.series(each) for each in sight.figure.wanted}
        if len(drawn) > 1:
            # Of scans over each other only the first counters are read.
            series = {each: points for each, points in series.items() if points.stop}
        if any(each.stride > 1 for each in series.values()):
            raise UsageError(f"too many points to write from here: use scantui values {sight.figure.key} --csv")
        header += [f"{name} {each}".strip() for each in series]
        columns += series.values()
    filled = [each for each in columns if each.stop]
    if not filled:
        raise UsageError(_NO_CURVES)
    start, stop = min(each.start for each in filled), max(each.stop for each in filled)
    return header, [[index, *(each.at(index) for each in columns)] for index in range(start, stop)]


def csv_text(header: Sequence[str], rows: Sequence[Sequence[float]]) -> str:
    """Return points as comma-separated values; a cell is empty where a stream has no point."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if value != value else repr(value) for value in row] for row in rows)
    return text.getvalue()
