"""What the environment reveals about the terminal."""

from __future__ import annotations

import pytest

from scantui.system.terminal import (
    ANSI_COLOURS,
    PALETTE_COLOURS,
    TRUE_COLOURS,
    colours,
    has_utf8,
    multiplexer,
    no_screen,
    wants_no_colour,
)

Environment = dict[str, str]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ""),
        ({"TERM": "xterm-256color", "TMUX": "", "STY": ""}, ""),
        ({"TERM": "screen-256color", "TMUX": "/run/tmux,1,0"}, "tmux"),
        ({"TERM": "screen", "TMUX": "/run/tmux,1,0", "STY": "1.pts"}, "screen"),
        ({"TERM": "tmux-256color", "TMUX": "/run/tmux,1,0", "STY": "1.pts"}, "tmux"),
        ({"TERM": "tmux-256color"}, "tmux"),
        ({"TERM": "screen"}, "screen"),
        ({"TERM": "xterm", "STY": "1.pts"}, "screen"),
    ],
)
def test_the_multiplexer(environment: Environment, expected: str) -> None:
    assert multiplexer(environment) == expected


@pytest.mark.parametrize(
    ("environment", "encoding", "expected"),
    [
        ({}, "utf-8", True),
        ({}, "ascii", False),
        ({}, None, False),
        ({"LANG": "en_GB.UTF-8"}, "UTF8", True),
        ({"LANG": "en_GB.UTF-8"}, "latin-1", False),
        ({"LANG": "C"}, "utf-8", False),
        ({"LANG": "C", "LC_CTYPE": "C.utf8"}, "utf-8", True),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "POSIX"}, "utf-8", False),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "utf_8", True),
        ({"LANG": "de_DE@euro"}, "utf-8", False),
        ({"LC_CTYPE": "UTF-8"}, "utf-8", True),
    ],
)
def test_symbols_need_a_locale_and_an_output_of_utf8(
    environment: Environment, encoding: str | None, expected: bool
) -> None:
    assert has_utf8(environment, encoding) is expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ANSI_COLOURS),
        ({"TERM": "linux"}, ANSI_COLOURS),
        ({"TERM": "xterm-256color"}, PALETTE_COLOURS),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE_COLOURS),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, TRUE_COLOURS),
        ({"TERM": "xterm-direct"}, TRUE_COLOURS),
        ({"TERM": "xterm-kitty"}, TRUE_COLOURS),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor"}, PALETTE_COLOURS),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor", "TMUX": "/run/tmux,1,0"}, TRUE_COLOURS),
    ],
)
def test_the_number_of_colours(environment: Environment, expected: int) -> None:
    assert colours(environment) == expected


@pytest.mark.parametrize(
    ("environment", "expected"), [({}, False), ({"NO_COLOR": ""}, False), ({"NO_COLOR": "0"}, True)]
)
def test_no_colour_is_wanted_by_a_variable_that_is_not_empty(environment: Environment, expected: bool) -> None:
    assert wants_no_colour(environment) is expected


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "TERM is not set"),
        ({"TERM": "dumb"}, "(TERM is dumb)"),
        ({"TERM": "unknown"}, "(TERM is unknown)"),
        ({"TERM": "none"}, "(TERM is none)"),
        ({"TERM": "vt100"}, ""),
        ({"TERM": "linux"}, ""),
    ],
)
def test_a_terminal_without_a_screen_is_known_by_its_type(environment: Environment, reason: str) -> None:
    assert reason in no_screen(environment)
    assert bool(no_screen(environment)) is bool(reason)
