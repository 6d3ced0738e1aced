"""Scans for the tests of the contract, and what Redis holds of them."""

from __future__ import annotations

import json
from typing import Any

import redis

from scantui.models import Scan, ScanState
from tests.servers import command
from tests.store.conftest import AwaitedStore

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


NOBODY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"


STATES = list(ScanState)


async def scan_in(store: AwaitedStore, state: ScanState, **identity: Any) -> Scan:
    """A scan that was taken to a state, step by step."""
    scan: Scan = await store.create_scan({**IDENTITY, **identity})
    for step in STATES[1 : state + 1]:
        scan = await store.advance_scan(scan, step)
    return scan


def stored(raw: redis.Redis, key: str) -> Any:
    return json.loads(command(raw, "JSON.GET", key))


def state_entries(raw: redis.Redis, scan: Scan) -> Any:
    return command(raw, "XRANGE", scan.state_stream, "-", "+")
