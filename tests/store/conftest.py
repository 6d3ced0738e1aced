"""Fixtures that open a store of either flavour, so that each test of the contract is written once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import redis

from scantui.store import AsyncDataStore, DataStore
from scantui.store.address import ServerAddress
from tests.servers import plain_client


class AwaitedStore:
    """A store of either flavour, whose every method is awaited."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        owner = self.store if hasattr(self.store, name) else self.store.monitoring
        method = getattr(owner, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            result = method(*arguments, **named)
            return await result if inspect.isawaitable(result) else result

        return call

    def in_parallel(self, name: str, *arguments: Any, **named: Any) -> Awaitable[Any]:
        """Start a method beside others: in a thread, or in a task."""
        method = getattr(self.store, name)
        if isinstance(self.store, DataStore):
            return asyncio.create_task(asyncio.to_thread(method, *arguments, **named))
        task: asyncio.Task[Any] = asyncio.create_task(method(*arguments, **named))
        return task

    async def close(self) -> None:
        await self.__getattr__("aclose" if isinstance(self.store, AsyncDataStore) else "close")()


Opener = Callable[..., Awaitable[AwaitedStore]]


@pytest.fixture(params=["blocking", "async"])
async def open_store(request: pytest.FixtureRequest) -> AsyncIterator[Opener]:
    """Opens stores of one flavour and closes them at the end."""
    opened: list[AwaitedStore] = []

    async def open_it(url: str | ServerAddress, init_db: bool = False) -> AwaitedStore:
        if request.param == "blocking":
            store = AwaitedStore(DataStore(url, init_db=init_db))
        else:
            store = AwaitedStore(await AsyncDataStore.open(url, init_db=init_db))
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Opener, store_url: str) -> AwaitedStore:
    """A store on an initialised database without scans."""
    return await open_store(store_url)


@pytest.fixture
def raw(store_url: str) -> Iterator[redis.Redis]:
    """A plain client of the same database."""
    with plain_client(store_url) as client:
        yield client
