"""Replies of Redis, checked and read; pure functions.

Rule: a reply is checked before it is used. One that no server gives, as when bytes got lost on their way, is a
GarbledError; nothing else is caught to make one. Source: the Redis documentation of each command, protocol 2.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from scantui.exceptions import GarbledError, StoreError

_MOST_DIGITS = len(str(2**64 - 1))
# Streams have millions of entries, so that each call for one of them counts.
is_id = re.compile(rb"[0-9]{1,20}-[0-9]{1,20}").fullmatch
# The end of the year 9999, the last that a calendar has.
_LATEST_SECONDS = 253_402_300_800


class Entry(NamedTuple):
    """One entry of a stream: its id, and its fields."""

    id: str
    fields: dict[bytes, bytes]


def raise_if_error(reply: Any) -> Any:
    """Return a reply of a Batch; raise it if it is the error of its command."""
    if isinstance(reply, StoreError):
        raise reply
    return reply


def text_of(reply: Any) -> str:
    """A name as text; bytes that are not UTF-8 become visible escapes."""
    if isinstance(reply, bytes):
        return reply.decode("utf-8", "backslashreplace")
    if isinstance(reply, str):
        return reply
    raise garbled(reply, "a text")


def integer(reply: Any) -> int:
    """The reply of a command that counts, or that answers with a time."""
    if type(reply) is not int:
        raise garbled(reply, "a whole number")
    return reply


def number_in(reply: Any) -> int:
    """A whole number that is not negative, also one written as text."""
    if type(reply) is int and reply >= 0:
        return reply
    if not isinstance(reply, bytes) or not reply.isdigit() or len(reply) > _MOST_DIGITS:
        raise garbled(reply, "a whole number")
    return int(reply)


def array(reply: Any, length: int | None = None) -> list[Any]:
    """The items of a list, of which there must be `length`."""
    if not isinstance(reply, list) or length not in (None, len(reply)):
        raise garbled(reply, "a list" if length is None else f"a list of {length}")
    return reply


def parse_entries(reply: Any) -> list[Entry]:
    """The reply of XRANGE or XREVRANGE."""
    if reply is None:
        return []
    entries = []
    for item in array(reply):
        id_, pairs = item if type(item) is list and len(item) == 2 else array(item, 2)
        # Redis lists an entry that was deleted meanwhile without fields.
        if pairs is not None:
            entries.append(Entry(_entry_id(id_), _fields(pairs)))
    return entries


def parse_xread(reply: Any) -> dict[str, list[Entry]]:
    """The reply of XREAD: entries by stream; empty if nothing came."""
    if reply is None:
        return {}
    return {text_of(key): parse_entries(entries) for key, entries in (array(each, 2) for each in array(reply))}


def milliseconds_in(reply: Any) -> int:
    """The reply of TIME in milliseconds since 1970."""
    seconds, microseconds = map(number_in, array(reply, 2))
    if seconds >= _LATEST_SECONDS or microseconds >= 1_000_000:
        raise garbled(reply, "a time")
    return seconds * 1000 + microseconds // 1000


def hits_in(reply: Any) -> tuple[int, list[Any]]:
    """The reply of FT.SEARCH without contents: how many documents match, and the keys of those that were asked for."""
    total, *keys = array(reply) or [None]
    return number_in(total), keys


def scan_page_in(reply: Any) -> tuple[int, list[str]]:
    """The reply of SCAN: the cursor of the next page, 0 at the end, and the keys of this one."""
    cursor, keys = array(reply, 2)
    return number_in(cursor), [text_of(key) for key in array(keys)]


def setting_in(reply: Any) -> int | None:
    """The reply of FT.CONFIG GET for one setting that is a number; None if the server does not have it."""
    settings = array(reply)
    return number_in(array(settings[0], 2)[1]) if settings else None


def modules_in(reply: Any) -> dict[str, int]:
    """The reply of MODULE LIST: versions by the names of modules in lower case."""
    modules = [pairs_in(module) for module in array(reply)]
    return {text_of(module.get("name")).lower(): number_in(module.get("ver")) for module in modules}


def lines_in(reply: Any) -> dict[str, str]:
    """The reply of INFO: values by name."""
    pairs = (line.partition(":") for line in text_of(reply).splitlines())
    return {name: value for name, colon, value in pairs if colon}


def pairs_in(reply: Any) -> dict[str, Any]:
    """A flat list of names and values, as several commands answer; the values are not checked."""
    flat = array(reply)
    if len(flat) % 2:
        raise garbled(reply, "names and values")
    return {text_of(name): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


def garbled(reply: Any, wanted: str) -> GarbledError:
    """The error to raise for a reply that is something other than what was `wanted`."""
    return GarbledError(f"the server sent an invalid reply: {_described(reply)} instead of {wanted}")


def _described(reply: Any) -> str:
    # What it holds is text from outside, and may be large.
    return f"a list of {len(reply)}" if isinstance(reply, list) else type(reply).__name__


def _entry_id(raw: Any) -> str:
    """The id of an entry, which may be sent back to the server."""
    if type(raw) is bytes and is_id(raw):
        return raw.decode("ascii")
    text = text_of(raw)
    parts = text.split("-", 1)
    if not all(part.isdigit() and part.isascii() and len(part) <= _MOST_DIGITS for part in parts):
        raise garbled(raw, "the id of an entry")
    return text


def _fields(pairs: Any) -> dict[bytes, bytes]:
    words = array(pairs)
    if len(words) == 2 and type(words[0]) is bytes and type(words[1]) is bytes:
        return {words[0]: words[1]}
    if len(words) % 2 or not all(isinstance(word, bytes) for word in words):
        raise garbled(pairs, "fields and their values")
    return dict(zip(words[::2], words[1::2], strict=True))
