"""The motors and counters of the simulated beamline: their metadata in info, and their values; pure.

Rule: use the names, keys and nesting of BLISS's own documents (protocol, section 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import msgspec

from scantui.publishing.run import PlannedStream

ValueAt = Callable[[int], float]

# Motor: its unit and its position at the start of a session.
MOTORS: dict[str, tuple[str, float]] = {
    "samx": ("mm", 0.0),
    "samy": ("mm", -1.25),
    "samz": ("mm", 14.2),
    "phi": ("deg", 45.0),
    "energy": ("keV", 7.112),
}
# Controller: its counters, with counts (or volts) per second at full signal, and the sample's share of the signal.
COUNTERS: dict[str, dict[str, tuple[float, float]]] = {
    "ct2_counters_controller": {"i0": (4.1e5, 0.0), "it": (1.6e5, -0.6), "fluo": (2.3e4, 0.92)},
    "keithley_counters_controller": {"diode": (0.37, 0.8)},
}
_TIMER = ("elapsed_time", "epoch")
# The counters that the users plot, and the streams that finished scans of the past go without.
PLOTTED = ("ct2_counters_controller:fluo", "ct2_counters_controller:it")
SPARED = ("timer:epoch", "keithley_counters_controller:diode")
MCA, SPECTRUM = "simu_mca", "simu_mca:spectrum_det0"
_CHANNELS = 1024
# What detectors see without beam.
_DARK = 0.002
# Fluorescence lines of a sample with iron: position and width in channels, counts per second at the top.
_LINES = ((160, 7.0, 90.0), (427, 8.0, 900.0), (471, 8.5, 160.0), (640, 10.0, 60.0))
# The device keys of BLISS hold object ids of its process.
_OBJECT_IDS = (0x7F2A_0000_0000, 0x7F2F_0000_0000, 16)


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """How a scan moves one motor; `channel` is the additional metadata of a scan with several dimensions."""

    motor: str
    start: float
    stop: float
    position_at: ValueAt
    channel: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return f"axis:{self.motor}"


def line(motor: str, start: float, stop: float, intervals: int) -> Sweep:
    """A sweep in equal steps, with one point more than intervals."""
    step = (stop - start) / intervals
    return Sweep(motor=motor, start=start, stop=stop, position_at=lambda index: start + step * index)


def peak(center: float, width: float) -> ValueAt:
    """A Gaussian, as in a sweep through the profile of a beam or a Bragg peak."""
    return lambda index: math.exp(-(((index - center) / width) ** 2) / 2)


def edge(center: float, width: float) -> ValueAt:
    """An absorption edge, with its white line and first oscillations."""

    def value_at(index: int) -> float:
        behind = (index - center) / width
        step = 0.5 + math.atan(behind * 2) / math.pi
        return 0.8 * step + 0.18 * math.exp(-((behind - 1) ** 2)) + 0.03 * step * math.sin(behind / 2)

    return value_at


def beam_lost(first: int, count: int) -> ValueAt:
    """The beam's intensity, from 0 to 1: lost for `count` points from the point `first` on, then it ramps up again."""
    ramp = 4

    def value_at(index: int) -> float:
        since = index - first - count
        if index < first or since >= ramp:
            return 1.0
        return (since + 1) / (ramp + 1) if since >= 0 else _DARK

    return value_at


def steady(_: int) -> float:
    """The intensity of a beam that stays."""
    return 1.0


def chain_info(random: Random, sweeps: Sequence[Sweep], points: int, has_spectra: bool = False) -> dict[str, Any]:
    """The keys devices, channels and acquisition_chain of a scan that moves these motors."""
    masters = ["axis", "timer"] if sweeps else ["timer"]
    keys = {name: _device_key(random, name) for name in (*masters, *COUNTERS)}
    axes = [sweep.name for sweep in sweeps]
    timers = [f"timer:{name}" for name in _TIMER]
    counters = {controller: [f"{controller}:{name}" for name in names] for controller, names in COUNTERS.items()}
    every_counter = [name for names in counters.values() for name in names]

    devices: dict[str, Any] = {}
    if sweeps:
        devices[keys["axis"]] = {"name": "axis", "triggered_devices": [keys["timer"]], "channels": axes}
    triggered = [keys[controller] for controller in COUNTERS]
    devices[keys["timer"]] = {"name": "timer", "triggered_devices": triggered, "channels": timers}
    for controller, full_names in counters.items():
        devices[keys[controller]] = {"name": controller, "channels": full_names}

    mca = _device_key(random, MCA)
    if has_spectra:
        devices[keys["timer"]]["triggered_devices"].append(mca)
        devices[mca] = {"name": MCA, "type": "mca", "channels": [SPECTRUM]}

    channels: dict[str, Any] = {}
    for sweep in sweeps:
        limits = {"start": sweep.start, "stop": sweep.stop, "points": points, **sweep.channel}
        unit = MOTORS[sweep.motor][0]
        channels[sweep.name] = {**limits, **_channel(keys["axis"], sweep.motor), "unit": unit, "decimals": 5}
    for name in _TIMER:
        channels[f"timer:{name}"] = {**_channel(keys["timer"], name), "unit": "s"}
    for controller, names in COUNTERS.items():
        for name in names:
            channels[f"{controller}:{name}"] = _channel(keys[controller], name)

    if has_spectra:
        channels[SPECTRUM] = {**_channel(mca, "spectrum_det0"), "dim": 1}
    slaves = [*timers, *every_counter] if sweeps else every_counter
    chain = {masters[0]: _chain(axes or timers, slaves, list(devices), [SPECTRUM] if has_spectra else [])}
    return {"devices": devices, "channels": channels, "acquisition_chain": chain}


