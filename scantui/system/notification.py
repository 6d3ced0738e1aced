"""A word to the desktop behind the terminal (OSC 9), for whoever has another window in front; pure."""

from __future__ import annotations

from collections.abc import Mapping

from scantui.system.terminal import multiplexer, through_screen, through_tmux
from scantui.text import printable

_LONGEST_NOTICE = 120


def osc9(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence by which terminals that know it show a notification; others drop it.

    A multiplexer knows none: it has to hand the sequence on.
    """
    # A number first would be another command of the same family.
    sequence = f"\x1b]9;scantui: {printable(text, _LONGEST_NOTICE)}\x07"
    between = multiplexer(environment)
    if between == "tmux":
        return through_tmux(sequence)
    return through_screen(sequence) if between == "screen" else sequence
