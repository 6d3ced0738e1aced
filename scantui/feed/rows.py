"""Rows of scans as a feed loads them, in chunks that follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from scantui.exceptions import ConnectionFailed, NotAllowedError, ScanNotFoundError
from scantui.feed.load_queue import CHUNK, LoadQueue
from scantui.models import ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


async def load_rows(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The rows of these scans, without those that are gone; one that cannot be read carries its problem.

    Raises ConnectionFailed and NotAllowedError: then the server refuses, and nothing is wrong with the scans.
    """
    if len(keys) <= CHUNK:
        return await load_at_once(store, keys)
    rows: list[ScanSummary] = []
    queue = LoadQueue(partial(load_at_once, store))
    queue.add(reversed(keys))
    try:
        while queue:
            rows += (await queue.take()).rows
    finally:
        await queue.close()
    return rows


async def load_at_once(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The same in one request."""
    rows: list[ScanSummary] = []
    for key, loaded in zip(keys, await store.load_summaries(keys), strict=True):
        if isinstance(loaded, ScanSummary):
            rows.append(loaded)
        elif isinstance(loaded, (ConnectionFailed, NotAllowedError)):
            raise loaded
        elif not isinstance(loaded, ScanNotFoundError):
            rows.append(ScanSummary(key=key, problem=str(loaded)))
    return rows
