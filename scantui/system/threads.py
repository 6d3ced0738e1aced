"""Threads for calls that may block for minutes; the program does not wait for them when it ends.

Rule: a call that runs in them must hold nothing that the end of the program could break.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


def abandon_calls_at_end(loop: asyncio.AbstractEventLoop) -> None:
    """Let the loop and the program end without waiting for blocked calls, such as one to a name server."""
    loop.set_default_executor(_Abandoning())


class _Abandoning(ThreadPoolExecutor):
    """Gives each call a daemon thread; asyncio accepts only subclasses of this executor."""

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        future: Future[Result] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        Thread(target=call, daemon=True, name="call").start()
        return future
