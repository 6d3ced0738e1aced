"""Rules of the program that can be taken out, to show that simulated worlds find the faults that they mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

from scantui import words
from scantui.feed.census import Census
from scantui.feed.expiries import ExpiryWatch
from scantui.feed.point_times import PointTimes
from scantui.feed.stream_ends import StreamEnds
from scantui.models import PointsSeen, ScanSummary
from scantui.store.operations import ends
from scantui.store.operations.ends import EndWanted

# The first world of the usual length, from seed 1 on, that finds a rule to be missing. None of the first thousand has
# enough scans without an index to find the last one.
SEEDS = {
    "history order": 1,
    "one clock": 2,
    "evidence of silence": 39,
    "costs": 35,
    "census": 78,
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


CHANGES: dict[str, Callable[[], list[AbstractContextManager[None]]]] = {
    # Rows in the order of their keys, which hold the writer's clock.
    "history order": lambda: [_replaced(ScanSummary, "rank", property(lambda row: row.key))],
    # Times of a document are taken for right whatever the key says.
    "one clock": lambda: [_replaced(words, "_LATE_START", 10**9)],
    # Only what a monitor has seen grow itself.
    "evidence of silence": lambda: [_replaced(PointTimes, "take_in", lambda *_: PointsSeen())],
    # What is there is read at each look, whatever its size.
    "costs": lambda: [
        _replaced(StreamEnds, "wanted", lambda _, streams, __: [EndWanted(stream) for stream in streams]),
        _replaced(ends, "_most_that_came", lambda *_: 0),
    ],
    # Nobody counts the scans.
    "census": lambda: [_replaced(Census, "is_due", lambda *_: False)],
    # Nobody looks at what a server without an index counts.
    "expiries": lambda: [_replaced(ExpiryWatch, "next_to_check", lambda _: [])],
}
