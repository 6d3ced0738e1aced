"""scantui as tests run it: a call in this process, a process forked with all imports done, or a fresh interpreter."""

from tests.programs.here import run_here
from tests.programs.started import (
    PATIENCE,
    Command,
    Done,
    Program,
    Scantui,
    end_fork_server,
    fresh_scantui,
    read_to_the_end,
    run_apart,
    start,
)

__all__ = [
    "PATIENCE",
    "Command",
    "Done",
    "Program",
    "Scantui",
    "end_fork_server",
    "fresh_scantui",
    "read_to_the_end",
    "run_apart",
    "run_here",
    "start",
]
