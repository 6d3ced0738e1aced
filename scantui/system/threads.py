"""Threads that nobody waits for: an event loop sends calls into them that the system may keep for minutes.

Rule: what runs in them holds nothing that an end of the program could break.
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
    """Have the end of a loop and of the program not wait for a name server, or whatever else a thread is kept by."""
    loop.set_default_executor(_Abandoning())


class _Abandoning(ThreadPoolExecutor):
    """Gives each call a thread that ends with the program; loops take no executor that is not of this class."""

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
