"""The legend of a plot: for each counter its letter, name, last value and the features of its curve; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from scantui.curves.axes import number_text, place_text
from scantui.curves.curve import LETTERS, Curve, point_at
from scantui.curves.lines import Line, Piece, columns_of, cut, shown, width_of
from scantui.curves.shapes import NOTHING, Shapes
from scantui.text import printable
from scantui.words import moment

NOTE_ROLE = "note"
_LONGEST_NAME = 24
_NOTHING = "-"
_SPARED = ("cen", "com", "fwhm")


class LegendEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The legend of one curve, as texts."""

    letter: str
    role: str
    name: str
    last: str
    figures: tuple[tuple[str, str], ...] = ()
    features: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def curve_role(number: int) -> str:
    """Return the role of the curve with this number in a plot."""
    return f"curve{number}"


def legend_entry(
    curve: Curve, number: int, shapes: Shapes, x_span: float, is_x_time: bool, notes: Iterable[str], width: int = 0
) -> LegendEntry:
    """Return the legend of a curve. Positions are rounded for an x axis of extent `x_span`; `notes` come last.

    The last value takes `width` columns, or more if it needs them: what follows it stays where it is.
    """
    figures = ((name, value_text(value, curve.decimals)) for name, value in _extent(curve))

    def place(value: float | None) -> str:
        if value is None:
            return _NOTHING
        return time_text(value) if is_x_time else place_text(value, x_span)

    features: tuple[tuple[str, str], ...] = ()
    if shapes is not NOTHING:
        features = (
            ("peak", place(shapes.peak[0] if shapes.peak else None)),
            ("com", place(shapes.com)),
            ("cen", place(shapes.cen)),
            ("fwhm", _NOTHING if shapes.fwhm is None else place_text(shapes.fwhm, x_span)),
        )
    unit = f" {printable(curve.unit)}" if curve.unit else ""
    return LegendEntry(
        letter=LETTERS[number % len(LETTERS)],
        role=curve_role(number),
        name=printable(curve.label),
        last=last_text(curve).rjust(width) + unit,
        figures=tuple(figures),
        features=features,
        notes=(*_notes(curve), *notes),
    )


def _extent(curve: Curve) -> list[tuple[str, float]]:
    y = curve.y
    return [("min", y.least), ("max", y.greatest), ("mean", y.mean)] if y.least <= y.greatest else []


def _notes(curve: Curve) -> list[str]:
    y = curve.y
    counted = ((y.nans, "NaN"), (y.infinities, "inf"), (y.lost, "lost"))
    notes = [f"{count} {word}" for count, word in counted if count]
    return [*notes, *(["flat"] if y.is_flat and y.stop > 1 else []), *([curve.note] if curve.note else [])]


def last_text(curve: Curve) -> str:
    """Return the last value of a curve without its unit."""
    return value_text(curve.y.last, curve.decimals) if curve.y.stop else _NOTHING


def value_text(value: float, decimals: int | None = None) -> str:
    """Return a value with the decimals of its channel, or with five digits if those are unknown."""
    if decimals is None or not math.isfinite(value) or abs(value) >= 10**9:
        return number_text(value)
    return f"{value:.{decimals}f}"


def time_text(seconds: float) -> str:
    """Return the local clock time for seconds since 1970."""
    when = moment(round(seconds * 1000)) if abs(seconds) < 1e13 else None
    return when.strftime("%H:%M:%S") if when else number_text(seconds)


def short_legend(entries: Sequence[LegendEntry], columns: int, ascii_only: bool) -> Line:
    """Return all curves on one line: features for the first, value and notes for all.

    If the line is too long, features are left out in the order of _SPARED, and then what the same counter of other
    scans has in common with the first: their remarks say which scans they are.
    """
    line: Line = []
    for count in range(len(_SPARED) + 1):
        line = _one_line(entries, _SPARED[:count], ascii_only)
        if width_of(line) <= columns:
            return line
    same = [each for each in entries[1:] if each.notes and each.name == entries[0].name]
    return _one_line(entries, (*_SPARED, "peak"), ascii_only, same) if same else line


