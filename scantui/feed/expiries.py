"""Whether scans went away on a server without an index, by what it counts of its own; pure.

Rule: a key that expired shows in a counter that only grows, and one that was deleted in the number of keys, unless
others came at the same time. Then each known scan is looked at once, some at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

CHECKED_AT_ONCE = 1_000


class ExpiryWatch:
    """Compares what a server counts from one look to the next, and hands out the scans to check after a loss."""

    def __init__(self) -> None:
        self._keys: int | None = None
        self._expired = 0
        self._to_check: list[str] = []

    def take_in(self, keys: int, expired: int, known: Iterable[str]) -> None:
        """Note how many keys there are, and how many have expired since the server started."""
        before, self._keys = self._keys, keys
        has_lost = before is not None and (keys < before or expired > self._expired)
        self._expired = expired
        if has_lost:
            # The oldest expire first.
            self._to_check = sorted(known, reverse=True)

    def next_to_check(self) -> list[str]:
        """The next scans to check, the oldest first; none once all were checked since the last loss."""
        chosen = self._to_check[: -CHECKED_AT_ONCE - 1 : -1]
        del self._to_check[-CHECKED_AT_ONCE:]
        return chosen
