"""Runs scantui and writes on SIGUSR1 what it holds.

python -I held.py FILE traced|plain ARGUMENT...: each signal adds a line to the file, with the bytes of all objects (0
unless traced), and the seconds on a processor of the longest full collection of garbage since the last line.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
import tracemalloc

_OLDEST = 2


class Holdings:
    """What is held, and how long collections took."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._began = self._longest = 0.0

    def note_collection(self, phase: str, info: dict[str, int]) -> None:
        """Take the time of a collection; called at its start and at its end."""
        if info["generation"] == _OLDEST and phase == "start":
            self._began = time.thread_time()
        elif info["generation"] == _OLDEST:
            self._longest = max(self._longest, time.thread_time() - self._began)

    def write(self, *_: object) -> None:
        """Add a line."""
        longest = self._longest
        gc.collect()
        self._longest = 0.0
        traced = tracemalloc.get_traced_memory()[0] if tracemalloc.is_tracing() else 0
        os.write(self._file, f"{traced} {longest}\n".encode())


if __name__ == "__main__":
    holdings = Holdings(sys.argv[1])
    gc.callbacks.append(holdings.note_collection)
    signal.signal(signal.SIGUSR1, holdings.write)
    if sys.argv[2] == "traced":
        tracemalloc.start()
    from scantui.__main__ import main

    sys.argv[1:] = sys.argv[3:]
    sys.exit(main())
