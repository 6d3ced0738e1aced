"""`scantui report` against a real server: its times equal those of the state streams."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
import redis

from scantui.cli.main import main
from scantui.models import Scan, ScanState
from scantui.store import DataStore
from scantui.store.address import ServerAddress
from tests.cli.conftest import publish
from tests.cli.silent import dead
from tests.system.beacon_server import BeaconServer, frame


def reported(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> str:
    assert main(["report", "-s", url, "--since", "1h", *arguments]) == 0
    return capsys.readouterr().out


def run_through(store: DataStore, number: int, end_reason: str = "SUCCESS", points: int = 0, **info: Any) -> Scan:
    scan = store.create_scan({"name": "ascan", "number": number, "data_policy": "None"}, info)
    if points:
        scan = store.create_stream(scan, "diode", "<f8")
    scan = store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
    if points:
        store.append(scan, "diode", [1.0] * points)
    return store.advance_scan(scan, ScanState.CLOSED, {"end_reason": end_reason})


def milliseconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() * 1000


def test_times_are_those_of_the_state_streams(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    scans = [run_through(store, number) for number in (1, 2)]
    record = json.loads(reported(capsys, store_url, "--json"))
    client = redis.Redis.from_url(store_url)
    ran = 0
    for scan, reported_scan in zip(scans, record["scans"], strict=True):
        entries: Any = client.xrange(scan.state_stream)
        times = [int(id_.partition(b"-")[0]) for id_, _ in entries]
        assert (milliseconds(reported_scan["started"]), milliseconds(reported_scan["ended"])) == (times[2], times[3])
        ran += times[3] - times[2]
    assert record["ran_seconds"] == ran / 1000
    client.close()


def test_a_failed_scan_is_a_problem_with_its_points(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = run_through(store, 7, "FAILURE", points=6, npoints=21, comments=[{"message": "shutter closed"}])
    publish(store, 8)
    record = json.loads(reported(capsys, store_url, "--json"))
    (problem,) = record["problems"]
    assert (problem["key"], problem["word"], problem["points"], problem["npoints"]) == (failed.key, "FAIL", 6, 21)
    assert problem["comment"] == "shutter closed"
    assert record["counts"] == {"DONE": 1, "FAIL": 1}
    assert 'FAIL 7 ascan: 0:00, 6/21, "shutter closed"' in reported(capsys, store_url)


def test_a_scan_that_failed_before_it_started_is_a_problem_that_did_not_run(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(store, 1, "FAILURE", start_time="2026-01-01T00:00:00+00:00")
    record = json.loads(reported(capsys, store_url, "--json"))
    assert record["ran_seconds"] == 0
    assert [(scan["word"], scan["started"], scan["seconds"]) for scan in record["problems"]] == [("FAIL", None, None)]


def test_a_scan_that_nobody_moves_any_more_hangs(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dead(store, store_url)
    (reported_scan,) = json.loads(reported(capsys, store_url, "--json"))["problems"]
    assert (reported_scan["word"], reported_scan["points"]) == ("STALL", 9)
    assert "STALL 7 ascan samx 0 1 30 1: 9/31 quiet 11m" in reported(capsys, store_url)


def test_only_what_passes_the_filter_is_reported(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(store, 1)
    wanted = publish(store, 2)
    header, line = csv.reader(io.StringIO(reported(capsys, store_url, "number=2", "--csv")))
    assert line[header.index("KEY")] == wanted.key


def test_a_quiet_span_is_a_report_too(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(reported(capsys, store_url, "--json"))
    assert (record["counts"], record["scans"], record["ran_seconds"]) == ({}, [], 0)
    assert len(record["pauses"]) == 1
    assert "No scans; scans ran 0 % of the time" in reported(capsys, store_url, "--md")


@pytest.mark.parametrize("arguments", [["--since", "soon"], ["--since", "2h", "--until", "3h"], ["--pause", "5"]])
def test_a_span_that_cannot_be_read_is_bad_usage(
    store_url: str, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    try:
        code: object = main(["report", "-s", store_url, *arguments])
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert capsys.readouterr().err


def test_of_two_top_masters_the_slowest_counts(
    store: DataStore, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = {name: {"master": {"scalars": [name]}} for name in ("fast", "slow")}
    scan = store.create_scan(
        {"name": "ascan", "number": 1, "data_policy": "None"}, {"npoints": 9, "acquisition_chain": chain}
    )
    for name in chain:
        scan = store.create_stream(scan, name, "<f8")
    scan = store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
    store.append(scan, "fast", [1.0] * 9)
    store.append(scan, "slow", [1.0] * 2)
    assert "ascan  2/9" in reported(capsys, store_url)


@pytest.mark.parametrize("arguments", [["report", "--since", "1h"], ["doctor"]])
def test_a_redis_that_beacon_found_is_named_by_its_address(
    store_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    there = ServerAddress.parse(store_url)
    with BeaconServer(frame(34, f"1|{there.host}|{there.port}".encode())) as beacon:
        monkeypatch.delenv("SCANTUI_URL", raising=False)
        monkeypatch.setenv("BEACON_HOST", beacon.where)
        main(arguments)
    assert capsys.readouterr().out.startswith(there.label)
