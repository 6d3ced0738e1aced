"""The ends of data streams: how many points they have and what came last, at a bounded cost whatever was published.

Rule 1: Redis gives no length without the last entry, so what came may be as large as the publisher likes. It is read
only where the server's account of memory leaves room for nothing larger than may be read. Of a long stream that is so
once something came since an earlier look. Where the server gives no account, one stream is read at a time. Whatever
was expected, the reading ends where it becomes too much.
Rule 2: an entry that was read is not read again: a stream in which nothing came costs no payload.
Source: protocol, section 5. MEMORY USAGE counts the last node of a stream as it is, and the others by their average, or
with SAMPLES 0 as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from scantui.exceptions import GarbledError, StoreError, TooLargeError, UsageError
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import UNREAD, Batch, Command, Operation, bounded
from scantui.store.wire import streams
from scantui.store.wire.replies import Entry, parse_entries, raise_if_error

# What the server sets aside for later entries; the memory of a stream does not show it.
SMALL = 4096
_SMALL_MEAN = 1024
# A stream of this many bytes in small entries is taken to have a small last one; this many of these are read at once.
_SMALL_STREAM = 8192
# How many bytes one read returns at most, by default.
MOST_READ = 256 * 1024
# No more than this is read of what has an unknown size. What is larger costs that, and a connection.
MOST_UNKNOWN = 128 * 1024
# What replies hold beside their entries, and what the server's account of its memory may miss.
_BESIDE, _BESIDE_EACH = 64 * 1024, 4 * 1024
# In place of a number that is not known.
_UNKNOWN = -1


class StreamEnd(msgspec.Struct, frozen=True, gc=False):
    """The end of a stream as it was read last: its length in points, and the id of its last entry, "" without any.

    `memory` is what the server used for the stream then, `size` are the bytes of the largest entry that was read, and
    `entries` is how many there were. `memory` and `entries` are -1 where unknown.
    """

    length: int = 0
    last_id: str = ""
    sealed: bool = False
    memory: int = 0
    size: int = 0
    entries: int = _UNKNOWN


class KnownSize(msgspec.Struct, frozen=True, gc=False):
    """The exact number of bytes and of entries of a stream that was never read."""

    memory: int
    entries: int


class EndWanted(msgspec.Struct, frozen=True):
    """A read of the end of a stream: what is `known` of it, and how many of the entries since are wanted at most.

    With none wanted the stream is not read: only its entries are counted. `before` is the size of a stream that was not
    read at the last look. `trusts` is whether the last entry of a long stream is taken to be like the others, and read.
    `largest` is how many bytes its last entry can have, 0 where unknown; it counts where the server gives no account.
    """

    key: str
    known: StreamEnd | None = None
    most: int = 1
    before: KnownSize | None = None
    trusts: bool = False
    largest: int = 0


class EndSeen(msgspec.Struct, frozen=True):
    """What a read found: the `end`, the entries that came since, newest first, and the bytes of these.

    `end` is None for a stream whose last entries are too large to be read now, of which at most `held_back` bytes came;
    `may_have_grown` is whether any may have come since what is known of it was read.
    `is_too_large` is whether a read had to be broken off.
    `idle_seconds` is for how long the stream had not been used at the first read, None where unknown. `entries` is how
    many entries a stream has of which none was ever read, and `size` what the next look at it is to be given.
    """

    end: StreamEnd | None
    came: tuple[Entry, ...] = ()
    read: int = 0
    held_back: int = 0
    idle_seconds: int | None = None
    may_have_grown: bool = False
    entries: int | None = None
    size: KnownSize | None = None
    is_too_large: bool = False


def ends_wanted(wanted: object, allowed: object) -> list[EndWanted]:
    """What callers pass to read ends, checked. Raises UsageError."""
    looks = [each for each in wanted if isinstance(each, EndWanted)] if isinstance(wanted, (list, tuple)) else []
    if wanted != looks and wanted != tuple(looks):
        raise UsageError(f"{wanted!r:.60} is not a list of EndWanted")
    if not isinstance(allowed, int):
        raise UsageError(f"allowed is {allowed!r:.60}: give a number of bytes")
    listed_keys([each.key for each in looks])
    return looks


def look_at_ends(wanted: Sequence[EndWanted], allowed: int = MOST_READ) -> Operation[dict[str, EndSeen | StoreError]]:
    """Return how streams end, in two round trips; all of them together bring little more than `allowed` bytes."""
    wanted = ends_wanted(wanted, allowed)
    replies = (yield Batch(measuring(wanted))) if wanted else []
    return (yield from read_ends(wanted, replies, allowed))


def measuring(wanted: Sequence[EndWanted]) -> list[Command]:
    """The requests for how much there is to read."""
    return [command for each in wanted for command in _questions(each)]


def read_ends(
    wanted: Sequence[EndWanted], replies: Sequence[Any], allowed: int
) -> Operation[dict[str, EndSeen | StoreError]]:
    """Read the ends of streams, where the replies to `measuring` leave room for it, in one round trip."""
    seen: dict[str, EndSeen | StoreError] = {}
    reading: list[tuple[EndWanted, _Answers]] = []
    expected = _BESIDE
    rest = iter(replies)
    measured = [(each, _Answers.of(each, rest)) for each in wanted]
    # Those of which anything is known come first.
    for each, answers in sorted(measured, key=lambda pair: _is_risky(*pair)):
        if not each.most:
            seen[each.key] = EndSeen(None, entries=answers.entries, idle_seconds=answers.idle)
            continue
        if answers.memory == 0 and each.known is None:
            seen[each.key] = EndSeen(StreamEnd())
            continue
        most = _most_that_came(each, answers, allowed)
        if most > allowed:
            seen[each.key] = EndSeen(
                None,
                held_back=most,
                idle_seconds=answers.idle,
                may_have_grown=_may_have_grown(each, answers),
                entries=answers.entries if each.known is None else None,
                size=_size(each, answers),
            )
            continue
        allowed -= most
        reading.append((each, answers))
        expected += min(most, MOST_READ) + _BESIDE_EACH
    sure = [_since(each) for each, answers in reading if not _is_risky(each, answers)]
    risky = [_since(each) for each, answers in reading if _is_risky(each, answers)]
    came = yield from bounded(sure, expected)
    # No more than one read is broken off at a time.
    is_whole = not any(isinstance(reply, TooLargeError) for reply in came)
    came += (yield from bounded(risky, MOST_UNKNOWN)) if is_whole else [UNREAD for _ in risky]
    asked = dict(zip([*sure, *risky], came, strict=True))
    for each, answers in reading:
        seen[each.key] = _seen(each, asked[_since(each)], answers)
    return seen


def _is_risky(wanted: EndWanted, answers: _Answers) -> bool:
    """Whether nothing is known of how large a stream's last entry may be."""
    return wanted.known is None and answers.memory is None and not wanted.largest


