"""The pane of the digest on the screen: its spans, its problems, and the way to a scan."""

from __future__ import annotations

from scantui.report.spans import Span
from scantui.tui.widgets.digest_pane import DigestPane
from tests.tui.pilots import monitor_of, number_under_cursor, until, watching
from tests.tui.scenes import NOW_MS, night_feed


async def test_the_digest_shows_the_time_away_and_leads_to_its_problems() -> None:
    async with watching(night_feed()) as pilot:
        monitor = monitor_of(pilot)
        monitor.servers.away = Span(NOW_MS - 24 * 3_600_000, NOW_MS)
        await pilot.press("I")
        await until(pilot, lambda: isinstance(monitor.panes.pane, DigestPane) and len(monitor.panes.pane.lines) > 1)
        pane = monitor.panes.pane
        assert isinstance(pane, DigestPane)
        assert pane.has_focus
        assert pane.lines[0].text.startswith("away · 1 d")
        await pilot.press("e")
        first = number_under_cursor(pilot)
        await pilot.press("e")
        assert number_under_cursor(pilot) != first
        await pilot.press("left")
        assert pane.lines[0].text.startswith("last hour · 1 h")
        await pilot.press("escape")
        assert monitor.panes.opened == ""
