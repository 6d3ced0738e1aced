"""The monitor on a terminal, in front of a server full of scans, and a publisher in a process of its own."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.benchmarks.installed import ROOT, peer_command, scantui_command
from tests.benchmarks.screen import Screen, counting, showing
from tests.benchmarks.terminal import Terminal
from tests.servers import RealRedis

UP, DOWN, ESCAPE, ENTER = b"k", b"j", b"\x1b", b"\r"


@contextmanager
def monitor_of(
    url: str,
    total: int,
    *arguments: str,
    patience: float = 120.0,
    answer_after: Callable[[], float] | None = None,
    size: tuple[int, int] = (80, 24),
) -> Iterator[Terminal]:
    """scantui as installed, once its header counts so many scans."""
    columns, lines = size
    command = (scantui_command(), url, *arguments)
    with Terminal(*command, answer_after=answer_after, columns=columns, lines=lines) as terminal:
        terminal.wait_for(counting(total), patience)
        yield terminal


@contextmanager
def floor() -> Iterator[Terminal]:
    """The minimal Textual app, once it is painted."""
    with Terminal(*peer_command("floor_app")) as terminal:
        terminal.wait_for(showing("ascan samx"))
        yield terminal


@contextmanager
def arrivals(server: RealRedis, per_second: int) -> Iterator[None]:
    """Scans that arrive at an even pace while the block runs, from another process."""
    words = [sys.executable, "-m", "tests.benchmarks.publisher", str(server.port), str(per_second)]
    publisher = subprocess.Popen(words, stdin=subprocess.DEVNULL, cwd=ROOT)
    try:
        yield
    finally:
        if publisher.poll() is not None:
            raise RuntimeError("the publisher ended early: its error is above")
        publisher.kill()
        publisher.wait()


def pauses(shortest: float, longest: float, seed: int = 1) -> Callable[[], float]:
    """Odd lengths of time, the same ones in each run."""
    odd = random.Random(seed)  # noqa: S311 - no secret
    return lambda: odd.uniform(shortest, longest)


def shows_rows(screen: Screen) -> bool:
    """Whether there are scans on the screen."""
    return bool(screen.rows)
