"""create, delete and init as processes on a real server: what they write, and what they do not touch."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from scantui.models import ScanState
from scantui.store import DataStore
from tests.cli.conftest import publish
from tests.cli.processes import Running, run
from tests.servers import RealRedis, command, plain_client

Start = Callable[..., Running]


def test_a_scan_is_created_with_the_next_number(store: DataStore, store_url: str) -> None:
    publish(store, 41)
    done = run("create", "my_test", "--session", "demo x", "--path", "/data/x.h5", "-s", store_url)
    assert (done.returncode, done.stderr) == (0, "")
    scan = store.load_scan(done.stdout.strip())
    assert (scan.name, scan.number, scan.session, scan.path) == ("my_test", 42, "demo x", "/data/x.h5")
    assert (scan.state, scan.data_policy, scan.info["publisher"]) == (ScanState.CREATED, "None", "scantui")


def test_a_scan_with_points_runs_to_its_end(store: DataStore, store_url: str) -> None:
    done = run("create", "my_test", "--number", "7", "--points", "5", "--interval", "0.01", "-s", store_url)
    details = store.load_details(done.stdout.strip())
    assert (done.returncode, details.scan.number, details.summary.end_reason) == (0, 7, "SUCCESS")
    assert [state for state, _ in details.transitions] == [*ScanState]
    assert [stream.length for stream in details.streams] == [5, 5]


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_scan_is_closed_when_it_is_interrupted(
    store: DataStore, store_url: str, start: Start, number: signal.Signals, exit_code: int
) -> None:
    creating = start("create", "my_test", "--points", "100000", "--interval", "0.1", "-s", store_url)
    key = creating.line()
    creating.send(number)
    assert creating.end() == (exit_code, "", "")
    scan = store.load_scan(key)
    assert (scan.state, scan.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")


def test_a_scan_goes_on_without_a_reader_of_its_key(store: DataStore, store_url: str, start: Start) -> None:
    creating = start("create", "my_test", "--points", "3", "--interval", "0.01", "-s", store_url)
    creating.stop_reading()
    assert creating.end() == (0, "", "")
    assert store.load_scan(store.get_last_scan().key).info["end_reason"] == "SUCCESS"


def test_a_dry_run_shows_what_it_would_publish_and_writes_nothing(store: DataStore, store_url: str) -> None:
    done = run("create", "my_test", "--points", "3", "--dry-run", "-s", store_url)
    planned = json.loads(done.stdout)
    assert planned["identity"] == {"name": "my_test", "number": 1, "data_policy": "None"}
    assert (planned["info"]["publisher"], planned["points"], len(planned["streams"])) == ("scantui", 3, 2)
    assert store.monitoring.list_scans().keys == []


def test_a_scan_in_the_demo() -> None:
    assert run("create", "my_test", "--points", "2", "--interval", "0.01", "--demo").returncode == 0


def test_only_test_scans_are_deleted(store: DataStore, store_url: str) -> None:
    ours = run("create", "my_test", "-s", store_url).stdout.strip()
    theirs = publish(store, 1, None).key
    assert run("delete", ours, "-s", store_url).stderr == f"scantui: deleted {ours}\n"
    refused = run("delete", theirs, "-s", store_url)
    assert refused.returncode == 2
    assert "--force deletes it anyway" in refused.stderr
    assert store.search_existing_scans().keys == [theirs]
    assert store.load_scan(theirs).state is ScanState.STARTED
    assert run("delete", theirs, "--force", "-s", store_url).returncode == 0
    assert store.search_existing_scans().keys == []
    assert run("delete", theirs, "--force", "-s", store_url).returncode == 3


def test_a_number_is_no_key_to_delete_by(store: DataStore, store_url: str) -> None:
    publish(store, 9)
    refused = run("delete", "9", "--force", "-s", store_url)
    assert refused.returncode == 2
    assert "not its number: scantui search number=9 --keys prints it" in refused.stderr
    assert len(store.search_existing_scans().keys) == 1


def test_what_cannot_be_read_is_deleted_by_force_only(store: DataStore, store_url: str) -> None:
    scan = publish(store, 1)
    with plain_client(store_url) as client:
        command(client, "JSON.SET", scan.key, "$.id", "[]")
    assert run("delete", scan.key, "-s", store_url).returncode != 0
    assert run("delete", scan.key, "--force", "-s", store_url).returncode == 0
    assert store.search_existing_scans().keys == []


def test_an_empty_server_is_prepared_and_left_alone_the_second_time(empty_url: str) -> None:
    done = run("init", empty_url)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"scantui: prepared {empty_url}: blissdata can publish into it\n"
    key = run("create", "my_test", "-s", empty_url).stdout.strip()
    again = run("init", "-s", empty_url)
    assert (again.returncode, again.stderr) == (0, f"scantui: {empty_url} is already prepared: nothing changed\n")
    assert run("last", "--key", "-s", empty_url).stdout.strip() == key


def test_a_database_with_other_keys_is_never_prepared(empty_url: str) -> None:
    with plain_client(empty_url) as client:
        command(client, "SET", "mine", "1")
        done = run("init", empty_url)
        assert done.returncode == 1
        assert "holds 1 keys, and only an empty one is initialised" in done.stderr
        assert command(client, "KEYS", "*") == [b"mine"]


def test_what_init_cannot_do_is_said(start_redis: Callable[..., RealRedis], empty_url: str) -> None:
    assert "only database 0 can be initialised" in run("init", f"{empty_url}/1").stderr
    bare = start_redis(modules=())
    done = run("init", bare.url)
    assert done.returncode == 1
    assert "no JSON module" in done.stderr
