"""Sorting and filtering all rows, as a key does it: each column, each kind of filter, and letters that are typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

import msgspec

from scantui.board import BY_TIME, SORT_COLUMNS, Board
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.painting import typed_to_frame
from tests.benchmarks.painting_app import row
from tests.benchmarks.stores import Bench

_ROWS = 50_000
_WITHIN = Goal(0.05, relative=False)
_FILTERS = (
    "name=ascan*",
    "number=40..60",
    "state=run",
    "is=problem",
    "user=opid11",
    "!name=ct",
    "age<2h",
    "duration>10m",
    "since=22:00",
    "samx",
    '"samx 0 1"',
)
# Each of these keys changes how many rows there are: a word is typed and taken back.
_TYPED = (b"7", b"1", b"2", *[b"\x7f"] * 3)


def _closed(number: int) -> ScanSummary:
    scan = row(number)
    started = scan.created_ms / 1000
    start, end = (datetime.fromtimestamp(at, timezone.utc).isoformat() for at in (started, started + number % 977))
    ended = {"state": ScanState.CLOSED, "end_time": end, "end_reason": "SUCCESS"} if number % 50 else {}
    return msgspec.structs.replace(scan, start_time=start, user_name="opid11", npoints=number % 300, **ended)


def _asked_for_rows(repeats: int, samples: list[float]) -> None:
    """The least that a look at all rows costs: a function called for each."""
    rows = [row(number) for number in range(_ROWS)]

    def is_open(scan: ScanSummary) -> bool:
        return scan.state is not ScanState.CLOSED

    for _ in range(repeats):
        with timed(samples):
            [scan for scan in rows if is_open(scan)]


def arrange(bench: Bench) -> Iterator[Figure]:
    """A key that sorts or filters 50 000 rows; also the first time counts."""
    repeats = bench.sized(10, 3)
    board = Board()
    rows = [_closed(number) for number in range(_ROWS)]
    board.tell_time(rows[-1].created_ms + 5000)
    board.put(rows)
    least: list[float] = []
    _asked_for_rows(repeats, least)
    taken: dict[str, list[float]] = {}
    for column in SORT_COLUMNS:
        for _ in range(repeats):
            with timed(taken.setdefault(f"sort by {column}", [])):
                board.sort_by(column)
    board.sort_by(BY_TIME)
    for text in _FILTERS:
        for _ in range(repeats):
            with timed(taken.setdefault(f"filter {text}", [])):
                board.set_filter(ScanFilter.parse(text))
    for what, ours in taken.items():
        yield Figure(
            row="arrange",
            what=f"{what}, {_ROWS} rows",
            ours=ours,
            baseline_name="a call for each row",
            baseline=least,
            goal=_WITHIN,
        )
    typed = _TYPED[:3] if bench.quick else _TYPED * 4
    yield Figure(
        row="arrange",
        what=f"a letter of the filter to its frame, {_ROWS} rows",
        ours=typed_to_frame(_ROWS, typed),
        baseline_name="the same with 100 rows",
        baseline=typed_to_frame(100, typed),
    )
