"""Fields that other facilities add to the identity: they are kept, shown and found, and spoil nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from scantui.board import Board
from scantui.export import ExportedScan, to_json
from scantui.feed import Created
from scantui.filters import ScanFilter
from scantui.models import Scan, ScanSummary
from scantui.recording.anonymity import Anonymiser
from scantui.store import DataStore
from tests.cli.processes import run
from tests.servers import command, plain_client

IDENTITY = {"name": "ascan", "data_policy": "None", "session": "demo"}
EXTRA = {"beamline": "id11", "facility": "\x1b[31mESRF", "crew": ["a", "b"], "others": [["path", "/x"]]}


@pytest.fixture
def store(store_url: str) -> Iterator[DataStore]:
    with DataStore(store_url) as store:
        yield store


@pytest.fixture
def scans(store: DataStore, store_url: str) -> list[Scan]:
    """Three scans, the second of which has fields of its own in its identity."""
    scans = [store.create_scan({**IDENTITY, "number": number}) for number in (1, 2, 3)]
    with plain_client(store_url) as client:
        for field, value in EXTRA.items():
            command(client, "JSON.SET", scans[1].key, f"$.id.{field}", json.dumps(value))
    return [store.load_scan(scan.key) for scan in scans]


def test_they_are_kept(scans: list[Scan]) -> None:
    assert [scan.identity.extra for scan in scans] == [{}, EXTRA, {}]
    assert (scans[1].name, scans[1].path) == ("ascan", None)


def test_many_scans_are_read_as_each_alone(store: DataStore, scans: list[Scan]) -> None:
    summaries = store.load_summaries([scan.key for scan in scans])
    assert [each.identity for each in summaries if isinstance(each, ScanSummary)] == [scan.identity for scan in scans]
    assert store.search_existing_scans(number=2).keys == [scans[1].key]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("beamline=ID11", [2]),
        ("beamline=id*", [2]),
        ("beamline!=id11", [1, 3]),
        ("facility=*esrf", [2]),
        ("name=a*", [1, 2, 3]),
    ],
)
def test_a_filter_finds_them(store: DataStore, scans: list[Scan], text: str, numbers: list[int]) -> None:
    board = Board()
    board.put([each for each in store.load_summaries([scan.key for scan in scans]) if isinstance(each, ScanSummary)])
    board.set_filter(ScanFilter.parse(text))
    rows = [board.row_at(index) for index in range(len(board))]
    assert [row.identity.number for row in rows if row.identity] == numbers
    assert board.values_of("beamline") == ["id11"]


def test_commands_show_them(scans: list[Scan], store_url: str) -> None:
    shown = run("show", "-s", store_url, "2").stdout
    assert "session demo · data policy None · beamline id11 · facility ␛[31mESRF" in shown
    assert json.loads(run("show", "-s", store_url, "2", "--json").stdout)["identity"]["extra"] == EXTRA
    assert "extra" not in json.loads(run("show", "-s", store_url, "1", "--json").stdout)["identity"]
    assert run("search", "-s", store_url, "beamline=id11", "--keys").stdout == f"{scans[1].key}\n"


def test_files_are_safe_and_recordings_anonymous(store: DataStore, scans: list[Scan]) -> None:
    (summary,) = store.load_summaries([scans[1].key])
    assert isinstance(summary, ScanSummary)
    text = to_json([ExportedScan(summary, "NEW")])
    assert "id11" in text and "\\u001b" not in text.lower() and "\x1b" not in text
    event = Anonymiser().event(Created([summary]))
    assert isinstance(event, Created) and event.rows[0].identity is not None and event.rows[0].identity.extra == {}
