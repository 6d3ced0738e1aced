"""Round trips that are shared: what may wait a little rides with what is sent anyway.

Rule: a rider is never lost. If nothing carries it in time, it goes on its own.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from scantui.exceptions import ConnectionFailed
from scantui.store.drivers.driver import AsyncDriver, carry_out_async
from scantui.store.operations.requests import Operation, Result
from scantui.store.operations.together import together


class Rides:
    """The operations of one event loop that wait to be carried over a driver."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self._waiting: dict[asyncio.Future[Any], Operation[Any]] = {}

    async def ride(self, operation: Operation[Result], patience: float = 0.0) -> Result:
        """Take an operation that only reads to its end, with the next one that is carried within `patience` seconds.

        Without patience, it rides with what is carried in the same turn of the event loop.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[future] = operation
        try:
            if patience > 0:
                await asyncio.wait([future], timeout=patience)
            else:
                # What is carried in this turn takes riders with it in the next one.
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            if self._waiting.pop(future, None) is not None:
                return await carry_out_async(self._driver, operation)
            return cast(Result, await future)
        finally:
            self._waiting.pop(future, None)
            future.cancel()

    async def carry(self, operation: Operation[Result]) -> Result:
        """Take an operation that only reads to its end, together with those that wait."""
        await asyncio.sleep(0)
        riders, self._waiting = self._waiting, {}
        if not riders:
            return await carry_out_async(self._driver, operation)
        try:
            result, *others = await carry_out_async(self._driver, together([operation, *riders.values()]))
        except BaseException as error:
            passed_on = error if isinstance(error, Exception) else ConnectionFailed("the request was given up")
            for future in riders:
                _settle(future, passed_on)
            raise
        for future, other in zip(riders, others, strict=True):
            _settle(future, other)
        if isinstance(result, Exception):
            raise result
        return cast(Result, result)


def _settle(future: asyncio.Future[Any], result: Any) -> None:
    if future.done():
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
