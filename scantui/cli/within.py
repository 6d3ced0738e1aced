"""Finds the scans of a span of time, without reading those of an archive that lie outside.

Rule: of the scans that the history names, the state is read. An older one counts as ended if its document says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from scantui.feed.many import wall_ms
from scantui.filters import ScanFilter
from scantui.filters.spans import span_of
from scantui.models import ScanState
from scantui.store.wire.protocol import timetag_order

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


class Within(NamedTuple):
    """The scans that may lie in the span of a filter, and of the server's clock when they were found."""

    keys: list[str]
    timetags: Mapping[str, str]
    now_ms: int


async def find_within(
    store: AsyncDataStore, scan_filter: ScanFilter, ran_since_ms: float | None = None
) -> Within | None:
    """The scans that may match a filter of some span; None if it is of all times, or the server cannot tell."""
    if ran_since_ms is None and not any(span_of(scan_filter, wall_ms())):
        return None
    now_ms = (await store.monitoring.poll_status([])).server_ms
    span = span_of(scan_filter, now_ms)._replace(ended_ms=ran_since_ms)
    found, noted = await asyncio.gather(
        store.monitoring.find_in_span(span, **scan_filter.search_arguments), store.monitoring.list_noted()
    )
    if found is None:
        return None
    known = {*found, *noted.unindexed}
    earliest_ms = span.created_ms or 0
    others = [key for key, tag in noted.timetags.items() if key not in known and timetag_order(tag)[0] >= earliest_ms]
    if span.is_open or span.ended_ms is not None:
        # The states of the newest are cheap to read, so that of these their documents need not be believed.
        states = await store.get_scans_state(others) if others else []
        others = [key for key, state in zip(others, states, strict=True) if state is not ScanState.CLOSED]
    return Within(sorted({*known, *others}), noted.timetags, now_ms)


def is_part_of_all(scan_filter: ScanFilter) -> bool:
    """Whether the server finds some of the scans only, so that those that a sequence consists of may be missing."""
    return bool(scan_filter.search_arguments) or any(span_of(scan_filter, wall_ms()))
