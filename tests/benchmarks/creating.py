"""Publishing: one scan after the other, and many at once."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from scantui.models import ScanState
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.peer_processes import blissdata_times, library_times
from tests.benchmarks.stores import Bench, identity, info, new_scan, store_of
from tests.servers import RealRedis

_INFO_SIZE = 3584
_BLOCK = 50
_AT_ONCE = 16


def _bare(server: RealRedis, count: int) -> Any:
    """Seconds of the three commands alone, with documents made beforehand."""
    scans = [new_scan(number, _INFO_SIZE, ScanState.CREATED, time.time()) for number in range(count)]
    return library_times("bare", server.url, [(scan.key, scan.document, scan.state_stream) for scan in scans])


def create(bench: Bench) -> Iterator[Figure]:
    """create_scan against blissdata's, and against the bare commands, in turns."""
    fields, written = identity(1), info(1, _INFO_SIZE)
    ours: list[float] = []
    bare: list[float] = []
    peer: list[float] = []
    repeats = bench.sized(20, 8)
    with store_of() as (server, _):
        for _ in range(repeats):
            ours += library_times("create", server.url, _BLOCK, fields, written)
            bare += _bare(server, _BLOCK)
            peer += blissdata_times("create", server.url, _BLOCK, fields, written)
        together, by_tasks, by_threads = library_times("create_together", server.url, repeats, fields, written)
    what = f"{len(json.dumps(written)) / 1024:.1f} KiB info"
    blissdata = "blissdata create_scan"
    for how, samples, baseline_name, baseline, goal in (
        (what, ours, blissdata, peer, Goal(1 / 2.5)),
        (what, ours, "bare MULTI, made before", bare, Goal(1.33)),
        (f"{4 * _BLOCK} by create_scans, a scan", together, blissdata, peer, Goal(1 / 5)),
        (f"{_AT_ONCE} tasks at once, a scan", by_tasks, blissdata, peer, None),
        (f"{_AT_ONCE} threads at once, a scan", by_threads, blissdata, peer, None),
    ):
        yield Figure(row="create", what=how, ours=samples, baseline_name=baseline_name, baseline=baseline, goal=goal)
