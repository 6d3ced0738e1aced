"""Searching a large store for texts and numbers, against blissdata's own search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.measure import Figure
from tests.benchmarks.peer_processes import blissdata_times, library_times
from tests.benchmarks.stores import Bench, store_of

_SEARCHES: dict[str, dict[str, Any]] = {
    "literal": {"dataset": "sample_0123"},
    "literal, a fifth": {"name": "loopscan"},
    "number": {"number": 6170},
    "prefix": {"dataset": "sample_01*"},
    "infix": {"dataset": "*_012*"},
}


def search(bench: Bench) -> Iterator[Figure]:
    """The same search by both, in turns; scantui also leaves out what was deleted, and confirms what it found."""
    count = bench.sized(50_000, 8000)
    repeats = bench.sized(9, 3)
    with store_of(count) as (server, _):
        for kind, fields in _SEARCHES.items():
            ours: list[float] = []
            peer: list[float] = []
            for _ in range(repeats):
                seconds, found = library_times("search", server.url, 1, fields)
                ours += seconds
                seconds, peer_found = blissdata_times("search", server.url, 1, fields)
                peer += seconds
            different = "" if found == peer_found else f", by blissdata {peer_found}"
            yield Figure(
                row="search",
                what=f"{kind}, {found} found{different}",
                ours=ours,
                baseline_name="blissdata search",
                baseline=peer,
            )


def next(bench: Bench) -> Iterator[Figure]:  # noqa: A001 - the name of its row
    """The scan that came after another, when it is there already."""
    count = bench.sized(2000, 300)
    with store_of(count + 1) as (server, _):
        ours, since = library_times("wait", server.url, count)
        peer = blissdata_times("wait", server.url, since)
    yield Figure(row="next", what="get_next_scan", ours=ours, baseline_name="blissdata get_next_scan", baseline=peer)
