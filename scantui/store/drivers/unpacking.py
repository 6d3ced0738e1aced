"""The bytes that a server answers as replies; pure, and the twin of `packing`.

Rule: bytes may come in any pieces, and what was read of a reply is not read again when more of it comes.
Source: the Redis serialization protocol, version 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

INCOMPLETE: Any = object()
_LONGEST_LINE = 2**16
_NOTHING = -1
_BULK, _ARRAY, _NUMBER, _STATUS, _ERROR = b"$*:+-"


class Unpacker:
    """Takes bytes in and gives replies out, texts as bytes.

    `refusal` makes of an error's text what stands in the place of its reply; it may raise instead. ValueError is raised
    for bytes that are none of the protocol; what comes after them cannot be read either.
    """

    def __init__(self, refusal: Callable[[str], object]) -> None:
        self._refusal = refusal
        self._data = b""
        self._at = 0
        self._more: list[bytes] = []
        self._missing = 0
        # Lists that are not complete yet, the outermost first, and how many items each is to have.
        self._lists: list[tuple[list[Any], int]] = []

    @property
    def is_empty(self) -> bool:
        """Whether all that came was given out."""
        return self._at == len(self._data) and not self._more and not self._lists

    def feed(self, data: bytes) -> None:
        self._more.append(data)
        self._missing -= len(data)

    def take(self) -> Any:
        """The next reply, or INCOMPLETE when more bytes have to come first."""
        if self._more and self._missing <= 0:
            self._data = b"".join([self._data[self._at :], *self._more])
            self._at = 0
            self._more.clear()
        elif self._missing > 0:
            return INCOMPLETE
        data, at, lists = self._data, self._at, self._lists
        find, length = data.find, len(data)
        items, wanted = lists[-1] if lists else (None, 0)
        while True:
            end = find(b"\r\n", at)
            if end < 0:
                if length - at > _LONGEST_LINE:
                    raise ValueError("a line without an end")
                return self._wait(at, 1)
            kind = data[at]
            reply: Any = data[at + 1 : end]
            if kind == _BULK:
                size, reply = int(reply), None
                if size >= 0:
                    start = end + 2
                    end = start + size
                    if end + 2 > length:
                        return self._wait(at, end + 2 - length)
                    reply = data[start:end]
                elif size != _NOTHING:
                    raise ValueError("less than nothing")
            elif kind == _ARRAY:
                size = int(reply)
                reply = [] if size >= 0 else None
                if size > 0:
                    items, wanted = reply, size
                    lists.append((items, wanted))
                    at = end + 2
                    continue
                if size < _NOTHING:
                    raise ValueError("less than nothing")
            elif kind == _NUMBER:
                reply = int(reply)
            elif kind == _ERROR:
                reply = self._refusal(reply.decode(errors="replace"))
            elif kind != _STATUS:
                raise ValueError("no reply begins so")
            at = end + 2
            while items is not None:
                items.append(reply)
                if len(items) < wanted:
                    break
                reply = items
                lists.pop()
                items, wanted = lists[-1] if lists else (None, 0)
            else:
                self._at = at
                return reply

    def _wait(self, at: int, missing: int) -> Any:
        self._at, self._missing = at, missing
        return INCOMPLETE
