"""Removes passwords from texts that go to the log; pure.

Rule: this is a last defence: messages must not contain passwords in the first place. When in doubt, remove too much.
"""

from __future__ import annotations

import re

_HIDDEN = "***"
# Up to the next blank; each run is read once, so that the time grows only with the length of the text.
_ADDRESS = r"://(\S*)"
# The value of password=, in a URL or a call, and of 'password': in a dictionary; bare or quoted.
_ASSIGNMENT = (
    r"""(?isx)(passw(?:or)?d(?:\s*=\s*|["']\s*:\s*)) (?: b?"(?:[^"\\]|\\.)*" | b?'(?:[^'\\]|\\.)*' )? [^\s&]*"""
)


def without_passwords(text: str) -> str:
    """The text, with the user and password of each URL and each value of password= replaced by asterisks."""
    return re.sub(_ADDRESS, _without_user, re.sub(_ASSIGNMENT, rf"\1{_HIDDEN}", text))


def _without_user(address: re.Match[str]) -> str:
    _, at, host = address[1].rpartition("@")
    return f"://{_HIDDEN}@{host}" if at else address[0]
