"""Commands as the bytes that go to the server; pure.

Rule: what the client library does for a command word by word is done here for many commands at once, since reading
thousands of scans spends most of its time there. Source: the Redis serialization protocol, arrays of bulk strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from scantui.store.operations.requests import Value


def packed(commands: Iterable[Sequence[Value]]) -> bytes:
    """Commands as they are sent, one after the other."""
    parts: list[bytes] = []
    # The same names, paths and keys come again and again.
    known: dict[str, bytes] = {}
    for words in commands:
        parts.append(b"*%d\r\n" % len(words))
        for word in words:
            if isinstance(word, str):
                part = known.get(word)
                if part is None:
                    part = known[word] = _bulk(word.encode())
                parts.append(part)
            else:
                parts.append(_bulk(word if isinstance(word, bytes) else repr(word).encode()))
    return b"".join(parts)


class QuickPacking:
    """Laid over a connection of the client library: packs commands in one piece."""

    def pack_command(self, *words: Value) -> list[bytes]:
        return [packed([_separated(words)])]

    def pack_commands(self, commands: Iterable[Sequence[Value]]) -> list[bytes]:
        return [packed(map(_separated, commands))]


def pack_quickly(pool: Any) -> None:
    """Have the connections that a pool of the client library makes from now on pack quickly."""
    kind = pool.connection_class
    pool.connection_class = type(kind.__name__, (QuickPacking, kind), {})


def _bulk(text: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text)


def _separated(words: Sequence[Value]) -> Sequence[Value]:
    """The client library names some of its own commands by two words in one text."""
    name = words[0]
    return (*name.split(), *words[1:]) if isinstance(name, str) and " " in name else words
