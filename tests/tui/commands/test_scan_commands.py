"""Commands on one scan, on the server and on the application."""

from __future__ import annotations

import inspect

import pytest

from scantui.publishing.form import FIELDS, read_form
from scantui.publishing.run import PUBLISHER
from scantui.tui.commands.targets import Target
from scantui.tui.dialogs.create_scan import CreateScan
from scantui.tui.dialogs.help import HelpScreen
from scantui.tui.dialogs.log import LogScreen
from scantui.tui.dialogs.palette import Palette
from scantui.tui.messages import ServersChosen
from scantui.tui.watched_server import WatchedServer
from tests.tui.commands.fakes import Bench
from tests.tui.scenes import NOW_MS, key_of, row


def ours(bench: Bench) -> str:
    """Make the scan under the cursor one that scantui made; returns its key."""
    scan = bench.view.row
    assert scan is not None
    bench.view.changed(bench.board.put([scan.replaced(publisher=PUBLISHER)]))
    return scan.key


# Details


def test_details_open_on_the_scan_under_the_cursor_follow_it_and_close() -> None:
    bench = Bench()
    bench.run("details")
    assert (bench.panes.opened, bench.panes.details.shown_key) == ("details", bench.table.cursor_key)
    assert bench.board.held
    bench.go_to(3)
    bench.groups.details.follow_cursor()
    assert bench.number_of(str(bench.panes.details.shown_key)) == 3
    bench.groups.details.tell_time(NOW_MS)
    assert bench.panes.details.told == [(NOW_MS, "FAIL")]
    bench.table.has_focus = False
    bench.run("details")
    assert (bench.panes.opened, bench.table.has_focus) == ("", True)
    bench.run("back")
    assert bench.panes.opened == ""


def test_without_a_connection_the_details_say_so_and_are_loaded_with_the_next() -> None:
    bench = Bench()
    store, bench.server.store = bench.server.store, None
    bench.run("details")
    assert bench.panes.details.problem == "No connection: the details are loaded when the server is back"
    bench.server.store = store
    bench.groups.details.load_again()
    assert (bench.panes.details.problem, bench.panes.details.shown_key) == ("", bench.table.cursor_key)


def test_a_link_leads_to_a_row_or_else_into_the_pane_alone() -> None:
    bench = Bench()
    bench.run("details")
    bench.groups.details.open_link(bench.board.key_at(2))
    assert bench.number == 3
    elsewhere = key_of(NOW_MS - 9_000_000, 99)
    bench.groups.details.open_link(elsewhere)
    assert (bench.number, bench.panes.details.shown_key) == (3, elsewhere)


def test_tab_goes_between_the_panes() -> None:
    bench = Bench()
    bench.run("other_pane")
    assert bench.panes.switched == 1


# Watching


@pytest.mark.parametrize(("end_reason", "word", "is_error"), [("SUCCESS", "DONE", False), ("FAILURE", "FAIL", True)])
def test_the_bell_rings_once_when_a_watched_scan_ends(end_reason: str, word: str, is_error: bool) -> None:
    bench = Bench()
    bench.go_to(19)
    bench.run("watch")
    assert bench.said == ["Watching RUN 19 ascan samx 0 1 200 0.5: the bell rings when it ends or stalls"]
    ended = [row(19, age=118, end_reason=end_reason, title="ascan samx")]
    bench.view.changed(bench.board.put(ended))
    bench.view.update_lines()
    assert bench.host.rung == [f"watched: {word} 19 ascan samx"]
    assert (bench.errors if is_error else bench.said)[-1] == bench.host.rung[0]


def test_a_watch_is_ended_by_its_key_and_none_begins_on_a_scan_that_is_over() -> None:
    bench = Bench()
    bench.go_to(19)
    bench.run("watch")
    bench.run("watch")
    assert bench.said[-1] == "No longer watching a scan"
    bench.view.changed(bench.board.put([row(19, age=118, end_reason="FAILURE")]))
    bench.run("watch")
    assert bench.said[-1] == "This scan has already ended"
    assert not bench.host.rung


# Test scans


def test_a_scan_like_this_one_has_its_values() -> None:
    bench = Bench([row(7, age=3, name="amesh", dataset="d_1", npoints=50, count_time=0.25)])
    bench.run("create_like")
    (form,) = bench.dialogs.opened
    assert isinstance(form, CreateScan)
    wanted = {"name": "amesh", "dataset": "d_1", "points": "50", "interval": "0.25", "number": "8"}
    assert wanted.items() <= form._prefill.items()


