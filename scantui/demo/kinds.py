"""The kinds of scan on the simulated beamline, with titles and metadata as BLISS writes them; pure.

Rule: a kind is one function that takes its random numbers from `random`, and an entry in both tables at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from scantui.demo import instrument
from scantui.demo.instrument import Sweep, ValueAt

# The share of loopscans during which the beam is lost.
_BEAM_LOSSES = 0.3


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """One measurement: its title, its own keys of info, and its course."""

    title: str
    count_time: float
    interval: float
    npoints: int
    info: dict[str, Any] = {}
    sweeps: tuple[Sweep, ...] = ()
    profile: ValueAt = lambda _: 0.5
    beam: ValueAt = instrument.steady
    has_spectra: bool = False
    returns: bool = False


def _text(*words: str | float) -> str:
    """A title as BLISS writes it: positions with five decimals, everything else unchanged."""
    return " ".join(f"{word:.5f}" if isinstance(word, float) else str(word) for word in words)


def _curve(x: str) -> dict[str, Any]:
    return {"plots": [{"kind": "curve-plot", "items": [{"kind": "curve", "x": x}]}]}


def _lines(*sweeps: Sweep) -> dict[str, Any]:
    starts = {"start": [sweep.start for sweep in sweeps], "stop": [sweep.stop for sweep in sweeps]}
    return {**_curve(sweeps[0].name), **starts}


def _ct(random: Random, positions: Mapping[str, float]) -> Recipe:
    return count(random.choice((0.5, 1, 2)))


def count(count_time: float) -> Recipe:
    """A count."""
    return Recipe(title=_text("ct", str(count_time), 1), count_time=count_time, interval=count_time, npoints=1)


def _loopscan(random: Random, positions: Mapping[str, float]) -> Recipe:
    points, count_time = random.choice(((30, 0.1), (20, 0.2), (50, 0.2)))
    beam = instrument.beam_lost(random.randint(8, 12), 5) if random.random() < _BEAM_LOSSES else instrument.steady
    return loop(points, count_time, beam)


def spectra_loop() -> Recipe:
    """A loopscan that takes a fluorescence spectrum at each point."""
    return msgspec.structs.replace(loop(20, 0.3), has_spectra=True)


def loop(points: int, count_time: float, beam: ValueAt = instrument.steady) -> Recipe:
    """A loopscan."""
    return Recipe(
        beam=beam,
        title=f"loopscan {points} {count_time}",
        count_time=count_time,
        interval=count_time * 1.1,
        npoints=points,
        info=_curve("timer:elapsed_time"),
    )


def _timescan(random: Random, positions: Mapping[str, float]) -> Recipe:
    count_time = random.choice((0.1, 0.2))
    return Recipe(
        beam=instrument.beam_lost(random.randint(8, 12), random.randint(3, 6)),
        title=f"timescan {count_time}",
        count_time=count_time,
        interval=count_time * 1.1,
        npoints=0,
        info=_curve("timer:elapsed_time"),
    )


def _ascan(random: Random, positions: Mapping[str, float]) -> Recipe:
    return edge_scan(random) if random.random() < 0.4 else _alignment(random)


def edge_scan(random: Random) -> Recipe:
    """A long ascan over the iron K edge."""
    intervals, center = 120, 32 + random.uniform(-0.4, 0.4)
    return _one_axis(instrument.line("energy", 7.08, 7.2, intervals), intervals, 0.2, instrument.edge(center, 4))


def _alignment(random: Random) -> Recipe:
    motor = random.choice(("samx", "samy", "samz"))
    intervals, count_time = random.choice(((20, 0.1), (40, 0.1), (50, 0.2)))
    middle, reach = instrument.MOTORS[motor][1], random.choice((0.2, 0.5, 1.0))
    sweep = instrument.line(motor, round(middle - reach, 3), round(middle + reach, 3), intervals)
    profile = instrument.peak(intervals * random.uniform(0.35, 0.65), intervals * random.uniform(0.08, 0.2))
    return _one_axis(sweep, intervals, count_time, profile)


def _one_axis(sweep: Sweep, intervals: int, count_time: float, profile: ValueAt) -> Recipe:
    return Recipe(
        title=_text("ascan", sweep.motor, sweep.start, sweep.stop, intervals, str(count_time)),
        count_time=count_time,
        interval=count_time + 0.08,
        npoints=intervals + 1,
        info=_lines(sweep),
        sweeps=(sweep,),
        profile=profile,
    )


def _dscan(random: Random, positions: Mapping[str, float]) -> Recipe:
    motor = random.choice(("phi", "samy", "samz"))
    reach, intervals, count_time = random.choice((0.1, 0.25, 0.5)), random.choice((20, 30)), 0.1
    here = positions[motor]
    sweep = instrument.line(motor, here - reach, here + reach, intervals)
    # BLISS gives a dscan the title of an ascan with relative positions.
    return Recipe(
        title=_text("ascan", motor, -reach, reach, intervals, str(count_time)),
        count_time=count_time,
        interval=count_time + 0.08,
        npoints=intervals + 1,
        info=_lines(sweep),
        sweeps=(sweep,),
        returns=True,
        profile=instrument.peak(intervals * random.uniform(0.4, 0.6), intervals * random.uniform(0.1, 0.25)),
    )


def _a2scan(random: Random, positions: Mapping[str, float]) -> Recipe:
    intervals, count_time = random.choice((30, 40)), 0.2
    sweeps = (instrument.line("samx", -0.5, 0.5, intervals), instrument.line("samz", 14.0, 14.4, intervals))
    words = [word for sweep in sweeps for word in (sweep.motor, sweep.start, sweep.stop)]
    return Recipe(
        title=_text("a2scan", *words, intervals, str(count_time)),
        count_time=count_time,
        interval=count_time + 0.1,
        npoints=intervals + 1,
        info=_lines(*sweeps),
        sweeps=sweeps,
        profile=instrument.peak(intervals * random.uniform(0.3, 0.7), intervals * 0.15),
    )


def _amesh(random: Random, positions: Mapping[str, float]) -> Recipe:
    return mesh(random, *random.choice(((10, 6, 0.1), (14, 9, 0.1), (11, 7, 0.2))))


def mesh(random: Random, fast: int, slow: int, count_time: float) -> Recipe:
    """A mesh of a number of intervals over a grain of the sample."""
    columns, rows = fast + 1, slow + 1
    sweeps = tuple(
        Sweep(
            motor=motor,
            start=start,
            stop=stop,
            position_at=position_at,
            channel={"axis_points": points, "axis_id": axis, "axis_kind": "forth", "group": "scatter"},
        )
        for axis, (motor, start, stop, points, position_at) in enumerate(
            (
                ("samy", -1.5, -1.0, columns, lambda index: -1.5 + 0.5 * (index % columns) / fast),
                ("samz", 14.0, 14.3, rows, lambda index: 14.0 + 0.3 * (index // columns) / slow),
            )
        )
    )
    across, down = instrument.peak(fast * random.uniform(0.3, 0.7), fast / 5), instrument.peak(slow / 2, slow / 4)
    first, second = sweeps
    words = (first.motor, first.start, first.stop, fast, second.motor, second.start, second.stop, slow)
    scatter = {"kind": "scatter", "x": first.name, "y": second.name}
    return Recipe(
        title=_text("amesh", *words, str(count_time)),
        count_time=count_time,
        interval=count_time + 0.06,
        npoints=columns * rows,
        sweeps=sweeps,
        profile=lambda index: across(index % columns) * down(index // columns),
        info={
            "data_dim": 2,
            "npoints1": columns,
            "npoints2": rows,
            "start": [first.start, second.start],
            "stop": [first.stop, second.stop],
            "plots": [{"kind": "scatter-plot", "items": [scatter]}],
        },
    )


RECIPES: dict[str, Callable[[Random, Mapping[str, float]], Recipe]] = {
    "ct": _ct,
    "ascan": _ascan,
    "dscan": _dscan,
    "a2scan": _a2scan,
    "loopscan": _loopscan,
    "timescan": _timescan,
    "amesh": _amesh,
}
# How often each kind is measured, in percent.
FREQUENCIES = {"ascan": 30, "dscan": 20, "ct": 15, "loopscan": 12, "a2scan": 8, "amesh": 8, "timescan": 7}
