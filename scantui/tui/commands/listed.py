"""How the help and the palette list the commands that they are given; pure.

Rule: nothing here imports the table of commands, since some of these open the help and the palette.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scantui.tui.commands.command import PANE_TITLES, Group, KeyCommand, Place


class Section(NamedTuple):
    """A part of the help: its title and its commands."""

    title: str
    commands: list[KeyCommand]


def sections(commands: Iterable[KeyCommand]) -> list[Section]:
    """The commands as the help lists them: those of the table by what they are for, then those of each pane."""
    by_title: dict[str, list[KeyCommand]] = {group.value: [] for group in Group}
    by_title |= {title: [] for title in PANE_TITLES.values()}
    for command in commands:
        by_title[PANE_TITLES.get(command.place, command.group.value)].append(command)
    return [Section(title, found) for title, found in by_title.items() if found]


def palette_commands(commands: Iterable[KeyCommand]) -> list[KeyCommand]:
    """The commands that the palette can run."""
    return [command for command in commands if command.place is Place.MONITOR and command.name != "palette"]
