"""The settings of the configuration for the screen, checked before it opens."""

from __future__ import annotations

from collections.abc import Sequence

from textual.theme import BUILTIN_THEMES

from scantui.columns import COLUMNS as TABLE_COLUMNS
from scantui.system.config import Configuration
from scantui.tui.commands.command import PANE_TITLES, KeyCommand, Place
from scantui.tui.commands.keys import keys_of, spelled
from scantui.tui.commands.table import COMMANDS

# Places whose keys are not to be confused; the keys of a pane come before those of the monitor.
_TOGETHER = (
    {Place.APPLICATION, Place.MONITOR, Place.TABLE},
    *({Place.APPLICATION, pane} for pane in PANE_TITLES),
)


def check_preferences(configuration: Configuration) -> None:
    """Raise ConfigurationError for an unknown theme, column, command or key, or a key with two commands."""
    file, preferences = configuration.file, configuration.preferences
    if preferences.theme:
        file.require_known(("theme",), preferences.theme, BUILTIN_THEMES)
    for column in preferences.columns or ():
        file.require_known(("columns",), column, [column.key for column in TABLE_COLUMNS])
    file.table("keys", known=sorted(command.name for command in COMMANDS if command.is_configurable))
    for places in _TOGETHER:
        _require_own_keys(configuration, [command for command in COMMANDS if command.place in places])


def _require_own_keys(configuration: Configuration, commands: Sequence[KeyCommand]) -> None:
    """Refuse unknown keys, and a key of two commands that work at the same place."""
    file, wanted = configuration.file, configuration.preferences.keys
    owners = {key: command.name for command in commands if command.name not in wanted for key in keys_of(command)}
    names = {command.name for command in commands}
    for action in sorted(wanted.keys() & names, key=list(wanted).index):
        for key in wanted[action]:
            one = spelled(key)
            if not one:
                raise file.complaint(
                    ("keys", action), f"{key!r} is not a key: use a character, or a name such as ctrl+f or f5"
                )
            if owners.get(one, action) != action:
                raise file.complaint(
                    ("keys", action), f"{key} is the key of {owners[one]}: choose another key for one of them"
                )
            owners[one] = action
