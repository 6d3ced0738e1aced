"""Which server answers: read from INFO, and compared with what it was before."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from scantui.exceptions import CommandError, NotAllowedError
from scantui.store.operations.identity import ServerIdentity, behind_ms, change_between, get_server_identity
from scantui.store.operations.requests import Batch, Command
from tests.store.conversation import converse

ASKED = Batch([Command("INFO", "server"), Command("INFO", "replication")])
SERVER = b"# Server\r\nredis_version:8.2.3\r\nrun_id:5b3d\r\ntcp_port:6379\r\n"
MASTER = b"# Replication\r\nrole:master\r\nmaster_replid:aa\r\nmaster_replid2:00\r\nmaster_repl_offset:70\r\n"
REPLICA = (
    b"# Replication\r\nrole:slave\r\nmaster_host:id11\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:3\r\n"
    b"slave_repl_offset:60\r\nslave_read_only:1\r\nmaster_replid:aa\r\nmaster_replid2:00\r\nmaster_repl_offset:60\r\n"
)
CUT_OFF = (
    b"# Replication\r\nrole:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\n"
    b"master_link_down_since_seconds:42\r\nslave_repl_offset:60\r\nmaster_replid:aa\r\n"
)


def asked(*replies: Any) -> ServerIdentity:
    identity = converse(get_server_identity(), (ASKED, list(replies)))
    assert isinstance(identity, ServerIdentity)
    return identity


def test_a_master_is_known_by_its_process_and_its_data() -> None:
    assert asked(SERVER, MASTER) == ServerIdentity(
        run_id="5b3d", history_id="aa", earlier_history_id="00", offset=70, is_replica=False
    )


def test_a_replica_says_how_long_ago_it_heard_from_its_master() -> None:
    linked, cut_off = asked(SERVER, REPLICA), asked(SERVER, CUT_OFF)
    assert (linked.is_replica, linked.is_linked, linked.silent_seconds, linked.offset) == (True, True, 3, 60)
    assert (cut_off.is_linked, cut_off.silent_seconds, cut_off.refuses_writes) == (False, 42, True)


@pytest.mark.parametrize("reply", [NotAllowedError("no"), CommandError("unknown command"), b"", b"run_id:\r\n"])
def test_a_server_that_keeps_silent_about_itself_has_an_empty_identity(reply: object) -> None:
    assert asked(reply, reply) == ServerIdentity()


KNOWN = ServerIdentity(run_id="5b3d", history_id="aa", earlier_history_id="00", offset=70)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, ""),
        ({"offset": 90}, ""),
        ({"earlier_history_id": "cc"}, ""),
        ({"run_id": "77"}, "the server restarted, or another one took its place"),
        ({"is_replica": True}, "the server became a replica"),
        ({"history_id": "bb", "earlier_history_id": "aa"}, "the server's master failed over to another"),
        ({"history_id": "bb"}, "the server follows another master, and holds other data"),
        ({"offset": 69}, "the server's data went back to an earlier state"),
    ],
)
def test_a_change_of_the_server_is_a_sentence(change: dict[str, Any], sentence: str) -> None:
    assert change_between(KNOWN, msgspec.structs.replace(KNOWN, **change)) == sentence


def test_a_replica_that_was_promoted_is_a_master_after_a_failover() -> None:
    replica = msgspec.structs.replace(KNOWN, is_replica=True)
    assert change_between(replica, KNOWN) == "the server became a master, after a failover"


@pytest.mark.parametrize(
    ("identity", "measured_ms", "expected"),
    [
        (ServerIdentity(is_replica=True, silent_seconds=9), None, None),
        (ServerIdentity(is_replica=True, silent_seconds=9), 400, 400),
        (ServerIdentity(is_replica=True, silent_seconds=12), 400, 12_000),
        (ServerIdentity(is_replica=True, is_linked=False, silent_seconds=2), 400, 2_000),
        (ServerIdentity(is_replica=True, is_linked=False, silent_seconds=0), None, 0),
    ],
)
def test_a_replica_is_behind_as_measured_or_as_its_link_is_silent(
    identity: ServerIdentity, measured_ms: int | None, expected: int | None
) -> None:
    assert behind_ms(identity, measured_ms) == expected
