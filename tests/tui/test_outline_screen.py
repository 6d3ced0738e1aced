"""The outline on the screen: one line for a sequence and a run, and follow goes to the line of the newest scan."""

from __future__ import annotations

from scantui.feed import Created, Heartbeat, Loaded
from scantui.models import ScanState, ScanSummary
from tests.tui.pilots import rows_seen, table_of, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, connected, row


def child(number: int, parent: ScanSummary, **fields: object) -> ScanSummary:
    return row(number, age=100 - number, **fields).replaced(parent=parent.key)  # type: ignore[arg-type]


def outlined() -> list[ScanSummary]:
    """A closed sequence of which one scan failed, and six equal counts after it."""
    sequence = row(1, age=99, end_reason="FAILURE")
    counts = [row(number, age=100 - number, end_reason="SUCCESS") for number in range(4, 10)]
    same = [each.replaced(title="ct 0.1") for each in counts]
    return [
        sequence.replaced(title="XANES at spot 1"),
        child(2, sequence, end_reason="SUCCESS"),
        child(3, sequence, end_reason="FAILURE"),
        *same,
    ]


async def test_a_sequence_and_a_run_are_a_line_each_and_a_problem_unfolds_the_way() -> None:
    rows = outlined()
    feed = ScriptedFeed(connected(len(rows)), Heartbeat(NOW_MS), Loaded(rows, 0))
    async with watching(feed) as pilot:
        await until(pilot, lambda: table_of(pilot).row_count == 2)
        first, second = [line.split()[:2] for line in rows_seen(pilot)[:2]]
        assert (first, second) == (["FAIL", "1"], ["DONE", "4"])
        assert "(4-9)" in rows_seen(pilot)[1]
        await pilot.press("e", "e")
        assert table_of(pilot).row_count == 4
        assert table_of(pilot).cursor_key == rows[2].key
        await pilot.press("O")
        assert table_of(pilot).row_count == len(rows)


async def test_a_new_scan_is_followed_to_its_line() -> None:
    rows = outlined()
    feed = ScriptedFeed(connected(len(rows)), Heartbeat(NOW_MS), Loaded(rows, 0))
    async with watching(feed) as pilot:
        await until(pilot, lambda: table_of(pilot).row_count == 2)
        feed.tell(Created([row(10, age=90).replaced(state=ScanState.STARTED)]))
        await until(pilot, lambda: table_of(pilot).row_count == 3 and table_of(pilot).at_end)
        feed.tell(Created([row(11).replaced(parent=rows[0].key)]))
        await until(pilot, lambda: table_of(pilot).cursor_key == rows[0].key)
