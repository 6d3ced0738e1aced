"""The details of a scan: what is asked of Redis and how much of it, and what is made of whole, odd and broken scans."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.models import Scan, ScanState
from scantui.store.operations import details
from scantui.store.operations.details import MOST_STREAMS, MOST_SUB_SCANS, ScanDetails, StreamTail
from scantui.store.operations.requests import Batch, Command
from scantui.store.operations.tails import MOST_LOOKS
from tests.store.conversation import converse
from tests.store.details_talk import (
    ABOUT,
    DOCUMENT,
    FOUND,
    JSON,
    KEY,
    KNOWN,
    PARENT,
    RUNNING,
    SCALAR,
    ints,
    json_entry,
    looks,
    seal,
    states,
    stored,
    stream,
    talk,
)


def test_a_scan_without_streams_takes_two_round_trips() -> None:
    found = talk(stored({}, title="t", group=PARENT, filename="/data/f.h5", npoints=3))
    assert (found.scan.key, found.scan.state, found.scan.state_id) == (KEY, ScanState.STARTED, "1125-0")
    assert found.transitions == ((ScanState.CREATED, 1000), (ScanState.PREPARED, 1120), (ScanState.STARTED, 1125))
    assert (found.summary.title, found.summary.npoints, found.parent, found.hdf5_path) == ("t", 3, PARENT, "/data/f.h5")
    assert (found.streams, found.sub_scans, found.more_streams) == ((), (), 0)


def test_the_path_of_the_identity_comes_before_that_in_info() -> None:
    assert talk(stored({}, path="/a.h5", filename="/b.h5")).hdf5_path == "/a.h5"
    assert talk(stored({}, filename=["/b.h5"], group="nobody")).hdf5_path is None


def test_the_last_values_come_from_as_many_entries_as_it_takes() -> None:
    entries = [ints(12, 12), ints(10, 10, 11), ints(0, *range(10))]
    found = talk(stored({"a": stream("A", SCALAR)}), *looks(("A", 9, entries)))
    assert found.streams == (
        StreamTail(name="a", kind="numeric", dtype="<i4", length=13, last=(5, 6, 7, 8, 9, 10, 11, 12)),
    )


def test_one_long_batch_is_enough_and_stands_before_the_seal() -> None:
    found = talk(stored({"a": stream("A", SCALAR)}), *looks(("A", 9, [seal(1000), ints(0, *range(1000))])))
    (tail,) = found.streams
    assert (tail.length, tail.sealed, tail.last) == (1000, True, tuple(range(992, 1000)))


def test_large_points_and_unknown_encodings_are_not_read() -> None:
    def shaped(*shape: int) -> dict[str, Any]:
        return {"type": "numeric", "dtype_str": "<u4", "shape": shape}

    found = talk(
        stored(
            {
                "image": stream("I", shaped(2048, 2048)),
                "small image": stream("J", shaped(2, 2)),
                "long": stream("L", shaped(4097)),
                "spectrum": stream("S", shaped(4096)),
                "free": stream("F", shaped(-1)),
                "old": stream("O", None),
            }
        ),
        *looks(("S", 1, [[b"5-1", [b"payload", b"", b"len", b"5"]]]), ("F", 1, [])),
    )
    lengths = {tail.name: tail.length for tail in found.streams}
    assert lengths == {"image": None, "small image": None, "long": None, "spectrum": 10, "free": 0, "old": None}
    assert not any(tail.last or tail.problem for tail in found.streams)


def test_a_sequence_lists_its_last_scans_and_passes_over_what_is_none() -> None:
    keys = [f"esrf:scan:{index:026}" for index in range(60)]
    entries = [seal(60), *(json_entry(index, {"key": keys[index]}) for index in range(59, 9, -1))]
    entries[3:5] = [json_entry(57, {"key": "nobody"}), [b"56-1", [b"payload", b'{"key": "\xff"}']]]
    found = talk(
        stored({"a": stream("A", SCALAR), "SUBSCANS": stream("S", JSON, format="subscan")}),
        *looks(("S", MOST_SUB_SCANS + 1, entries), ("A", 9, [])),
    )
    assert found.sub_scans == (*keys[10:56], *keys[58:60])
    assert found.sub_scan_count == 60
    assert [tail.name for tail in found.streams] == ["SUBSCANS", "a"]


def test_a_detector_shows_its_frames_not_its_messages() -> None:
    uint = {"type": "numeric", "dtype_str": "<u4", "shape": []}
    streams = {
        "lima": stream("L", JSON, plugin="lima"),
        "mosca": stream("M", JSON, plugin="mosca"),
        "lima2": stream("N", uint, plugin="lima2"),
        "silent": stream("T", JSON, format="lima_v1"),
        "broken": stream("B", JSON, plugin="lima"),
        "trimmed": stream("C", JSON, plugin="lima"),
    }
    found = talk(
        stored(streams),
        *looks(
            ("L", 2, [seal(2), json_entry(1, {"last_index": 98, "last_index_saved": 7})]),
            ("M", 2, [json_entry(0, {"last_read_index": 4})]),
            ("N", 9, [ints(3, 40)]),
            ("T", 2, []),
            ("B", 2, [json_entry(0, {"last_index": "x"})]),
            ("C", 2, [seal(9)]),
        ),
    )
    assert [tail.length for tail in found.streams] == [99, 5, 40, 0, 1, None]
    assert [bool(tail.problem) for tail in found.streams] == [False, False, False, False, True, False]


def test_only_so_many_streams_are_read_and_the_sequence_is_always_among_them() -> None:
    streams = {f"s{index}": stream(f"S{index}", SCALAR) for index in range(150)}
    streams["SUBSCANS"] = stream("SUB", JSON, plugin="scan_sequence")

    shown = [("SUB", 51, [json_entry(0, {"key": KEY})]), *((f"S{index}", 9, []) for index in range(MOST_STREAMS - 1))]
    found = talk(stored(streams), *looks(*shown))
    assert (len(found.streams), found.more_streams, found.sub_scans) == (100, 51, (KEY,))


@pytest.fixture
def known() -> ScanDetails:
    return talk(stored({"a": stream("A", SCALAR)}, title="t"), *looks(("A", 9, [ints(0, 1)])))


def test_a_refresh_reads_the_streams_only_as_long_as_the_state_is_the_same(known: ScanDetails) -> None:
    again = converse(details.load_details(KEY, known), (KNOWN, [-1, RUNNING]), *once_more(100, [ints(1, 2)]))
    assert again.scan is known.scan
    assert again.streams[0].last == (1, 2)


def once_more(memory: int, entries: list[Any]) -> list[Any]:
    """A look for what came since the first entry."""
    since = Command("XREVRANGE", "esrf:stream:A", "+", "(0-1", "COUNT", 9)
    return [(Batch([Command("MEMORY", "USAGE", "esrf:stream:A")]), [memory]), (Batch([since]), [entries])]


def test_nothing_new_leaves_the_values_and_too_many_to_be_read_replace_them(known: ScanDetails) -> None:
    again = converse(details.load_details(KEY, known), (KNOWN, [-1, RUNNING]), *once_more(100, []))
    assert again.streams == known.streams
    many = [ints(index, index) for index in range(30, 21, -1)]
    again = converse(details.load_details(KEY, known), (KNOWN, [-1, RUNNING]), *once_more(100, many))
    assert (again.streams[0].length, again.streams[0].last) == (31, tuple(range(23, 31)))


def test_what_is_too_large_is_not_read_and_shows_how_large_it_is(known: ScanDetails) -> None:
    measured = Batch([Command("MEMORY", "USAGE", "esrf:stream:A")]), [50_000_000]
    again = converse(details.load_details(KEY, known), (KNOWN, [-1, RUNNING]), measured)
    (tail,) = again.streams
    assert (tail.length, tail.last) == (1, (1,))
    assert 50_000_000 <= tail.held_back < 50_010_000


def test_many_streams_take_turns_once_they_are_known() -> None:
    streams = {f"s{index}": stream(f"S{index}", SCALAR) for index in range(100)}
    known = talk(stored(streams), *looks(*((f"S{index}", 9, [ints(0, index)]) for index in range(100))))
    asked: list[str] = []

    def note(request: Any) -> bool:
        asked.extend(command[2] for command in request.commands)
        return len(request.commands) == MOST_LOOKS

    for _ in range(3):
        script: Any = (note, [100] * MOST_LOOKS), (lambda _: True, [[]] * MOST_LOOKS)
        known = converse(details.load_details(KEY, known), (KNOWN, [-1, RUNNING]), *script)
    assert set(asked) == {f"esrf:stream:S{index}" for index in range(100)}
    assert [tail.last for tail in known.streams] == [(index,) for index in range(100)]


def test_another_state_has_the_document_read_again(known: ScanDetails) -> None:
    entries = states((1000, 0), (1120, 1), (1125, 2), (9000, 4))
    again = converse(
        details.load_details(KEY, known), (KNOWN, [-1, entries]), (DOCUMENT, [entries, stored({}, title="u")])
    )
    assert (again.scan.state, again.summary.title, again.streams) == (ScanState.CLOSED, "u", ())


def test_what_is_known_of_another_scan_or_one_that_has_not_started_is_no_help(known: ScanDetails) -> None:
    created = talk(stored({}), state_entries=states((1000, 0)))
    for useless in (created, ScanDetails(scan=Scan(**{**fields_of(known.scan), "key": PARENT}), summary=known.summary)):
        operation = details.load_details(KEY, useless)
        assert converse(operation, (ABOUT, FOUND), (DOCUMENT, [RUNNING, stored({})])).scan.key == KEY


def fields_of(scan: Scan) -> dict[str, Any]:
    return {name: getattr(scan, name) for name in Scan.__struct_fields__}
