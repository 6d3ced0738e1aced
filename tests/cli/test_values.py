"""scantui values: the points of a scan as csv, JSON, lines and a table, whole and as they come."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.cli.processes import Running, run
from tests.servers import command, plain_client

CHANNELS = {"axis:samx": {"display_name": "samx"}, "p201:diode": {"display_name": "diode"}}
STREAMS: dict[str, tuple[str, tuple[int, ...]]] = {
    "axis:samx": ("float64", ()),
    "p201:diode": ("float32", ()),
    "p201:flag": ("bool", ()),
    "mca:spectrum": ("uint32", (2,)),
    "status": ("json", ()),
}


@pytest.fixture
def scan(store: DataStore) -> Scan:
    """A started scan with four positions, three diode values, a flag, two spectra and a status."""
    scan = store.create_scan({"name": "ascan", "number": 7, "data_policy": "None"}, {"channels": CHANNELS})
    for name, (dtype, shape) in STREAMS.items():
        scan = store.create_stream(scan, name, dtype, shape)
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = store.advance_scan(scan, state)
    store.append(scan, "axis:samx", [0.1, 0.2, 1e-300, 3.0])
    store.append(scan, "p201:diode", [0.5, float("nan"), float("inf")])
    store.append(scan, "p201:flag", [True])
    store.append(scan, "mca:spectrum", [[1, 2], [3, 4]])
    store.append_json(scan, "status", {"last_index": 1})
    return scan


def values(url: str, *arguments: str) -> str:
    done = run("values", "-s", url, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_csv_has_full_names_exact_numbers_and_the_index(scan: Scan, store_url: str) -> None:
    rows = list(csv.reader(io.StringIO(values(store_url, "7", "--csv"))))
    assert rows == [
        ["index", "axis:samx", "p201:diode", "p201:flag"],
        ["0", "0.1", "0.5", "true"],
        ["1", "0.2", "nan", ""],
        ["2", "1e-300", "inf", ""],
        ["3", "3.0", "", ""],
    ]


def test_the_last_points_keep_their_index(scan: Scan, store_url: str) -> None:
    assert values(store_url, "7", "diode", "samx", "--csv", "--last", "2").split("\n") == [
        "index,p201:diode,axis:samx",
        "2,inf,1e-300",
        "3,,3.0",
        "",
    ]


def test_json_has_a_list_for_each_stream(scan: Scan, store_url: str) -> None:
    found = json.loads(values(store_url, scan.key, "samx", "diode", "mca:spectrum", "status", "--json"))
    assert found == {
        "key": scan.key,
        "streams": {
            "axis:samx": [0.1, 0.2, 1e-300, 3.0],
            "p201:diode": [0.5, None, None],
            "mca:spectrum": [[1, 2], [3, 4]],
            "status": [{"last_index": 1}],
        },
    }


def test_a_table_is_for_people(scan: Scan, store_url: str) -> None:
    header, first, *_ = values(store_url, "7", "samx", "spectrum").splitlines()
    assert header.split() == ["index", "samx", "spectrum"] and first.split() == ["0", "0.1", "[1,2]"]


def test_points_are_printed_as_they_come_until_the_scan_ends(
    scan: Scan, store: DataStore, store_url: str, start: Callable[..., Running]
) -> None:
    following = start("values", "-s", store_url, "7", "samx", "diode", "--jsonl", "--follow", "--last", "3")
    lines: list[dict[str, Any]] = [json.loads(following.line()) for _ in range(2)]
    store.append(scan, "p201:diode", 7)
    lines.append(json.loads(following.line()))
    store.append(scan, "axis:samx", 5)
    store.advance_scan(scan, ScanState.CLOSED)
    code, rest, errors = following.end()
    assert [*lines, *map(json.loads, rest.splitlines())] == [
        {"index": 1, "axis:samx": 0.2, "p201:diode": None},
        {"index": 2, "axis:samx": 1e-300, "p201:diode": None},
        {"index": 3, "axis:samx": 3.0, "p201:diode": 7.0},
        {"index": 4, "axis:samx": 5.0},
    ]
    assert (code, errors) == (0, "")


def test_no_row_waits_for_a_stream_that_cannot_be_read(
    scan: Scan, store: DataStore, store_url: str, start: Callable[..., Running]
) -> None:
    following = start("values", "-s", store_url, "7", "diode", "samx", "--jsonl", "--follow", "--last", "2")
    assert json.loads(following.line())["index"] == 2
    with plain_client(store_url) as raw:
        command(raw, "XADD", scan.streams["p201:diode"].key, "3-1", "payload", b"xy")
    assert json.loads(following.line()) == {"index": 3, "axis:samx": 3.0}
    store.append(scan, "axis:samx", 5)
    assert following.line().strip() == '{"index":4,"axis:samx":5.0}'
    store.advance_scan(scan, ScanState.CLOSED)
    code, rest, errors = following.end()
    assert (code, rest) == (1, "") and "do not fit" in errors


def test_a_name_that_nothing_or_too_much_bears_is_refused(scan: Scan, store: DataStore, store_url: str) -> None:
    done = run("values", "-s", store_url, "7", "dioed")
    assert done.returncode == 2 and "no counter dioed" in done.stderr
    twice = store.create_scan({"name": "ct", "number": 8, "data_policy": "None"})
    for name in ("a:diode", "b:diode"):
        twice = store.create_stream(twice, name, "float64")
    done = run("values", "-s", store_url, "8", "diode")
    assert done.returncode == 2 and "give one of a:diode, b:diode" in done.stderr
    assert run("values", "-s", store_url, "99").returncode == 3


def test_a_scan_that_is_not_prepared_yet_is_waited_for(
    store: DataStore, store_url: str, start: Callable[..., Running]
) -> None:
    early = store.create_scan({"name": "timescan", "number": 9, "data_policy": "None"}, {"npoints": 0})
    early = store.create_stream(early, "timer:elapsed_time", "float64")
    following = start("values", "-s", store_url, "9", "diode", "--csv", "--follow")
    late = store.create_stream(early, "p201:diode", "int32")
    for state in (ScanState.PREPARED, ScanState.STARTED):
        late = store.advance_scan(late, state)
    store.append(late, "p201:diode", [4, 5])
    assert [following.line() for _ in range(3)] == ["index,p201:diode", "0,4", "1,5"]
    store.append(late, "p201:diode", 6)
    assert following.line() == "2,6"
    store.advance_scan(late, ScanState.CLOSED)
    assert following.end() == (0, "", "")


def test_one_stream_that_cannot_be_read_spoils_no_other(scan: Scan, store_url: str) -> None:
    with plain_client(store_url) as client:
        command(client, "DEL", scan.streams["p201:diode"].key)
        command(client, "XADD", scan.streams["p201:diode"].key, "0-1", "payload", b"odd")
    for form in ("--csv", "--jsonl"):
        done = run("values", "-s", store_url, "7", "diode", "samx", form)
        assert done.returncode == 1 and "p201:diode" in done.stderr and "0.1" in done.stdout


def test_a_header_is_safe_to_print(store: DataStore, store_url: str) -> None:
    hostile = store.create_scan({"name": "ct", "number": 8, "data_policy": "None"})
    store.create_stream(hostile, "\x1b[2Jdiode", "float64")
    assert values(store_url, "8", "--csv") == "index,␛[2Jdiode\n"


def test_a_whole_object_cannot_be_followed(scan: Scan, store_url: str) -> None:
    done = run("values", "-s", store_url, "7", "--json", "--follow")
    assert done.returncode == 2 and "--jsonl" in done.stderr
