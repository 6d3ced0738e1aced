"""What the worker of the curves posts to their pane; by `generation`, what came late is recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message

from scantui.curves.choice import PlotChoice
from scantui.curves.series import Numbers
from scantui.models import Scan
from scantui.points import FrameStatus, Points


@dataclass(eq=False, repr=False)
class ScanRead(Message):
    """The document of a scan was read: what is to be drawn of it."""

    generation: int
    scan: Scan
    choice: PlotChoice


@dataclass(eq=False, repr=False)
class PointsCame(Message):
    """Points of some streams of one scan; those `from_file` are all of them, in place of what Redis still had."""

    generation: int
    key: str
    points: Sequence[Points]
    from_file: str = ""


@dataclass(eq=False, repr=False)
class SamplesCame(Message):
    """One point of each `step` of a long stream, from the first on."""

    generation: int
    key: str
    name: str
    numbers: Numbers
    step: int


@dataclass(eq=False, repr=False)
class FramesCame(Message):
    """How far a detector is."""

    generation: int
    key: str
    name: str
    status: FrameStatus


@dataclass(eq=False, repr=False)
class SpectrumCame(Message):
    """The last spectrum of a stream, the point with the index `points.start`."""

    generation: int
    key: str
    points: Points


@dataclass(eq=False, repr=False)
class CurvesProblem(Message):
    """A sentence on why a scan, or one of its streams, cannot be shown."""

    generation: int
    key: str
    problem: str
    name: str = ""


@dataclass(eq=False, repr=False)
class CurvesComplete(Message):
    """Everything of a scan was read, and nothing more will come."""

    generation: int
    key: str
