"""The ends of data streams: how many points they have and what came last, at a bounded cost whatever was published.

Rule 1: Redis gives no length without the last entry, so what came may be as large as the publisher likes. It is read
only where the server's account of memory leaves room for nothing larger than may be read.
Rule 2: an entry that was read is not read again: a stream in which nothing came costs no payload.
Source: protocol, section 5. MEMORY USAGE counts the last node of a stream as it is, and the others by their average.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from scantui.exceptions import GarbledError, StoreError, UsageError
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import streams
from scantui.store.wire.replies import Entry, parse_entries, raise_if_error

# What the server sets aside for later entries; the memory of a stream does not show it.
SMALL = 4096
_SMALL_MEAN = 1024
# How many bytes one read returns at most, by default.
MOST_READ = 256 * 1024
# In the place of a size that is not known.
_UNKNOWN = -1


class StreamEnd(msgspec.Struct, frozen=True, gc=False):
    """The end of a stream as it was read last: its length in points, and the id of its last entry, "" without any.

    `memory` is the memory that the server used for the stream then, -1 where unknown, and `size` are the bytes of the
    largest entry that was read.
    """

    length: int = 0
    last_id: str = ""
    sealed: bool = False
    memory: int = 0
    size: int = 0


class EndWanted(msgspec.Struct, frozen=True):
    """A read of the end of a stream: what is `known` of it, and how many of the entries since are wanted at most.

    With none wanted the stream is not read: only its entries are counted.
    """

    key: str
    known: StreamEnd | None = None
    most: int = 1


class EndSeen(msgspec.Struct, frozen=True):
    """What a read found: the `end`, the entries that came since, newest first, and the bytes of these.

    `end` is None for a stream whose last entries are too large to be read now, of which at most `held_back` bytes came;
    `may_have_grown` is whether any may have come since what is known of it was read.
    `idle_seconds` is for how long the stream had not been used at the first read, None where unknown. `entries` is how
    many entries a stream has of which none was ever read.
    """

    end: StreamEnd | None
    came: tuple[Entry, ...] = ()
    read: int = 0
    held_back: int = 0
    idle_seconds: int | None = None
    may_have_grown: bool = False
    entries: int | None = None


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
    reading: list[tuple[EndWanted, int, int | None]] = []
    rest = iter(replies)
    for each in wanted:
        answers = [next(rest) for _ in _questions(each)]
        memory, idle = _number(answers[0]), _number(answers[-1]) if _is_first(each) else None
        entries = _number(answers[-2]) if _is_first(each) else None
        if not each.most:
            seen[each.key] = EndSeen(None, entries=entries, idle_seconds=idle)
            continue
        if memory == 0 and each.known is None:
            seen[each.key] = EndSeen(StreamEnd())
            continue
        most = _most_that_came(each, memory, answers)
        if most > allowed:
            grown = _may_have_grown(each, memory)
            seen[each.key] = EndSeen(None, held_back=most, idle_seconds=idle, may_have_grown=grown, entries=entries)
            continue
        allowed -= most
        reading.append((each, _UNKNOWN if memory is None else memory, idle))
    came = (yield Batch([_since(each) for each, *_ in reading])) if reading else []
    for (each, memory, idle), reply in zip(reading, came, strict=True):
        seen[each.key] = _seen(each, reply, memory, idle)
    return seen


def _may_have_grown(wanted: EndWanted, memory: int | None) -> bool:
    return wanted.known is not None and (memory is None or memory > wanted.known.memory)


def _questions(wanted: EndWanted) -> list[Command]:
    usage = [Command("MEMORY", "USAGE", wanted.key)] if wanted.most else []
    if not _is_first(wanted):
        return usage
    return [*usage, Command("XLEN", wanted.key), Command("OBJECT", "IDLETIME", wanted.key)]


def _is_first(wanted: EndWanted) -> bool:
    """Whether nothing was ever read of a stream, so that the server is asked for more."""
    return wanted.known is None or not wanted.most


def _since(wanted: EndWanted) -> Command:
    known = wanted.known
    first = f"({known.last_id}" if known is not None and known.last_id else "-"
    return Command("XREVRANGE", wanted.key, "+", first, "COUNT", wanted.most)


def _number(reply: Any) -> int | None:
    """A size or a time; 0 for a key that is missing, None where unknown, for example if the user may not ask."""
    return reply if isinstance(reply, int) else 0 if reply is None else None


def _most_that_came(wanted: EndWanted, memory: int | None, answers: Sequence[Any]) -> int:
    """The most bytes that a read of a stream may return."""
    known = wanted.known
    if known is not None:
        # Without the server's word the next entry is taken to be like the last one.
        grown = 0 if memory is None or known.memory == _UNKNOWN else max(0, memory - known.memory)
        return grown + known.size + SMALL
    count = _number(answers[1])
    if memory is None or count is None:
        # Only a read can find out, this once.
        return 0
    mean = memory // max(1, count)
    # Where there are very many small entries, the last ones are small too.
    return min(memory, 2 * wanted.most * mean) if mean <= _SMALL_MEAN else memory


def _seen(wanted: EndWanted, reply: Any, memory: int, idle: int | None) -> EndSeen | StoreError:
    known = wanted.known or StreamEnd()
    try:
        entries = parse_entries(raise_if_error(reply))
        if not entries:
            return EndSeen(msgspec.structs.replace(known, memory=memory), idle_seconds=idle)
        length, sealed = streams.length_after(entries[:1])
    except GarbledError:
        raise
    except StoreError as error:
        return error
    sizes = [sum(len(name) + len(value) for name, value in entry.fields.items()) for entry in entries]
    end = StreamEnd(length, entries[0].id, sealed, memory, max(sizes))
    return EndSeen(end, tuple(entries), sum(sizes), 0, idle)
