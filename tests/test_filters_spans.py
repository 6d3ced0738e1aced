"""The span of time in which all scans lie that a filter lets pass."""

from __future__ import annotations

import pytest

from scantui.filters import ScanFilter
from scantui.filters.spans import span_of
from scantui.models import SpanWanted

NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    "text, span",
    [
        ("", SpanWanted()),
        ("age<1h", SpanWanted(created_ms=NOW_MS - HOUR_MS)),
        ("age<1h age<2h name=ct", SpanWanted(created_ms=NOW_MS - HOUR_MS)),
        ("age=1h..3h", SpanWanted(created_ms=NOW_MS - 3 * HOUR_MS)),
        ("-age<1h", SpanWanted()),
        ("age>1h", SpanWanted()),
        ("age<1h or name=ct", SpanWanted()),
        ("since=2026-11-20T00:00Z", SpanWanted(created_ms=1_795_132_800_000)),
        ("before=2026-11-20T00:00Z", SpanWanted()),
        ("-since=2026-11-20T00:00Z", SpanWanted()),
        ("is=open", SpanWanted(is_open=True)),
        ("state=run", SpanWanted(is_open=True)),
        ("state=run,stall", SpanWanted(is_open=True)),
        ("state=prepared", SpanWanted(is_open=True)),
        ("state=run,done", SpanWanted()),
        ("state=closed", SpanWanted()),
        ("-is=open", SpanWanted()),
        ("is=problem", SpanWanted()),
        ("is=open age<1h", SpanWanted(created_ms=NOW_MS - HOUR_MS, is_open=True)),
    ],
)
def test_the_span_of_a_filter(text: str, span: SpanWanted) -> None:
    assert span_of(ScanFilter.parse(text), NOW_MS) == span
