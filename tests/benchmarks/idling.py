"""What a monitor that just watches asks of Redis: commands, bytes, and the server's time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from scantui.models import ScanState
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import ENTER, monitor_of
from tests.benchmarks.peer_processes import blissdata_times
from tests.benchmarks.proxy import Counts, Proxy
from tests.benchmarks.stores import Bench, fill, new_scan, store_of
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis, plain_client

_OPEN_SCANS = 1000
# The newest, which the screen shows, are closed: an open scan in view is looked at more often.
_CLOSED_IN_VIEW = 50
_CLOSED_SECONDS = 600.0
_SETTLE_SECONDS = 3.0
_TRACKER_PERIOD = 30.0  # blissdata's default, in seconds
_COUNTING = frozenset(("config|resetstat", "info"))
_STREAMS = 300
_BATCH_BYTES = 50_000_000


def _information(server: RealRedis, section: str) -> dict[str, Any]:
    with plain_client(server.url) as client:
        return dict(client.info(section))


def commands_counted(server: RealRedis) -> int:
    """How many commands the server carried out since its counters were reset."""
    stats = _information(server, "commandstats").items()
    return sum(each["calls"] for name, each in stats if name.removeprefix("cmdstat_") not in _COUNTING)


def _reset_counters(server: RealRedis) -> None:
    with plain_client(server.url) as client:
        client.config_resetstat()


def _cpu_seconds(server: RealRedis) -> float:
    used = _information(server, "cpu")
    return float(used["used_cpu_sys"]) + float(used["used_cpu_user"])


def idle(bench: Bench) -> Iterator[Figure]:
    """A second of many rows, a thousand running beyond the screen, with nothing created, changed or deleted."""
    older, seconds = bench.sized(50_000, 3000), bench.sized(30, 8)
    rows = older + _CLOSED_IN_VIEW
    with ExitStack() as stack:
        filled = store_of(older, open_every=older // _OPEN_SCANS, age_seconds=_CLOSED_SECONDS)
        server, _ = stack.enter_context(filled)
        fill(server, _CLOSED_IN_VIEW)
        proxy = stack.enter_context(Proxy(server.port))
        stack.enter_context(monitor_of(proxy.url, rows))
        time.sleep(_SETTLE_SECONDS)
        _reset_counters(server)
        proxy.reset()
        counts = proxy.counts
        time.sleep(seconds)
        commands = commands_counted(server)
        blocked = int(_information(server, "clients")["blocked_clients"])
    # On so many scans it would take minutes; it resets the counters once it has started.
    with store_of(_OPEN_SCANS, state=ScanState.STARTED) as (server, _):
        blissdata_times("track", server.url, 1)
        tracking = commands_counted(server) / _TRACKER_PERIOD
    what = f"{rows} rows, {_OPEN_SCANS} running"
    yield Figure(
        row="idle",
        what=f"{what}, commands a second",
        ours=[commands / seconds],
        baseline_name="memory_tracker, 1000 scans",
        baseline=[tracking],
        unit="/s",
        goal=Goal(30, relative=False),
    )
    yield Figure(
        row="idle",
        what=f"{what}, round trips a second",
        ours=[counts.round_trips / seconds],
        unit="/s",
        goal=Goal(3, relative=False),
    )
    yield Figure(
        row="idle",
        what=f"{what}, into Redis a second",
        ours=[counts.asked_bytes / seconds / 1024],
        unit="KiB/s",
        goal=Goal(15, relative=False),
    )
    yield Figure(
        row="idle", what=f"{what}, from Redis a second", ours=[counts.answered_bytes / seconds / 1024], unit="KiB/s"
    )
    yield Figure(row="idle", what=f"{what}, blocked connections", ours=[blocked], unit="", goal=Goal(1, relative=False))


def _details_open(scans: list[tuple[int, bytes]], seconds: int) -> tuple[Counts, Counts]:
    """What passes while the details of a running scan with such streams are open, and nothing new arrives.

    Beside it, what passes when blissdata loads that scan and asks once for the length of each stream.
    Each stream is a pair: how many entries it gets, and their content.
    """
    with ExitStack() as stack:
        server, _ = stack.enter_context(store_of(20))
        wire = stack.enter_context(Wire(server))
        scan = new_scan(20, 4000, ScanState.STARTED, time.time(), streams_each=len(scans))
        wire.exchange(scan.commands)
        for stream, (times, entry) in zip(scan.data_streams, scans, strict=True):
            points = len(entry) // 8
            for number in range(times):
                wire.exchange(packed("XADD", stream, f"{number * points}-1", "payload", entry, "len", points))
        proxy = stack.enter_context(Proxy(server.port))
        blissdata_times("lengths", proxy.url, scan.key)
        once = proxy.counts
        terminal = stack.enter_context(monitor_of(proxy.url, 21))
        proxy.reset()
        counts = proxy.counts
        terminal.press(ENTER)
        terminal.wait_for(lambda screen: screen.has_details)
        time.sleep(seconds)
        return counts, once


def details(bench: Bench) -> Iterator[Figure]:
    """Details of a running scan: of many streams, and of streams with large batches that do not change."""
    seconds = bench.sized(10, 5)
    counts, once = _details_open([(3, b"12345678")] * _STREAMS, seconds)
    yield Figure(
        row="details",
        what=f"{_STREAMS} running streams, both ways a second",
        ours=[(counts.asked_bytes + counts.answered_bytes) / seconds / 1024],
        baseline_name="their lengths once, by blissdata",
        baseline=[(once.asked_bytes + once.answered_bytes) / 1024],
        unit="KiB/s",
        goal=Goal(20, relative=False),
    )
    counts, once = _details_open([(2, bytes(_BATCH_BYTES))] * 2, seconds)
    yield Figure(
        row="details",
        what=f"2 streams of 50 MB batches, from Redis in {seconds} s",
        ours=[counts.answered_bytes / 2**20],
        baseline_name="their lengths once, by blissdata",
        baseline=[once.answered_bytes / 2**20],
        unit="MiB",
        goal=Goal(1, relative=False),
    )


def monitors(bench: Bench) -> Iterator[Figure]:
    """Idle monitors on one server with some running scans: the server's share of a core."""
    count, rows, seconds = bench.sized(20, 4), bench.sized(5000, 1000), bench.sized(20, 8)
    with ExitStack() as stack:
        server, _ = stack.enter_context(store_of(rows, open_every=rows // 100))
        alone = _cpu_share(server, seconds)
        for _ in range(count):
            stack.enter_context(monitor_of(server.url, rows))
        time.sleep(_SETTLE_SECONDS)
        share = _cpu_share(server, seconds)
    yield Figure(
        row="monitors",
        what=f"{count} monitors, 100 running scans, share of a core",
        ours=[share],
        baseline_name="the server without monitors",
        baseline=[alone],
        unit="%",
        goal=Goal(2.0 * count / 20, relative=False),
    )


def _cpu_share(server: RealRedis, seconds: int) -> float:
    """How much of a core the server uses, in percent."""
    before = _cpu_seconds(server)
    time.sleep(seconds)
    return (_cpu_seconds(server) - before) / seconds * 100
