"""Rows and whole scans from what is there already, by the library and on the screen."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from scantui.models import ScanState
from scantui.store.wire.documents import SUMMARY_PATHS
from tests.benchmarks.installed import scantui_command
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.peer_processes import blissdata_times, library_times
from tests.benchmarks.screen import counting
from tests.benchmarks.starting import has_columns
from tests.benchmarks.stores import Bench, chunks, store_of
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis

_CHUNK = 100
_AT_ONCE = 100
_BLISSDATA = "blissdata search + load_scan"
_BYTES = "the bytes alone"


def _bytes_read(server: RealRedis, keys: list[str], samples: list[float]) -> None:
    """The limit: the same commands, pipelined on the bare wire, their answers not looked at."""
    with Wire(server) as wire:
        documents = [
            b"".join(packed("PTTL", key) + packed("JSON.GET", key, *SUMMARY_PATHS) for key in chunk)
            for chunk in chunks(keys, _CHUNK)
        ]
        # Any stream costs the same; those of the scans would have to be read out of the answers first.
        streams = [
            packed("XREVRANGE", "_SCAN_HISTORY_", "+", "-", "COUNT", 1) * len(chunk) for chunk in chunks(keys, _CHUNK)
        ]
        with timed(samples, len(keys)):
            for document, state in zip(documents, streams, strict=True):
                wire.exchange(document)
                wire.exchange(state)


def _seconds_to_all_rows(url: str, count: int) -> float:
    """Seconds from the first frame until the header counts all rows."""
    with Terminal(scantui_command(), url) as terminal:
        frame, _ = terminal.wait_for(has_columns)
        return terminal.wait_for(counting(count), 120.0)[0] - frame


def load(bench: Bench) -> Iterator[Figure]:
    """Thousands of scans with documents of three sizes, in turns: to rows, to rows on the screen, and whole."""
    for size, count, faster in (
        (1000, bench.sized(5000, 500), None),
        (9000, bench.sized(5000, 500), 35),
        (45000, bench.sized(5000, 200), 90),
    ):
        with store_of(count, size) as (server, keys):
            peer: list[float] = []
            loaded: list[float] = []
            ours: list[float] = []
            followed: list[float] = []
            whole: list[float] = []
            limit: list[float] = []
            for _ in range(bench.sized(7, 3)):
                searched, each_loaded = blissdata_times("load", server.url, _AT_ONCE)
                # A median leaves out what comes now and then, such as collecting garbage, and a rate does not.
                loaded.append(statistics.fmean(each_loaded))
                peer.append(searched / count + loaded[-1])
                by_rows, by_feed = library_times("rows", server.url, 1)
                ours += by_rows
                followed += by_feed
                whole += library_times("whole", server.url, bench.sized(2000, _AT_ONCE), 1)
                _bytes_read(server, keys, limit)
            shown = [_seconds_to_all_rows(server.url, count) / count for _ in range(bench.sized(5, 1))]
        goal = Goal(1 / faster) if faster else None
        what = f"{size / 1024:.1f} KiB"
        for how, samples, baseline_name, baseline, limit_of in (
            ("list and load", ours, _BLISSDATA, peer, goal),
            ("by the feed", followed, _BLISSDATA, peer, goal),
            ("on the screen after the first frame", shown, _BLISSDATA, peer, None),
            ("list and load", ours, _BYTES, limit, Goal(2)),
            ("whole scans", whole, "blissdata load_scan", loaded, Goal(1 / 5)),
        ):
            yield Figure(
                row="load",
                what=f"{what}, {how}",
                ours=samples,
                baseline_name=baseline_name,
                baseline=baseline,
                goal=limit_of,
            )


def streams(bench: Bench) -> Iterator[Figure]:
    """Scans with many data streams load as quickly as scans with few, closed or running."""
    count, many = bench.sized(2000, 150), 200
    for state in (ScanState.CLOSED, ScanState.STARTED):
        taken = {}
        for streams_each in (2, many):
            with store_of(count, 4000, state, streams_each) as (server, _):
                _, taken[streams_each] = library_times("rows", server.url, bench.sized(7, 4))
        yield Figure(
            row="streams",
            what=f"{state.name}, {many} data streams, by the feed",
            ours=taken[many],
            baseline_name="2 data streams",
            baseline=taken[2],
            goal=Goal(1.3),
        )
