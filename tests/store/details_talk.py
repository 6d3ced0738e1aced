"""A conversation with a server about the details of a scan: what is asked, and what it answers."""

from __future__ import annotations

import json
import struct
from typing import Any

from scantui.store.operations import details
from scantui.store.operations.details import ScanDetails
from scantui.store.operations.requests import Batch, Command
from scantui.store.wire.streams import SEAL
from tests.store.conversation import converse

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"
PARENT = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES0"
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
SCALAR = {"type": "numeric", "dtype_str": "<i4", "shape": []}
JSON = {"type": "json"}
ABOUT = Batch([Command("PTTL", KEY), Command("JSON.GET", KEY, "$.state_stream.pk", "$.pk")])
STATES = Command("XREVRANGE", "esrf:stream:STATE", "+", "-", "COUNT", 64)
DOCUMENT = Batch([STATES, Command("JSON.GET", KEY, ".")])
KNOWN = Batch([Command("PTTL", KEY), STATES])
FOUND = [-1, b'{"$.state_stream.pk": ["STATE"], "$.pk": ["P"]}']


def stored(streams: dict[str, Any], **info: Any) -> bytes:
    document = {
        "pk": "P",
        "id": {**IDENTITY, "path": info.pop("path", None)},
        "info": info,
        "state_stream": {"pk": "STATE"},
        "data_streams": streams,
    }
    return json.dumps(document).encode()


def states(*entries: tuple[int, Any]) -> list[Any]:
    """Entries of a state stream, newest first as they are asked for."""
    return [[f"{ms}-0".encode(), [b"state", str(state).encode()]] for ms, state in reversed(entries)]


RUNNING = states((1000, 0), (1120, 1), (1125, 2))


def stream(pk: str, encoding: dict[str, Any] | None, **info: Any) -> dict[str, Any]:
    return {"pk": pk, "encoding": encoding, "info": info}


def ints(first: int, *values: int) -> list[Any]:
    fields = [b"payload", struct.pack(f"<{len(values)}i", *values)]
    return [f"{first}-1".encode(), fields + ([b"len", str(len(values)).encode()] if len(values) > 1 else [])]


def json_entry(index: int, value: object) -> list[Any]:
    return [f"{index}-1".encode(), [b"payload", json.dumps(value).encode()]]


def seal(length: int) -> list[Any]:
    return [SEAL.encode(), [b"id", str(length).encode()]]


def newest(pk: str, count: int) -> Command:
    return Command("XREVRANGE", f"esrf:stream:{pk}", "+", "-", "COUNT", count)


def looks(*streams: tuple[str, int, Any]) -> list[Any]:
    """A first look at the ends of streams: of each the key, how many entries are asked for, and the reply."""
    keys = [f"esrf:stream:{pk}" for pk, *_ in streams]
    measuring = [
        command
        for key in keys
        for command in (Command("MEMORY", "USAGE", key), Command("XLEN", key), Command("OBJECT", "IDLETIME", key))
    ]
    reading = [newest(pk, count) for pk, count, _ in streams]
    return [(Batch(measuring), [100, 1, 0] * len(streams)), (Batch(reading), [reply for *_, reply in streams])]


def talk(document: bytes, *script: Any, state_entries: list[Any] = RUNNING) -> ScanDetails:
    """The details that an operation returns after reading this document."""
    return converse(details.load_details(KEY), (ABOUT, FOUND), (DOCUMENT, [state_entries, document]), *script)
