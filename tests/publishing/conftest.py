"""A store on a real server, and a plain client of the same database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import redis

from scantui.store import AsyncDataStore
from tests.servers import plain_client


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[AsyncDataStore]:
    async with AsyncDataStore.open(store_url) as store:
        yield store


@pytest.fixture
def raw(store_url: str) -> Iterator[redis.Redis]:
    """A plain client of the same database."""
    with plain_client(store_url) as client:
        yield client
