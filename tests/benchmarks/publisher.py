"""Publishes scans at an even pace until it is killed: python -m tests.benchmarks.publisher PORT PER_SECOND.

Each scan is created, and closed some seconds later, so that the number of running scans stays the same.
"""

from __future__ import annotations

import sys
import time
from collections import deque

from scantui.models import ScanState
from tests.benchmarks.stores import NewScan, new_scan
from tests.benchmarks.wire import Wire
from tests.servers import RealRedis

_SIZE = 4000
_PORTION_SECONDS = 0.01
_LIFETIME_SECONDS = 2.0
_FIRST_NUMBER = 50_000  # a number that its column shows whole


def publish(server: RealRedis, per_second: int) -> None:
    """Create and close scans; those whose time has come go together."""
    with Wire(server) as wire:
        started = time.monotonic()
        running: deque[tuple[float, NewScan]] = deque()
        number = 0
        while True:
            time.sleep(_PORTION_SECONDS)
            commands = []
            while started + number / per_second <= time.monotonic():
                scan = new_scan(_FIRST_NUMBER + number, _SIZE, ScanState.CREATED, time.time())
                commands.append(scan.commands)
                running.append((time.monotonic() + _LIFETIME_SECONDS, scan))
                number += 1
            while running and running[0][0] <= time.monotonic():
                commands.append(running.popleft()[1].closing())
            wire.exchange(b"".join(commands))


if __name__ == "__main__":
    publish(RealRedis(port=int(sys.argv[1])), int(sys.argv[2]))
