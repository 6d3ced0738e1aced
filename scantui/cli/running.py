"""Runs the work of a command in an event loop until it is done or a signal ends it."""

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
    """Do the work of a command and return its exit code, 128 + N if signal N ended it.

    A signal cancels the work, which can then clean up; a second signal does not wait for that. With `while_read`, this
    raises BrokenPipeError when the program that reads the output through a pipe ends, even if nothing is written.
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

        with _signals_passed_to(end):
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
def _signals_passed_to(notify: Callable[[int], object]) -> Iterator[None]:
    """Call `notify` with each signal that ends the program, even while a write waits for a slow reader.

    Before Python 3.11, asyncio offers nothing of the kind for Ctrl-C.
    """

    def handle(number: int, _: FrameType | None) -> None:
        notify(number)

    # A signal that nohup ignores stays ignored.
    handled = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
