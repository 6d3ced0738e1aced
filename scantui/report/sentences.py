"""The lines of a report that people read, whatever the format: span, counts, strip, pauses, problems, longest; pure.

Rule: these are plain texts, printable but not escaped; a format escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timezone
from typing import NamedTuple

from scantui.report.folding import ReportRow
from scantui.report.intervals import union
from scantui.report.scans import ReportedScan
from scantui.report.shift import Pause, Report
from scantui.report.spans import Span
from scantui.text import printable
from scantui.words import clock_span, moment, short_span

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_STEPS_MS = tuple(minutes * _MINUTE_MS for minutes in (10, 20, 30, 60, 120, 240, 480, 1440, 2880, 10080, 43200, 525600))
_MOST_COLUMNS = 72
_BARS = "▁▂▃▄▅▆▇█"
_EMPTY = "·"
# Stands before how many equal scans a row shows.
TIMES = "\u00d7"


class Strip(NamedTuple):
    """Which part of each step of the span was covered, from 0 to 1, and the steps in which problems began."""

    step_ms: int
    start_ms: int
    shares: list[float]
    problems: dict[int, str]

    def start_of(self, index: int) -> int:
        return self.start_ms + index * self.step_ms


def clock(ms: int, zone: timezone | None = None) -> str:
    """The time of day on this computer, or in a zone."""
    when = moment(ms, zone)
    return when.strftime("%H:%M") if when else "?"


def day_and_clock(ms: int, zone: timezone | None = None) -> str:
    when = moment(ms, zone)
    return when.strftime("%a %d %b %Y %H:%M") if when else "?"


def span_text(ms: int) -> str:
    """`8 h`, `18 min`, `3 d 4 h`."""
    minutes = max(0, ms) // _MINUTE_MS
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or f"{max(0, ms) // 1000} s"


def heading(report: Report, zone: timezone | None = None) -> str:
    since, until = report.span
    name = printable(report.server)
    return f"{name}, {day_and_clock(since, zone)} to {day_and_clock(until, zone)} ({span_text(report.span.ms)})"


def summary(report: Report) -> str:
    """`214 scans: 201 DONE 6 FAIL; scans ran 71 % of the time`."""
    count = len(report.scans)
    words = " ".join(f"{many} {word}" for word, many in report.counts.items())
    scans = f"{count} scan{'' if count == 1 else 's'}: {words}" if count else "No scans"
    return f"{scans}; scans ran {percent(report.share)} of the time"


def server_lines(report: Report) -> list[str]:
    """`id11: 214 scans: 201 DONE 6 FAIL; scans ran 71 % of the time`, a line for each of several servers."""
    return [f"{printable(part.server)}: {summary(part)}" for part in report.of_servers]


def titled(scan: ReportedScan) -> str:
    """The title of a scan, of one of several servers with its name before it."""
    return printable(f"{scan.scan.server or ''} {scan.title}".strip())


def percent(share: float) -> str:
    """`71 %`; a little is `under 1 %`, so that it is not taken for nothing."""
    return "under 1 %" if 0 < share < 0.01 else f"{100 * share:.0f} %"


def named(scan: ReportedScan) -> str:
    """`FAIL 41 ascan samx 0 1 200 0.5`, of one of several servers with its name before it."""
    number = "" if scan.number is None else f" {scan.number}"
    server = f"{scan.scan.server} " if scan.scan.server else ""
    return printable(f"{server}{scan.word}{number} {scan.title}")


def pause_line(pause: Pause, zone: timezone | None = None) -> str:
    after = f", after {named(pause.after)}" if pause.after else ""
    times = f"{clock(pause.since_ms, zone)}-{clock(pause.until_ms, zone)}"
    return f"{times}, {span_text(pause.until_ms - pause.since_ms)}{after}"


def problem_line(scan: ReportedScan, zone: timezone | None = None, hint: str = "") -> str:
    """`01:32 FAIL 41 ascan samx 0 1 200 0.5: 0:12, 12/201, diode 1 behind`; `hint` is for a scan without its own."""
    seconds = "" if scan.seconds is None else clock_span(scan.seconds)
    hints = scan.reason.hints or hint
    facts = ", ".join(part for part in (seconds, points_text(scan), hints, note_text(scan)) if part)
    return f"{clock(scan.begin_ms, zone)} {named(scan)}" + (f": {facts}" if facts else "")


def note_text(scan: ReportedScan) -> str:
    """The verdict in capitals and the text: `BAD wrong filter`."""
    note = scan.note
    return printable(f"{note.verdict.upper()} {note.text}".strip()) if note else ""


def longest_line(report: Report) -> str:
    """The longest scan, and how much of the time was overhead; empty when neither is known."""
    longest, overhead, worst = report.longest, report.overhead, report.worst_overhead
    parts = []
    if longest is not None:
        parts.append(f"longest {clock_span(longest.seconds or 0)} {titled(longest)}")
    if overhead is not None and worst is not None:
        parts.append(
            f"overhead {percent(overhead)} (points x count time against duration), "
            f"worst {titled(worst)} {percent(worst.overhead or 0)}"
        )
    return "; ".join(parts)


def points_text(scan: ReportedScan) -> str:
    """`200`, or `12/201` of one that took fewer points than planned; `12/201 quiet 9m` of a silent one."""
    quiet = f"quiet {short_span(scan.quiet_ms / 1000)}" if scan.quiet_ms else ""
    return f"{_how_far(scan)} {quiet}".strip()


def _how_far(scan: ReportedScan) -> str:
    planned = scan.scan.npoints
    if scan.points is None or scan.reason.unit != "points":
        return scan.reason.how_far
    return f"{scan.points}/{planned}" if planned and planned > 0 and scan.points != planned else str(scan.points)


def row_title(row: ReportRow) -> str:
    """The title of a row, and of several scans how many there are, with their numbers."""
    title, count = printable(row.first.title), len(row.scans)
    numbers = [scan.number for scan in row.scans if scan.number is not None]
    return f"{title} {TIMES}{count} ({min(numbers)}-{max(numbers)})" if count > 1 and numbers else title


def step_of(span: Span) -> tuple[int, int]:
    """How long each of at most 72 steps of a span is, and when the first begins, in milliseconds."""
    step_ms = next((step for step in _STEPS_MS if span.ms <= step * _MOST_COLUMNS), _STEPS_MS[-1])
    return step_ms, span.since_ms - span.since_ms % min(step_ms, _HOUR_MS)


def strip(report: Report) -> Strip:
    """The span in at most 72 steps of round length; what ran past the span or the present is not counted."""
    span = report.span
    step_ms, start_ms = step_of(span)
    count = max(1, -(-(span.until_ms - start_ms) // step_ms))
    covered = [0] * count
    for piece in union(scan.ran(report.now_ms) for scan in report.top_level):
        _cover(covered, span.cut(piece.start_ms, piece.end_ms), start_ms, step_ms)
    return Strip(step_ms, start_ms, [ms / step_ms for ms in covered], problem_marks(report.problems, span))


def problem_marks(problems: Iterable[ReportedScan], span: Span) -> dict[int, str]:
    """By the steps of a span, `!` where a scan had a problem and `~` where scans only stalled."""
    step_ms, start_ms = step_of(span)
    marks: dict[int, str] = {}
    for scan in problems:
        begin_ms = scan.begin_ms if scan.ended_ms is None else scan.ended_ms
        if span.since_ms <= begin_ms < span.until_ms:
            index = (begin_ms - start_ms) // step_ms
            marks[index] = "~" if scan.word == "STALL" and marks.get(index) != "!" else "!"
    return marks


def strip_lines(drawn: Strip, zone: timezone | None = None) -> tuple[str, str, str]:
    """The hours, a bar for each step, and the marks of problems, each a line of at most 72 columns."""
    bars = "".join(_bar(share) for share in drawn.shares)
    marks = "".join(drawn.problems.get(index, " ") for index in range(len(drawn.shares))).rstrip()
    return _hours(drawn, zone), bars, marks


def _cover(covered: list[int], piece: Span, start_ms: int, step_ms: int) -> None:
    at_ms = piece.since_ms
    while at_ms < piece.until_ms:
        index = (at_ms - start_ms) // step_ms
        end_ms = min(piece.until_ms, start_ms + (index + 1) * step_ms)
        covered[index] += end_ms - at_ms
        at_ms = end_ms


def _bar(share: float) -> str:
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))] if share > 0 else _EMPTY


def hour_labels(drawn: Strip, zone: timezone | None = None) -> list[tuple[int, str]]:
    """The steps with which an hour begins, or a day where steps are longer, and its two digits."""
    labels: list[tuple[int, str]] = []
    for index in range(len(drawn.shares)):
        when = moment(drawn.start_of(index), zone)
        label = "" if when is None else when.strftime("%d" if drawn.step_ms >= _DAY_MS else "%H")
        if not labels or label != labels[-1][1]:
            labels.append((index, label))
    return labels


def _hours(drawn: Strip, zone: timezone | None) -> str:
    line = ""
    for index, label in hour_labels(drawn, zone):
        if len(line) <= index:
            line = line.ljust(index) + label + " "
    return line.rstrip()
