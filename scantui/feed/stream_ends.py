"""The ends of streams as one session read them, and how much it may still read; pure.

Rule: whatever publishers write, a monitor reads no more of it than its allowance, which fills up as time goes on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from scantui.exceptions import StoreError
from scantui.models import UNCOUNTED
from scantui.store.operations.ends import EndSeen, EndWanted, KnownSize, StreamEnd

# With what the details read this stays below a megabyte in ten seconds.
MOST_AT_ONCE = 192 * 1024
BYTES_A_SECOND = 15 * 1024
# After a stream that nobody knew to be so large, no more is read than in about a minute.
_MOST_DEBT = 1024 * 1024
_ANY_SIZE = 1 << 40
# Buffers on the way hold more of what was too large than is read of it. After that other streams of which nothing is
# known are not read for so long, and those of which only documents say anything for the shorter time.
_UNKNOWN_SECONDS, _DOCUMENTED_SECONDS = 60.0, 10.0
# How many ends of streams that are no longer followed may be kept.
_SPARE = 1000


class StreamEnds:
    """What was read of the ends of streams; times are in seconds of a clock that never jumps.

    `trusts` is whether the last entry of a long stream is taken to be like the others: right for a single look.
    """

    def __init__(self, trusts: bool = False) -> None:
        self._trusts = trusts
        # The sizes of those that may end in a large entry.
        self._sizes: dict[str, KnownSize] = {}
        self._ends: dict[str, StreamEnd] = {}
        self._left = MOST_AT_ONCE
        self._filled_at: float | None = None
        self._unread: set[str] = set()
        # What documents say of the largest entry, and when a read had to be broken off.
        self._largest: dict[str, int] = {}
        self._broken_off: float | None = None

    def bound(self, streams: Iterable[str], largest: int) -> None:
        """Note how many bytes the entries of streams can have by their document."""
        if largest <= MOST_AT_ONCE:
            self._largest.update(dict.fromkeys(streams, largest))

    def bound_like(self, others: Mapping[str, Iterable[str]]) -> None:
        """Note of streams that their entries are as large as those of others."""
        for stream, alike in others.items():
            for each in alike:
                if each in self._largest:
                    self._largest[stream] = self._largest[each]

    def leave_unread(self, streams: Iterable[str]) -> None:
        """Note streams whose entries are only counted."""
        self._unread.update(streams)

    def wanted(self, streams: Iterable[str], most_of: Mapping[str, int] = {}) -> list[EndWanted]:
        """The looks to take at these streams, for what came since the last ones: the last entry, or so many of some."""
        unknown, documented = self._risks()
        return [
            EndWanted(stream, most=0)
            if stream in self._unread
            else EndWanted(
                stream,
                self._ends.get(stream),
                most_of.get(stream, 1),
                self._sizes.get(stream),
                self._trusts,
                max(self._largest[stream], documented) if stream in self._largest else unknown,
            )
            for stream in streams
        ]

    def _risks(self) -> tuple[int, int]:
        """What is taken for the size of entries of which nothing is known, and of those that documents bound."""
        if self._broken_off is None or self._filled_at is None:
            return 0, 0
        since = self._filled_at - self._broken_off
        return _ANY_SIZE * (since < _UNKNOWN_SECONDS), _ANY_SIZE * (since < _DOCUMENTED_SECONDS)

    def allowed(self, now: float) -> int:
        """How many bytes may be read at this time."""
        if self._filled_at is not None:
            gained = int((now - self._filled_at) * BYTES_A_SECOND)
            self._left = min(MOST_AT_ONCE, self._left + max(0, gained))
        self._filled_at = now
        return max(0, self._left)

    def take_in(self, seen: Mapping[str, EndSeen | StoreError]) -> dict[str, int]:
        """Note what was seen; returns how many points the streams have, UNCOUNTED for what was too large to be read."""
        lengths = {}
        for stream, look in seen.items():
            if isinstance(look, StoreError):
                continue
            self._left = max(-_MOST_DEBT, self._left - look.read)
            self._sizes.pop(stream, None)
            if look.is_too_large:
                # From now on its entries are only counted.
                self._unread.add(stream)
                self._ends.pop(stream, None)
                self._broken_off = self._filled_at
            elif look.end is not None:
                self._ends[stream] = look.end
            elif look.size is not None:
                self._sizes[stream] = look.size
            known = self._ends.get(stream)
            lengths[stream] = UNCOUNTED if known is None else known.length
        return lengths

    def keep(self, streams: Collection[str]) -> None:
        """Drop what was read of all other streams, once there are many."""
        if max(len(self._ends), len(self._unread), len(self._largest)) > 2 * len(streams) + _SPARE:
            kept = frozenset(streams)
            self._unread &= kept
            self._largest = {stream: most for stream, most in self._largest.items() if stream in kept}
            self._sizes = {stream: size for stream, size in self._sizes.items() if stream in kept}
            self._ends = {stream: end for stream, end in self._ends.items() if stream in kept}
