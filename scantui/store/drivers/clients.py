"""The clients of redis-py for an address; with Sentinels they ask these for the server before each new connection."""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from scantui.store.address import ServerAddress
from scantui.store.operations.requests import ANSWER_SECONDS, CONNECT_SECONDS, NO_LIMIT

# Three Sentinels, two of which are down, are asked within the time for a connection.
_SENTINEL_SECONDS = 0.8


def blocking_client(address: ServerAddress) -> tuple[Any, list[Any]]:
    """A client for threads, and the pools of connections to disconnect at the end."""
    settings = {
        **address.client_settings(),
        "protocol": 2,
        "socket_timeout": ANSWER_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "max_connections": NO_LIMIT,
    }
    if not address.sentinels:
        client = Redis(**settings)
        return client, [client.connection_pool]
    from redis.sentinel import Sentinel

    return _behind(Sentinel, address, Retry(NoBackoff(), 0), settings)


def async_client(address: ServerAddress) -> tuple[Any, list[Any]]:
    """A client for an event loop, without time limits, and the pools of connections to disconnect at the end."""
    settings = {
        **address.client_settings(),
        "protocol": 2,
        "socket_timeout": None,
        "socket_connect_timeout": None,
        "retry": AsyncRetry(NoBackoff(), 0),
        "max_connections": NO_LIMIT,
    }
    if not address.sentinels:
        client = AsyncRedis(**settings)
        return client, [client.connection_pool]
    from redis.asyncio.sentinel import Sentinel

    return _behind(Sentinel, address, AsyncRetry(NoBackoff(), 0), settings)


def _behind(sentinel_class: Any, address: ServerAddress, retry: Any, settings: dict[str, Any]) -> tuple[Any, list[Any]]:
    of_sentinels = {
        **address.sentinel_settings(),
        "protocol": 2,
        "socket_timeout": _SENTINEL_SECONDS,
        "socket_connect_timeout": _SENTINEL_SECONDS,
        "retry": retry,
    }
    sentinel = sentinel_class(address.sentinels, sentinel_kwargs=of_sentinels)
    client_for = sentinel.slave_for if address.replica else sentinel.master_for
    client = client_for(address.service, **settings)
    return client, [client.connection_pool, *(each.connection_pool for each in sentinel.sentinels)]
