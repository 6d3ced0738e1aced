"""When scans were created that the history lost before they were read."""

from __future__ import annotations

import pytest

from scantui.feed.reading import missed_timetags
from scantui.store.wire.protocol import timetag_order
from tests.feed.test_placing import ulid

NOW_MS = 1_790_000_000_000


@pytest.mark.parametrize(
    ("made_ms", "first", "expected_ms"),
    [
        pytest.param(NOW_MS - 4000, NOW_MS, NOW_MS - 4000, id="its writer's clock is believed"),
        pytest.param(NOW_MS - 86_400_000, NOW_MS, NOW_MS - 9000, id="a clock that is behind"),
        pytest.param(NOW_MS + 86_400_000, NOW_MS, NOW_MS - 1, id="a clock that is ahead"),
        pytest.param(NOW_MS - 4000, 0, NOW_MS - 4000, id="of a history that is empty"),
        pytest.param(NOW_MS + 86_400_000, 0, NOW_MS + 2000, id="a clock that is ahead, of an empty history"),
    ],
)
def test_a_scan_was_created_between_what_was_read_and_what_the_history_still_has(
    made_ms: int, first: int, expected_ms: int
) -> None:
    key = f"esrf:scan:{ulid(made_ms)}"
    timetags = {"esrf:scan:other": f"{first}-0"} if first else {}
    found = missed_timetags([key], timetags, f"{NOW_MS - 9000}-3", NOW_MS + 2000)
    assert timetag_order(found[key])[0] == expected_ms


def test_before_the_servers_time_is_known_they_are_as_old_as_what_was_read() -> None:
    key = f"esrf:scan:{ulid(NOW_MS + 5)}"
    assert missed_timetags([key], {}, f"{NOW_MS}-3", 0) == {key: f"{NOW_MS}-4"}
