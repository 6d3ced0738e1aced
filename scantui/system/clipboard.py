"""The user's clipboard, reached through the terminal (OSC 52), so that it works over SSH too; pure.

Rule: nothing goes out but harmless text; a terminal never answers, so words only say what was sent.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from scantui.exceptions import MachineError
from scantui.system.terminal import multiplexer, through_screen, through_tmux
from scantui.text import printable

# In bytes of text: as base64 with its frame they make the 100 000 bytes at which terminals stop to listen.
LONGEST_COPY = 74_994

_START, _END = "\x1b]52;c;", "\x07"
# GNU screen drops device strings of 256 bytes and more.
_SCREEN_CHUNK = 240


def osc52(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that makes a terminal copy `text`; MachineError when it is empty or too long.

    Characters that a terminal would obey are replaced, lines and tabs stay.
    """
    content = copyable(text).encode()
    if not content:
        raise MachineError("there is nothing to copy")
    if len(content) > LONGEST_COPY:
        raise MachineError(
            f"{len(content)} bytes are too long to copy, terminals take {LONGEST_COPY}: write them to a file instead"
        )
    payload = b64encode(content).decode()
    between = multiplexer(environment)
    if between == "tmux":
        # Twice: tmux takes the plain one where `set-clipboard` is on, and hands on the other with `allow-passthrough`.
        return _START + payload + _END + through_tmux(_START + payload + _END)
    return _for_screen(payload) if between == "screen" else _START + payload + _END


def copyable(text: str) -> str:
    """The text that `osc52` sends for `text`: of the same length, without anything that a terminal would obey."""
    return "\n".join("\t".join(printable(part, len(part)) for part in line.split("\t")) for line in text.split("\n"))


def _for_screen(payload: str) -> str:
    """In device strings, whose contents screen hands on.

    A text of one chunk is understood by a tmux too, which may well be what calls itself screen on the machine before
    us. With more chunks the first holds no text, or such a tmux would copy that part of the whole.
    """
    whole = _START + payload + _END
    if len(whole) <= _SCREEN_CHUNK:
        chunks = [whole]
    else:
        pieces = (payload[at : at + _SCREEN_CHUNK] for at in range(0, len(payload), _SCREEN_CHUNK))
        chunks = [_START, *pieces, _END]
    return "".join(map(through_screen, chunks))
