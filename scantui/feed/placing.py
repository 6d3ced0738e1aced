"""Puts the scans of one of several servers into a list of all: under its name, in their places, by one clock.

Rule: within a server the history decides, between servers their clocks, corrected by their distance from the one here.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.models import Origin, ScanSummary
from scantui.store.wire.ulid import ulid_milliseconds

# Clocks that differ by less are taken as equal: the measurement includes the way of the answer.
LEAST_SKEW_MS = 1_000
_ROUNDED_MS = 100


class Placer:
    """Places the scans of one server; the first measurement of its clock holds, so that no row moves later.

    `data_id` is the same for servers that hold the same data, such as a master and its replica; "" if it is not known.
    """

    def __init__(self, server: str) -> None:
        self.origin = Origin(server)
        self.is_measured = False
        self.data_id = ""
        self._oldest_ms = 0

    def note_clock(self, ahead_ms: int) -> None:
        """Note how far the clock of the server is ahead of this computer's."""
        if not self.is_measured:
            self.is_measured = True
            skew_ms = round(ahead_ms / _ROUNDED_MS) * _ROUNDED_MS if abs(ahead_ms) > LEAST_SKEW_MS else 0
            self.origin = Origin(self.origin.server, skew_ms)

    def now_ms(self, server_ms: int) -> int:
        """A time of the server's clock by the clock of the list, in milliseconds since 1970."""
        return server_ms - self.origin.ahead_ms

    def rows(self, rows: Sequence[ScanSummary]) -> list[ScanSummary]:
        """The rows, placed; what the history does not name is older than all that it names."""
        named = [int(row.timetag.partition("-")[0]) for row in rows if row.timetag]
        if named:
            self._oldest_ms = min(self._oldest_ms or named[0], *named)
        return list(map(self._placed, rows))

    def _placed(self, row: ScanSummary) -> ScanSummary:
        if row.timetag:
            born_ms = int(row.timetag.partition("-")[0])
        else:
            born_ms = ulid_milliseconds(row.key.rpartition(":")[2]) or row.created_ms
            born_ms = min(born_ms, self._oldest_ms - 1) if self._oldest_ms else born_ms
        ahead_ms = self.origin.ahead_ms
        return row.replaced(
            origin=self.origin,
            placed_ms=max(0, born_ms - ahead_ms),
            started_ms=row.started_ms and row.started_ms - ahead_ms,
        )
