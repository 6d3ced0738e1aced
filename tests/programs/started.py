"""Processes that tests start: scantui forked with all imports done, or any command in a fresh process."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

PATIENCE = 120.0


class Scantui(msgspec.Struct, frozen=True):
    """scantui with these arguments, as a process that is forked with all imports done; `code` runs before it."""

    arguments: tuple[str, ...]
    code: str = ""


Command = Scantui | Sequence[str]


class Done(msgspec.Struct, frozen=True):
    """A command that has ended: its exit code, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def fresh_scantui(*arguments: str) -> list[str]:
    """The command that runs scantui in a fresh interpreter, with all its imports."""
    return [sys.executable, "-m", "scantui", *arguments]


class _ForkServer:
    """The process of tests.programs.fork_server, and the socket to it."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.programs.fork_server", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def end(self) -> None:
        self.socket.close()
        self._process.wait(PATIENCE)


_servers: list[_ForkServer] = []


def _fork_server() -> _ForkServer:
    """The one server of this process, started on first use."""
    if not _servers:
        _servers.append(_ForkServer())
    return _servers[0]


def end_fork_server() -> None:
    """End the server of this process; does nothing when none was needed."""
    while _servers:
        _servers.pop().end()


class Program:
    """A process as its test sees it; it leads a session of its own, and a terminal it was given is its own."""

    def __init__(self, pid: int, reports: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._reports = reports
        self._unread = b""
        self._is_stopped = False

    def poll(self) -> int | None:
        """The exit code, minus the signal for one that a signal ended; None while it runs."""
        self._read_reports(0.0)
        return self.returncode

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for its end, and return the exit code."""
        deadline = time.monotonic() + timeout
        while self.returncode is None:
            assert time.monotonic() < deadline, f"it does not end within {timeout:g} s"
            self._read_reports(deadline - time.monotonic())
        return self.returncode

    def has_stopped(self) -> bool:
        """Whether it was stopped since the last call, by itself or by a signal."""
        self._read_reports(0.0)
        is_stopped, self._is_stopped = self._is_stopped, False
        return is_stopped

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it if it still runs."""
        self.send_signal(signal.SIGKILL)
        self.wait()

    def _read_reports(self, seconds: float) -> None:
        while self.returncode is None and select.select([self._reports], [], [], seconds)[0]:
            chunk = os.read(self._reports, 1024)
            assert chunk, "the fork server has ended"
            *lines, self._unread = (self._unread + chunk).split(b"\n")
            for line in lines:
                if line == b"stopped":
                    self._is_stopped = True
                else:
                    self.returncode = int(line)
                    os.close(self._reports)
            seconds = 0.0


def start(
    command: Command,
    environment: Mapping[str, str],
    *,
    stdout: int,
    stderr: int,
    stdin: int | None = None,
    directory: str = "",
) -> Program:
    """Start a process with these descriptors, which stay open here, and with this environment and no other.

    Without `stdin` its standard input is empty.
    """
    request = {
        "is_command": not isinstance(command, Scantui),
        "words": list(command.arguments) if isinstance(command, Scantui) else list(command),
        "code": command.code if isinstance(command, Scantui) else "",
        "environment": dict(environment),
        "directory": directory or str(Path.cwd()),
    }
    message = json.dumps(request).encode() + b"\n"
    reports, theirs = os.pipe()
    nothing = os.open(os.devnull, os.O_RDONLY)
    try:
        descriptors = [nothing if stdin is None else stdin, stdout, stderr, theirs]
        sent = socket.send_fds(_fork_server().socket, [message], descriptors)
        assert sent == len(message)
    finally:
        os.close(theirs)
        os.close(nothing)
    pid = b""
    while not pid.endswith(b"\n"):
        # One byte at a time, since the exit code may follow at once.
        byte = os.read(reports, 1)
        assert byte, "the fork server has ended"
        pid += byte
    return Program(int(pid), reports)


def run_apart(command: Command, environment: Mapping[str, str], stdout: int | None = None) -> Done:
    """Run a command in a process to its end, without a terminal; its output goes to `stdout` where that is given."""
    output, output_end = os.pipe()
    errors, errors_end = os.pipe()
    try:
        target = output_end if stdout is None else stdout
        program = start(command, environment, stdout=target, stderr=errors_end)
    finally:
        os.close(output_end)
        os.close(errors_end)
    try:
        written, complained = read_to_the_end(output, errors)
    finally:
        os.close(output)
        os.close(errors)
    return Done(program.wait(), written.decode(), complained.decode())


def read_to_the_end(*descriptors: int) -> list[bytes]:
    """What comes from each descriptor until its end."""
    read = dict.fromkeys(descriptors, b"")
    left = set(descriptors)
    deadline = time.monotonic() + PATIENCE
    while left:
        ready, _, _ = select.select(list(left), [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"it does not end within {PATIENCE:g} s"
        for descriptor in ready:
            chunk = os.read(descriptor, 65536)
            read[descriptor] += chunk
            if not chunk:
                left.remove(descriptor)
    return list(read.values())
