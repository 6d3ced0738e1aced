"""A terminal for a program: it answers questions, remembers its modes, and shows what was left behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from typing import Any

from tests.programs import Command, Scantui, start
from tests.tui.emulated import EmulatedTerminal

PATIENCE = 40.0
_QUESTION = re.compile(rb"\x1b\[6n|\x1b\[\?(\d+)\$p")
_END_OF_FRAME = b"\x1b[?2026l"
_BELL = re.compile(rb"\x1b\][^\x07\x1b]*\x07|\x07")
_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
# Cursor shown, no alternate screen, no mouse, no focus events, no bracketed paste, no reports of the size; wrapping.
_AT_FIRST = {b"25": True, b"7": True}
_WATCHED = {b"25", b"7", b"1049", b"1000", b"1003", b"1015", b"1006", b"1016", b"1004", b"2004", b"2048"}


class LivingTerminal:
    """A program on a terminal, whose bytes are all in `written`; questions are answered as xterm does."""

    def __init__(
        self,
        command: Command,
        environment: Mapping[str, str] | None = None,
        size: tuple[int, int] = (80, 24),
        directory: str = "",
    ) -> None:
        self.written = b""
        self._looked_to = self._answered_to = self._painted_to = 0
        columns, lines = size
        self.screen = EmulatedTerminal(columns, lines)
        self._seen = self.screen.text
        self._ends = [*pty.openpty()]
        self._master, self._slave = self._ends
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._attributes = termios.tcgetattr(self._slave)
        given = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})}
        self.process = start(
            command, given, stdin=self._slave, stdout=self._slave, stderr=self._slave, directory=directory
        )

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def read_until(self, *wanted: bytes) -> None:
        """Read until one of these comes, after the end of the last match."""
        deadline = time.monotonic() + PATIENCE
        while not (ends := [m.end() for text in wanted if (m := self._found(text))]):
            assert time.monotonic() < deadline, f"{wanted} never came: {self.written[-2000:]!r}"
            assert self.process.poll() is None or self._read(0.0), f"it ended before {wanted}: {self.written[-3000:]!r}"
            self._read(0.2)
        self._looked_to = min(ends)

    def see(self, *wanted: str) -> None:
        """Read until the screen shows all of these texts; one that begins with ! must not be shown."""
        deadline = time.monotonic() + PATIENCE
        while not self._shows(wanted):
            assert time.monotonic() < deadline, f"{wanted} is not seen:\n{self.screen.text}"
            assert self.process.poll() is None, f"it ended before {wanted}: {self.written[-3000:]!r}"
            self._read(0.2)
        self._looked_to = len(self.written)

    def _shows(self, wanted: Sequence[str]) -> bool:
        end = self.written.rfind(_END_OF_FRAME) + len(_END_OF_FRAME)
        if end > self._painted_to:
            self.screen.write(_BELL.sub(b"", self.written[self._painted_to : end]).decode())
            self._painted_to = end
            self._seen = self.screen.text
        return all((text.removeprefix("!") in self._seen) is not text.startswith("!") for text in wanted)

    def exit_code(self) -> int:
        """Read to the end of the program, and return how it ended: its code, or minus the signal."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.written[-2000:]!r}"
            self._read(0.1)
        while self._read(0.0):
            pass
        return self.process.wait()

    def has_ended_within(self, seconds: float) -> bool:
        """Read for so many seconds at most; whether the program has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            self._read(0.1)
        return self.process.poll() is not None

    def vanish(self) -> int:
        """Take the terminal away, and return how the program ended."""
        self._close_ends()
        return self.process.wait(PATIENCE)

    def stopped(self) -> None:
        """Wait until the program has stopped itself."""
        deadline = time.monotonic() + PATIENCE
        while not self.process.has_stopped():
            assert time.monotonic() < deadline, "it does not stop"
            self._read(0.1)

    @property
    def left_behind(self) -> dict[str, Any]:
        """What differs from the terminal as it was found; empty if it was restored."""
        left: dict[str, Any] = {}
        if termios.tcgetattr(self._slave) != self._attributes:
            left["attributes"] = termios.tcgetattr(self._slave)
        modes: dict[bytes, bool] = {}
        for numbers, switch in _MODE.findall(self.written):
            modes.update(dict.fromkeys(numbers.split(b";"), switch == b"h"))
        left |= {m.decode(): on for m, on in modes.items() if m in _WATCHED and on is not _AT_FIRST.get(m, False)}
        # Modes of the keyboard lie on a stack.
        keyboard = len(re.findall(rb"\x1b\[>\d+u", self.written)) - len(re.findall(rb"\x1b\[<\d*u", self.written))
        if keyboard > 0:
            left["keyboard"] = keyboard
        flags = fcntl.fcntl(self._slave, fcntl.F_GETFL)
        fcntl.fcntl(self._slave, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        self.type(b"\n")
        with contextlib.suppress(BlockingIOError):
            typed = os.read(self._slave, 4096)
            if typed != b"\n":
                left["input"] = typed
        return left

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self._close_ends()

    def _close_ends(self) -> None:
        while self._ends:
            os.close(self._ends.pop())

    def _found(self, text: bytes) -> re.Match[bytes] | None:
        return re.compile(re.escape(text)).search(self.written, self._looked_to)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        self.written += os.read(self._master, 65536)
        # A question that came in part is found again when the rest has come.
        for question in _QUESTION.finditer(self.written, self._answered_to):
            self._answered_to = question.end()
            self.type(b"\x1b[?" + question[1] + b";2$y" if question[1] else b"\x1b[24;1R")
        return True


def scantui(*arguments: str) -> Scantui:
    """scantui with these arguments."""
    return Scantui(arguments)


def python(code: str, *arguments: str) -> Scantui:
    """scantui with these arguments, after this code has run in its process."""
    return Scantui(arguments, code)
