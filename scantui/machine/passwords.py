"""Passwords taken out of texts that go to the log; pure.

Rule: a last defence, whoever writes a message leaves them out; in doubt too much is taken out.
"""

from __future__ import annotations

import re

_HIDDEN = "***"
# Up to the next blank; each run of them is looked at once, so that a long text takes no longer than its length.
_ADDRESS = re.compile(r"://(\S*)")
# The value of password=, in a URL or a call, and of 'password': in a dictionary; bare or quoted.
_PASSWORD = re.compile(
    r"""(passw(?:or)?d(?:\s*=\s*|["']\s*:\s*)) (?: b?"(?:[^"\\]|\\.)*" | b?'(?:[^'\\]|\\.)*' )? [^\s&]*""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def without_passwords(text: str) -> str:
    """The text with the users and passwords of its URLs, and every value of password=, replaced by asterisks."""
    return _ADDRESS.sub(_without_user, _PASSWORD.sub(rf"\1{_HIDDEN}", text))


def _without_user(address: re.Match[str]) -> str:
    _, at, host = address[1].rpartition("@")
    return f"://{_HIDDEN}@{host}" if at else address[0]
