"""What the terminal can do, as far as the environment tells; pure.

Rule: the environment is an argument, so that a question has one answer; a guess in doubt is the poorer terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

ANSI_COLOURS = 16
PALETTE_COLOURS = 256
TRUE_COLOURS = 1 << 24

# Terminals that have all colours and whose COLORTERM stays behind when one logs in to another machine.
_TRUE_COLOUR_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm")


def multiplexer(environment: Mapping[str, str]) -> Literal["tmux", "screen", ""]:
    """The program between us and the real terminal, also one on the machine from which the user logged in.

    Where one runs in the other both have left their variables: screen would print what is meant for tmux, while tmux
    drops what is meant for screen.
    """
    term = environment.get("TERM", "")
    if environment.get("STY") and not term.startswith("tmux"):
        return "screen"
    if environment.get("TMUX") or term.startswith("tmux"):
        return "tmux"
    if term.startswith("screen"):
        return "screen"
    return ""


def through_tmux(sequence: str) -> str:
    """A sequence that tmux hands on to the terminal around it, where `allow-passthrough` is on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """A sequence, of less than 256 bytes, that GNU screen hands on to the terminal around it."""
    return f"\x1bP{sequence}\x1b\\"


def has_utf8(environment: Mapping[str, str], encoding: str | None) -> bool:
    """Whether symbols outside ASCII will be seen; `encoding` is that of the standard output.

    Python writes UTF-8 even where the locale does not speak it, so both have to agree; no locale at all agrees.
    """
    if not _names_utf8(encoding or ""):
        return False
    locale = next(filter(None, map(environment.get, ("LC_ALL", "LC_CTYPE", "LANG"))), None)
    return locale is None or _names_utf8(locale)


def wants_no_colour(environment: Mapping[str, str]) -> bool:
    """Whether the user asked every program for no colours (no-color.org: set, and not empty)."""
    return bool(environment.get("NO_COLOR"))


def colours(environment: Mapping[str, str]) -> int:
    """How many colours the terminal has: 16, 256 or all of them, as the constants above."""
    term = environment.get("TERM", "").lower()
    has_all = environment.get("COLORTERM", "").lower() in ("truecolor", "24bit") or term.endswith("-direct")
    # GNU screen hands on the COLORTERM of the terminal around it, and does not understand what it promises.
    if (has_all or term.startswith(_TRUE_COLOUR_TERMS)) and multiplexer(environment) != "screen":
        return TRUE_COLOURS
    return PALETTE_COLOURS if "256color" in term else ANSI_COLOURS


def _names_utf8(name: str) -> bool:
    return "utf8" in name.lower().replace("-", "").replace("_", "")
