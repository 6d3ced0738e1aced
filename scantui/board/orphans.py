"""Which of the rows shown belong to a sequence that is known but not shown; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scantui.board.knowledge import Knowledge
from scantui.board.order import Order


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

    def note(self, keys: Iterable[str], known: Knowledge, order: Order) -> None:
        """Look again at scans that came, left or changed, and at the scans of theirs."""
        if len(order) == len(known.keys):
            self._keys.clear()
            return
        for key in keys:
            for each in (key, *known.children.get(key, ())):
                parent = known.rows[each].parent if each in order else None
                is_orphan = parent is not None and parent in known.rows and parent not in order
                (self._keys.add if is_orphan else self._keys.discard)(each)
