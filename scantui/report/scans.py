"""What a report knows of a scan, and the rules for when it ran; pure.

Rule: the server's clock decides; what the publisher wrote counts only where the server has no time.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scantui.models import Note, ScanState, ScanSummary
from scantui.report.intervals import Interval
from scantui.report.reasons import Reason
from scantui.titles import row_name
from scantui.words import GROUPS, seconds_of

PROBLEM_WORDS = frozenset(GROUPS["PROBLEM"])


class ReportedScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan, its word, and when it started and was closed, in milliseconds since 1970.

    `started_ms` is None for a scan that never started, `ended_ms` for one that is open. `moved_ms` is when an open scan
    moved last, where that is known, and `quiet_ms` for how long it is silent. `points` is how many it took, None when
    that was not read. `peak` is the peak of its first counter, as text.
    """

    scan: ScanSummary
    word: str
    started_ms: int | None = None
    ended_ms: int | None = None
    moved_ms: int | None = None
    quiet_ms: int = 0
    points: int | None = None
    reason: Reason = Reason()
    note: Note | None = None
    peak: str = ""

    @property
    def key(self) -> str:
        return self.scan.key

    @property
    def number(self) -> int | None:
        return self.scan.identity.number if self.scan.identity else None

    @property
    def title(self) -> str:
        """What the scan is called on its row; of a scan that cannot be read, the reason."""
        return row_name(self.scan)

    @property
    def is_problem(self) -> bool:
        return self.word in PROBLEM_WORDS

    @property
    def begin_ms(self) -> int:
        """When it started, or for one that did not, when it moved last."""
        return self.scan.state_ms or self.scan.created_ms if self.started_ms is None else self.started_ms

    @property
    def seconds(self) -> float | None:
        """How long it ran, None while it is open or when it never started."""
        if self.ended_ms is None or self.started_ms is None:
            return None
        return max(0, self.ended_ms - self.started_ms) / 1000

    @property
    def overhead(self) -> float | None:
        """1 - points x count time / duration, from 0 to 1; None when one of them is not known."""
        seconds, count_time = self.seconds, self.scan.count_time
        if not seconds or not count_time or not self.points:
            return None
        return min(1.0, max(0.0, 1 - self.points * count_time / seconds))

    def ran(self, now_ms: int) -> Interval:
        """From STARTED to CLOSED, or to now; an interval without a length for one that never started."""
        end_ms = now_ms if self.ended_ms is None else self.ended_ms
        return Interval(self.begin_ms, end_ms if self.started_ms is not None else self.begin_ms, self.key)

    def moved(self, now_ms: int) -> Interval:
        """The same to the moment at which it moved last."""
        ran = self.ran(now_ms)
        if self.moved_ms is None or self.word != "STALL":
            return ran
        return ran._replace(end_ms=min(ran.end_ms, max(ran.start_ms, self.moved_ms)))


def ran_at_all(scan: ReportedScan, transitions: Sequence[tuple[ScanState, int]]) -> bool:
    """Whether a scan started by its state stream, or took points all the same."""
    return bool(scan.points) or not transitions or any(state is ScanState.STARTED for state, _ in transitions)


def life_of(scan: ScanSummary, transitions: Sequence[tuple[ScanState, int]]) -> tuple[int | None, int | None]:
    """When a scan started and when it was closed, in milliseconds since 1970, each None when it did not.

    `transitions` are the states of its state stream with the server's times, oldest first. For a scan that was
    closed without a STARTED entry, only its points show whether it ran: see `ran_at_all`.
    """
    times = dict(reversed(transitions))
    started_ms = times.get(ScanState.STARTED)
    if started_ms is None and (not times or scan.state is ScanState.CLOSED):
        started = seconds_of(scan.start_time)
        started_ms = int(started * 1000) if started is not None else None
    if scan.state is not ScanState.CLOSED:
        return started_ms, None
    ended = seconds_of(scan.end_time)
    ended_ms = times.get(ScanState.CLOSED) or scan.state_ms or (int(ended * 1000) if ended is not None else None)
    return started_ms, ended_ms if ended_ms is not None else started_ms
