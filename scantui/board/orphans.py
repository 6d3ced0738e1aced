"""Which of the rows shown belong to a sequence that is known but not shown; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scantui.board.knowledge import Knowledge
from scantui.board.order import Order


def known_parent_of(known: Knowledge, key: str) -> str | None:
    """The sequence of a scan, if both are known."""
    row = known.rows.get(key)
    return row.parent if row is not None and row.parent in known.rows else None


class Orphans:
    """The scans shown without their sequence; true while there are any.

    Rule: what came, left or changed is noted, so that an arrival costs the same however many rows there are.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def find(self, known: Knowledge, order: Order) -> None:
        """Find them among all rows."""
        self._keys.clear()
        if len(order) < len(known.keys):
            for parent, children in known.children.items():
                if parent in known.rows and parent not in order:
                    self._keys.update(key for key in children if key in order)

    def take(self, keys: Iterable[str]) -> None:
        """Take over what was found out before; what came or changed since has to be noted."""
        self._keys = set(keys)

    def note(self, keys: Iterable[str], known: Knowledge, order: Order) -> None:
        """Look again at scans that came, left or changed, and at the scans of theirs."""
        if len(order) == len(known.keys):
            self._keys.clear()
            return
        for key in keys:
            for each in (key, *known.children.get(key, ())):
                parent = known_parent_of(known, each) if each in order else None
                is_orphan = parent is not None and parent not in order
                (self._keys.add if is_orphan else self._keys.discard)(each)
