"""Which commands reading and writing need, and an operation that finds out whether this user may write.

Rule: the server's own dry run decides; nothing is ever tried out.
Source: measured on Redis 8.2; ACL DRYRUN is there from 7.0 on.
"""

from __future__ import annotations

from scantui.exceptions import CommandError, NotAllowedError, StoreError
from scantui.store.operations.identity import REPLICATION, identity_in
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.replies import lines_in, text_of

# The commands that operations send, on the keys that they use, or on keys like them.
_SCAN, _STREAM = f"{protocol.SCAN_PREFIX}0", f"{protocol.STREAM_PREFIX}0"
READS = (
    ("GET", protocol.PROTOCOL_KEY),
    ("PTTL", _SCAN),
    ("TIME",),
    ("JSON.GET", _SCAN, "$"),
    ("JSON.MGET", _SCAN, "$"),
    ("XREAD", "STREAMS", protocol.SCAN_HISTORY, _STREAM, "0", "0"),
    ("XRANGE", _STREAM, "-", "+"),
    ("XREVRANGE", protocol.SCAN_HISTORY, "+", "-"),
    ("MULTI",),
    ("EXEC",),
    ("SCAN", "0"),
    ("FT.SEARCH", protocol.INDEX, "*"),
)
# What saves reads: without these rights the screen shows the same, after one more read.
LOOKS = (
    ("MEMORY", "USAGE", _STREAM),
    ("OBJECT", "IDLETIME", _STREAM),
    ("CLIENT", "NO-TOUCH", "ON"),
)
# The patterns to ask an administrator for, by the keys named above.
KEY_PATTERNS = {
    protocol.PROTOCOL_KEY: protocol.PROTOCOL_KEY,
    protocol.SCAN_HISTORY: protocol.SCAN_HISTORY,
    protocol.INDEX: f"{protocol.SCAN_PREFIX}*",
    _SCAN: f"{protocol.SCAN_PREFIX}*",
    _STREAM: f"{protocol.STREAM_PREFIX}*",
}
WRITES = (
    ("WATCH", _SCAN),
    ("JSON.SET", _SCAN, ".", "{}"),
    ("XADD", protocol.SCAN_HISTORY, "*", "key", _SCAN),
    ("XADD", _STREAM, "*", "state", "0"),
    ("FCALL", "seal_stream", "1", _STREAM),
    ("EXPIRE", _SCAN, "10"),
)


def may_write() -> Operation[bool | None]:
    """Return whether the server lets this user create, run and delete scans; None if unknown."""
    try:
        user = text_of((yield Command("ACL", "WHOAMI")))
        *replies, info = yield Batch([*(Command("ACL", "DRYRUN", user, *write) for write in WRITES), REPLICATION])
    except (CommandError, NotAllowedError):
        return None
    # The access rules of a replica are often those of its master.
    if not isinstance(info, StoreError) and identity_in(lines_in(info)).refuses_writes:
        return False
    answers = ["?" if isinstance(reply, StoreError) else text_of(reply) for reply in replies]
    if set(answers) - {"OK", "?"}:
        return False
    return None if "?" in answers else True
