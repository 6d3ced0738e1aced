"""The words of scripted conversations: requests as operations make them, and replies as a server gives them."""

from __future__ import annotations

import json
from typing import Any

from scantui.models import ScanState
from scantui.store.operations.requests import Batch, Command, Request, Transaction, Watch

HISTORY = "_SCAN_HISTORY_"


A, B, C = (f"esrf:scan:01JBXVGZM0G32HDSZJXS6MSE{end}" for end in ("S1", "S2", "S3"))


# The path of a whole document.
ROOT = "."


def created(timetag: str, key: str) -> list[Any]:
    return [timetag.encode(), [b"key", key.encode()]]


def heard(*entries: list[Any]) -> list[Any]:
    return [[HISTORY.encode(), list(entries)]]


def awaited(after: str, milliseconds: int = 0, count: int = 1) -> Command:
    block = ("BLOCK", milliseconds) if milliseconds else ()
    return Command("XREAD", *block, "COUNT", count, "STREAMS", HISTORY, after)


def lifetime(key: str) -> Command:
    return Command("PTTL", key)


def lifetimes(*keys: str) -> Batch:
    return Batch([Command("PTTL", key) for key in keys])


def last_state(stream: str) -> Command:
    return Command("XREVRANGE", f"esrf:stream:{stream}", "+", "-", "COUNT", 1)


def in_state(state: ScanState) -> list[Any]:
    return [[b"7-0", [b"state", str(state.value).encode()]]]


def document(**changes: Any) -> dict[str, Any]:
    return {
        "pk": "P",
        "id": {"name": "ascan", "number": 1, "data_policy": "None"},
        "info": {},
        "state_stream": {"pk": "STATE"},
        "data_streams": {},
        **changes,
    }


def stored(raw: dict[str, Any]) -> bytes:
    return json.dumps(raw).encode()


NEWEST = Command("XREVRANGE", HISTORY, "+", "-", "COUNT", 1)


def watched(current: dict[str, Any], state: ScanState) -> tuple[tuple[Request, Any], ...]:
    return (
        (Watch([A]), None),
        (Command("PTTL", A), -1),
        (Command("JSON.GET", A, ROOT), stored(current)),
        (last_state("STATE"), in_state(state)),
    )


def written(current: dict[str, Any], state: ScanState) -> Transaction:
    return Transaction(
        [
            Command("JSON.SET", A, ".", json.dumps(current)),
            Command("XADD", "esrf:stream:STATE", "*", "state", state.value),
        ]
    )
