"""How a command names the data streams of a scan: in full, or by the names that BLISS displays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scantui.exceptions import UsageError
from scantui.models import Scan, StreamInfo
from scantui.text import hint


def streams_named(scan: Scan, names: Sequence[str]) -> list[StreamInfo]:
    """The streams of these names, in the order given; without names those with one number a point, in the document's.

    Raises UsageError for a name that no stream has, and for a displayed name that several have.
    """
    if not names:
        return [stream for stream in scan.streams.values() if stream.kind == "numeric" and stream.shape == ()]
    return list({stream.name: stream for stream in (_stream_named(scan, name) for name in names)}.values())


def displayed_name(scan: Scan, name: str) -> str:
    """What BLISS calls a stream on a plot; the full name where the document has no other."""
    channels = scan.info.get("channels")
    channel = channels.get(name) if isinstance(channels, Mapping) else None
    displayed = channel.get("display_name") if isinstance(channel, Mapping) else None
    return displayed if isinstance(displayed, str) and displayed else name


def _stream_named(scan: Scan, name: str) -> StreamInfo:
    if name in scan.streams:
        return scan.streams[name]
    found = [stream for stream in scan.streams.values() if displayed_name(scan, stream.name) == name]
    if not found:
        # A counter is mostly known by the last part of its full name.
        found = [stream for stream in scan.streams.values() if stream.name.rpartition(":")[2] == name]
    if len(found) > 1:
        full = ", ".join(stream.name for stream in found)
        raise UsageError(f"{len(found)} counters are called {name}: give one of {full}")
    if not found:
        raise UsageError(f"the scan has no counter {name}: {hint(name, scan.streams)}")
    return found[0]
