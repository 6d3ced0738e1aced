"""What the tests do to a database: empty it, initialise it, and send it plain commands."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import redis

from tests.servers.binaries import NoRealRedis

DEFAULT_PREFIX_EXPANSIONS = 200


class GivenRedis:
    """A throwaway server that was started elsewhere, named by SCANTUI_TEST_URL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def refuse_unless_empty(self) -> None:
        """FLUSHALL reaches every database, so every one must be empty."""
        with plain_client(self.url) as client:
            keyspace = client.info("keyspace")
        if keyspace:
            raise NoRealRedis(
                f"The server of SCANTUI_TEST_URL is not empty ({', '.join(sorted(keyspace))}): "
                "the tests flush it, so they refuse to touch it."
            )


@contextlib.contextmanager
def plain_client(url: str) -> Iterator[redis.Redis]:
    """A redis-py client that leaves no open socket behind."""
    client = redis.Redis.from_url(url, protocol=2)
    try:
        yield client
    finally:
        client.close()
        client.connection_pool.disconnect()


def command(client: redis.Redis, *words: str | int | bytes) -> Any:
    # redis-py leaves this method without types.
    execute: Any = client.execute_command
    return execute(*words)


def empty_server(url: str) -> None:
    """Take everything out of a throwaway server: keys, indexes, functions, and blissdata's server-wide setting."""
    with plain_client(url) as client:
        for index in command(client, "FT._LIST"):
            command(client, "FT.DROPINDEX", index)
        command(client, "FLUSHALL")
        command(client, "FUNCTION FLUSH")
        set_prefix_expansions(client, DEFAULT_PREFIX_EXPANSIONS)


def set_prefix_expansions(client: redis.Redis, limit: int) -> None:
    try:
        command(client, "CONFIG SET", "search-max-prefix-expansions", limit)
    except redis.ResponseError:
        # RediSearch before 8 knows only its own command.
        command(client, "FT.CONFIG", "SET", "MAXPREFIXEXPANSIONS", limit)


def initialise(url: str) -> None:
    """Make an empty database one that blissdata accepts."""
    from scantui.store import DataStore

    DataStore(url, init_db=True).close()
