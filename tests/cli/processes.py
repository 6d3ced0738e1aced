"""Commands as tests run them: called, run in a process to their end, or running with their lines read as they come."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Mapping

from tests.programs import PATIENCE, Done, Scantui, read_to_the_end, run_apart, run_here, start


def home_of_nobody() -> dict[str, str]:
    """Where a program finds and leaves nothing of the person who runs the tests."""
    return {variable: os.environ[variable] for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}


def run(*arguments: str | bytes, environment: Mapping[str, str] | None = None) -> Done:
    """Call a command in this process, without a terminal."""
    return run_here(*arguments, environment={"PATH": "", **home_of_nobody(), **(environment or {})})


def run_as_process(
    *arguments: str, environment: Mapping[str, str] | None = None, stdout: int | None = None, code: str = ""
) -> Done:
    """Run a command in a process to its end: for what the shell, a descriptor or the interpreter has a part in."""
    given = {"PATH": os.environ.get("PATH", ""), **home_of_nobody(), **(environment or {})}
    return run_apart(Scantui(arguments, code), given, stdout)


class Running:
    """A command that runs; its standard output is read line by line, its standard error at the end."""

    def __init__(self, *arguments: str, stderr: int | None = None) -> None:
        self._output, output = os.pipe()
        self._errors, errors = os.pipe()
        environment = {"PATH": os.environ.get("PATH", ""), **home_of_nobody()}
        try:
            target = errors if stderr is None else stderr
            self._process = start(Scantui(arguments), environment, stdout=output, stderr=target)
        finally:
            os.close(output)
            os.close(errors)
        self._is_read = True
        self._unread = b""

    def line(self) -> str:
        """The next line; fails when none comes."""
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self._unread:
            came = _read(self._output, deadline)
            assert came, f"it ended after {self._unread!r}: {self.end()}"
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def stop_reading(self) -> None:
        """Close this end of its standard output."""
        os.close(self._output)
        self._is_read = False

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: its exit code, what it wrote since, and its standard error."""
        descriptors = [self._errors, *([self._output] if self._is_read else [])]
        errors, *written = read_to_the_end(*descriptors)
        return self._process.wait(), b"".join([self._unread, *written]).decode(), errors.decode()

    def kill(self) -> None:
        """End it if it still runs, and close what is open."""
        self._process.kill()
        if self._is_read:
            self.stop_reading()
        os.close(self._errors)


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


def word_and_number(line: str) -> tuple[str, int]:
    """The word and the number of the scan in a line that tail or wait printed."""
    _, _, word, number, *_ = line.split()
    return word, int(number)
