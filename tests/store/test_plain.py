"""Documents read by their types: they equal what is read field by field, and whatever is odd is left to that."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scantui.exceptions import CommandError
from scantui.models import ScanState
from scantui.store.operations.load import load_scans
from scantui.store.operations.requests import Batch, Command
from scantui.store.wire import documents
from scantui.store.wire.plain import PlainDocument, read_plain
from tests.store.conftest import AwaitedStore
from tests.store.conversation import converse
from tests.store.hostile import HostileServer, sound_document
from tests.store.script import ROOT, A, B, C, document, in_state, last_state, lifetime

CLOSED = ScanState.CLOSED


def both_ways(raw: bytes) -> None:
    plain = read_plain(raw)
    if not isinstance(plain, PlainDocument):
        assert plain is raw
        return
    careful = documents.decode_document(A, raw)
    assert plain.scan(A, CLOSED, "7-0") == documents.decode_scan(A, careful, CLOSED, "7-0")
    assert plain.has_outcome == documents.has_outcome(careful)


@given(st.integers(0, 2**32))
@example(0)
def test_any_document_is_read_as_it_is_field_by_field(seed: int) -> None:
    both_ways(json.dumps(HostileServer(seed).spoilt(sound_document())).encode())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"info": None},
        {"info": {"end_reason": "SUCCESS", "nested": {"a": [1, 2.5, None]}}},
        {"info": {"exit_status": "fail"}},
        {"data_streams": None},
        {"data_streams": {"x": {"pk": "X", "encoding": {"type": "json", "more": 1}, "info": None, "more": 1}}},
        {"data_streams": {"x": {"pk": "X", "encoding": {"type": 5, "dtype_str": [], "shape": [2, True, 1.5, -1]}}}},
        {"data_streams": {"x": {"pk": "X", "encoding": None, "info": {"shape": [2]}}}},
        {"id": {"name": "a", "number": -(2**63)}},
        {"beamline": [1]},
    ],
)
def test_what_blissdata_writes_is_read_by_its_types(changes: dict[str, Any]) -> None:
    raw = json.dumps(document(**changes)).encode()
    assert isinstance(read_plain(raw), PlainDocument)
    both_ways(raw)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": {"name": "a", "number": "7"}},
        {"id": {"name": "a", "number": 2**63}},
        {"id": {"name": "a", "number": 1, "beamline": "id00"}},
        {"state_stream": {"pk": ""}},
        {"data_streams": {"x": {"pk": ""}}},
        {"data_streams": {"x": {"pk": "X", "encoding": ""}}},
        {"info": [1]},
    ],
)
def test_what_is_odd_is_left_as_it_is(changes: dict[str, Any]) -> None:
    raw = json.dumps(document(**changes)).encode()
    assert read_plain(raw) is raw


@pytest.mark.parametrize("raw", [None, b"", b"{", b"[1]", b"null", b"[" * 100_000, b"\xff", 5, CommandError("x")])
def test_what_is_no_document_is_left_as_it_is(raw: Any) -> None:
    assert read_plain(raw) is raw


def test_what_was_read_as_it_came_is_taken() -> None:
    plain, odd = document(info={"end_reason": "SUCCESS"}), document(id={"name": "a", "number": "7"})
    raws = [json.dumps(each).encode() for each in (plain, odd)]
    asked = [command for key in (A, B, C) for command in (lifetime(key), Command("JSON.GET", key, ROOT))]
    replies = [-1, read_plain(raws[0]), -1, read_plain(raws[1]), -2, None]
    states = Batch([last_state("STATE")] * 2)
    first, second, gone = converse(
        load_scans([A, B, C]),
        (Batch(asked, early=read_plain), replies),
        (states, [in_state(CLOSED)] * 2),
        (Batch([Command("JSON.GET", B, ROOT)]), [raws[1]]),
    )
    assert [each.number for each in (first, second) if not isinstance(each, Exception)] == [1, 7]
    assert str(gone).startswith(C)


async def test_scans_of_any_size_are_loaded_as_they_were_written(store: AwaitedStore) -> None:
    identity = {"name": "ascan", "number": 1, "data_policy": "None"}
    infos = [{"positioners": {f"axis_{index}": index / 4 for index in range(size)}} for size in (0, 1, 40, 3000)]
    scans = await store.create_scans([(identity, info) for info in infos])
    assert await store.load_scans([scan.key for scan in scans]) == scans
