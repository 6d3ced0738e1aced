"""A report in each format: it can be read back, and texts from outside stay texts."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.models import Note
from scantui.report import Report, ReportedScan, Span, make_report
from scantui.report.folding import report_rows
from scantui.report.page import report_page
from scantui.report.reasons import Behind, Reason
from scantui.report.records import report_csv, report_record
from scantui.report.sentences import strip, strip_lines
from scantui.report.text import report_markdown, report_text
from tests.hostile import ATTACKS
from tests.report.shifts import MINUTE, at, key_of, scan

UTC = timezone.utc
NIGHT_SPAN = Span(at(0), at(480))


def report(*scans: ReportedScan, server: str = "id11") -> Report:
    return make_report(server, NIGHT_SPAN, scans, at(480))


NOTE = Note(server="id11", key=key_of(3), verdict="bad", text="wrong filter")
FAILED = Reason(points=6, planned=21, behind=(Behind("pico1", 3), Behind("i0", 1)), comment="shutter closed")
A_NIGHT = report(
    scan(1, 0, 60, title="XANES", dataset="ds_0002"),
    scan(2, 0, 20, parent=1, points=20, npoints=20, dataset="ds_0002"),
    scan(3, 20, 50, "FAIL", parent=1, points=6, npoints=21, reason=FAILED, note=NOTE, dataset="ds_0002"),
    *(scan(number, 60 + number, 61 + number, title="ascan samy -1.50000 0.00000 9 0.1") for number in range(10, 16)),
    scan(20, 120, None, "STALL", moved=130, points=8, npoints=100),
)


def test_the_json_is_as_scripts_expect_it() -> None:
    record = json.loads(json.dumps(report_record(A_NIGHT)))
    assert list(record) == [
        "server",
        "since",
        "until",
        "span_seconds",
        "ran_seconds",
        "counts",
        "pauses",
        "problems",
        "scans",
    ]
    assert (record["server"], record["span_seconds"]) == ("id11", 480 * 60)
    assert record["since"] == "2026-11-20T22:00:00.000+00:00"
    assert record["ran_seconds"] == (60 + 6 + 360) * 60
    assert record["counts"] == {"STALL": 1, "DONE": 8, "FAIL": 1}
    assert record["pauses"] == [
        {
            "from": "2026-11-20T23:00:00.000+00:00",
            "until": "2026-11-20T23:10:00.000+00:00",
            "seconds": 600.0,
            "after": key_of(1),
        },
        {
            "from": "2026-11-20T23:16:00.000+00:00",
            "until": "2026-11-21T00:00:00.000+00:00",
            "seconds": 2640.0,
            "after": key_of(15),
        },
        {
            "from": "2026-11-21T00:10:00.000+00:00",
            "until": "2026-11-21T06:00:00.000+00:00",
            "seconds": 21000.0,
            "after": key_of(20),
        },
    ]
    assert [problem["number"] for problem in record["problems"]] == [3, 20]
    failed = record["problems"][0]
    assert (failed["word"], failed["points"], failed["npoints"], failed["parent"]) == ("FAIL", 6, 21, key_of(1))
    assert (failed["behind"][0], failed["comment"]) == ({"name": "pico1", "points": 3}, "shutter closed")
    assert (failed["verdict"], failed["note"]) == ("bad", "wrong filter")
    assert "parent" not in record["scans"][0]
    assert len(record["scans"]) == 10


def test_people_see_children_under_their_sequence_and_equal_neighbours_as_one_row() -> None:
    rows = [(row.first.number, row.depth, len(row.scans)) for row in report_rows(A_NIGHT.scans)]
    assert rows == [(1, 0, 1), (2, 1, 1), (3, 1, 1), (10, 0, 6), (20, 0, 1)]


def test_the_markdown_of_a_night() -> None:
    text = report_markdown(A_NIGHT, UTC)
    assert text.startswith("## Scans of id11, Fri 20 Nov 2026 22:00 to Sat 21 Nov 2026 06:00 (8 h)\n")
    assert "10 scans: 1 STALL 8 DONE 1 FAIL; scans ran 89 % of the time\n" in text
    assert "- 23:00-23:10, 10 min, after DONE 1 ascan: XANES\n" in text
    assert '- 22:20 FAIL 3 ascan samx 0 1 20 0.5: 30:00, 6/21, pico1 3 behind and 1 more, "shutter closed", BAD' in text
    assert "| 22:00 | 2 | ↳ ascan samx 0 1 20 0.5 | 20:00 | 20 | DONE |  |  |\n" in text
    assert "| 23:10 | 10 | ascan samy -1.5 0 9 0.1 \u00d76 (10-15) | 6:00 |  | DONE |  |  |\n" in text
    assert "### hc1234 / c / ds\\_0002\n" not in text  # an underscore within a word needs no escape
    assert "### hc1234 / c / ds_0002\n" in text


def test_the_text_of_a_night_fits_and_says_the_same() -> None:
    text = report_text(A_NIGHT, UTC)
    assert "pauses    23:00-23:10, 10 min, after DONE 1 ascan: XANES\n" in text
    assert "22:20 FAIL      3    30:00    ascan samx 0 1 20 0.5  6/21" in text


def test_the_strip_shows_each_ten_minutes_and_where_problems_were() -> None:
    made = report(scan(1, 0, 20), scan(2, 30, 35, "FAIL"), scan(3, 60, None, "STALL", moved=61))
    hours, bars, marks = strip_lines(strip(made), UTC)
    assert hours == "22    23    00    01    02    03    04    05"
    assert bars == "██·▅··" + "█" * 42
    assert marks == "   !  ~"


@given(st.integers(1, 60 * 24 * 400))
def test_the_strip_fits_into_a_terminal(minutes: int) -> None:
    made = make_report("id11", Span(at(0), at(minutes)), [scan(1, 0, minutes)], at(minutes))
    assert all(len(line) <= 75 for line in strip_lines(strip(made), UTC))


class Tags(HTMLParser):
    """The names of all tags, the texts, and the attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts += data


