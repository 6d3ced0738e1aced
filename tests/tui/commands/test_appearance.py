"""Commands for how things look, and the counts."""

from __future__ import annotations

from pathlib import Path

from scantui.system.state import Memory
from tests.tui.commands.fakes import Bench


def test_a_column_is_shown_or_hidden_and_all_are_chosen_automatically(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.run("columns", "name")
    assert bench.table.looks[-1][0] == ["state", "number"]
    assert bench.dialogs.asked == ["Columns", "Columns"], "the menu comes again for the next column"
    bench.run("columns", "user")
    assert bench.table.looks[-1][0] == ["state", "number", "name", "user"]
    assert Memory(tmp_path / "state.json").columns == ["state", "number", "name", "user"]
    assert bench.dialogs.offered[-2:] == ["  Automatic", "x Rules between datasets"]
    bench.run("columns", "\0default")
    assert bench.table.looks[-1][0] == []


def test_rules_between_datasets_are_switched_off_and_on_and_remembered(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.run("columns", "\0rules")
    assert bench.table.looks[-1] == ([], "age", False)
    assert Memory(tmp_path / "state.json").dataset_rules is False
    bench.run("columns", "\0rules")
    assert bench.table.looks[-1] == ([], "age", True)


def test_times_go_from_age_to_local_time_to_utc_and_are_remembered(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    for _ in range(3):
        bench.run("time_format")
    assert bench.said == ["Showing local time", "Showing UTC", "Showing ages"]
    assert [look[1] for look in bench.table.looks] == ["clock", "utc", "age"]
    assert Memory(tmp_path / "state.json").time_format == "age"


def test_a_theme_is_chosen_and_remembered(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.run("theme", "nord")
    assert (bench.host.theme_name, Memory(tmp_path / "state.json").theme) == ("nord", "nord")
    bench.run("theme")
    assert bench.host.theme_name == "nord"


def test_what_cannot_be_remembered_is_shown_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    bench = Bench(state=home / "state.json")
    home.write_text("not a directory")
    for _ in range(2):
        bench.run("reverse")
        bench.groups.appearance.check_memory()
    (error,) = bench.errors
    assert error.startswith("Not remembered: ")
    assert str(home) in error


def test_counts_are_shown_by_state() -> None:
    bench = Bench()
    bench.run("counts")
    *counts, strip = bench.said[-1].split("  ")
    assert counts == ["1 NEW", "2 RUN", "12 DONE", "2 FAIL", "1 ABRT", "1 LOST", "1 END"]
    assert strip == "last hour ▄·▄▄▄·▄▄▄··█"


def test_an_empty_list_has_no_counts() -> None:
    bench = Bench([])
    bench.run("counts")
    assert bench.said[-1].startswith("no rows")
