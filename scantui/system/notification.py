"""Desktop notifications through the terminal (OSC 9); pure."""

from __future__ import annotations

from collections.abc import Mapping

from scantui.system.terminal import multiplexer, through_screen, through_tmux
from scantui.text import printable

_LONGEST_NOTICE = 120


def osc9(text: str, environment: Mapping[str, str]) -> str:
    """The escape sequence that makes a terminal show a notification; terminals without them ignore it.

    A multiplexer shows none itself, so it has to pass the sequence on.
    """
    # The text must not start with a number, which OSC 9 takes for another command.
    sequence = f"\x1b]9;scantui: {printable(text, _LONGEST_NOTICE)}\x07"
    outer = multiplexer(environment)
    if outer == "tmux":
        return through_tmux(sequence)
    return through_screen(sequence) if outer == "screen" else sequence
