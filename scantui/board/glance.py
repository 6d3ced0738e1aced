"""What a screen shows of all scans known at once: what runs, what went wrong, what they have in common; pure."""

from __future__ import annotations

from scantui.board.knowledge import Knowledge


class Glance:
    """Answers from what is known, whether it is shown or not."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known

    @property
    def open_keys(self) -> list[str]:
        """The scans of which more is to come, oldest first."""
        return sorted(self._known.open)

    @property
    def running(self) -> int:
        """How many scans there are of which more is to come."""
        return len(self._known.open)

    def problems_since(self, ms: int) -> int:
        """How many of the scans that were created since a moment are problems."""
        rows = self._known.rows
        return sum(rows[key].created_ms >= ms for key in self._known.problems)

    def common(self, column: str) -> str | None:
        """The value that all scans have in a column, "" where they have none; None where values differ.

        Columns are `collection`, `proposal`, `session` and `user`.
        """
        return self._known.common(column)