@pytest.mark.parametrize(("plans", "said"), [(1, []), (3, ["Creating test scans 21 to 23"])])
def test_a_form_that_is_filled_in_creates_its_scans(plans: int, said: list[str]) -> None:
    filled = {"name": "x", "number": "21", "data_policy": "None", "points": "0", "interval": "0", "copies": str(plans)}
    form = read_form(dict.fromkeys(FIELDS, "") | filled)
    bench = Bench()
    bench.run("create_scan", form)
    assert (bench.work, bench.said) == (["test scan"] * plans, said)
    assert bench.memory.state.last_test_scan == form.form


def test_a_test_scan_needs_a_connection_and_one_to_be_like_needs_a_row() -> None:
    bench = Bench([])
    bench.run("create_like")
    bench.server.store = None
    bench.run("create_scan")
    assert bench.errors == [
        "No scan under the cursor to copy: press C for an empty form",
        "No connection: a test scan cannot be created",
    ]
    assert not bench.dialogs.opened


def test_only_test_scans_are_deleted_and_only_after_a_question() -> None:
    bench = Bench()
    bench.run("delete_scan", "delete")
    assert bench.errors == ["Only test scans made by scantui can be deleted"]
    key = ours(bench)
    bench.run("delete_scan", "no")
    bench.run("delete_scan")
    assert bench.work == []
    bench.run("delete_scan", "delete")
    assert (bench.work, bench.dialogs.asked[-1]) == (["deletion"], "Delete test scan 20?")
    bench.view.changed(bench.board.mark_gone([key]))
    bench.run("delete_scan")
    assert bench.said[-1] == "This scan is already gone from Redis: x clears its row"


# Servers and the application


def test_another_server_is_chosen_from_those_that_are_configured() -> None:
    bench = Bench()
    bench.run("servers")
    assert bench.said == ["No other server is configured: see scantui help configuration"]
    bench.servers.others = (bench.server.label, "id15")
    bench.run("servers", [bench.server.label])
    assert bench.posted == []
    bench.run("servers", ["id15"])
    (chosen,) = bench.posted
    assert isinstance(chosen, ServersChosen)
    assert chosen.names == ["id15"]


def test_several_servers_are_marked_and_remembered() -> None:
    bench = Bench()
    bench.servers.others = (bench.server.label, "id15", "bm05")
    bench.run("servers", [bench.server.label, "id15"])
    (chosen,) = bench.posted
    assert isinstance(chosen, ServersChosen)
    assert chosen.names == bench.memory.state.marked_servers == [bench.server.label, "id15"]
    bench.run("servers")
    assert bench.dialogs.marked == sorted([bench.server.label, "id15"])
    # Of several that are watched now, exactly those are marked.
    several = Bench(others=[WatchedServer("bm05")])
    several.servers.others = bench.servers.others
    several.memory.change(marked_servers=[bench.server.label, "id15", "bm05"])
    several.run("servers")
    assert several.dialogs.marked == sorted([bench.server.label, "bm05"])


def test_help_and_log_are_opened() -> None:
    bench = Bench()
    bench.run("help")
    bench.run("log")
    assert [type(screen) for screen in bench.dialogs.opened] == [HelpScreen, LogScreen]


@pytest.mark.parametrize(
    ("chosen", "number", "shown"), [(Target(number=12), 12, 20), ("only_running", 20, 3), (None, 20, 20)]
)
def test_the_palette_goes_to_a_number_or_runs_a_command(chosen: object, number: int, shown: int) -> None:
    bench = Bench()
    bench.run("palette", chosen)
    assert isinstance(bench.dialogs.opened[0], Palette)
    assert (bench.number, len(bench.numbers)) == (number, shown)


async def test_leaving_closes_a_pane_first_and_quits_from_the_table() -> None:
    bench = Bench()
    bench.run("details")
    for quits in (False, True):
        leaving = bench.run("leave")
        assert inspect.isawaitable(leaving)
        await leaving
        assert (bench.panes.opened, bench.host.has_quit) == ("", quits)


def test_reload_connects_again_and_redraw_writes_the_screen() -> None:
    bench = Bench()
    bench.run("reload")
    bench.run("redraw")
    assert (bench.reconnected, bench.host.redrawn, bench.said) == (1, 1, ["Reconnecting"])


def test_scans_that_are_open_are_named_by_state_number_and_title() -> None:
    bench = Bench()
    words = bench.view.parting_words("redis://id11").splitlines()
    assert words[0] == "redis://id11: 20 of 20 scans shown"
    assert "12 DONE" in words[1]
    bench.go_to(1)
    bench.run("mark")
    first = bench.view.parting_words("redis://id11").splitlines()[0]
    assert first == f"{bench.board.key_at(0)}  {bench.view.name_of(bench.board.key_at(0))}"
