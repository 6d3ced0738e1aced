"""How far an open scan is, when it will end, and whether it has fallen silent; pure rules over what was looked at.

Rule: nothing is said that was not seen. A scan stalls only after its points were looked at twice and did not grow.
"""

from __future__ import annotations

import msgspec

from scantui.models import ScanState, ScanSummary
from scantui.words import moment, short_span

SILENT_MS = 30_000
SILENT_INTERVALS = 5
_DAY_MS = 86_400_000


class Activity(msgspec.Struct, frozen=True):
    """What was seen of a scan's points, by the server's clock in milliseconds.

    `changed_ms` is when their number was last seen to change, or first looked at; `interval_ms` the usual time between
    two changes, 0 as long as it is not known.
    """

    points: int
    changed_ms: int
    looks: int = 1
    interval_ms: int = 0

    def after(self, points: int, now_ms: int) -> Activity:
        """What is known after another look."""
        if points == self.points:
            return msgspec.structs.replace(self, looks=self.looks + 1)
        elapsed = max(0, now_ms - self.changed_ms)
        interval = (self.interval_ms + elapsed) // 2 if self.interval_ms else elapsed
        return Activity(points, now_ms, self.looks + 1, interval)


def silence_ms(row: ScanSummary, activity: Activity | None, now_ms: int) -> int:
    """For how long an open scan has done nothing, when that is unusually long; else 0."""
    if activity is None or activity.looks < 2 or not row.is_open:
        return 0
    quiet = now_ms - max(activity.changed_ms, row.state_ms)
    return quiet if quiet > max(SILENT_MS, SILENT_INTERVALS * activity.interval_ms) else 0


def progress_text(row: ScanSummary, activity: Activity | None, now_ms: int) -> str:
    """How far an open scan is: `61% ends 03:14`, `137 points` of an endless one, `12% quiet 9m` of a silent one."""
    if activity is None or not row.is_open:
        return ""
    if row.npoints:
        share = f"{min(100, 100 * activity.points // row.npoints)}%"
    else:
        share = f"{activity.points} point{'' if activity.points == 1 else 's'}"
    quiet = silence_ms(row, activity, now_ms)
    if quiet:
        return f"{share} quiet {short_span(quiet / 1000)}"
    end_ms = expected_end(row, activity, now_ms)
    return f"{share} ends {_clock(end_ms, now_ms)}" if end_ms else share


def share(row: ScanSummary, activity: Activity | None) -> float | None:
    """Which part of an open scan is done, None where it is unknown."""
    if activity is None or not row.is_open or not row.npoints:
        return None
    return activity.points / row.npoints


def expected_end(row: ScanSummary, activity: Activity, now_ms: int) -> int | None:
    """When a started scan will have all its points if it goes on as it went, in milliseconds since 1970."""
    if row.state is not ScanState.STARTED or not row.npoints or not 0 < activity.points < row.npoints:
        return None
    took = activity.changed_ms - row.state_ms
    if took <= 0:
        return None
    return max(now_ms, activity.changed_ms + took * (row.npoints - activity.points) // activity.points)


def _clock(ms: int, now_ms: int) -> str:
    when = moment(ms)
    return when.strftime("%H:%M" if ms - now_ms < _DAY_MS else "%d %b %H:%M") if when else "never"
