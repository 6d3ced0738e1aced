"""What a screen asks about rows: where the next one of a kind is, how many there are, when they were created; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from scantui.board.knowledge import Knowledge
from scantui.board.order import Order
from scantui.models import ScanSummary
from scantui.words import STATE_WORDS

# The places of this many rows are found in a few milliseconds.
_FEW = 1_000
# Fields of the filter that a row has by another name.
_ROW_FIELDS = {"user": "user_name"}

_LAST_FEW = 20


def nearest(
    order: Order, start: str | None, wanted: Callable[[str], bool], among: Collection[str], backwards: bool = False
) -> str | None:
    """The next row of a kind after `start`, from the other end on when there is none; None without any at all.

    All rows of the kind are `among` some keys. When `start` is not shown all rows are gone through; it comes last when
    it is.
    """
    count = len(order)
    index = order.index_of(start) if start is not None and start in order else count if backwards else -1
    if len(among) <= _FEW:
        # Going through very many rows for a few would delay keys.
        places = sorted(order.index_of(key) for key in among if key in order and wanted(key))
        if not places:
            return None
        place = bisect_left(places, index) - 1 if backwards else bisect_right(places, index)
        return order.keys[places[place % len(places)]]
    ahead = range(index - 1, index - 1 - count, -1) if backwards else range(index + 1, index + 1 + count)
    keys = order.keys
    # An index is at most one turn off the end, at either of them.
    found = (key for each in ahead if wanted(key := keys[each if each < count else each - count]))
    return next(found, None)


def newest_number(known: Knowledge, server: str | None = None) -> int:
    """The number of the newest scan of a server that has one, 0 without any."""
    rows = map(known.rows.__getitem__, reversed(known.keys))
    numbers = (row.number for row in rows if row.server == server)
    return next((number for number in numbers if number is not None), 0)


def values_seen(known: Knowledge, field: str) -> list[str]:
    """The values of a field of the identity or of the row, of all scans known; those that come often first."""
    # Imported when the user completes a word: the first frame does not wait.
    from scantui.matching import EXTRA_FIELDS, TEXT_FIELDS

    name = _ROW_FIELDS.get(field, field)
    rows = known.rows.values()
    values: Iterable[Any]
    if field in EXTRA_FIELDS:
        extra = [row.numberless.extra.get(field) for row in rows if row.numberless and row.numberless.others]
        values = (value for value in extra if isinstance(value, str))
    else:
        values = (getattr(row.numberless if name in TEXT_FIELDS else row, name, None) for row in rows)
    counted = Counter(values)
    return [str(value) for value, _ in counted.most_common() if value is not None]


def count_words(known: Knowledge, order: Order) -> dict[str, int]:
    """How many rows have each word, in the order of the words; words without any are left out."""
    shows_all = len(order) == len(known.rows)
    counted = known.counts if shows_all else Counter(map(known.words.__getitem__, order.keys))
    return {word: counted[word] for word in STATE_WORDS if counted[word]}


def count_created(known: Knowledge, order: Order, buckets: int, span_ms: int, now_ms: int) -> list[int]:
    """How many of the rows shown were created in each part of the last `span_ms`, the oldest part first."""
    counted = [0] * buckets
    since = now_ms - span_ms
    for key in reversed(order.keys):
        created = known.rows[key].born_ms
        if since < created <= now_ms:
            counted[(created - since - 1) * buckets // span_ms] += 1
        elif 0 < created <= since and order.sorting.is_by_time:
            break  # All others were created before.
    return counted


def writer_ahead(known: Knowledge) -> tuple[int, str]:
    """How far the clock of a writer is ahead of its server's, by the most of the last few scans, in milliseconds.

    With it comes the name of the server, "" of the only one.
    """
    rows = map(known.rows.__getitem__, known.keys[-_LAST_FEW:])
    ahead = [(_ahead_ms(row), row.server or "") for row in rows if row.timetag and row.created_ms]
    return max(ahead, key=lambda each: abs(each[0]), default=(0, ""))


def _ahead_ms(row: ScanSummary) -> int:
    # Of several servers, `born_ms` is by the clock of the list.
    return row.created_ms - row.born_ms - (row.origin.ahead_ms if row.origin else 0)
