"""Finds the scans that went or came without notice, by what the server counts.

Rule: it asks one thing that costs little. The scans themselves are asked for only if the count does not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from scantui.feed.census import Census
from scantui.feed.expiries import ExpiryWatch
from scantui.feed.tracker import ScanTracker

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_CHECKED_AT_ONCE = 500
# The keys of this many scans are 150 kB.
_LISTED_FOR_LITTLE = 5000
_FROM_THE_START = "0-0"
# A count may be ahead of the news: within this time the news of all scans that it counts are read.
_NEWS_SECONDS = 1.0


class Absent(NamedTuple):
    """Keys of known scans that have gone, and whether all scans must be listed since others went or came."""

    keys: Sequence[str] = ()
    must_list: bool = False


class Absences:
    """Compares the number of known scans with the server's; `clock` counts seconds and never jumps."""

    def __init__(self, store: AsyncDataStore, tracker: ScanTracker, clock: Callable[[], float]) -> None:
        self._store = store
        self._tracker = tracker
        self._clock = clock
        self._census = Census()
        self._expiries = ExpiryWatch()
        self._indexed: int | None = None
        self._has_count = False
        # How many scans must be known once the news are read that a count was ahead of, and from when on.
        self._awaited, self._awaited_from = 0, 0.0

    async def count_if_due(self) -> None:
        """Ask how many scans there are, if that is due: `find` uses the answer."""
        if self._census.is_due(self._clock()):
            self._indexed, self._has_count = await self._store.monitoring.count_scans(), True

    async def find(self, since: str) -> Absent:
        """What does not add up; `since` is where the history of scans was read last."""
        now = self._clock()
        if not self._has_count:
            await self.count_if_due()
        if not self._has_count:
            return Absent(must_list=self._lacks_some(now) and self._census.may_list(now))
        self._has_count = False
        if self._indexed is None:
            # Without an index, a history that was empty from the start says nothing of what was trimmed from it.
            must_list = since == _FROM_THE_START and self._census.may_list(now)
            return Absent(await self._find_expired(now, since), must_list)
        gone, come = self._census.missing(len(self._tracker.known), self._indexed, now)
        # The oldest expire first.
        found = await self._check(self._tracker.oldest(_CHECKED_AT_ONCE), since) if gone else []
        # An empty history does not show that as many scans came, and were trimmed from it, as others went.
        may_hide = since == _FROM_THE_START and 0 < len(self._tracker.known) <= _LISTED_FOR_LITTLE
        lacks_some = self._lacks_some(now)
        if come and not self._awaited:
            self._awaited, self._awaited_from = len(self._tracker.known) + come, now + _NEWS_SECONDS
        return Absent(found, (gone > len(found) or lacks_some or may_hide) and self._census.may_list(now))

    def _lacks_some(self, now: float) -> bool:
        """Whether scans came of which there was no news, though a count showed them."""
        if not self._awaited or len(self._tracker.known) >= self._awaited:
            self._awaited = 0
            return False
        if now < self._awaited_from:
            return False
        self._awaited = 0
        return True

    def note_listing(self, is_whole: bool) -> None:
        """All scans were just listed, or as many as the server lists."""
        self._awaited = 0
        self._census.note_listing(is_whole=is_whole)

    def note_gone(self, count: int) -> None:
        """Note how many known scans were found to have gone."""
        self._census.note_gone(count, self._clock())
        self._awaited = max(0, self._awaited - count)

    async def _find_expired(self, now: float, since: str) -> list[str]:
        """Without an index: check all scans once after keys went away, some at a time."""
        keys = self._expiries.next_to_check()
        if not keys and self._census.is_counted_again(now):
            self._expiries.take_in(*await self._store.monitoring.count_keys(), self._tracker.known)
        return await self._check(keys, since) if keys else []

    async def _check(self, keys: Sequence[str], since: str) -> list[str]:
        status = await self._store.monitoring.poll_status(keys, (), since)
        return [key for key in status.gone if self._tracker.knows(key)]
