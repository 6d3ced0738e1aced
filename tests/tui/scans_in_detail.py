"""Details of scans for tests."""

from __future__ import annotations

from typing import Any

from scantui.models import Scan, ScanIdentity, ScanState
from scantui.store.operations.details import ScanDetails
from tests.tui.scenes import NOW_MS, key_of, row

HOSTILE = "\x1b]0;x\x07[/][@click=app.quit]a[/] [red]\x9b31m\u202eb\u2028\x00\t:smile:\u200b\n]\U000e0100"


PARENT, CHILD = key_of(NOW_MS - 900_000, 7), key_of(NOW_MS - 300_000, 8)


STATES = tuple(ScanState)


def details(**fields: Any) -> ScanDetails:
    """A closed scan that ran for a minute, with what a test has to say of it."""
    info = fields.pop("info", {})
    of_details = {name: fields.pop(name) for name in ScanDetails.__struct_fields__ if name in fields}
    summary = row(42, **{"age": 120, "ran": 60, "title": "ascan samx 0 1 40 0.1", "user_name": "opid11", **fields})
    identity = summary.identity or ScanIdentity(name="?", number=0)
    state = summary.state or ScanState.CREATED
    scan = Scan(key=summary.key, state=state, identity=identity, info=info, state_id=summary.state_id)
    return ScanDetails(scan=scan, summary=summary, **of_details)
