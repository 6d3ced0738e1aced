"""Rows of scans as a feed loads them, in chunks that follow one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scantui.exceptions import ConnectionFailed, NotAllowedError, ScanNotFoundError
from scantui.feed.load_queue import LoadQueue
from scantui.models import ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

CHUNK = 100


async def load_rows(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The rows of these scans, without those that are gone; one that cannot be read carries its problem.

    Raises ConnectionFailed and NotAllowedError: then the server refuses, and nothing is wrong with the scans.
    """
    if len(keys) <= CHUNK:
        return await _load_at_once(store, keys)
    rows: list[ScanSummary] = []
    queue = LoadQueue(partial(_load_at_once, store), CHUNK)
    queue.add(reversed(keys))
    try:
        while queue:
            rows += (await queue.take())[1]
    finally:
        await queue.close()
    return rows


async def _load_at_once(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    rows: list[ScanSummary] = []
    for key, loaded in zip(keys, await store.load_summaries(keys), strict=True):
        if isinstance(loaded, ScanSummary):
            rows.append(loaded)
        elif isinstance(loaded, (ConnectionFailed, NotAllowedError)):
            raise loaded
        elif not isinstance(loaded, ScanNotFoundError):
            rows.append(ScanSummary(key=key, problem=str(loaded)))
    return rows


def with_timetags(rows: Iterable[ScanSummary], timetags: Mapping[str, str]) -> list[ScanSummary]:
    """The rows, with the timetags of those that have one."""
    return [
        msgspec.structs.replace(row, timetag=timetag) if (timetag := timetags.get(row.key)) else row for row in rows
    ]
