"""What was read of one scan for its curves; pure."""

from __future__ import annotations

from textual.message import Message

from scantui.curves.choice import PlotChoice
from scantui.curves.lines import Piece
from scantui.curves.scan_figure import ScanFigure
from scantui.curves.series import numbers_of
from scantui.models import Scan, ScanState
from scantui.tui.curves.messages import (
    CurvesComplete,
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)

PROBLEM_ROLE = "problem"
_MOST_REMARKS = 3


class ScanSight:
    """What was read of one scan."""

    def __init__(self, key: str, choice: PlotChoice, number: int) -> None:
        self.figure = ScanFigure(key, choice)
        self.number = number
        self.spectra = 0
        self.scan: Scan | None = None
        self.is_complete = False
        self.file = ""
        self.frames: dict[str, str] = {}
        self.problems: dict[str, str] = {}

    @property
    def choice(self) -> PlotChoice:
        return self.figure.choice

    @property
    def points(self) -> int:
        """How many points were read."""
        return max([self.spectra, *self.figure.reached().values()])

    @property
    def first(self) -> str:
        """The name of the first counter, "" if there is none."""
        return next(iter(self.choice.counters), "")

    def read_again(self, message: ScanRead) -> None:
        """Take in the document of the scan."""
        self.scan = message.scan
        self.draw_otherwise(message.choice)
        self.figure.is_open = message.scan.state < ScanState.CLOSED
        self.problems.clear()

    def draw_otherwise(self, choice: PlotChoice) -> None:
        """Draw other counters, or over another axis."""
        if self.choice.counters != choice.counters:
            self.spectra = 0
        self.figure.choice = choice

    def take_in(self, message: Message) -> None:
        """Take in what a look brought."""
        figure = self.figure
        if isinstance(message, PointsCame):
            if message.from_file:
                self.file = message.from_file
            for points in message.points:
                if message.from_file:
                    figure.forget(points.name)
                series = figure.series(points.name)
                if not points.lost:
                    # The newest points may come first.
                    series.begin_at(points.start)
                series.add_points(points)
        elif isinstance(message, SamplesCame):
            figure.forget(message.name)
            figure.series(message.name).add_samples(message.numbers, message.step)
        elif isinstance(message, SpectrumCame):
            points, spectra = message.points, self.choice.spectra
            self.spectra = points.stop
            index = spectra.index(points.name) if points.name in spectra else 0
            figure.show_spectrum(points.name, numbers_of(points.values, points.dtype), index, len(spectra))
        elif isinstance(message, FramesCame):
            status = message.status
            saved = "" if status.saved is None else f", saved {status.saved}"
            file = f", file {status.files[-1]}" if status.files else ""
            label = self.choice.channel(message.name).label
            self.frames[message.name] = f"{label}: frames {status.count}{saved}{file}"
        elif isinstance(message, CurvesProblem):
            label = f"{self.choice.channel(message.name).label}: " if message.name else ""
            self.problems[message.name] = f"{label}{message.problem}"
        elif isinstance(message, CurvesComplete):
            self.is_complete = True

    def forget_samples(self) -> None:
        """Drop all points if some are samples: other streams would be sampled otherwise."""
        if any(self.figure.series(name).sampled > 1 for name in self.figure.reached()):
            self.figure = ScanFigure(self.figure.key, self.choice, self.figure.is_open)

    def remarks(self) -> list[Piece]:
        """What stands between the title and the figure, what went wrong first."""
        file = [f"points from {self.file}"] if self.file else []
        problems = [Piece(text, PROBLEM_ROLE) for text in self.problems.values()]
        return (problems + [Piece(text) for text in (*file, *self.frames.values())])[:_MOST_REMARKS]
