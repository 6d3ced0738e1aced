"""What ran when, kept up to date from one scan to the next, so that a digest of any span costs little; pure.

Rule: the end of a scan is the server's time of its last state, and its beginning lies as long before as it took.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from itertools import compress

from scantui.board.knowledge import Knowledge
from scantui.models import ScanState, ScanSummary
from scantui.report import Report, ReportedScan, make_report
from scantui.report.buckets import BUCKET_MS, CoveredTime
from scantui.report.digest import Digest
from scantui.report.intervals import Interval
from scantui.report.scans import PROBLEM_WORDS
from scantui.report.sentences import Strip, problem_marks, step_of
from scantui.report.shift import PAUSE_MS, Pause, belongs
from scantui.report.spans import Span
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.words import STATE_WORDS

# So many scans counted in a second do not delay the keys.
COUNTED_AT_ONCE = 1_000
_FEW_FORGOTTEN = 1_000


class ShiftBook:
    """The times of all scans known that were closed; scans that are open are added to each digest."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._begin()

    def forget_all(self) -> None:
        """Count anew what is closed from now on."""
        self._known.closed.clear()
        self._begin()

    def _begin(self) -> None:
        # Scans at the top level, and all of them: a child may run on when its sequence has ended.
        self._covered, self._moved = CoveredTime(), CoveredTime()
        # When scans ended, in order, and their keys: two arrays take a sixth of pairs and of a set.
        self._ends = array("q")
        self._keys: list[str] = []
        # Of scans that took all their points, for how many seconds they counted, where that is known.
        self._exposed: dict[str, float] = {}

    def catch_up(self, most: int = COUNTED_AT_ONCE) -> None:
        """Count the next scans that were closed."""
        coming, self._known.closed[:] = self._known.closed[:most], self._known.closed[most:]
        for key in coming:
            row = self._known.rows.get(key)
            if row is None:
                continue
            ran = self._ran(row)
            first, last = bisect_left(self._ends, ran.end_ms), bisect_right(self._ends, ran.end_ms)
            if key in self._keys[first:last]:
                continue  # it was loaded again
            self._ends.insert(last, ran.end_ms)
            self._keys.insert(last, key)
            if row.npoints and row.npoints > 0 and row.count_time and self._known.words[key] == "DONE":
                self._exposed[key] = row.npoints * row.count_time
            self._moved.add(ran.start_ms, ran.end_ms)
            if row.parent not in self._known.rows:
                self._covered.add(ran.start_ms, ran.end_ms)
        if len(self._ends) > 2 * len(self._known.rows) + _FEW_FORGOTTEN:
            self._forget_gone()

    def _forget_gone(self) -> None:
        """Keep of scans whose rows were dropped only when any of them ran."""
        rows = self._known.rows
        kept = [key in rows for key in self._keys]
        self._ends, self._keys = array("q", compress(self._ends, kept)), list(compress(self._keys, kept))
        self._exposed = {key: seconds for key, seconds in self._exposed.items() if key in rows}

    def digest(self, span: Span, now_ms: int) -> Digest:
        """What happened in a span of the server's time."""
        known, keys = self._known, self._keys_in(span, now_ms)
        words = list(map(known.words.__getitem__, keys))
        counted, still_open = Counter(words), self._open(now_ms)
        free = self._moved.gaps(span, PAUSE_MS, self._moving(now_ms))
        problems = [self.reported(key, now_ms) for key, word in zip(keys, words, strict=True) if word in PROBLEM_WORDS]
        longest = self._longest(keys)
        overhead, worst = self._overhead(keys)
        return Digest(
            span=span,
            now_ms=now_ms,
            count=len(keys),
            counts={word: counted[word] for word in STATE_WORDS if counted[word]},
            ran_ms=self._covered.covered_ms(span, still_open),
            pauses=tuple(Pause(gap.start_ms, gap.end_ms, self._ended_before(gap.start_ms, now_ms)) for gap in free),
            problems=tuple(sorted(problems, key=lambda scan: (scan.ended_ms or scan.begin_ms, scan.key))),
            longest=None if longest is None else self.reported(longest, now_ms),
            overhead=overhead,
            worst=None if worst is None else self.reported(worst, now_ms),
            strip=self._strip(span, problems, now_ms),
        )

    def _longest(self, keys: list[str]) -> str | None:
        """The scan at the top level that took the longest."""
        rows, most, longest = self._known.rows, 0.0, None
        for key, seconds in zip(keys, map(self._known.took.get, keys), strict=True):
            if seconds and seconds > most and rows[key].parent not in rows:
                most, longest = seconds, key
        return longest

    def _overhead(self, keys: list[str]) -> tuple[float | None, str | None]:
        """Of scans that took all their points 1 - counted time / duration, and the scan of which it is the most."""
        counted = took = 0.0
        least, worst = math.inf, None
        for key, seconds in zip(keys, map(self._exposed.get, keys), strict=True):
            lasted = self._known.took.get(key) if seconds else None
            if seconds and lasted:
                counted, took = counted + seconds, took + lasted
                if seconds / lasted < least:
                    least, worst = seconds / lasted, key
        return (min(1.0, max(0.0, 1 - counted / took)) if took else None), worst

    def report(self, server: str, span: Span, now_ms: int) -> Report:
        """The report of a span, made of what is known here: points are those of scans that were looked at."""
        return make_report(server, span, [self.reported(key, now_ms) for key in self._keys_in(span, now_ms)], now_ms)

    def reported(self, key: str, now_ms: int) -> ReportedScan:
        """A scan as a report lists it."""
        known, row = self._known, self._known.rows[key]
        ran, activity = self._ran(row), self._known.activities.get(key)
        has_run = row.state is None or row.state >= ScanState.STARTED
        quiet = known.quiet_ms(row)
        return ReportedScan(
            scan=row,
            word=known.words[key],
            started_ms=ran.start_ms if has_run else None,
            ended_ms=None if row.is_open else ran.end_ms,
            moved_ms=now_ms - quiet if quiet else None,
            points=activity.points if activity else None,
            note=known.notes.get(key),
        )

    def _keys_in(self, span: Span, now_ms: int) -> list[str]:
        """The scans that ran at any moment of a span, oldest first by their ends; open ones come last."""
        self.catch_up(len(self._known.closed))
        rows = self._known.rows
        first = bisect_right(self._ends, span.since_ms)
        # What ended within the span began before its end.
        last = bisect_left(self._ends, span.until_ms)
        closed = [key for key in self._keys[first:last] if key in rows]
        later = (key for key in self._keys[last:] if key in rows)
        closed += [key for key in later if self._ran(rows[key]).start_ms < span.until_ms]
        opened = [row.key for row in self._open_rows() if belongs(self.reported(row.key, now_ms), span, now_ms)]
        return [*closed, *opened]

    def _open_rows(self) -> list[ScanSummary]:
        rows = self._known.rows
        keys = self._known.tally.open | self._known.gone
        return [rows[key] for key in keys if rows[key].is_open]

    def _open(self, now_ms: int) -> list[Interval]:
        return [
            Interval(self._ran(row).start_ms, now_ms, row.key)
            for row in self._open_rows()
            if row.state is not None and row.state >= ScanState.STARTED and row.key not in self._known.gone
        ]

    def _moving(self, now_ms: int) -> list[Interval]:
        """The open scans to the moment at which they moved last; a sequence moves no longer than its hanging scan."""
        hanging: dict[str, int] = {}
        moving = []
        for interval in self._open(now_ms):
            row = self._known.rows[interval.key]
            quiet = self._known.quiet_ms(row)
            moving.append(interval._replace(end_ms=interval.end_ms - quiet))
            if quiet and row.parent:
                hanging[row.parent] = now_ms - quiet
        return [each._replace(end_ms=min(each.end_ms, hanging.get(each.key, each.end_ms))) for each in moving]

    def _ran(self, row: ScanSummary) -> Interval:
        end_ms = row.state_ms or row.born_ms or ulid_milliseconds(row.key.rpartition(":")[2])
        took = None if row.is_open else self._known.took.get(row.key)
        return Interval(end_ms - int((took or 0.0) * 1000), end_ms, row.key)

    def _ended_before(self, at_ms: int, now_ms: int) -> ReportedScan | None:
        before = bisect_right(self._ends, at_ms) - 1
        key = self._keys[before] if before >= 0 else ""
        return self.reported(key, now_ms) if key in self._known.rows else None

    def _strip(self, span: Span, problems: list[ReportedScan], now_ms: int) -> Strip:
        step_ms, start_ms = step_of(span)
        shown = Span(start_ms, span.until_ms)
        buckets = self._covered.buckets(shown, [each._replace(key="") for each in self._open(now_ms)])
        size = step_ms // BUCKET_MS
        shares = [sum(buckets[start : start + size]) / step_ms for start in range(0, len(buckets), size)]
        return Strip(step_ms, start_ms, shares, problem_marks(problems, span))
