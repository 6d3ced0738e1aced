"""Which server answers, and whether it still holds the same data.

Source: INFO of Redis 7 and later; a run id ends with the process, a replication id when the data go another way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from scantui.exceptions import StoreError
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire.replies import lines_in

# A replica hears from its master at least this often (repl-ping-replica-period), even if nothing happens.
USUAL_SILENCE_SECONDS = 10
REPLICATION = Command("INFO", "replication")


class ServerIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of itself; all is empty where this user may not ask.

    `run_id` lasts as long as the process. `history_id` names the data that it holds, and `earlier_history_id` those
    that it took them over from; `offset` in bytes grows with each write. Of a replica, `silent_seconds` is how long
    ago it heard from its master, and `is_linked` whether it is connected to it.
    """

    run_id: str = ""
    history_id: str = ""
    earlier_history_id: str = ""
    offset: int = 0
    is_replica: bool = False
    refuses_writes: bool = False
    is_linked: bool = True
    silent_seconds: int = 0


def get_server_identity() -> Operation[ServerIdentity]:
    """Return which server answers, and which data it holds."""
    return identity_of((yield Batch(identity_commands())))


def identity_commands() -> list[Command]:
    """The requests whose replies `identity_of` reads."""
    return [Command("INFO", "server"), REPLICATION]


def identity_of(replies: Sequence[Any]) -> ServerIdentity:
    """The identity in replies, of which those that were refused have an error."""
    lines: dict[str, str] = {}
    for reply in replies:
        if not isinstance(reply, StoreError):
            lines |= lines_in(reply)
    return identity_in(lines)


def identity_in(lines: Mapping[str, str]) -> ServerIdentity:
    """The identity in the lines of INFO."""
    is_replica = lines.get("role") == "slave"
    is_linked = not is_replica or lines.get("master_link_status") == "up"
    since = "master_last_io_seconds_ago" if is_linked else "master_link_down_since_seconds"
    return ServerIdentity(
        run_id=lines.get("run_id", ""),
        history_id=lines.get("master_replid", ""),
        earlier_history_id=lines.get("master_replid2", ""),
        offset=_number(lines, "slave_repl_offset" if is_replica else "master_repl_offset"),
        is_replica=is_replica,
        refuses_writes=is_replica and lines.get("slave_read_only", "1") != "0",
        is_linked=is_linked,
        silent_seconds=max(0, _number(lines, since)),
    )


def change_between(before: ServerIdentity, now: ServerIdentity) -> str:
    """What happened between two looks at a server, as a sentence; empty if it holds the same data."""
    if now.run_id != before.run_id:
        return "the server restarted, or another one took its place"
    if now.is_replica != before.is_replica:
        return f"the server became a {'replica' if now.is_replica else 'master, after a failover'}"
    if now.history_id != before.history_id:
        if now.earlier_history_id == before.history_id:
            return "the server's master failed over to another"
        return "the server follows another master, and holds other data"
    if now.offset < before.offset:
        return "the server's data went back to an earlier state"
    return ""


def behind_ms(identity: ServerIdentity, measured_ms: int | None) -> int | None:
    """How far a replica is behind its master, in milliseconds; None if that is not known.

    `measured_ms` is how long the last entry took to arrive. A replica that hears from its master as often as usual is
    as far behind as then.
    """
    if identity.is_linked and identity.silent_seconds <= USUAL_SILENCE_SECONDS:
        return measured_ms
    return max(identity.silent_seconds * 1000, measured_ms or 0)


def _number(lines: Mapping[str, str], name: str) -> int:
    text = lines.get(name, "")
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 20 else 0
