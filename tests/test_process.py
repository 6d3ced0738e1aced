"""The monitor as a process on a terminal of its own: what it writes there, and how it leaves."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0
LEFT_ALTERNATE_SCREEN = b"\x1b[?1049l"


class Terminal:
    """A program on a pseudo terminal of 80x24; everything that it wrote is in `written`."""

    def __init__(self, *arguments: str) -> None:
        self.written = b""
        self._read_to = 0
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color", LANG="C.UTF-8")
            command = [sys.executable, "-m", "scantui", *arguments]
            os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def read_until(self, *wanted: bytes) -> None:
        """Read until one of these was written after what was waited for last; fails when it ends or keeps silent."""
        deadline = time.monotonic() + PATIENCE
        while not (found := [end for text in wanted if (end := self._end_of(text)) >= 0]):
            assert self._read(deadline), f"{wanted} never came: {self.written[-2000:]!r}"
        self._read_to = min(found)

    def _end_of(self, text: bytes) -> int:
        start = self.written.find(text, self._read_to)
        return start if start < 0 else start + len(text)

    def exit_code(self) -> int:
        """Read to the end, and return how the program ended: its code, or minus the signal."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def has_ended_within(self, seconds: float) -> bool:
        """Read what comes for so long; whether the program ended meanwhile."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if select.select([self._master], [], [], 0.1)[0] and not self._read(deadline + PATIENCE):
                os.waitpid(self.pid, 0)
                self.pid = 0
                return True
        return False

    def vanish(self) -> int:
        """Hand out this side of the terminal, which is not closed here any more."""
        master, self._master = self._master, -1
        return master

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        if self._master >= 0:
            os.close(self._master)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"silent for {PATIENCE} s: {self.written[-2000:]!r}"
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.written += chunk
        return bool(chunk)


@pytest.fixture
def demo() -> Iterator[Terminal]:
    """The demo, with its first rows on the screen."""
    terminal = Terminal("--demo")
    try:
        terminal.read_until(b"LIVE")
        yield terminal
    finally:
        terminal.close()


def test_q_gives_the_terminal_back(demo: Terminal) -> None:
    demo.type(b"q")
    assert demo.exit_code() == 0
    assert LEFT_ALTERNATE_SCREEN in demo.written
    assert b"Traceback" not in demo.written


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back_and_is_told_by_the_exit_code(demo: Terminal, number: signal.Signals) -> None:
    os.kill(demo.pid, number)
    assert demo.exit_code() == 128 + number
    assert LEFT_ALTERNATE_SCREEN in demo.written
    assert b"Traceback" not in demo.written


@pytest.mark.parametrize(("answer", "code"), [(b"\r", None), (b"\x04", None), (b"\x03", 130)])
def test_plain_text_is_left_by_enter_and_by_whatever_else_ends_a_line(
    demo: Terminal, answer: bytes, code: int | None
) -> None:
    demo.type(b"P")
    demo.read_until(b"Enter returns to the monitor")
    demo.type(answer)
    if code is None:
        demo.read_until(b"PROGRESS")
        demo.type(b"q")
    assert demo.exit_code() == (code or 0)
    assert b"Traceback" not in demo.written


def test_a_terminal_that_vanishes_ends_it(demo: Terminal) -> None:
    os.close(demo.vanish())
    pid, status = os.waitpid(demo.pid, 0)
    demo.pid = 0
    assert pid
    assert os.WIFEXITED(status) or os.WTERMSIG(status) == signal.SIGHUP


def test_bytes_that_are_no_text_do_not_end_it(demo: Terminal) -> None:
    demo.type(b"\xff\xfe/")
    demo.type(b"name=ct\r")
    demo.read_until(b"match")
    demo.type(b"q")
    assert demo.exit_code() == 0
    assert b"Traceback" not in demo.written


def test_a_server_that_is_not_there_stays_on_the_screen_with_what_is_tried_next() -> None:
    terminal = Terminal("redis://:s3cret@127.0.0.1:1")
    try:
        terminal.read_until(b"RETRY")
        terminal.read_until(b"Connection refused")
        terminal.type(b"\x03")
        assert terminal.exit_code() == 0
        assert b"s3cret" not in terminal.written
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system does not tell what a process runs")
def test_an_interrupt_before_the_screen_is_there_ends_it_without_a_traceback() -> None:
    terminal = Terminal("--demo")
    try:
        # Before that it is this program's copy which would take the interrupt.
        while b"scantui" not in Path(f"/proc/{terminal.pid}/cmdline").read_bytes():
            pass
        # One may be taken for the event loop's own before the keyboard is ours: who wants to leave presses again.
        while not terminal.has_ended_within(1.0):
            terminal.type(b"\x03")
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()
