"""What happened in a span, as a line for a returning user and as the lines of a pane; pure.

Rule: these are plain texts, printable but not styled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timezone
from typing import NamedTuple

import msgspec

from scantui.report.scans import ReportedScan
from scantui.report.sentences import (
    Strip,
    clock,
    named,
    pause_line,
    percent,
    problem_line,
    span_text,
    strip_lines,
)
from scantui.report.shift import Pause
from scantui.report.spans import Span
from scantui.text import printable
from scantui.words import clock_span, counted

# How many numbers of scans, and pauses, the one line names.
_MOST_NUMBERS, _MOST_PAUSES = 3, 2
_PROBLEMS = ("FAIL", "ABRT", "LOST", "STALL", "BAD")


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What scans did in a span: how many have which word, how long any ran, the pauses, the problems, a strip.

    `overhead` is 1 - points x count time / duration of all that took their points, `worst` the scan with the most.
    """

    span: Span
    now_ms: int
    count: int
    counts: dict[str, int]
    ran_ms: int
    pauses: tuple[Pause, ...]
    problems: tuple[ReportedScan, ...]
    longest: ReportedScan | None
    overhead: float | None = None
    worst: ReportedScan | None = None
    strip: Strip

    @property
    def share(self) -> float:
        """The part of the span in which a scan ran, from 0 to 1."""
        return self.ran_ms / self.span.ms if self.span.ms > 0 else 0.0


class DigestLine(NamedTuple):
    """A line of the digest; `key` is the scan that it is about, "" for none."""

    text: str
    key: str = ""
    is_problem: bool = False


def away_line(digest: Digest, now: str = "", zone: timezone | None = None) -> str:
    """`away 02:10-04:40: 37 scans, 2 FAIL (41 55), no scan 03:50-04:08, now 62 at 61%`; `now` is what runs."""
    since, until = digest.span
    parts = [counted(digest.count, "scan"), *_problem_counts(digest)]
    longest = sorted(digest.pauses, key=lambda pause: pause.since_ms - pause.until_ms)[:_MOST_PAUSES]
    pauses = sorted(longest, key=lambda pause: pause.since_ms)
    parts += [f"no scan {clock(pause.since_ms, zone)}-{clock(pause.until_ms, zone)}" for pause in pauses]
    if now:
        parts.append(f"now {now}")
    return printable(f"away {clock(since, zone)}-{clock(until, zone)}: {', '.join(parts)}")


def digest_lines(
    digest: Digest, title: str, zone: timezone | None = None, hints: Mapping[str, str] = {}
) -> Iterator[DigestLine]:
    """The lines of the pane: the span and its counts, the strip, problems, pauses, the longest scan.

    `hints` are what is known of why scans ended early, by their keys.
    """
    words = " ".join(f"{many} {word}" for word, many in digest.counts.items())
    ran = f"scans ran {percent(digest.share)} of the time"
    yield DigestLine(f"{title} · {span_text(digest.span.ms)} · {ran}")
    yield DigestLine(counted(digest.count, "scan") + (f": {words}" if words else ""))
    yield from map(DigestLine, strip_lines(digest.strip, zone))
    problems = ((problem_line(each, zone, hints.get(each.key, "")), each.key) for each in digest.problems)
    yield from (line._replace(is_problem=True) for line in _listed("problems", problems))
    pauses = ((pause_line(each, zone), each.after.key if each.after else "") for each in digest.pauses)
    yield from _listed("pauses", pauses)
    if digest.longest is not None:
        seconds = clock_span(digest.longest.seconds or 0)
        yield DigestLine(f"{'longest':<9}{seconds} {named(digest.longest)}", digest.longest.key)
    if digest.overhead is not None and digest.worst is not None:
        overhead = f"{percent(digest.overhead)} (points x count time against duration), worst {named(digest.worst)}"
        yield DigestLine(f"{'overhead':<9}{overhead}", digest.worst.key)


def _problem_counts(digest: Digest) -> Iterator[str]:
    for word in _PROBLEMS:
        found = [scan for scan in digest.problems if scan.word == word]
        numbers = [str(scan.number) for scan in found if scan.number is not None]
        if found:
            named_numbers = f" ({' '.join(numbers)})" if 0 < len(numbers) <= _MOST_NUMBERS else ""
            yield f"{len(found)} {word}{named_numbers}"


def _listed(label: str, items: Iterable[tuple[str, str]]) -> Iterator[DigestLine]:
    for index, (text, key) in enumerate(items):
        yield DigestLine(f"{label if index == 0 else '':<9}{text}", key)
