"""The words of the monitor: what a scan's state is called, and how times are written; pure.

Rule: a word says everything; colours only repeat it.
"""

from __future__ import annotations

from datetime import datetime, timezone

from scantui.models import ScanState, ScanSummary

# From the first to the last word that a scan may bear; the filter knows them all.
STATE_WORDS = {
    "NEW": "created, nothing has moved yet",
    "PREP": "prepared, about to start",
    "RUN": "started, points are coming in",
    "STALL": "open, and nothing happened for unusually long",
    "STOP": "all points are taken, about to be closed",
    "DONE": "closed, and it says that it succeeded",
    "FAIL": "closed after a failure",
    "ABRT": "closed because a user aborted it",
    "LOST": "closed by a clean-up, its publisher was gone",
    "END": "closed, and nothing says how it ended",
    "GONE": "expired or deleted in Redis while we were looking",
    "BAD": "cannot be read; the message line says why",
}
_OPEN = {
    ScanState.CREATED: "NEW",
    ScanState.PREPARED: "PREP",
    ScanState.STARTED: "RUN",
    ScanState.STOPPED: "STOP",
}
END_REASONS = {"SUCCESS": "DONE", "FAILURE": "FAIL", "USER_ABORT": "ABRT", "DELETION": "LOST"}
EXIT_STATUSES = {"success": "DONE", "abort": "ABRT"}

_CLOSED = ScanState.CLOSED
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def state_word(scan: ScanSummary) -> str:
    """The word for a scan's state, and for a closed one how it ended: CLOSED alone is no success."""
    if scan.state is None:
        return "BAD"
    if scan.state is not ScanState.CLOSED:
        return _OPEN[scan.state]
    if scan.end_reason:
        return END_REASONS.get(scan.end_reason.upper(), "END")
    if scan.exit_status:
        return EXIT_STATUSES.get(scan.exit_status.lower(), "FAIL")
    return "END"


def short_span(seconds: float) -> str:
    """A span of time in at most four characters: 45s, 12m, 3h, 6d, 2y."""
    seconds = max(0, int(seconds))
    for size, letter in ((_YEAR, "y"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= size:
            return f"{seconds // size}{letter}"
    return f"{seconds}s"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: `1 row`, `2 rows`; `plural` is for nouns that take more than an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def clock_span(seconds: float) -> str:
    """A span of time as a stop watch shows it: 0:41, 17:02, 1:05:00."""
    minutes, seconds = divmod(max(0, int(seconds)), _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def moment(ms: float, zone: timezone | None = None) -> datetime | None:
    """A time in milliseconds since 1970 on this machine's clock, or in a zone; None when no calendar has it."""
    try:
        return datetime.fromtimestamp(ms / 1000, timezone.utc).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return None


def iso_time(ms: float, zone: timezone | None = timezone.utc) -> str | None:
    """A time in milliseconds since 1970 as ISO 8601 in a zone, in that of this computer if `zone` is None.

    None for 0, which stands for no time, and for a time that no calendar has.
    """
    when = moment(ms, zone) if ms else None
    return when.isoformat(timespec="milliseconds") if when else None


def seconds_of(text: str | None) -> float | None:
    """Seconds since 1970 of a time in ISO 8601 with a zone; None without one, since then nobody knows which it is."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return when.timestamp() if when.tzinfo else None


def duration(scan: ScanSummary, now_ms: int) -> float | None:
    """How long a scan has run, or ran, in seconds; None when its times cannot tell."""
    if scan.state is _CLOSED and scan.start_time and scan.end_time:
        seconds = _seconds_between(scan.start_time, scan.end_time)
        if seconds is not None:
            return seconds if seconds >= 0 else None
    started = seconds_of(scan.start_time)
    if started is None:
        started = scan.created_ms / 1000
    if scan.state is not _CLOSED and scan.state is not None:
        return now_ms / 1000 - started if started else None
    ended = seconds_of(scan.end_time) or (scan.state_ms / 1000)
    return ended - started if started and ended >= started else None


def _seconds_between(start: str, end: str) -> float | None:
    """From one time to another, both as publishers mostly write them, else None; for 50 000 scans at once."""
    try:
        started, ended = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        return None
    return (ended - started).total_seconds() if started.tzinfo and ended.tzinfo else None
