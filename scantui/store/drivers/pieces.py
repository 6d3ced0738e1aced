"""Commands with large replies go out piece by piece: the server works on one while the replies to the last are read.

Rule: less than a mebibyte of replies is on its way, unless a single reply has more. A server that gets all commands at
once prepares and holds all replies, and hardly sends any before the last one is ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scantui.store.drivers.packing import packed
from scantui.store.drivers.receiving import Early
from scantui.store.operations.requests import Command

# How many bytes the replies to a piece are to have; two pieces are on their way.
PIECE_BYTES = 448 << 10
# What the first commands bring is not known yet; a piece has at most twice as many as the one before.
FIRST_COMMANDS = 16


class Pieces:
    """The pieces of a batch; without work to do on each reply as it comes there is one, which has all commands."""

    def __init__(self, commands: Sequence[Command], early: Early = None) -> None:
        self._commands = commands
        self._early = early
        self._length = FIRST_COMMANDS if early else len(commands)
        self._bytes = 0
        self.early: Early = self._measured if early else None
        self.sent = 0

    def due(self, come: int) -> bytes:
        """What to send once so many replies have come; nothing while more than one piece is on its way."""
        parts = []
        while self.sent < len(self._commands) and self.sent - come <= self._length:
            if come:
                fitting = PIECE_BYTES * come // (self._bytes + 1)
                self._length = max(1, min(fitting, 2 * self._length))
            parts.append(packed(self._commands[self.sent : self.sent + self._length]))
            self.sent = min(self.sent + self._length, len(self._commands))
        return b"".join(parts)

    def _measured(self, reply: Any) -> Any:
        if type(reply) is bytes:
            self._bytes += len(reply)
        return reply if self._early is None else self._early(reply)
