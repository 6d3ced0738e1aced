"""Scans to export, as hypothesis draws them and one by hand, and ways to read what was written."""

from __future__ import annotations

import csv
import io

from hypothesis import strategies as st

from scantui.export import (
    EXPORT_COLUMNS,
    ExportedScan,
)
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.text import printable

FORMULA_STARTS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
NOON_MS = 1_700_049_600_000

nasty = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["=1+1", "-2", "@SUM(A1)", "\t=x", "\r\n", 'a,"b"', "a|b\\|c", "\x1b]52;c;x\x07", "\u202eabc", "日本"]
    ),
    st.text(alphabet='=+-@,|"\\\r\n\t\x1b\x9b\u2028 x', max_size=8),
)
maybe = st.none() | nasty
times = st.integers(0, 2**42)
scans = st.builds(
    ExportedScan,
    scan=st.builds(
        ScanSummary,
        key=nasty,
        state=st.none() | st.sampled_from(ScanState),
        identity=st.none()
        | st.builds(
            ScanIdentity,
            name=nasty,
            number=st.integers(-(2**31), 2**31),
            data_policy=maybe,
            session=maybe,
            proposal=maybe,
            collection=maybe,
            dataset=maybe,
            path=maybe,
        ),
        problem=nasty,
        state_id=times.map("{}-0".format),
        created_ms=times,
        started_ms=times,
        is_sequence=st.none() | st.booleans(),
        planned_scans=st.none() | st.integers(0, 99),
        title=maybe,
        npoints=st.none() | st.integers(0, 10**6),
        count_time=st.none() | st.floats(0, 1e3),
        start_time=maybe,
        end_time=maybe,
        end_reason=maybe,
        exit_status=maybe,
        user_name=maybe,
        publisher=maybe,
        parent=maybe,
    ),
    word=st.sampled_from(["RUN", "DONE", "BAD"]),
    progress=st.sampled_from(["", "61% ends 03:14"]),
    now_ms=times,
)
lists = st.lists(scans, max_size=4)
some_columns = st.lists(st.sampled_from(sorted(EXPORT_COLUMNS)), min_size=1, max_size=6)

ONE = ExportedScan(
    ScanSummary(
        key="esrf:scan:1",
        state=ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=42, session="demo", dataset="sample_0001"),
        state_id=f"{NOON_MS + 61_500}-0",
        created_ms=NOON_MS,
        started_ms=NOON_MS,
        title="ascan samx 0 1 20 0.5",
        end_reason="SUCCESS",
        user_name="opid11",
    ),
    word="DONE",
)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def has_controls(text: str) -> bool:
    return printable(text, limit=10**9) != text
