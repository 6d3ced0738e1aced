"""Texts of an attacker, and what of them must not be found in that which is written to a terminal."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

MARK = "HOSTILE"
# Each would show: by what it does to the terminal, or by its mark within a sequence.
ATTACKS = (
    f"[red]{MARK}[/] [/] [@click=app.bell]{MARK}[/] :smile: \\[",
    f"\x1b[31;5m{MARK}\x1b[2J\x1b[H",
    f"\x1b]0;{MARK}\x07\x1b]52;c;{MARK}\x1b\\\x1b]9;{MARK}\x07\x1b]8;;http://{MARK}\x1b\\",
    f"\x1bP+q{MARK}\x1b\\\x1b_{MARK}\x1b\\\x1bPtmux;\x1b\x1b]0;{MARK}\x07\x1b\\",
    f"\x9b31m{MARK}\x9d0;{MARK}\x9c\x90{MARK}\x9c\x85\x84",
    f"\r\n{MARK}\n\t\b\x0b\x0c\x0e\x0f\x00\x7f\x1bc{MARK}",
    f"\u202e{MARK}\u2066\u200b\u200d\ufeff\u2028\u2029\u00ad\U000e0041",
    f"\U0001f44d\U0001f3fd\U0001f1eb\U0001f1f7\U0001f468\u200d\U0001f469 \u0939\u093f\u0928\u094d \u231a{MARK}",
    f"e\u0301\u0301\u0301\u0301\u0301 \u65e5\u672c {MARK}",
    f"=cmd|'{MARK}'!A1;=1+1 | <script>{MARK}</script>",
)
LONG = "\x1b]0;" + MARK * 1400
_SEQUENCE = re.compile(
    r"\x1b(?:\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])|\](?P<string>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|P(?P<device>[^\x1b]*)\x1b\\|(?P<other>[ -Z\\^-~]))"
)
# What a terminal obeys or hides without an escape; the line ends and the bell are the program's own.
_BARE = re.compile("[\x00-\x06\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def attack(number: int) -> str:
    return ATTACKS[number % len(ATTACKS)]


def hostile_info(number: int) -> dict[str, Any]:
    """An info all of whose keys and values are attacks."""
    text = attack(number)
    return {
        "title": text,
        "user_name": attack(number + 1),
        "npoints": 10,
        "start_time": attack(number + 2),
        "filename": f"/data/{attack(number + 3)}.h5",
        text: {attack(number + 4): [attack(number + 5)] * 3, "deep": {text: text}},
        "reason": text,
        "long": LONG,
    }


def hostile_identity(number: int) -> dict[str, Any]:
    return {
        "name": attack(number),
        "number": 100 + number,
        "data_policy": "ESRF",
        "session": attack(number + 1),
        "proposal": attack(number + 2),
        "collection": attack(number + 3),
        "dataset": attack(number + 4),
        "path": f"/data/{attack(number + 5)}",
    }


def sequences_of(written: bytes) -> set[tuple[str, ...]]:
    """The kinds of control sequences in what was written.

    Fails for one that is not whole, for a bare control character, for bytes that are no UTF-8, and for a mark within a
    sequence; what is copied and sent to the desktop has to be harmless too.
    """
    text = written.decode("utf-8", "strict")
    bare = _BARE.search(_SEQUENCE.sub("", text))
    assert bare is None, f"{bare and bare[0]!r} in {text[: bare.start()][-60:] if bare else ''!r}"
    assert "\x1b" not in _SEQUENCE.sub("", text)
    kinds: set[tuple[str, ...]] = set()
    for found in _SEQUENCE.finditer(text):
        string = found["string"]
        if string is None:
            assert MARK not in found[0], found[0]
            assert found["device"] is None, found[0]
            leading = (found["parameters"] or "")[:1]
            kinds.add((found["final"] or found["other"], leading if leading in "<=>?" else "", found["between"] or ""))
        elif string.startswith("52;c;"):
            copied = b64decode(string.removeprefix("52;c;"), validate=True).decode()
            assert copied.isprintable(), copied
            kinds.add(("OSC 52",))
        elif string == "22;default":  # the shape of the mouse pointer
            kinds.add(("OSC 22",))
        else:
            assert string.startswith("9;scantui: "), string
            assert string.isprintable(), string
            kinds.add(("OSC 9",))
    return kinds
