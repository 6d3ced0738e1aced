"""One monitor on many servers: what it uses while nothing happens, how it loads, and its keys while scans arrive."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.benchmarks.arriving import Burst
from tests.benchmarks.installed import scantui_command
from tests.benchmarks.machine import cpu_seconds
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import arrivals, floor, pauses, shows_rows
from tests.benchmarks.pressing import pressed_in_turns
from tests.benchmarks.screen import counting
from tests.benchmarks.starting import has_columns
from tests.benchmarks.stores import Bench, store_of
from tests.benchmarks.terminal import Terminal
from tests.servers import RealRedis, plain_client

_OPEN_SCANS = 100
_ARRIVALS = 200  # a second, spread over some of the servers
_SETTLE_SECONDS = 5.0
_LIVELY = 10
_KEYS = ("k", "G", "t")
_SIZE = (80, 24)


@contextmanager
def _servers(count: int, rows: int, open_scans: int = 0) -> Iterator[list[RealRedis]]:
    """Servers of their own, each with scans of which some are open."""
    with ExitStack() as stack:
        every = rows // open_scans if open_scans else 0
        yield [stack.enter_context(store_of(rows, open_every=every))[0] for _ in range(count)]


def _watching(servers: Sequence[RealRedis]) -> Terminal:
    named = [word for server in servers for word in ("-s", server.url)]
    return Terminal(scantui_command(), *named, columns=_SIZE[0], lines=_SIZE[1])


def _net_input(servers: Sequence[RealRedis]) -> int:
    """How many bytes these servers were sent so far."""
    total = 0
    for server in servers:
        with plain_client(server.url) as client:
            total += int(dict(client.info("stats"))["total_net_input_bytes"])
    return total


def _most_blocked(servers: Sequence[RealRedis]) -> int:
    """The most connections that wait for news on any of these servers."""
    most = 0
    for server in servers:
        with plain_client(server.url) as client:
            most = max(most, int(dict(client.info("clients"))["blocked_clients"]))
    return most


def many(bench: Bench) -> Iterator[Figure]:
    """Many beamlines in one table."""
    count, seconds = bench.sized(30, 10), bench.sized(30, 8)
    rows = bench.sized(2000, 200)
    what = f"{count} servers"
    with _servers(count, rows, _OPEN_SCANS) as servers, _watching(servers) as program:
        first, _ = program.wait_for(has_columns)
        with_rows = program.wait_for(shows_rows)[0] if not shows_rows(program.screen) else first
        loaded, _ = program.wait_for(counting(count * rows), 120.0)
        yield Figure(row="many", what=f"{what}, first rows after the first frame", ours=[with_rows - first])
        yield Figure(row="many", what=f"{what}, all {count * rows} rows loaded", ours=[loaded - first])
        time.sleep(_SETTLE_SECONDS)
        sent, used = _net_input(servers), cpu_seconds(program.pid)
        blocked = _most_blocked(servers)
        time.sleep(seconds)
        sent, used = _net_input(servers) - sent, cpu_seconds(program.pid) - used
        scans = f"{what}, {_OPEN_SCANS} open scans each"
        yield Figure(
            row="many",
            what=f"{scans}, share of a core",
            ours=[used / seconds * 100],
            unit="%",
            goal=Goal(30, relative=False),
        )
        yield Figure(
            row="many",
            what=f"{scans}, into all of them a second",
            ours=[sent / seconds / 1024],
            unit="KiB/s",
            goal=Goal(450, relative=False),
        )
        yield Figure(
            row="many",
            what=f"{scans}, blocked connections of one",
            ours=[blocked],
            unit="",
            goal=Goal(1, relative=False),
        )
    yield from _burst(bench, count, rows)
    yield from _keys(bench, count, rows)


def _burst(bench: Bench, count: int, rows: int) -> Iterator[Figure]:
    """Scans on some of the servers for seconds: the header counts all of them soon after the last."""
    seconds = bench.sized(10, 3)
    with _servers(count, rows) as servers, _watching(servers) as program:
        program.wait_for(counting(count * rows), 120.0)
        time.sleep(_SETTLE_SECONDS)
        each = _ARRIVALS * seconds // _LIVELY
        bursts = [Burst(server, each, seconds) for server in servers[:_LIVELY]]
        for burst in bursts:
            burst.start()
        for burst in bursts:
            burst.join()
        counted, _ = program.wait_for(counting(count * rows + each * _LIVELY), 120.0)
    yield Figure(
        row="many",
        what=f"{count} servers, {_ARRIVALS}/s on {_LIVELY} for {seconds} s, the last created to painted",
        ours=[counted - max(burst.ended for burst in bursts)],
    )


def _keys(bench: Bench, count: int, rows: int) -> Iterator[Figure]:
    """Keys while scans arrive on some of the servers; none runs at first, since pinned lines would move the others."""
    with ExitStack() as stack:
        servers = stack.enter_context(_servers(count, rows))
        lively = servers[:_LIVELY]
        program = stack.enter_context(_watching(servers))
        program.wait_for(counting(count * rows), 120.0)
        beside = stack.enter_context(floor())
        for server in lively:
            stack.enter_context(arrivals(server, _ARRIVALS // len(lively)))
        time.sleep(_SETTLE_SECONDS)
        pressed = pressed_in_turns(program, beside, bench.sized(40, 3), pauses(0.2, 0.4))
    for name in _KEYS:
        for goal in (Goal(2), Goal(3, "p90", relative=True)):
            yield Figure(
                row="many",
                what=f"{name}, {len(servers)} servers, {_ARRIVALS}/s on {len(lively)}",
                ours=pressed.taken[name],
                baseline_name="floor",
                baseline=pressed.taken["floor"],
                goal=goal,
            )
