"""The one table of commands: bindings, hint lines, palette, help and `[keys]` are made from it."""

from __future__ import annotations

from scantui.tui.commands import (
    alerts,
    appearance,
    application,
    curves,
    details,
    differences,
    digest,
    export,
    filtering,
    notes,
    outline,
    replay,
    rows,
    saved_filters,
    servers,
    test_scans,
    watching,
)
from scantui.tui.commands.command import KeyCommand, Place

COMMANDS: tuple[KeyCommand, ...] = (
    *details.COMMANDS,
    *digest.COMMANDS,
    *differences.COMMANDS,
    *replay.COMMANDS,
    *rows.COMMANDS,
    *curves.COMMANDS,
    *filtering.COMMANDS,
    *saved_filters.COMMANDS,
    *export.COMMANDS,
    *watching.COMMANDS,
    *alerts.COMMANDS,
    *notes.COMMANDS,
    *test_scans.COMMANDS,
    *outline.COMMANDS,
    *appearance.COMMANDS,
    *servers.COMMANDS,
    *application.COMMANDS,
)
# The commands of the hint line, in its order; all of it fits into 80 columns.
HINTED: tuple[str, ...] = (
    "details",
    "filter",
    "only_running",
    "only_problems",
    "palette",
    "help",
    "curves",
    "leave",
)
# What the hint line of every pane shows after the pane's own commands.
HINTED_IN_PANES: tuple[str, ...] = ("other_pane", "back")


def commands_at(place: Place) -> tuple[KeyCommand, ...]:
    """The commands whose keys work at a place, in the table's order."""
    return tuple(command for command in COMMANDS if command.place is place)
