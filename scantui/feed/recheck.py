"""Scans that a feed knew before it lost the store, and that may have changed since; pure.

Rule: one that is not listed any more is checked soon, one that most likely did not change now and then; newest first.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.feed.tracker import ScanTracker


class RecheckQueue:
    """Loaded scans to be checked: missing ones, and closed ones, which are open again if the server has older data."""

    def __init__(self) -> None:
        self._missing: list[str] = []
        self._closed: list[str] = []

    @property
    def are_urgent(self) -> bool:
        """Whether some are to be checked soon."""
        return bool(self._missing)

    def fill(self, listed: Sequence[str], tracker: ScanTracker) -> None:
        """Start anew from what the store lists, oldest first, all of it."""
        self._missing = sorted(set(tracker.known).difference(listed))
        self._closed = sorted(tracker.settled.intersection(listed))

    def take_missing(self, most: int) -> list[str]:
        return _take_newest(self._missing, most)

    def take_closed(self, most: int) -> list[str]:
        return _take_newest(self._closed, most)


def _take_newest(keys: list[str], most: int) -> list[str]:
    taken = keys[: -most - 1 : -1]
    del keys[-most:]
    return taken
