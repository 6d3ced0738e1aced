"""The points of several streams as rows, while they come; pure.

Rule: a row waits until each stream has its point, but for no longer than the patience if it may be printed in parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scantui.points import Points

Row = tuple[int, Mapping[str, Any]]


class ArrivingRows:
    """Takes points of streams in any order, and gives rows in the order of their index; times are in seconds.

    `first` is the index of the first point. A value that comes after its row was given is in a row of its own.
    """

    def __init__(self, names: Iterable[str], first: int, patience: float = float("inf")) -> None:
        self._reached = dict.fromkeys(names, first)
        self._patience = patience
        self._rows: dict[int, dict[str, Any]] = {}
        self._came: dict[int, float] = {}

    def add(self, points: Points, now: float) -> None:
        """Take points that came."""
        for index, value in enumerate(points.tolist(), points.start):
            self._rows.setdefault(index, {})[points.name] = value
            self._came.setdefault(index, now)
        self._reached[points.name] = points.stop

    def give_up(self, name: str) -> None:
        """Wait no longer for a stream."""
        self._reached.pop(name, None)

    def due(self, now: float) -> list[Row]:
        """The rows that no longer wait for a stream, each once."""
        whole = min(self._reached.values(), default=0)
        return self._taken(index for index, came in self._came.items() if index < whole or now - came > self._patience)

    def rest(self) -> list[Row]:
        """All other rows, at the end of the scan."""
        return self._taken(self._came)

    def _taken(self, indices: Iterable[int]) -> list[Row]:
        wanted = sorted(indices)
        for index in wanted:
            del self._came[index]
        return [(index, self._rows.pop(index)) for index in wanted]
