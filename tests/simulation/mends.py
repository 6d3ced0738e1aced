"""Rules of the program that can be taken out, to show that simulated worlds find the faults that they mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from scantui import words
from scantui.feed.census import Census
from scantui.feed.expiries import ExpiryWatch
from scantui.feed.point_times import PointTimes
from scantui.feed.stream_ends import StreamEnds
from scantui.models import PointsSeen, ScanSummary
from scantui.store.operations import ends, follow
from scantui.store.operations.ends import EndWanted
from scantui.store.operations.requests import Batch, Command, Operation

# The first world of the usual length, from seed 1 on, that finds a rule to be missing.
SEEDS = {
    "history order": 1,
    "one clock": 2,
    "evidence of silence": 39,
    "costs": 35,
    "census": 20,
    "arrivals": 7,
    "expiries": 30,
}


@contextmanager
def without(mend: str) -> Iterator[None]:
    """Take out a rule for the time of a block."""
    with ExitStack() as stack:
        for change in CHANGES[mend]():
            stack.enter_context(change)
        yield


@contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _unbounded(commands: Sequence[Command], _: int) -> Operation[list[Any]]:
    replies: list[Any] = (yield Batch(commands)) if commands else []
    return replies


def _without_arrivals(missing: Callable[..., tuple[int, int]]) -> Callable[..., tuple[int, int]]:
    return lambda *arguments: (missing(*arguments)[0], 0)


CHANGES: dict[str, Callable[[], list[AbstractContextManager[None]]]] = {
    # Rows in the order of their keys, which hold the writer's clock.
    "history order": lambda: [_replaced(ScanSummary, "rank", property(lambda row: row.key))],
    # Times of a document are taken for right whatever the key says.
    "one clock": lambda: [_replaced(words, "_LATE_START", 10**9)],
    # Only what a monitor has seen grow itself.
    "evidence of silence": lambda: [_replaced(PointTimes, "take_in", lambda *_: PointsSeen())],
    # What is there is read at each look and to its end, whatever its size.
    "costs": lambda: [
        _replaced(StreamEnds, "wanted", lambda _, streams, __: [EndWanted(stream) for stream in streams]),
        _replaced(ends, "_most_that_came", lambda *_: 0),
        _replaced(ends, "bounded", _unbounded),
    ],
    # Nobody counts the scans.
    "census": lambda: [_replaced(Census, "is_due", lambda *_: False)],
    # Nobody sees that the history lacks scans that were never read, neither in it nor in the index's count.
    "arrivals": lambda: [
        _replaced(follow, "_goes_on", lambda *_: True),
        _replaced(Census, "missing", _without_arrivals(Census.missing)),
    ],
    # Nobody looks at what a server without an index counts.
    "expiries": lambda: [_replaced(ExpiryWatch, "next_to_check", lambda _: [])],
}
