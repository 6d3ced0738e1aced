"""The last values of counters that rules watch, in the scans that run.

Rule: a scan's document is read once, and then the last entry of each stream that a rule names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scantui.alerts.conditions import ValueCondition
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.models import StreamInfo
from scantui.points import Points
from scantui.store.operations.looks import PointsWanted

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


class CounterValues:
    """Reads counters, and remembers which streams of a scan they are."""

    def __init__(self) -> None:
        self._streams: dict[str, list[StreamInfo]] = {}

    async def read(
        self, store: AsyncDataStore, keys: Sequence[str], conditions: Sequence[ValueCondition]
    ) -> dict[str, tuple[float, str]]:
        """The last value of each counter that a condition names, and the key of its scan, the last of `keys` with it.

        Raises ConnectionFailed; a counter that cannot be read is left out.
        """
        values: dict[str, tuple[float, str]] = {}
        for key in keys:
            for stream in await self._streams_of(store, key):
                if not any(condition.names(stream.name) for condition in conditions):
                    continue
                (seen,) = await store.monitoring.look_at_points([PointsWanted(stream=stream, is_last=True)])
                if isinstance(seen.points, Points) and len(seen.points):
                    values[stream.name] = complex(seen.points.tolist()[-1]).real, key
        return values

    def forget_others(self, keys: Sequence[str]) -> None:
        """Remember only these scans."""
        self._streams = {key: self._streams[key] for key in keys if key in self._streams}

    async def _streams_of(self, store: AsyncDataStore, key: str) -> list[StreamInfo]:
        """The scan's streams of single numbers."""
        if key not in self._streams:
            try:
                scan = await store.load_scan(key)
            except ConnectionFailed:
                raise
            except StoreError:
                return []
            numbers = [each for each in scan.streams.values() if each.is_scalar]
            self._streams[key] = numbers
        return self._streams[key]
