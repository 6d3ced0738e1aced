"""Scans for reports, by the minutes of a night."""

from __future__ import annotations

from typing import Any

from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.report import ReportedScan

MINUTE = 60_000
# 2026-11-20 22:00 UTC
NIGHT = 1_795_212_000_000
REASONS = {"DONE": "SUCCESS", "FAIL": "FAILURE", "ABRT": "USER_ABORT", "LOST": "DELETION"}


def at(minutes: float) -> int:
    """Milliseconds since 1970, so many minutes after ten in the evening."""
    return NIGHT + int(minutes * MINUTE)


def key_of(number: int) -> str:
    return f"esrf:scan:{number:026}"


def scan(
    number: int,
    start: float | None = 0,
    end: float | None = 10,
    word: str = "DONE",
    *,
    parent: int | None = None,
    title: str = "ascan samx 0 1 20 0.5",
    dataset: str = "ds_0001",
    moved: float | None = None,
    **fields: Any,
) -> ReportedScan:
    """A scan that ran between two minutes of the night, None for one that never started or is open."""
    own = {name: fields.pop(name) for name in ("points", "reason", "note", "peak") if name in fields}
    begin = 0 if start is None else start
    summary = ScanSummary(
        key=key_of(number),
        state=ScanState.STARTED if end is None else ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=number, proposal="hc1234", collection="c", dataset=dataset),
        state_id=f"{at(begin if end is None else end)}-0",
        created_ms=at(begin),
        started_ms=0 if start is None else at(start),
        title=title,
        parent=None if parent is None else key_of(parent),
        end_reason=REASONS.get(word) if end is not None else None,
        **fields,
    )
    return ReportedScan(
        scan=summary,
        word=word,
        started_ms=None if start is None else at(start),
        ended_ms=None if end is None else at(end),
        moved_ms=None if moved is None else at(moved),
        **own,
    )
