"""Rules behind the screen: a scan that fails calls while the screen is paused, and the header counts it."""

from __future__ import annotations

from itertools import count

from scantui.alerts import read_rule
from scantui.feed import Changed
from scantui.models import ScanState
from scantui.tui.app import ScanTuiApp
from scantui.tui.night import NightSettings
from tests.tui.pilots import status, until
from tests.tui.scenes import NOW_MS, SIZE, beamline_rows, night_feed


async def test_a_failure_calls_while_the_screen_is_paused() -> None:
    feed = night_feed()
    running = next(row for row in reversed(beamline_rows()) if row.state is ScanState.STARTED)
    failed = running.replaced(state=ScanState.CLOSED, end_reason="FAILURE", state_id=f"{NOW_MS + 1000}-0")
    night = NightSettings(rules=[read_rule("night", ["fail"], armed=True)])
    seconds = count()
    app = ScanTuiApp(feed, "redis://id11:6380", lambda: float(next(seconds)), night=night)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: len(app.monitor.board) > 0)
        await pilot.press("p")
        feed.tell(Changed([failed]))
        await until(pilot, lambda: "ALARM 1" in status(pilot))
        await pilot.press("a", "escape")
        await until(pilot, lambda: "ALARM" not in status(pilot))
