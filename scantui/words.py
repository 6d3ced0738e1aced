"""The words of the monitor: what a scan's state is called, and how times are written; pure.

Rule: colours only repeat what the words mean.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from scantui.identities import ScanState

if TYPE_CHECKING:
    from scantui.models import ScanSummary

# The words that a scan may have, in the order of its life; filters accept all of them.
STATE_WORDS = {
    "NEW": "created, nothing has moved yet",
    "PREP": "prepared, about to start",
    "RUN": "started, points are coming in",
    "STALL": "open, but nothing new for unusually long",
    "STOP": "all points are taken, about to be closed",
    "DONE": "closed after a success",
    "FAIL": "closed after a failure",
    "ABRT": "closed because a user aborted it",
    "LOST": "closed by a clean-up after its publisher was gone",
    "END": "closed without a reason",
    "GONE": "deleted or expired while the monitor was running",
    "BAD": "cannot be read; its row says why",
}
# Words for several of them. A scan that went away is neither open nor closed, whatever its document last said.
GROUPS: dict[str, tuple[str, ...]] = {
    "OPEN": ("NEW", "PREP", "RUN", "STALL", "STOP"),
    "CLOSED": ("DONE", "FAIL", "ABRT", "LOST", "END"),
    "PROBLEM": ("FAIL", "ABRT", "LOST", "STALL", "BAD", "GONE"),
}
_CLOSED = ScanState.CLOSED
# Between a writer's note of the start and the creation in Redis, in seconds: longer, and its clock was set meanwhile.
_LATE_START = 60
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def state_word(scan: ScanSummary) -> str:
    """The word for a scan's state, and for a closed one how it ended: CLOSED alone does not mean success."""
    return scan.word


def ended_early(scan: ScanSummary) -> bool:
    """Whether a closed scan may have fewer points than it was to have: its outcome is known, and is not success."""
    return scan.state is ScanState.CLOSED and scan.planned > 0 and state_word(scan) not in ("DONE", "END")


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
    """Seconds since 1970 of a time in ISO 8601 with a zone; None without one, since the zone is then unknown."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return when.timestamp() if when.tzinfo else None


def duration(scan: ScanSummary, now_ms: int) -> float | None:
    """How long a scan has run, or ran, in seconds, by one clock at both ends; None when its times do not allow it.

    An open scan runs by the server's clock since it moved into its state, or since its start where that was read. A
    closed one ran by the times that its writer noted, which every reader sees, and where those cannot be right by the
    server's.
    """
    state = scan.state
    if state is _CLOSED:
        noted = noted_seconds(scan.noted_span)
        if noted is not None:
            return noted
    elif state is not None and state is not ScanState.STOPPED:
        since_ms = scan.started_ms or scan.state_ms
        return max(0.0, (now_ms - since_ms) / 1000) if since_ms else None
    return max(0.0, (scan.state_ms - scan.started_ms) / 1000) if scan.started_ms and state is not None else None


def lacks_start(scan: ScanSummary) -> bool:
    """Whether only the server knows how long a scan ran, and when it started was not read."""
    return scan.state in (ScanState.STOPPED, _CLOSED) and not scan.started_ms and _noted_seconds(scan) is None


def _noted_seconds(scan: ScanSummary) -> float | None:
    return noted_seconds(scan.noted_span) if scan.state is _CLOSED else None


def noted_seconds(span: tuple[int, int] | None) -> float | None:
    """From the start to the end by the writer's clock; None where they contradict each other or its other times.

    `span` is how long after its creation the scan started, and how long it ran, in microseconds.
    """
    if span is None:
        return None
    late, took = span
    # The key holds the time of creation by the same clock.
    return took / 10**6 if took >= 0 and abs(late) <= _LATE_START * 10**6 else None
