"""What happened while the rows were frozen, to be shown at once afterwards; pure."""

from __future__ import annotations

from scantui.board.knowledge import Arrivals, Knowledge


class Missed:
    """The scans that came, changed or moved since the rows were frozen."""

    def __init__(self) -> None:
        self.fresh: set[str] = set()
        self._changed: set[str] = set()
        self._moved: set[str] = set()

    def note(self, news: Arrivals) -> None:
        self.fresh.update(news.fresh)
        self._changed |= news.changed
        self._moved |= news.moved

    @property
    def changed(self) -> frozenset[str]:
        """Rows that were there and may look different."""
        return frozenset(self._changed - self.fresh)

    def count_different(self, known: Knowledge, shown: Knowledge) -> int:
        """How many of those that were there look different now from what is shown of them."""
        return sum(known.look_of(key) != shown.look_of(key) for key in self.changed)

    def arrivals(self, known: Knowledge) -> Arrivals:
        """All of it, as if it happened now."""
        return Arrivals(known.in_order(self.fresh), self.changed, frozenset(self._moved))
