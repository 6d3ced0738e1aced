"""scantui as a process: run to its end, or running with its lines read as they come."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import IO, Any

PATIENCE = 120.0


def home_of_nobody() -> dict[str, str]:
    """Where a program finds and leaves nothing of the person who runs the tests."""
    return {variable: os.environ[variable] for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}


def command(*arguments: str | bytes) -> list[str | bytes]:
    return [sys.executable, "-m", "scantui", *arguments]


def run(
    *arguments: str | bytes, stdout: int | IO[Any] = subprocess.PIPE, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, without a terminal."""
    return subprocess.run(
        command(*arguments),
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        env={"PATH": "", **home_of_nobody(), **(environment or {})},
        timeout=PATIENCE,
    )


class Running:
    """A command that runs; its standard output is read line by line, its standard error at the end."""

    def __init__(self, *arguments: str, stderr: int = subprocess.PIPE) -> None:
        self._process = subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={"PATH": os.environ.get("PATH", ""), **home_of_nobody()},
        )
        self._unread = b""

    def line(self) -> str:
        """The next line; fails when none comes."""
        deadline = time.monotonic() + PATIENCE
        assert self._process.stdout is not None
        while b"\n" not in self._unread:
            came = _read(self._process.stdout.fileno(), deadline)
            assert came, f"it ended after {self._unread!r}: {self.end()}"
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def stop_reading(self) -> None:
        """Close our end of its standard output."""
        assert self._process.stdout is not None
        self._process.stdout.close()

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: its exit code, what it wrote since, and its standard error."""
        assert self._process.stdout is not None
        if self._process.stdout.closed:
            assert self._process.stderr is not None
            self._process.wait(PATIENCE)
            with self._process.stderr as stream:
                written, errors = b"", stream.read()
        else:
            written, errors = self._process.communicate(timeout=PATIENCE)
        return self._process.returncode, (self._unread + written).decode(), (errors or b"").decode()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


class PersonsEyes:
    """A terminal for a standard stream of a process."""

    def __init__(self) -> None:
        self._master, self.stream = pty.openpty()
        self.seen = b""

    def read_until(self, wanted: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.seen:
            self.seen += _read(self._master, deadline)

    def close(self) -> None:
        os.close(self._master)
        os.close(self.stream)


def _read(descriptor: int, deadline: float) -> bytes:
    ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
    assert ready, f"nothing came for {PATIENCE} s"
    return os.read(descriptor, 65536)
