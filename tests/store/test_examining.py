"""The examination of a server: as a conversation, what it means, and on real servers that are well and not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from scantui.diagnostics.server import unreachable, verdicts
from scantui.exceptions import CommandError, ConnectionFailed, LoginError, NotAllowedError, ServerBusyError
from scantui.store import DataStore, blocking
from scantui.store.address import ServerAddress
from scantui.store.blocking import examine_server
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.operations import rights
from scantui.store.operations.examine import Examination, examine
from scantui.store.operations.requests import Batch, Command
from scantui.store.wire.ulid import ulid_milliseconds
from tests.servers import RealRedis, command, initialise, plain_client, set_prefix_expansions
from tests.store.conversation import converse

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"
MADE_MS = ulid_milliseconds(KEY[-26:])
NOW = [b"1700000000", b"250000"]
COUNT = Command("FT.SEARCH", "esrf:scan:index", "*", "NOCONTENT", "LIMIT", 0, 0)
NOT_ALLOWED = NotAllowedError("not allowed: no permissions")


def first_page(cursor: int | bytes) -> Command:
    return Command("SCAN", int(cursor), "MATCH", "esrf:scan:*", "COUNT", 1000)


def is_check(request: Any) -> bool:
    return isinstance(request, Batch) and request.commands[0] == Command("GET", "_PROTOCOL_VERSION_")


def is_about_rights(request: Any) -> bool:
    return tuple(request[:3]) == ("ACL", "DRYRUN", "opid11")


def script(**replies: Any) -> list[tuple[Any, Any]]:
    """What a server that is well answers; keyword arguments answer in its place, by the command's first word."""
    answers: list[tuple[Any, Any]] = [
        *[(Command("TIME"), NOW)] * 6,
        (Command("INFO"), b"# Server\r\nredis_version:8.2.3\r\nmaxmemory:0\r\n"),
        (
            Command("MODULE", "LIST"),
            [[b"name", b"ReJSON", b"ver", 20803, b"args", []], [b"name", b"search", b"ver", 1]],
        ),
        (is_check, [b"1", json.dumps({"$": []}).encode()]),
        (COUNT, [1]),
        (Command("XLEN", "_SCAN_HISTORY_"), 1),
        (first_page(0), [b"7", [b"esrf:scan:index:hash"]]),
        (first_page(7), [b"0", [KEY.encode()]]),
        (COUNT, [2]),
        (Command("FT.INFO", "esrf:scan:index"), [b"index_name", b"x", b"hash_indexing_failures", b"3"]),
        (Command("FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS"), [[b"MAXPREFIXEXPANSIONS", b"2000"]]),
        (Command("FUNCTION", "LIST", "LIBRARYNAME", "mylib"), [[b"functions", [[b"name", b"seal_stream"]]]]),
        (Command("ACL", "WHOAMI"), b"opid11"),
        *[(is_about_rights, b"OK")] * 13,
        (Command("ACL", "DRYRUN", "opid11", "JSON.SET", "esrf:scan:0", ".", "{}"), b"may not"),
        *[(is_about_rights, b"may not")] * 2,
        *[(is_about_rights, b"OK")] * 2,
        *[(is_about_rights, b"OK")] * len(rights.LOOKS),
    ]
    return [
        (asked, replies.get(str(asked[0]).replace(".", "_"), reply)) if isinstance(asked, Command) else (asked, reply)
        for asked, reply in answers
    ]


def ticks() -> Callable[[], float]:
    """A clock on which each round trip takes half a second."""
    times = (tick / 2 for tick in range(100))
    return lambda: next(times)


def test_a_server_that_is_well_tells_all() -> None:
    found = converse(examine(lambda: 1_700_000_000.0, ticks()), *script())
    assert found == Examination(
        round_trip=0.5,
        ahead_ms=500,
        info={"redis_version": "8.2.3", "maxmemory": "0"},
        modules={"rejson": 20803, "search": 1},
        indexed=(1, 2),
        index_failures=3,
        history=1,
        keys=1,
        counted_all=True,
        oldest_ms=MADE_MS,
        prefix_expansions=2000,
        has_seal_function=True,
        user="opid11",
        denied_reading=(),
        denied_writing=("JSON.SET", "XADD"),
    )


