"""The monitor as a process on a terminal of its own: what it writes there, and how it leaves."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import fresh_scantui
from tests.terminals import PATIENCE, LivingTerminal, scantui

LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"


@pytest.fixture
def demo() -> Iterator[LivingTerminal]:
    """The demo, with its first rows on the screen."""
    terminal = LivingTerminal(scantui("--demo"))
    try:
        terminal.see("LIVE")
        yield terminal
    finally:
        terminal.close()


def test_q_gives_the_terminal_back(demo: LivingTerminal) -> None:
    demo.type(b"q")
    assert demo.exit_code() == 0
    assert LEFT_ALTERNATE_SCREEN in demo.written
    assert b"Traceback" not in demo.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back_and_is_told_by_the_exit_code(
    demo: LivingTerminal, number: signal.Signals
) -> None:
    demo.process.send_signal(number)
    assert demo.exit_code() == 128 + number
    assert LEFT_ALTERNATE_SCREEN in demo.written
    assert b"Traceback" not in demo.written


@pytest.mark.parametrize(("answer", "code"), [(b"\r", None), (b"\x04", None), (b"\x03", 130)])
def test_plain_text_is_left_by_enter_and_by_whatever_else_ends_a_line(
    demo: LivingTerminal, answer: bytes, code: int | None
) -> None:
    demo.type(b"P")
    demo.read_until(b"Enter returns to the monitor")
    demo.type(answer)
    if code is None:
        demo.see("PROGRESS", "!Enter returns")
        demo.type(b"q")
    assert demo.exit_code() == (code or 0)
    assert b"Traceback" not in demo.written


def test_a_terminal_that_vanishes_ends_it(demo: LivingTerminal) -> None:
    assert demo.vanish() in (128 + signal.SIGHUP, -signal.SIGHUP)


def test_an_exported_size_does_not_win_over_the_terminals_own() -> None:
    terminal = LivingTerminal(scantui("--demo"), {"COLUMNS": "80", "LINES": "24"}, size=(100, 30))
    try:
        terminal.see("LIVE", "PROGRESS", "RW")
        lines = terminal.screen.text.splitlines()
        assert "Help" in lines[29]
        assert re.search(r"\d\d:\d\d:\d\d", lines[0][80:])
    finally:
        terminal.close()


def test_of_two_simulated_beamlines_one_can_be_chosen() -> None:
    terminal = LivingTerminal(scantui("--demo", "--beamlines", "2"), size=(100, 30))
    try:
        terminal.see("demo ●", "demo2 ●", "RW")
        terminal.type(b"b")
        terminal.see("x demo2  LIVE")
        terminal.type(b"j \r")
        terminal.see("demo  ● LIVE")
    finally:
        terminal.close()


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_shows_no_screen_is_told_of_tail(term: str) -> None:
    terminal = LivingTerminal(scantui("--demo"), {"TERM": term})
    try:
        assert terminal.exit_code() == 2
        assert b"use scantui tail" in terminal.written
        assert b"\x1b" not in terminal.written
    finally:
        terminal.close()


def test_without_colours_the_terminal_has_its_own_and_no_others() -> None:
    terminal = LivingTerminal(scantui("--demo"), {"NO_COLOR": "1"})
    try:
        terminal.see("LIVE", "DONE")
        terminal.type(b"gq")
        assert terminal.exit_code() == 0
    finally:
        terminal.close()
    looks = {part for look in re.findall(rb"\x1b\[([\d;]*)m", terminal.written) for part in look.split(b";")}
    assert {number for number in map(int, filter(None, looks)) if number >= 30} <= {39, 49}


def test_bytes_that_are_no_text_do_not_end_it(demo: LivingTerminal) -> None:
    demo.type(b"\xff\xfe/")
    demo.type(b"name=ct\r")
    demo.see("13 of 80 scans")
    demo.type(b"q")
    assert demo.exit_code() == 0
    assert b"Traceback" not in demo.written


def test_a_server_that_is_not_there_stays_on_the_screen_with_what_is_tried_next() -> None:
    terminal = LivingTerminal(scantui("redis://:s3cret@127.0.0.1:1"))
    try:
        terminal.see("RETRY", "refuses the connection")
        terminal.type(b"\x03")
        assert terminal.exit_code() == 0
        assert b"s3cret" not in terminal.written
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system does not tell what a process runs")
def test_an_interrupt_before_the_screen_is_there_ends_it_without_a_traceback() -> None:
    terminal = LivingTerminal(fresh_scantui("--demo"))
    try:
        # Before that it is this program's copy which would take the interrupt.
        while b"scantui" not in Path(f"/proc/{terminal.process.pid}/cmdline").read_bytes():
            assert terminal.process.poll() is None
        # One may be taken for the event loop's own before the keyboard is ours: who wants to leave presses again.
        for _ in range(int(PATIENCE)):
            if terminal.has_ended_within(1.0):
                break
            terminal.type(b"\x03")
        assert terminal.process.poll() is not None
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()
