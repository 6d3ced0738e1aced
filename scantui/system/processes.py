"""Runs the user's own shell commands.

Rule: never change the text of a command; pass facts to it in environment variables only.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from scantui.system.files import machine_errors


def run_command(command: str, variables: Mapping[str, str]) -> int:
    """Run a command in the user's shell and return its exit code: 128 + N, as in a shell, if signal N ended it.

    The command inherits standard input and output; `variables` are added to its environment, or replace what is in it.
    Raises MachineError if the system refuses, for example because the command is too long.
    """
    with machine_errors("cannot run the command"):
        done = subprocess.run(command, shell=True, env={**os.environ, **variables}, check=False)  # noqa: S602 - a shell is what the user wants
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