class _Answers(msgspec.Struct, frozen=True, gc=False):
    """What the server reports on a stream: its memory, its entries, how long it was unused; None where unknown."""

    memory: int | None = None
    entries: int | None = None
    idle: int | None = None

    @classmethod
    def of(cls, wanted: EndWanted, replies: Iterator[Any]) -> _Answers:
        """The answers among the next replies to the questions."""
        asked = {command[0]: _number(next(replies)) for command in _questions(wanted)}
        return cls(asked.get("MEMORY"), asked.get("XLEN"), asked.get("OBJECT"))


def _may_have_grown(wanted: EndWanted, answers: _Answers) -> bool:
    known = wanted.known
    if known is None:
        return False
    if answers.memory is None or known.memory == _UNKNOWN:
        return answers.entries is None or answers.entries != known.entries
    return answers.memory > known.memory


def _questions(wanted: EndWanted) -> list[Command]:
    exactly = ("SAMPLES", 0) if wanted.before is not None else ()
    usage = [Command("MEMORY", "USAGE", wanted.key, *exactly)] if wanted.most else []
    length, idle = Command("XLEN", wanted.key), Command("OBJECT", "IDLETIME", wanted.key)
    if wanted.known is None or not wanted.most:
        return [*usage, length, idle]
    return [*usage, length] if wanted.known.memory == _UNKNOWN else usage