def test_what_is_refused_is_noted_and_the_rest_is_asked() -> None:
    refused = {"INFO": NOT_ALLOWED, "MODULE": CommandError("unknown command 'module'"), "XLEN": NOT_ALLOWED}
    found = converse(examine(lambda: 0.0, ticks()), *script(**refused, FT_INFO=NOT_ALLOWED))
    assert (found.info, found.modules, found.history, found.index_failures) == (None, None, None, None)
    assert found.untold == {
        "INFO": "not allowed",
        "MODULE": "the server does not know it",
        "XLEN": "not allowed",
        "FT.INFO": "not allowed",
    }
    assert found.keys == 1


def test_a_server_that_is_lost_meanwhile_ends_it() -> None:
    lost = script()[:8]
    lost[7] = (lost[7][0], ConnectionFailed("gone"))
    with pytest.raises(ConnectionFailed):
        converse(examine(lambda: 0.0, ticks()), *lost)


def test_the_walk_through_the_keys_is_bounded() -> None:
    before, after = script()[:11], script()[13:]
    pages = [(first_page(page), [str(page + 1).encode(), []]) for page in range(100)]
    found = converse(examine(lambda: 0.0, ticks()), *before, *pages, *after)
    assert (found.keys, found.counted_all) == (0, False)


# What it means

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
        ({"info": {**INFO, "role": "slave"}}, "server", "warning", "a replica", "the master"),
        ({"info": None, "untold": {"INFO": "not allowed"}}, "server", "warning", "not allowed: INFO", "+info"),
        ({"info": None, "untold": {"INFO": "odd"}}, "memory", "warning", "unknown, INFO: odd", ""),
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
        ({"indexed": None, "untold": {"FT.SEARCH": "not allowed"}}, "index", "warning", "not allowed", "+ft.search"),
        ({"indexed": None, "untold": {"FT.SEARCH": "no such index"}}, "index", "warning", "no such index", "BLISS's"),
        ({"oldest_ms": MADE_MS - 10 * 86_400_000}, "scans", "warning", "11d old", "expire after 7 days"),
        ({"oldest_ms": 0, "keys": 0, "indexed": (0, 0), "history": 0}, "scans", "ok", "none yet", ""),
        ({"ahead_ms": 90_000}, "clock", "warning", "1m ahead of this computer", "NTP"),
        ({"ahead_ms": -90_000}, "clock", "warning", "1m behind this computer", "NTP"),
        ({"denied_reading": ("GET", "SCAN")}, "rights", "fault", "may not read: GET", "+get"),
        ({"denied_keys": ("esrf:scan:*",)}, "rights", "fault", "may not read: esrf:scan:*", "add ~esrf:scan:*"),
        ({"denied_reading": ("FT.SEARCH",)}, "rights", "warning", "may not run FT.SEARCH", "+ft.search or +scan"),
        ({"denied_reading": ("SCAN", "FT.SEARCH")}, "rights", "fault", "SCAN or FT.SEARCH", "one of them"),
        ({"denied_looking": ("MEMORY|USAGE",)}, "rights", "warning", "may not run MEMORY|USAGE", "+memory|usage"),
        ({"denied_writing": ("XADD",)}, "rights", "ok", "read but not write", ""),
        ({"denied_reading": None, "untold": {"ACL": "not allowed"}}, "rights", "warning", "not allowed: ACL", "+acl"),
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
        (ServerBusyError("the server is busy: LOADING"), "wait"),
        (LoginError("the server refuses the login (WRONGPASS): check user and password"), "check user and password"),
    ],
)
def test_a_server_that_is_not_reached_is_a_fault_with_its_cure(error: ConnectionFailed, remedy: str) -> None:
    finding = unreachable(error)
    assert finding.verdict == "fault"
    assert finding.remedy.startswith(remedy)


# Real servers


def verdicts_at(url: str) -> dict[str, tuple[str, str]]:
    found = examine_server(url)
    return {finding.subject: (finding.verdict, finding.text) for finding in verdicts(found, found.oldest_ms)}


def test_a_real_server_is_counted(store_url: str) -> None:
    with DataStore(store_url) as store:
        for number in range(3):
            store.create_scan({"name": "ascan", "number": number, "data_policy": "None"})
    found = verdicts_at(store_url)
    assert found["index"] == ("ok", "3 scans in the index, 3 keys, 3 in the history")
    assert found["protocol"][0] == found["settings"][0] == found["modules"][0] == found["server"][0] == "ok"
    assert "fault" not in {verdict for verdict, _ in found.values()}


