"""A notification is one sequence with the text, and no other command."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.system.notification import osc9

PLAIN: dict[str, str] = {"TERM": "xterm-256color"}


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9c\x9b;9\n"))))
def test_no_text_ends_the_sequence_or_begins_another(text: str) -> None:
    sequence = osc9(text, PLAIN)
    match = re.fullmatch(r"\x1b]9;scantui: (.*)\x07", sequence)
    assert match, sequence
    assert match[1].isprintable()
    assert len(match[1]) <= 120


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (PLAIN, "\x1b]9;scantui: DONE 7\x07"),
        ({"TMUX": "/run/tmux,1,0"}, "\x1bPtmux;\x1b\x1b]9;scantui: DONE 7\x07\x1b\\"),
        ({"TERM": "screen"}, "\x1bP\x1b]9;scantui: DONE 7\x07\x1b\\"),
    ],
)
def test_a_multiplexer_hands_it_on(environment: dict[str, str], expected: str) -> None:
    assert osc9("DONE 7", environment) == expected
