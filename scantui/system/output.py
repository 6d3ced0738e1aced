"""Standard output: whether it is a terminal, whether its reader is still there, and whether it accepts more now."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import stat
import sys
from collections.abc import Callable, Iterator
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether the output goes to a terminal."""
    return stream is not None and stream.isatty()


def takes_output(stream: TextIO | None) -> bool:
    """Whether a write to the stream would not block; True if the system does not know."""
    try:
        return stream is None or bool(select.select((), (stream,), (), 0)[1])
    except (OSError, ValueError):  # closed, without a descriptor, or with one that select() does not support
        return True


class PromptOutput:
    """A stream to a terminal that also takes text without waiting for it, by a descriptor of its own.

    `write` and `flush` are for a thread, which may wait for the terminal; `write_now` is for the thread that may not.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._descriptor = -1
        self._rest = b""
        self._given = self._written = self._flushed = 0

    def open(self) -> None:
        """Start writing without waiting, where the system allows it."""
        flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK
        # Programs that share the stream's own descriptor would not wait for the terminal either.
        with contextlib.suppress(OSError, ValueError):
            self._descriptor = os.open(os.ttyname(self._stream.fileno()), flags)

    def close(self) -> None:
        """Stop writing without waiting; the stream stays open."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def write_now(self, text: str) -> str | None:
        """Write what the terminal takes at once; returns what the thread is to `write` next, None if nothing is left.

        Nothing is written before what the thread was given earlier.
        """
        if self._descriptor >= 0 and self._flushed == self._given:
            data = text.encode(self._stream.encoding, self._stream.errors or "strict")
            with contextlib.suppress(OSError):
                self._rest = data[os.write(self._descriptor, data) :]
                if not self._rest:
                    return None
                text = ""
        self._given += 1
        return text

    def write(self, text: str) -> None:
        """Write a text that `write_now` returned, and before it what the terminal did not take then."""
        rest, self._rest = self._rest, b""
        if rest:
            self._stream.buffer.write(rest)
        self._stream.write(text)
        self._written += 1

    def flush(self) -> None:
        written = self._written
        self._stream.flush()
        self._flushed = written

    def fileno(self) -> int:
        return self._stream.fileno()


def terminal_size(stream: TextIO | None) -> tuple[int, int] | None:
    """The columns and lines of the terminal that the output goes to; None if it goes elsewhere."""
    if stream is None or not is_terminal(stream):
        return None
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return None
    return (columns, lines) if columns and lines else None


def print_through_pager(text: str) -> None:
    """Print a text, through the user's pager if it is longer than the terminal."""
    if is_terminal(sys.stdout) and is_terminal(sys.stdin) and text.count("\n") >= os.get_terminal_size(1).lines:
        from pydoc import pager

        pager(text)
    else:
        print(text, end="", flush=True)


@contextlib.contextmanager
def notify_when_reader_ends(notify: Callable[[], object]) -> Iterator[None]:
    """Call `notify` once when the program that reads the output through a pipe has ended, even if nothing is written.

    Needs a running event loop.
    """
    descriptor = _pipe_of(sys.stdout)
    if descriptor is None:
        yield
        return
    loop = asyncio.get_running_loop()

    def leave() -> None:
        loop.remove_reader(descriptor)
        notify()

    # The write end of a pipe becomes readable only when its reader closes it.
    loop.add_reader(descriptor, leave)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)


def _pipe_of(stream: TextIO | None) -> int | None:
    try:
        descriptor = stream.fileno() if stream is not None else -1
        return descriptor if stat.S_ISFIFO(os.fstat(descriptor).st_mode) else None
    except (OSError, ValueError):  # closed, or not a file of the operating system
        return None
