"""The start of the program: its first frame, and the first rows on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.benchmarks.installed import peer_command, scantui_command
from tests.benchmarks.measure import Figure, Goal, in_turns
from tests.benchmarks.monitor import shows_rows
from tests.benchmarks.proxy import Proxy
from tests.benchmarks.screen import Screen
from tests.benchmarks.stores import Bench, store_of
from tests.benchmarks.terminal import Terminal
from tests.servers import RealRedis

# Long enough that requests sent at the same time count as one round trip on a busy machine too.
_ROUND_TRIP_SECONDS = 0.1


def has_columns(screen: Screen) -> bool:
    """Whether the first frame is there: columns and hint line."""
    return "NAME" in screen.text and ("Help" in screen.text or "Quit" in screen.text)


def _seconds_to(is_there: Callable[[Screen], bool], *command: str) -> float:
    with Terminal(*command) as terminal:
        return terminal.wait_for(is_there)[0] - terminal.started


def start(bench: Bench) -> Iterator[Figure]:
    """From the start of the program to its first frame; neither collects garbage until then."""
    ours: list[float] = []
    hello: list[float] = []
    with store_of(200) as (server, _):

        def start_scantui() -> None:
            ours.append(_seconds_to(has_columns, scantui_command(), server.url))

        def start_hello() -> None:
            hello.append(_seconds_to(has_columns, *peer_command("hello_app")))

        # The first start reads files that are not cached yet.
        in_turns(1, start_scantui, start_hello)
        ours.clear()
        hello.clear()
        in_turns(bench.sized(20, 5), start_scantui, start_hello)
    for goal in (Goal(1.2), Goal(1.2, "p90")):
        yield Figure(
            row="start",
            what="first painted frame",
            ours=ours,
            baseline_name="Textual hello with DataTable",
            baseline=hello,
            goal=goal,
        )


def _seconds_to_rows(url: str) -> float:
    with Terminal(scantui_command(), url) as terminal:
        first, _ = terminal.wait_for(has_columns)
        return terminal.wait_for(shows_rows)[0] - first if not shows_rows(terminal.screen) else 0.0


def round_trips_to_rows(server: RealRedis, round_trip_seconds: float) -> tuple[float, int, Proxy]:
    """Seconds from the first frame to the first rows far from the server, and the round trips that took."""
    with Proxy(server.port, round_trip_seconds) as proxy, Terminal(scantui_command(), proxy.url) as terminal:
        first, _ = terminal.wait_for(has_columns)
        rows, _ = terminal.wait_for(shows_rows, 60.0)
        return rows - first, proxy.counts.turns.until(rows), proxy


def first(bench: Bench) -> Iterator[Figure]:
    """The first rows of a large store after the first frame, near the server and as round trips.

    Connecting is a round trip more.
    """
    count = bench.sized(50_000, 5000)
    what = f"first rows of {count}"
    with store_of(count) as (server, _):
        near = [_seconds_to_rows(server.url) for _ in range(bench.sized(10, 3))]
        trips = [round_trips_to_rows(server, _ROUND_TRIP_SECONDS)[1] for _ in range(bench.sized(5, 2))]
    yield Figure(row="first", what=f"{what}, after the first frame", ours=near)
    yield Figure(
        row="first",
        what=f"{what}, round trips one after the other",
        ours=trips,
        unit="",
        goal=Goal(4, "max", relative=False),
    )
