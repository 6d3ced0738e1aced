"""Scans that a feed knew before it lost sight of the store, and that may not be as they were; pure.

Rule: one that is not listed any more is looked at soon, one that most likely is as it was now and then; newest first.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.feed.tracker import ScanTracker


class RecheckQueue:
    """Loaded scans to be checked: those that are missing, and closed ones, which older data would show open again."""

    def __init__(self) -> None:
        self._missing: list[str] = []
        self._closed: list[str] = []

    @property
    def are_urgent(self) -> bool:
        """Whether there are more to be checked than now and then."""
        return bool(self._missing)

    def fill(self, listed: Sequence[str], tracker: ScanTracker) -> None:
        """Start anew from what the store lists, oldest first, all of it."""
        self._missing = sorted(tracker.known.difference(listed))
        self._closed = sorted(tracker.settled.intersection(listed))

    def take_missing(self, most: int) -> list[str]:
        return _take_newest(self._missing, most)

    def take_closed(self, most: int) -> list[str]:
        return _take_newest(self._closed, most)


def _take_newest(keys: list[str], most: int) -> list[str]:
    taken = keys[: -most - 1 : -1]
    del keys[-most:]
    return taken
