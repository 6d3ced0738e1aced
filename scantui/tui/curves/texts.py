"""What can be taken out of the curves: positions to copy, and points as csv; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scantui.curves.choice import PlotChoice
from scantui.curves.curve import Curve, pairs_of, point_at
from scantui.curves.shapes import shapes_of
from scantui.text import printable
from scantui.tui.dialogs.choice import Choice

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


def csv_text(header: Sequence[str], rows: Sequence[Sequence[float]]) -> str:
    """Return points as comma-separated values; a cell is empty where a stream has no point."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if value != value else repr(value) for value in row] for row in rows)
    return text.getvalue()
