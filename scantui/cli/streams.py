"""How a command names the data streams of a scan: in full, or by the names that BLISS displays."""

from __future__ import annotations

from collections.abc import Sequence

from scantui.curves.choice import channels_of, named
from scantui.models import Scan, StreamInfo


def streams_named(scan: Scan, names: Sequence[str]) -> list[StreamInfo]:
    """The streams of these names, in the order given; without names those with one number a point, in the document's.

    Raises UsageError for a name that no stream has, and for a displayed name that several have.
    """
    if not names:
        return [stream for stream in scan.streams.values() if stream.is_scalar]
    channels = channels_of(scan.info, scan.streams)
    return [scan.streams[name] for name in dict.fromkeys(named(each, channels) for each in names)]
