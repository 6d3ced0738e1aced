"""A report as plain text for a terminal and as Markdown for a logbook; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timezone
from typing import NamedTuple

from scantui.escaping import markdown_text
from scantui.report.folding import ReportRow, report_rows
from scantui.report.scans import ReportedScan
from scantui.report.sentences import (
    clock,
    heading,
    longest_line,
    note_text,
    pause_line,
    points_text,
    problem_line,
    row_title,
    server_lines,
    strip,
    strip_lines,
    summary,
)
from scantui.report.shift import Report
from scantui.text import printable
from scantui.words import clock_span

LABELS = ("Start", "No", "Title", "Duration", "Points", "State", "Peak", "Note")
_INDENT = "↳ "


class DatasetRows(NamedTuple):
    """Rows of one proposal, sample and dataset; `label` names those that are known."""

    label: str
    rows: list[ReportRow]


def groups(report: Report) -> list[DatasetRows]:
    """The rows of the report by proposal, sample and dataset, in the order in which each began."""
    places: dict[str, str] = {}
    for scan in report.scans:
        # A child is listed below its parent, even if it names another dataset.
        places[scan.key] = places.get(scan.scan.parent or "", _place_of(scan))
    by_place: dict[str, list[ReportedScan]] = {}
    for scan in report.scans:
        by_place.setdefault(places[scan.key], []).append(scan)
    return [DatasetRows(place, report_rows(scans)) for place, scans in by_place.items()]


def row_cells(row: ReportRow, zone: timezone | None = None, indent: str = _INDENT) -> list[str]:
    """The cells of a row under LABELS, printable but not escaped."""
    first = row.first
    seconds = [scan.seconds for scan in row.scans if scan.seconds is not None]
    return [
        clock(first.begin_ms, zone),
        "" if first.number is None else str(first.number),
        indent * row.depth + row_title(row),
        clock_span(sum(seconds)) if seconds else "",
        points_text(first) if len(row.scans) == 1 else "",
        first.word,
        printable(first.peak),
        ", ".join(part for part in (note_text(first), first.reason.hints if first.is_problem else "") if part),
    ]


def report_text(report: Report, zone: timezone | None = None) -> str:
    """The report for a terminal of 80 columns or more: strip, pauses, problems, and every scan on a line."""
    lines = [heading(report, zone), summary(report), *(line for line in strip_lines(strip(report), zone) if line)]
    lines += _listed("servers", server_lines(report))
    lines += _listed("pauses", [pause_line(pause, zone) for pause in report.pauses])
    lines += _listed("problems", [problem_line(scan, zone) for scan in report.problems])
    if longest := longest_line(report):
        lines.append(longest)
    for group in groups(report):
        lines += ["", group.label or "no dataset"]
        for row in group.rows:
            start, number, title, duration, points, word, _, note = row_cells(row, zone, "  ")
            facts = "  ".join(part for part in (points, note) if part)
            lines.append(f"{start} {word:<5} {number:>5} {duration:>8}  {title}  {facts}".rstrip())
    return "\n".join(lines) + "\n"


def report_markdown(report: Report, zone: timezone | None = None) -> str:
    """The report for an electronic logbook: tables without HTML; Markdown's own characters are escaped."""
    parts = [f"## Scans of {markdown_text(heading(report, zone))}\n", f"{markdown_text(summary(report))}\n"]
    if report.scans:
        hours, bars, marks = strip_lines(strip(report), zone)
        parts.append("".join(f"    {line}\n" for line in (hours, bars, marks) if line))
    parts += _section("Servers", map(markdown_text, server_lines(report)))
    parts += _section("Pauses", (markdown_text(pause_line(pause, zone)) for pause in report.pauses))
    parts += _section("Problems", (markdown_text(problem_line(scan, zone)) for scan in report.problems))
    if longest := longest_line(report):
        parts.append(f"{markdown_text(longest[:1].upper() + longest[1:])}\n")
    for group in groups(report):
        parts.append(f"### {markdown_text(group.label) or 'No dataset'}\n")
        rows = [LABELS, ["---"] * len(LABELS)]
        cells = [[markdown_text(cell) for cell in row_cells(row, zone)] for row in group.rows]
        parts.append("".join(f"| {' | '.join(line)} |\n" for line in (*rows, *cells)))
    return "\n".join(parts)


def _place_of(scan: ReportedScan) -> str:
    identity = scan.scan.identity
    parts: Iterable[str | None] = (identity.proposal, identity.collection, identity.dataset) if identity else ()
    return printable(" / ".join(part for part in (scan.scan.server, *parts) if part))


def _listed(label: str, lines: list[str]) -> Iterator[str]:
    for index, line in enumerate(lines):
        yield f"{label if index == 0 else '':<9} {line}"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    items = [f"- {line}\n" for line in lines]
    return [f"### {title}\n", "".join(items)] if items else []
