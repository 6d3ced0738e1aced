"""An operation that finds out what this user may do, by the server's own dry run: nothing is ever tried out.

Source: measured on Redis 8.2; ACL DRYRUN is there from 7.0 on.
"""

from __future__ import annotations

from scantui.exceptions import CommandError, NotAllowedError, StoreError
from scantui.store import protocol
from scantui.store.requests import Batch, Command, Operation

# What creating, running and deleting a scan asks for; the keys are like those that it would name.
_SCAN, _STREAM = f"{protocol.SCAN_PREFIX}0", f"{protocol.STREAM_PREFIX}0"
_WRITES = (
    ("WATCH", _SCAN),
    ("JSON.SET", _SCAN, ".", "{}"),
    ("XADD", protocol.SCAN_HISTORY, "*", "key", _SCAN),
    ("XADD", _STREAM, "*", "state", "0"),
    ("FCALL", "seal_stream", "1", _STREAM),
    ("EXPIRE", _SCAN, "10"),
)


def may_write() -> Operation[bool | None]:
    """Whether the server lets this user create, run and delete scans; None when it does not tell."""
    try:
        user = yield Command("ACL", "WHOAMI")
        replies = yield Batch([Command("ACL", "DRYRUN", user, *write) for write in _WRITES])
    except (CommandError, NotAllowedError):
        return None
    said = ["?" if isinstance(reply, StoreError) else protocol.text_of(reply) for reply in replies]
    if set(said) - {"OK", "?"}:
        return False
    return None if "?" in said else True
