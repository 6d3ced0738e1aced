"""Commands that the user wants run: one in the foreground, or those of alerts apart from the terminal.

Rule: a command is the user's own text, word for word; what it is to know goes into its environment, never into it.
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


def run_command(command: str, known: Mapping[str, str]) -> int:
    """Have the user's shell run a command, and return its exit code, that of a shell for one ended by a signal.

    It reads and writes where we do, and finds what is `known` in its environment besides ours. MachineError when the
    system refuses, as for a command of megabytes.
    """
    with machine_errors("the command cannot be run"):
        done = subprocess.run(command, shell=True, env={**os.environ, **known}, check=False)  # noqa: S602 - as it is meant
    return _exit_code(done.returncode)


class FencedCommands:
    """Runs commands one after the other, apart from the terminal: no input, a time limit, output to the log."""

    def __init__(self, seconds: float = FENCED_SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, command: str, known: Mapping[str, str]) -> int:
        """Run a command to its end, and return its exit code; after the time limit its process group is ended.

        It finds what is `known` in its environment besides ours. It blocks: call it in a thread. MachineError when the
        system refuses to run it.
        """
        reader, writer = os.pipe()
        try:
            with machine_errors("the command cannot be run"):
                process = subprocess.Popen(  # noqa: S602 - the user's own text, as it is meant
                    command,
                    shell=True,
                    env={**os.environ, **known},
                    stdin=subprocess.DEVNULL,
                    stdout=writer,
                    stderr=subprocess.STDOUT,
                    # A group of its own, which has no terminal.
                    start_new_session=True,
                )
        except BaseException:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        self._process = process
        try:
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
