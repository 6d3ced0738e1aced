"""Two long lists of scans are compared as plain sets and places would be, and newcomers stand in their order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.board.long_lists import differences, put_among

keys = st.sets(st.integers(0, 60).map(lambda number: f"{number:02}"))


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scantui.board.long_lists._FEW", 3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys, keys, st.integers(0, 70))
def test_what_left_and_came_is_found_up_to_so_many(before: set[str], after: set[str], most: int) -> None:
    found = differences(sorted(before), sorted(after), str, str, most)
    if len(before ^ after) > most:
        assert found is None
    else:
        assert found == (sorted(before - after), sorted(after - before))


def test_one_that_moved_left_and_came() -> None:
    ranks = {"a": "a", "b": "x", "c": "c"}
    assert differences("abc", "acb", str, ranks.__getitem__, 9) == (["b"], ["b"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys, keys)
def test_newcomers_stand_in_their_order(there: set[str], fresh: set[str]) -> None:
    listed = sorted(there)
    put_among(listed, sorted(fresh - there), str)
    assert listed == sorted(there | fresh)
