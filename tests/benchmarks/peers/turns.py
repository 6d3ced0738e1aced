"""Runs scantui and notes each turn of its event loop that takes more than a few milliseconds.

python -I turns.py FILE ARGUMENT...: a line of the file is the moment a turn began, its seconds by the clock that all
processes of a machine share, and its seconds on a processor.
"""

from __future__ import annotations

import os
import sys
import time
from asyncio import events
from typing import Any

_SHORT_SECONDS = 0.004


def note_long_turns(path: str) -> None:
    """Write the long turns of any event loop of this process to a file."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    run: Any = events.Handle._run

    def timed_run(handle: events.Handle) -> None:
        started, processor = time.perf_counter(), time.thread_time()
        run(handle)
        seconds = time.perf_counter() - started
        if seconds > _SHORT_SECONDS:
            # At once, since the process is killed in the end.
            os.write(file, f"{started} {seconds} {time.thread_time() - processor}\n".encode())

    replaced: Any = events.Handle
    replaced._run = timed_run


if __name__ == "__main__":
    note_long_turns(sys.argv[1])
    from scantui.__main__ import main

    sys.argv[1:] = sys.argv[2:]
    sys.exit(main())
