"""Runs the user's own shell commands: one in the foreground, or those of alerts apart from the terminal.

Rule: never change the text of a command; pass facts to it in environment variables only.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress

from scantui.system.files import machine_errors

NO_EXEC_VARIABLE = "SCANTUI_NO_EXEC"
FENCED_SECONDS = 60.0
# What a command of an alert writes goes to the log, no more than this of it.
_MOST_OUTPUT = 1 << 14
_LOOK_SECONDS = 0.1

_log = logging.getLogger(__name__)


def run_command(command: str, variables: Mapping[str, str]) -> int:
    """Run a command in the user's shell and return its exit code: 128 + N, as in a shell, if signal N ended it.

    The command inherits standard input and output; `variables` are added to its environment, or replace what is in it.
    Raises MachineError if the system refuses, for example because the command is too long.
    """
    with machine_errors("cannot run the command"):
        done = subprocess.run(command, shell=True, env={**os.environ, **variables}, check=False)  # noqa: S602 - a shell is what the user wants
    return _exit_code(done.returncode)


class FencedCommands:
    """Runs commands one after the other, apart from the terminal: no input, a time limit, output to the log."""

    def __init__(self, seconds: float = FENCED_SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: str, variables: Mapping[str, str]) -> int:
        """Run a command to its end, and return its exit code; after the time limit its process group is killed.

        `variables` are added to its environment. It blocks, so call it in a thread. Raises MachineError if the system
        refuses to run it.
        """
        reader, writer = os.pipe()
        try:
            try:
                with machine_errors("cannot run the command"):
                    process = subprocess.Popen(  # noqa: S602 - a shell is what the user wants
                        command,
                        shell=True,
                        env={**os.environ, **variables},
                        stdin=subprocess.DEVNULL,
                        stdout=writer,
                        stderr=subprocess.STDOUT,
                        # A group of its own, which has no terminal.
                        start_new_session=True,
                    )
            finally:
                os.close(writer)
            self._process = process
            output = self._output_of(process, reader)
        finally:
            self._process = None
            os.close(reader)
        if output:
            _log.info("output of the command: %s", output.decode("utf-8", "replace"))
        return _exit_code(process.returncode)

    def end(self) -> None:
        """End the command that runs now, if one does."""
        if self._process is not None:
            _end_group(self._process)

    def _output_of(self, process: subprocess.Popen[bytes], reader: int) -> bytes:
        """What it writes until it ends, or until its time is over; what it left in the background is not waited for."""
        output, is_open = b"", True
        deadline = time.monotonic() + self._seconds
        while process.poll() is None:
            if time.monotonic() >= deadline:
                _log.warning("the command took longer than %g s and was ended", self._seconds)
                _end_group(process)
            elif not is_open:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_SECONDS)
            elif select.select([reader], (), (), _LOOK_SECONDS)[0]:
                written = os.read(reader, _MOST_OUTPUT)
                is_open = bool(written)
                output = (output + written)[:_MOST_OUTPUT]
        while is_open and len(output) < _MOST_OUTPUT and select.select([reader], (), (), 0)[0]:
            written = os.read(reader, _MOST_OUTPUT)
            is_open = bool(written)
            output += written
        return output[:_MOST_OUTPUT]


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _exit_code(returned: int) -> int:
    return returned if returned >= 0 else 128 - returned
