"""What the curves pane shows: the figure of one scan, curves of others over or behind it, and how to draw them.

Rule: pure, without a terminal. Messages of the worker go in, lines come out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import wrap

import msgspec
from textual.message import Message

from scantui.curves.choice import ELAPSED, EPOCH, INDEX, choose
from scantui.curves.curve import Curve, index_of_peak
from scantui.curves.curve_plot import PlotOptions
from scantui.curves.figure import Size
from scantui.curves.glyphs import BLOCKS, MarkSet
from scantui.curves.lines import Line, Piece, columns_of, cut, fitted, shown
from scantui.tui.curves.messages import CurvesProblem, ScanRead
from scantui.tui.curves.reader import CurvesWanted
from scantui.tui.curves.scan_sight import PROBLEM_ROLE, ScanSight
from scantui.words import counted

MOST_OVERLAID = 5
_MEASURE_SECONDS = 1.0
# Where there is little room, the figure comes first.
_LINES_A_REMARK = 5
# The x axes that mean the same in every scan.
_COMMON_AXES = (ELAPSED, EPOCH, INDEX)


def no_server(_: str) -> str:
    """The name of the only server, which need not be shown."""
    return ""


class CurveSight:
    """The scans that are drawn: that of the pane, others over it, and a curve kept behind.

    A scan that is asked for is `coming` until something of it was read; until then the one before is shown. `counters`
    are the names that the user chose last, `x` an x axis that the user chose. `server_of` names the server of a scan by
    its key, if there are several.
    """

    def __init__(
        self,
        marks: MarkSet = BLOCKS,
        colours: str = "many",
        counters: Sequence[str] = (),
        server_of: Callable[[str], str] = no_server,
    ) -> None:
        self.options = PlotOptions(marks=marks)
        self._server_of = server_of
        self.colours = colours
        self.counters: tuple[str, ...] = tuple(counters)
        self.x: str | None = None
        self.key = ""
        self.coming = ""
        self.overlaid: tuple[str, ...] = ()
        # How many scans should lie over the others, but for which there is no room.
        self.left_out = 0
        self.is_fixed = False
        self.kept: Curve | None = None
        self.kept_name = ""
        self.problem = ""
        self._waits = False
        self._counts = ""
        self._sights: dict[str, ScanSight] = {}
        self._measured_at = float("-inf")

    @property
    def sight(self) -> ScanSight | None:
        """The scan that is shown."""
        return self._sights.get(self.key)

    @property
    def wanted_key(self) -> str:
        """The scan that was asked for last."""
        return self.coming or self.key

    # What is read

    def show(self, key: str, waits: bool = False, overlaid: Sequence[str] | None = None) -> None:
        """Show another scan once its document was read, or with `waits` once it has a point.

        With `overlaid`, these scans lie over it, and the sight is fixed: it does not go on to other scans.
        """
        self.is_fixed, overlaid = overlaid is not None, overlaid or ()
        others = tuple(each for each in overlaid if each != key)
        self.overlaid = others[: MOST_OVERLAID - 1]
        self.left_out = len(others) - len(self.overlaid)
        self.coming, self._waits = ("" if key == self.key and self.sight else key), waits
        self.problem = ""

    def wanted(self) -> list[CurvesWanted]:
        """What the worker is to read, the scan that was asked for first."""
        keys = dict.fromkeys(filter(None, (self.coming, *self.overlaid, self.key)))
        open_ = [key for key in keys if (sight := self._sights.get(key)) is None or not sight.is_complete]
        return [self._wanted(key) for key in open_]

    def _wanted(self, key: str) -> CurvesWanted:
        sight = self._sights.get(key)
        since = sight.figure.reached() if sight else {}
        is_overlay = bool(self.overlaid)
        return CurvesWanted(key=key, counters=self.counters, x=self.x, since=since, first_only=is_overlay)

    def take_in(self, message: Message) -> None:
        """Take in a message of the worker."""
        key = message.scan.key if isinstance(message, ScanRead) else getattr(message, "key", "")
        sight = self._sights.get(key)
        if isinstance(message, ScanRead):
            if sight is None:
                sight = self._sights[key] = ScanSight(key, message.choice, message.scan.number)
            sight.read_again(message)
        elif sight is not None:
            begun = len(sight.figure.reached())
            sight.take_in(message)
            if len(sight.figure.reached()) > begun:
                self._measured_at = float("-inf")
        elif isinstance(message, CurvesProblem) and key == self.wanted_key:
            self.problem = message.problem
            if key == self.coming:
                self._come()
        if sight is not None and key == self.coming and self._has_come(sight):
            self._come()

    def _has_come(self, sight: ScanSight) -> bool:
        return not self._waits or sight.points > 0 or sight.is_complete or bool(sight.frames)

    def _come(self) -> None:
        self.key, self.coming = self.coming, ""
        self.options = msgspec.structs.replace(self.options, inspector=None)
        if self.x is not None and self.x not in _COMMON_AXES:
            self.x = None
        self._sights = {key: sight for key, sight in self._sights.items() if key in (self.key, *self.overlaid)}
        self._measured_at = float("-inf")

    # What the user wants

    def change(self, **options: object) -> None:
        """Draw otherwise: fields of PlotOptions."""
        self.options = msgspec.structs.replace(self.options, **options)
        self._measured_at = float("-inf")

    def choose_counters(self, names: Sequence[str]) -> None:
        """Draw these counters, by their full names, in this and in the next scans."""
        sight = self.sight
        if sight is not None:
            self.counters = tuple(sight.choice.channel(name).label for name in names)
            self._read_otherwise(sight)

    def next_counter(self, step: int) -> bool:
        """Draw the next counter as the first, and as many as before; False if there is no other."""
        sight = self.sight
        drawable = [*sight.choice.candidates, *sight.choice.spectra] if sight else []
        if sight is None or len(drawable) < 2 or sight.choice.kind == "values":
            return False
        place = drawable.index(sight.first) if sight.first in drawable else -1
        count = 1 if sight.choice.kind != "curve" or self.overlaid else len(sight.choice.counters)
        start = (place + step) % len(drawable)
        self.choose_counters([drawable[(start + index) % len(drawable)] for index in range(min(count, len(drawable)))])
        return True

    def next_axis(self) -> str:
        """Draw over the next x axis; returns its label."""
        sight = self.sight
        if sight is None:
            return ""
        choice = sight.choice
        axes: list[str | None] = [*choice.x_candidates]
        if choice.kind == "mesh" or choice.channel(choice.x).axis_points:
            axes.insert(0, None)  # the map
        here = self.x if self.x in axes or None in axes else choice.x
        self.x = axes[(axes.index(here) + 1) % len(axes)] if here in axes else axes[0]
        self._read_otherwise(sight)
        return "map" if self.x is None else choice.channel(self.x).label

    def _read_otherwise(self, sight: ScanSight) -> None:
        if sight.scan is not None and not self.is_fixed:
            # At once, so that the next key goes on from there.
            sight.draw_otherwise(choose(sight.scan.info, sight.scan.streams, self.counters, self.x))
        sight.forget_samples()
        sight.is_complete = False
        self.change(inspector=None)

    def inspect(self, step: int, columns: int) -> bool:
        """Move the inspector by a step, which is a point or, in long scans, about a column; False without a curve."""
        curve = self.first_curve()
        if curve is None or not curve.y.stop:
            return False
        last = curve.y.stop - 1
        here = self.options.inspector
        size = max(1, (curve.y.stop - curve.y.start) // max(1, columns))
        place = last if here is None else here + step * size
        self.change(inspector=min(last, max(curve.y.start, place)))
        return True

    def inspect_peak(self) -> bool:
        """Move the inspector to the peak of the first curve, or away if it is there; False without a peak."""
        curve = self.first_curve()
        peak = None if curve is None else index_of_peak(curve)
        if peak is None:
            return False
        self.change(inspector=None if self.options.inspector == peak else peak)
        return True

    def first_curve(self) -> Curve | None:
        """The first curve that is drawn; None if the figure is not one of curves."""
        sight = self.sight
        if sight is None or sight.choice.kind != "curve" or not sight.first:
            return None
        return sight.figure.curve(sight.first)

    def keep_behind(self) -> str:
        """Keep the first curve behind the next scans, or no longer; returns a sentence about it."""
        curve, sight = self.first_curve(), self.sight
        if self.kept is not None and (curve is None or self.kept.key == curve.key):
            self.kept = None
            return "No curve is kept behind"
        if curve is None or sight is None or not curve.y.stop:
            return "No curve to keep"
        self.kept, self.kept_name = msgspec.structs.replace(curve, is_behind=True), self._short_name(sight)
        self.change()
        return f"Keeping {curve.label} of scan {self.kept_name} behind the next scans"

    def _short_name(self, sight: ScanSight) -> str:
        """The number of a scan, and its server if there are several."""
        return f"{sight.number} {self._server_of(sight.figure.key)}".rstrip()

    # What is drawn

    def others(self) -> list[Curve]:
        """The curves of other scans: those laid over, then the one kept behind."""
        sight = self.sight
        if sight is None or sight.choice.kind != "curve":
            return []
        curves = [other.figure.curve(other.first, f"scan {name}") for name, other in self.drawn()[1:]]
        if self.kept is not None and self.kept.key not in [each.key for each in (*sight.figure.curves(), *curves)]:
            curves.append(self.kept)
        return curves

    def draw(self, name_of: Callable[[str], str], size: Size, now: float) -> list[Line]:
        """The lines of the pane; `name_of` gives the state, number and title of a scan, `now` is a time in seconds."""
        sight, marks = self.sight, self.options.marks
        if sight is None:
            text = self.problem or ("reading …" if self.coming else "no scan")
            line = [Piece(f" {shown(text, marks.ascii_only)}", PROBLEM_ROLE if self.problem else "note")]
            blank: Line = [Piece(" " * size.columns)]
            return [fitted(line, size.columns, marks.ascii_only), *[blank] * (size.lines - 1)][: size.lines]
        others = self.others()
        if now - self._measured_at >= _MEASURE_SECONDS:
            # Numbers that change cost more bytes than a curve that grows.
            self._measured_at = now
            sight.figure.measure(self.options, others)
            self._counts = self._counted(sight)
        name = cut(name_of(self.key), max(8, size.columns - columns_of(self._counts) - 2), marks.ascii_only)
        title = name + self._counts
        between = self._remarks(sight, size)
        room = Size(size.columns, max(1, size.lines - len(between)))
        lines = sight.figure.draw(title, room, self.options, self.colours, others)
        return [*lines[:1], *between, *lines[1:]]

    def _remarks(self, sight: ScanSight, size: Size) -> list[Line]:
        """The lines between the title and the figure; a long sentence, with the path of a file say, takes several."""
        if size.is_small:
            return []
        ascii_only = self.options.marks.ascii_only
        problem = [Piece(self.problem, PROBLEM_ROLE)] if self.problem else []
        lines = [
            fitted([Piece(f" {part}", role)], size.columns, ascii_only)
            for text, role, _ in [*problem, *sight.remarks()]
            for part in wrap(shown(text, ascii_only), size.columns - 2)
        ]
        return lines[: size.lines // _LINES_A_REMARK]

    def _counted(self, sight: ScanSight) -> str:
        """The end of the title: how many points there are, and how many of the counters are drawn."""
        choice, marks = sight.choice, self.options.marks
        points = f"{sight.points}/{choice.npoints} points" if choice.npoints else counted(sight.points, "point")
        drawable = len(choice.candidates) + len(choice.spectra)
        parts = ["", points if drawable else "no counters"]
        if choice.kind != "values" and drawable > len(choice.counters):
            parts.append(f"{len(choice.counters)} of {drawable} counters (o)")
        if self.left_out:
            parts.append(f"{MOST_OVERLAID} of {MOST_OVERLAID + self.left_out} marked")
        if self.kept is not None:
            parts.append(f"behind: {self.kept_name}")
        return marks.between.join(parts)

    def drawn(self) -> list[tuple[str, ScanSight]]:
        """The scans that are drawn, that of the pane first, each with its number, and its server if there are several.

        Without others over it, the scan of the pane needs no name.
        """
        over = [other for key in self.overlaid if (other := self._sights.get(key)) is not None and other.first]
        sights = [*([self.sight] if self.sight else []), *over]
        return [(self._short_name(each) if over else "", each) for each in sights]
