"""Simulated worlds end with the right rows; a fault that was mended is found once its mend is taken out."""

from __future__ import annotations

import os

import pytest

from tests.simulation.mends import SEEDS, without
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


SILENT = [*RUNNING, Action(0.1, "die")]
DURATIONS = [Action(0.1, "notes_skew", 0), *RUNNING, Action(1.0, "close")]
ORDER = [*several("create", 3), Action(0.1, "writers_skew", 0), Action(0.1, "create")]
LARGE = [*RUNNING, *several("large", 8, 0, 49)]
MANY = several("burst", 12, 99)
VANISHED = [Action(0.1, "vanish", 137 * number) for number in range(8)]
DELETED = [*MANY, *VANISHED]
DELETED_WITHOUT_INDEX = [Action(0.1, "lose_index"), *MANY, Action(12.0, "cut"), *VANISHED]
TRIMMED = [Action(0.1, "flush"), Action(3.0, "create_and_trim", 1, 0)]


@pytest.mark.parametrize(
    ("mend", "actions", "said"),
    [
        pytest.param("history order", ORDER, "order", id="order of slow clocks"),
        pytest.param("one clock", DURATIONS, "taken", id="durations"),
        pytest.param("evidence of silence", SILENT, "at first sight", id="a dead publisher"),
        pytest.param("costs", LARGE, "bytes", id="large entries"),
        pytest.param("census", DELETED, "is not there", id="deleted among many"),
        pytest.param("expiries", DELETED_WITHOUT_INDEX, "is not there", id="deleted without an index"),
        pytest.param("census", TRIMMED, "missing", id="trimmed out of the history"),
        pytest.param("arrivals", TRIMMED, "missing", id="trimmed before it was read"),
    ],
)
def test_a_fault_is_found_once_its_mend_is_taken_out(mend: str, actions: list[Action], said: str) -> None:
    assert not run_world(1, actions).wrong
    with without(mend):
        assert any(said in each for each in run_world(1, actions).wrong)


@pytest.mark.parametrize("mend", SEEDS)
def test_a_world_of_chance_finds_each_mend_that_is_missing(mend: str) -> None:
    actions = schedule_of(SEEDS[mend])
    assert not run_world(SEEDS[mend], actions).wrong
    with without(mend):
        assert run_world(SEEDS[mend], actions).wrong


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(154, id="a point that came before the start"),
        pytest.param(235, id="a history that was empty, without an index"),
    ],
)
def test_a_world_that_found_a_fault_is_right_now(seed: int) -> None:
    assert not run_world(seed, schedule_of(seed)).wrong


def test_a_growing_scan_is_not_silent_although_others_look_and_its_writers_clock_is_behind() -> None:
    actions = [Action(0.1, "writers_skew", 0), *RUNNING, Action(0.1, "keep_going"), Action(0.1, "others_look")]
    assert not run_world(1, actions).wrong
