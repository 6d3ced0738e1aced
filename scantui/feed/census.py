"""Whether the number of scans in the store shows that some came or went unnoticed; pure.

Rule: what no stream announces (a deletion, an expiry, a history trimmed before it was read) shows in the index's count,
which costs little. All scans are listed only if it does not add up.
"""

from __future__ import annotations

from collections import deque

COUNT_SECONDS = 5.0
# Between two listings because of the count: one costs 2 MB at 50 000 scans.
LISTING_SECONDS = 10.0
# A deleted scan stays in the index for ten seconds, and until the server has noticed that it expired.
_INDEXED_SECONDS = 20.0


class Census:
    """Compares counts of the index with what is known; times are in seconds of a clock that never jumps."""

    def __init__(self) -> None:
        self._next_count = 0.0
        self._next_listing = 0.0
        self._next_keys = 0.0
        self._unindexed: int | None = None
        # What the count lacked after the list before: scans that died meanwhile look as if they had no index.
        self._lacked = 0
        self._is_doubtful = False
        self._is_whole = True
        self._counted = 0
        self._gone: deque[tuple[float, int]] = deque()

    def is_due(self, now: float) -> bool:
        return now >= self._next_count

    def is_counted_again(self, now: float) -> bool:
        """Whether it is time to count the keys of a server without an index; yes starts the wait for the next time."""
        self._next_count = now + 1.0
        if now < self._next_keys:
            return False
        self._next_keys = now + COUNT_SECONDS
        return True

    def note_listing(self, is_whole: bool = True) -> None:
        """All scans were just listed: whatever the next count lacks, twice in a row, is not in the index.

        After a list that is not whole, a count shows only how many scans have gone since the last count.
        """
        self._unindexed, self._is_whole, self._counted = None, is_whole, 0
        self._next_count = 0.0

    def note_gone(self, count: int, now: float) -> None:
        """Note how many known scans were found to be deleted or expired; the index may still hold them."""
        self._gone.append((now, count))

    def missing(self, known: int, counted: int, now: float) -> tuple[int, int]:
        """How many scans have gone, and how many have come, that are not known to have; (0, 0) if it adds up."""
        self._next_count = now + COUNT_SECONDS
        while self._gone and self._gone[0][0] < now - _INDEXED_SECONDS:
            self._gone.popleft()
        lately = sum(count for _, count in self._gone)
        before, self._counted = self._counted, counted
        if not self._is_whole:
            return max(0, before - counted), 0
        if self._unindexed is None:
            self._unindexed = max(0, known - counted)
            self._is_doubtful = self._unindexed not in (0, self._lacked)
            self._lacked = self._unindexed
        indexed = known - self._unindexed
        gone = max(0, indexed - counted)
        if self._is_doubtful:
            gone = max(gone, self._unindexed)
        return gone, max(0, counted - lately - indexed)

    def may_list(self, now: float) -> bool:
        """Whether it is time for another listing because of the count; the answer yes starts the wait for the next."""
        if now < self._next_listing or not self._is_whole:
            return False
        self._next_listing = now + LISTING_SECONDS
        return True
