"""The table of commands, and what is made from it."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from scantui.tui.app import ScanTuiApp
from scantui.tui.commands.command import PANE_TITLES, Group, KeyCommand, Place
from scantui.tui.commands.keys import keys_of, shown_key, shown_keys, spelled, with_keys
from scantui.tui.commands.listed import palette_commands, sections
from scantui.tui.commands.shown import help_text, hidden_at, hint_line, in_force
from scantui.tui.commands.table import COMMANDS, GROUPS, HINTED, HINTED_IN_PANES, commands_at
from scantui.tui.monitor import Monitor
from scantui.tui.widgets.curves import CurvesPane
from scantui.tui.widgets.detail import DetailPane
from scantui.tui.widgets.differences_pane import DifferencesPane
from scantui.tui.widgets.digest_pane import DigestPane
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.replay_line import ReplayLine
from scantui.tui.widgets.scan_table import ScanTable
from tests.tui.commands.fakes import Bench

OWNERS: dict[Place, type] = {
    Place.APPLICATION: ScanTuiApp,
    Place.MONITOR: Monitor,
    Place.TABLE: ScanTable,
    Place.DETAILS: DetailPane,
    Place.CURVES: CurvesPane,
    Place.FILTER: FilterBar,
    Place.DIGEST: DigestPane,
    Place.DIFFERENCES: DifferencesPane,
    Place.REPLAY: ReplayLine,
}
# What [keys] could name in version 0.1, and the keys that people know from it. Only `r` finds more: all that is open,
# not just state=run, since a scan that is being prepared, has stalled or is about to end is at work too.
OLD_KEYS = {
    "back": "escape",
    "clear_marks": "U",
    "columns": "o",
    "columns_left": "h,left",
    "columns_right": "l,right",
    "copy": "Y",
    "copy_key": "y",
    "counts": "i",
    "create_like": "D",
    "create_scan": "C",
    "cursor_down": "j,down",
    "cursor_up": "k,up",
    "delete_scan": "X",
    "exclude_value": "minus",
    "filter": "slash",
    "follow": "f,F",
    "forget_gone": "x",
    "help": "question_mark,f1",
    "keep_value": "equals_sign",
    "leave": "q",
    "log": "L",
    "mark": "space",
    "newest": "G,end",
    "next_mark": "n",
    "next_problem": "e",
    "oldest": "g,home",
    "only_marked": "M",
    "only_problems": "exclamation_mark",
    "only_running": "r",
    "other_pane": "tab",
    "page_down": "pagedown",
    "page_up": "pageup",
    "palette": "colon,ctrl+p",
    "pause": "p",
    "plain": "P",
    "previous_mark": "N",
    "previous_problem": "E",
    "redraw": "ctrl+l",
    "reload": "R",
    "reverse": "S",
    "saved_filters": "v",
    "servers": "b",
    "sort": "s",
    "theme": "T",
    "time_format": "t",
    "toggle_filter": "u",
    "watch": "W",
    "write": "w",
}


def test_names_are_unique_and_those_of_the_first_version_still_work() -> None:
    names = [command.name for command in COMMANDS]
    assert len(names) == len(set(names))
    today = {command.name: command.keys.split(",") for command in COMMANDS if command.is_configurable}
    assert set(OLD_KEYS) <= set(today)
    assert {name for name, keys in OLD_KEYS.items() if not set(keys.split(",")) <= set(today[name])} == set()


@pytest.mark.parametrize("place", Place)
def test_no_key_means_two_things_at_one_place(place: Place) -> None:
    together = {Place.TABLE, Place.MONITOR, Place.APPLICATION} if place is Place.TABLE else {place, Place.APPLICATION}
    keys = [key for command in COMMANDS if command.place in together for key in keys_of(command)]
    assert "" not in keys
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_has_somebody_who_runs_it(command: KeyCommand) -> None:
    if command.place is Place.MONITOR or not command.action:
        groups = {name: getattr(Bench().groups, name) for name in GROUPS}
        having = [name for name, group in groups.items() if command.name in vars(type(group))]
        assert having == [name for name, commands in GROUPS.items() if command in commands]
    else:
        assert hasattr(OWNERS[command.place], f"action_{command.action.partition('(')[0]}")


@pytest.mark.parametrize("place", Place)
def test_the_bindings_of_a_place_are_its_commands_and_no_others(place: Place) -> None:
    owner = OWNERS[place]
    keys = owner._merge_bindings().key_to_bindings  # type: ignore[attr-defined]
    ours = {key for command in commands_at(place) for key in command.keys.split(",")}
    others = {key for key in keys if key not in ours}
    assert ours <= set(keys)
    assert others <= {"shift+tab"}, "keys that are ours alone are in the help"
    assert all(isinstance(each, Binding) for each in owner.BINDINGS)  # type: ignore[attr-defined]


def test_the_help_has_every_command_under_what_it_is_for() -> None:
    found = sections(in_force({}))
    assert [section.title for section in found] == [
        *(group.value for group in Group),
        *PANE_TITLES.values(),
    ]
    assert sum(len(section.commands) for section in found) == len(COMMANDS)


def test_the_help_shows_all_keys_that_work_and_no_name_that_cannot_be_configured() -> None:
    text = help_text({"pause": ["Z", "f5"]})
    for shown in ("Enter ", "Esc ", "Tab Shift+Tab", ": ctrl+p", "? F1", "ctrl+c ctrl+q", "Z F5", "j ↓", "PgDn"):
        assert f"  {shown}" in text
    for untrue in ("Focus", "selected text", "enter_filter", "suspend"):
        assert untrue not in text
    assert max(map(len, text.splitlines())) <= 80
    assert all(len(command.help) <= 42 for command in COMMANDS), "the names stand below each other"
    (line,) = [line for line in text.splitlines() if "only_running" in line]
    assert " ".join(line.split()) == "r Only running scans, or all again only_running"


def test_hints_fit_into_80_columns_and_change_with_the_place_and_the_keys() -> None:
    commands = in_force({"only_running": ["Z"]})
    table = hint_line(commands, Place.TABLE)
    assert table == hint_line(commands, Place.MONITOR)
    assert table.startswith("Enter Details  / Filter  Z Running  ! Problems  : Commands  ? Help")
    assert hint_line(commands, Place.DETAILS) == "↑↓ Move  Enter Open, fold  Tab Table  Esc Close"
    assert hint_line(commands, Place.FILTER) == "Enter Search  Tab Complete  ↑↓ History  Esc Back"
    assert all(len(hint_line(commands, place)) <= 90 for place in PANE_TITLES), "a narrow terminal drops some"
    assert len(table.partition("  q Quit")[0]) <= 78
    by_name = {command.name: command for command in COMMANDS}
    assert all(by_name[name].hint for name in (*HINTED, *HINTED_IN_PANES))


def test_read_only_takes_the_commands_that_write_from_everything_that_is_shown() -> None:
    commands = in_force({}, read_only=True)
    assert {command.name for command in COMMANDS} - {command.name for command in commands} == {
        "create_scan",
        "create_like",
        "delete_scan",
    }
    hinted = {command.name: command for command in in_force({})}
    assert not any(hinted[name].writes for name in HINTED)


@pytest.mark.parametrize(("read_only", "may_write", "said"), [(True, None, "read-only"), (False, False, "not allowed")])
def test_commands_that_write_are_refused_with_the_reason(read_only: bool, may_write: bool | None, said: str) -> None:
    bench = Bench()
    bench.server.read_only, bench.server.may_write = read_only, may_write
    for command in COMMANDS:
        if command.writes:
            bench.run(command.name)
            assert bench.errors.pop().startswith(said)
    assert not bench.dialogs.asked
    assert not bench.dialogs.opened


def test_the_palette_has_what_can_be_run_from_it() -> None:
    names = {command.name for command in palette_commands(COMMANDS)}
    assert "palette" not in names
    assert {"sort", "details", "leave"} <= names
    assert "cursor_down" not in names


def test_keys_of_a_pane_hide_those_of_the_monitor() -> None:
    commands = with_keys(COMMANDS, {"sort": ["l"]})
    hidden = hidden_at(commands, Place.DETAILS)
    assert {"sort", "mark", "newest", "details"} <= hidden
    assert "filter" not in hidden
    assert hidden_at(commands, Place.TABLE) == frozenset()


@pytest.mark.parametrize(
    ("key", "shown"),
    [("slash", "/"), ("space", "space"), ("f12", "F12"), ("f", "f"), ("ctrl+l", "ctrl+l"), ("comma", ","), ("up", "↑")],
)
def test_keys_are_shown_as_a_person_reads_them(key: str, shown: str) -> None:
    assert shown_key(key) == shown


def test_a_key_has_one_spelling() -> None:
    assert spelled("slash") == spelled("/") == "/"
    assert spelled("nonsense") == spelled("\x1b") == ""
    assert shown_keys(KeyCommand("x", "question_mark,f1", "", Group.LOOK)) == "? F1"