def test_no_socket_is_left_open(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drivers: list[RedisDriver] = []

    def keeping(address: ServerAddress) -> RedisDriver:
        drivers.append(RedisDriver(address))
        return drivers[-1]

    monkeypatch.setattr(blocking, "RedisDriver", keeping)
    examine_server(store_url)
    [driver] = drivers
    pool: Any = driver._client.connection_pool
    [connection] = pool._available_connections
    assert connection._sock is None


def test_a_document_that_the_index_refused_and_a_setting_that_was_lost_are_found(store_url: str) -> None:
    with plain_client(store_url) as client:
        document = {"pk": "x", "id": {"name": "ascan", "number": "7", "data_policy": "None"}}
        command(client, "JSON.SET", KEY, "$", json.dumps(document))
        set_prefix_expansions(client, 200)
    found = verdicts_at(store_url)
    assert found["index"] == ("warning", "0 scans in the index, 1 key, 0 in the history: 1 not indexed")
    assert found["settings"] == ("warning", "MAXPREFIXEXPANSIONS is 200")


def test_a_database_without_blissdata_says_so(empty_url: str) -> None:
    assert verdicts_at(empty_url)["protocol"][0] == "fault"


def test_a_server_without_modules_says_so(start_redis: Callable[..., RealRedis]) -> None:
    found = verdicts_at(start_redis(modules=()).url)
    assert found["modules"] == ("fault", "JSON and search missing")
    assert found["protocol"] == ("fault", "the server has no JSON module, so blissdata cannot publish there")
    assert found["rights"] == ("ok", "user default may read and write")


def test_a_user_who_may_only_read_learns_what_is_not_told(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    may = (
        "+get +pttl +time +json.get +json.mget +xread +xrange +xrevrange +multi +exec +scan +ft.search +ping +select "
        "+acl|dryrun +memory|usage +object|idletime +client|no-touch"
    )
    with plain_client(server.url) as client:
        command(client, "ACL", "SETUSER", "reader", "on", ">s3cret", "~*", *may.split(), "+acl|whoami")
    found = verdicts_at(server.url.replace("//", "//reader:s3cret@"))
    assert {subject for subject, (verdict, _) in found.items() if verdict == "fault"} == set()
    assert found["server"] == ("warning", "not allowed: INFO")
    assert found["rights"] == ("ok", "user reader may read but not write: no test scans")


def test_keys_that_may_not_be_read_are_named_and_no_command_is_asked_for(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    with plain_client(server.url) as client:
        command(client, "ACL", "SETUSER", "half", "on", ">s3cret", "~_*", "~esrf:stream:*", "+@all")
    examined = examine_server(server.url.replace("//", "//half:s3cret@"))
    assert (examined.denied_keys, examined.denied_reading) == (("esrf:scan:*",), ())
    [finding] = [each for each in verdicts(examined, 0) if each.subject == "rights"]
    assert (finding.text, finding.remedy) == (
        "user half may not read: esrf:scan:*",
        "ask an administrator to add ~esrf:scan:*",
    )


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (b"User x has no permissions to access the '_SCAN_HISTORY_' key", ("_SCAN_HISTORY_",)),
        (
            b"This user has no permissions to access one of the keys used as arguments",
            ("_SCAN_HISTORY_", "esrf:stream:*"),
        ),
    ],
)
def test_keys_are_found_in_what_servers_say(said: bytes, keys: tuple[str, ...]) -> None:
    asked = [(asked, reply) for asked, reply in script()]
    at = next(index for index, (asked, _) in enumerate(asked) if asked is is_about_rights)
    asked[at + 5] = (Command("ACL", "DRYRUN", "opid11", *rights.READS[5]), said)
    found = converse(examine(lambda: 0.0, ticks()), *asked)
    assert (found.denied_keys, found.denied_reading) == (keys, ())


def test_a_user_who_has_blissdatas_keys_alone_has_all_that_is_needed(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    keys = ("~esrf:*", "~_SCAN_HISTORY_", "~_PROTOCOL_VERSION_")
    with plain_client(server.url) as client:
        command(client, "ACL", "SETUSER", "bliss", "on", ">s3cret", *keys, "+@all")
    found = verdicts_at(server.url.replace("//", "//bliss:s3cret@"))
    assert found["rights"] == ("ok", "user bliss may read and write")


def test_a_wrong_password_and_a_server_that_is_not_there_are_raised(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis(config={"requirepass": "right"})
    with pytest.raises(LoginError):
        examine_server(f"redis://:wrong@127.0.0.1:{server.port}")
    with pytest.raises(LoginError):
        examine_server(f"redis://127.0.0.1:{server.port}")
    server.stop()
    with pytest.raises(ConnectionFailed):
        examine_server(server.url)
