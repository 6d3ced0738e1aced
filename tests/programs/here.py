"""The command line as a function call: what it writes, and its exit code, without a process."""

from __future__ import annotations

import gc
import io
import os
from collections.abc import Mapping

import pytest

from scantui import cli
from tests.programs.started import Done


def run_here(*arguments: str | bytes, environment: Mapping[str, str]) -> Done:
    """Call the command line without a terminal, with this environment and no other.

    Signals, pipes, terminals and commands of the shell need a process: see run_apart.
    """
    words = [os.fsdecode(argument) for argument in arguments]
    output, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        for name in set(os.environ) - set(environment):
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        # Help is as wide as it is for a pipe, however wide the terminal of the tests is.
        patch.setenv("COLUMNS", "80")
        for name, stream in (("stdin", io.StringIO()), ("stdout", output), ("stderr", errors)):
            patch.setattr(f"sys.{name}", stream)
        try:
            exit_code = cli.main(words)
        except SystemExit as end:
            assert isinstance(end.code, int)
            exit_code = end.code
        finally:
            # A command keeps what was there before it from being collected; here that is all of pytest.
            gc.unfreeze()
            gc.enable()
    return Done(int(exit_code), _text_of(output), _text_of(errors))


def _text_of(stream: io.TextIOWrapper) -> str:
    buffer = stream.detach()
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
