"""Searching a large store for texts and numbers, against blissdata's own search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scantui.store import DataStore
from tests.benchmarks.measure import Figure, timed
from tests.benchmarks.stores import Bench, blissdata_times, store_of

_SEARCHES: dict[str, dict[str, Any]] = {
    "literal": {"dataset": "sample_0123"},
    "literal, a fifth": {"name": "loopscan"},
    "number": {"number": 6170},
    "prefix": {"dataset": "sample_01*"},
    "infix": {"dataset": "*_012*"},
}


def search(bench: Bench) -> Iterator[Figure]:
    """The same search by both; a search of ours also leaves out what was deleted, and confirms what it found."""
    count = bench.sized(50_000, 8000)
    repeats = bench.sized(9, 3)
    with store_of(count) as (server, _), DataStore(server.url) as store:
        for kind, fields in _SEARCHES.items():
            ours: list[float] = []
            for _ in range(repeats):
                with timed(ours):
                    keys = store.search_existing_scans(**fields).keys
            peer, found = blissdata_times("search", server.url, repeats, fields)
            different = "" if found == len(keys) else f", theirs {found}"
            yield Figure(
                row="search",
                what=f"{kind}, {len(keys)} found{different}",
                ours=ours,
                baseline_name="blissdata search",
                baseline=peer,
            )


def next(bench: Bench) -> Iterator[Figure]:  # noqa: A001 - the name of its row
    """The scan that came after another, when it is there already."""
    count = bench.sized(2000, 300)
    with store_of(count + 1) as (server, _), DataStore(server.url) as store:
        since, after = [], "0-0"
        ours: list[float] = []
        for _ in range(count):
            since.append(after)
            with timed(ours):
                after, _ = store.get_next_scan(after, block=False)
        peer = blissdata_times("wait", server.url, since)
    yield Figure(row="next", what="get_next_scan", ours=ours, baseline_name="blissdata get_next_scan", baseline=peer)
