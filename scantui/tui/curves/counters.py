"""The counters in the details: which scan is read, and what came of it.

Rule: the document comes from the details, so that it is read once.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.message import Message

from scantui.tui.curves.messages import ScanRead
from scantui.tui.curves.reader import CurvesWanted
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.curves.worker import follow_curves

if TYPE_CHECKING:
    from scantui.models import Scan
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

_LOOK_SECONDS = 1.0


class ScanCounters:
    """The points of the counters of one scan at a time; `sight` is what was read, None at first."""

    def __init__(self) -> None:
        self.sight: ScanSight | None = None
        self._generation = 0
        self._scan: Scan | None = None

    def is_new(self, scan: Scan) -> bool:
        """Whether a scan is another one than before, or in another state."""
        before, self._scan = self._scan, scan
        if before is None or before.key != scan.key:
            self.sight = None
        return before is None or (before.key, before.state_id) != (scan.key, scan.state_id)

    def follow(self, store: AsyncDataStore, post: PostMessage) -> Coroutine[Any, Any, None]:
        """Return the work that reads the points of the scan."""
        self._generation += 1
        if self._scan is None:
            raise ValueError("no scan to follow")
        since = self.sight.figure.reached() if self.sight else {}
        wanted = CurvesWanted(key=self._scan.key, since=since, all_counters=True, scan=self._scan)
        return follow_curves(store, [wanted], self._generation, post, lambda: _LOOK_SECONDS)

    def take_in(self, message: Message) -> bool:
        """Take in a message of the worker; False if it came late."""
        if getattr(message, "generation", None) != self._generation:
            return False
        if isinstance(message, ScanRead):
            if self.sight is None:
                self.sight = ScanSight(message.scan.key, message.choice, message.scan.number)
            self.sight.read_again(message)
        elif self.sight is not None:
            self.sight.take_in(message)
        return True