def grouping_info(random: Random) -> dict[str, Any]:
    """The same keys for a sequence, whose only device is the one that groups its scans."""
    key, channels_key = _device_key(random, "GroupingMaster"), _device_key(random, "channels")
    return {
        "devices": {
            key: {"name": "GroupingMaster", "triggered_devices": [channels_key], "channels": ["SUBSCANS"]},
            channels_key: {"name": "channels", "channels": []},
        },
        "channels": {"SUBSCANS": {"group": "subscans", **_channel(key, "SUBSCANS")}},
        "acquisition_chain": {"GroupingMaster": _chain(["SUBSCANS"], [], [key, channels_key])},
    }


def _chain(mastered: list[str], scalars: list[str], devices: list[str], spectra: Sequence[str] = ()) -> dict[str, Any]:
    """A chain whose first device triggers all others."""
    master = {"scalars": mastered, "spectra": [], "images": []}
    others: dict[str, Any] = {"spectra": list(spectra), "images": []}
    return {"master": master, "scalars": scalars, **others, "top_master": devices[0], "devices": devices}


def _device_key(random: Random, name: str) -> str:
    return f"{random.randrange(*_OBJECT_IDS)}:{name}"


def _channel(device: str, name: str) -> dict[str, Any]:
    return {"device": device, "display_name": name, "dim": 0}


def with_metadata(devices: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The devices as published in the state PREPARED."""
    return {
        key: {**device, "metadata": {}} if device["name"] in (*COUNTERS, MCA) else dict(device)
        for key, device in devices.items()
    }


def positioners_info(moment: str, positions: Mapping[str, float]) -> dict[str, Any]:
    """The motors' positions at a moment ("start" or "end") of a scan."""
    rounded = {motor: round(position, 5) for motor, position in positions.items()}
    return {f"positioners_{moment}": rounded, f"positioners_dial_{moment}": rounded}


def streams_of(
    random: Random,
    sweeps: Sequence[Sweep],
    profile: ValueAt,
    start: float,
    count_time: float,
    interval: float,
    beam: ValueAt = steady,
) -> tuple[PlannedStream, ...]:
    """The scalar streams of a scan.

    `profile` is the response of the sample at each point and `beam` the intensity of the beam, both from 0 to 1.
    """
    streams = [PlannedStream(name=sweep.name, value_at=sweep.position_at) for sweep in sweeps]
    streams.append(PlannedStream(name="timer:elapsed_time", value_at=lambda index: index * interval))
    streams.append(PlannedStream(name="timer:epoch", value_at=lambda index: start + index * interval))
    for controller, names in COUNTERS.items():
        for name, (rate, share) in names.items():
            value_at = _counted(random.getrandbits(32), rate, share, profile, beam, count_time)
            streams.append(PlannedStream(name=f"{controller}:{name}", value_at=value_at))
    return tuple(streams)


def spectra_of(random: Random, count_time: float) -> PlannedStream:
    """A spectrum for each point: lines on a background that falls, with the noise of counting."""
    seed = random.getrandbits(32)
    expected = [
        count_time * (30 * math.exp(-channel / 300) + sum(top * _line(channel, at, wide) for at, wide, top in _LINES))
        for channel in range(_CHANNELS)
    ]

    def value_at(index: int) -> list[int]:
        noise = Random(seed << 20 | index)  # noqa: S311 - demonstration values, not secrets
        return [max(0, round(mean + noise.gauss(0.0, 1.0) * math.sqrt(mean))) for mean in expected]

    return PlannedStream(name=SPECTRUM, dtype="uint32", shape=(_CHANNELS,), value_at=value_at)


def _line(channel: int, position: float, width: float) -> float:
    return math.exp(-(((channel - position) / width) ** 2) / 2)


def _counted(seed: int, rate: float, share: float, profile: ValueAt, beam: ValueAt, count_time: float) -> ValueAt:
    """The values of a counter, with the noise of counting; a point always has the same value."""
    is_counts = rate > 1

    def value_at(index: int) -> float:
        seen = profile(index)
        signal = (1 - abs(share)) + abs(share) * (seen if share >= 0 else 1 - seen)
        scatter = Random(seed << 20 | index).gauss(0.0, 1.0)  # noqa: S311 - demonstration values, not secrets
        expected = rate * signal * beam(index) * (count_time if is_counts else 1.0)
        if is_counts:
            return float(max(0, round(expected + scatter * math.sqrt(expected + 1))))
        return expected * (1 + 0.004 * scatter)

    return value_at
