"""How much memory the server uses; an operation and what it reads.

Source: the section `memory` of INFO.
"""

from __future__ import annotations

import re

import msgspec

from scantui.exceptions import CommandError, NotAllowedError
from scantui.store.operations.requests import Command, Operation
from scantui.store.wire import protocol

_FIGURE = re.compile(r"^(used_memory|maxmemory|total_system_memory):(\d+)", re.MULTILINE)


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
    figures = dict(_FIGURE.findall(protocol.text_of(info))) if isinstance(info, (bytes, str)) else {}
    used, limit = int(figures.get("used_memory", 0)), int(figures.get("maxmemory", 0))
    limit = limit or int(figures.get("total_system_memory", 0))
    return ServerMemory(used, limit) if used and limit else None
