"""What ran when, kept up to date from one scan to the next, so that a digest of any span costs little; pure.

Rule: the end of a scan is the server's time of its last state, and its beginning lies as long before as it took.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import partial

from scantui.board.ended import EndedScans
from scantui.board.knowledge import Knowledge
from scantui.board.totals import Totals
from scantui.models import UNCOUNTED, ScanState, ScanSummary
from scantui.report import Report, ReportedScan, make_report
from scantui.report.buckets import BUCKET_MS, CoveredTime
from scantui.report.digest import Digest
from scantui.report.intervals import Interval
from scantui.report.reasons import Reason
from scantui.report.scans import PROBLEM_WORDS
from scantui.report.sentences import Strip, problem_marks, step_of
from scantui.report.shift import PAUSE_MS, Pause, belongs
from scantui.report.spans import Span
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.words import STATE_WORDS, duration

# This many scans are counted each second without delaying keys.
COUNTED_AT_ONCE = 1_000
# What a digest counts and adds up in one step, in some two milliseconds.
_COUNTED_IN_A_STEP, _ADDED_IN_A_STEP = 250, 1_000
# Scans whose rows were dropped are forgotten this many at once.
_FEW_FORGOTTEN = 1_000


class ShiftBook:
    """The times of all scans known that were closed; scans that are open are added to each digest."""

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._begin()

    def begin_again(self, closed: Iterable[str]) -> None:
        """Count these scans again, which were closed, and what is closed from now on."""
        self._known.closed[:] = closed
        self._begin()

    def _begin(self) -> None:
        # Scans at the top level, and all of them: a child may run on when its sequence has ended.
        self._covered, self._moved = CoveredTime(), CoveredTime()
        self._ended = EndedScans()

    def catch_up(self, most: int = COUNTED_AT_ONCE) -> None:
        """Count the next scans that were closed."""
        known = self._known
        coming, known.closed[:most] = known.closed[:most], []
        ran = self._ended.add(self._ran(known.rows[key]) for key in coming if key in known.rows)
        self._moved.add(ran)
        self._covered.add(each for each in ran if known.rows[each.key].parent not in known.rows)
        if len(self._ended) > len(known.rows) + _FEW_FORGOTTEN:
            # Of scans whose rows were dropped it stays known when any of them ran.
            self._ended.keep(known.rows.keys())

    def catch_up_in_steps(self) -> Iterator[None]:
        """Count all scans that were closed, in short steps."""
        while self._known.closed:
            self.catch_up(_COUNTED_IN_A_STEP)
            yield

    def digest(self, span: Span, now_ms: int) -> Digest:
        """What happened in a span of the server's time."""
        steps = self.digest_in_steps(span, now_ms)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                made: Digest = end.value
                return made

    def digest_in_steps(self, span: Span, now_ms: int) -> Generator[None, None, Digest]:
        """The same in short steps: what comes between them may be in it or not."""
        yield from self.catch_up_in_steps()
        totals = Totals(self._known, partial(self.reported, now_ms=now_ms))
        for keys in self._keys_in(span, now_ms):
            totals.add(keys)
            yield
        free = self._moved.gaps(span, PAUSE_MS, self._moving(now_ms))
        yield
        longest, worst = (key if key in self._known.rows else None for key in (totals.longest, totals.worst))
        return Digest(
            span=span,
            now_ms=now_ms,
            count=totals.words.total(),
            counts={word: totals.words[word] for word in STATE_WORDS if totals.words[word]},
            ran_ms=self._covered.covered_ms(span, self._open(now_ms)),
            pauses=tuple(Pause(gap.start_ms, gap.end_ms, self._ended_before(gap.start_ms, now_ms)) for gap in free),
            problems=tuple(sorted(totals.problems, key=lambda scan: (scan.begin_ms, scan.key))),
            longest=None if longest is None else self.reported(longest, now_ms),
            overhead=totals.overhead,
            worst=None if worst is None else self.reported(worst, now_ms),
            strip=self._strip(span, totals.problems, now_ms),
        )

    def report(self, server: str, span: Span, now_ms: int, servers: Sequence[str] = ()) -> Report:
        """The report of a span, made of what is known here: points are those of scans that were looked at."""
        self.catch_up(len(self._known.closed))
        scans = [self.reported(key, now_ms) for keys in self._keys_in(span, now_ms) for key in keys]
        return make_report(server, span, scans, now_ms, servers=servers)

    def reported(self, key: str, now_ms: int) -> ReportedScan:
        """A scan as a report lists it."""
        known, row = self._known, self._known.rows[key]
        ran, activity = self._ran(row), self._known.activities.get(key)
        points = activity.points if activity else UNCOUNTED
        has_started = row.state is None or row.state >= ScanState.STARTED
        has_run = has_started if row.is_open else bool(duration(row, now_ms))
        quiet = known.quiet_ms(row)
        return ReportedScan(
            scan=row,
            word=known.words[key],
            started_ms=ran.start_ms if has_run else None,
            ended_ms=None if row.is_open else ran.end_ms,
            moved_ms=now_ms - quiet if quiet else None,
            quiet_ms=quiet,
            points=points if points != UNCOUNTED and not row.is_sequence else None,
            reason=self._counted_scans(row, points) if row.is_sequence else Reason(),
            note=known.notes.get(key),
        )

    def _counted_scans(self, sequence: ScanSummary, seen: int) -> Reason:
        """How many scans a sequence has, and which of them are problems."""
        known = self._known
        children = [known.rows[key] for key in known.children.get(sequence.key, ()) if key in known.rows]
        failed = [
            f"{known.words[row.key]} {row.identity.number}"
            for row in children
            if row.identity is not None and known.words[row.key] in PROBLEM_WORDS
        ]
        return Reason(max(len(children), seen, 0) or None, sequence.planned, "scans", failed=tuple(failed))

    def _keys_in(self, span: Span, now_ms: int) -> Iterator[list[str]]:
        """The scans that ran at any moment of a span, some at a time, oldest first by their ends; open ones last."""
        rows = self._known.rows
        # What ended within the span began before its end.
        within, later = self._ended.within(span), self._ended.after(span)
        for start in range(0, len(within), _ADDED_IN_A_STEP):
            yield [key for key in within[start : start + _ADDED_IN_A_STEP] if key in rows]
        for start in range(0, len(later), _ADDED_IN_A_STEP):
            known = [key for key in later[start : start + _ADDED_IN_A_STEP] if key in rows]
            yield [key for key in known if self._ran(rows[key]).start_ms < span.until_ms]
        yield [row.key for row in self._open_rows() if belongs(self.reported(row.key, now_ms), span, now_ms)]

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
        took = None if row.is_open else duration(row, 0)
        return Interval(end_ms - int((took or 0.0) * 1000), end_ms, row.key)

    def _ended_before(self, at_ms: int, now_ms: int) -> ReportedScan | None:
        key = self._ended.last_before(at_ms)
        return self.reported(key, now_ms) if key in self._known.rows else None

    def _strip(self, span: Span, problems: list[ReportedScan], now_ms: int) -> Strip:
        step_ms, start_ms = step_of(span)
        shown = Span(start_ms, span.until_ms)
        buckets = self._covered.buckets(shown, [each._replace(key="") for each in self._open(now_ms)])
        size = step_ms // BUCKET_MS
        shares = [sum(buckets[start : start + size]) / step_ms for start in range(0, len(buckets), size)]
        return Strip(step_ms, start_ms, shares, problem_marks(problems, span))
