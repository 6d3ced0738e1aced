"""Which scans are measured, how often, and how much of their streams is read."""

from __future__ import annotations

from scantui.feed.stream_ends import BYTES_A_SECOND, MOST_AT_ONCE, StreamEnds
from scantui.feed.tracker import (
    MOST_FOLLOWED,
    MOST_MEASURED,
    MOST_NEW,
    MOST_STILL,
    STILL_AFTER,
    STILL_ROUNDS,
    ScanTracker,
)
from scantui.models import UNCOUNTED, ScanState, ScanSummary
from scantui.store.operations.ends import MOST_UNKNOWN, EndSeen, EndWanted, StreamEnd


def tracker_of(count: int) -> ScanTracker:
    """A tracker of so many running scans, each with one stream of the same name."""
    tracker = ScanTracker()
    keys = [f"scan{number:03}" for number in range(count)]
    tracker.remember(ScanSummary(key=key, state=ScanState.STARTED, state_stream=f"state of {key}") for key in keys)
    tracker.measure_by({key: (key,) for key in keys})
    return tracker


def test_each_new_scan_is_measured_once_and_the_newest_first() -> None:
    tracker = tracker_of(MOST_NEW + 5)
    first = tracker.next_unmeasured()
    assert first[0] == f"scan{MOST_NEW + 4:03}"
    assert len(first) == MOST_NEW
    assert sorted(tracker.next_unmeasured()) == [f"scan{number:03}" for number in range(5)]
    assert tracker.next_unmeasured() == []
    tracker.measure_by({"scan000": ("scan000",)})
    assert tracker.next_unmeasured() == []
    tracker.measure_by({"scan000": ("another",)})
    assert tracker.streams_of(tracker.next_unmeasured()) == ["another"]


def test_a_scan_that_does_not_grow_is_measured_less_often_and_one_that_grows_again_at_once() -> None:
    tracker = tracker_of(1)
    tracker.note_lengths({"scan000": 6})
    tracker.note_lengths({"scan000": 7})
    looks = []
    for _ in range(STILL_AFTER + 4 * STILL_ROUNDS):
        looks.append(tracker.next_streams([]))
        tracker.note_lengths(dict.fromkeys(looks[-1], 7))
    assert all(looks[:STILL_AFTER])
    assert sum(map(bool, looks[STILL_AFTER:])) == 4
    tracker.note_lengths({"scan000": 8})
    assert tracker.next_streams([]) == ["scan000"]


