"""A Redis stream: entries by id, which only grow."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from typing import Any

from scantui.exceptions import CommandError

_LARGEST = 2**64 - 1
Id = tuple[int, int]
SEAL: Id = (_LARGEST, _LARGEST)


class SimStream:
    """The entries of one stream, oldest first, and its last id, which stays when entries go."""

    def __init__(self) -> None:
        self.entries: list[tuple[Id, list[bytes]]] = []
        self.last: Id = (0, 0)
        # When it was used last by anybody whose looks count.
        self.used_ms = 0

    @property
    def length(self) -> int:
        """How many points of blissdata's it has."""
        if not self.entries:
            return 0
        (first, _), fields = self.entries[-1]
        pairs = dict(zip(fields[::2], fields[1::2], strict=True))
        return first + int(pairs.get(b"len", b"1"))

    @property
    def memory(self) -> int:
        """About what Redis takes: a node is set aside for entries to come."""
        return 600 + max(4096, sum(20 + len(field) for _, fields in self.entries for field in fields))

    def add(self, wanted: str, fields: list[Any], now_ms: int) -> str:
        """Add an entry and return its id; `*` takes the time, or the id after the last if that is ahead."""
        if wanted == "*":
            id_ = (now_ms, 0) if now_ms > self.last[0] else (self.last[0], self.last[1] + 1)
        else:
            id_ = _id(wanted)
            if id_ <= self.last:
                raise CommandError("ERR The ID specified in XADD is equal or smaller than the target stream top item")
        self.last = id_
        self.entries.append((id_, [_bytes(field) for field in fields]))
        return text_of(id_)

    def seal(self) -> int:
        """End the stream as blissdata's function does; returns how many points it has."""
        if self.last == SEAL:
            raise CommandError("ERR stream is already sealed.")
        length = self.length
        self.add(text_of(SEAL), ["id", length], 0)
        return length

    def between(self, first: str, last: str, count: int, newest_first: bool = False) -> list[Any]:
        low, high = _bound(first, 0, 1), _bound(last, _LARGEST, -1)
        found = self.entries[bisect_left(self.entries, low, key=_id_of) : self._place_after(high)]
        if newest_first:
            found.reverse()
        return [_reply(entry) for entry in found[:count]]

    def __deepcopy__(self, _: Any) -> SimStream:
        copied = SimStream()
        copied.entries, copied.last, copied.used_ms = list(self.entries), self.last, self.used_ms
        return copied

    def _place_after(self, id_: Id) -> int:
        return bisect_right(self.entries, id_, key=_id_of)

    def after(self, id_: str, count: int) -> list[Any]:
        low = _id(id_)
        if self.last <= low:
            return []
        return [_reply(entry) for entry in self.entries[self._place_after(low) :][:count]]

    def trim(self, kind: str, limit: str) -> int:
        """Drop the oldest entries: all but so many, or those below an id."""
        before = len(self.entries)
        if kind == "MAXLEN":
            del self.entries[: max(0, before - int(limit))]
        else:
            self.entries = [entry for entry in self.entries if entry[0] >= _id(limit)]
        return before - len(self.entries)


def text_of(id_: Id) -> str:
    return f"{id_[0]}-{id_[1]}"


def _id_of(entry: tuple[Id, list[bytes]]) -> Id:
    return entry[0]


@lru_cache(4096)
def _id(text: str) -> Id:
    milliseconds, _, sequence = text.partition("-")
    return int(milliseconds), int(sequence or 0)


def _bound(text: str, sequence: int, step: int) -> Id:
    """An end of a range; after `(` the id itself is left out."""
    if text in ("-", "+"):
        return (0, 0) if text == "-" else SEAL
    exclusive, text = text.startswith("("), text.removeprefix("(")
    milliseconds, dash, given = text.partition("-")
    id_ = int(milliseconds), int(given) if dash else sequence
    if not exclusive:
        return id_
    if step > 0:
        return (id_[0], id_[1] + 1) if id_[1] < _LARGEST else (id_[0] + 1, 0)
    return (id_[0], id_[1] - 1) if id_[1] else (id_[0] - 1, _LARGEST)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _reply(entry: tuple[Id, list[bytes]]) -> list[Any]:
    return [text_of(entry[0]).encode(), list(entry[1])]
