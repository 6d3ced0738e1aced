"""Running a command's work in an event loop, to its end or to that which a signal puts to it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from scantui.machine.output import told_when_reader_leaves
from scantui.machine.threads import abandon_calls_at_end

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def run_work(work: Coroutine[Any, Any, int], *, while_read: bool = False) -> int:
    """Do a command's work and return its exit code, 128 and the signal's number when one ended it.

    The work is cancelled then, and so it can put things in order. With `while_read` it is for the reader alone:
    BrokenPipeError when the program that reads our output through a pipe has ended.
    """
    reasons: list[int | BrokenPipeError] = []

    async def watched() -> int:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        abandon_calls_at_end(loop)

        def end(reason: int | BrokenPipeError) -> None:
            reasons.append(reason)
            if task is not None:
                task.cancel()

        for number in _SIGNALS:
            # What nohup had us ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, end, number)
        if not while_read:
            return await work
        with told_when_reader_leaves(lambda: end(BrokenPipeError())):
            return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        reason = reasons[0] if reasons else None
        if isinstance(reason, int):
            return 128 + reason
        raise reason or KeyboardInterrupt from None
