"""A long way to Redis: the program behind a proxy that delays each byte."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.installed import scantui_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import shows_rows
from tests.benchmarks.proxy import Proxy
from tests.benchmarks.screen import counting
from tests.benchmarks.starting import has_columns
from tests.benchmarks.stores import Bench, store_of
from tests.benchmarks.terminal import Terminal

_ROUND_TRIP_SECONDS = 0.2
_PATIENCE_SECONDS = 400.0


def far(bench: Bench) -> Iterator[Figure]:
    """First rows, all rows, and what is on its way, with 200 ms to Redis."""
    count = bench.sized(50_000, 2000)
    firsts: list[float] = []
    alls: list[float] = []
    trips: list[float] = []
    replies: list[float] = []
    on_way: list[float] = []
    with store_of(count) as (server, _):
        for _ in range(bench.sized(3, 1)):
            with (
                Proxy(server.port, _ROUND_TRIP_SECONDS) as proxy,
                Terminal(scantui_command(), proxy.url) as terminal,
            ):
                frame, _ = terminal.wait_for(has_columns)
                rows, _ = terminal.wait_for(shows_rows, _PATIENCE_SECONDS)
                firsts.append(rows - frame)
                trips.append(proxy.counts.turns.until(rows))
                everything, _ = terminal.wait_for(counting(count), _PATIENCE_SECONDS)
                alls.append(everything - frame)
                replies.append(proxy.counts.largest_reply / 1024)
                on_way.append(proxy.counts.most_on_way / 1024)
    what = "200 ms to Redis"
    yield Figure(row="far", what=f"{what}, first rows of {count}", ours=firsts, goal=Goal(1.5, "max", relative=False))
    yield Figure(row="far", what=f"{what}, round trips to them", ours=trips, unit="")
    yield Figure(row="far", what=f"{what}, all {count} rows", ours=alls, goal=Goal(20.0, "max", relative=False))
    yield Figure(
        row="far", what=f"{what}, largest reply", ours=replies, unit="KiB", goal=Goal(256, "max", relative=False)
    )
    yield Figure(
        row="far", what=f"{what}, most on its way", ours=on_way, unit="KiB", goal=Goal(1024, "max", relative=False)
    )
