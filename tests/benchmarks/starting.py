"""The program as its user meets it, on a pty: how soon its first screen is there, and a new scan on it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from scantui.models import ScanState
from tests.benchmarks.marks import mark
from tests.benchmarks.measure import Figure, Goal, in_turns, timed
from tests.benchmarks.stores import Bench, Wire, packed, scan_commands, store_of
from tests.benchmarks.terminal import Terminal

_HELLO = str(Path(__file__).with_name("hello_app.py"))
_FIRST_FRAME = (b"NAME", b"Quit")
_SETTLE_SECONDS = 2.0


def seconds_to(texts: tuple[bytes, ...], *arguments: str) -> float:
    with Terminal(*arguments) as terminal:
        return terminal.wait_for(texts) - terminal.started


def start(bench: Bench) -> Iterator[Figure]:
    """From the start of the program to its first frame: columns and hint line."""
    ours: list[float] = []
    hello: list[float] = []
    with store_of(200) as (server, _):

        def start_scantui() -> None:
            ours.append(seconds_to(_FIRST_FRAME, "-m", "scantui", server.url))

        def start_hello() -> None:
            hello.append(seconds_to(_FIRST_FRAME, _HELLO))

        # The first start of each compiles what was never started before.
        in_turns(1, start_scantui, start_hello)
        ours.clear()
        hello.clear()
        in_turns(bench.sized(15, 5), start_scantui, start_hello)
    yield Figure(
        row="start",
        what="first painted frame",
        ours=ours,
        baseline_name="Textual hello + DataTable",
        baseline=hello,
        goal=Goal(1.2),
    )


def painted(bench: Bench) -> Iterator[Figure]:
    """From sending a new scan to the server until its title is on the terminal."""
    odd = random.Random(2)  # noqa: S311 - no secret
    ours: list[float] = []
    round_trips: list[float] = []
    with store_of(200) as (server, _), Wire(server) as wire, Terminal("-m", "scantui", server.url) as terminal:
        terminal.wait_for((b"ascan",))
        time.sleep(_SETTLE_SECONDS)
        for number in range(bench.sized(100, 20)):
            time.sleep(odd.uniform(0.1, 0.3))
            title = mark(number)
            with timed(round_trips):
                wire.exchange(packed("XADD", "elsewhere", "*", "key", number))
            _, commands = scan_commands(number, 4000, ScanState.CREATED, time.time(), title)
            since = terminal.written
            with timed(ours):
                wire.exchange(commands)
                terminal.wait_for((title.encode(),), since)
    yield Figure(
        row="painted",
        what="scan created to painted, idle",
        ours=ours,
        baseline_name="XADD round trip",
        baseline=round_trips,
        goal=Goal(0.05, "p99", relative=False),
    )
