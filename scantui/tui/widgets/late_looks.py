"""Styles that the first frame does not need, read after it."""

from __future__ import annotations

from textual.app import App

# Beside this module, under its name.
_PATH = f"{__file__.rpartition('.')[0]}.tcss"


def bring_late_looks(app: App[object]) -> None:
    """Read the styles of what the first frame lacks; they apply to all that changes or is mounted from now on."""
    if not app.stylesheet.has_source(_PATH):
        app.stylesheet.read(_PATH)
        app.stylesheet.parse()
