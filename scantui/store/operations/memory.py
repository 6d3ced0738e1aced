"""How much memory the server uses; an operation and what it reads.

Source: the section `memory` of INFO.
"""

from __future__ import annotations

import re

import msgspec

from scantui.exceptions import CommandError, NotAllowedError
from scantui.store.operations.requests import Command, Operation
from scantui.store.wire.replies import lines_in

_BYTES = re.compile(r"\d{1,20}", re.ASCII)


class ServerMemory(msgspec.Struct, frozen=True):
    """Bytes that the server uses, and that it may use: its own limit, else all that its computer has."""

    used: int
    limit: int

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.used / self.limit


def get_memory() -> Operation[ServerMemory | None]:
    """Return how much memory the server uses, or None when that is not known or this user may not ask."""
    try:
        info = yield Command("INFO", "memory")
    except (CommandError, NotAllowedError):
        return None
    figures = lines_in(info) if isinstance(info, (bytes, str)) else {}
    used, limit, total = (_bytes(figures.get(name, "")) for name in ("used_memory", "maxmemory", "total_system_memory"))
    limit = limit or total
    return ServerMemory(used, limit) if used and limit else None


def _bytes(text: str) -> int:
    return int(text) if _BYTES.fullmatch(text) else 0
