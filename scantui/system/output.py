"""Our output: whether a person sees it, whether anybody does still, and whether it takes more just now."""

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
    """Whether a person looks at what is written."""
    return stream is not None and stream.isatty()


def takes_output(stream: TextIO | None) -> bool:
    """Whether what is written to a stream goes on its way at once; one that cannot be asked does."""
    try:
        return stream is None or bool(select.select((), (stream,), (), 0)[1])
    except (OSError, ValueError):  # closed, no descriptor, or one that cannot be waited for
        return True


def read_at_leisure(text: str) -> None:
    """Write a text; where a person looks and it is longer than the terminal, through the user's pager."""
    if is_terminal(sys.stdout) and is_terminal(sys.stdin) and text.count("\n") >= os.get_terminal_size(1).lines:
        from pydoc import pager

        pager(text)
    else:
        print(text, end="", flush=True)


@contextlib.contextmanager
def told_when_reader_leaves(tell: Callable[[], object]) -> Iterator[None]:
    """Call `tell` once when the program that reads our output through a pipe has ended, although we write nothing.

    Works within a running event loop.
    """
    descriptor = _pipe_of(sys.stdout)
    if descriptor is None:
        yield
        return
    loop = asyncio.get_running_loop()

    def leave() -> None:
        loop.remove_reader(descriptor)
        tell()

    # Nothing is ever to be read there: it is readable when its other end is closed.
    loop.add_reader(descriptor, leave)
    try:
        yield
    finally:
        loop.remove_reader(descriptor)


def _pipe_of(stream: TextIO | None) -> int | None:
    try:
        descriptor = stream.fileno() if stream is not None else -1
        return descriptor if stat.S_ISFIFO(os.fstat(descriptor).st_mode) else None
    except (OSError, ValueError):  # it is closed, or no file of the system's
        return None
