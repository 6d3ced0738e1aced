"""Chooses what to draw of a scan: the kind of plot, the x axis and the counters; pure.

Rule: any program may have written the info of a scan. Every key is optional, any value may have any type, and
nothing in it may raise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from scantui.exceptions import UsageError
from scantui.models import StreamInfo
from scantui.text import hint, printable

PlotKind = Literal["curve", "mesh", "spectrum", "values"]

INDEX = ""
ELAPSED, EPOCH = "timer:elapsed_time", "timer:epoch"
MOST_COUNTERS = 5
# How many counters are drawn if neither the user nor the session chose any.
_UNASKED = 2
_FEWEST_TO_DRAW = 3
_NUMERIC = frozenset("biufc")
_LONGEST_UNIT = 20
_MOST_DECIMALS = 9


class ChannelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One stream: its name and unit for display, its range if it is an axis, and the dimension of its points.

    `label` is the display name, or the full name if two streams have the same display name. `dim` is 0 for scalars, 1
    for spectra, 2 for images. `axis_points` is the number of points along an axis of a mesh; `axis_id` is 0 for the
    fast axis. `displayed` is the display name even if two streams have it.
    """

    name: str
    label: str
    displayed: str = ""
    unit: str = ""
    decimals: int | None = None
    start: float | None = None
    stop: float | None = None
    dim: int = 0
    axis_points: int | None = None
    axis_id: int | None = None
    is_numeric: bool = True

    @property
    def is_time(self) -> bool:
        """Whether the values are seconds since 1970."""
        return self._is_called("epoch")

    @property
    def is_timer(self) -> bool:
        return self.name.startswith("timer:") or self._is_called("elapsed_time", "epoch")

    @property
    def is_axis(self) -> bool:
        return self.name.startswith("axis:")

    def _is_called(self, *names: str) -> bool:
        # Two streams of the same name are labelled in full.
        return not {self.label, self.displayed, _tail(self.name)}.isdisjoint(names)


class PlotChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What to draw of a scan, by the full names of its streams; `x` is INDEX for the number of the point.

    `counters` are drawn, the first as a; `candidates` are all scalars that could be. `y` is the second axis of a mesh.
    `spectra` and `images` are the streams of such points. `x_range` holds the limits that x will have, None if they
    are unknown. `npoints` is 0 for an endless scan, None if it is unknown.
    """

    kind: PlotKind
    x: str
    y: str = INDEX
    counters: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    x_candidates: tuple[str, ...] = ()
    spectra: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    x_range: tuple[float, float] | None = None
    npoints: int | None = None
    channels: dict[str, ChannelInfo] = {}

    def channel(self, name: str) -> ChannelInfo:
        """Return the channel of a stream, or one that describes the index."""
        return self.channels.get(name) or ChannelInfo(name=name, label=name or "index")


def choose(
    info: Mapping[str, Any], streams: Mapping[str, StreamInfo], wanted: Sequence[str] = (), x: str | None = None
) -> PlotChoice:
    """Choose what to draw of a scan; as long as it has no streams, by the channels in its info.

    `wanted` are the display or full names that the user chose last; names that the scan lacks are ignored. `x` is the
    full name of another x axis, or INDEX.
    """
    channels = channels_of(info, streams)
    plot = _first_plot(info)
    item = _first_object(plot.get("items"))
    axes = [name for name, channel in channels.items() if channel.is_axis]
    x_candidates = _known((item.get("x"), *axes, ELAPSED, EPOCH), channels)
    chosen_x = x if x is not None and (x == INDEX or x in channels) else next(iter(x_candidates), INDEX)
    no_counters = {chosen_x, item.get("x") if isinstance(item.get("x"), str) else INDEX, *axes}
    in_order = _known((*_chained(info), *channels), channels)
    usable = [name for name in in_order if name not in no_counters and not channels[name].is_timer]
    scalars = [name for name in usable if channels[name].dim == 0 and channels[name].is_numeric]
    spectra = [name for name in usable if channels[name].dim == 1 and channels[name].is_numeric]
    images = [name for name in usable if channels[name].dim >= 2]
    npoints = _natural(info.get("npoints"))
    drawable = (*scalars, *spectra)
    asked = _matching(wanted, drawable, channels) or _matching(_promoted(info), drawable, channels)
    counters = [name for name in asked if name in scalars] or scalars[:_UNASKED]
    mesh = _mesh_axes(plot, item, axes, channels)
    kind: PlotKind = "curve"
    if asked and asked[0] in spectra:
        kind, counters = "spectrum", asked[:1]
    elif not asked and spectra and (plot.get("kind") == "1d-plot" or not scalars):
        kind, counters = "spectrum", spectra[:1]
    elif not counters or info.get("type") == "ct" or (npoints is not None and 0 < npoints < _FEWEST_TO_DRAW):
        kind, counters = "values", list(dict.fromkeys((*(name for name in asked if name in scalars), *scalars)))
    elif mesh and x is None:
        kind = "mesh"
    return PlotChoice(
        kind=kind,
        x=mesh[0] if kind == "mesh" and mesh else chosen_x,
        y=mesh[1] if kind == "mesh" and mesh else INDEX,
        counters=tuple(counters if kind == "values" else counters[:MOST_COUNTERS]),
        candidates=tuple(scalars),
        x_candidates=(*x_candidates, INDEX),
        spectra=tuple(spectra),
        images=tuple(images),
        x_range=_range(chosen_x, channels, npoints),
        npoints=npoints,
        channels=channels,
    )


def channels_of(info: Mapping[str, Any], streams: Mapping[str, StreamInfo]) -> dict[str, ChannelInfo]:
    """Return the channel of each stream by its full name; without streams, all channels in info."""
    described = _object(info.get("channels"))
    names = [name for name in (streams or described) if isinstance(name, str) and name]
    labels = {name: _text(_object(described.get(name)).get("display_name")) or _tail(name) for name in names}
    bearers = Counter(labels.values())
    return {
        name: _channel((name, label), label if bearers[label] == 1 else name, described.get(name), streams.get(name))
        for name, label in labels.items()
    }


def named(query: str, channels: Mapping[str, ChannelInfo]) -> str:
    """Return the full name of the stream with this full or display name, or else with this last part of its full name.

    Raises UsageError if no stream has the name, or if several have it; the message lists them.
    """
    if query in channels:
        return query
    found = [name for name, channel in channels.items() if query == channel.displayed]
    found = found or [name for name in channels if query == _tail(name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(printable(name) for name in found)
        raise UsageError(f"{len(found)} counters are called {printable(query)}: give one of {names}")
    labels = [printable(channel.label) for channel in channels.values()]
    raise UsageError(f"the scan has no counter {printable(query)}: {hint(query, labels) if labels else 'it has none'}")


def _channel(names: tuple[str, str], label: str, raw: object, stream: StreamInfo | None) -> ChannelInfo:
    """The channel with this full and display name."""
    described = _object(raw)
    dim = _natural(described.get("dim")) or 0
    is_numeric = True
    if stream is not None:
        dim = len(stream.shape)
        is_numeric = stream.kind == "numeric" and stream.dtype[1:2] in _NUMERIC and not stream.detector
        if stream.detector or (not is_numeric and (_natural(described.get("dim")) or 0) >= 2):
            # The stream of a detector holds how many frames there are.
            dim = 2
    decimals = _natural(described.get("decimals"))
    axis_points = _natural(described.get("axis_points"))
    return ChannelInfo(
        name=names[0],
        label=label,
        displayed=names[1],
        unit=(_text(described.get("unit")) or "")[:_LONGEST_UNIT],
        decimals=None if decimals is None else min(decimals, _MOST_DECIMALS),
        start=_number(described.get("start")),
        stop=_number(described.get("stop")),
        dim=dim,
        axis_points=axis_points or None,
        axis_id=_natural(described.get("axis_id")),
        is_numeric=is_numeric,
    )


def _range(x: str, channels: Mapping[str, ChannelInfo], npoints: int | None) -> tuple[float, float] | None:
    if x == INDEX:
        return (0.0, float(npoints - 1)) if npoints and npoints > 1 else None
    channel = channels[x]
    if channel.start is None or channel.stop is None or channel.start == channel.stop:
        return None
    return (min(channel.start, channel.stop), max(channel.start, channel.stop))


def _mesh_axes(
    plot: Mapping[str, Any], item: Mapping[str, Any], axes: Sequence[str], channels: Mapping[str, ChannelInfo]
) -> tuple[str, str] | None:
    if plot.get("kind") != "scatter-plot":
        return None
    both = _known((item.get("x"), item.get("y"), *axes), channels)[:2]
    return (both[0], both[1]) if len(both) == 2 and all(channels[name].axis_points for name in both) else None


def _matching(wanted: Iterable[object], names: Sequence[str], channels: Mapping[str, ChannelInfo]) -> list[str]:
    """The names that are wanted, by full or display name, in the wanted order."""
    bearers: dict[object, list[str]] = {}
    for name in names:
        for word in {name, channels[name].label, _tail(name)}:
            bearers.setdefault(word, []).append(name)
    found = [name for want in wanted if isinstance(want, str) for name in bearers.get(want, ())]
    return list(dict.fromkeys(found))


def _promoted(info: Mapping[str, Any]) -> Iterator[object]:
    """The counters that the session chose to plot."""
    extra = _object(info.get("display_extra"))
    for source in (extra.get("plotselect"), extra.get("displayed_channels"), info.get("displayed_channels")):
        if isinstance(source, list) and source:
            yield from source
            return


def _chained(info: Mapping[str, Any]) -> Iterator[object]:
    """The names in the acquisition chain, in its order."""
    for chain in _object(info.get("acquisition_chain")).values():
        for part in (_object(_object(chain).get("master")), _object(chain)):
            for key in ("scalars", "spectra", "images"):
                names = part.get(key)
                yield from names if isinstance(names, list) else ()


def _known(names: Iterable[object], channels: Mapping[str, ChannelInfo]) -> list[str]:
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name in channels))


def _first_plot(info: Mapping[str, Any]) -> Mapping[str, Any]:
    return _first_object(info.get("plots"))


def _first_object(value: object) -> Mapping[str, Any]:
    return _object(value[0]) if isinstance(value, list) and value else {}


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _natural(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _tail(name: str) -> str:
    return name.rpartition(":")[2] or name
