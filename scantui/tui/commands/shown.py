"""How the commands of the table are shown: on the hint line and in `scantui help keys`; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from scantui.tui.commands.command import PANE_TITLES, KeyCommand, Place
from scantui.tui.commands.keys import keys_of, shown_key, shown_keys, with_keys
from scantui.tui.commands.table import COMMANDS, HINTED, HINTED_IN_PANES

if TYPE_CHECKING:
    from scantui.board import Board

# What a first-time user reads until the first command.
WELCOME = "Enter opens a scan, / filters, ? lists all keys"


def in_force(keys: Mapping[str, Sequence[str]], read_only: bool = False) -> list[KeyCommand]:
    """All commands with the keys that the user configured; with `read_only` without those that write."""
    return [command for command in with_keys(COMMANDS, keys) if not (read_only and command.writes)]


def hidden_at(commands: Sequence[KeyCommand], place: Place) -> frozenset[str]:
    """The names of the monitor's commands that have a key in common with those of a pane."""
    if place not in PANE_TITLES:
        return frozenset()
    taken = {key for command in commands if command.place is place for key in keys_of(command)}
    return frozenset(
        command.name for command in commands if command.place is Place.MONITOR and taken.intersection(keys_of(command))
    )


def hint_line(commands: Sequence[KeyCommand], place: Place) -> str:
    """What the hint line shows while the keyboard is at a place: keys and words, with two blanks between them."""
    by_name = {command.name: command for command in commands}
    if place not in PANE_TITLES:
        hinted = [by_name[name] for name in HINTED if name in by_name]
    else:
        hinted = [command for command in commands if command.place is place and command.hint]
        if place is not Place.FILTER:
            hinted += [by_name[name] for name in HINTED_IN_PANES]
    keys: dict[str, str] = {}
    for command in hinted:
        # Keys that belong together, such as two arrows, share their word.
        keys[command.hint] = keys.get(command.hint, "") + shown_key(command.keys.split(",")[0])
    return "  ".join(f"{shown} {word}" for word, shown in keys.items())


def help_text(keys: Mapping[str, Sequence[str]]) -> str:
    """All commands for a terminal: their keys, what they do, and their names in the configuration."""
    # Imported for the help alone: the first frame does not wait.
    from scantui.tui.commands.listed import sections

    parts = []
    for title, commands in sections(in_force(keys)):
        lines = [
            f"  {shown_keys(command):<15} {command.help:<42} {command.name if command.is_configurable else ''}".rstrip()
            for command in commands
        ]
        parts.append("\n".join((f"{title}:", *lines)))
    return "\n\n".join(parts) + "\n"


def why_empty(board: Board, commands: Iterable[KeyCommand]) -> str:
    """Why no scans are shown, and what to press."""
    keys = {command.name: shown_key(command.keys.split(",")[0]) for command in commands}
    if board.only_marked:
        return f"No marked scans match; {keys['only_marked']} shows all {board.total}"
    if board.total:
        # Imported when a filter lets nothing pass: the first frame does not wait.
        from scantui.filters import explain

        how = f"; read as {explain(board.filter.text)}" if board.filter.terms else ""
        return f"No scans match; {keys['toggle_filter']} shows all {board.total}{how}"
    return "No scans yet; new ones appear here" if board.now_ms else ""
