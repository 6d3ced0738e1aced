"""The figure of a scan for the commands: what to draw of it, and its points from Redis or from its file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.curves.choice import INDEX, MOST_COUNTERS, PlotChoice, channels_of, choose, named
from scantui.curves.scan_figure import ScanFigure
from scantui.exceptions import StreamError, UsageError
from scantui.models import Scan
from scantui.past import FoundPoints, find_last_point, find_points
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_INDEX_NAME = "index"


def choice_of(scan: Scan, counters: Sequence[str] = (), x: str | None = None) -> PlotChoice:
    """Choose what to draw of a scan: these counters over this x axis, each by its full or display name.

    Raises UsageError for a name that no stream or that several streams have, and for what cannot be drawn.
    """
    channels = channels_of(scan.info, scan.streams)
    names = list(dict.fromkeys(named(counter, channels) for counter in counters))
    if len(names) > MOST_COUNTERS:
        raise UsageError(f"give at most {MOST_COUNTERS} counters")
    for name in names:
        if channels[name].dim < 2 and not channels[name].is_numeric:
            raise UsageError(f"{printable(name)} holds no numbers: scantui values prints it")
    axis = None
    if x is not None:
        axis = INDEX if x == _INDEX_NAME and x not in channels else named(x, channels)
        if axis != INDEX and (channels[axis].dim or not channels[axis].is_numeric):
            raise UsageError(f"{printable(axis)} does not have one number per point: choose another x axis")
    choice = choose(scan.info, scan.streams, names, axis)
    if not names:
        return choice
    if channels[names[0]].dim:
        is_spectrum = channels[names[0]].dim == 1
        images = () if is_spectrum else tuple(name for name in names if channels[name].dim > 1)
        drawn = tuple(names[:1]) if is_spectrum else ()
        return msgspec.structs.replace(
            choice, kind="spectrum" if is_spectrum else "values", counters=drawn, images=images
        )
    scalars = tuple(name for name in names if not channels[name].dim)
    return msgspec.structs.replace(choice, counters=scalars, images=())


async def fill_figure(store: AsyncDataStore, scan: Scan, figure: ScanFigure) -> list[str]:
    """Read the points that a figure needs, and return remarks: where they came from, why some are missing."""
    if figure.choice.kind == "spectrum":
        return await _fill_spectrum(store, scan, figure)
    remarks = []
    for name in figure.wanted:
        if name not in scan.streams:
            continue
        try:
            found = await find_points(store, scan, name)
        except StreamError as error:
            remarks.append(str(error))
            continue
        series = figure.series(name)
        series.lose(found.points.start)
        series.add_points(found.points)
        remarks += remarks_on(found)
    return list(dict.fromkeys(remarks))


def remarks_on(found: FoundPoints) -> list[str]:
    """Return where points were found, unless in Redis, or why some are missing."""
    return [found.problem] if found.problem else [f"points from {printable(found.file)}"] if found.file else []


async def _fill_spectrum(store: AsyncDataStore, scan: Scan, figure: ScanFigure) -> list[str]:
    name = figure.choice.counters[0]
    if name not in scan.streams:
        return []
    try:
        found = await find_last_point(store, scan, name)
    except StreamError as error:
        return [str(error)]
    if len(found.points):
        show_spectrum(figure, found.points.tolist()[-1], name, found.points.stop)
    return remarks_on(found)


def show_spectrum(figure: ScanFigure, spectrum: Iterable[complex], name: str, count: int) -> None:
    """Show the last of `count` spectra; a complex number is shown by its magnitude."""
    numbers = [abs(number) if isinstance(number, complex) else float(number) for number in spectrum]
    figure.show_spectrum(name, numbers, count - 1, count)


async def frames_remark(store: AsyncDataStore, scan: Scan, name: str) -> str:
    """How many frames a detector has taken and saved, and the last of its files."""
    label = printable(name)
    if name not in scan.streams:
        return f"{label}  no frames yet"
    try:
        status = await store.get_frame_status(scan, name)
    except StreamError as error:
        return str(error)
    parts = [f"frames {status.count}"]
    parts += [f"saved {status.saved}"] if status.saved is not None else []
    parts += [f"file {printable(status.files[-1])}"] if status.files else []
    return f"{label}  {', '.join(parts)}"
