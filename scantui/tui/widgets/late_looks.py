"""The looks of what the first frame lacks, which are read after it."""

from __future__ import annotations

from textual.app import App

# Beside this module, under its name.
_PATH = f"{__file__.rpartition('.')[0]}.tcss"


def bring_late_looks(app: App[object]) -> None:
    """Have the looks of what the first frame lacks, from now on for all that changes or is mounted."""
    if not app.stylesheet.has_source(_PATH):
        app.stylesheet.read(_PATH)
        app.stylesheet.parse()
