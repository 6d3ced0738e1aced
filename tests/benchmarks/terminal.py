"""A terminal for a program: a pty that notes when which bytes came, and the screens that they make."""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator

from tests.benchmarks.screen import Screen

_PORTION = 256
_LEFT_SECONDS = 5.0
_LOOK_SECONDS = 0.005
# Where the cursor is, and whether a mode is known; xterm answers both.
_QUESTION = re.compile(rb"\x1b\[6n|\x1b\[\?(\d+)\$p")
_LONGEST_QUESTION = 12
_END_OF_FRAME = b"\x1b[?2026l"


class Terminal:
    """Runs a program on a pty, in a home of its own; `bytes_per_second` limits how fast its output is taken.

    `answer_after` gives the seconds after which the next question of the program is answered.
    """

    def __init__(
        self,
        *command: str,
        lines: int = 24,
        columns: int = 80,
        answer_after: Callable[[], float] | None = None,
    ) -> None:
        self.bytes_per_second = 0
        self.screen = Screen(columns, lines)
        self._answer_after = answer_after
        self._written = bytearray()
        # Of each piece read: how many bytes there were with it, and when.
        self._pieces: list[tuple[int, float]] = []
        self._painted_to = self._answered_to = 0
        self._ended = threading.Event()
        self._home = tempfile.TemporaryDirectory(prefix="scantui-bench-")
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": self._home.name}
        environment |= {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC"}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd="/", env=environment, start_new_session=True
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def written(self) -> int:
        """How many bytes the program wrote so far."""
        return len(self._written)

    @property
    def painted(self) -> int:
        """How many of them are on `screen`."""
        return self._painted_to

    def press(self, keys: bytes) -> float:
        """Send keys; returns when."""
        now = time.perf_counter()
        os.write(self._master, keys)
        return now

    def frames(self) -> Iterator[tuple[float, int]]:
        """Paint the frames that came since the last call on `screen`: after each, when it was there and its bytes."""
        while (end := self._written.find(_END_OF_FRAME, self._painted_to)) >= 0:
            end += len(_END_OF_FRAME)
            frame = bytes(self._written[self._painted_to : end])
            self._painted_to = end
            self.screen.paint(frame)
            yield next(moment for length, moment in self._pieces if length >= end), len(frame)
            while self._pieces and self._pieces[0][0] < end:
                del self._pieces[0]

    def wait_for(self, is_there: Callable[[Screen], bool], patience: float = 30.0) -> tuple[float, int]:
        """Wait for a frame with which the screen is as wanted: when that was there, and its bytes."""
        deadline = time.perf_counter() + patience
        while True:
            # Asked first, since the last frame may come with the end.
            has_ended = self._ended.is_set()
            for frame in self.frames():
                if is_there(self.screen):
                    return frame
            if has_ended or time.perf_counter() > deadline:
                ending = "the program ended" if has_ended else f"not within {patience:.0f} s"
                raise TimeoutError(f"the screen never was as wanted: {ending}\n{self.screen.text}")
            time.sleep(_LOOK_SECONDS)

    def look(self) -> Screen:
        """The screen as it is now."""
        for _ in self.frames():
            pass
        return self.screen

    def bytes_within(self, seconds: float) -> int:
        """How many bytes are written from now on in so many seconds."""
        since = self.written
        time.sleep(seconds)
        return self.written - since

    def close(self) -> None:
        """End the program."""
        self.bytes_per_second = 0
        self._process.kill()
        self._process.wait()
        self._reader.join(_LEFT_SECONDS)
        os.close(self._master)
        self._home.cleanup()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        while not self._ended.is_set():
            try:
                part = os.read(self._master, _PORTION if self.bytes_per_second else 65536)
            except OSError:
                part = b""
            if not part:
                self._ended.set()
                return
            moment = time.perf_counter()
            self._written += part
            self._pieces.append((len(self._written), moment))
            self._answer()
            if self.bytes_per_second:
                time.sleep(len(part) / self.bytes_per_second)

    def _answer(self) -> None:
        start = max(self._answered_to, len(self._written) - 65536 - _LONGEST_QUESTION)
        for question in _QUESTION.finditer(self._written, start):
            self._answered_to = question.end()
            answer = b"\x1b[?%b;2$y" % question[1] if question[1] else b"\x1b[1;1R"
            if self._answer_after is None:
                os.write(self._master, answer)
            else:
                timer = threading.Timer(self._answer_after(), self._write_late, (answer,))
                timer.daemon = True
                timer.start()

    def _write_late(self, answer: bytes) -> None:
        if not self._ended.is_set():
            os.write(self._master, answer)
