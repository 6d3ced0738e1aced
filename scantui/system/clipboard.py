"""Copies to the user's clipboard through the terminal (OSC 52), which works over SSH too; pure.

Rule: only harmless text is sent. A terminal does not confirm a copy, so messages only say what was sent.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from scantui.exceptions import MachineError
from scantui.system.terminal import multiplexer, through_screen, through_tmux
from scantui.text import printable
from scantui.words import counted

# In bytes of text: encoded and framed, these are the 100 000 bytes that terminals accept.
LONGEST_COPY = 74_994

_START, _END = "\x1b]52;c;", "\x07"
# GNU screen drops device strings of 256 bytes and more.
_SCREEN_CHUNK = 240


def osc52(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that makes a terminal copy `text`. Raises MachineError if the text is empty or too long.

    Control characters are replaced; line ends and tabs stay.
    """
    content = copyable(text).encode()
    if not content:
        raise MachineError("nothing to copy")
    if len(content) > LONGEST_COPY:
        raise MachineError(
            f"cannot copy {len(content)} bytes, terminals accept {LONGEST_COPY}: write them to a file instead"
        )
    payload = b64encode(content).decode()
    outer = multiplexer(environment)
    if outer == "tmux":
        # Twice: tmux uses the plain one if `set-clipboard` is on, and passes the other on with `allow-passthrough`.
        return _START + payload + _END + through_tmux(_START + payload + _END)
    return _for_screen(payload) if outer == "screen" else _START + payload + _END


def copyable(text: str) -> str:
    """The text that `osc52` sends for `text`: of the same length, without control characters."""
    return "\n".join("\t".join(printable(part, len(part)) for part in line.split("\t")) for line in text.split("\n"))


# By the beginning of TERM, which SSH passes on.
_IGNORING = {
    "linux": "the Linux console",
    "rxvt": "rxvt without an extension",
    "putty": "PuTTY",
    **dict.fromkeys(("gnome", "vte"), "this kind of terminal (VTE)"),
    **dict.fromkeys(("vt1", "vt2"), "this kind of terminal"),
}


def ignores_copies(environment: Mapping[str, str]) -> str:
    """The terminal, if it is known to ignore OSC 52 as it is usually set up; else empty.

    Behind tmux or screen, and on another computer, the real terminal is not known.
    """
    if multiplexer(environment):
        return ""
    term = environment.get("TERM", "")
    by_term = next((terminal for start, terminal in _IGNORING.items() if term.startswith(start)), "")
    if by_term:
        return by_term
    if environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return "Apple's Terminal"
    known = {"VTE_VERSION": "this kind of terminal (VTE)", "XTERM_VERSION": "xterm without allowWindowOps"}
    return next((terminal for variable, terminal in known.items() if environment.get(variable)), "")


def copied_sentence(name: str, text: str, environment: Mapping[str, str]) -> str:
    """What was sent: `name` for a single line, such as the key, and the number of lines for a longer text.

    Where the terminal is known not to take it, the sentence says what else can be done.
    """
    lines = text.count("\n") + (not text.endswith("\n"))
    what = name if lines == 1 else f"{name} ({counted(lines, 'line')})"
    sent = f"Sent the {what} to the terminal (OSC 52)"
    terminal = ignores_copies(environment)
    if not terminal:
        return sent
    return f"{sent}, but {terminal} ignores it: select it with the mouse, print it with P, or write it with w"


def _for_screen(payload: str) -> str:
    """The sequence in device strings, whose contents screen passes on.

    TERM=screen may also mean a tmux on the machine that the user logged in from. It understands a text of one chunk. Of
    several chunks, the first holds no text, or such a tmux would copy only a part.
    """
    whole = _START + payload + _END
    if len(whole) <= _SCREEN_CHUNK:
        chunks = [whole]
    else:
        pieces = (payload[at : at + _SCREEN_CHUNK] for at in range(0, len(payload), _SCREEN_CHUNK))
        chunks = [_START, *pieces, _END]
    return "".join(map(through_screen, chunks))
