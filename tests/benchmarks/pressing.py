"""Real keys on the real program while scans arrive, each to its frame, and the floor pressed in turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from tests.benchmarks.machine import cpu_seconds
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import ENTER, ESCAPE, arrivals, floor, monitor_of, pauses
from tests.benchmarks.screen import Screen, answers
from tests.benchmarks.stores import RARE_LETTER, Bench, store_of
from tests.benchmarks.terminal import Terminal

_ARRIVALS = 200  # a second
_BURST = 2000
_SETTLE_SECONDS = 1.0
_FLOOR = "floor"
_TIMES, _UP, _MARK, _DETAILS, _NEWEST = "t", "k", "space", "Enter", "G"
_BAR, _LETTER, _LETTER_ROWS = "/", "/-letter", "/-letter, its rows"
_WITH_GOAL = (_UP, _NEWEST, _TIMES, _LETTER)
# What is pressed in a round, and what each key should change; Esc leads back to following the newest.
_ROUND: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"t", (_TIMES,)),
    (b"k", (_UP,)),
    (b" ", (_MARK,)),
    (b" ", (_MARK,)),
    (ENTER, (_DETAILS,)),
    (ENTER, (_DETAILS,)),
    (b"G", (_NEWEST,)),
    (b"/", (_BAR,)),
    (RARE_LETTER.encode(), (_LETTER, _LETTER_ROWS)),
    (b"n", (_LETTER,)),
    (ESCAPE, ()),
)
_FOLLOWING = ((b"k", (_UP,)), (b"G", (_NEWEST,)))
_VIEWS: dict[str, Callable[[Screen], object]] = {
    _TIMES: lambda screen: screen.headings,
    _UP: lambda screen: screen.cursor,
    _NEWEST: lambda screen: screen.cursor,
    _MARK: lambda screen: screen.marks,
    _DETAILS: lambda screen: screen.has_details,
    _BAR: lambda screen: screen.hints,
    _LETTER: lambda screen: screen.filter_line,
    _LETTER_ROWS: lambda screen: all(RARE_LETTER in row for row in screen.rows),
}


class Pressed:
    """What a run took: seconds to the frame for each key and the floor's, arrivals a second, percent of a core."""

    def __init__(self) -> None:
        self.taken: dict[str, list[float]] = {}
        self.per_second = 0.0
        self.cpu: list[float] = []
        self.floor_cpu: list[float] = []


def _counted(program: Terminal) -> int:
    """How many scans the program shows, once it says so: a narrow header has no room for that while more are loaded."""
    program.wait_for(lambda screen: screen.has_total, 60.0)
    return program.screen.total


def pressed_in_turns(
    program: Terminal,
    beside: Terminal | None,
    rounds: int,
    pause: Callable[[], float],
    keys: Sequence[tuple[bytes, Sequence[str]]] = _ROUND,
) -> Pressed:
    """Press each key of some rounds on the program, and after each one on the floor, and look at what was painted."""
    presses: list[tuple[float, Sequence[str]]] = []
    floor_presses: list[tuple[float, Sequence[str]]] = []
    pressed = Pressed()
    terminals = [(program, pressed.cpu), *([(beside, pressed.floor_cpu)] if beside else [])]
    total = _counted(program)
    before = [(time.perf_counter(), cpu_seconds(terminal.pid)) for terminal, _ in terminals]
    for key, names in [*keys] * rounds:
        presses.append((program.press(key), names))
        time.sleep(pause())
        if beside is not None:
            floor_presses.append((beside.press(b"x"), (_FLOOR,)))
            time.sleep(pause())
    elapsed = time.perf_counter() - before[0][0]
    for (terminal, shares), (since, cpu) in zip(terminals, before, strict=True):
        shares.append((cpu_seconds(terminal.pid) - cpu) / (time.perf_counter() - since) * 100)
    frames = (moment for moment, _ in program.frames())
    pressed.taken = answers(presses, frames, lambda name: _VIEWS[name](program.screen))
    pressed.per_second = (_counted(program) - total) / elapsed
    if beside is not None:
        floor_frames = (moment for moment, _ in beside.frames())
        pressed.taken |= answers(floor_presses, floor_frames, lambda _: beside.screen.look_of(2))
    return pressed


def _pressed(
    rows: int,
    per_second: int,
    rounds: int,
    keys: Sequence[tuple[bytes, Sequence[str]]] = _ROUND,
    bytes_per_second: int = 0,
    pause: Callable[[], float] | None = None,
) -> Pressed:
    with ExitStack() as stack:
        server, _ = stack.enter_context(store_of(rows))
        program = stack.enter_context(monitor_of(server.url, rows))
        beside = stack.enter_context(floor())
        stack.enter_context(arrivals(server, per_second))
        program.bytes_per_second = bytes_per_second
        time.sleep(_SETTLE_SECONDS)
        return pressed_in_turns(program, beside, rounds, pause or pauses(0.2, 0.4), keys)


def keys(bench: Bench) -> Iterator[Figure]:
    """A key to the frame that shows what it does, following the newest of many scans while more arrive."""
    rows = bench.sized(50_000, 5000)
    pressed = _pressed(rows, _ARRIVALS, bench.sized(40, 2))
    what = f"{rows} rows, {_ARRIVALS}/s"
    for name in _VIEWS:
        goals = (Goal(2), Goal(3, "p90", relative=True)) if name in _WITH_GOAL else (None,)
        for goal in goals:
            yield Figure(
                row="keys",
                what=f"{name}, {what}",
                ours=pressed.taken[name],
                baseline_name="small DataTable, in turns",
                baseline=pressed.taken[_FLOOR],
                goal=goal,
            )
    yield Figure(
        row="keys",
        what=f"share of a core, {rows} rows, {pressed.per_second:.0f}/s arrived",
        ours=pressed.cpu,
        baseline_name="small DataTable",
        baseline=pressed.floor_cpu,
        unit="%",
    )


def slow(bench: Bench) -> Iterator[Figure]:
    """The same keys, moving only, over a link that takes few bytes a second."""
    rows = bench.sized(50_000, 2000)
    for kilobytes, limit in ((30, 0.05), (8, 0.3)):
        pressed = _pressed(rows, _ARRIVALS, bench.sized(30, 3), _FOLLOWING, 1000 * kilobytes, pauses(0.4, 0.8))
        for name in (_UP, _NEWEST):
            yield Figure(
                row="slow",
                what=f"{name} at {kilobytes} kB/s, {rows} rows",
                ours=pressed.taken[name],
                baseline_name="small DataTable, fast link",
                baseline=pressed.taken[_FLOOR],
                goal=Goal(limit, "p90", relative=False),
            )


def busy(bench: Bench) -> Iterator[Figure]:
    """Keys while two thousand scans arrive each second."""
    pressed = _pressed(1000, _BURST, bench.sized(12, 3), _FOLLOWING)
    for name in (_UP, _NEWEST):
        yield Figure(
            row="busy",
            what=f"{name}, {pressed.per_second:.0f}/s arrived",
            ours=pressed.taken[name],
            baseline_name="small DataTable, in turns",
            baseline=pressed.taken[_FLOOR],
            goal=Goal(0.05, "p90", relative=False),
        )
