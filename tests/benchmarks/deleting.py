"""Scans that are deleted while the monitor shows them: when it knows, and what knowing costs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack

from scantui.store import DataStore
from tests.benchmarks.installed import scantui_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.proxy import Proxy
from tests.benchmarks.screen import Screen
from tests.benchmarks.stores import Bench, store_of
from tests.benchmarks.terminal import Terminal

_DELETED = 100
_SETTLE_SECONDS = 3.0
_GOAL_SECONDS = 30.0
_SHOWN_OF_ALL = re.compile(r"(?<![\d/:.])(\d+) of \d+ scans?")


def _shown(screen: Screen) -> int:
    """How many rows pass the filter, by the header."""
    found = _SHOWN_OF_ALL.search(screen.status)
    return int(found[1]) if found else 0


def deleted(bench: Bench) -> Iterator[Figure]:
    """Scans from all over the store are deleted; the monitor shows only those that are GONE."""
    count = bench.sized(50_000, 2000)
    patience = bench.sized(120, 15)
    with ExitStack() as stack:
        server, keys = stack.enter_context(store_of(count))
        proxy = stack.enter_context(Proxy(server.port))
        terminal = stack.enter_context(Terminal(scantui_command(), proxy.url, "--filter", "state=gone"))
        terminal.wait_for(lambda screen: screen.shows_of(0, count), 60.0)
        time.sleep(_SETTLE_SECONDS)
        proxy.reset()
        with DataStore(server.url) as store:
            for key in keys[:: count // _DELETED][:_DELETED]:
                store.delete_scan(key, force=True)
        gone_at = started = time.perf_counter()
        seen = 0
        while seen < _DELETED and time.perf_counter() < started + patience:
            time.sleep(0.1)
            for moment, _ in terminal.frames():
                if _shown(terminal.screen) > seen:
                    seen, gone_at = _shown(terminal.screen), moment
        seconds = time.perf_counter() - started
        # What has not come by then may never come.
        took = gone_at - started if seen >= _DELETED else float("inf")
        trips, answered = proxy.counts.round_trips / seconds, proxy.counts.answered_bytes / seconds / 1024
    what = f"{_DELETED} of {count} scans deleted"
    unfinished = "" if seen >= _DELETED else f" ({seen} after {patience} s)"
    yield Figure(
        row="deleted",
        what=f"{what}, all GONE{unfinished}",
        ours=[took],
        goal=Goal(_GOAL_SECONDS, "max", relative=False),
    )
    yield Figure(
        row="deleted", what=f"{what}, round trips a second", ours=[trips], unit="/s", goal=Goal(3, relative=False)
    )
    yield Figure(row="deleted", what=f"{what}, from Redis a second", ours=[answered], unit="KiB/s")
