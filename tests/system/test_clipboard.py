"""Copies through the terminal: each kind of terminal receives exactly the text."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import MachineError
from scantui.system.clipboard import LONGEST_COPY, copied_sentence, copyable, ignores_copies, osc52

PLAIN: dict[str, str] = {"TERM": "xterm-256color"}
TMUX = {"TERM": "screen-256color", "TMUX": "/run/tmux,1,0"}
SCREEN = {"TERM": "screen.xterm-256color"}

HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9c\x9b\r\n\t\u202e\ud800")), min_size=1)


def copied_by_a_terminal(sequence: str) -> str:
    """The text that a terminal copies from exactly one OSC 52."""
    match = re.fullmatch(r"\x1b]52;c;([A-Za-z0-9+/=]+)\x07", sequence)
    assert match, sequence
    return b64decode(match[1], validate=True).decode()


def handed_on_by_tmux(sequence: str) -> tuple[str, str]:
    """The sequence for tmux itself, and the one that it passes on."""
    match = re.fullmatch(r"(\x1b][^\x1b]*)\x1bPtmux;((?:\x1b\x1b|[^\x1b])*)\x1b\\", sequence)
    assert match, sequence
    return match[1], match[2].replace("\x1b\x1b", "\x1b")


def handed_on_by_screen(sequence: str) -> list[str]:
    """The contents of the device strings that screen passes on."""
    assert re.fullmatch(r"(?:\x1bP.{1,255}?\x1b\\)+", sequence, re.DOTALL), sequence
    return re.findall(r"\x1bP(.+?)\x1b\\", sequence, re.DOTALL)


@given(HOSTILE)
def test_every_terminal_gets_the_text_that_was_asked_for(text: str) -> None:
    expected = copyable(text)
    assert copied_by_a_terminal(osc52(text, PLAIN)) == expected
    assert [copied_by_a_terminal(one) for one in handed_on_by_tmux(osc52(text, TMUX))] == [expected, expected]
    assert copied_by_a_terminal("".join(handed_on_by_screen(osc52(text, SCREEN)))) == expected


@given(HOSTILE)
def test_a_copy_keeps_its_length_lines_and_tabs_and_loses_its_controls(text: str) -> None:
    copy = copyable(text)
    assert len(copy) == len(text)
    assert {at for at, letter in enumerate(copy) if letter in "\n\t"} == {
        at for at, letter in enumerate(text) if letter in "\n\t"
    }
    assert copy.replace("\n", "").replace("\t", "").isprintable()
    assert copyable(copy) == copy


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=10_000))
def test_harmless_text_is_copied_as_it_is(text: str) -> None:
    assert copyable(text) == text


def test_a_long_line_is_copied_whole() -> None:
    assert copied_by_a_terminal(osc52("x" * LONGEST_COPY, PLAIN)) == "x" * LONGEST_COPY


@pytest.mark.parametrize("text", ["x" * (LONGEST_COPY + 1), "é" * (LONGEST_COPY // 2 + 1)])
def test_what_terminals_would_cut_off_is_refused_with_its_length(text: str) -> None:
    with pytest.raises(MachineError, match=rf"^cannot copy {len(text.encode())} bytes, .* a file instead$"):
        osc52(text, PLAIN)


def test_an_empty_text_does_not_empty_the_clipboard() -> None:
    with pytest.raises(MachineError, match="nothing to copy"):
        osc52("", PLAIN)


def test_in_screen_a_short_text_is_one_device_string_and_a_long_one_starts_without_text() -> None:
    assert len(handed_on_by_screen(osc52("esrf:scan:01KAM3ZP4Q", SCREEN))) == 1
    first, *_, last = handed_on_by_screen(osc52("x" * 1000, SCREEN))
    assert (first, last) == ("\x1b]52;c;", "\x07")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("01KAM3ZP4QD2M6C7W0J0P2YB5X", "Sent the key to the terminal (OSC 52)"),
        ("a\n", "Sent the key to the terminal (OSC 52)"),
        ("a\nb\n", "Sent the key (2 lines) to the terminal (OSC 52)"),
        ("a\n\nb", "Sent the key (3 lines) to the terminal (OSC 52)"),
    ],
)
def test_the_sentence_says_what_was_sent(text: str, sentence: str) -> None:
    assert copied_sentence("key", text, PLAIN) == sentence


@pytest.mark.parametrize(
    ("environment", "terminal"),
    [
        ({"TERM": "xterm-256color", "VTE_VERSION": "7006"}, "this kind of terminal (VTE)"),
        ({"TERM": "linux"}, "the Linux console"),
        ({"TERM": "rxvt-unicode-256color"}, "rxvt without an extension"),
        ({"TERM": "putty-256color"}, "PuTTY"),
        ({"TERM": "vte-256color"}, "this kind of terminal (VTE)"),
        ({"TERM": "vt220"}, "this kind of terminal"),
        ({**TMUX, "TERM": "linux"}, ""),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, "Apple's Terminal"),
        ({"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"}, "xterm without allowWindowOps"),
        ({"TERM": "xterm-kitty"}, ""),
        ({**TMUX, "VTE_VERSION": "7006"}, ""),
    ],
)
def test_a_terminal_that_ignores_copies_is_named_with_what_to_do(environment: dict[str, str], terminal: str) -> None:
    assert ignores_copies(environment) == terminal
    said = copied_sentence("key", "x", environment)
    assert said.startswith("Sent the key to the terminal (OSC 52)")
    assert said.endswith(
        f", but {terminal} ignores it: select it with the mouse, print it with P, or write it with w"
    ) is (bool(terminal))
