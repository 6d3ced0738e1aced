"""What a driver is, and the loop that takes an operation to its end: once for threads, once for an event loop.

Rule: only a StoreError is thrown into an operation. Any other exception is an internal error and passes unchanged.
"""

from __future__ import annotations

from typing import Any, Protocol, cast, runtime_checkable

from scantui.exceptions import GarbledError, StoreError
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.requests import Operation, Request, Result


class Conversation(Protocol):
    """Carries out the requests of one operation, in their order."""

    def perform(self, request: Request) -> Any:
        """Return the reply that `requests` promises for this kind of request, or raise a StoreError."""

    def end(self) -> None:
        """Release what the operation still holds; it waits for nothing."""


@runtime_checkable
class Driver(Protocol):
    """Carries operations to a store, for threads. `label` names the store without its password."""

    label: str

    def converse(self) -> Conversation:
        """Begin one operation. Raises ConnectionFailed after `close`."""

    def drop_idle_connections(self) -> None:
        """Close the connections that no operation uses: replies on them may belong to other requests."""

    def close(self) -> None:
        """Close all connections for good."""


class AsyncConversation(Protocol):
    """The twin of Conversation for an event loop."""

    async def perform(self, request: Request) -> Any:
        """Return the reply that `requests` promises for this kind of request, or raise a StoreError."""

    async def end(self) -> None:
        """Release what the operation still holds; it waits for nothing."""


class AsyncDriver(Protocol):
    """The twin of Driver for an event loop. `disconnects` counts the connections that the other side closed."""

    label: str
    disconnects: Disconnects

    def converse(self) -> AsyncConversation:
        """Begin one operation. Raises ConnectionFailed after `aclose`."""

    async def drop_idle_connections(self) -> None:
        """Close the connections that no operation uses: replies on them may belong to other requests."""

    async def aclose(self) -> None:
        """Close all connections for good."""


def carry_out(driver: Driver, operation: Operation[Result]) -> Result:
    """Take an operation to its end over a driver, and return its result."""
    conversation = driver.converse()
    try:
        request = next(operation)
        while True:
            try:
                reply = conversation.perform(request)
            except StoreError as error:
                request = operation.throw(error)
            else:
                request = operation.send(reply)
    except StopIteration as finished:
        return cast(Result, finished.value)
    except GarbledError:
        driver.drop_idle_connections()
        raise
    finally:
        operation.close()
        conversation.end()


async def carry_out_async(driver: AsyncDriver, operation: Operation[Result]) -> Result:
    """Take an operation to its end over a driver, and return its result."""
    conversation = driver.converse()
    try:
        request = next(operation)
        while True:
            try:
                reply = await conversation.perform(request)
            except StoreError as error:
                request = operation.throw(error)
            else:
                request = operation.send(reply)
    except StopIteration as finished:
        return cast(Result, finished.value)
    except GarbledError:
        await driver.drop_idle_connections()
        raise
    finally:
        operation.close()
        await conversation.end()
