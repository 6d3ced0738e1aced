"""An operation that creates a scan with the next free number, whoever else creates scans at the same time.

Rule: the history is watched from before the newest number is read until the scan is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scantui.exceptions import ConflictError, GarbledError, StoreError
from scantui.models import Scan
from scantui.store.operations.requests import Command, Operation, Watch
from scantui.store.operations.write import create_scan
from scantui.store.wire import documents, protocol
from scantui.store.wire.replies import parse_entries

_ATTEMPTS = 100
_NUMBER = "$.id.number"
# Up to this many of the newest scans may be gone or unreadable.
_LOOKED_AT = 20
LARGEST_NUMBER = 2**63 - 1


def create_next_scan(identity: Mapping[str, Any], info: Mapping[str, Any], now: float) -> Operation[Scan]:
    """Publish a new scan with the number after the newest scan's, also as `scan_nb` of its info, and return it.

    Raises ConflictError if others keep creating scans.
    """
    for _ in range(_ATTEMPTS):
        yield Watch([protocol.SCAN_HISTORY])
        number = min((yield from _newest_number()) + 1, LARGEST_NUMBER)
        try:
            return (yield from create_scan({**identity, "number": number}, {**info, "scan_nb": number}, now))
        except ConflictError:
            continue
    raise ConflictError("the scan was not created: others keep creating scans at the same time")


def _newest_number() -> Operation[int]:
    """The number of the newest scan that has one, 0 without any."""
    reply = yield Command("XREVRANGE", protocol.SCAN_HISTORY, "+", "-", "COUNT", _LOOKED_AT)
    for entry in parse_entries(reply):
        key = protocol.scan_key_in(entry)
        if key:
            try:
                found = documents.decode_paths(key, (yield Command("JSON.GET", key, _NUMBER, "$.pk")))
            except GarbledError:
                raise
            except StoreError:
                continue
            number = found.get(_NUMBER)
            if type(number) is int:
                return number
    return 0
