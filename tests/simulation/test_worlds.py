"""Simulated worlds end with the right rows; a fault that was mended is found once its mend is taken out."""

from __future__ import annotations

import os

import pytest

from scantui.feed.census import Census
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


def test_scans_trimmed_out_of_the_history_are_missed_without_the_census(monkeypatch: pytest.MonkeyPatch) -> None:
    actions = [Action(0.1, "flush"), Action(3.0, "create_and_trim", 1, 0)]
    assert not run_world(1, actions).wrong
    monkeypatch.setattr(Census, "is_due", lambda *_: False)
    assert any("missing" in each for each in run_world(1, actions).wrong)
