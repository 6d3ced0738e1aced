"""A terminal for a program: frames with their moments, and an end that is noticed."""

from __future__ import annotations

import time

import pytest

from tests.benchmarks.screen import showing
from tests.benchmarks.terminal import Terminal


def test_a_frame_has_its_moment_and_its_bytes() -> None:
    before = time.perf_counter()
    with Terminal("printf", r"one\033[?2026l\033[2;1Htwo\033[?2026l") as terminal:
        moment, count = terminal.wait_for(showing("two"))
        assert before < moment < time.perf_counter()
        assert count == len("\x1b[2;1Htwo\x1b[?2026l")
        assert terminal.painted == terminal.written
        assert [line.strip("?") for line in terminal.screen.lines[:2]] == ["one", "two"]


def test_the_end_of_the_program_ends_the_wait() -> None:
    with (
        Terminal("printf", r"one\033[?2026l") as terminal,
        pytest.raises(TimeoutError, match="the program ended"),
    ):
        terminal.wait_for(showing("two"))


def test_questions_are_answered() -> None:
    ask = r"stty raw -echo; printf '\033[?2026$p'; answer=$(head -c 11 | tail -c 9); printf '%s\033[?2026l' \"$answer\""
    with Terminal("sh", "-c", ask) as terminal:
        terminal.wait_for(showing("?2026;2$y"))
