"""What a screen shows of all scans known at once: what runs, what went wrong, what they have in common; pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from heapq import nlargest
from itertools import islice

from scantui.activity import share
from scantui.board.datasets import Dataset, DatasetCounts
from scantui.board.knowledge import Knowledge
from scantui.board.order import Order
from scantui.models import ScanIdentity, ScanSummary

_RUNNING = ("RUN", "STALL")


class Glance:
    """Answers from what is known, whether it is shown or not; and which of the rows shown fit a question."""

    def __init__(self, known: Knowledge, order: Order) -> None:
        self._known = known
        self._order = order

    def newest_running(self, most: int, but: Collection[str]) -> list[str]:
        """The newest few scans that have started and go on, no sub-scans, oldest first; none of those left out."""
        words, rows, going = self._known.words, self._known.rows, self._known.tally.open

        def is_wanted(key: str) -> bool:
            return key in going and words[key] in _RUNNING and key not in but and not rows[key].parent

        # Mostly they are among the newest scans; to look at all that go on takes long when these are thousands.
        newest = list(islice(filter(is_wanted, islice(reversed(self._known.keys), len(going))), most))
        if len(newest) < most:
            newest = nlargest(most, filter(is_wanted, going), key=self._known.ranks.__getitem__)
        return newest[::-1]

    @property
    def running(self) -> int:
        """How many scans there are of which more is to come."""
        return len(self._known.tally.open)

    def share_of(self, row: ScanSummary) -> float | None:
        """Which part of an open scan is done, None where it is unknown."""
        return share(row, self._known.activities.get(row.key))

    def points_of(self, key: str) -> int:
        """How many points an open scan had when it was last looked at, -1 where that is not known."""
        activity = self._known.activities.get(key)
        return activity.points if activity else -1

    def was_measured(self, key: str) -> bool:
        """Whether the points of an open scan were looked at."""
        return key in self._known.activities

    @property
    def stalled(self) -> int:
        """How many scans fell silent."""
        return len(self._known.tally.stalled)

    def problems_since(self, ms: int) -> int:
        """How many of the scans that were created since a moment are problems, apart from those that fell silent."""
        rows, tally = self._known.rows, self._known.tally
        return sum(rows[key].born_ms >= ms for key in tally.problems - tally.stalled)

    def common(self, column: str) -> str | None:
        """The value that all scans have in a column, "" where they have none; None where values differ.

        Columns are `collection`, `proposal`, `session` and `user`.
        """
        return self._known.tally.common(column)

    @property
    def has_datasets(self) -> bool:
        """Whether any scan belongs to a dataset."""
        return self._known.tally.datasets.have_names

    def counts_of(self, dataset: Dataset) -> DatasetCounts:
        """How many scans a dataset has, shown or not, and how many of them are problems."""
        return self._known.tally.datasets.counts(dataset)

    @property
    def has_servers(self) -> bool:
        """Whether scans are of several servers, which they name."""
        return self.common("server") is None

    def numbered(self, number: int) -> list[str]:
        """The scans shown that have this number, newest first."""
        return self._newest_first(lambda identity: identity.number == number)

    def in_dataset(self, part: str) -> list[str]:
        """The scans shown whose dataset has this in its name, newest first."""
        return self._newest_first(lambda identity: part in (identity.dataset or ""))

    def problem_place(self, key: str) -> tuple[int, int]:
        """Which of the problems shown a scan is, counted from 1, and how many there are."""
        places = sorted(self._order.index_of(each) for each in self._known.tally.problems if each in self._order)
        return places.index(self._order.index_of(key)) + 1, len(places)

    def _newest_first(self, wanted: Callable[[ScanIdentity], bool]) -> list[str]:
        found = []
        for key in reversed(self._known.keys):
            identity = self._known.rows[key].identity
            if identity is not None and wanted(identity) and key in self._order:
                found.append(key)
        return found