PLAIN_TAGS = Tags(report_page(A_NIGHT, UTC)).tags
NASTY = [*ATTACKS, "<script>alert(1)</script>", '"><img src=x onerror=a>', "</style><b>", "a|b`c`<d>", "=1+1"]


@pytest.mark.parametrize("nasty", NASTY)
def test_a_hostile_text_stays_a_text_in_every_format(nasty: str) -> None:
    note = Note(server="s", key="k", verdict="bad", text=nasty)
    reason = Reason(points=1, behind=(Behind(nasty, 1),), comment=nasty)
    made = report(
        scan(1, 0, 60, "FAIL", title=nasty, dataset=nasty, note=note, reason=reason, peak=nasty), server=nasty
    )
    page = report_page(made, UTC)
    assert Tags(page).tags <= PLAIN_TAGS
    assert not [name for name, _ in Tags(page).attributes if name.startswith("on") or name in ("src", "href")]
    for text in (page, report_markdown(made, UTC), report_text(made, UTC)):
        assert all(line.isprintable() for line in text.split("\n"))
    table = [line for line in report_markdown(made, UTC).splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table} == {9}
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`]", report_markdown(made, UTC))
    _, line = csv.reader(io.StringIO(report_csv(made)))
    assert not [cell for cell in line if cell.startswith(tuple("=+-@\t\r"))]


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = report_page(A_NIGHT, UTC, {key_of(1): "<svg></svg>"})
    assert "script" not in Tags(page).tags
    assert "http" not in page.replace("http-equiv", "")
    assert "<figure><svg></svg><figcaption>" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_the_table_has_the_key_last() -> None:
    lines = list(csv.reader(io.StringIO(report_csv(A_NIGHT))))
    assert lines[0][-1] == "KEY"
    assert [line[-1] for line in lines[1:]] == [each.key for each in A_NIGHT.scans]
    assert lines[1][lines[0].index("DURATION")] == str(60.0 * MINUTE / 1000)


def test_hours_stay_within_a_page_and_paper_is_no_phone() -> None:
    long = make_report("id11", Span(at(0), at(1450)), [scan(1, 0, 60)], at(1450))
    pages = [report_page(each, UTC) for each in (long, A_NIGHT)]
    places = [float(share) for page in pages for share in re.findall(r'<span style="left:([0-9.]+)%', page)]
    assert max(places) <= 95
    assert "right:0" in pages[0]
    assert all(page.count("@media screen and (max-width") == page.count("(max-width") == 1 for page in pages)
