"""What the terminal can do, judged by the environment; pure.

Rule: the environment is an argument, so that a question has one answer; when in doubt, assume the poorer terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scantui.text import printable

ANSI_COLOURS = 16
PALETTE_COLOURS = 256
TRUE_COLOURS = 1 << 24

# Terminals with all colours; the variable COLORTERM does not follow a login to another machine.
_TRUE_COLOUR_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")


def multiplexer(environment: Mapping[str, str]) -> Literal["tmux", "screen", ""]:
    """The program between scantui and the real terminal, even if it runs on the machine that the user logged in from.

    If one runs inside the other, both have set their variables. screen is the safe answer then: it would print what is
    meant for tmux, while tmux drops what is meant for screen.
    """
    term = environment.get("TERM", "")
    if environment.get("STY") and not term.startswith("tmux"):
        return "screen"
    if environment.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    if term.startswith("screen"):
        return "screen"
    return ""


def no_screen(environment: Mapping[str, str]) -> str:
    """Why the terminal cannot show a screen, empty if it can."""
    term = environment.get("TERM", "")
    if not term:
        return "TERM is not set, so nothing is known of the terminal"
    return f"the terminal shows no screens (TERM is {printable(term)})" if term in ("dumb", "none", "unknown") else ""


def through_tmux(sequence: str) -> str:
    """Wrap a sequence so that tmux passes it to the terminal around it, if `allow-passthrough` is on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """Wrap a sequence of less than 256 bytes so that GNU screen passes it to the terminal around it."""
    return f"\x1bP{sequence}\x1b\\"


def has_utf8(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Whether the terminal shows symbols outside ASCII; `encoding` is the encoding of standard output.

    Python writes UTF-8 even if the locale uses another encoding, so both must name it; an unset locale does not count.
    """
    if not _names_utf8(encoding or ""):
        return False
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), None)
    return locale is None or _names_utf8(locale)


def wants_no_colour(environment: Mapping[str, str]) -> bool:
    """Whether the user asks every program to use no colours (no-color.org: NO_COLOR is set and not empty)."""
    return bool(environment.get("NO_COLOR"))


def colours(environment: Mapping[str, str]) -> int:
    """The number of colours of the terminal: one of the constants above."""
    term = environment.get("TERM", "").lower()
    has_all = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct")
    # GNU screen keeps the COLORTERM of the terminal around it, but does not support what it promises.
    if (has_all or term.startswith(_TRUE_COLOUR_TERMS)) and multiplexer(environment) != "screen":
        return TRUE_COLOURS
    return PALETTE_COLOURS if "256color" in term else ANSI_COLOURS


def _names_utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "").replace("_", "")
