"""A terminal without a screen: a program on a pty, the keys that it is sent, and when it wrote which bytes."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PORTION = 256
_LEFT_SECONDS = 5.0
# Where the cursor is, which every terminal answers.
_QUESTION, _ANSWER = b"\x1b[6n", b"\x1b[1;1R"


class Terminal:
    """Runs a Python program on a pty of 80x24; `bytes_per_second` limits how fast its output is taken.

    `last_written` is when the last of it came.
    """

    def __init__(self, *arguments: str, lines: int = 24, columns: int = 80) -> None:
        self.bytes_per_second = 0
        self.last_written = 0.0
        self._written = bytearray()
        self._arrived = threading.Condition()
        self._ended = False
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        # What a user's shell has; bytecode is written, since an installed program has it too.
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment |= {"TERM": "xterm-256color", "PYTHONUTF8": "1"}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=_ROOT,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def written(self) -> int:
        """How many bytes the program wrote so far."""
        return len(self._written)

    def press(self, keys: bytes) -> float:
        """Send keys; returns when."""
        now = time.perf_counter()
        os.write(self._master, keys)
        return now

    def wait_for(self, texts: Sequence[bytes], since: int = 0, patience: float = 30.0) -> float:
        """The moment at which all these texts had been written, counted from an earlier number of bytes."""
        self._wait(lambda: all(self._written.find(text, since) >= 0 for text in texts), patience, texts)
        return time.perf_counter()

    def bytes_within(self, seconds: float) -> int:
        """How many bytes are written from now on in so many seconds."""
        since = self.written
        time.sleep(seconds)
        return self.written - since

    def close(self) -> None:
        """End the program; it is a child of ours, and known by its process."""
        self.bytes_per_second = 0
        self._process.kill()
        self._process.wait()
        self._reader.join(_LEFT_SECONDS)
        os.close(self._master)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, is_there: Callable[[], bool], patience: float, texts: Sequence[bytes]) -> None:
        with self._arrived:
            if not self._arrived.wait_for(lambda: is_there() or self._ended, patience) or not is_there():
                last = bytes(self._written[-300:])
                raise TimeoutError(f"the program did not write {texts!r}; its last bytes: {last!r}")

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._master, _PORTION if self.bytes_per_second else 65536)
            except OSError:
                part = b""
            with self._arrived:
                seen = max(0, len(self._written) - len(_QUESTION) + 1)
                self._written += part
                self.last_written = time.perf_counter()
                for _ in range(self._written.count(_QUESTION, seen)):
                    os.write(self._master, _ANSWER)
                self._ended = not part
                self._arrived.notify_all()
            if not part:
                return
            if self.bytes_per_second:
                time.sleep(len(part) / self.bytes_per_second)