def _since(wanted: EndWanted) -> Command:
    known = wanted.known
    first = f"({known.last_id}" if known is not None and known.last_id else "-"
    return Command("XREVRANGE", wanted.key, "+", first, "COUNT", wanted.most)


def _number(reply: Any) -> int | None:
    """A size or a time; 0 for a key that is missing, None where unknown, for example if the user may not ask."""
    return reply if isinstance(reply, int) else 0 if reply is None else None


def _most_that_came(wanted: EndWanted, answers: _Answers, allowed: int) -> int:
    """The most bytes that a read of a stream may return, or is taken to return."""
    memory, entries = answers.memory, answers.entries
    known, before = wanted.known, wanted.before
    if known is not None:
        if memory is None or known.memory == _UNKNOWN:
            # Without the server's word the next entry is taken to be like the last one.
            return known.size + SMALL if _may_have_grown(wanted, answers) else 0
        return max(0, memory - known.memory) + known.size + SMALL
    if memory is None:
        # Only a read can find out, this once: one stream at a time, and none after one that was too large.
        return 0 if wanted.trusts else wanted.largest or max(1, allowed)
    if entries is None:
        return memory
    if before is not None and before.memory != _UNKNOWN and entries > before.entries and memory >= before.memory:
        return memory - before.memory + SMALL
    mean = memory // max(1, entries)
    if mean <= _SMALL_MEAN and (wanted.trusts or memory <= _SMALL_STREAM):
        # Where there are very many small entries, the last ones are most likely small too.
        return min(memory, 2 * wanted.most * mean)
    return memory


def _size(wanted: EndWanted, answers: _Answers) -> KnownSize | None:
    """What to compare the next look with; the first look does not ask for the exact size."""
    if wanted.known is not None or answers.memory is None or answers.entries is None:
        return None
    return KnownSize(_UNKNOWN if wanted.before is None else answers.memory, answers.entries)


def _seen(wanted: EndWanted, reply: Any, answers: _Answers) -> EndSeen | StoreError:
    if reply is UNREAD or isinstance(reply, TooLargeError):
        return EndSeen(
            None,
            read=0 if reply is UNREAD else MOST_UNKNOWN,
            held_back=1 if reply is UNREAD else MOST_UNKNOWN,
            idle_seconds=answers.idle,
            may_have_grown=wanted.known is not None,
            entries=answers.entries if wanted.known is None else None,
            size=_size(wanted, answers),
            is_too_large=reply is not UNREAD,
        )
    known = wanted.known or StreamEnd()
    # The two accounts of the memory are not compared with each other.
    memory = _UNKNOWN if answers.memory is None or wanted.before is not None else answers.memory
    count = _UNKNOWN if answers.entries is None else answers.entries
    try:
        entries = parse_entries(raise_if_error(reply))
        if not entries:
            return EndSeen(msgspec.structs.replace(known, memory=memory, entries=count), idle_seconds=answers.idle)
        length, sealed = streams.length_after(entries[:1])
    except GarbledError:
        raise
    except StoreError as error:
        return error
    sizes = [sum(len(name) + len(value) for name, value in entry.fields.items()) for entry in entries]
    end = StreamEnd(length, entries[0].id, sealed, memory, max(sizes), count)
    return EndSeen(end, tuple(entries), sum(sizes), 0, answers.idle)
