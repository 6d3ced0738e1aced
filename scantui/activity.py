"""How far an open scan is, when it will end, and whether it has fallen silent; pure rules over what was looked at.

Rule: only what was seen is reported. A scan stalls only after its points were looked at twice and did not grow.
"""

from __future__ import annotations

import msgspec

from scantui.models import UNCOUNTED, ScanState, ScanSummary
from scantui.words import clock_span, ended_early, moment, short_span

SILENT_MS = 30_000
SILENT_INTERVALS = 5
_DAY_MS = 86_400_000
_LONGEST_COUNTDOWN = 3600


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
    if activity is None or activity.looks < 2 or not row.is_open or activity.points == UNCOUNTED:
        return 0
    quiet = now_ms - max(activity.changed_ms, row.state_ms)
    return quiet if quiet > max(SILENT_MS, SILENT_INTERVALS * activity.interval_ms) else 0


def progress_text(row: ScanSummary, activity: Activity | None, now_ms: int, failed: int = 0) -> str:
    """How far a scan is, in the one form that screen and commands have.

    `61% 1:12 left` with less than an hour to go, else `61% ends 03:14`; `58 points` of an endless one; `5/7 scans, 1
    FAIL, 2:51 left` of a sequence of which so many `failed`; `12% quiet 9m` of a silent one, which has no known end;
    `6/21` of one that ended early; `not counted` where that costs too much.
    """
    if activity is None:
        return ""
    if not row.is_open:
        return f"{activity.points}/{row.planned}" if ended_early(row) and 0 <= activity.points < row.planned else ""
    if activity.points == UNCOUNTED:
        return "not counted"
    parts = [_share(row, activity)]
    if row.is_sequence and failed:
        parts.append(f"{failed} FAIL")
    quiet = silence_ms(row, activity, now_ms)
    left = f"quiet {short_span(quiet / 1000)}" if quiet else _left(row, activity, now_ms)
    return (", " if row.is_sequence else " ").join([*parts, *([left] if left else [])])


def share(row: ScanSummary, activity: Activity | None) -> float | None:
    """Which part of an open scan is done, None where it is unknown."""
    if activity is None or not row.is_open or not row.planned or activity.points < 0:
        return None
    return activity.points / row.planned


def expected_end(row: ScanSummary, activity: Activity, now_ms: int) -> int | None:
    """When a started scan will have all its points if it goes on as it went, in milliseconds since 1970."""
    planned = row.planned
    if row.state is not ScanState.STARTED or not 0 < activity.points < planned:
        return None
    took = activity.changed_ms - row.state_ms
    if took <= 0:
        return None
    return max(now_ms, activity.changed_ms + took * (planned - activity.points) // activity.points)


def _share(row: ScanSummary, activity: Activity) -> str:
    count, planned = activity.points, row.planned
    if row.is_sequence:
        return f"{count}/{planned} scans" if planned else f"{count} scan{'' if count == 1 else 's'}"
    if planned:
        return f"{min(100, 100 * count // planned)}%"
    return f"{count} point{'' if count == 1 else 's'}"


def _left(row: ScanSummary, activity: Activity, now_ms: int) -> str:
    end_ms = expected_end(row, activity, now_ms)
    if end_ms is None:
        return ""
    left = (end_ms - now_ms) / 1000
    return f"{clock_span(left)} left" if left < _LONGEST_COUNTDOWN else f"ends {_clock(end_ms, now_ms)}"


def _clock(ms: int, now_ms: int) -> str:
    when = moment(ms)
    return when.strftime("%H:%M" if ms - now_ms < _DAY_MS else "%d %b %H:%M") if when else "never"