def test_many_scans_that_do_not_grow_take_turns() -> None:
    tracker = tracker_of(100)
    for _ in range(STILL_AFTER + 1):
        tracker.note_lengths({f"scan{number:03}": 7 for number in range(100)})
    looked: set[str] = set()
    for _ in range(STILL_ROUNDS * 100 // (MOST_STILL // 2)):
        streams = tracker.next_streams(["scan000"])
        assert len(streams) <= MOST_MEASURED + MOST_STILL
        looked.update(streams)
    assert len(looked) == 100


def test_a_scan_that_is_seen_is_measured_at_once_and_one_that_is_not_once_it_grows() -> None:
    tracker = tracker_of(2)
    tracker.note_lengths({"scan000": 3, "scan001": 3})
    assert tracker.next_streams(["scan001"]) == ["scan001"]
    tracker.note_lengths({"scan000": 4})
    assert sorted(tracker.next_streams(["scan001"])) == ["scan000", "scan001"]


def test_of_very_many_open_scans_some_state_streams_are_read_each_time_and_the_others_in_turn() -> None:
    assert len(tracker_of(MOST_FOLLOWED).next_state_ids([])) == MOST_FOLLOWED
    tracker = tracker_of(5 * MOST_FOLLOWED)
    rounds = [tracker.next_state_ids(["scan007"]) for _ in range(10)]
    assert {len(states) for states in rounds} == {MOST_FOLLOWED}
    always = set.intersection(*map(set, rounds))
    assert {"state of scan007", f"state of scan{5 * MOST_FOLLOWED - 1:03}"} <= always
    assert set().union(*rounds) == set(tracker.state_ids)


def read(count: int) -> dict[str, EndSeen]:
    return {"a": EndSeen(StreamEnd(3, "2-1"), read=count)}


def test_what_was_read_is_left_out_of_the_allowance_until_time_has_passed() -> None:
    ends = StreamEnds()
    assert ends.allowed(0.0) == MOST_AT_ONCE
    assert ends.take_in(read(MOST_AT_ONCE)) == {"a": 3}
    assert ends.allowed(0.0) == 0
    assert ends.allowed(2.0) == 2 * BYTES_A_SECOND
    assert ends.allowed(1000.0) == MOST_AT_ONCE


def test_a_debt_is_waited_for() -> None:
    ends = StreamEnds()
    ends.allowed(0.0)
    ends.take_in(read(MOST_AT_ONCE + 10 * BYTES_A_SECOND))
    assert [ends.allowed(float(second)) for second in (1, 9, 11)] == [0, 0, BYTES_A_SECOND]


def test_documents_bound_the_entries_of_streams() -> None:
    ends = StreamEnds()
    ends.bound(["bounded"], 1312)
    ends.bound(["endless"], 50_000_000)
    ends.bound_like({"epoch": ["bounded"], "other": ["endless"]})
    streams = ["bounded", "endless", "epoch", "other"]
    assert [each.largest for each in ends.wanted(streams)] == [1312, 0, 1312, 0]


def test_after_a_read_that_was_broken_off_only_what_documents_bound_is_read_for_a_minute() -> None:
    """And its stream never again: its entries are counted."""
    ends = StreamEnds()
    ends.bound(["bounded"], 1312)
    ends.take_in(read(10))
    ends.allowed(0.0)
    ends.take_in({"a": EndSeen(None, read=MOST_UNKNOWN, is_too_large=True)})
    assert 0 < ends.allowed(0.0) < MOST_AT_ONCE
    counted, *others = ends.wanted(["a", "bounded", "b"])
    assert (counted.known, counted.most) == (None, 0)
    assert all(each.largest > 50_000_000 for each in others)
    ends.allowed(11.0)
    bounded, unknown = ends.wanted(["bounded", "b"])
    assert (bounded.largest, unknown.largest > 50_000_000) == (1312, True)
    ends.allowed(61.0)
    assert [each.largest for each in ends.wanted(["bounded", "b"])] == [1312, 0]


def test_the_next_look_is_for_what_came_since() -> None:
    ends = StreamEnds()
    assert ends.wanted(["a"]) == [EndWanted("a")]
    ends.take_in(read(10))
    assert ends.wanted(["a"]) == [EndWanted("a", StreamEnd(3, "2-1"))]
    ends.take_in({"a": EndSeen(None, held_back=50_000_000)})
    assert ends.wanted(["a"]) == [EndWanted("a", StreamEnd(3, "2-1"))]
    ends.take_in({f"b{number}": EndSeen(StreamEnd(1, "0-1")) for number in range(2000)})
    ends.keep(["b7"])
    assert [each.known for each in ends.wanted(["a", "b7"])] == [None, StreamEnd(1, "0-1")]


def test_a_new_session_measures_all_open_scans_as_if_for_the_first_time() -> None:
    tracker = tracker_of(3)
    assert len(tracker.next_unmeasured()) == 3
    assert not tracker.has_unmeasured
    tracker.measure_again()
    assert len(tracker.next_unmeasured()) == 3


def test_a_scan_whose_streams_are_all_too_large_is_not_counted_until_one_can_be_read() -> None:
    tracker, ends = tracker_of(1), StreamEnds()
    large = {"scan000": EndSeen(None, held_back=50_000_000)}
    assert tracker.note_lengths(ends.take_in(large)) == {"scan000": UNCOUNTED}
    tracker.measure_by({"scan000": ("scan000", "small")})
    assert tracker.note_lengths(ends.take_in({**large, "small": EndSeen(StreamEnd(4, "3-1"))})) == {"scan000": 4}
    assert ends.take_in({"small": EndSeen(None, held_back=50_000_000)}) == {"small": 4}
