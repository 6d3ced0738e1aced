"""Several servers in one table: rows, lights, troubles of one of them, and commands that go to the right one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest
from textual.pilot import Pilot

from scantui.exceptions import ConnectionFailed, MachineError
from scantui.feed import Created, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanState, ScanSummary
from scantui.system.state import Memory
from scantui.tui.app import ScanTuiApp
from tests.tui.pilots import lines, message, monitor_of, number_under_cursor, rows_seen, shown_numbers, status, until
from tests.tui.scenes import NOW_MS, ScriptedFeed, SearchedStore, StillStore, connected, row, standing_clock

HOUR_MS = 3_600_000


class Beamlines(NamedTuple):
    """The monitor on two servers, whose events a test puts in."""

    pilot: Pilot[None]
    id11: ScriptedFeed
    id15: ScriptedFeed

    async def load(self, id11: list[ScanSummary], id15: list[ScanSummary], ahead_ms: int = 0) -> None:
        """Have both servers connected, with these scans; the clock of id15 is ahead."""
        self.id11.tell(Heartbeat(NOW_MS), connected(len(id11)), Loaded(id11[::-1], 0))
        self.id15.tell(Heartbeat(NOW_MS + ahead_ms, ahead_ms), connected(len(id15)), Loaded(id15[::-1], 0))
        total = f"{len(id11) + len(id15)} scans"
        await until(self.pilot, lambda: total in status(self.pilot) and "loading" not in status(self.pilot))


@asynccontextmanager
async def two_servers(size: tuple[int, int] = (100, 24), memory: Memory | None = None) -> AsyncIterator[Beamlines]:
    id11, id15 = ScriptedFeed(), ScriptedFeed()
    app = ScanTuiApp(
        id11, "id11", standing_clock, memory=memory, beside={"id15": id15}, servers=["id11", "id15", "bm05"]
    )
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Beamlines(pilot, id11, id15)
    assert app.internal_errors.total == 0


def servers_seen(pilot: Pilot[None]) -> list[str]:
    return [line.split()[2] for line in rows_seen(pilot) if line]


async def test_the_scans_of_both_stand_in_the_order_of_their_creation_each_with_its_server() -> None:
    async with two_servers() as beamlines:
        await beamlines.load([row(1, age=40), row(3, age=20)], [row(2, age=30), row(4, age=10)])
        assert shown_numbers(beamlines.pilot) == [1, 2, 3, 4]
        assert servers_seen(beamlines.pilot) == ["id11", "id15", "id11", "id15"]
        assert lines(beamlines.pilot)[2].split()[:3] == ["ST", "NO", "SERVER"]
        assert status(beamlines.pilot).startswith(" id11 ●  id15 ●  4 scans")


async def test_follow_goes_to_the_newest_of_all() -> None:
    async with two_servers() as beamlines:
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        await until(beamlines.pilot, lambda: number_under_cursor(beamlines.pilot) == 2)
        beamlines.id11.tell(Created([row(3, age=5)]))
        await until(beamlines.pilot, lambda: number_under_cursor(beamlines.pilot) == 3)
        beamlines.id15.tell(Created([row(4, age=1)]))
        await until(beamlines.pilot, lambda: number_under_cursor(beamlines.pilot) == 4)


async def test_a_clock_that_is_ahead_is_shown_and_corrected() -> None:
    async with two_servers((140, 24)) as beamlines:
        ahead = [row(2, age=30 - 3600), row(4, age=10 - 3600)]
        await beamlines.load([row(1, age=40), row(3, age=20)], ahead, HOUR_MS)
        assert shown_numbers(beamlines.pilot) == [1, 2, 3, 4]
        assert "id15 clock 1h ahead" in status(beamlines.pilot)
        await beamlines.pilot.press("b")
        await until(
            beamlines.pilot, lambda: any("x id15  LIVE  RW  clock 1h ahead" in line for line in lines(beamlines.pilot))
        )
        await beamlines.pilot.press("escape")
        view = monitor_of(beamlines.pilot).view
        assert [view.ahead_ms(view.board.key_at(index)) for index in range(3)] == [0, HOUR_MS, 0]


async def test_a_server_that_is_lost_keeps_its_rows_marked_and_the_other_goes_on() -> None:
    async with two_servers() as beamlines:
        pilot = beamlines.pilot
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        beamlines.id15.tell(Lost(ConnectionFailed("nobody answers"), 1, 8.0))
        await until(pilot, lambda: "id15 ◐ RETRY 8s" in status(pilot))
        assert message(pilot) == "id15: nobody answers"
        await until(pilot, lambda: any("id15 ○" in line for line in rows_seen(pilot)))
        beamlines.id11.tell(Created([row(3, age=1)]))
        await until(pilot, lambda: shown_numbers(pilot) == [1, 2, 3])
        assert not any("id11 ○" in line for line in rows_seen(pilot))
        beamlines.id15.tell(connected(1), Heartbeat(NOW_MS))
        await until(pilot, lambda: status(pilot).startswith(" id11 ●  id15 ●"))
        await until(pilot, lambda: not any("○" in line for line in rows_seen(pilot)))


async def test_what_goes_away_on_one_server_stays_on_the_other() -> None:
    async with two_servers() as beamlines:
        on_both, pilot = row(1, age=40), beamlines.pilot
        await beamlines.load([on_both], [row(2, age=30)])
        beamlines.id15.tell(Loaded([on_both], 0), Gone([on_both.key]), Progress({on_both.key: 7}), Created([row(3)]))
        await until(pilot, lambda: shown_numbers(pilot) == [1, 2, 3])
        assert not any(line.startswith("GONE") for line in rows_seen(pilot))
        beamlines.id11.tell(Gone([on_both.key]))
        await until(pilot, lambda: rows_seen(pilot)[0].startswith("GONE"))


async def test_the_filter_and_the_marks_know_the_server() -> None:
    async with two_servers() as beamlines:
        pilot = beamlines.pilot
        await beamlines.load([row(1, age=40), row(3, age=20)], [row(2, age=30)])
        await pilot.press("slash", *"server=id15", "enter")
        await until(pilot, lambda: shown_numbers(pilot) == [2])
        await pilot.press("u", "g", "space", "space", "M")
        await until(pilot, lambda: shown_numbers(pilot) == [1, 2])


async def test_a_server_without_a_scan_is_completed_too() -> None:
    async with two_servers() as beamlines:
        await beamlines.load([row(1), row(2)], [])
        await beamlines.pilot.press("slash", *"server=id15"[:-1], "tab")
        assert "id11" in message(beamlines.pilot)
        assert "id15" in message(beamlines.pilot)
        await beamlines.pilot.press("5", "enter")
        await until(beamlines.pilot, lambda: shown_numbers(beamlines.pilot) == [])


async def test_each_feed_looks_after_its_own_scans() -> None:
    async with two_servers() as beamlines:
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        own = [row(1, age=40).key], [row(2, age=30).key]
        await until(beamlines.pilot, lambda: (list(beamlines.id11.watched), list(beamlines.id15.watched)) == own)


async def test_a_search_asks_all_servers_and_details_the_one_of_the_scan() -> None:
    async with two_servers() as beamlines:
        pilot, monitor = beamlines.pilot, monitor_of(beamlines.pilot)
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        stores = {name: SearchedStore([row(number, age=100 - number)]) for name, number in (("id11", 8), ("id15", 9))}
        for server in monitor.servers:
            store: object = stores[server.label]
            server.store = store  # type: ignore[assignment]
        await pilot.press("slash", *"name=ascan", "enter")
        await until(pilot, lambda: shown_numbers(pilot) == [8, 9, 1, 2])
        assert servers_seen(pilot) == ["id11", "id15", "id11", "id15"]
        assert [store.asked for store in stores.values()] == [[{"name": "ascan"}]] * 2
        assert [monitor.servers.of(monitor.board.row_at(index)).label for index in (1, 2)] == ["id15", "id11"]


async def test_servers_with_the_same_data_say_so() -> None:
    async with two_servers() as beamlines:
        pilot = beamlines.pilot
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        for feed in (beamlines.id11, beamlines.id15):
            store = StillStore()
            store.history_id = "a1"
            feed.tell(connected(1, store))
        await until(pilot, lambda: message(pilot) == "id15 holds the same data as id11: each scan is listed once")
        await pilot.press("b")
        await until(pilot, lambda: any("x id15  LIVE  RW  same data as id11" in line for line in lines(pilot)))


async def test_rights_are_those_of_the_server_under_the_cursor_where_they_differ() -> None:
    async with two_servers() as beamlines:
        pilot, monitor = beamlines.pilot, monitor_of(beamlines.pilot)
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        await until(pilot, lambda: all(server.has_said_rights for server in monitor.servers))
        monitor.servers.named("id15").may_write = False
        await pilot.press("g")
        await until(pilot, lambda: "id11 RW" in status(pilot))
        await pilot.press("G")
        await until(pilot, lambda: "id15 RO" in status(pilot))
        await pilot.press("C")
        await until(pilot, lambda: "only read on the server" in message(pilot))
        await pilot.press("g", "C")
        await until(pilot, lambda: any("Create a test scan on id11" in line for line in lines(pilot)))


async def test_many_lights_become_counts() -> None:
    names = [f"beamline{number:02}" for number in range(30)]
    feeds = {name: ScriptedFeed(Heartbeat(NOW_MS), connected(0), Loaded([], 0)) for name in names}
    feeds["beamline07"].tell(Lost(ConnectionFailed("down"), 1, 8.0))
    first, *others = names
    app = ScanTuiApp(feeds[first], first, standing_clock, beside={name: feeds[name] for name in others})
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: status(pilot).startswith(" 29 LIVE  1 RETRY"))


async def test_b_lists_the_servers_and_marks_several() -> None:
    memory = Memory()
    async with two_servers(memory=memory) as beamlines:
        pilot = beamlines.pilot
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        await pilot.press("b")
        await until(pilot, lambda: any("x id11  LIVE  RW" in line for line in lines(pilot)))
        assert any("x id15  LIVE  RW" in line for line in lines(pilot))
        assert any("  bm05" in line for line in lines(pilot))
        await pilot.press("j", "space", "j", "space", "enter")
        await until(pilot, lambda: memory.state.marked_servers == ["id11", "bm05"])


async def test_marks_stay_when_another_server_comes() -> None:
    rows = {"id11": row(1, age=40), "id15": row(2, age=30)}

    def feed_of(name: str) -> ScriptedFeed:
        return ScriptedFeed(Heartbeat(NOW_MS), connected(1), Loaded([rows[name]], 0))

    app = ScanTuiApp(feed_of("id11"), "id11", standing_clock, servers=[*rows], feed_of=feed_of)
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown_numbers(pilot) == [1])
        await pilot.press("space", "b")
        await until(pilot, lambda: any("x id11" in line for line in lines(pilot)))
        await pilot.press("j", "space", "enter")
        await until(pilot, lambda: shown_numbers(pilot) == [1, 2])
        await until(pilot, lambda: monitor_of(pilot).board.marks == (rows["id11"].key,))


async def test_of_several_chosen_servers_one_may_be_configured_wrongly() -> None:
    def feed_of(name: str) -> ScriptedFeed:
        if name == "bm05":
            raise MachineError("cannot read the password file")
        return ScriptedFeed(Heartbeat(NOW_MS), connected(1), Loaded([row(1, age=40)], 0))

    app = ScanTuiApp(feed_of("id11"), "id11", standing_clock, servers=["id11", "bm05"], feed_of=feed_of)
    async with app.run_test(size=(100, 24)) as pilot:
        await until(pilot, lambda: shown_numbers(pilot) == [1])
        await pilot.press("b", "j", "space", "enter")
        await until(pilot, lambda: "bm05 ◐" in status(pilot))
        assert message(pilot) == "bm05: cannot read the password file"
        assert shown_numbers(pilot) == [1]


async def test_the_copied_command_names_all_servers() -> None:
    async with two_servers() as beamlines:
        await beamlines.load([row(1, age=40)], [row(2, age=30)])
        copied = monitor_of(beamlines.pilot).groups.export._copyables()
        assert [each.text for each in copied if each.letter == "c"] == ["scantui -s id11 -s id15"]


async def test_a_url_is_shown_without_what_all_have() -> None:
    urls = ["redis://127.0.0.1:7311", "redis://127.0.0.1:7312"]
    feeds = [ScriptedFeed(Heartbeat(NOW_MS), connected(1), Loaded([row(n, age=n)], 0)) for n in (2, 1)]
    app = ScanTuiApp(feeds[0], urls[0], standing_clock, beside={urls[1]: feeds[1]})
    async with app.run_test(size=(120, 24)) as pilot:
        await until(pilot, lambda: status(pilot).startswith(" 127.0.0.1:7311 ●  127.0.0.1:7312 ●  2 scans"))
        assert servers_seen(pilot) == ["127.0.0.1:7311", "127.0.0.1:7312"]


@pytest.mark.parametrize("size", [(40, 10), (60, 24), (200, 50)])
async def test_every_size_shows_both(size: tuple[int, int]) -> None:
    async with two_servers(size) as beamlines:
        await beamlines.load([row(1, age=40)], [row(2, age=30, state=ScanState.STARTED)])
        assert shown_numbers(beamlines.pilot) == [1, 2]
