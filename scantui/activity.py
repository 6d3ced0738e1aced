"""How far an open scan is, when it will end, and whether it has fallen silent; pure rules over what was read.

Rule: silence is judged from evidence, at first sight: the time of the last point by an epoch channel, else what the
server knows of the streams, else two looks at points that did not grow. What has no points to show is judged by the
time of its last state, and more patiently.
"""

from __future__ import annotations

import msgspec

from scantui.models import UNCOUNTED, PointsSeen, ScanState, ScanSummary
from scantui.words import clock_span, ended_early, moment, short_span

SILENT_MS = 30_000
SILENT_INTERVALS = 5
# Where nothing can be counted: not started, stopped, or without streams. Motors move for minutes before a scan starts,
# and files are written for minutes after it. A scan that waits on purpose waits for less, or its user wants a reminder.
IDLE_MS = 10 * 60_000
# Between a writer's clock and the server's, where the history does not show by how much they differ.
_CLOCKS_APART_MS = 5_000
_DAY_MS = 86_400_000
_LONGEST_COUNTDOWN = 3600


class Activity(msgspec.Struct, frozen=True):
    """What was seen of a scan's points, by the server's clock in milliseconds.

    `changed_ms` is when their number was last seen to change, or first read; `interval_ms` the usual time between
    two points, 0 while unknown; `last_ms` when the last point came, 0 while unknown;
    `looked_ms` when it was last read. Of points that are UNCOUNTED, `entries` is in how many pieces they came,
    UNCOUNTED while that is unknown too; `has_streams` is whether the scan has any streams, `has_grown` whether the last
    look found more than the one before.
    """

    points: int
    changed_ms: int
    looks: int = 1
    interval_ms: int = 0
    last_ms: int = 0
    looked_ms: int = 0
    entries: int = UNCOUNTED
    has_streams: bool = True
    has_grown: bool = False

    @property
    def count(self) -> int:
        """What grows with the points: their number, else that of the entries, else UNCOUNTED."""
        return self.entries if self.points == UNCOUNTED else self.points

    def after(self, points: int, now_ms: int, entries: int = UNCOUNTED) -> Activity:
        """What is known after another look, from the numbers of points and entries alone."""
        looked = msgspec.structs.replace(
            self, points=points, entries=entries, looks=self.looks + 1, looked_ms=now_ms, has_grown=False
        )
        if looked.count == self.count or (self.points == UNCOUNTED) is not (points == UNCOUNTED):
            # Points are not compared with entries.
            return looked
        elapsed = max(0, now_ms - self.changed_ms) // max(1, looked.count - self.count)
        interval = (self.interval_ms + elapsed) // 2 if self.interval_ms else elapsed
        return msgspec.structs.replace(looked, changed_ms=now_ms, interval_ms=interval, last_ms=now_ms, has_grown=True)


def after_look(row: ScanSummary, known: Activity | None, points: int, seen: PointsSeen | None, now_ms: int) -> Activity:
    """What is known after a look that found so many points, and perhaps when they came.

    Nothing seen and nothing counted means a scan without streams.
    """
    entries = UNCOUNTED if seen is None or seen.entries is None else seen.entries
    if known is None:
        activity = Activity(points, now_ms, looked_ms=now_ms, entries=entries)
    else:
        activity = known.after(points, now_ms, entries)
    if seen is None:
        return msgspec.structs.replace(activity, has_streams=points != UNCOUNTED)
    count = activity.count
    last_ms = _last_point_ms(row, count, seen, now_ms)
    if known is not None and not activity.has_grown and not seen.may_have_grown and points == UNCOUNTED:
        # The server is asked again for how long the streams were unused, and others have read them meanwhile.
        last_ms = known.last_ms or last_ms
    elif known is not None and (not activity.has_grown or last_ms < known.looked_ms - _CLOCKS_APART_MS):
        # What grew since the last look has a later time than that, unless the writer's clock is behind.
        last_ms = max(last_ms, activity.last_ms)
    interval_ms = round(seen.interval * 1000) or activity.interval_ms
    if not seen.interval and count > 0 and last_ms > row.state_ms:
        # Two looks may be further apart than the points that came between them.
        mean_ms = (last_ms - row.state_ms) // count
        interval_ms = min(interval_ms, mean_ms) if interval_ms else mean_ms
    if known is not None and activity.has_grown and 0 < last_ms < now_ms:
        # The last one came before it was seen.
        came_ms = max(0, last_ms - known.changed_ms) // max(1, count - known.count)
        interval_ms = min(interval_ms, max(known.interval_ms, came_ms)) if not seen.interval else interval_ms
    return msgspec.structs.replace(
        activity, last_ms=last_ms or activity.last_ms, interval_ms=interval_ms, has_streams=True
    )


