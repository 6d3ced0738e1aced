"""The choice of the server: the order of its sources, and warnings about passwords."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scantui.cli.arguments import opener_of
from scantui.exceptions import ConfigurationError, MachineError, ScanTuiError, UnreachableError, UsageError
from scantui.store.address import DEFAULT_URL, ServerAddress
from scantui.system.beacon import HOST_VARIABLE
from scantui.system.config import Configuration
from scantui.system.servers import URL_VARIABLE, Server, find_server, with_password
from tests.store.test_address import SECRET, malformed
from tests.system.beacon_server import BeaconServer, frame
from tests.system.test_config import TWO_SERVERS, configured

NO_FILE = Configuration.read({"XDG_CONFIG_HOME": "/nowhere"})
EVERYTHING = {URL_VARIABLE: "redis://variable", HOST_VARIABLE: "beacon:25000"}


def test_who_is_asked_first(tmp_path: Path) -> None:
    file = configured(tmp_path, TWO_SERVERS)
    beacon_only = {HOST_VARIABLE: "beacon:25000"}
    asked = [
        find_server("redis://argument", EVERYTHING, file),
        find_server("id11", EVERYTHING, file),
        find_server(None, EVERYTHING, file),
        find_server(None, beacon_only, file),
        find_server(None, beacon_only, NO_FILE),
        find_server(None, {URL_VARIABLE: "", HOST_VARIABLE: ""}, NO_FILE),
    ]
    assert [(server.name, server.address.label, server.origin) for server in asked] == [
        ("redis://argument:6379", "redis://argument:6379", "command line"),
        ("id11", "redis://id11:6380", "command line"),
        ("redis://variable:6379", "redis://variable:6379", URL_VARIABLE),
        ("id11", "redis://id11:6380", f"{tmp_path}/scantui/config.toml, line 2"),
        ("Beacon beacon:25000", "redis://:6379", "Beacon at beacon:25000 (BEACON_HOST)"),
        (DEFAULT_URL, DEFAULT_URL, "default"),
    ]


def test_the_file_may_name_a_server_by_its_url_alone(tmp_path: Path) -> None:
    server = find_server(None, {}, configured(tmp_path, 'server = "redis://id11"\n'))
    assert (server.name, server.origin[-6:]) == ("redis://id11:6379", "line 1")


def test_a_password_is_in_no_words_about_the_server(tmp_path: Path) -> None:
    file = configured(tmp_path, '[servers.id11]\nurl = "redis://:s3cret@id11"\n')
    for server in (
        find_server("redis://:s3cret@h", {}, NO_FILE),
        find_server(None, {URL_VARIABLE: "redis://h?password=s3cret"}, NO_FILE),
        find_server("id11", {}, file),
        with_password(find_server("redis://h", {}, NO_FILE), "s3cret"),
    ):
        assert server.address.password == "s3cret"  # noqa: S105
        assert "s3cret" not in repr(server) + server.name + server.origin + server.warning


def test_a_password_in_an_argument_or_an_open_file_gets_a_word(tmp_path: Path) -> None:
    assert "all users of this machine can see" in find_server("redis://:s3cret@h", {}, NO_FILE).warning
    assert find_server("redis://h", {}, NO_FILE).warning == ""
    assert find_server(None, {URL_VARIABLE: "redis://:s3cret@h"}, NO_FILE).warning == ""
    file = configured(tmp_path, '[servers.id11]\nurl = "redis://:s3cret@id11"\n[servers.b]\nurl = "redis://b"\n')
    assert find_server("id11", {}, file).warning == ""
    path = tmp_path / "scantui" / "config.toml"
    path.chmod(0o644)
    opened = Configuration.read({"XDG_CONFIG_HOME": str(tmp_path)})
    assert (
        find_server("id11", {}, opened).warning == f"other users can read the password in {path}: set its mode to 600"
    )
    assert find_server("b", {}, opened).warning == ""


def test_a_name_that_no_server_has_is_refused_and_not_repeated(tmp_path: Path) -> None:
    file = configured(tmp_path, TWO_SERVERS)
    with pytest.raises(UsageError, match=r"config\.toml has no server of that name: did you mean id1") as refused:
        find_server("id1", {}, file)
    with pytest.raises(UsageError) as without_scheme:
        find_server(":s3cret@id11:6380", {}, file)
    with pytest.raises(UsageError, match="or a URL such as redis://") as without_file:
        find_server(":s3cret@id11:6380", {}, NO_FILE)
    assert "s3cret" not in f"{refused.value}{without_scheme.value}{without_file.value}"


def test_a_variable_that_will_not_do_is_named() -> None:
    with pytest.raises(UsageError, match="BEACON_HOST must be host:port"):
        find_server(None, {HOST_VARIABLE: "beacon:port"}, NO_FILE)
    with pytest.raises(UsageError, match="BEACON_PORT must be a port"):
        find_server(None, {HOST_VARIABLE: "id11", "BEACON_PORT": "x"}, NO_FILE)
    with pytest.raises(UsageError, match="SCANTUI_URL: a data store's URL starts with"):
        find_server(None, {URL_VARIABLE: "http://:s3cret@h"}, NO_FILE)


@pytest.mark.parametrize(
    ("host", "port", "beacon"),
    [
        ("id11", "", "id11:25000"),
        ("id11", "1234", "id11:1234"),
        ("id11:5", "1234", "id11:5"),
        ("[::1]", "", "[::1]:25000"),
        ("[::1]:7", "", "[::1]:7"),
    ],
)
def test_a_beacon_without_a_port_has_the_usual_one(host: str, port: str, beacon: str) -> None:
    assert find_server(None, {HOST_VARIABLE: host, "BEACON_PORT": port}, NO_FILE).beacon == beacon


def test_a_server_that_is_not_meant_may_be_misspelt_but_not_all(tmp_path: Path) -> None:
    file = configured(tmp_path, "[servers.a]\nurl = 'redis://a'\n[servers.b]\nurl = 'b'\n")
    assert find_server(None, {}, file).name == "a"
    assert list(file.faults) == ["b"]
    with pytest.raises(ConfigurationError, match=r"line 2, servers\.a\.url"):
        configured(tmp_path, "[servers.a]\nurl = 'a'\n[servers.b]\nurl = 'b'\n")


def test_a_beacon_is_asked_again_where_the_redis_is_by_now() -> None:
    def nobody(where: str) -> ServerAddress:
        raise MachineError(f"{where} did not answer")

    def moved(where: str) -> ServerAddress:
        assert where == "id11:25000"
        return ServerAddress(host="id12", port=7)

    typed = "s3cret"
    server = with_password(find_server(None, {HOST_VARIABLE: "id11"}, NO_FILE), typed)
    with pytest.raises(UnreachableError, match="did not answer"):
        server.address_now(None, nobody)
    address = server.address_now(None, moved)
    assert address == ServerAddress(host="id12", port=7, password=typed) == server.address_now(address, nobody)
    assert (server.name, server.name_at(address.label)) == ("Beacon id11:25000", "redis://id12:7")
    named = find_server("redis://id11:7", {HOST_VARIABLE: "id11"}, NO_FILE)
    assert named.address_now(None, moved) == ServerAddress(host="id11", port=7)
    assert named.name_at("redis://elsewhere:1") == "redis://id11:7"


async def test_a_redis_that_moved_is_found_by_the_next_try(store_url: str) -> None:
    there = ServerAddress.parse(store_url)
    reported = f"1|{there.host}|{there.port}".encode()
    with BeaconServer(frame(34, reported)) as beacon_there:
        open_store = opener_of(Server(name="id11", address=ServerAddress(), origin="", beacon=beacon_there.where))
        for _ in range(2):
            async with await open_store() as store:
                assert store.label == there.label
        assert len(beacon_there.asked) == 2


async def test_a_beacon_that_is_down_is_one_more_reason_to_try_again() -> None:
    open_store = opener_of(Server(name="id11", address=ServerAddress(), origin="", beacon="127.0.0.1:1"))
    with pytest.raises(UnreachableError, match="Connection refused"):
        await open_store()


def test_no_way_of_naming_a_server_repeats_a_password_that_was_not_understood() -> None:
    rng = random.Random(4)  # noqa: S311 - the same each time is what is wanted
    configuration = Configuration.read({"HOME": "/nowhere"})
    for _ in range(1000):
        url = malformed(rng)
        for given, environment in ((url, {}), (None, {"SCANTUI_URL": url}), (None, {"BEACON_HOST": f"u:{SECRET}@h"})):
            try:
                find_server(given, environment, configuration)
            except ScanTuiError as error:
                assert SECRET.lower() not in str(error).lower(), url
