"""An entry of a menu."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """An entry of a menu: its value, the text that is shown, and the letter that chooses it."""

    value: str
    label: str
    letter: str = ""
