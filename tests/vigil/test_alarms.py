"""Rules in the monitor: they learn which scans are old from what is loaded, without asking the store."""

from __future__ import annotations

from typing import cast

from scantui.alerts import read_rule
from scantui.exceptions import ConnectionFailed
from scantui.feed import Changed, Connected, Created, Event, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanSummary
from scantui.store import AsyncDataStore
from scantui.vigil.alarms import Alarms
from tests.vigil.test_scans import NOW, closed, row


class NoStore:
    """A store that answers no question: rules in the monitor ask none about old scans."""


STORE = cast(AsyncDataStore, NoStore())
# Scans of these tests moved before the rules began.
LATER = NOW + 60_000


class Night:
    """Alarms that see what happens; `texts` are those of their alerts."""

    def __init__(self, *when: str) -> None:
        self.seconds = 0.0
        self.alarms = Alarms([], lambda: self.seconds, lambda: NOW / 1000 + self.seconds, asks_store=False)
        self.when = when
        self.texts: list[str] = []

    def arm(self) -> None:
        self.alarms.arm(read_rule("night", self.when))

    async def see(self, *events: Event) -> None:
        for event in events:
            await self.alarms.take_in(event)
        for _ in range(24):
            self.seconds += 0.5
            self.texts += [alert.text for alert in self.alarms.due()]


def beginning(*rows: ScanSummary, remaining: int = 0) -> list[Event]:
    return [Connected(STORE, len(rows) + remaining), Heartbeat(LATER, 0), Loaded(list(rows), remaining)]


async def test_what_is_loaded_at_the_start_is_old_and_what_is_created_is_new() -> None:
    night = Night("fail")
    night.arm()
    await night.see(*beginning(closed(1, "FAILURE"), row(2), remaining=1), Loaded([closed(3, "FAILURE")], 0))
    assert night.texts == []
    await night.see(Changed([closed(2, "FAILURE")]), Created([closed(4, "FAILURE")]))
    assert night.texts == ["FAIL 2 ascan", "FAIL 4 ascan"]


async def test_a_rule_armed_later_is_silent_about_what_is_known() -> None:
    night = Night("fail")
    await night.see(*beginning(closed(1, "FAILURE"), row(2)))
    night.arm()
    await night.see(Changed([closed(1, "FAILURE")]))
    assert night.texts == []
    failed = closed(2, "FAILURE").replaced(state_id=f"{LATER + 1}-0")
    await night.see(Changed([failed]))
    assert night.texts == ["FAIL 2 ascan"]


async def test_what_failed_while_the_connection_was_away_calls_together_once() -> None:
    night = Night("fail")
    night.arm()
    await night.see(*beginning(*(row(number) for number in range(1, 51))))
    await night.see(Lost(ConnectionFailed("gone"), 1, 1.0))
    failed = [closed(number, "FAILURE") for number in range(1, 51)]
    await night.see(Connected(STORE, 50), Heartbeat(LATER + 5, 0), Loaded(failed, 0))
    (text,) = night.texts
    assert text.startswith("50 scans failed since ")


async def test_the_next_problem_is_none_that_hung_before() -> None:
    for only_new, texts in ((True, []), (False, ["STALL 1 ascan"])):
        night = Night()
        night.alarms.arm(read_rule("next", ["stall"], only_new=only_new))
        await night.see(*beginning(row(1)))
        points = {row(1).key: 5}
        await night.see(Progress(points), Progress(points))
        await night.see(Heartbeat(LATER + 200_000, 0), Progress(points), Heartbeat(LATER + 201_000, 0))
        assert night.texts == texts


async def test_a_rule_that_rests_does_not_call() -> None:
    night = Night("fail")
    night.arm()
    await night.see(*beginning(row(1)))
    night.alarms.disarm("night")
    await night.see(Changed([closed(1, "FAILURE")]))
    assert night.texts == []
