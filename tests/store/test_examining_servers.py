"""Real servers are examined."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from scantui.diagnostics.server import verdicts
from scantui.exceptions import ConnectionFailed, LoginError
from scantui.models import ScanState
from scantui.store import DataStore, blocking
from scantui.store.address import ServerAddress
from scantui.store.blocking import examine_server
from scantui.store.drivers.blocking import RedisDriver
from tests.servers import RealRedis, command, initialise, plain_client, set_prefix_expansions

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"


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


def test_test_scans_that_were_left_open_are_found(store_url: str) -> None:
    with DataStore(store_url) as store:
        info = {"publisher": "scantui"}
        left, ended = (store.create_scan({"name": "test", "number": 1, "data_policy": "None"}, info) for _ in range(2))
        store.create_scan({"name": "ascan", "number": 1, "data_policy": "None"}, {"publisher": "bliss"})
        store.advance_scan(ended, ScanState.CLOSED)
    assert verdicts_at(store_url)["test scans"] == ("warning", f"1 test scan open: {left.key}")