def _last_point_ms(row: ScanSummary, count: int, seen: PointsSeen, now_ms: int) -> int:
    """When the last point came by the server's clock, as late as the evidence allows; 0 if there is none."""
    latest_ms = now_ms if seen.idle_seconds is None else now_ms - 1000 * seen.idle_seconds
    if seen.may_have_grown:
        # A scan whose streams cannot be read cheaply never counts as silent.
        return now_ms
    if count == 0:
        # Nothing has come since the scan was started.
        return row.state_ms
    if seen.last_epoch:
        # The history shows by how much the writer's clock is ahead.
        epoch_ms = round(seen.last_epoch * 1000) + (row.born_ms - row.created_ms if row.created_ms else 0)
        if row.timetag or row.state_ms - _CLOCKS_APART_MS <= epoch_ms <= now_ms + _CLOCKS_APART_MS:
            return max(row.state_ms, min(epoch_ms, latest_ms))
    return max(row.state_ms, latest_ms) if seen.idle_seconds is not None else 0


def silence_ms(row: ScanSummary, activity: Activity | None, now_ms: int, moved_ms: int = 0) -> int:
    """For how long an open scan has done nothing, when that is unusually long; else 0.

    `moved_ms` is when another scan moved last that it consists of.
    """
    if not row.is_open:
        return 0
    moved_ms = max(moved_ms, row.state_ms)
    if row.state is not ScanState.STARTED or (activity is not None and not activity.has_streams):
        quiet = now_ms - max(moved_ms, activity.last_ms if activity else 0)
        return quiet if moved_ms and quiet > max(IDLE_MS, _planned_ms(row)) else 0
    if activity is None or (not activity.last_ms and (activity.looks < 2 or activity.count == UNCOUNTED)):
        return 0
    last_ms = max(moved_ms, activity.last_ms or activity.changed_ms)
    if activity.has_grown and activity.looked_ms <= last_ms + _CLOCKS_APART_MS:
        return 0  # It grew when it was looked at last, and has not had its turn since.
    usual_ms = max(activity.interval_ms, round(1000 * (row.count_time or 0)))
    quiet = now_ms - last_ms
    return quiet if quiet > max(SILENT_MS, SILENT_INTERVALS * usual_ms) else 0


def _planned_ms(row: ScanSummary) -> int:
    """How long a running scan takes at least."""
    planned = row.state is ScanState.STARTED and not row.is_sequence
    return round(1000 * row.planned * max(0.0, row.count_time or 0)) if planned else 0


def progress_text(row: ScanSummary, activity: Activity | None, now_ms: int, quiet_ms: int | None = None) -> str:
    """How far a scan is, in the one form that screen and commands have.

    `61% 1:12 left` with less than an hour to go, else `61% ends 03:14`; `58 points` of an endless one; `12% quiet 9m`
    of a silent one, which has no known end; `6/21` of one that ended early; `not counted`, or `quiet 32m` alone, where
    that is dear. `quiet_ms` is for how long it is silent, if that was worked out already. Sequences count scans, see
    `board/sequences.py`.
    """
    if not row.is_open:
        is_short = activity is not None and ended_early(row) and 0 <= activity.points < row.planned
        return f"{activity.points}/{row.planned}" if activity and is_short else ""
    quiet = silence_ms(row, activity, now_ms) if quiet_ms is None else quiet_ms
    quiet_for = f"quiet {short_span(quiet / 1000)}" if quiet else ""
    if activity is None:
        return quiet_for
    if activity.points == UNCOUNTED:
        return quiet_for or "not counted"
    left = quiet_for or _left(row, activity, now_ms)
    return f"{_share(row, activity)} {left}".strip()


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
    # The last point may have come before it was seen first.
    last_ms = activity.last_ms or activity.changed_ms
    took = last_ms - row.state_ms
    if took <= 0:
        return None
    return max(now_ms, last_ms + took * (planned - activity.points) // activity.points)


def _share(row: ScanSummary, activity: Activity) -> str:
    count, planned = activity.points, row.planned
    if planned:
        return f"{min(100, 100 * count // planned)}%"
    return f"{count} point{'' if count == 1 else 's'}"


def _left(row: ScanSummary, activity: Activity, now_ms: int) -> str:
    end_ms = expected_end(row, activity, now_ms)
    # A scan that is late has no end that one could wait for.
    return "" if end_ms is None or end_ms <= now_ms else time_left(end_ms, now_ms)


def time_left(end_ms: int, now_ms: int) -> str:
    """How long it is until an end that is expected: `2:51 left`, or `ends 03:14` when it is more than an hour away.

    It is empty for an end that no calendar has.
    """
    # 0:00 would say that it has ended.
    left = max(1.0, (end_ms - now_ms) / 1000)
    if left < _LONGEST_COUNTDOWN:
        return f"{clock_span(left)} left"
    when = moment(end_ms)
    return when.strftime("ends %H:%M" if end_ms - now_ms < _DAY_MS else "ends %d %b %H:%M") if when else ""
