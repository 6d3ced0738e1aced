"""A report of several servers: what ran on each, and each scan with its server."""

from __future__ import annotations

from datetime import timezone

from scantui.models import Origin
from scantui.report import Span, make_report
from scantui.report.page import report_page
from scantui.report.records import report_record
from scantui.report.text import report_markdown, report_text
from tests.report.shifts import at, key_of, scan

UTC = timezone.utc
NAMES = ("id11", "id15", "id22")
BOTH = make_report(
    "id11, id15, id22",
    Span(at(0), at(100)),
    [
        scan(1, 0, 50, origin=Origin("id11")),
        scan(2, 10, 20, "FAIL", origin=Origin("id15")),
        scan(3, 0, 10, parent=2, origin=Origin("id15")),
    ],
    at(100),
    servers=NAMES,
)


def test_each_server_has_a_line_also_one_on_which_nothing_ran() -> None:
    text, markdown, page = report_text(BOTH, UTC), report_markdown(BOTH, UTC), report_page(BOTH, UTC)
    for line in (
        "id11: 1 scan: 1 DONE; scans ran 50 % of the time",
        "id15: 2 scans: 1 DONE 1 FAIL; scans ran 10 % of the time",
        "id22: No scans; scans ran 0 % of the time",
    ):
        assert line in text
        assert f"- {line}\n" in markdown
        assert f"<li>{line}</li>" in page
    assert report_record(BOTH)["servers"] == [
        {"server": "id11", "ran_seconds": 3000.0, "counts": {"DONE": 1}},
        {"server": "id15", "ran_seconds": 600.0, "counts": {"DONE": 1, "FAIL": 1}},
        {"server": "id22", "ran_seconds": 0.0, "counts": {}},
    ]


def test_the_longest_scan_and_the_curves_name_their_server() -> None:
    assert "longest 50:00 id11 ascan samx" in report_text(BOTH, UTC)
    assert "<figcaption>22:10 2 id15 ascan samx" in report_page(BOTH, UTC, {key_of(2): "<svg></svg>"})


def test_the_report_of_one_server_names_none() -> None:
    one = make_report("id11", Span(at(0), at(100)), [scan(1, 0, 50)], at(100))
    assert "longest 50:00 ascan samx" in report_text(one, UTC)
    assert "servers" not in report_text(one, UTC)
    assert "servers" not in report_record(one)
