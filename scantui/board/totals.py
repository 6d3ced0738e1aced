"""What a digest adds up of the scans of a span, some at a time; pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from scantui.board.knowledge import Knowledge
from scantui.models import ScanSummary
from scantui.report import ReportedScan
from scantui.report.scans import PROBLEM_WORDS
from scantui.words import duration


class Totals:
    """Of the scans added so far: how many have each word, the problems, the longest, and how long they counted.

    `reported` is a scan for a report.
    """

    def __init__(self, known: Knowledge, reported: Callable[[str], ReportedScan]) -> None:
        self._known, self._reported = known, reported
        self.words: Counter[str] = Counter()
        self.problems: list[ReportedScan] = []
        # The scan at the top level that took the longest, and the one that counted for the least part of its time.
        self.longest: str | None = None
        self.worst: str | None = None
        self._longest_seconds, self._least_share = 0.0, math.inf
        self._counted = self._took = 0.0

    @property
    def overhead(self) -> float | None:
        """1 - counted time / duration, from 0 to 1; None when it is known of none."""
        return min(1.0, max(0.0, 1 - self._counted / self._took)) if self._took else None

    def add(self, keys: Sequence[str]) -> None:
        """Add scans, apart from those that are known no longer."""
        rows = self._known.rows
        keys = [key for key in keys if key in rows]
        words = list(map(self._known.words.__getitem__, keys))
        self.words.update(words)
        problems = [key for key, word in zip(keys, words, strict=True) if word in PROBLEM_WORDS]
        self.problems += map(self._reported, problems)
        for key, word, seconds in zip(keys, words, (_took(rows[key]) for key in keys), strict=True):
            if not seconds:
                continue
            row = rows[key]
            if seconds > self._longest_seconds and row.parent not in rows:
                self._longest_seconds, self.longest = seconds, key
            # Only of those that are done it is known that they took all their points.
            if word == "DONE" and row.npoints and row.npoints > 0 and row.count_time:
                counted = row.npoints * row.count_time
                self._counted, self._took = self._counted + counted, self._took + seconds
                if counted / seconds < self._least_share:
                    self._least_share, self.worst = counted / seconds, key


def _took(row: ScanSummary) -> float | None:
    """How long a scan that ended took."""
    return None if row.is_open else duration(row, 0)
