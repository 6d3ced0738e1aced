"""Simulated worlds end with the right rows; a fault that was mended is found once its mend is taken out."""

from __future__ import annotations

import os

import pytest

from scantui import words
from scantui.feed.census import Census
from scantui.feed.expiries import ExpiryWatch
from scantui.feed.point_times import PointTimes
from scantui.feed.stream_ends import StreamEnds
from scantui.models import PointsSeen, ScanSummary
from scantui.store.operations import ends
from scantui.store.operations.ends import EndWanted
from tests.simulation.world import Action, run_world, schedule_of, shrunk

# Some worlds now, many of them where everything is run.
WORLDS = 400 if os.environ.get("CI") == "true" else 40


@pytest.mark.parametrize("seed", range(WORLDS // 20))
def test_all_rows_are_right_at_rest(seed: int) -> None:
    for world in range(20 * seed, 20 * seed + 20):
        actions = schedule_of(world)
        wrong = run_world(world, actions).wrong
        assert not wrong, (world, wrong[:3], shrunk(world, actions))


def test_a_world_replays_exactly() -> None:
    first, second = (run_world(7, schedule_of(7)) for _ in range(2))
    assert first == second


def several(kind: str, count: int, *numbers: int) -> list[Action]:
    return [Action(0.2, kind, *numbers) for _ in range(count)]


RUNNING = [Action(1.0, "create"), *several("advance", 2), *several("append", 5)]


def test_the_order_of_slow_clocks_is_wrong_without_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [*several("create", 3), Action(0.1, "writers_skew", 0), Action(0.1, "create")]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(ScanSummary, "rank", property(lambda row: row.key))
    assert any("order" in each for each in run_world(1, actions).wrong)


def test_durations_mix_two_clocks_without_a_look_at_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [Action(0.1, "notes_skew", 0), *RUNNING, Action(1.0, "close")]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(words, "_LATE_START", 10**9)
    assert any("taken" in each for each in run_world(1, actions).wrong)


def test_a_dead_publisher_is_not_seen_at_first_sight_without_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [*RUNNING, Action(0.1, "die")]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(PointTimes, "take_in", lambda *_: PointsSeen())
    assert any("at first sight" in each for each in run_world(1, actions).wrong)


def test_a_growing_scan_is_not_silent_although_others_look_and_its_writers_clock_is_behind() -> None:
    actions = [Action(0.1, "writers_skew", 0), *RUNNING, Action(0.1, "keep_going"), Action(0.1, "others_look")]
    assert not run_world(1, actions).wrong


def test_large_entries_cost_too_much_when_they_are_read_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [*RUNNING, *several("large", 8, 0, 49)]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(StreamEnds, "wanted", lambda _, streams, __: [EndWanted(stream) for stream in streams])
    monkeypatch.setattr(ends, "_most_that_came", lambda *_: 0)
    assert any("bytes" in each for each in run_world(1, actions).wrong)


def test_deleted_scans_among_many_stay_without_the_census(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [*several("burst", 12, 99), *(Action(0.1, "vanish", 137 * number) for number in range(8))]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(Census, "is_due", lambda *_: False)
    assert any("is not there" in each for each in run_world(1, actions).wrong)


def test_without_an_index_deleted_scans_are_found_by_the_servers_own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    vanished = (Action(0.1, "vanish", 137 * number) for number in range(8))
    actions = [Action(0.1, "lose_index"), *several("burst", 12, 99), Action(12.0, "cut"), *vanished]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(ExpiryWatch, "next_to_check", lambda _: [])
    assert any("is not there" in each for each in run_world(1, actions).wrong)


def test_scans_trimmed_out_of_the_history_are_missed_without_the_census(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [Action(0.1, "flush"), Action(3.0, "create_and_trim", 1, 0)]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(Census, "is_due", lambda *_: False)
    assert any("missing" in each for each in run_world(1, actions).wrong)
