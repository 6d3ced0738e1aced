"""Commands that the user wants run.

Rule: a command is the user's own text, word for word; what it is to know goes into its environment, never into it.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping

from scantui.system.files import machine_errors


def run_command(command: str, known: Mapping[str, str]) -> int:
    """Have the user's shell run a command, and return its exit code, that of a shell for one ended by a signal.

    It reads and writes where we do, and finds what is `known` in its environment besides ours, or in the place of
    it. MachineError when the system refuses, as for a command of megabytes.
    """
    with machine_errors("the command cannot be run"):
        done = subprocess.run(command, shell=True, env={**os.environ, **known}, check=False)  # noqa: S602 - as it is meant
    return done.returncode if done.returncode >= 0 else 128 - done.returncode
