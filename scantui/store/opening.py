"""A store about to be opened: awaited it is the store, in an `async with` block it is closed at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, Protocol, TypeVar


class ClosableStore(Protocol):
    """What is closed at the end of the block."""

    async def aclose(self) -> None: ...


Opened = TypeVar("Opened", bound=ClosableStore)


class Opening(Generic[Opened]):
    """Opens with `open_it` when it is awaited or its block begins."""

    def __init__(self, open_it: Callable[[], Awaitable[Opened]]) -> None:
        self._open_it = open_it

    def __await__(self) -> Generator[Any, None, Opened]:
        return self._open_it().__await__()

    async def __aenter__(self) -> Opened:
        self._opened = await self._open_it()
        return self._opened

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()
