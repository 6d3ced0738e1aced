"""What a command of the monitor is: its name, its keys and its help, and where the keys work."""

from __future__ import annotations

from enum import Enum

import msgspec


class Place(str, Enum):
    """Where a key works; a pane's own keys come before those of the monitor."""

    APPLICATION = "everywhere"
    MONITOR = "monitor"
    TABLE = "table"
    DETAILS = "details"
    CURVES = "curves"
    FILTER = "filter"
    DIGEST = "digest"
    DIFFERENCES = "differences"
    REPLAY = "replay"


DETAILS, CURVES = Place.DETAILS.value, Place.CURVES.value
DIGEST, DIFFERENCES = Place.DIGEST.value, Place.DIFFERENCES.value
PANE_TITLES: dict[Place, str] = {
    Place.DETAILS: "In the details",
    Place.FILTER: "In the filter line",
    Place.DIGEST: "In the digest",
    Place.DIFFERENCES: "In the differences",
    Place.CURVES: "In the curves",
    Place.REPLAY: "In the line of a replay",
    Place.FILTER: "In the filter line",
}
"""The places whose keys come before those of the monitor, as the help lists them."""


class Group(str, Enum):
    """What a command is for, as the help lists them."""

    LOOK = "Look"
    FIND = "Find"
    SELECT = "Select"
    SCAN = "Scan"
    VIEW = "View"
    APPLICATION = "Application"


class KeyCommand(msgspec.Struct, frozen=True):
    """One command of the keyboard.

    `name` is the name in the `[keys]` of the configuration, and that of the method that runs it; `keys` are separated
    by commas, in Textual's names. `hint` is the word on the hint line, "" when it is not shown there. A command that
    `writes` changes something in Redis. One that `opens` something has the keyboard there before the next key is
    looked at. `action` is the action of the widget at its place, "" for a command of the monitor.
    """

    name: str
    keys: str
    help: str
    group: Group
    hint: str = ""
    writes: bool = False
    opens: bool = False
    place: Place = Place.MONITOR
    action: str = ""

    @property
    def binding_action(self) -> str:
        """The action as Textual runs it: of the widget at its place, or else a command of the monitor's screen."""
        at_screen = "screen." if self.place in PANE_TITLES else ""
        return self.action or f"{at_screen}command('{self.name}')"

    @property
    def is_configurable(self) -> bool:
        """Whether `[keys]` may give it other keys: letters belong to the filter, and ctrl+c always leaves."""
        return self.place not in (Place.APPLICATION, Place.FILTER)
