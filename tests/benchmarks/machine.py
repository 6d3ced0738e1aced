"""What processes and the machine have used so far, as Linux counts it."""

from __future__ import annotations

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """The seconds that a process ran on a core."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_bytes(pid: int) -> int:
    """The memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * _PAGE


def load_average() -> float:
    """How many processes wanted to run at a time, over the last minute."""
    return os.getloadavg()[0]


def busy_cores(seconds: float = 1.0) -> float:
    """How many cores are at work on average while this process waits: with nothing of ours at work, for others."""
    before, started = _busy_ticks(), time.monotonic()
    time.sleep(seconds)
    return (_busy_ticks() - before) / _TICKS / (time.monotonic() - started)


def _busy_ticks() -> int:
    """For how many ticks all cores together have worked: user, nice, system, interrupts, and what other guests took."""
    user, nice, system, _, _, *others = Path("/proc/stat").read_text(encoding="utf-8").split()[1:9]
    return sum(map(int, (user, nice, system, *others)))