def _one_line(
    entries: Sequence[LegendEntry], spared: Sequence[str], ascii_only: bool, same: Sequence[LegendEntry] = ()
) -> Line:
    line: Line = []
    for entry in entries:
        features = [each for each in entry.features if each[0] not in spared] if not line else []
        gap = Piece(" " if not line else "  " if same else "    ")
        if entry in same:
            line += [gap, Piece(entry.letter, entry.role), *_remarks(entry, ascii_only)]
            continue
        last = Piece(f" {shown(entry.last, ascii_only)}")
        line += [gap, *_named(entry, ascii_only), last, *_figures(features), *_remarks(entry, ascii_only)]
    return line


def long_legend(entries: Sequence[LegendEntry], columns: int, ascii_only: bool) -> list[Line]:
    """Return a line for each curve, with the numbers aligned in columns.

    Where remarks would be cut off, numbers are left out, those of _SPARED first.
    """
    spared = (*_SPARED, "mean", "min")
    lines: list[Line] = []
    for count in range(len(spared) + 1):
        lines = _aligned(entries, spared[:count], ascii_only)
        has_room = all(width_of(line) <= columns for line, entry in zip(lines, entries, strict=True) if entry.notes)
        if has_room:
            break
    return lines


def _aligned(entries: Sequence[LegendEntry], spared: Sequence[str], ascii_only: bool) -> list[Line]:
    name_width = max((min(_LONGEST_NAME, columns_of(entry.name)) for entry in entries), default=0)
    last_width = max((columns_of(entry.last) for entry in entries), default=0)
    lines: list[Line] = []
    for entry in entries:
        head = _named(entry, ascii_only)
        taken = width_of(head)
        fill = " " * (2 + name_width - taken + 1 + last_width - columns_of(entry.last))
        line = [Piece(" "), *head, Piece(fill + shown(entry.last, ascii_only))]
        figures = [each for each in entry.figures if each[0] not in spared]
        features = [each for each in entry.features if each[0] not in spared]
        lines.append([*line, *_figures(figures, 10), *_figures(features, 9), *_remarks(entry, ascii_only)])
    return lines


def _named(entry: LegendEntry, ascii_only: bool) -> Line:
    return [Piece(f"{entry.letter} {cut(shown(entry.name, ascii_only), _LONGEST_NAME, ascii_only)}", entry.role)]


def _figures(figures: Iterable[tuple[str, str]], width: int = 0) -> Line:
    return [span for name, text in figures for span in (Piece(f"  {name} ", NOTE_ROLE), Piece(text.ljust(width)))]


def _remarks(entry: LegendEntry, ascii_only: bool) -> Line:
    return [Piece(f" ({shown(', '.join(entry.notes), ascii_only)})", NOTE_ROLE)] if entry.notes else []


def inspected(
    curves: Sequence[Curve], index: int, x_name: str, x_span: float, is_x_time: bool, ascii_only: bool
) -> Line:
    """Return the legend for an inspected point: its x and the value of each curve there."""
    if not curves:
        return []
    x = point_at(curves[0], index)[0]
    text = time_text(x) if is_x_time and math.isfinite(x) else place_text(x, x_span)
    line = [Piece(f" {shown(x_name, ascii_only)} {text}")]
    for number, curve in enumerate(curves):
        value = value_text(point_at(curve, index)[1], curve.decimals)
        name = cut(shown(curve.label, ascii_only), _LONGEST_NAME, ascii_only)
        line += [Piece(f"  {LETTERS[number % len(LETTERS)]} {name}", curve_role(number)), Piece(f" {value}")]
    return [*line, Piece(f"  (point {index})", NOTE_ROLE)]
