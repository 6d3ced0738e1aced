"""What the header says of the server: where it is now, and what may be done there."""

from __future__ import annotations

from typing import cast

import pytest

from scantui.board import Board
from scantui.exceptions import ConnectionFailed, ServerChangedError
from scantui.feed import Heartbeat, Lost, Replica
from scantui.models import Origin
from scantui.store import AsyncDataStore
from scantui.store.drivers.connections import Disconnects
from scantui.tui.app import ScanTuiApp
from scantui.tui.watched_server import WatchedServer, WatchedServers
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.tui.pilots import message, status, until, watching
from tests.tui.scenes import NOW_MS, SIZE, ScriptedFeed, SearchedStore, connected, row, standing_clock


class _Store:
    """A store of which only its label matters."""

    label = "redis://id12:6380"

    def __init__(self, place: str = "") -> None:
        self.disconnects = Disconnects()
        self.disconnects.place = place


STORE = cast(AsyncDataStore, _Store())


@pytest.mark.parametrize("rest", ["mymaster", "mymaster/2", "mymaster?replica=1", "mymaster/2?replica=1"])
def test_what_sentinels_named_is_the_heading_and_their_url_stays_the_name(rest: str) -> None:
    url = f"redis+sentinel://id11:26379,[::1]:26380/{rest}"
    server = WatchedServer(url, lambda _: url)
    assert server.heading == url
    server.connect(cast(AsyncDataStore, _Store("[::1]:6380")))
    assert (server.heading, server.present_name) == ("[::1]:6380 of mymaster", url)
    named = WatchedServer("id11")
    named.connect(cast(AsyncDataStore, _Store("[::1]:6380")))
    assert named.heading == "id11"


def test_a_long_name_is_cut_before_the_number_of_scans_leaves() -> None:
    status = ConnectionStatus("redis+sentinel://host-1:26379,host-2:26379,host-3:26379/mymaster", lambda: 0.0)
    line = status.line(Board(), 80).plain
    assert (len(line), line.endswith("  0 scans"), "/mymaster  " in line) == (80, True, True)


def test_how_many_scans_are_not_listed_becomes_short_before_it_leaves() -> None:
    status = ConnectionStatus("redis://127.0.0.1:7603", lambda: 0.0)
    status.left_out = 2676
    assert "2676 older not listed" in status.line(Board(), 80).plain
    assert "0 scans  +2676 older" in status.line(Board(), 60).plain


@pytest.mark.parametrize(
    ("may_write", "read_only", "replica", "rights"),
    [
        (None, False, None, "RW"),
        (True, False, None, "RW"),
        (False, False, None, "RO"),
        (None, True, None, "RO"),
        (True, False, Replica(), "RO REPLICA"),
        (True, False, Replica(420), "RO REPLICA 0.4 s behind"),
        (True, False, Replica(12_600), "RO REPLICA 12s behind"),
        (True, False, Replica(180_000, is_linked=False), "RO REPLICA 3m behind"),
    ],
)
def test_rights_are_shown_once_they_are_known(
    may_write: bool | None, read_only: bool, replica: Replica | None, rights: str
) -> None:
    server = WatchedServer("id11")
    assert server.rights == ""
    server.note_rights(may_write)
    server.read_only, server.replica = read_only, replica
    assert server.rights == rights
    status = ConnectionStatus("id11", lambda: 0.0)
    status.rights = server.rights
    assert status.line(Board(), 80).plain.rstrip().endswith(rights)


def test_a_replica_refuses_test_scans_with_its_own_reason() -> None:
    server = WatchedServer("id11")
    server.may_write, server.replica = False, Replica()
    assert "is a replica, which takes no writes" in server.refusal


def test_test_scans_go_where_the_scan_is_and_without_one_where_they_are_taken() -> None:
    down, viewed, writable = (WatchedServer(name) for name in ("down", "viewed", "writable"))
    viewed.connect(STORE)
    writable.connect(STORE)
    viewed.note_rights(False)
    servers = WatchedServers([down, viewed, writable])
    on_viewed = row(1).replaced(origin=Origin("viewed"))
    assert (servers.to_write_to(None), servers.refusal_at(None)) == (writable, "")
    assert servers.to_write_to(on_viewed) is viewed
    assert servers.refusal_at(on_viewed).startswith("viewed: not allowed: this user may only read")
    servers.forbid_writing()
    assert servers.refusal_at(on_viewed).startswith("read-only: ")
    assert WatchedServers([down]).to_write_to(None) is down


def test_test_scans_like_one_of_a_replica_go_to_its_master() -> None:
    replica, stranger, master = (WatchedServer(name) for name in ("replica", "stranger", "master"))
    for server, data in ((replica, "d1"), (stranger, "d2"), (master, "d1")):
        server.connect(STORE)
        server.data_id = lambda data=data: data  # type: ignore[misc]
    replica.replica = Replica()
    on_replica = row(1).replaced(origin=Origin("replica"))
    servers = WatchedServers([replica, stranger, master])
    assert (servers.to_write_to(on_replica), servers.refusal_at(on_replica)) == (master, "")
    alone = WatchedServers([replica, stranger])
    assert alone.to_write_to(on_replica) is replica
    assert alone.refusal_at(on_replica).startswith("replica: not possible: this Redis is a replica")


def test_a_server_that_beacon_moved_is_called_by_its_present_address() -> None:
    server = WatchedServer("Beacon id11:25000", lambda label: label)
    assert server.present_name == "Beacon id11:25000"
    server.note_rights(True)
    server.replica = Replica()
    server.connect(STORE)
    assert server.present_name == "redis://id12:6380"
    assert server.label == "Beacon id11:25000"
    assert server.rights == ""


def test_a_server_of_the_configuration_keeps_its_name() -> None:
    server = WatchedServer("id11")
    server.connect(STORE)
    assert server.present_name == "id11"


async def test_the_header_and_the_copied_command_name_the_present_address() -> None:
    store = SearchedStore([])
    setattr(store, "label", "redis://id12:6380")  # noqa: B010 - the scripted store has none
    feed = ScriptedFeed(connected(0, store), Heartbeat(NOW_MS))
    app = ScanTuiApp(feed, "Beacon id11:25000", standing_clock, name_at=lambda _, label: label)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: status(pilot).startswith(" redis://id12:6380  ● LIVE"))
        assert app.monitor.servers.present_names == ["redis://id12:6380"]


async def test_a_beacon_that_is_down_is_named_in_the_header_beside_the_retry() -> None:
    problem = "Beacon at id11:25000 (BEACON_HOST) did not answer within 4 s: is it running?"
    feed = ScriptedFeed(Lost(ConnectionFailed(problem), 1, 8.0))
    app = ScanTuiApp(feed, "Beacon id11:25000", standing_clock)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: message(pilot) == problem)
        assert status(pilot).startswith(" Beacon id11:25000  ● RETRY 1 in 8s")


async def test_why_all_scans_were_listed_again_stays_to_be_read_after_the_reconnection() -> None:
    change = ServerChangedError("the server became a master, after a failover", "all scans are listed again")
    feed = ScriptedFeed(connected(0), Heartbeat(NOW_MS))
    async with watching(feed) as pilot:
        # The first question for rights is answered before the second one is put.
        await until(pilot, lambda: "  RW  " in status(pilot))
        feed.tell(Lost(change, 1, 1.0))
        await until(pilot, lambda: "RETRY" in status(pilot))
        feed.tell(connected(0), Heartbeat(NOW_MS))
        await until(pilot, lambda: "LIVE" in status(pilot))
        assert message(pilot) == str(change)
