"""A report for programs: JSON with all of it, and CSV with a line for each scan; pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from scantui.escaping import Value, csv_cell
from scantui.report.scans import ReportedScan
from scantui.report.shift import Report
from scantui.words import iso_time


def report_record(report: Report) -> dict[str, Any]:
    """The report as values of JSON: times are ISO 8601 in UTC, spans in seconds, texts as the server has them."""
    return {
        "server": report.server,
        "since": iso_time(report.span.since_ms),
        "until": iso_time(report.span.until_ms),
        "span_seconds": report.span.ms / 1000,
        "ran_seconds": report.ran_ms / 1000,
        "counts": report.counts,
        **({"servers": list(map(_server_values, report.of_servers))} if report.servers else {}),
        "pauses": [
            {
                "from": iso_time(pause.since_ms),
                "until": iso_time(pause.until_ms),
                "seconds": pause.seconds,
                "after": pause.after.key if pause.after else None,
            }
            for pause in report.pauses
        ],
        "problems": [scan_values(scan) for scan in report.problems],
        "scans": [scan_values(scan) for scan in report.scans],
    }


def _server_values(part: Report) -> dict[str, Any]:
    return {"server": part.server, "ran_seconds": part.ran_ms / 1000, "counts": part.counts}


def report_json(report: Report) -> str:
    """The report as one JSON object."""
    return json.dumps(report_record(report), indent=2) + "\n"


def scan_values(scan: ReportedScan) -> dict[str, Any]:
    """What the report knows of a scan; what is not known is null, and only a child has a `parent`."""
    row, identity, reason = scan.scan, scan.scan.identity, scan.reason
    known: dict[str, Any] = {
        "key": scan.key,
        **({"server": row.server} if row.server else {}),
        "number": scan.number,
        "word": scan.word,
        "title": row.title or scan.title,
        "name": identity.name if identity else None,
        "proposal": identity.proposal if identity else None,
        "collection": identity.collection if identity else None,
        "dataset": identity.dataset if identity else None,
        "session": identity.session if identity else None,
        "user": row.user_name,
        "started": iso_time(scan.started_ms or 0),
        "ended": iso_time(scan.ended_ms or 0),
        "seconds": scan.seconds,
        "points": scan.points if scan.points is not None else reason.points,
        "npoints": row.npoints,
        "overhead": scan.overhead,
        "behind": [{"name": each.name, "points": each.points} for each in reason.behind],
        "peak": scan.peak or None,
        "comment": reason.comment or None,
        "verdict": scan.note.verdict or None if scan.note else None,
        "note": scan.note.text or None if scan.note else None,
    }
    return known | ({"parent": row.parent} if row.parent else {})


def _of_values(field: str) -> Callable[[dict[str, Any]], Value]:
    def value(values: dict[str, Any]) -> Value:
        found: Value = values.get(field)
        return found

    return value


_BEHIND = "BEHIND"
# Only there where a scan names its server.
_SERVER = "SERVER"
# The key stays last, for scripts that count columns from the end.
_CSV_COLUMNS: dict[str, Callable[[dict[str, Any]], Value]] = {
    "STARTED": _of_values("started"),
    "ENDED": _of_values("ended"),
    "NUMBER": _of_values("number"),
    "TITLE": _of_values("title"),
    "STATE": _of_values("word"),
    "DURATION": _of_values("seconds"),
    "POINTS": _of_values("points"),
    "NPOINTS": _of_values("npoints"),
    "PROPOSAL": _of_values("proposal"),
    "COLLECTION": _of_values("collection"),
    "DATASET": _of_values("dataset"),
    "USER": _of_values("user"),
    _BEHIND: lambda values: ", ".join(f"{each['name']} {each['points']}" for each in values["behind"]),
    "PEAK": _of_values("peak"),
    "COMMENT": _of_values("comment"),
    "VERDICT": _of_values("verdict"),
    "NOTE": _of_values("note"),
    "PARENT": _of_values("parent"),
    _SERVER: _of_values("server"),
    "KEY": _of_values("key"),
}


def report_csv(report: Report) -> str:
    """A header and a line for each scan, as RFC 4180 has it; durations are in seconds."""
    text = io.StringIO()
    writer = csv.writer(text)
    of_several = any(scan.scan.server for scan in report.scans)
    columns = {label: value_of for label, value_of in _CSV_COLUMNS.items() if of_several or label != _SERVER}
    writer.writerow(columns)
    for scan in report.scans:
        values = scan_values(scan)
        writer.writerow(csv_cell(value_of(values)) for value_of in columns.values())
    return text.getvalue()
