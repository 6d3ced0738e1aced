"""What an examination of a server means, and what to do about it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from scantui.diagnostics.server import unreachable, verdicts
from scantui.exceptions import ConnectionFailed, ServerBusyError
from scantui.store.operations.examine import Examination

MADE_MS = 1_730_800_025_216
WELL = Examination(
    round_trip=0.0002,
    ahead_ms=3,
    info={
        "redis_version": "8.2.3",
        "uptime_in_seconds": "7200",
        "role": "master",
        "maxmemory_policy": "noeviction",
        "used_memory": str(100 << 20),
        "maxmemory": str(1 << 30),
    },
    modules={"rejson": 20803, "search": 21005},
    indexed=(25, 25),
    index_failures=0,
    history=25,
    keys=25,
    counted_all=True,
    oldest_ms=MADE_MS,
    prefix_expansions=2000,
    has_seal_function=True,
    user="opid11",
    denied_reading=(),
    denied_writing=(),
)


def test_a_server_that_is_well_has_nothing_to_be_cured() -> None:
    found = verdicts(WELL, MADE_MS + 86_400_000)
    assert {finding.verdict for finding in found} == {"ok"}
    assert not any(finding.remedy for finding in found)
    assert [(finding.subject, finding.text) for finding in found] == [
        ("reach", "answers in 0.2 ms"),
        ("server", "Redis 8.2.3, up 2h"),
        ("modules", "JSON 2.8.3, search 2.10.5"),
        ("protocol", "blissdata protocol 1"),
        ("memory", "100 of 1024 MiB used (9 %)"),
        ("settings", "MAXPREFIXEXPANSIONS is 2000"),
        ("index", "25 scans in the index, 25 keys, 25 in the history"),
        ("scans", "the oldest is 1d old"),
        ("clock", "+3 ms from this computer"),
        ("rights", "user opid11 may read and write"),
    ]


INFO = WELL.info or {}
REPLICA = {
    "role": "slave",
    "master_host": "id11",
    "master_port": "6380",
    "master_link_status": "up",
    "master_last_io_seconds_ago": "3",
}
CUT_OFF = {"master_link_status": "down", "master_link_down_since_seconds": "90"}


@pytest.mark.parametrize(
    ("change", "subject", "verdict", "says", "remedy"),
    [
        ({"round_trip": 0.2}, "reach", "warning", "200.0 ms", "closer to the server"),
        ({"info": {**INFO, "redis_version": "6.2.1"}}, "server", "fault", "Redis 6.2.1", "Redis 7 or later"),
        ({"info": {**INFO, "redis_version": "x\x1b[2J"}}, "server", "ok", "x␛[2J", ""),
        ({"info": {**INFO, "redis_version": "²"}}, "server", "ok", "Redis ²", ""),
        ({"info": {**INFO, "redis_version": "6" * 5000}}, "server", "ok", "Redis 666", ""),
        ({"info": {**INFO, "uptime_in_seconds": "9" * 5000}}, "server", "ok", "up 0", ""),
        ({"info": {**INFO, "used_memory": "9" * 5000}}, "memory", "ok", "0 of 1024 MiB", ""),
        ({"info": {**INFO, **REPLICA}}, "server", "ok", "a replica of id11:6380, heard from 3s ago", ""),
        ({"info": {**INFO, **REPLICA, **CUT_OFF}}, "server", "warning", "lost its master id11:6380 1m", "may be old"),
        ({"info": {**INFO, **REPLICA}}, "rights", "ok", "may read; a replica takes no writes", ""),
        ({"info": {**INFO, **REPLICA, "slave_read_only": "0"}}, "rights", "ok", "may read and write", ""),
        ({"info": None, "refusals": {"INFO": "not allowed"}}, "server", "warning", "not allowed: INFO", "+info"),
        ({"info": None, "refusals": {"INFO": "odd"}}, "memory", "warning", "unknown, INFO: odd", ""),
        ({"modules": {"search": 21005}}, "modules", "fault", "JSON missing", "RedisJSON"),
        ({"modules": {}}, "modules", "fault", "JSON and search missing", "RediSearch"),
        ({"not_ready": "it bears none: give another"}, "protocol", "fault", "it bears none", "give another"),
        ({"info": {**INFO, "maxmemory": "0"}}, "memory", "warning", "no limit", "CONFIG SET maxmemory"),
        ({"info": {**INFO, "used_memory": str(900 << 20)}}, "memory", "warning", "(87 %)", "memory_tracker"),
        ({"info": {**INFO, "used_memory": str(1000 << 20)}}, "memory", "fault", "(97 %)", "raise maxmemory"),
        ({"info": {**INFO, "maxmemory_policy": "allkeys-lru"}}, "memory", "warning", "allkeys-lru", "noeviction"),
        ({"prefix_expansions": 200}, "settings", "warning", "is 200", "FT.CONFIG SET MAXPREFIXEXPANSIONS 2000"),
        ({"has_seal_function": False}, "settings", "fault", "seal_stream", "no scan can be stopped"),
        ({"has_seal_function": None}, "settings", "ok", "2000", ""),
        ({"keys": 28}, "index", "warning", "3 not indexed", "written as text"),
        ({"keys": 27, "indexed": (25, 27)}, "index", "ok", "27 scans in the index, 27 keys", ""),
        ({"keys": 20}, "index", "warning", "5 no longer exist", "drops expired"),
        ({"keys": 20, "counted_all": False}, "index", "ok", "over 20 keys", ""),
        ({"keys": 9, "counted_all": False, "index_failures": 2}, "index", "warning", "2 documents", "written as text"),
        ({"history": 0}, "index", "warning", "0 in the history", "_SCAN_HISTORY_"),
        ({"history": None}, "index", "ok", "history not readable", ""),
        ({"indexed": None, "refusals": {"FT.SEARCH": "not allowed"}}, "index", "warning", "not allowed", "+ft.search"),
        ({"indexed": None, "refusals": {"FT.SEARCH": "no such index"}}, "index", "warning", "no such index", "BLISS's"),
        ({"oldest_ms": MADE_MS - 10 * 86_400_000}, "scans", "warning", "11d old", "expire after 7 days"),
        ({"oldest_ms": 0, "keys": 0, "indexed": (0, 0), "history": 0}, "scans", "ok", "none yet", ""),
        ({"ahead_ms": 90_000}, "clock", "warning", "1m ahead of this computer", "NTP"),
        ({"ahead_ms": -90_000}, "clock", "warning", "1m behind this computer", "NTP"),
        ({"denied_reading": ("GET", "SCAN")}, "rights", "fault", "may not read: GET", "+get"),
        ({"denied_keys": ("esrf:scan:*",)}, "rights", "fault", "may not read: esrf:scan:*", "add ~esrf:scan:*"),
        ({"denied_reading": ("FT.SEARCH",)}, "rights", "warning", "may not run FT.SEARCH", "+ft.search or +scan"),
        ({"denied_reading": ("SCAN", "FT.SEARCH")}, "rights", "fault", "SCAN or FT.SEARCH", "one of them"),
        ({"open_test_scans": ("esrf:scan:A",)}, "test scans", "warning", "1 test scan open: esrf:scan:A", "delete KEY"),
        ({"denied_looking": ("MEMORY|USAGE",)}, "rights", "warning", "USAGE: large entries are read", "+memory|usage"),
        ({"denied_looking": ("OBJECT|IDLETIME",)}, "rights", "warning", "how long a scan has done nothing", "+object"),
        ({"denied_writing": ("XADD",)}, "rights", "ok", "read but not write", ""),
        ({"denied_reading": None, "refusals": {"ACL": "not allowed"}}, "rights", "warning", "not allowed: ACL", "+acl"),
    ],
)
def test_what_is_not_well_says_what_to_do(
    change: dict[str, Any], subject: str, verdict: str, says: str, remedy: str
) -> None:
    found = verdicts(msgspec.structs.replace(WELL, **change), MADE_MS + 86_400_000)
    (finding,) = (finding for finding in found if finding.subject == subject)
    assert finding.verdict == verdict
    assert says in finding.text
    assert remedy in finding.remedy
    assert bool(remedy) == bool(finding.remedy)


def test_a_database_that_is_not_ready_is_not_blamed_for_its_want_of_scans() -> None:
    subjects = {finding.subject for finding in verdicts(msgspec.structs.replace(WELL, not_ready="it: remedy"), MADE_MS)}
    assert not {"index", "scans", "settings"} & subjects


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (ConnectionFailed("cannot reach id11:6380: Connection refused"), "check that Redis is running there"),
        (ServerBusyError("id11:6380 is loading its data", "wait some minutes"), "wait some minutes"),
    ],
)
def test_a_server_that_is_not_reached_is_a_fault_with_its_cure(error: ConnectionFailed, remedy: str) -> None:
    finding = unreachable(error)
    assert finding.verdict == "fault"
    assert finding.remedy.startswith(remedy)
