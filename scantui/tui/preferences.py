"""What the configuration wants of the screen, checked against what the screen has, before it opens."""

from __future__ import annotations

from textual.binding import Binding
from textual.theme import BUILTIN_THEMES

from scantui.columns import COLUMNS
from scantui.system.config import Configuration
from scantui.tui.app import ScanTuiApp
from scantui.tui.keys import keys_of, spelled
from scantui.tui.monitor import Monitor
from scantui.tui.widgets.scan_table import ScanTable


def check_preferences(configuration: Configuration) -> None:
    """Raises ConfigurationError for a theme, a column, an action or a key that there is not, or a key wanted twice."""
    file, preferences = configuration.file, configuration.preferences
    if preferences.theme:
        file.require_known(("theme",), preferences.theme, BUILTIN_THEMES)
    for column in preferences.columns or ():
        file.require_known(("columns",), column, [column.key for column in COLUMNS])
    bindings = [*Monitor.all_bindings(), *(each for each in ScanTable.BINDINGS if isinstance(each, Binding))]
    names = {binding.id for binding in bindings if binding.id}
    file.table("keys", known=sorted(names))
    owners = {
        key: str(binding.id) for binding in bindings if binding.id not in preferences.keys for key in keys_of(binding)
    }
    owners |= {
        key: "quit" for binding in ScanTuiApp.BINDINGS if isinstance(binding, Binding) for key in keys_of(binding)
    }
    for action, keys in preferences.keys.items():
        for key in keys:
            one = spelled(key)
            if not one:
                raise file.complaint(
                    ("keys", action), f"there is no key {key!r}: give a character, or a name as ctrl+f, f5"
                )
            if owners.get(one, action) != action:
                raise file.complaint(
                    ("keys", action), f"{key} is the key of {owners[one]}: give that one another, or this"
                )
            owners[one] = action
