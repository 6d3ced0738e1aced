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
