"""Running a command's work in an event loop, to its end or to that which a signal puts to it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any

from scantui.system.output import notify_when_reader_ends
from scantui.system.threads import abandon_calls_at_end

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_work(work: Coroutine[Any, Any, int], *, while_read: bool = False) -> int:
    """Do a command's work and return its exit code, 128 and the signal's number when one ended it.

    The work is cancelled then, and so it can put things in order; a second signal does not wait for that. With
    `while_read` the work is for its reader alone: BrokenPipeError when the program that reads our output through a pipe
    has ended.
    """
    reasons: list[int | BrokenPipeError] = []

    async def watched() -> int:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        abandon_calls_at_end(loop)

        def end(reason: int | BrokenPipeError) -> None:
            if reasons and isinstance(reason, int):
                raise KeyboardInterrupt
            reasons.append(reason)
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)

        with _told_of_signals(end):
            if not while_read:
                return await work
            with notify_when_reader_ends(lambda: end(BrokenPipeError())):
                return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        reason = reasons[0]
        if isinstance(reason, BrokenPipeError):
            raise reason from None
        return 128 + reason


@contextlib.contextmanager
def _told_of_signals(tell: Callable[[int], object]) -> Iterator[None]:
    """Call `tell` with each signal that is to end us, also while a line waits for a slow reader.

    Before Python 3.11 an event loop has nothing of the kind for Ctrl-C.
    """

    def handle(number: int, _: FrameType | None) -> None:
        tell(number)

    # What nohup had us ignore stays ignored.
    handled = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
