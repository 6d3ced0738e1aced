"""Commands that decide which scans are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui.filters import ScanFilter
from scantui.system.state import Memory
from scantui.tui.messages import FoundOnServer
from tests.tui.commands.fakes import Bench
from tests.tui.scenes import row

CTS = [2, 7, 12, 17, 20]


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [("only_running", "is=open", [18, 19, 20]), ("only_problems", "is=problem", [3, 7, 13, 15])],
)
def test_a_filter_of_one_key_is_set_and_taken_away(name: str, text: str, shown: list[int]) -> None:
    bench = Bench()
    bench.run(name)
    assert (bench.numbers, bench.line.shown) == (shown, text)
    assert bench.work == ["search"]
    bench.run(name)
    assert (len(bench.numbers), bench.line.shown) == (20, "")


@pytest.mark.parametrize(("name", "shown"), [("keep_value", CTS), ("exclude_value", sorted({*range(1, 21)} - {*CTS}))])
def test_a_value_of_the_scan_under_the_cursor_is_kept_or_excluded(name: str, shown: list[int]) -> None:
    bench = Bench()
    bench.run(name, "name")
    assert bench.numbers == shown


def test_without_a_scan_there_is_no_value_to_keep() -> None:
    bench = Bench([])
    bench.run("keep_value")
    assert bench.said == ["No readable scan under the cursor"]
    assert not bench.dialogs.asked


def test_the_filter_is_switched_off_and_on_with_the_cursor_on_its_scan() -> None:
    bench = Bench()
    bench.groups.filtering.use("name=ct")
    bench.go_to(12)
    bench.run("toggle_filter")
    assert (len(bench.numbers), bench.number) == (20, 12)
    bench.run("toggle_filter")
    assert (bench.numbers, bench.number) == (CTS, 12)


def test_the_filter_is_edited_with_its_history_and_what_was_pasted(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.groups.filtering.use("name=ct")
    bench.run("filter")
    assert bench.line.is_edited
    assert bench.line.history == ["name=ct"]
    bench.groups.filtering.edit("samx")
    assert bench.line.pasted == "samx"
    assert Memory(tmp_path / "state.json").state.filter_history == ["name=ct"]


def test_leaving_the_filter_bar_brings_back_the_rows_and_the_newest_scan_that_was_followed() -> None:
    bench = Bench()
    bench.run("filter")
    bench.groups.filtering.typed(ScanFilter.parse("name=nothing"))
    assert bench.numbers == []
    bench.line.is_edited = False
    bench.groups.filtering.left(ScanFilter())
    assert (len(bench.numbers), bench.number, bench.board.held) == (20, 20, False)


def test_leaving_the_filter_bar_brings_back_the_scan_one_was_on() -> None:
    bench = Bench()
    bench.go_to(12)
    bench.view.follow_if_at_end()
    bench.run("filter")
    bench.groups.filtering.typed(ScanFilter.parse("name=nothing"))
    bench.line.is_edited = False
    bench.groups.filtering.left(ScanFilter())
    assert (bench.number, bench.board.held) == (12, True)


def test_while_it_is_typed_the_cursor_stays_on_its_scan_as_long_as_that_is_shown() -> None:
    bench = Bench()
    bench.go_to(12)
    bench.run("filter")
    bench.groups.filtering.typed(ScanFilter.parse("name=ct"))
    assert (bench.numbers, bench.number) == (CTS, 12)


def test_keys_add_to_the_filter_that_is_typed_and_take_out_again() -> None:
    bench = Bench()
    bench.groups.filtering.use("!name=ct")
    for name, text in (
        ("only_problems", "!name=ct is=problem"),
        ("only_running", "!name=ct is=problem is=open"),
        ("only_problems", "!name=ct is=open"),
        ("only_running", "!name=ct"),
    ):
        bench.run(name)
        assert bench.line.shown == bench.board.filter.text == text


def test_a_filter_of_one_key_that_finds_nothing_gives_the_place_back() -> None:
    bench = Bench([row(number, age=30 - number, end_reason="SUCCESS") for number in range(1, 6)])
    bench.go_to(3)
    bench.view.follow_if_at_end()
    bench.run("only_problems")
    assert bench.numbers == []
    bench.run("only_problems")
    assert bench.number == 3


def test_without_a_connection_only_loaded_rows_are_filtered() -> None:
    bench = Bench()
    bench.server.store = None
    bench.groups.filtering.use("name=ct")
    assert (bench.numbers, bench.work) == (CTS, [])


def test_what_the_server_found_is_said_of_the_filter_it_was_searched_for() -> None:
    bench = Bench()
    bench.groups.filtering.use("name=ct")
    wanted = ScanFilter.parse("name=ct")
    bench.groups.filtering.show_found(FoundOnServer(wanted, 6, [row(500, age=90_000, name="ct")]))
    assert (bench.numbers, bench.said) == ([500, *CTS], ["Found 1 more scan on the server"])
    bench.groups.filtering.show_found(FoundOnServer(ScanFilter.parse("name=old"), 0, []))
    assert len(bench.said) == 1


def test_a_filter_is_saved_picked_replaced_after_a_question_and_deleted(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.run("saved_filters")
    assert bench.said == ["No saved filters yet: set one with /, then press v"]
    bench.groups.filtering.use("name=ct")
    bench.run("saved_filters", "\0save", "counts")
    assert bench.said[-1] == "Saved as counts"
    bench.groups.filtering.use("name=dscan")
    bench.run("saved_filters", "\0save", "counts", False)
    assert bench.memory.state.saved_filters == {"counts": "name=ct"}
    bench.run("saved_filters", "\0save", "counts", True)
    assert Memory(tmp_path / "state.json").saved_filters == {"counts": "name=dscan"}
    bench.groups.filtering.use("")
    bench.run("saved_filters", "counts")
    assert bench.board.filter.text == "name=dscan"
    bench.run("saved_filters", "\0forget", "counts")
    assert bench.said[-1] == "Deleted the saved filter counts"
    assert Memory(tmp_path / "state.json").saved_filters == {}


def test_a_filter_that_matches_nothing_shows_how_it_was_read() -> None:
    bench = Bench()
    bench.run("filter")
    bench.groups.filtering.typed(ScanFilter.parse("name=absent -1"))
    assert bench.said[-1].startswith('No scans match: name is absent, not text "1"; -1 excludes "1"')
    bench.groups.filtering.show_found(FoundOnServer(bench.board.filter, 0, []))
    assert len(bench.said) == 2
    assert bench.said[-1].startswith("No scans match: name is absent")
    bench.groups.filtering.typed(ScanFilter.parse("name=ct"))
    assert len(bench.said) == 2
