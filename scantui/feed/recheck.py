"""Scans that a feed knew before it lost the store, and that may have changed since.

Rule: one that is not listed any more is checked soon, one that most likely did not change now and then; newest first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scantui.feed.choosing import chosen_in_turns, in_turns


class RecheckQueue:
    """Loaded scans to be checked: missing ones, and closed ones, which are open again if the server has older data."""

    def __init__(self) -> None:
        self._missing: list[str] = []
        self._closed: list[str] = []

    @property
    def are_urgent(self) -> bool:
        """Whether some are to be checked soon."""
        return bool(self._missing)

    async def fill(self, listed: Sequence[str], known: Collection[str], settled: Collection[str]) -> None:
        """Start anew from what the store lists, oldest first, all of it; others have their turns meanwhile."""
        missing = set(known)
        async for some in in_turns(listed):
            missing.difference_update(some)
        self._missing = sorted(missing)
        self._closed = await chosen_in_turns(listed, settled.__contains__)

    def take_missing(self, most: int) -> list[str]:
        return _take_newest(self._missing, most)

    def take_closed(self, most: int) -> list[str]:
        return _take_newest(self._closed, most)


def _take_newest(keys: list[str], most: int) -> list[str]:
    taken = keys[: -most - 1 : -1]
    del keys[-most:]
    return taken
