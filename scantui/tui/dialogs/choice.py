"""What a menu offers."""

from __future__ import annotations

from typing import NamedTuple


class Choice(NamedTuple):
    """An entry of a menu: what it is for the program, and for the user."""

    value: str
    label: str
    letter: str = ""
